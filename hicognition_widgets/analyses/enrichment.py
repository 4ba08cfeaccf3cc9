"""Overlap with other region sets, position by position, against what chance would give.

The 2×2 table of a target at one position, as in LOLA (Sheffield and Bock 2016):

* a: query chunks that overlap the target; c: query chunks that do not;
* b: the rest of the universe that overlaps the target; d: the rest that does not.

Odds ratio = a·d / (b·c); +inf if b or c is 0 while a·d is not; NaN if a row or a column
of the table is empty. p = P(X ≥ a), X hypergeometric (one-sided Fisher test), 1 if a row
or a column is empty; q = Benjamini-Hochberg over all cells of the result. With a universe
that does not contain the query, b or d can become negative: odds ratio, p and q are NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._pieces import (
    Genome,
    Ints,
    Pieces,
    distinct,
    groups,
    merged,
    tile_offsets,
)
from hicognition_widgets.analyses.results import Codes, EnrichmentResult
from hicognition_widgets.analyses.stackup import both_flanks, expanded
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import (
    Anchor,
    Flank,
    Side,
    positions,
    scaled_bins,
    strands,
)

Targets = Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame]
ChromSizes = Mapping[str, int] | pd.Series
Choose = Callable[[int], Ints]
"""Position → the piece of each region there, -1 = none."""

Floats = npt.NDArray[np.float64]


def enrichment(
    regions: pd.DataFrame,
    targets: Targets,
    *,
    chromsizes: ChromSizes,
    flank: Flank,
    binsize: int,
    side: Side | None = None,
    anchor: Anchor = "center",
    flip: bool = False,
    universe: pd.DataFrame | None = None,
) -> EnrichmentResult:
    """Enrichment of targets at each position around the points of regions.

    The genome is tiled in bins. The window of a region begins with the bin that contains
    ``point - flank``; its chunk at position ``j`` is the ``j``-th bin from there. At each
    position a bin counts once, however many regions share it, and bins outside a
    chromosome are left out.

    Parameters
    ----------
    regions : DataFrame
        The query, ``chrom, start, end`` or pairs (then `side` chooses the anchor).
    targets : mapping or sequence of DataFrame
        Region sets by name. A row overlaps a bin if they share a base; a row without
        length is the base at its start; of pairs both anchors are used.
    chromsizes : mapping
        Length per chromosome; rows elsewhere are dropped and counted.
    flank, binsize : int
        bp; the flank (also ``(upstream, downstream)``) is a multiple of the bin size.
    universe : DataFrame, optional
        Region set that the query is compared with. None = all bins of the genome.

    Returns
    -------
    EnrichmentResult
        Arrays ``(targets, bins)``; the definition is at the top of this module.

    Raises
    ------
    InputError
        If the flank does not fit, or there is no target.
    GenomeMismatch
        If no region is on a known chromosome, or names are ambiguous.
    """
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
    return _enrichment(genome, targets, pieces, choose, n_bins, universe, reasons)


def scaled_enrichment(
    regions: pd.DataFrame,
    targets: Targets,
    *,
    bin_percent: float,
    expansion: float = 0.2,
    chromsizes: ChromSizes,
    side: Side | None = None,
    flip: bool = False,
    universe: pd.DataFrame | None = None,
) -> EnrichmentResult:
    """Enrichment of targets along intervals, from before their start to after their end.

    Chunks are the bins of :func:`~hicognition_widgets.analyses.scaled_stackup`, clipped to
    the chromosome; equal chunks count once. The universe is the union of the chunks of
    all regions and positions unless one is given.

    See Also
    --------
    enrichment : the other parameters, what is returned and raised.
    """
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

    return _enrichment(genome, targets, pieces, choose, n_bins, universe, reasons)


def benjamini_hochberg(p_value: Floats) -> Floats:
    """Adjusted p-values over all cells that are not NaN, same shape (Benjamini 1995)."""
    q_value = np.full(p_value.shape, np.nan)
    known = ~np.isnan(p_value)
    p = p_value[known]
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1)
    q_value[known] = adjusted
    return q_value


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


def _named(targets: Targets) -> tuple[list[str], list[pd.DataFrame]]:
    if isinstance(targets, Mapping):
        names, tables = [str(name) for name in targets], list(targets.values())
    else:
        tables = list(targets)
        names = [f"target {i + 1}" for i in range(len(tables))]
    if any(not isinstance(table, pd.DataFrame) for table in tables):
        raise InputError("targets are several region sets: give a list or a dict of tables")
    if not tables:
        raise InputError("there is no target; give at least one region set")
    return names, tables


def _enrichment(
    genome: Genome,
    targets: Targets,
    pieces: Pieces,
    choose: Choose,
    n_bins: int,
    universe: pd.DataFrame | None,
    reasons: Codes,
) -> EnrichmentResult:
    from hicognition_widgets.analyses import _overlap_kernels as kernels

    names, tables = _named(targets)
    n = len(tables)
    overlap = np.zeros((n_bins, n), dtype=np.int64)
    chunks = np.zeros(n_bins, dtype=np.int64)
    hits = np.zeros(n, dtype=np.int64)
    dropped = np.zeros(n, dtype=np.int64)
    everything = pieces
    if universe is not None:
        start, end = distinct(*genome.intervals(universe)[:2])
        everything = Pieces(genome, n=len(start), start=start, end=end)
    seen = np.full(pieces.n, -1, dtype=np.int32)
    label = 0
    for group in groups(n):
        rows = []
        for i in range(group.start, group.stop):
            start, end, dropped[i] = genome.intervals(tables[i])
            rows.append(merged(start, end))
        words = pieces.hits(rows)
        total = np.zeros(64, dtype=np.int64)
        kernels.count_all(words if everything is pieces else everything.hits(rows), total)
        hits[group] = total[: len(rows)]
        for position in range(n_bins):
            found = np.zeros(64, dtype=np.int64)
            chunks[position] = kernels.count_chosen(words, choose(position), seen, label, found)
            overlap[position, group] = found[: len(rows)]
            label += 1
    a = np.ascontiguousarray(overlap.T)
    odds_ratio, p_value = _fisher(a, chunks[None, :], hits[:, None], everything.n)
    return EnrichmentResult(
        odds_ratio=odds_ratio,
        p_value=p_value,
        q_value=benjamini_hochberg(p_value),
        overlap=a,
        names=names,
        chunks=chunks,
        universe_hits=hits,
        universe_size=everything.n,
        dropped=dropped,
        reasons=reasons,
    )


def _fisher(a: Ints, chunks: Ints, hits: Ints, size: int) -> tuple[Floats, Floats]:
    """Odds ratio and one-sided p of every cell."""
    from scipy.stats import hypergeom

    b, c = hits - a, chunks - a
    d = size - a - b - c
    sound = (b >= 0) & (d >= 0)
    empty = (chunks == 0) | (hits == 0) | (b + d == 0) | (c + d == 0)
    above, below = a.astype(np.float64) * d, b.astype(np.float64) * c
    odds_ratio = np.full(a.shape, np.nan)
    np.divide(above, below, out=odds_ratio, where=sound & (below > 0))
    odds_ratio[sound & (below == 0) & (above > 0)] = np.inf
    odds_ratio[empty] = np.nan
    p_value = np.full(a.shape, np.nan)
    chunks, hits = (np.broadcast_to(x, a.shape) for x in (chunks, hits))
    p_value[sound] = np.clip(hypergeom.sf(a[sound] - 1, size, hits[sound], chunks[sound]), 0, 1)
    return odds_ratio, p_value
