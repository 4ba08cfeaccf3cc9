"""From all rows of a stackup to the rows of a screen: order, then bin."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

SORT_KEYS = {
    "center": "centre",
    "region": "region mean",
    "left": "left boundary",
    "right": "right boundary",
    "input": "input order",
    "random": "random",
}
_SEED = 42
_SHOWN = 1024
_AT_ONCE = 2**23
"""Values that are averaged in one go."""


def sort_keys(mode: str) -> list[str]:
    """Keys that make sense: intervals have boundaries, points have a centre."""
    if mode == "interval":
        return ["region", "left", "right", "input", "random"]
    return ["center", "region", "input", "random"]


def row_order(
    rows: npt.NDArray[Any], key: str, *, ascending: bool, body: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Order of the rows, shape ``(n,)``; rows without a value come last either way.

    Parameters
    ----------
    rows : float32 (n, bins)
        Signal per region.
    key : str
        One of :data:`SORT_KEYS`.
    ascending : bool
        Smallest value first.
    body : (int, int)
        First bin of the region itself and the one after its last.
    """
    n = len(rows)
    if key == "input":
        order = np.arange(n)
        return order if ascending else order[::-1]
    if key == "random":
        return np.random.default_rng(_SEED).permutation(n)
    values = _row_values(rows, key, body)
    missing = np.isnan(values)
    order = np.argsort(np.where(missing, 0, values if ascending else -values), kind="stable")
    return np.concatenate([order[~missing[order]], order[missing[order]]])


def _row_values(
    rows: npt.NDArray[Any], key: str, body: tuple[int, int]
) -> npt.NDArray[np.float64]:
    start, stop = body
    middle = rows.shape[1] // 2
    columns = {
        # an even number of bins has its centre between two of them
        "center": slice(middle - 1, middle + 1)
        if rows.shape[1] % 2 == 0
        else slice(middle, middle + 1),
        "region": slice(start, stop),
        "left": slice(start, start + 1),
        "right": slice(stop - 1, stop),
    }
    if key not in columns:
        raise InputError(f'stackups sort by {", ".join(SORT_KEYS)}, not by "{key}"')
    return _nanmean(rows[:, columns[key]].astype(np.float64), axis=1)


def shown_rows(
    rows: npt.NDArray[Any], order: npt.NDArray[np.int64], *, shown: int = _SHOWN
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Image of at most `shown` rows, each the mean of neighbours in the order.

    Returns
    -------
    image : float32 (min(n, shown), bins)
        NaN where no row of a group has data.
    edges : int32 (len(image) + 1,)
        Positions in the order at which each image row starts; the last is n.
    """
    n = len(order)
    lines = min(n, shown)
    edges = (np.arange(lines + 1, dtype=np.int64) * n // max(lines, 1)).astype(np.int32)
    if lines == n:
        return np.asarray(rows, dtype=np.float32)[order], edges
    image = np.empty((lines, rows.shape[1]), dtype=np.float32)
    step = max(1, _AT_ONCE * lines // max(n * rows.shape[1], 1))
    for line in range(0, lines, step):
        bounds = edges[line : line + step + 1]
        image[line : line + step] = _group_means(rows[order[bounds[0] : bounds[-1]]], bounds)
    return image, edges


def _group_means(
    rows: npt.NDArray[Any], edges: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """NaN-ignoring mean of each group of neighbours, all groups in one go; none is empty."""
    starts = edges[:-1] - edges[0]
    known = ~np.isnan(rows)
    total = np.add.reduceat(np.where(known, rows, 0), starts, axis=0, dtype=np.float64)
    count = np.add.reduceat(known, starts, axis=0, dtype=np.int64)
    mean: npt.NDArray[np.float64] = np.full(total.shape, np.nan)
    return np.divide(total, count, out=mean, where=count > 0)


def chosen_first(
    order: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The same order within the chosen rows, which stand first, and within the others."""
    mask = np.zeros(len(order), dtype=bool)
    mask[chosen] = True
    return np.concatenate([order[mask[order]], order[~mask[order]]])


def shown_blocks(
    rows: npt.NDArray[Any], order: npt.NDArray[np.int64], first: int, *, shown: int = _SHOWN
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32], tuple[int, int]]:
    """Image of two blocks, the first `first` rows of the order and the others.

    No image row averages over both. As :func:`shown_rows`, and the number of image rows of
    each block.
    """
    n = len(order)
    if first in (0, n):
        image, edges = shown_rows(rows, order, shown=shown)
        return image, edges, (len(image), 0) if first else (0, len(image))
    room = min(n, shown)
    lines = min(max(round(room * first / n), 1), room - 1)
    above, edges_above = shown_rows(rows, order[:first], shown=lines)
    below, edges_below = shown_rows(rows, order[first:], shown=room - lines)
    image = np.concatenate([above, below])
    edges = np.concatenate([edges_above[:-1], edges_below + first]).astype(np.int32)
    return image, edges, (len(above), len(below))


def _nanmean(values: npt.NDArray[np.float64], axis: int) -> npt.NDArray[np.float64]:
    with warnings.catch_warnings():  # an empty slice is NaN here, not worth a warning
        warnings.simplefilter("ignore", RuntimeWarning)
        mean: npt.NDArray[np.float64] = np.nanmean(values, axis=axis)
    return mean


def column_mean(rows: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """NaN-ignoring mean of each column, float64 ``(bins,)``."""
    return _nanmean(np.asarray(rows, dtype=np.float64), axis=0)
