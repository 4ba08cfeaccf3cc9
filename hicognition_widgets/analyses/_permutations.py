"""Permutation tests for every pixel of two stacks of windows, in bounded memory.

Regions are dealt at random into groups, and signs or labels are permuted group by group.
These permutations are a subgroup of those of single regions, so p-values keep their promise;
with few regions every region is a group of its own. What is kept are sums per group, so that
neither time nor memory of the permutations grows with the number of regions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses.results import Floats, Ints

Stack = npt.NDArray[np.floating[Any]]
Batch = tuple[Ints, Stack]
"""Row numbers of some regions and their windows (n, size, size)."""

GROUPS = 1024
"""Most groups of regions that are permuted."""
SUM_BYTES = 2**27
"""Memory for the sums per group, and for the permuted statistics of some pixels."""
_LEAST_GROUPS = 16
_SMALLER_SET = 256


@dataclass(frozen=True, eq=False, kw_only=True)
class Tested:
    """Sums of both sides and p per pixel, float64 (pixels,) each."""

    total_one: Floats
    total_two: Floats
    count_one: Floats
    count_two: Floats
    p_value: Floats
    p_corrected: Floats


def paired_test(
    pairs: Iterator[tuple[Ints, Stack, Stack]],
    n: int,
    pixels: int,
    permutations: int,
    seed: int,
) -> Tested:
    """Studentised mean difference under random signs; its spread needs Σd² only once.

    Parameters
    ----------
    pairs : iterator of (rows, windows, windows)
        Both sides of the same regions.
    n : int
        Regions in all.
    pixels : int
        Of one window.
    """
    random = np.random.default_rng(seed)
    groups = max(min(n, most_groups(pixels, 1)), 1)
    group_of = random.permutation(n) % groups
    sums = np.zeros((4, pixels))
    differences = np.zeros((groups, pixels))
    for rows, one, two in pairs:
        a, b = (side.reshape(len(side), -1).astype(np.float64) for side in (one, two))
        both = np.isfinite(a) & np.isfinite(b)
        a[~both] = 0
        b[~both] = 0
        d = a - b
        for total, part in zip(sums, (both, a, b, d * d), strict=True):
            total += part.sum(axis=0)
        differences += _gathered(group_of[rows], groups, d)
    number, total_one, total_two, squares = sums
    observed = one_sample_t(total_one - total_two, squares, number)
    signs = random.integers(0, 2, (permutations, groups)) * 2.0 - 1

    def permuted(part: slice) -> Floats:
        flipped = signs @ differences[:, part]
        return one_sample_t(flipped, squares[part], number[part])

    each, corrected = p_values(observed, permuted, permutations)
    return Tested(
        total_one=total_one, total_two=total_two, count_one=number, count_two=number,
        p_value=each, p_corrected=corrected,
    )  # fmt: skip


def unpaired_test(
    sides: tuple[Iterator[Batch], Iterator[Batch]],
    n: tuple[int, int],
    pixels: int,
    permutations: int,
    seed: int,
) -> Tested:
    """Welch's statistic under shuffled labels; parameters as for :func:`paired_test`."""
    random = np.random.default_rng(seed)
    groups, group_of = _dealt(n, most_groups(pixels, 3), random)
    own = np.zeros((2, 3, pixels))
    fixed = np.zeros((3, pixels))
    grouped = np.zeros((3, sum(groups), pixels))
    for side, batches in enumerate(sides):
        for rows, stack in batches:
            x = stack.reshape(len(stack), -1).astype(np.float64)
            known = np.isfinite(x)
            x[~known] = 0
            slots = group_of[side][rows]
            for power, part in enumerate((known, x, x * x)):
                own[side, power] += part.sum(axis=0)
                grouped[power] += _gathered(slots, sum(groups), part)
                if side == 0:
                    fixed[power] += part[slots < 0].sum(axis=0)
    everything = own[0] + own[1]
    labels = np.zeros((permutations, sum(groups)))
    for row in labels:
        row[random.permutation(len(row))[: groups[0]]] = 1

    def permuted(part: slice) -> Floats:
        one = np.stack([labels @ sums[:, part] for sums in grouped]) + fixed[:, None, part]
        return welch(one, everything[:, None, part] - one)

    each, corrected = p_values(welch(own[0], own[1]), permuted, permutations)
    return Tested(
        total_one=own[0, 1], total_two=own[1, 1], count_one=own[0, 0], count_two=own[1, 0],
        p_value=each, p_corrected=corrected,
    )  # fmt: skip


