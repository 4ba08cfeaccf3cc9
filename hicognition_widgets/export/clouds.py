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
    levels : tuple of str
        Names of the categories that the values number; empty for numbers.
    """

    at: Floats
    values: Floats
    kind: str
    levels: tuple[str, ...] = ()


def cloud_of(panel: Panel) -> Cloud:
    """Points of an embedding with the colours' values."""
    points = np.asarray(panel.arrays["points"], dtype=np.float64)
    known = np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])
    at = np.full(points.shape, np.nan)
    extent = panel.settings.get("extent") or ()
    if len(extent) == 4:
        low, high = np.array(extent[::2], dtype=float), np.array(extent[1::2], dtype=float)
        with np.errstate(invalid="ignore"):
            known &= ((points >= low) & (points <= high)).all(axis=1)
        at[known] = (points[known] - low) / (high - low)
    elif known.any():
        low, high = points[known].min(axis=0), points[known].max(axis=0)
        air = np.where(high > low, (high - low) * _AIR, 0.5)
        at[known] = (points[known] - low + air) / (high - low + 2 * air)
    if "overlay" in panel.arrays:
        overlay = np.asarray(panel.arrays["overlay"], dtype=np.float64)
        levels = (panel.meta.get("overlay") or {}).get("levels") or ()
        return Cloud(at, overlay, "overlay", tuple(str(level) for level in levels))
    return Cloud(at, _density(at, known), "density")


def level_colour(level: int) -> tuple[float, float, float]:
    """RGB from 0 to 1 of a category: after the last colour they come again lighter, darker."""
    categories = display.rules()["categories"]
    text = categories[level % len(categories)]
    base = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    turn = level // len(categories) % 3
    towards, share = (1.0, 0.45) if turn == 1 else (0.0, 0.45 if turn else 0.0)
    red, green, blue = (value + (towards - value) * share for value in base)
    return red, green, blue


def _density(at: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    side = next(cells for least, cells in _CELLS if len(at) > least or least == 0)
    column, row = (np.clip(np.floor(at[known] * side), 0, side - 1).astype(int)).T
    _, cell, count = np.unique(row * side + column, return_inverse=True, return_counts=True)
    values = np.full(len(at), np.nan)
    values[known] = count[cell]
    return values


def cloud_scale(panel: Panel, cloud: Cloud) -> tuple[float, float, str]:
    """Limits and colour table of a cloud's points; always linear.

    Values on both sides of zero may have mirrored limits; those of maps are the maps' own.
    """
    symmetric = panel.symmetric and panel.kind == "embedding1d" and cloud.kind == "overlay"
    lo, hi = display.limits(
        cloud.values, panel.vmin, panel.vmax, symmetric=symmetric, clip=panel.clip
    )
    return lo, hi, panel.cmap or display.defaults(cloud.kind)["map"]
