"""Which regions overlap which targets at which position, kept so that a selection is quick.

Enrichment over a whole genome asks whether a region set is special. Within a set the
question is another one: do the regions somebody picked overlap a target more often than
the other regions of the set do? The answer needs only one bit per region, target and
position. :func:`enrichment_hits` (or ``scaled_enrichment_hits``) makes these bits once;
:meth:`HitMatrix.enrichment` then answers for any selection in milliseconds, and
:meth:`HitMatrix.rows` says which regions make up one cell of the picture::

    hits = enrichment_hits(regions, targets, chromsizes=sizes, flank=200_000, binsize=10_000)
    result = hits.enrichment(selected_rows)      # an EnrichmentResult, selected against rest
    rows = hits.rows(target=3, position=20)      # row numbers that overlap target 3 there

``hits.bits``, ``hits.present``, ``hits.n``, ``hits.names`` and ``hits.reasons`` are all there
is to it: plain arrays that can be stored and given to :class:`HitMatrix` again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._chunk_query import (
    ChromSizes,
    Query,
    place_intervals,
    place_points,
)
from hicognition_widgets.analyses._pieces import Ints, groups, merged
from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses.enrichment import (
    Targets,
    benjamini_hochberg,
    fisher,
    named_targets,
)
from hicognition_widgets.analyses.results import Codes, EnrichmentResult
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import Anchor, Flank, Side

Words = npt.NDArray[np.uint64]

_WORD = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class HitMatrix:
    """One bit per target, position and region; regions lie side by side in words.

    Attributes
    ----------
    bits : uint64 (targets, bins, words)
        Bit ``r % 64`` of word ``r // 64`` is set if the chunk of region ``r`` at this
        position overlaps the target.
    present : uint64 (bins, words)
        Set if region ``r`` has a chunk at this position at all.
    n : int
        Regions, the rows of the table it was made from.
    names : list of str
        Target names.
    reasons : uint8 (n,)
        Why regions are left out; 0 = used.
    dropped : int64 (targets,) or None
        Target rows that lie on no known chromosome.
    """

    bits: Words
    present: Words
    n: int
    names: list[str]
    reasons: Codes
    dropped: Ints | None = None

    def __post_init__(self) -> None:
        words = -(-self.n // _WORD)
        shape = (len(self.names), len(self.present), words)
        if self.bits.shape != shape or self.present.shape != shape[1:]:
            raise InputError(
                f"hits of {len(self.names)} targets and {self.n:,} regions need the shape "
                f"{shape}, not {self.bits.shape}"
            )

    def enrichment(self, subset: Any) -> EnrichmentResult:
        """Enrichment of the selected regions, with all regions of the set as the universe.

        Per target and position: a = selected regions that overlap the target, c = selected
        that do not, b and d = the same of the rest. Every region counts once, so that the
        Fisher test is that of a random choice of as many regions. Regions without a chunk
        at a position (beyond the end of a chromosome, or left out) are not counted there.

        Parameters
        ----------
        subset : row numbers or mask
            The selected regions; a row given twice counts once.

        Returns
        -------
        EnrichmentResult
            `overlap` is a, `chunks` int64 (bins,) is a + c, `universe_hits` int64
            (targets, bins) is a + b and `universe_chunks` int64 (bins,) is all four;
            `universe_size` differs by position and is None. Odds ratio, p and q as in
            :mod:`hicognition_widgets.analyses.enrichment`. With nothing or everything
            selected all odds ratios are NaN and all p are 1.
        """
        rows = select_rows(subset, self.n)
        rows = np.arange(self.n, dtype=np.int64) if rows is None else np.unique(rows)
        chosen = np.zeros(self.n, dtype=bool)
        chosen[rows] = True
        mask = _packed(chosen)
        a, chunks = _count(self.bits & mask), _count(self.present & mask)
        p_hits, size = _count(self.bits), _count(self.present)
        odds_ratio, p_value = fisher(a, chunks[None, :], p_hits, size[None, :])
        return EnrichmentResult(
            odds_ratio=odds_ratio,
            p_value=p_value,
            q_value=benjamini_hochberg(p_value),
            overlap=a,
            names=self.names,
            chunks=chunks,
            universe_hits=p_hits,
            universe_chunks=size,
            dropped=self.dropped,
            reasons=self.reasons,
            rows=rows,
        )

    @classmethod
    def of(
        cls,
        arrays: Mapping[str, npt.NDArray[Any]],
        names: Sequence[str],
        dropped: Sequence[int] | None = None,
    ) -> HitMatrix:
        """The hits behind stored ``bits``, ``present`` and ``reasons``."""
        return cls(
            bits=np.asarray(arrays["bits"], dtype=np.uint64),
            present=np.asarray(arrays["present"], dtype=np.uint64),
            n=len(arrays["reasons"]),
            names=list(names),
            reasons=np.asarray(arrays["reasons"]),
            dropped=None if dropped is None else np.asarray(dropped, dtype=np.int64),
        )

    def rows(self, target: int, position: int) -> Ints:
        """Row numbers, int64, of the regions that overlap a target at a position."""
        if not (0 <= target < len(self.names) and 0 <= position < len(self.present)):
            raise InputError(
                f"there is no target {target} at position {position}: there are "
                f"{len(self.names)} targets and {len(self.present)} positions"
            )
        there = np.unpackbits(self.bits[target, position].view(np.uint8), bitorder="little")
        return np.flatnonzero(there[: self.n]).astype(np.int64)


def enrichment_hits(
    regions: pd.DataFrame,
    targets: Targets,
    *,
    chromsizes: ChromSizes,
    flank: Flank,
    binsize: int,
    side: Side | None = None,
    anchor: Anchor = "center",
    flip: bool = False,
) -> HitMatrix:
    """Which regions overlap which targets at each position around their points.

    Chunks are those of :func:`~hicognition_widgets.analyses.enrichment`, which also has
    the parameters; so are the errors raised.

    Returns
    -------
    HitMatrix
        targets × bins × regions / 8 bytes: 12.5 MB for 50 targets, 40 bins and 50,000
        regions.
    """
    query = place_points(
        regions, chromsizes, flank=flank, binsize=binsize, side=side, anchor=anchor, flip=flip
    )
    return _hits(query, targets)


def scaled_enrichment_hits(
    regions: pd.DataFrame,
    targets: Targets,
    *,
    bin_percent: float,
    expansion: float = 0.2,
    chromsizes: ChromSizes,
    side: Side | None = None,
    flip: bool = False,
) -> HitMatrix:
    """The same along intervals, with the chunks of ``scaled_enrichment``.

    See Also
    --------
    enrichment_hits : what is returned and raised.
    """
    query = place_intervals(
        regions, chromsizes, bin_percent=bin_percent, expansion=expansion, side=side, flip=flip
    )
    return _hits(query, targets)


def _hits(query: Query, targets: Targets) -> HitMatrix:
    from hicognition_widgets.analyses._overlap_kernels import gather_bits

    names, tables = named_targets(targets)
    n, used = len(query.reasons), np.flatnonzero(query.reasons == 0)
    words = -(-n // _WORD)
    bits = np.zeros((len(tables), query.n_bins, words), dtype=np.uint64)
    present = np.zeros((query.n_bins, words), dtype=np.uint64)
    dropped = np.zeros(len(tables), dtype=np.int64)
    for group in groups(len(tables)):
        rows = []
        for i in range(group.start, group.stop):
            start, end, dropped[i] = query.genome.intervals(tables[i])
            rows.append(merged(start, end))
        marks = query.pieces.hits(rows)
        for position in range(query.n_bins):
            gather_bits(
                marks, query.choose(position), used, bits[group, position], present[position]
            )
    return HitMatrix(
        bits=bits, present=present, n=n, names=names, reasons=query.reasons, dropped=dropped
    )


def _packed(mask: npt.NDArray[np.bool_]) -> Words:
    """A mask as words, bit ``r % 64`` of word ``r // 64``."""
    padded = np.zeros(-(-len(mask) // _WORD) * _WORD, dtype=bool)
    padded[: len(mask)] = mask
    return np.packbits(padded, bitorder="little").view("<u8").astype(np.uint64)


def _count(words: Words) -> Ints:
    counts: Ints = np.bitwise_count(words).sum(axis=-1, dtype=np.int64)
    return counts
