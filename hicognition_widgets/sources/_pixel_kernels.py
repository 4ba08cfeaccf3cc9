"""Compiled loops over compressed pixel chunks. Importing this module imports numba.

A *piece* is a stretch of consecutive pixels that lies in one chunk of ``bin2_id`` and
one chunk of ``count``. Bytes are taken as HDF5 stores them: byte ``b`` of element ``k``
is at ``k · step + b · plane`` (shuffled: step 1, plane = elements in the chunk; plain:
step = item size, plane 1), so that only elements inside the band are put together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

Array = npt.NDArray[Any]


@compiled
def _value(raw: Array, k: int, step: int, plane: int, n_bytes: int) -> np.int64:
    at = k * step
    if n_bytes == 3:
        return (
            np.int64(raw[at])
            | np.int64(raw[at + plane]) << 8
            | np.int64(raw[at + 2 * plane]) << 16
        )
    value = np.int64(0)
    for b in range(n_bytes):
        value |= np.int64(raw[at + b * plane]) << (8 * b)
    return value


@compiled
def _row(row_offset: Array, pixel: int) -> int:
    """The row a pixel lies in; numpy's search takes longer to compile than all the rest."""
    low, high = 0, len(row_offset)
    while low < high:
        middle = (low + high) // 2
        if row_offset[middle] <= pixel:
            low = middle + 1
        else:
            high = middle
    return low - 1


@compiled
def fill_band(
    raw2: Array, layout2: Array, raw: Array, layout: Array,
    first: int, n: int, row_offset: Array, band: Array, limit: int,
) -> int:  # fmt: skip
    """Put one piece into the band; the pixel at which a count exceeds `limit`, or -1.

    ``layout`` is int64 (4,): element of the chunk the piece starts at, step, plane,
    bytes to read.
    """
    width = band.shape[1]
    last = first + n
    row = _row(row_offset, first)
    k2 = layout2[0] - first
    k = layout[0] - first
    p = first
    while p < last:
        while row_offset[row + 1] <= p:
            row += 1
        end = min(row_offset[row + 1], last)
        while p < end:
            d = _value(raw2, k2 + p, layout2[1], layout2[2], layout2[3]) - row
            if d >= width:
                p = end
                break
            total = _value(raw, k + p, layout[1], layout[2], layout[3]) + np.int64(band[row, d])
            if total > limit:
                return p
            band[row, d] = total
            p += 1
    return -1


@compiled
def collect(
    raw2: Array, layout2: Array, raw: Array, layout: Array,
    first: int, n: int, row_offset: Array, row0: int, reach: int,
    ends: Array, columns: Array, counts: Array, filled: int,
) -> int:  # fmt: skip
    """Append the pixels of one piece nearer than `reach`; the new number of pixels.

    ``ends[row - row0]`` becomes the end of each row met in the output.
    """
    last = first + n
    row = _row(row_offset, first)
    k2 = layout2[0] - first
    k = layout[0] - first
    p = first
    while p < last:
        while row_offset[row + 1] <= p:
            row += 1
        end = min(row_offset[row + 1], last)
        while p < end:
            column = _value(raw2, k2 + p, layout2[1], layout2[2], layout2[3])
            if column - row >= reach:
                p = end
                break
            columns[filled] = column
            counts[filled] = _value(raw, k + p, layout[1], layout[2], layout[3])
            filled += 1
            p += 1
        ends[row - row0] = filled
    return filled


@compiled
def sum_diagonals(
    raw2: Array, layout2: Array, raw: Array, layout: Array,
    first: int, n: int, row_offset: Array, weights: Array, arm: Array, start: Array,
    raw_sum: Array, balanced_sum: Array,
) -> None:  # fmt: skip
    """Add one piece to the sums per arm and diagonal.

    ``arm`` is the arm of each bin or -1, ``weights`` is 0 at masked bins, and
    ``start[arm]`` is where the diagonals of an arm begin in the flat sums.
    """
    last = first + n
    row = _row(row_offset, first)
    k2 = layout2[0] - first
    k = layout[0] - first
    p = first
    while p < last:
        while row_offset[row + 1] <= p:
            row += 1
        end = min(row_offset[row + 1], last)
        label = arm[row]
        w = weights[row]
        if label < 0 or w == 0:
            p = end
            continue
        while p < end:
            column = _value(raw2, k2 + p, layout2[1], layout2[2], layout2[3])
            if arm[column] == label and weights[column] != 0:
                count = _value(raw, k + p, layout[1], layout[2], layout[3])
                at = start[label] + column - row
                raw_sum[at] += count
                balanced_sum[at] += count * w * weights[column]
            p += 1
