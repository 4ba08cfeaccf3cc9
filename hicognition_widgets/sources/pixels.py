"""Fast reading of a contact map's pixels.

``bin1_id`` is never read: ``indexes/bin1_offset`` already is the row pointer. Chunks of
``bin2_id`` and ``count`` are read from the file as they are stored, inflated with
zlib-ng and taken apart by compiled loops that stop at the first pixel of a row beyond
the wanted distance. Files whose pixels are stored in another way (other filters, float
counts, contiguous, big-endian) are read through h5py: slower, same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources._chunks import ChunkStream, ChunkTable, chunk_table
from hicognition_widgets.sources.contact_map import ContactMap, Floats, Ints, open_group

if TYPE_CHECKING:
    import h5py

Bytes = npt.NDArray[np.uint8]
Array = npt.NDArray[Any]

_SLICE = 2**20
"""Pixels read at once through h5py."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Consecutive pixels as bytes, see :mod:`._pixel_kernels`; float counts as numbers."""

    first: int
    n: int
    columns: Bytes
    columns_layout: Ints
    counts: Bytes
    counts_layout: Ints
    float_counts: Floats | None = None


@dataclass(frozen=True, eq=False)
class Rows:
    """Pixels of consecutive rows, as in a CSR matrix.

    Attributes
    ----------
    row0 : int
        First row.
    ends : int64 (rows + 1,)
        Row ``row0 + i`` holds the pixels ``ends[i]`` to ``ends[i + 1]``.
    columns : int32 (pixels,)
        Bin of the column, ascending within a row.
    counts : int64 or float64 (pixels,)
    """

    row0: int
    ends: Ints
    columns: npt.NDArray[np.int32]
    counts: Array


