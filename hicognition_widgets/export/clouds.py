"""Embeddings on paper, as the browser draws them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import display
from hicognition_widgets.export.panels import Floats, Panel

EMBEDDINGS = ("embedding1d", "embedding2d")
_AIR = 0.02
_CELLS = ((50_000, 150), (10_000, 100), (2_500, 50), (0, 25))


@dataclass(frozen=True, eq=False)
class Cloud:
    """Points in the unit square (origin below left) and what colours each.

    Attributes
    ----------
    at : float64 (n, 2)
        NaN for regions without a place.
    values : float64 (n,)
        The overlay, or the number of regions in the point's cell.
    kind : {"overlay", "density"}
    """

    at: Floats
    values: Floats
    kind: str


def cloud_of(panel: Panel) -> Cloud:
    """Points of an embedding with the colours' values."""
    points = np.asarray(panel.arrays["points"], dtype=np.float64)
    known = np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])
    at = np.full(points.shape, np.nan)
    if known.any():
        low, high = points[known].min(axis=0), points[known].max(axis=0)
        air = np.where(high > low, (high - low) * _AIR, 0.5)
        at[known] = (points[known] - low + air) / (high - low + 2 * air)
    if "overlay" in panel.arrays:
        overlay = np.asarray(panel.arrays["overlay"], dtype=np.float64)
        return Cloud(at, overlay, "overlay")
    return Cloud(at, _density(at, known), "density")


def _density(at: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    side = next(cells for least, cells in _CELLS if len(at) > least or least == 0)
    column, row = (np.clip(np.floor(at[known] * side), 0, side - 1).astype(int)).T
    _, cell, count = np.unique(row * side + column, return_inverse=True, return_counts=True)
    values = np.full(len(at), np.nan)
    values[known] = count[cell]
    return values


def cloud_scale(panel: Panel, cloud: Cloud) -> tuple[float, float, str]:
    """Limits and colour table of a cloud's points; always linear."""
    lo, hi = display.limits(cloud.values, panel.vmin, panel.vmax, clip=panel.clip)
    return lo, hi, panel.cmap or display.defaults(cloud.kind)["map"]
