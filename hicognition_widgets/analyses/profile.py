"""Average signal over regions with a bootstrap band, and the difference of two averages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses.results import (
    Codes,
    ProfileDifference,
    ProfileResult,
    ProfileSplit,
)
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason

Stack = npt.NDArray[np.float32] | npt.NDArray[np.float64]
Subset = Sequence[int] | npt.NDArray[np.int64] | npt.NDArray[np.bool_] | None
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RESAMPLES = 1000
LARGEST_BOOTSTRAP = 2000
"""Above this many rows the bootstrap draws random groups of rows instead of rows."""

_CHUNK = 4096
_SORTED_VALUES = 2**22
"""Values that are sorted at a time for quartiles."""


def profile(
    stack: Stack,
    subset: Subset = None,
    *,
    reasons: Codes | None = None,
    band: Literal["ci95", "quartiles"] = "ci95",
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ProfileResult:
    """Column mean of a stackup with a percentile bootstrap band, or with quartiles.

    Parameters
    ----------
    stack : float (n, bins)
        One row per region; values that are not finite count as missing.
    subset : rows or mask, optional
        Row numbers, or a mask of length n; None = all rows.
    reasons : uint8 (n,), optional
        Why regions are left out, as in :class:`StackupResult`; by default rows without
        any value have no data and all others are used.
    band : {"ci95", "quartiles"}
        What `low` and `high` are: ends of the bootstrap band of the mean, or the first and
        third quartile of the regions at each position, which says how much they differ.
    confidence : float
        Part of the bootstrap means between `low` and `high`.
    resamples : int
        Number of bootstrap samples of the rows.
    seed : int
        Same seed, same band.

    Returns
    -------
    ProfileResult
        Mean, low, high and number of rows with data per bin, each ``(bins,)``. Bins
        without any data are NaN with count 0. Quartiles are interpolated linearly between
        neighbours, as numpy does.

    Notes
    -----
    With more than :data:`LARGEST_BOOTSTRAP` rows they are dealt at random into that many
    groups and groups are resampled; since the groups are random, their sums vary as the
    rows do and the band keeps its width (to about 2 %), at a cost that does not grow.

    Raises
    ------
    InputError
        If the stack is not two-dimensional, the subset does not fit it, or there is no
        such band.
    """
    rows = _rows(stack, subset)
    if band == "quartiles":
        mean, count = _mean(stack, rows)
        low, high = _quartiles(stack, rows)
    elif band == "ci95":
        sums, counts = _group_sums(stack, rows, seed)
        mean, count = _mean_of(sums, counts)
        low, high = _band(_resampled(sums, counts, resamples, seed), mean, confidence)
    else:
        raise InputError(f'band is "ci95" or "quartiles", not "{band}"')
    return ProfileResult(
        mean=mean,
        low=low,
        high=high,
        count=count,
        reasons=no_data(stack) if reasons is None else reasons,
        rows=None if subset is None else rows,
    )


def profile_difference(
    stack: Stack,
    other: Stack,
    subset: Subset = None,
    other_subset: Subset = None,
    *,
    paired: bool = False,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ProfileDifference:
    """Mean of `stack` minus mean of `other` with a bootstrap band.

    Parameters
    ----------
    stack, other : float (n, bins), (m, bins)
        Two stackups with the same bins.
    subset, other_subset : rows or mask, optional
        Rows of each; with ``paired=True`` give only `subset`, it applies to both.
    paired : bool
        True for two tracks on the same regions: a region is drawn together with its
        partner, and per bin only regions with data in both count. False for two
        region sets: each is drawn on its own.

    Returns
    -------
    ProfileDifference
        Difference, low, high and rows per bin of both sides. A bin whose band does not
        include 0 differs at the level of the confidence, bin by bin.

    Raises
    ------
    InputError
        If the bins differ, or paired stackups have different numbers of rows.
    """
    if stack.ndim == 2 and other.ndim == 2 and stack.shape[1] != other.shape[1]:
        raise InputError(
            f"the two stackups have {stack.shape[1]} and {other.shape[1]} bins; compare "
            "stackups with the same flank and bin size"
        )
    if paired:
        if len(stack) != len(other) or other_subset is not None:
            raise InputError(
                "paired stackups need the same regions in the same order and one subset; "
                "use paired=False for two region sets"
            )
        rows = _rows(stack, subset)
        _rows(other, subset)
        delta = stack[rows].astype(np.float64) - other[rows]
        result = profile(delta, confidence=confidence, resamples=resamples, seed=seed)
        return ProfileDifference(
            difference=result.mean,
            low=result.low,
            high=result.high,
            count=result.count,
            other_count=result.count,
        )
    draws, means, counts = [], [], []
    for side, (part, chosen) in enumerate(((stack, subset), (other, other_subset))):
        sums, counted = _group_sums(part, _rows(part, chosen), seed, side)
        draws.append(_resampled(sums, counted, resamples, seed, side))
        mean, count = _mean_of(sums, counted)
        means.append(mean)
        counts.append(count)
    difference = means[0] - means[1]
    low, high = _band(draws[0] - draws[1], difference, confidence)
    return ProfileDifference(
        difference=difference, low=low, high=high, count=counts[0], other_count=counts[1]
    )


def profile_split(
    stack: Stack,
    subset: Subset,
    *,
    reasons: Codes | None = None,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ProfileSplit:
    """Average signal of the selected regions against that of the rest, each with its band.

    Made for a selection that follows the mouse: `stack` may be a stored stackup that is
    mapped into memory, every row is read once, and 50,000 rows take about 0.2 s.

    Parameters
    ----------
    stack, reasons, confidence, resamples, seed
        As for :func:`profile`. Give the `reasons` that were stored with the stackup;
        without, they are worked out from the values, which reads them once more.
    subset : rows or mask
        The selected rows; a row given twice counts once. None selects all.

    Returns
    -------
    ProfileSplit
        `selected`, `rest` (:class:`ProfileResult`) and their `difference`. Where a side
        has no rows, its means and the difference are NaN with count 0.
    """
    chosen = np.zeros(len(stack), dtype=bool)
    chosen[_rows(stack, subset)] = True
    codes = no_data(stack) if reasons is None else reasons
    sides, draws = [], []
    for side, rows in enumerate((np.flatnonzero(chosen), np.flatnonzero(~chosen))):
        sums, counts = _group_sums(stack, rows, seed, side)
        mean, count = _mean_of(sums, counts)
        draws.append(_resampled(sums, counts, resamples, seed, side))
        low, high = _band(draws[-1], mean, confidence)
        sides.append(
            ProfileResult(mean=mean, low=low, high=high, count=count, reasons=codes, rows=rows)
        )
    selected, rest = sides
    difference = selected.mean - rest.mean
    low, high = _band(draws[0] - draws[1], difference, confidence)
    return ProfileSplit(
        selected=selected,
        rest=rest,
        difference=ProfileDifference(
            difference=difference, low=low, high=high,
            count=selected.count, other_count=rest.count,
        ),
    )  # fmt: skip


def no_data(stack: Stack) -> Codes:
    """Reason per row, uint8 (n,): ``NO_DATA`` where nothing is finite, else ``USED``."""
    codes = np.zeros(len(stack), dtype=np.uint8)
    for first in range(0, len(stack), _CHUNK):
        empty = ~np.isfinite(stack[first : first + _CHUNK]).any(axis=1)
        codes[first : first + _CHUNK][empty] = Reason.NO_DATA
    return codes


def _rows(stack: Stack, subset: Subset) -> Ints:
    """Row numbers of a subset."""
    if stack.ndim != 2:
        raise InputError(f"a stackup has two dimensions (regions, bins), not {stack.ndim}")
    rows = select_rows(subset, len(stack))
    return np.arange(len(stack), dtype=np.int64) if rows is None else rows


def column_means(stack: Stack) -> Floats:
    """Mean of the finite values of each column, float64 (bins,); NaN where there is none."""
    return _mean(stack, None)[0]


def _mean(stack: Stack, rows: Ints | None) -> tuple[Floats, Ints]:
    """Means and counts of the columns over some rows; None = all."""
    total = np.zeros(stack.shape[1])
    count = np.zeros(stack.shape[1], dtype=np.int64)
    for first in range(0, len(stack) if rows is None else len(rows), _CHUNK):
        chunk = slice(first, first + _CHUNK)
        part = stack[chunk] if rows is None else stack[rows[chunk]]
        finite = np.isfinite(part)
        if finite.all():
            total += part.sum(axis=0, dtype=np.float64)
            count += len(part)
        else:
            total += np.where(finite, part, 0).sum(axis=0, dtype=np.float64)
            count += finite.sum(axis=0)
    return _ratio(total, count.astype(np.float64)), count


def _quartiles(stack: Stack, rows: Ints) -> tuple[Floats, Floats]:
    """First and third quartile per bin, some bins at a time."""
    bins = stack.shape[1]
    ends = np.full((2, bins), np.nan)
    step = max(1, _SORTED_VALUES // max(len(rows), 1))
    whole = len(rows) == len(stack)
    for first in range(0, bins, step):
        columns = slice(first, first + step)
        part = np.array(stack[:, columns] if whole else stack[rows, columns])
        part[~np.isfinite(part)] = np.nan
        part.sort(axis=0)  # NaN last
        count = np.isfinite(part).sum(axis=0)
        for end, share in zip(ends, (0.25, 0.75), strict=True):
            place = share * np.maximum(count - 1, 0)
            below = np.floor(place).astype(np.int64)
            above = np.minimum(below + 1, np.maximum(count - 1, 0))
            at = np.arange(part.shape[1])
            if len(part):
                lo, hi = part[below, at].astype(np.float64), part[above, at]
                end[columns] = lo + (hi - lo) * (place - below)
    return ends[0], ends[1]


def _mean_of(sums: Floats, counts: Floats) -> tuple[Floats, Ints]:
    """Means and counts of the columns over all groups."""
    count = counts.sum(axis=0)
    return _ratio(sums.sum(axis=0), count), count.astype(np.int64)


def _group_sums(stack: Stack, rows: Ints, seed: int, side: int = 0) -> tuple[Floats, Floats]:
    """Sums and counts per random group of rows, or per row if there are few.

    `side` tells two samples apart that are drawn independently.
    """
    n_groups = min(len(rows), LARGEST_BOOTSTRAP)
    shape = (n_groups, stack.shape[1])
    sums, counts = np.zeros(shape), np.zeros(shape)
    dealt = n_groups < len(rows)
    order = np.random.default_rng([seed, side]).permutation(rows) if dealt else rows
    for first in range(0, len(order), max(n_groups, 1)):
        part = stack[order[first : first + n_groups]]
        finite = np.isfinite(part)
        sums[: len(part)] += part if finite.all() else np.where(finite, part, 0)
        counts[: len(part)] += finite
    return sums, counts


def _resampled(
    sums: Floats, counts: Floats, resamples: int, seed: int, side: int = 0
) -> Floats:
    """Means of bootstrap samples, ``(resamples, bins)``."""
    if len(sums) == 0:
        return np.full((resamples, sums.shape[1]), np.nan)
    weights = _weights(len(sums), resamples, seed, side)
    # bins without gaps have the same counts: one column says it for all of them
    alike = (counts == counts[:, :1]).all(axis=0)
    drawn = np.repeat(weights @ counts[:, :1], counts.shape[1], axis=1)
    if not alike.all():
        drawn[:, ~alike] = weights @ counts[:, ~alike]
    return _ratio(weights @ sums, drawn)


@lru_cache(maxsize=2)
def _weights(n: int, resamples: int, seed: int, side: int) -> Floats:
    """How often each of `n` rows is drawn, ``(resamples, n)``, at most 16 MB.

    Kept, as the flanks and bin sizes of a table, and one selection after the other, ask for the
    same again.
    """
    rng = np.random.default_rng([seed, side, n])
    weights = np.empty((resamples, n))
    for i in range(resamples):
        weights[i] = np.bincount(rng.integers(0, n, n), minlength=n)
    weights.flags.writeable = False
    return weights


def _band(draws: Floats, mean: Floats, confidence: float) -> tuple[Floats, Floats]:
    if not 0 < confidence < 1:
        raise InputError(f"confidence must lie between 0 and 1, not {confidence}")
    low, high = np.full(len(mean), np.nan), np.full(len(mean), np.nan)
    tail = (1 - confidence) / 2
    there = np.isfinite(draws)
    known = np.isfinite(mean) & there.any(axis=0)
    # quantiles of all columns at a time are much quicker, but know nothing of missing draws
    whole = there.all(axis=0)
    for columns, quantile in ((known & whole, np.quantile), (known & ~whole, np.nanquantile)):
        if columns.any():
            ends = quantile(draws[:, columns], [tail, 1 - tail], axis=0)
            low[columns], high[columns] = ends
    return low, high


def _ratio(total: Floats, count: Floats) -> Floats:
    ratio = np.full(total.shape, np.nan)
    np.divide(total, count, out=ratio, where=count > 0)
    return ratio
