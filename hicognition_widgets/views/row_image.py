"""From rows in order to the lines of a screen: each line is the mean of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

SHOWN = 512
"""Lines of the picture of all rows; what a screen shows beyond it is asked for by window."""
_CHUNK = 2**21

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lines:
    """A picture of the rows from one position in the order to another.

    Attributes
    ----------
    image : float32 (lines, bins)
        Mean of the rows of each line, NaN where none has data.
    edges : int32 (lines + 1,)
        Positions in the order at which each line starts; the last is where the picture ends.
    per_block : tuple of int
        Lines of each block; 0 for a block outside the window.
    """

    image: npt.NDArray[np.float32]
    edges: npt.NDArray[np.int32]
    per_block: tuple[int, ...]


def line_edges(sizes: Ints, first: int, after: int, lines: int) -> tuple[Ints, Ints]:
    """Where lines start, so that none averages over two blocks.

    Parameters
    ----------
    sizes : int64 (blocks,)
        Rows of each block, from the top.
    first, after : int
        The window: first position in the order and the one after the last.
    lines : int
        At most so many, though each block in the window has at least one.

    Returns
    -------
    edges : int64 (lines + 1,)
    per_block : int64 (blocks,)
        Lines of each block.
    """
    ends = np.cumsum(sizes)
    inside = np.clip(np.minimum(ends, after) - np.maximum(ends - sizes, first), 0, None)
    per_block = _shared_out(inside, lines)
    edges = [np.array([first])]
    start = first
    for n, wanted in zip(inside.tolist(), per_block.tolist(), strict=True):
        edges.append(start + np.arange(1, wanted + 1) * n // max(wanted, 1))
        start += n
    return np.concatenate(edges).astype(np.int64), per_block


def _shared_out(sizes: Ints, lines: int) -> Ints:
    """Lines of each block: in proportion, at least one, at most one per row."""
    total = int(sizes.sum())
    if total <= lines:
        return sizes.copy()
    exact = sizes * lines / total
    share = np.clip(np.floor(exact).astype(np.int64), np.minimum(sizes, 1), sizes)
    # largest remainder first; equal ones from the top
    for block in np.argsort(share - exact, kind="stable"):
        if share.sum() >= lines:
            break
        if share[block] < sizes[block]:
            share[block] += 1
    while share.sum() > lines and share.max() > 1:
        share[int(np.argmax(share))] -= 1
    return share


def pictured(
    rows: npt.NDArray[Any], order: Ints, sizes: Ints, first: int, after: int, lines: int
) -> Lines:
    """The picture of a window; rows outside it are not read."""
    edges, per_block = line_edges(sizes, first, after, lines)
    total, count = _sums(rows, order, edges)
    return Lines(
        _mean(total, count).astype(np.float32), edges.astype(np.int32), _ints(per_block)
    )


def overview(
    rows: npt.NDArray[Any], order: Ints, sizes: Ints, *, lines: int = SHOWN
) -> tuple[Lines, npt.NDArray[np.float64]]:
    """The picture of all rows, and the mean of each block in one pass over them.

    Returns
    -------
    Lines
    float64 (max(blocks, 1), bins)
        NaN-ignoring mean of each block.
    """
    edges, per_block = line_edges(sizes, 0, len(order), lines)
    total, count = _sums(rows, order, edges)
    starts = np.concatenate([[0], np.cumsum(per_block)])
    profiles = np.full((max(len(sizes), 1), rows.shape[1]), np.nan)
    for block in range(len(sizes)):
        part = slice(starts[block], starts[block + 1])
        profiles[block] = _mean(total[part].sum(axis=0), count[part].sum(axis=0))
    image = _mean(total, count).astype(np.float32)
    return Lines(image, edges.astype(np.int32), _ints(per_block)), profiles


def _sums(
    rows: npt.NDArray[Any], order: Ints, edges: Ints
) -> tuple[npt.NDArray[np.float64], Ints]:
    """Sum of the values of each line and how many there are; a bounded part at a time."""
    lines, bins = len(edges) - 1, rows.shape[1]
    total = np.zeros((lines, bins))
    count = np.zeros((lines, bins), dtype=np.int64)
    most = max(1, _CHUNK // max(bins, 1))
    for start in range(int(edges[0]), int(edges[-1]), most):
        stop = min(start + most, int(edges[-1]))
        part = np.asarray(rows[order[start:stop]], dtype=np.float32)
        missing = np.isnan(part)
        from_line = int(np.searchsorted(edges, start, side="right")) - 1
        to_line = int(np.searchsorted(edges, stop, side="left"))
        cuts = np.maximum(edges[from_line:to_line], start) - start
        if missing.any():
            part[missing] = 0
            seen = np.add.reduceat(~missing, cuts, axis=0, dtype=np.int64)
        else:  # most signals know every place: there is nothing to count
            seen = np.diff(cuts, append=stop - start)[:, None]
        count[from_line:to_line] += seen
        total[from_line:to_line] += np.add.reduceat(part, cuts, axis=0, dtype=np.float64)
    return total, count


def _mean(total: npt.NDArray[np.float64], count: Ints) -> npt.NDArray[np.float64]:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _ints(values: Ints) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
