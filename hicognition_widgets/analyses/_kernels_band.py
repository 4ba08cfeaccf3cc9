"""Compiled loops over windows of a contact map. Importing this module imports numba.

A window is ``size`` × ``size`` bins; its row ``i`` is bin ``a1 + i``, its column ``j``
bin ``a2 + j``, and only rows ``i0 … i1`` and columns ``j0 … j1`` of it can be used.
``weights`` is 0 at masked bins, so that sums need no branch. ``factor[d]`` multiplies
pixels at distance ``d`` and is 0 where a distance cannot be used; without `cis` (different
chromosomes) ``factor[0]`` multiplies all. ``slot`` says which layer of `out` a
window is added to.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

Array = npt.NDArray[Any]


@compiled
def add_band(
    band: Array, row0: int, weights: Array, windows: Array, factor: Array,
    slots: Array, out: Array,
) -> None:  # fmt: skip
    """Add windows of the dense band, whose first row is bin `row0`.

    ``windows`` is int64 (n, 6): a1, a2, i0, i1, j0, j1.
    """
    for n in range(len(windows)):
        a1, a2, i0, i1, j0, j1 = windows[n]
        slot = slots[n]
        for i in range(i0, i1):
            row = a1 + i
            w = weights[row]
            if w == 0:
                continue
            base = a2 - row
            first = max(j0, -base)
            length = j1 - first
            if length <= 0:
                continue
            counts = band[row - row0, base + first : base + first + length]
            columns = weights[a2 + first : a2 + first + length]
            factors = factor[base + first : base + first + length]
            target = out[slot, i, first : first + length]
            for t in range(length):
                target[t] += counts[t] * (w * columns[t] * factors[t])


@compiled
def add_rows(
    row0: int, ends: Array, columns: Array, counts: Array, weights: Array,
    windows: Array, factor: Array, cis: bool, slots: Array, out: Array,
) -> None:  # fmt: skip
    """Add windows from rows of pixels as in a CSR matrix; `windows` as in `add_band`."""
    for n in range(len(windows)):
        a1, a2, i0, i1, j0, j1 = windows[n]
        slot = slots[n]
        for i in range(i0, i1):
            row = a1 + i
            w = weights[row]
            if w == 0:
                continue
            p = ends[row - row0]
            last = ends[row - row0 + 1]
            stop = last
            while p < stop:
                middle = (p + stop) // 2
                if columns[middle] < a2 + j0:
                    p = middle + 1
                else:
                    stop = middle
            while p < last and columns[p] < a2 + j1:
                column = columns[p]
                f = factor[column - row] if cis else factor[0]
                out[slot, i, column - a2] += counts[p] * (w * weights[column] * f)
                p += 1


@compiled
def count_windows(
    weights: Array, windows: Array, factor: Array, cis: bool, mirrored: bool,
    count: Array, empty: Array,
) -> None:  # fmt: skip
    """Add to `count`, int64 (size, size), how many windows have each pixel.

    Bins are few that are masked: what they take away is counted, not what is left.
    Windows in which some distances cannot be used are counted pixel by pixel, unless
    they lie on the diagonal (`mirrored`): there the caller drops those distances.
    ``empty[n]`` is set for windows without a usable pixel.
    """
    size = count.shape[0]
    bad1 = np.zeros(size, dtype=np.int64)
    bad2 = np.zeros(size, dtype=np.int64)
    without_row = np.zeros(size, dtype=np.int64)
    without_column = np.zeros(size, dtype=np.int64)
    whole = 0
    unusable = np.zeros(len(factor) + 1, dtype=np.int64)
    for d in range(len(factor)):
        unusable[d + 1] = unusable[d] + (factor[d] == 0)
    shortest = 0
    while shortest < len(factor) and factor[shortest] == 0:
        shortest += 1
    for n in range(len(windows)):
        a1, a2, i0, i1, j0, j1 = windows[n]
        n1 = n2 = 0
        first_row = first_column = last_column = -1
        for i in range(size):
            if i < i0 or i >= i1 or weights[a1 + i] == 0:
                bad1[n1] = i
                n1 += 1
            elif first_row < 0:
                first_row = i
        for j in range(size):
            if j < j0 or j >= j1 or weights[a2 + j] == 0:
                bad2[n2] = j
                n2 += 1
            else:
                last_column = j
                if first_column < 0:
                    first_column = j
        empty[n] = first_row < 0 or first_column < 0
        if empty[n]:
            continue
        nearest, farthest = a2 + j0 - (a1 + i1 - 1), a2 + j1 - 1 - (a1 + i0)
        simple = not cis or (nearest >= 0 and unusable[farthest + 1] == unusable[nearest])
        if mirrored or simple:
            whole += 1
            for p in range(n1):
                without_row[bad1[p]] += 1
                for q in range(n2):
                    count[bad1[p], bad2[q]] += 1
            for q in range(n2):
                without_column[bad2[q]] += 1
            if mirrored:
                empty[n] = last_column - first_row < shortest
            continue
        found = False
        for i in range(i0, i1):
            if weights[a1 + i] == 0:
                continue
            base = a2 - a1 - i
            for j in range(max(j0, -base), j1):
                if weights[a2 + j] != 0 and factor[base + j] != 0:
                    count[i, j] += 1
                    found = True
        empty[n] = not found
    for i in range(size):
        for j in range(size):
            count[i, j] += whole - without_row[i] - without_column[j]


@compiled
def frame_windows(
    weights: Array, windows: Array, factor: Array, cis: bool, slots: Array, out: Array
) -> None:
    """Set usable pixels of snippets to 0 and the others to NaN."""
    size = out.shape[1]
    for n in range(len(windows)):
        a1, a2, i0, i1, j0, j1 = windows[n]
        slot = slots[n]
        for i in range(size):
            good = i0 <= i < i1 and weights[a1 + i] != 0
            for j in range(size):
                usable = good and j0 <= j < j1 and weights[a2 + j] != 0
                if usable and cis:
                    d = a2 + j - a1 - i
                    usable = d >= 0 and factor[d] != 0
                out[slot, i, j] = 0 if usable else np.nan


@compiled
def band_diagonals(
    band: Array, row0: int, weights: Array, arm: Array, raw_sum: Array, balanced_sum: Array
) -> None:
    """Sums per arm and diagonal, float64 (arms, width), over the rows of a dense band."""
    for i in range(band.shape[0]):
        row = row0 + i
        label = arm[row]
        w = weights[row]
        if label < 0 or w == 0:
            continue
        for d in range(min(band.shape[1], len(weights) - row)):
            count = band[i, d]
            if count != 0 and arm[row + d] == label and weights[row + d] != 0:
                raw_sum[label, d] += count
                balanced_sum[label, d] += count * w * weights[row + d]


@compiled
def count_pairs(good: Array, n_valid: Array) -> None:
    """Usable pixels on each diagonal of one arm, for the first ``len(n_valid)``."""
    size = len(good)
    for i in range(size):
        if good[i]:
            for d in range(min(len(n_valid), size - i)):
                n_valid[d] += good[i + d]


@compiled
def mirror(slots: Array, out: Array) -> None:
    """Copy the upper triangle of snippets to the lower one."""
    size = out.shape[1]
    for n in range(len(slots)):
        slot = slots[n]
        for i in range(size):
            for j in range(i):
                out[slot, i, j] = out[slot, j, i]
