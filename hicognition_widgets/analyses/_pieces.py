"""One coordinate for a whole genome, and the pieces of it that are counted.

A position becomes ``offset of its chromosome + position``. Intervals are clipped to
their chromosome, so pieces of different chromosomes never touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.names import bare_name, match_names
from hicognition_widgets.genome.windows import Side, is_pairs, sided_columns

Ints = npt.NDArray[np.int64]
GROUP = 64
"""Targets that share a word."""


class Genome:
    """Chromosomes laid one after the other.

    Parameters
    ----------
    chromsizes : mapping
        Length in bp per chromosome, in order.
    """

    def __init__(self, chromsizes: Mapping[str, int] | pd.Series[int]) -> None:
        self.sizes = {str(name): int(size) for name, size in chromsizes.items()}
        if not self.sizes or min(self.sizes.values()) <= 0:
            raise InputError("chromsizes must name at least one chromosome of positive length")
        self.names = list(self.sizes)
        self.lengths = np.array(list(self.sizes.values()), dtype=np.int64)
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)])

    def numbers(
        self, regions: pd.DataFrame, side: Side | None = None, *, strict: bool = True
    ) -> Ints:
        """Number of each region's chromosome, -1 = unknown.

        With ``strict=False`` regions that share no chromosome with the genome are all
        unknown; otherwise that is an error that names both sides.
        """
        codes, names = pd.factorize(regions[sided_columns(regions, side)[0]].astype(str))
        wanted = [str(name) for name in names]
        there = {bare_name(name) for name in self.names}
        if not strict and not any(bare_name(name) in there for name in wanted):
            return np.full(len(regions), -1, dtype=np.int64)
        matched = match_names(wanted, self.names)
        place = {name: i for i, name in enumerate(self.names)}
        found = [place[matched[name]] if name in matched else -1 for name in wanted]
        return np.array([*found, -1], dtype=np.int64)[codes]

    def intervals(self, regions: pd.DataFrame) -> tuple[Ints, Ints, int]:
        """Rows in genome coordinates, sorted by start, and how many rows were dropped.

        Rows without length count as the base at their start. Pairs give both anchors.
        """
        sides: tuple[Side | None, ...] = ("left", "right") if is_pairs(regions) else (None,)
        starts, ends, dropped = [], [], np.zeros(len(regions), dtype=bool)
        for side in sides:
            _, start_name, end_name, _ = sided_columns(regions, side)
            number = self.numbers(regions, side, strict=False)
            a = regions[start_name].to_numpy(dtype=np.int64)
            b = np.maximum(regions[end_name].to_numpy(dtype=np.int64), a + 1)
            inside = (number >= 0) & (b > 0) & (a < self.lengths[number])
            dropped |= ~inside
            start, end = self.place(number[inside], a[inside], b[inside])
            starts.append(start)
            ends.append(end)
        start, end = np.concatenate(starts), np.concatenate(ends)
        order = np.argsort(start, kind="stable")
        return start[order], end[order], int(dropped.sum())

    def place(self, number: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Genome coordinates of intervals, clipped to their chromosomes."""
        offset, length = self.offsets[number], self.lengths[number]
        return offset + np.clip(start, 0, length), offset + np.clip(end, 0, length)


def merged(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Union of sorted intervals as sorted, disjoint intervals."""
    if len(start) == 0:
        return start, end
    reach = np.maximum.accumulate(end)
    first = np.concatenate([[True], start[1:] > reach[:-1]])
    last = np.concatenate([first[1:], [True]])
    return start[first], reach[last]


def distinct(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Each interval once, still sorted by start."""
    both = np.unique(np.stack([start, end], axis=1), axis=0)
    return both[:, 0], both[:, 1]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of the genome and which of them each region has at each position.

    Attributes
    ----------
    start, end : int64 (m,) or None
        Sorted by start, genome coordinates; None = the tiling with `binsize`.
    binsize : int
        Width of the tiles, 0 for pieces of any width.
    """

    genome: Genome
    n: int
    binsize: int = 0
    start: Ints | None = None
    end: Ints | None = None

    def hits(self, targets: list[tuple[Ints, Ints]]) -> npt.NDArray[np.uint64]:
        """Word per piece: bit ``t`` is set if it overlaps target ``t`` (at most 64)."""
        from hicognition_widgets.analyses import _overlap_kernels as kernels

        words = np.zeros(self.n, dtype=np.uint64)
        for bit, (start, end) in enumerate(targets):
            if self.start is not None and self.end is not None:
                kernels.mark_pieces(words, bit, self.start, self.end, start, end)
                continue
            # merged intervals may join two chromosomes that touch: cut them again
            for number, first_bin in enumerate(tile_offsets(self.genome, self.binsize)[:-1]):
                low, high = self.genome.offsets[number : number + 2]
                a = np.searchsorted(end, low, side="right")
                b = np.searchsorted(start, high, side="left")
                first = np.maximum(start[a:b], low) - low
                last = np.minimum(end[a:b], high) - low - 1
                kernels.mark_bins(
                    words,
                    bit,
                    first_bin + first // self.binsize,
                    first_bin + last // self.binsize,
                )
        return words


def tile_offsets(genome: Genome, binsize: int) -> Ints:
    """Number of the first tile of each chromosome, and the number of all tiles."""
    return np.concatenate([[0], np.cumsum(-(-genome.lengths // binsize))])


def groups(n: int) -> Iterator[slice]:
    """Targets 64 at a time."""
    for first in range(0, n, GROUP):
        yield slice(first, min(first + GROUP, n))
