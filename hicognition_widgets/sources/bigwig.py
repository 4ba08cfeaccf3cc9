"""Signal tracks: an exact reader of local bigWig files.

Reads the stored values, never the zoom levels. The index is read when it is first
needed and kept; data blocks are read, inflated and parsed in batches of bounded size.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from types import TracebackType
from typing import cast

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources._bigwig_trees import (
    Blocks,
    DamagedTree,
    read_chromosomes,
    read_index,
)

MAGIC = 0x888FFC26
BIGBED_MAGIC = 0x8789F2EB
_HEADER = "HHQQQHHQQIQ"
_BATCH_BYTES = 2**20
_COPY_AGAIN = "the file is damaged or incomplete; copy or download it again"


@dataclass(frozen=True, eq=False)
class Intervals:
    """Values along one chromosome.

    Attributes
    ----------
    starts, ends : uint32 (n,)
        0-based, half-open, in order, not overlapping, bp.
    values : float32 (n,)
        As stored; NaN and infinity are possible.
    """

    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class Batch:
    """Consecutive intervals; together the batches of a chromosome tile ``[0, length)``.

    Attributes
    ----------
    low, high : int
        The part of the chromosome the batch is responsible for, bp.
    intervals : Intervals
        The intervals that begin in it.
    n_blocks : int
        Data blocks that were read for it.
    """

    low: int
    high: int
    intervals: Intervals
    n_blocks: int


class BigWig:
    """An open bigWig file.

    Parameters
    ----------
    path : str or Path
        A local file.

    Raises
    ------
    FileError
        If the file is missing, is not a bigWig or is damaged; the sentence says which.

    Attributes
    ----------
    path : Path
        The file.
    chromsizes : dict
        Chromosome lengths in bp, in the order of the file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._fd = -1
        try:
            if self.path.exists() and not self.path.is_file():
                raise FileError(
                    self.path, "this is not a regular file; give the path of a bigWig file"
                )
            self._fd = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise FileError(self.path, "there is no such file; check the path") from error
        except OSError as error:
            raise FileError(
                self.path, f"the file cannot be opened ({error.strerror}); check its rights"
            ) from error
        try:
            self._read_header()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> BigWig:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"BigWig({str(self.path)!r}, {len(self.chromsizes)} chromosomes)"

    def close(self) -> None:
        """Release the file; closing twice does nothing."""
        fd, self._fd = getattr(self, "_fd", -1), -1
        if fd >= 0:
            os.close(fd)

    def _read_header(self) -> None:
        self._size = os.fstat(self._fd).st_size
        if self._size == 0:
            raise FileError(self.path, "the file is empty; copy or download it again")
        head = os.pread(self._fd, 64, 0)
        magics = {struct.pack(f"{order}I", MAGIC): order for order in "<>"}
        order = magics.get(head[:4])
        if order is None:
            if head[:4] in (struct.pack(f"{order}I", BIGBED_MAGIC) for order in "<>"):
                raise FileError(
                    self.path, "this is a bigBed file (regions), not a bigWig signal track"
                )
            raise FileError(
                self.path, "this is not a bigWig file; give a file with signal along the genome"
            )
        if len(head) < 64:
            raise FileError(self.path, _COPY_AGAIN)
        self._order = order
        fields = struct.unpack_from(f"{order}{_HEADER}", head, 4)
        chrom_tree, self._index_offset = fields[2], fields[4]
        self._compressed = fields[9] > 0
        # size of the largest inflated block; a damaged header must not ask for all memory
        self._block_bytes = min(max(fields[9], 2**12), 2**18)
        try:
            found = read_chromosomes(self._read, chrom_tree, order)
        except DamagedTree as error:
            raise FileError(self.path, f"{error}; {_COPY_AGAIN}") from error
        self._ids = {name: number for name, (number, _) in found.items()}
        self.chromsizes = {name: size for name, (_, size) in found.items()}
        self._index: dict[int, Blocks] | None = None

    def _read(self, offset: int, size: int) -> bytes:
        """Exactly `size` bytes, or a FileError for a file that ends before."""
        if offset < 0 or size < 0 or offset + size > self._size:
            raise FileError(
                self.path,
                f"the file ends at byte {self._size:,} but refers to byte {offset + size:,}; "
                f"{_COPY_AGAIN}",
            )
        try:
            data = os.pread(self._fd, size, offset)
            while len(data) < size:
                more = os.pread(self._fd, size - len(data), offset + len(data))
                if not more:
                    raise FileError(
                        self.path, f"the file became shorter while it was read; {_COPY_AGAIN}"
                    )
                data += more
        except OSError as error:
            raise FileError(
                self.path, f"the file cannot be read ({error.strerror}); try again"
            ) from error
        return data

    def blocks(self, chrom: str) -> Blocks:
        """Data blocks of a chromosome (empty for one without data).

        Raises
        ------
        FileError
            If the index is damaged.
        KeyError
            If the file does not know the chromosome.
        """
        number = self._ids[chrom]
        if self._index is None:
            try:
                self._index = read_index(self._read, self._index_offset, self._order)
            except DamagedTree as error:
                raise FileError(self.path, f"{error}; {_COPY_AGAIN}") from error
        nothing = np.zeros(0, dtype=np.int64)
        return self._index.get(number, Blocks(nothing, nothing, nothing, nothing))

    def intervals(self, chrom: str, start: int = 0, end: int | None = None) -> Intervals:
        """Stored intervals that overlap ``[start, end)``, whole.

        Parameters
        ----------
        chrom : str
            As the file writes it.
        start, end : int
            Range in bp; `end` defaults to the end of the chromosome.
        """
        stop = self.chromsizes[chrom] if end is None else end
        wanted = np.array([[start, stop]], dtype=np.int64)
        parts = [batch.intervals for batch in self.batches(chrom, wanted)]
        starts, ends, values = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("starts", "ends", "values")
        )
        keep = (starts < stop) & (ends > start)
        return Intervals(starts[keep], ends[keep], values[keep])

    def batches(self, chrom: str, windows: npt.NDArray[np.int64]) -> Iterator[Batch]:
        """The intervals that windows of a chromosome need, in order, each block once.

        Parameters
        ----------
        chrom : str
            As the file writes it.
        windows : int64 (n, 2)
            Starts and ends in bp, any order.

        Yields
        ------
        Batch
            At least one, even without data. A batch holds at most about 1 MB of inflated
            sections (90,000 intervals of the bedGraph kind): memory does not grow with
            the file, and what is derived from a batch stays in the processor's cache.
        """
        blocks = self.blocks(chrom)
        size = self.chromsizes[chrom]
        needed = _needed(blocks, windows)
        per_batch = max(_BATCH_BYTES // self._block_bytes, 1)
        low = 0
        for first in range(0, max(len(needed), 1), per_batch):
            which = needed[first : first + per_batch]
            last = first + per_batch >= len(needed)
            high = max(size, low) if last else int(blocks.start[needed[first + per_batch]])
            intervals = self._parse(self._sections(blocks, which), self._ids[chrom], chrom)
            if len(intervals) and (
                int(intervals.starts[0]) < low or (not last and int(intervals.ends[-1]) > high)
            ):
                raise FileError(
                    self.path, f"blocks of {chrom} overlap near {high:,}; {_COPY_AGAIN}"
                )
            yield Batch(low, high, intervals, len(which))
            low = high

    def _sections(self, blocks: Blocks, which: npt.NDArray[np.int64]) -> list[bytes]:
        """Inflated sections; neighbours in the file are read together."""
        from zlib_ng import zlib_ng

        not_zlib = cast("type[Exception]", zlib_ng.error)
        decompress, expected = zlib_ng.decompress, self._block_bytes
        sections: list[bytes] = []
        for offset, sizes in _runs(blocks.offset[which], blocks.size[which]):
            data = memoryview(self._read(offset, sum(sizes)))
            edges = [0, *accumulate(sizes)]
            parts = [data[a:b] for a, b in pairwise(edges)]
            if not self._compressed:
                sections += map(bytes, parts)
                continue
            try:
                sections += [decompress(part, bufsize=expected) for part in parts]
            except not_zlib as error:
                raise FileError(
                    self.path,
                    f"a block after byte {offset:,} cannot be inflated; {_COPY_AGAIN}",
                ) from error
        return sections

    def _parse(self, sections: list[bytes], number: int, chrom: str) -> Intervals:
        from hicognition_widgets.sources import _bigwig_kernels as kernels

        lengths = np.array([len(section) for section in sections], dtype=np.int64)
        if np.any(lengths % 4):
            raise FileError(self.path, f"a block of {chrom} has an odd length; {_COPY_AGAIN}")
        bounds = np.concatenate([[0], np.cumsum(lengths // 4)])
        words = self._words(bytearray(b"").join(sections), bounds)
        count, code, at = kernels.count_items(words, bounds, number)
        self._check(code, chrom, "")
        starts = np.empty(count, dtype=np.uint32)
        ends = np.empty(count, dtype=np.uint32)
        values = np.empty(count, dtype=np.float32)
        code, at = kernels.read_items(
            words, words.view(np.float32), bounds, starts, ends, values
        )
        self._check(code, chrom, f" at {at:,}")
        return Intervals(starts, ends, values)

    def _words(self, data: bytearray, bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """Sections as native 32-bit words with the last header word as little-endian has it."""
        words = np.frombuffer(data, dtype=np.uint32)
        if self._order != {"little": "<", "big": ">"}[sys.byteorder]:
            words.byteswap(inplace=True)
        if self._order == "<":
            return words
        heads = bounds[:-1][np.diff(bounds) >= 6] + 5
        tail = words[heads]  # kind, reserved and count are bytes and a half word
        words[heads] = (tail >> 24) | ((tail & 0xFFFF) << 16)
        return words

    def _check(self, code: int, chrom: str, where: str) -> None:
        if code == 0:
            return
        problem = {
            1: "a block of {} is shorter than it says",
            2: "a block of {} belongs to another chromosome",
            3: "a block of {} is of an unknown kind",
            4: "values of {} overlap or are out of order{}",
        }[code].format(chrom, where)
        raise FileError(self.path, f"{problem}; {_COPY_AGAIN}")


def _needed(blocks: Blocks, windows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers of the blocks that overlap any window, in genomic order."""
    if len(blocks) == 0 or len(windows) == 0:
        return np.zeros(0, dtype=np.int64)
    reach = np.maximum.accumulate(blocks.end)
    first = np.searchsorted(reach, windows[:, 0], side="right")
    last = np.searchsorted(blocks.start, windows[:, 1], side="left")
    some = last > first
    steps = np.zeros(len(blocks) + 1, dtype=np.int64)
    np.add.at(steps, first[some], 1)
    np.add.at(steps, last[some], -1)
    return np.flatnonzero(np.cumsum(steps[:-1]) > 0)


def _runs(
    offsets: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]
) -> Iterator[tuple[int, list[int]]]:
    """Offset and block sizes of blocks that lie in the file one after the other."""
    if len(offsets) == 0:
        return
    breaks = np.flatnonzero(offsets[1:] != (offsets + sizes)[:-1]) + 1
    for a, b in pairwise([0, *breaks.tolist(), len(offsets)]):
        yield int(offsets[a]), sizes[a:b].tolist()
