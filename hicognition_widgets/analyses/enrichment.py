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

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._chunk_query import (
    ChromSizes,
    Query,
    place_intervals,
    place_points,
)
from hicognition_widgets.analyses._pieces import (
    Ints,
    Pieces,
    distinct,
    groups,
    merged,
)
from hicognition_widgets.analyses.results import EnrichmentResult
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import (
    Anchor,
    Flank,
    Side,
)

Targets = Mapping[str, pd.DataFrame] | Sequence[pd.DataFrame]
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
    query = place_points(
        regions, chromsizes, flank=flank, binsize=binsize, side=side, anchor=anchor, flip=flip
    )
    return _enrichment(query, targets, universe)


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
    query = place_intervals(
        regions, chromsizes, bin_percent=bin_percent, expansion=expansion, side=side, flip=flip
    )
    return _enrichment(query, targets, universe)


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


def named_targets(targets: Targets) -> tuple[list[str], list[pd.DataFrame]]:
    """Names and tables of targets; targets without names are numbered."""
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
    query: Query, targets: Targets, universe: pd.DataFrame | None
) -> EnrichmentResult:
    from hicognition_widgets.analyses import _overlap_kernels as kernels

    genome, pieces, n_bins = query.genome, query.pieces, query.n_bins
    names, tables = named_targets(targets)
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
            chunks[position] = kernels.count_chosen(
                words, query.choose(position), seen, label, found
            )
            overlap[position, group] = found[: len(rows)]
            label += 1
    a = np.ascontiguousarray(overlap.T)
    odds_ratio, p_value = fisher(a, chunks[None, :], hits[:, None], everything.n)
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
        reasons=query.reasons,
    )


def fisher(a: Ints, chunks: Ints, hits: Ints, size: Ints | int) -> tuple[Floats, Floats]:
    """Odds ratio and one-sided p of every cell; the other arrays fit the shape of `a`."""
    from hicognition_widgets.analyses._overlap_kernels import chance_of_overlap

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
    drawn, marked, total = (
        np.broadcast_to(x, a.shape)[sound].astype(np.int64) for x in (chunks, hits, size)
    )
    chances = np.empty(len(drawn))
    chance_of_overlap(a[sound].astype(np.int64), drawn, marked, total, chances)
    p_value[sound] = chances
    return odds_ratio, p_value
