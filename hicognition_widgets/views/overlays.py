"""What colours the points of an embedding: a value per region, and how it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.catalog import DatasetRecord

FEATURE = "feature:"
ANNOTATION = "annotation:"
TRACK = "track:"
CLUSTERS = "clusters"

_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class Overlay:
    """Values of all regions.

    Attributes
    ----------
    name : str
        What stands beside the colour bar.
    numbers : float32 (n,)
        NaN for regions without one; numbers of `levels` where there are categories.
    levels : tuple of str
        Categories; empty for numbers.
    """

    name: str
    numbers: npt.NDArray[np.float32]
    levels: tuple[str, ...] = ()

    @property
    def meta(self) -> dict[str, Any]:
        """What the browser needs beside the values."""
        return {"name": self.name, "levels": list(self.levels)}


def options(
    features: Sequence[str], annotations: Sequence[str], tracks: Sequence[DatasetRecord]
) -> list[dict[str, str]]:
    """Choices in the order of a menu; `tracks` are those of the catalog."""
    return [
        {"id": "", "label": "density"},
        {"id": CLUSTERS, "label": "clusters"},
        *({"id": f"{FEATURE}{i}", "label": name} for i, name in enumerate(features)),
        *({"id": f"{ANNOTATION}{name}", "label": name} for name in annotations),
        *({"id": track_id(track), "label": f"{track.name} (mean)"} for track in tracks),
    ]


def track_id(track: DatasetRecord) -> str:
    """How a track of the catalog is chosen; a name, for another catalog has other numbers."""
    return f"{TRACK}{track.owner}/{track.name}"


def of_clusters(clusters: npt.NDArray[np.int32]) -> Overlay:
    """Every cluster in a colour of its own."""
    values = clusters.astype(np.float32)
    values[clusters < 0] = np.nan
    levels = tuple(f"cluster {i}" for i in range(int(clusters.max(initial=-1)) + 1))
    return Overlay("cluster", values, levels)


def of_signal(name: str, sides: Sequence[npt.NDArray[Any]], body: tuple[int, int]) -> Overlay:
    """Mean signal of every region between two bins; of pairs the mean of both anchors.

    Parameters
    ----------
    sides : sequence of float (n, bins)
        One stack, or one per anchor; NaN is missing and counts for nothing.
    body : (int, int)
        First bin and the one after the last.
    """
    means = [_row_means(rows, body) for rows in sides]
    count = np.sum([np.isfinite(mean) for mean in means], axis=0)
    total = np.sum([np.where(np.isfinite(mean), mean, 0) for mean in means], axis=0)
    values = np.full(len(total), np.nan, dtype=np.float32)
    values[count > 0] = total[count > 0] / count[count > 0]
    return Overlay(f"{name}, mean", values)


def _row_means(rows: npt.NDArray[Any], body: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Mean of each row over its values, float64 ``(n,)``; a few rows in memory at a time."""
    means = np.full(len(rows), np.nan)
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        part = np.asarray(rows[first : first + _ROWS_AT_ONCE, slice(*body)], dtype=np.float64)
        there = np.isfinite(part)
        count = there.sum(axis=1)
        total = np.where(there, part, 0).sum(axis=1)
        np.divide(total, count, out=means[first : first + _ROWS_AT_ONCE], where=count > 0)
    return means
