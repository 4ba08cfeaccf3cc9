"""Where the chunks of regions lie: which piece of the genome each has at each position."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hicognition_widgets.analyses._pieces import Genome, Ints, Pieces, tile_offsets
from hicognition_widgets.analyses.results import Codes
from hicognition_widgets.analyses.stackup import both_flanks, expanded
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import (
    Anchor,
    Flank,
    Side,
    positions,
    scaled_bins,
    strands,
)

ChromSizes = Mapping[str, int] | pd.Series
Choose = Callable[[int], Ints]
"""Position → the piece of each region there, -1 = none."""


@dataclass(frozen=True, eq=False)
class Query:
    """Regions as pieces of the genome.

    Attributes
    ----------
    choose : callable
        Position → the piece of each used region there, -1 = none.
    reasons : uint8 (n,)
        Per region; 0 = used.
    """

    genome: Genome
    pieces: Pieces
    choose: Choose
    n_bins: int
    reasons: Codes


def place_points(
    regions: pd.DataFrame,
    chromsizes: ChromSizes,
    *,
    flank: Flank,
    binsize: int,
    side: Side | None,
    anchor: Anchor,
    flip: bool,
) -> Query:
    """Chunks of :func:`enrichment`, which has the parameters."""
    genome = Genome(chromsizes)
    up, down = both_flanks(flank, binsize)
    n_bins = (up + down) // binsize
    number = genome.numbers(regions, side)
    point = positions(regions, side=side, anchor=anchor)
    reasons = _reasons(number)
    known = number >= 0
    off = known & ((point < 0) | (point > genome.lengths[number]))
    reasons[off] = Reason.OFF_CHROMOSOME
    used = known & ~off
    number, point = number[used], point[used]
    minus = (strands(regions, side) < 0)[used] if flip else np.zeros(len(point), dtype=bool)
    tiles = tile_offsets(genome, binsize)
    begin = (point - np.where(minus, down, up)) // binsize
    first = tiles[number] + begin + np.where(minus, n_bins - 1, 0)
    step = np.where(minus, -1, 1)

    def choose(position: int) -> Ints:
        piece = first + step * position
        inside = (piece >= tiles[number]) & (piece < tiles[number + 1])
        return np.where(inside, piece, -1)

    pieces = Pieces(genome, n=int(tiles[-1]), binsize=binsize)
    return Query(genome, pieces, choose, n_bins, reasons)


def place_intervals(
    regions: pd.DataFrame,
    chromsizes: ChromSizes,
    *,
    bin_percent: float,
    expansion: float,
    side: Side | None,
    flip: bool,
) -> Query:
    """Chunks of :func:`scaled_enrichment`, which has the parameters."""
    genome = Genome(chromsizes)
    n_bins = scaled_bins(bin_percent, expansion)
    number = genome.numbers(regions, side)
    start, length, full = expanded(regions, expansion, side=side)
    reasons = _reasons(number)
    known = number >= 0
    reasons[known & ((full[:, 0] >= genome.lengths[number]) | (full[:, 1] <= 0))] = (
        Reason.OFF_CHROMOSOME
    )
    reasons[known & (full[:, 1] <= full[:, 0])] = Reason.ZERO_LENGTH
    used = reasons == Reason.USED
    number, start, length = number[used], start[used], length[used]
    minus = (strands(regions, side) < 0)[used] if flip else np.zeros(len(start), dtype=bool)
    parts = np.arange(n_bins + 1)
    edges = start[:, None] + length[:, None] * parts // n_bins
    edges[minus] = edges[minus, ::-1]
    low = np.minimum(edges[:, :-1], edges[:, 1:])
    high = np.maximum(np.maximum(edges[:, :-1], edges[:, 1:]), low + 1)
    chunk_start, chunk_end = genome.place(number[:, None], low, high)
    index, pieces = _distinct(genome, chunk_start.T, chunk_end.T)

    def choose(position: int) -> Ints:
        row: Ints = index[position]
        return row

    return Query(genome, pieces, choose, n_bins, reasons)


def _reasons(number: Ints) -> Codes:
    return np.where(number < 0, Reason.UNKNOWN_CHROMOSOME, Reason.USED).astype(np.uint8)


def _distinct(genome: Genome, start: Ints, end: Ints) -> tuple[Ints, Pieces]:
    """Pieces of all chunks, sorted and distinct, and which piece each chunk is."""
    width = end - start
    widths = None
    widest = int(width.max(initial=0)) + 1
    if int(genome.offsets[-1]) * widest >= 2**63:
        widths, width = np.unique(width, return_inverse=True)
        widest = len(widths)
    index = np.full(start.shape, -1, dtype=np.int64)
    there = end > start
    keys, inverse = np.unique(start[there] * widest + width[there], return_inverse=True)
    index[there] = inverse
    first, code = keys // widest, keys % widest
    last = first + (code if widths is None else widths[code])
    return index, Pieces(genome, n=len(keys), start=first, end=last)
