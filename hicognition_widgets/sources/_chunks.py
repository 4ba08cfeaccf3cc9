"""Stored chunks of one-dimensional HDF5 datasets, read and inflated without HDF5."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import FileError

if TYPE_CHECKING:
    import h5py

Ints = npt.NDArray[np.int64]

_GAP = 2**16
"""Bytes between two wanted chunks that are read along rather than skipped."""
_RUN = 2**22
"""Bytes read at once at most (one chunk may be larger)."""
_DEFLATE, _SHUFFLE = 1, 2


class ChunkStream:
    """Inflated chunks of one dataset, asked for in ascending order.

    Attributes
    ----------
    length : int
        Elements per chunk; the last chunk is stored in full length.
    item : int
        Bytes per element.
    """

    def __init__(self, path: Path, table: ChunkTable, wanted: Ints) -> None:
        self.length, self.item = table.length, table.item
        self._path, self._table, self._wanted = path, table, wanted
        self._step, self._plane = (1, table.length) if table.shuffled else (table.item, 1)
        self._next = 0
        self._run = memoryview(b"")
        self._run_start = self._run_end = 0
        self._current = -1
        self._data = np.empty(0, dtype=np.uint8)
        self._fd = -1

    def __enter__(self) -> ChunkStream:
        self._fd = os.open(self._path, os.O_RDONLY)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)
        self._fd = -1

    def layout(self, element: int, n_bytes: int) -> Ints:
        """Where the kernels find an element: start, step, plane, bytes to read."""
        return np.array([element, self._step, self._plane, min(n_bytes, self.item)])

    def read(self, chunk: int) -> npt.NDArray[np.uint8]:
        """Bytes of one chunk as stored before compression, read-only."""
        if chunk != self._current:
            stored = self._stored(chunk)
            self._data = np.frombuffer(
                self._inflate(stored) if self._table.deflated else bytes(stored), dtype=np.uint8
            )
            if len(self._data) != self.length * self.item:
                raise self._damaged()
            self._current = chunk
        return self._data

    def _stored(self, chunk: int) -> memoryview:
        start, size = int(self._table.offsets[chunk]), int(self._table.sizes[chunk])
        if not (self._run_start <= start and start + size <= self._run_end):
            self._read_run(chunk)
        return self._run[start - self._run_start : start - self._run_start + size]

    def _read_run(self, chunk: int) -> None:
        """Read a chunk and the wanted ones that follow closely in the file."""
        while self._wanted[self._next] < chunk:
            self._next += 1
        start = int(self._table.offsets[chunk])
        end = start + int(self._table.sizes[chunk])
        for other in self._wanted[self._next + 1 :]:
            begin = int(self._table.offsets[other])
            stop = begin + int(self._table.sizes[other])
            if not 0 <= begin - end <= _GAP or stop - start > _RUN:
                break
            end = stop
        data = os.pread(self._fd, end - start, start)
        if len(data) != end - start:
            raise FileError(self._path, "the file is cut off; copy it again")
        self._run = memoryview(data)
        self._run_start, self._run_end = start, end

    def _inflate(self, stored: memoryview) -> bytes:
        from zlib_ng import zlib_ng

        try:
            return zlib_ng.decompress(stored, bufsize=self.length * self.item)
        except _inflate_error() as error:
            raise self._damaged() from error

    def _damaged(self) -> FileError:
        return FileError(self._path, "a block of pixels is damaged; copy the file again")


def _inflate_error() -> type[Exception]:
    """The error of zlib-ng, whose stubs do not say that it is one."""
    from zlib_ng import zlib_ng

    return cast("type[Exception]", zlib_ng.error)


@dataclass(frozen=True, eq=False)
class ChunkTable:
    """Place and size in the file of every chunk of a one-dimensional dataset."""

    offsets: Ints
    sizes: Ints
    length: int
    item: int
    shuffled: bool
    deflated: bool

    def stream(self, path: Path, ranges: Ints) -> ChunkStream:
        """Stream over the chunks that hold the element ranges, int64 (m, 2)."""
        needed = np.zeros(len(self.offsets) + 1, dtype=np.int64)
        np.add.at(needed, ranges[:, 0] // self.length, 1)
        np.add.at(needed, (ranges[:, 1] - 1) // self.length + 1, -1)
        return ChunkStream(path, self, np.flatnonzero(np.cumsum(needed[:-1]) > 0))


def chunk_table(dataset: h5py.Dataset) -> ChunkTable | None:
    """Table of a dataset's chunks; None where only h5py can read them.

    Little-endian integers in chunks, compressed by nothing but shuffle and deflate, can
    be read directly.
    """
    filters = _filters(dataset)
    if filters is None:
        return None
    length = dataset.chunks[0]
    n_chunks = -(-dataset.shape[0] // length)
    stored: list[tuple[int, int, int, int]] = []
    dataset.id.chunk_iter(
        lambda chunk: stored.append(
            (chunk.chunk_offset[0], chunk.byte_offset, chunk.size, chunk.filter_mask)
        )
    )
    table = np.array(stored, dtype=np.int64).reshape(-1, 4)
    offsets = np.full(n_chunks, -1, dtype=np.int64)
    sizes = np.zeros(n_chunks, dtype=np.int64)
    at = table[:, 0] // length
    offsets[at], sizes[at] = table[:, 1], table[:, 2]
    if np.any(offsets < 0) or np.any(table[:, 3] != 0):
        return None
    return ChunkTable(
        offsets=offsets,
        sizes=sizes,
        length=length,
        item=dataset.dtype.itemsize,
        shuffled=_SHUFFLE in filters and dataset.dtype.itemsize > 1,
        deflated=_DEFLATE in filters,
    )


def _filters(dataset: h5py.Dataset) -> list[int] | None:
    if dataset.chunks is None or dataset.dtype.kind not in "iu":
        return None
    if dataset.dtype.newbyteorder("<") != dataset.dtype:
        return None
    if dataset.file.userblock_size != 0 or dataset.file.driver not in ("sec2", "stdio"):
        return None
    plist = dataset.id.get_create_plist()
    filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
    known: tuple[list[int], ...] = ([], [_DEFLATE], [_SHUFFLE], [_SHUFFLE, _DEFLATE])
    return filters if filters in known else None
