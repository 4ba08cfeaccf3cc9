"""Compiled loops that bring intervals to one size. Importing this module imports numba.

A cell of the result is the mean over the pixels it covers, each weighted by the area it
shares with the cell; masked pixels have no weight. Positions are in bins over the genome.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

Array = npt.NDArray[Any]

_EMPTY = 1e-9
"""Share of a cell below which what is left of its area is rounding error."""


@compiled
def _overlaps(first: float, step: float, lo: int, hi: int, size: int,
              begin: Array, share: Array) -> int:  # fmt: skip
    """Cells each bin touches: ``begin[b]``, and ``share[b, t]`` of cell ``begin[b] + t``.

    Returns the largest number of cells a bin touches.
    """
    most = 0
    for b in range(hi - lo):
        left = (lo + b - first) / step
        right = (lo + b + 1 - first) / step
        cell = max(int(np.floor(left)), 0)
        begin[b] = cell
        t = 0
        while cell < size and cell < right:
            share[b, t] = max(0.0, (min(right, cell + 1.0) - max(left, float(cell))) * step)
            cell += 1
            t += 1
        most = max(most, t)
        for rest in range(t, share.shape[1]):
            share[b, rest] = 0.0
    return most


@compiled
def _scatter(value: float, k: int, m: int, share1: Array, share2: Array, r: int, c: int,
             n1: int, n2: int, target: Array) -> None:  # fmt: skip
    size = target.shape[0]
    for s in range(n1):
        if k + s >= size:
            break
        part = value * share1[r, s]
        if part == 0:
            continue
        for t in range(n2):
            if m + t >= size:
                break
            target[k + s, m + t] += part * share2[c, t]


@compiled
def scale_regions(
    row0: int, ends: Array, columns: Array, counts: Array, weights: Array,
    spans: Array, grids: Array, factor: Array, cis: bool, turns: Array,
    slots: Array, layers: Array, total: Array, number: Array, empty: Array,
) -> None:  # fmt: skip
    """Scale regions and add them to `total` and `number`, or store them in `layers`.

    ``spans`` is int64 (n, 4), bins lo1, hi1 of the rows and lo2, hi2 of the columns inside
    their arms; ``grids`` float64 (n, 4) the first edge and the step of the cells of both;
    ``turns`` has bit 2 to reverse rows and bit 4 to reverse columns; a negative slot adds.
    """
    size = total.shape[0]
    above = np.zeros((size, size))
    below = np.zeros((size, size))
    good1 = np.zeros(size)
    good2 = np.zeros(size)
    for n in range(len(spans)):
        lo1, hi1, lo2, hi2 = spans[n]
        first1, step1, first2, step2 = grids[n]
        begin1 = np.zeros(hi1 - lo1, dtype=np.int64)
        begin2 = np.zeros(hi2 - lo2, dtype=np.int64)
        share1 = np.zeros((hi1 - lo1, min(size, int(1 / step1) + 3)))
        share2 = np.zeros((hi2 - lo2, min(size, int(1 / step2) + 3)))
        n1 = _overlaps(first1, step1, lo1, hi1, size, begin1, share1)
        n2 = _overlaps(first2, step2, lo2, hi2, size, begin2, share2)
        above[:] = 0
        good1[:] = 0
        good2[:] = 0
        for r in range(hi1 - lo1):
            if weights[lo1 + r] != 0:
                for s in range(min(n1, size - begin1[r])):
                    good1[begin1[r] + s] += share1[r, s]
        for c in range(hi2 - lo2):
            if weights[lo2 + c] != 0:
                for t in range(min(n2, size - begin2[c])):
                    good2[begin2[c] + t] += share2[c, t]
        for k in range(size):
            for m in range(size):
                below[k, m] = good1[k] * good2[m]
        if cis:
            for d in range(len(factor)):
                if factor[d] != 0:
                    continue
                for r in range(lo1, hi1):
                    if weights[r] == 0:
                        continue
                    for sign in range(-1, 2, 2):
                        c = r + sign * d
                        if lo2 <= c < hi2 and weights[c] != 0 and not (d == 0 and sign == 1):
                            _scatter(-1.0, begin1[r - lo1], begin2[c - lo2], share1, share2,
                                     r - lo1, c - lo2, n1, n2, below)  # fmt: skip
        # Pixels are stored once, with the smaller bin as the row: first rows of the region
        # that are rows of the file, then columns of the region that are.
        for r in range(lo1, hi1):
            if weights[r] == 0 or r >= hi2:
                continue
            p = _first(columns, ends[r - row0], ends[r - row0 + 1], lo2)
            while p < ends[r - row0 + 1] and columns[p] < hi2:
                c = columns[p]
                f = factor[c - r] if cis else factor[0]
                value = counts[p] * weights[r] * weights[c] * f
                _scatter(value, begin1[r - lo1], begin2[c - lo2], share1, share2,
                         r - lo1, c - lo2, n1, n2, above)  # fmt: skip
                p += 1
        for c in range(lo2, hi2):
            if weights[c] == 0 or c >= hi1 - 1:
                continue
            p = _first(columns, ends[c - row0], ends[c - row0 + 1], max(lo1, c + 1))
            while p < ends[c - row0 + 1] and columns[p] < hi1:
                r = columns[p]
                f = factor[r - c] if cis else factor[0]
                value = counts[p] * weights[r] * weights[c] * f
                _scatter(value, begin1[r - lo1], begin2[c - lo2], share1, share2,
                         r - lo1, c - lo2, n1, n2, above)  # fmt: skip
                p += 1
        limit = _EMPTY * step1 * step2
        slot = slots[n]
        empty[n] = True
        for k in range(size):
            i = size - 1 - k if turns[n] & 2 else k
            for m in range(size):
                j = size - 1 - m if turns[n] & 4 else m
                if below[k, m] > limit:
                    empty[n] = False
                    value = above[k, m] / below[k, m]
                    if slot < 0:
                        total[i, j] += value
                        number[i, j] += 1
                    else:
                        layers[slot, i, j] = value


@compiled
def _first(columns: Array, p: int, stop: int, least: int) -> int:
    while p < stop:
        middle = (p + stop) // 2
        if columns[middle] < least:
            p = middle + 1
        else:
            stop = middle
    return p
