"""Two average maps against each other, with the uncertainty of every pixel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._permutations import (
    Batch,
    Tested,
    paired_test,
    unpaired_test,
)
from hicognition_widgets.analyses.results import Floats, Ints
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import flank_bins
from hicognition_widgets.sources.contact_map import open_map

Stack = npt.NDArray[np.floating[Any]]

_BATCH_BYTES = 2**25


@dataclass(frozen=True, eq=False, kw_only=True)
class PileupComparison:
    """Difference of two average maps.

    Attributes
    ----------
    log2_ratio : float64 (size, size)
        log2(mean_one / mean_two), NaN where either is not positive.
    difference : float64 (size, size)
        mean_one − mean_two, in the unit of the maps.
    p_value : float64 (size, size)
        Two-sided permutation p of each pixel for itself.
    p_corrected : float64 (size, size)
        The same against the largest statistic of all pixels (max-T): the chance that any
        pixel of the map differs as much without a difference.
    mean_one, mean_two : float64 (size, size)
    count_one, count_two : int64 (size, size)
        Regions averaged; in paired comparisons those with data on both sides.
    paired : bool
        Sign flips of region-wise differences, or shuffled labels.
    permutations : int
    """

    log2_ratio: Floats
    difference: Floats
    p_value: Floats
    p_corrected: Floats
    mean_one: Floats
    mean_two: Floats
    count_one: Ints
    count_two: Ints
    paired: bool
    permutations: int


def compare_pileups(
    clr_one: Any,
    clr_two: Any,
    regions: pd.DataFrame,
    regions_two: pd.DataFrame | None = None,
    *,
    flank: int,
    normalization: Literal["oe", "balanced", "raw"] = "oe",
    permutations: int = 1000,
    seed: int = 0,
    cache: str | Path | None = None,
    **options: Any,
) -> PileupComparison:
    """Compare two maps over the same regions, or two region sets.

    Two maps over the same regions are paired: every region is its own control, and the
    signs of the region-wise differences are flipped at random. Two region sets (on one
    map or two) are not: regions are shuffled between the sets.

    Parameters
    ----------
    clr_one, clr_two
        Maps of one resolution, as for
        :func:`~hicognition_widgets.analyses.snippets.snippets`; may be the same.
    regions, regions_two : DataFrame
        Without `regions_two` both maps are read at `regions` (paired).
    flank : int
        Half-width in bp.
    normalization : {"oe", "balanced", "raw"}
        Over expected by default: a ratio of balanced maps also shows how their contact
        decay differs, so it has to be asked for.
    permutations : int
        Random permutations; the smallest p is 1 / (permutations + 1).
    seed : int
        Start of the random numbers.
    cache : str or Path, optional
        Folder that keeps bands of maps.
    **options
        Passed on to :func:`snippets`.

    Returns
    -------
    PileupComparison

    Raises
    ------
    InputError
        If the resolutions differ, or both maps and regions are the same.
    """
    contacts, contacts_two = open_map(clr_one), open_map(clr_two)
    if contacts.binsize != contacts_two.binsize:
        raise InputError(
            f"the maps have bins of {contacts.binsize:,} and {contacts_two.binsize:,} bp; "
            "compare them at one resolution"
        )
    same = (contacts.path, contacts.group) == (contacts_two.path, contacts_two.group)
    if regions_two is None and same:
        raise InputError("both sides are the same map over the same regions")
    size = 2 * flank_bins(flank, contacts.binsize) + 1
    other = regions if regions_two is None else regions_two
    with tempfile.TemporaryDirectory(prefix="hicognition-") as folder:
        several = max(len(regions), len(other)) > _step(size)
        keep = folder if cache is None and several else cache
        one, two = (
            partial(
                snippets, clr, table, flank=flank, normalization=normalization, cache=keep,
                **options,
            )
            for clr, table in ((clr_one, regions), (clr_two, other))
        )  # fmt: skip
        return compare_windows(
            one, two, len(regions), None if regions_two is None else len(regions_two),
            size=size, permutations=permutations, seed=seed,
        )  # fmt: skip


def compare_windows(
    one: Callable[..., Stack],
    two: Callable[..., Stack],
    n: int,
    n_two: int | None = None,
    *,
    size: int,
    permutations: int = 1000,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> PileupComparison:
    """Compare windows that are made batch by batch, of points, pairs or rescaled intervals.

    Parameters
    ----------
    one, two : callable
        ``one(subset=rows)`` gives the windows (len(rows), size, size) of these regions.
    n, n_two : int
        Regions of each side; without `n_two` both are the same regions (paired).
    size : int
        Rows of a window.
    permutations, seed
        As for :func:`compare_pileups`.
    progress : callable
        Told after each batch how many windows of how many are dealt with.

    Notes
    -----
    Windows are read once and only sums over at most 1,024 random groups of regions are kept:
    memory does not grow with the number of regions, and the permutations of 50,000 take as
    long as those of 1,000.
    """
    paired = n_two is None
    total = 2 * n if n_two is None else n + n_two
    done = 0

    def batches(make: Callable[..., Stack], m: int) -> Iterator[Batch]:
        nonlocal done
        step = _step(size)
        for first in range(0, m, step):
            rows = np.arange(first, min(first + step, m))
            yield rows, make(subset=rows)
            done += len(rows)
            progress(done, total)

    first, second = batches(one, n), batches(two, n if n_two is None else n_two)
    if n_two is None:
        pairs = ((rows, a, b) for (rows, a), (_, b) in zip(first, second, strict=True))
        tested = paired_test(pairs, n, size * size, permutations, seed)
    else:
        tested = unpaired_test((first, second), (n, n_two), size * size, permutations, seed)
    return _result(tested, (size, size), paired=paired, permutations=permutations)


def compare_stacks(
    one: Stack, two: Stack, *, paired: bool, permutations: int = 1000, seed: int = 0
) -> PileupComparison:
    """The same for windows that are already there, (n, size, size) each.

    Raises
    ------
    InputError
        If the shapes do not fit.
    """
    if one.shape[1:] != two.shape[1:] or (paired and len(one) != len(two)):
        raise InputError(f"stacks of shapes {one.shape} and {two.shape} cannot be compared")
    return compare_windows(
        lambda subset: one[subset], lambda subset: two[subset], len(one),
        None if paired else len(two),
        size=one.shape[1], permutations=permutations, seed=seed,
    )  # fmt: skip


def _step(size: int) -> int:
    """Windows of one batch."""
    return max(1, _BATCH_BYTES // (4 * size * size))


def _result(
    tested: Tested, shape: tuple[int, int], *, paired: bool, permutations: int
) -> PileupComparison:
    sides = (
        (tested.total_one, tested.count_one),
        (tested.total_two, tested.count_two),
    )
    one, two = (
        np.where(number > 0, total / np.maximum(number, 1), np.nan).reshape(shape)
        for total, number in sides
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((one > 0) & (two > 0), np.log2(one / two), np.nan)
    return PileupComparison(
        log2_ratio=ratio,
        difference=one - two,
        p_value=tested.p_value.reshape(shape),
        p_corrected=tested.p_corrected.reshape(shape),
        mean_one=one,
        mean_two=two,
        count_one=tested.count_one.astype(np.int64).reshape(shape),
        count_two=tested.count_two.astype(np.int64).reshape(shape),
        paired=paired,
        permutations=permutations,
    )
