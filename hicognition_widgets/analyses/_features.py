"""From signals and snippets to standardised features without gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.floating]

_CHUNK = 2048


@dataclass(frozen=True, eq=False)
class Features:
    """Standardised features.

    Attributes
    ----------
    values : float32 (n, p)
        Mean 0 and standard deviation 1 per column over the regions with data (0 for a
        column without spread); NaN in rows without any data.
    imputed : bool (n,)
        Rows with gaps that were filled with the mean of the column.
    kept : int64 (p,)
        Which of the columns that came in have any data.
    known : bool (n,)
        Rows with any data.
    """

    values: Floats32
    imputed: Mask
    kept: npt.NDArray[np.int64]
    known: Mask


def without_number(values: Numbers) -> Mask:
    """Rows with a NaN in any column, bool (n,)."""
    return np.asarray(np.isnan(values).any(axis=1), dtype=np.bool_)


def standardise(matrix: Numbers) -> Features:
    """Impute and standardise; values that are not finite count as gaps.

    Parameters
    ----------
    matrix : float (n, p)
        One row per region, one column per feature.
    """
    if matrix.ndim != 2:
        raise InputError(f"features are a table (regions, features), not {matrix.ndim}D")
    finite = np.isfinite(matrix)
    kept = np.flatnonzero(finite.any(axis=0))
    finite = finite[:, kept]
    known: Mask = np.asarray(finite.any(axis=1), dtype=np.bool_)
    values = np.where(finite, matrix[:, kept], 0).astype(np.float64)
    counts = np.maximum(finite.sum(axis=0), 1)
    centre = values.sum(axis=0) / counts
    values = np.where(finite, values - centre, 0)  # a gap becomes the mean, which is 0 now
    spread = np.sqrt((values**2).sum(axis=0) / max(int(known.sum()), 1))
    # rounding of the mean leaves a spread of about 1e-16 in a constant column
    flat = spread <= 1e-12 * np.maximum(np.abs(centre), 1e-300)
    values = np.where(flat, 0, values / np.where(flat, 1, spread))
    values[~known] = np.nan
    return Features(
        values=values.astype(np.float32),
        imputed=known & ~np.asarray(finite.all(axis=1), dtype=np.bool_),
        kept=kept.astype(np.int64),
        known=known,
    )


def shrink(stack: Numbers, size: int) -> Floats32:
    """Bring snippets to ``(n, size, size)`` by means over area that ignore gaps.

    Each new pixel averages the old ones it covers, weighted by the covered area; without
    any finite one it is NaN. Snippets that are not larger come back as they are.
    """
    if stack.ndim != 3:
        raise InputError(f"snippets have three dimensions (n, rows, columns), not {stack.ndim}")
    n, n_rows, n_columns = stack.shape
    size_rows, size_columns = min(size, n_rows), min(size, n_columns)
    rows = _area_weights(n_rows, size_rows)
    columns = _area_weights(n_columns, size_columns).T
    small = np.empty((n, size_rows, size_columns), dtype=np.float32)
    for first in range(0, n, _CHUNK):
        part = stack[first : first + _CHUNK]
        finite = np.isfinite(part)
        weight = rows @ finite.astype(np.float64) @ columns
        total = rows @ np.where(finite, part, 0).astype(np.float64) @ columns
        mean = np.full(total.shape, np.nan)
        np.divide(total, weight, out=mean, where=weight > 1e-9)
        small[first : first + _CHUNK] = mean
    return small


def _area_weights(old: int, new: int) -> Floats:
    """Overlap of each of `new` equal parts with each of `old`, shape ``(new, old)``."""
    edges = np.arange(new + 1) * old / new
    left, right = edges[:-1, None], edges[1:, None]
    cells = np.arange(old)[None, :]
    shared: Floats = np.minimum(right, cells + 1) - np.maximum(left, cells)
    return np.maximum(shared, 0)


def principal_points(values: Floats32) -> Floats32:
    """First two principal components, ``(n, 2)``; the same for the same input.

    The sign of each component is chosen so that its largest weight is positive. With a
    single feature the second coordinate is 0.
    """
    n, p = values.shape
    points = np.zeros((n, 2), dtype=np.float32)
    if n < 2 or p == 0:
        return points
    centred = values.astype(np.float64)
    centred -= centred.mean(axis=0)
    if p <= n:
        weights, axes = np.linalg.eigh(centred.T @ centred)
        axes = axes[:, np.argsort(-weights, kind="stable")[:2]]
    else:
        axes = np.linalg.svd(centred, full_matrices=False)[2][:2].T
    for k in range(axes.shape[1]):
        axis = axes[:, k]
        sign = np.sign(axis[np.argmax(np.abs(axis))]) or 1.0
        points[:, k] = centred @ (sign * axis)
    return points
