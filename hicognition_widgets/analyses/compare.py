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

from hicognition_widgets.analyses.results import Floats, Ints
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import flank_bins
from hicognition_widgets.sources.contact_map import open_map

Stack = npt.NDArray[np.floating[Any]]

_BATCH_BYTES = 2**27


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
    step = max(1, _BATCH_BYTES // (4 * size * size))
    paired = regions_two is None
    other = regions if regions_two is None else regions_two
    with tempfile.TemporaryDirectory(prefix="hicognition-") as folder:
        several = max(len(regions), len(other)) > step
        keep = folder if cache is None and several else cache
        one, two = (
            partial(
                snippets, clr, table, flank=flank, normalization=normalization, cache=keep,
                **options,
            )
            for clr, table in ((clr_one, regions), (clr_two, other))
        )  # fmt: skip
        if paired:
            return _paired(_pairs(one, two, len(regions), step), permutations, seed)
        n = (len(regions), len(other))
        parts = _parts(one, n[0], step), _parts(two, n[1], step)
        return _unpaired(parts, n, permutations, seed)


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
    if paired:
        return _paired(iter([(one, two)]), permutations, seed)
    return _unpaired((iter([one]), iter([two])), (len(one), len(two)), permutations, seed)


def _parts(make: Callable[..., Stack], n: int, step: int) -> Iterator[Stack]:
    for first in range(0, max(n, 1), step):
        yield make(subset=np.arange(first, min(first + step, n)))


def _pairs(
    one: Callable[..., Stack], two: Callable[..., Stack], n: int, step: int
) -> Iterator[tuple[Stack, Stack]]:
    yield from zip(_parts(one, n, step), _parts(two, n, step), strict=True)


def _paired(
    pairs: Iterator[tuple[Stack, Stack]], permutations: int, seed: int
) -> PileupComparison:
    """Studentised mean difference under random signs; its spread needs Σd² only once."""
    random = np.random.default_rng(seed)
    shape: tuple[int, ...] = (0, 0)
    sums: Floats = np.zeros((4, 0))
    flipped: Floats = np.zeros((permutations, 0))
    for one, two in pairs:
        if sums.shape[1] == 0:
            shape = one.shape[1:]
            sums = np.zeros((4, shape[0] * shape[1]))
            flipped = np.zeros((permutations, sums.shape[1]))
        a, b = (side.reshape(len(side), -1).astype(np.float64) for side in (one, two))
        both = np.isfinite(a) & np.isfinite(b)
        a, b = np.where(both, a, 0), np.where(both, b, 0)
        d = a - b
        sums += np.stack((both.sum(axis=0), a.sum(axis=0), b.sum(axis=0), (d * d).sum(axis=0)))
        signs = random.integers(0, 2, (permutations, len(d))) * 2.0 - 1
        flipped += signs @ d
    number, total_one, total_two, squares = sums
    observed = _one_sample_t(total_one - total_two, squares, number)
    each, corrected = _p_values(observed, _one_sample_t(flipped, squares, number))
    return _result(
        shape, (total_one, total_two), (number, number), each, corrected,
        paired=True, permutations=permutations,
    )  # fmt: skip


def _one_sample_t(total: Floats, squares: Floats, number: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / number
        # Rounding may leave a spread just below zero where all differences are equal.
        variance = np.maximum(squares / number - mean**2, 1e-14 * squares / number)
        t: Floats = np.abs(mean) / np.sqrt(variance / (number - 1))
    t[..., (number < 2) | (squares == 0)] = np.nan
    return t


def _unpaired(
    parts: tuple[Iterator[Stack], Iterator[Stack]],
    n: tuple[int, int],
    permutations: int,
    seed: int,
) -> PileupComparison:
    """Welch's statistic under shuffled labels, from sums that add up over batches."""
    random = np.random.default_rng(seed)
    labels = np.zeros((permutations, n[0] + n[1]))
    for row in labels:
        row[random.permutation(n[0] + n[1])[: n[0]]] = 1
    shape: tuple[int, ...] = (0, 0)
    own: list[Floats] = []
    shuffled: Floats = np.zeros((3, permutations, 0))
    at = 0
    for side in parts:
        sums: Floats = np.zeros((3, 0))
        for stack in side:
            if shuffled.shape[2] == 0:
                shape = stack.shape[1:]
                shuffled = np.zeros((3, permutations, shape[0] * shape[1]))
            x = stack.reshape(len(stack), -1).astype(np.float64)
            known = np.isfinite(x)
            x = np.where(known, x, 0)
            chosen = labels[:, at : at + len(x)]
            at += len(x)
            powers = (known.astype(np.float64), x, x * x)
            for total, power in zip(shuffled, powers, strict=True):
                total += chosen @ power
            added = np.stack([power.sum(axis=0) for power in powers])
            sums = added if sums.shape[1] == 0 else sums + added
        own.append(sums)
    everything = own[0] + own[1]
    observed = _welch(own[0], own[1])
    each, corrected = _p_values(observed, _welch(shuffled, everything[:, None] - shuffled))
    return _result(
        shape, (own[0][1], own[1][1]), (own[0][0], own[1][0]), each, corrected,
        paired=False, permutations=permutations,
    )  # fmt: skip


def _welch(one: Floats, two: Floats) -> Floats:
    """|t| from number, sum and sum of squares of two groups, stacked in the first axis."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means, errors = [], []
        for number, total, squares in (one, two):
            mean = total / number
            spread = np.maximum(squares / number - mean**2, 1e-14 * squares / number)
            means.append(mean)
            errors.append(spread / (number - 1))
        t: Floats = np.abs(means[0] - means[1]) / np.sqrt(errors[0] + errors[1])
    t[(one[0] < 2) | (two[0] < 2)] = np.nan
    return t


def _p_values(observed: Floats, permuted: Floats) -> tuple[Floats, Floats]:
    """Chances per pixel and against the largest of all pixels; NaN where nothing was observed.

    Permutations in which a pixel has too few regions count against it.
    """
    n = len(permuted)
    known = np.isfinite(observed)
    # A hair's breadth, so that sums in another order still count as equal.
    bar = observed * (1 - 1e-9)
    filled = np.where(np.isfinite(permuted), permuted, np.inf)
    each = (1 + (filled >= bar).sum(axis=0)) / (n + 1)
    largest = np.where(np.isfinite(permuted) & known, permuted, -np.inf).max(axis=1)
    corrected = (1 + (largest[:, None] >= bar).sum(axis=0)) / (n + 1)
    return np.where(known, each, np.nan), np.where(known, corrected, np.nan)


def _result(
    shape: tuple[int, ...],
    totals: tuple[Floats, Floats],
    numbers: tuple[Floats, Floats],
    each: Floats,
    corrected: Floats,
    *,
    paired: bool,
    permutations: int,
) -> PileupComparison:
    one, two = (
        np.where(number > 0, total / np.maximum(number, 1), np.nan).reshape(shape)
        for total, number in zip(totals, numbers, strict=True)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((one > 0) & (two > 0), np.log2(one / two), np.nan)
    return PileupComparison(
        log2_ratio=ratio,
        difference=one - two,
        p_value=each.reshape(shape),
        p_corrected=corrected.reshape(shape),
        mean_one=one,
        mean_two=two,
        count_one=numbers[0].astype(np.int64).reshape(shape),
        count_two=numbers[1].astype(np.int64).reshape(shape),
        paired=paired,
        permutations=permutations,
    )
