"""Exact means of a signal in the bins of many windows, one batch of intervals at a time.

For a batch the sum of value × length before each interval is known (as an unevaluated
sum of two doubles, so that a small value beside a large one keeps its digits). A bin
then costs the same whatever its width: whole intervals by subtraction, the two cut
ones directly. A bin that continues in the next batch keeps its parts in `carry`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

U32 = npt.NDArray[np.uint32]
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@compiled
def _at(positions: U32, k: int) -> int:
    """A position as a signed number, so that differences may be negative."""
    value: int = positions[k] + 0
    return value


@compiled
def running_sums(
    starts: U32,
    ends: U32,
    values: F32,
    origin: int,
    shift: int,
    high: F64,
    low: F64,
    covered: U32,
    odd: I32,
    tiles: I32,
) -> None:
    """Sums before each interval, shapes ``(n + 1,)``; `odd` counts values not finite.

    ``tiles[t]`` is the number of intervals that begin before ``origin + (t << shift)``.
    """
    t = 0
    s = 0.0
    rest = 0.0
    bases = 0
    n_odd = 0
    for k in range(len(starts)):
        here = (_at(starts, k) - origin) >> shift
        while t <= here:
            tiles[t] = k
            t += 1
        high[k] = s
        low[k] = rest
        covered[k] = bases
        odd[k] = n_odd
        length = _at(ends, k) - _at(starts, k)
        value = np.float64(values[k])
        if np.isfinite(value):
            part = value * length
            total = s + part
            back = total - s
            rest += (s - (total - back)) + (part - back)
            s = total
        else:
            n_odd += 1
        bases += length
    last = len(starts)
    high[last] = s
    low[last] = rest
    covered[last] = bases
    odd[last] = n_odd
    while t < len(tiles):
        tiles[t] = last
        t += 1


@compiled
def _begun(x: int, starts: U32, origin: int, shift: int, tiles: I32) -> int:
    """Number of intervals that begin at or before `x`."""
    if x < origin:
        return 0
    t = (x - origin) >> shift
    if t >= len(tiles) - 1:
        return len(starts)
    a: int = tiles[t] + 0
    b: int = tiles[t + 1] + 0
    while b - a > 8:
        middle = (a + b) >> 1
        if _at(starts, middle) <= x:
            a = middle + 1
        else:
            b = middle
    while a < b and _at(starts, a) <= x:
        a += 1
    return a


@compiled
def _edge(start: int, length: int, n_bins: int, step: int, i: int) -> int:
    if step > 0:
        return start + step * i
    return start + (length * i) // n_bins


@compiled
def _plain_sum(a: int, b: int, k1: int, k2: int, starts: U32, ends: U32, values: F32) -> float:
    """Sum over intervals `k1` to `k2`, where one of them is not finite."""
    total = 0.0
    for k in range(k1, k2 + 1):
        overlap = min(b, _at(ends, k)) - max(a, _at(starts, k))
        if overlap > 0:
            total += np.float64(values[k]) * overlap
    return total


@compiled
def add_batch(
    window_start: I64,
    window_length: I64,
    reverse: Bools,
    row: I64,
    first: int,
    last: int,
    n_bins: int,
    step: int,
    size: int,
    low: int,
    high: int,
    starts: U32,
    ends: U32,
    values: F32,
    sum_high: F64,
    sum_low: F64,
    covered: U32,
    odd: I32,
    origin: int,
    shift: int,
    tiles: I32,
    carry_sum: F64,
    carry_covered: I64,
    missing: float,
    out: F32,
) -> None:
    """Write the bins of windows ``first … last - 1`` that end in ``[low, high)``.

    Parameters
    ----------
    window_start, window_length, reverse, row : arrays (n,)
        Windows of one chromosome; `row` is where each goes in `out`.
    n_bins, step : int
        Bins per window; width in bp, or 0 where windows of any length are divided.
    size : int
        Length of the chromosome.
    low, high : int
        The range the batch covers.
    carry_sum, carry_covered : arrays (n,)
        Parts of the bin that was cut at `low`.
    missing : float
        Value of bases without data; NaN = they do not count.
    """
    any_odd = odd[len(odd) - 1] > 0
    n_values = len(starts)
    fill = not np.isnan(missing)
    for w in range(first, last):
        s = window_start[w]
        length = window_length[w]
        if s + length <= low or s >= high:
            continue
        i = 0
        if s < low:
            i = min(max(((low - s) * n_bins) // length, 0), n_bins - 1)
            while i > 0 and _edge(s, length, n_bins, step, i) >= low:
                i -= 1
        before = -1  # the edge before is known when neighbouring bins share it
        known = -1
        while i < n_bins:
            a = _edge(s, length, n_bins, step, i)
            b = max(_edge(s, length, n_bins, step, i + 1), a + 1)
            if a >= high or a >= size:
                break
            if a < 0 or b <= low:
                i += 1
                continue
            b = min(b, size)
            x1 = max(a, low)
            x2 = min(b, high)
            k1 = before if known == x1 else _begun(x1, starts, origin, shift, tiles) - 1
            k2 = _begun(x2, starts, origin, shift, tiles) - 1
            known = x2
            before = k2
            total = 0.0
            bases = 0
            # x2 is excluded: an interval that begins there has no part in this bin
            inside1 = k1 >= 0 and _at(ends, k1) > x1
            if k1 == k2:
                if inside1:
                    bases = min(x2, _at(ends, k1)) - x1
                    total = values[k1] * np.float64(bases)
            else:
                total = (sum_high[k2] - sum_high[k1 + 1]) + (sum_low[k2] - sum_low[k1 + 1])
                bases = _at(covered, k2) - _at(covered, k1 + 1)
                part = 0
                if inside1:
                    part = _at(ends, k1) - x1
                    total += values[k1] * np.float64(part)
                    bases += part
                part = min(x2, _at(ends, k2)) - _at(starts, k2)
                if part > 0:
                    total += values[k2] * np.float64(part)
                    bases += part
                if any_odd and odd[min(k2 + 1, n_values)] > odd[max(k1, 0)]:
                    total = _plain_sum(x1, x2, max(k1, 0), k2, starts, ends, values)
            if a < low:
                total += carry_sum[w]
                bases += carry_covered[w]
            if b > high:
                carry_sum[w] = total
                carry_covered[w] = bases
                break
            column = n_bins - 1 - i if reverse[w] else i
            if fill:
                width = b - a
                if bases < width:
                    total += missing * (width - bases)
                out[row[w], column] = total / width
            elif bases > 0:
                out[row[w], column] = total / bases
            i += 1
