"""Embeddings and enrichments on paper, as the browser draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import display
from hicognition_widgets.export.panels import Floats, Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

EMBEDDINGS = ("embedding1d", "embedding2d")
SIGNIFICANT = 0.05
"""Region sets with a smaller false discovery rate have a filled dot."""
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
    lo, hi = display.limits(cloud.values, panel.vmin, panel.vmax)
    return lo, hi, panel.cmap or display.defaults(cloud.kind)["map"]


@dataclass(frozen=True)
class Member:
    """One region set of an enrichment at one position."""

    name: str
    log2: float
    q: float


def log2_odds(panel: Panel) -> Floats:
    """log2 odds ratios, ``(targets, bins)``; infinite where a cell of the table is empty."""
    odds = np.asarray(panel.arrays["odds_ratio"], dtype=np.float64)
    with np.errstate(divide="ignore"):
        values: Floats = np.log2(odds)
    return values


def strongest(values: Floats) -> Floats:
    """Largest value at every position; NaN where no region set has one."""
    best = np.where(np.isnan(values), -np.inf, values).max(axis=0, initial=-np.inf)
    return np.where(np.isnan(values).all(axis=0), np.nan, best)


def first_position(panel: Panel) -> int:
    """Position that is ranked: the point, or where the region starts."""
    axis = panel.meta["axis"]
    if axis["mode"] == "point":
        place = axis["flank"][0] / axis["binsize"]
    else:
        place = 100 * axis["expansion"] / axis["bin_percent"]
    return int(np.clip(np.floor(place + 1e-9), 0, max(axis["size"] - 1, 0)))


def ranked(panel: Panel) -> list[Member]:
    """Region sets at the ranked position, strongest first; those without data last."""
    at = first_position(panel)
    values = log2_odds(panel)[:, at]
    q = np.asarray(panel.arrays["q_value"], dtype=np.float64)[:, at]
    tracks = panel.meta.get("tracks") or ()
    names = [str(track.get("name", "")) for track in tracks]
    names += [f"Set {i + 1}" for i in range(len(names), len(values))]
    order = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")
    return [Member(names[i], float(values[i]), float(q[i])) for i in order]


def odds_range(values: Sequence[float] | Floats) -> tuple[float, float]:
    """Round range around zero that holds every finite value."""
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    lo, hi = float(known.min(initial=0.0)), float(known.max(initial=0.0))
    if lo == hi:
        return -1.0, 1.0
    return display.nice_limits(lo, hi, 5)
