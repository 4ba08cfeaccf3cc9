"""Places along the bins of a picture: between what a person names and a column's number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Axis = Mapping[str, Any]


def bin_at(axis: Axis, place: float | None) -> int:
    """Number of the bin that holds a place.

    Parameters
    ----------
    axis : mapping
        As :meth:`View.axis` gives it.
    place : float or None
        Points: bp from the point, negative upstream. Intervals: percent of the region, 0 at
        its start. None is the point, or the start. A place beyond the ends is held there.
    """
    start, step = _start(axis), _step(axis)
    number = np.floor(((0.0 if place is None else place) - start) / step + 1e-9)
    return int(np.clip(number, 0, max(axis["size"] - 1, 0)))


def place_of(axis: Axis, number: int) -> float:
    """Middle of a bin, in bp from the point or percent of the region."""
    return float(_start(axis) + (number + 0.5) * _step(axis))


def _start(axis: Axis) -> float:
    if axis["mode"] == "point":
        return -float(axis["flank"][0])
    return -100.0 * float(axis["expansion"])


def _step(axis: Axis) -> float:
    return float(axis["binsize"] if axis["mode"] == "point" else axis["bin_percent"])