def most_groups(pixels: int, sums: int) -> int:
    """How many groups may be kept, with so many sums of so many pixels each."""
    return int(np.clip(SUM_BYTES // (8 * sums * max(pixels, 1)), _LEAST_GROUPS, GROUPS))


def _dealt(
    n: tuple[int, int], most: int, random: np.random.Generator
) -> tuple[tuple[int, int], tuple[Ints, Ints]]:
    """Groups of equal size in both sets: their numbers, and the group of each region.

    A region in group −1 keeps its label. Of a set that is much larger than the other only
    as many groups are shuffled as there is room for.
    """
    small = min(n)
    size = max(1, small // _SMALLER_SET, -(-small // (most // 2)))
    few = small // size
    numbers = [few if m == small else min(m // size, most - few) for m in n]
    if n[0] == n[1]:
        numbers = [few, few]
    group_of = []
    for side, m in enumerate(n):
        slots = random.permutation(m) // size
        slots[slots >= numbers[side]] = -1
        group_of.append(np.where(slots >= 0, slots + side * numbers[0], -1))
    return (numbers[0], numbers[1]), (group_of[0], group_of[1])


def _gathered(slots: Ints, groups: int, values: npt.NDArray[Any]) -> Floats:
    """Sums of rows per group; rows in group −1 are left out."""
    from scipy.sparse import csr_array

    chosen = np.flatnonzero(slots >= 0)
    ones = np.ones(len(chosen))
    matrix = csr_array((ones, (slots[chosen], chosen)), shape=(groups, len(slots)))
    sums: Floats = matrix @ values.astype(np.float64, copy=False)
    return sums


def one_sample_t(total: Floats, squares: Floats, number: Floats) -> Floats:
    """|t| of a mean from sum, sum of squares and number; NaN for fewer than two."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / number
        # Rounding may leave a spread just below zero where all differences are equal.
        variance = np.maximum(squares / number - mean**2, 1e-14 * squares / number)
        t: Floats = np.abs(mean) / np.sqrt(variance / (number - 1))
    t[..., (number < 2) | (squares == 0)] = np.nan
    return t


def welch(one: Floats, two: Floats) -> Floats:
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


def p_values(
    observed: Floats, permuted: Callable[[slice], Floats], permutations: int
) -> tuple[Floats, Floats]:
    """Chances per pixel and against the largest of all pixels; NaN where nothing was observed.

    Permutations in which a pixel has too few regions count against it.

    Parameters
    ----------
    observed : float64 (pixels,)
    permuted : callable
        Statistics (permutations, some pixels) of a slice of the pixels.
    """
    known = np.isfinite(observed)
    # A hair's breadth, so that sums in another order still count as equal.
    bar = observed * (1 - 1e-9)
    each = np.full(len(observed), np.nan)
    largest = np.full(permutations, -np.inf)
    step = max(1, SUM_BYTES // (8 * 4 * max(permutations, 1)))
    for first in range(0, len(observed), step):
        part = slice(first, first + step)
        values = permuted(part)
        sound = np.isfinite(values)
        beyond = (np.where(sound, values, np.inf) >= bar[part]).sum(axis=0)
        each[part] = (1 + beyond) / (permutations + 1)
        highest = np.where(sound & known[part], values, -np.inf).max(axis=1)
        largest = np.maximum(largest, highest)
    above = permutations - np.searchsorted(np.sort(largest), bar, side="left")
    corrected = (1 + above) / (permutations + 1)
    return np.where(known, each, np.nan), np.where(known, corrected, np.nan)