class PixelReader:
    """Pixels of one open map. Use through :func:`read_pixels`."""

    def __init__(self, contacts: ContactMap, group: h5py.Group) -> None:
        self.contacts = contacts
        self._columns = group["pixels/bin2_id"]
        self._counts = group["pixels/count"]
        self.float_counts = self._counts.dtype.kind == "f"
        self._tables = self._chunk_tables()
        # Three bytes hold every bin of maps with fewer than 16.7 million bins.
        self._id_bytes = max(1, (max(contacts.n_bins - 1, 1).bit_length() + 7) // 8)

    def _chunk_tables(self) -> tuple[ChunkTable, ChunkTable] | None:
        if self.float_counts or self.contacts.n_pixels == 0:
            return None
        columns, counts = chunk_table(self._columns), chunk_table(self._counts)
        return None if columns is None or counts is None else (columns, counts)

    def pieces(self, ranges: Ints) -> Iterator[Piece]:
        """Pieces that cover the pixel ranges, int64 (m, 2), ascending and disjoint."""
        ranges = ranges[ranges[:, 1] > ranges[:, 0]]
        if len(ranges) == 0:
            return
        if self._tables is None:
            yield from self._slices(ranges)
            return
        path, (columns, counts) = self.contacts.path, self._tables
        with columns.stream(path, ranges) as stream2, counts.stream(path, ranges) as stream:
            yield from self._chunks(ranges, stream2, stream)

    def _chunks(
        self, ranges: Ints, columns: ChunkStream, counts: ChunkStream
    ) -> Iterator[Piece]:
        size2, size = columns.length, counts.length
        for first, last in ranges.tolist():
            at = first
            while at < last:
                chunk2, chunk = at // size2, at // size
                end = min(last, (chunk2 + 1) * size2, (chunk + 1) * size)
                yield Piece(
                    first=at,
                    n=end - at,
                    columns=columns.read(chunk2),
                    columns_layout=columns.layout(at - chunk2 * size2, self._id_bytes),
                    counts=counts.read(chunk),
                    counts_layout=counts.layout(at - chunk * size, counts.item),
                )
                at = end

    def _slices(self, ranges: Ints) -> Iterator[Piece]:
        for first, last in ranges.tolist():
            for at in range(first, last, _SLICE):
                end = min(at + _SLICE, last)
                columns = np.ascontiguousarray(self._columns[at:end], dtype="<i8")
                counts = np.ascontiguousarray(
                    self._counts[at:end], dtype="<f8" if self.float_counts else "<i8"
                )
                yield Piece(
                    first=at,
                    n=end - at,
                    columns=_frozen_bytes(columns),
                    columns_layout=np.array([0, 8, 1, self._id_bytes]),
                    counts=_frozen_bytes(counts),
                    counts_layout=np.array([0, 8, 1, 8]),
                    float_counts=counts if self.float_counts else None,
                )

    def add_to_band(self, band: Array, ranges: Ints) -> Array:
        """Put pixels into a dense band (bins, width), ``band[i, d]`` = count at (i, i + d).

        Returns the same array, or a wider copy if a count did not fit its dtype.
        """
        from hicognition_widgets.sources._pixel_kernels import fill_band

        offsets = self.contacts.row_offset
        for piece in self.pieces(ranges):
            if piece.float_counts is not None:
                rows, columns, counts = self._plain(piece, piece.float_counts)
                near = columns - rows < band.shape[1]
                np.add.at(band, (rows[near], (columns - rows)[near]), counts[near])
                continue
            layout2, layout = piece.columns_layout, piece.counts_layout
            first, n = piece.first, piece.n
            while True:
                stopped = fill_band(
                    piece.columns, layout2, piece.counts, layout,
                    first, n, offsets, band, _limit(band.dtype),
                )  # fmt: skip
                if stopped < 0:
                    break
                band = band.astype(np.uint32 if band.dtype == np.uint16 else np.float64)
                skip = np.array([stopped - first, 0, 0, 0])
                layout2, layout = layout2 + skip, layout + skip
                first, n = stopped, n - (stopped - first)
        return band

    def new_band(self, width: int, rows: int | None = None) -> Array:
        """Zeros (bins, width) of the narrowest dtype that usually holds the counts."""
        dtype = np.float64 if self.float_counts else np.uint16
        return np.zeros((self.contacts.n_bins if rows is None else rows, width), dtype=dtype)

    def rows(self, first: int, last: int, reach: int, ranges: Ints | None = None) -> Rows:
        """Pixels of the rows `first` to `last` whose distance in bins is below `reach`.

        `ranges` restricts the pixels that are read; rows outside come out empty.
        """
        from hicognition_widgets.sources._pixel_kernels import collect

        offsets = self.contacts.row_offset
        if ranges is None:
            ranges = np.array([[offsets[first], offsets[last]]])
        size = int(np.sum(np.maximum(ranges[:, 1] - ranges[:, 0], 0)))
        columns = np.empty(size, dtype=np.int32)
        counts = np.empty(size, dtype=np.float64 if self.float_counts else np.int64)
        ends = np.zeros(last - first, dtype=np.int64)
        filled = 0
        for piece in self.pieces(ranges):
            if piece.float_counts is None:
                filled = collect(
                    piece.columns, piece.columns_layout, piece.counts, piece.counts_layout,
                    piece.first, piece.n, offsets, first, reach, ends, columns, counts, filled,
                )  # fmt: skip
                continue
            rows, ids, values = self._plain(piece, piece.float_counts)
            near = np.flatnonzero(ids - rows < reach)
            columns[filled : filled + len(near)] = ids[near]
            counts[filled : filled + len(near)] = values[near]
            at = np.searchsorted(rows[near], rows, side="right") + filled
            ends[rows - first] = at
            filled += len(near)
        ends = np.concatenate(([0], np.maximum.accumulate(ends)))
        return Rows(first, ends, columns[:filled], counts[:filled])

    def sum_diagonals(
        self, weights: Floats, arm: npt.NDArray[np.int32], start: Ints
    ) -> tuple[Floats, Floats]:
        """Sums of counts and balanced values per arm and diagonal, flat, see the kernel."""
        from hicognition_widgets.sources._pixel_kernels import sum_diagonals

        raw_sum, balanced_sum = np.zeros(int(start[-1])), np.zeros(int(start[-1]))
        offsets = self.contacts.row_offset
        used = (arm >= 0) & (weights != 0)
        for piece in self.pieces(row_ranges(offsets, used)):
            if piece.float_counts is None:
                sum_diagonals(
                    piece.columns, piece.columns_layout, piece.counts, piece.counts_layout,
                    piece.first, piece.n, offsets, weights, arm, start, raw_sum, balanced_sum,
                )  # fmt: skip
                continue
            rows, columns, counts = self._plain(piece, piece.float_counts)
            here = (arm[rows] == arm[columns]) & used[rows] & used[columns]
            rows, columns, counts = rows[here], columns[here], counts[here]
            at = start[arm[rows]] + columns - rows
            np.add.at(raw_sum, at, counts)
            np.add.at(balanced_sum, at, counts * weights[rows] * weights[columns])
        return raw_sum, balanced_sum

    def _plain(self, piece: Piece, counts: Floats) -> tuple[Ints, Ints, Floats]:
        at = np.arange(piece.first, piece.first + piece.n)
        rows = np.searchsorted(self.contacts.row_offset, at, side="right") - 1
        return rows, piece.columns.view("<i8").astype(np.int64), counts


@contextmanager
def read_pixels(contacts: ContactMap) -> Iterator[PixelReader]:
    """Open the file for reading pixels.

    Raises
    ------
    FileError
        If the file is damaged, also when that is noticed while reading.
    """
    with open_group(contacts.path, contacts.group) as group:
        n_pixels = group["pixels/bin2_id"].shape[0]
        if n_pixels != contacts.n_pixels:
            raise FileError(contacts.path, "the file changed while it was read; start again")
        yield PixelReader(contacts, group)


def row_ranges(row_offset: Ints, wanted: npt.NDArray[np.bool_]) -> Ints:
    """Pixel ranges, int64 (m, 2), of the wanted rows, neighbours joined."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8)))
    ranges = np.stack((row_offset[edges[::2]], row_offset[edges[1::2]]), axis=1)
    return ranges[ranges[:, 1] > ranges[:, 0]]


def _limit(dtype: np.dtype[Any]) -> int:
    return int(np.iinfo(dtype).max) if dtype.kind == "u" else 2**53


def _frozen_bytes(array: Array) -> Bytes:
    array.flags.writeable = False
    return array.view(np.uint8)
