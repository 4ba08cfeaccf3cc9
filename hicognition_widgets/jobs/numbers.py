"""The few numbers shown beside a result, and JSON without NaN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Number = float | None


def finite(value: float | np.floating[Any]) -> Number:
    """The value as a plain float; None where it is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def _mean(values: npt.NDArray[Any]) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if known.size else math.nan


def pileup_numbers(mean: npt.NDArray[Any]) -> dict[str, Number]:
    """Centre, corners and their ratio of an average map.

    Parameters
    ----------
    mean : float (size, size)

    Returns
    -------
    dict
        ``centre``: mean of the middle 3×3; ``corners``: mean of the four 4×4 corner
        blocks (blocks of ``max(1, size // 5)`` where size < 12); ``ratio``: centre over
        corners. NaN pixels do not count; None where nothing is left.
    """
    size = min(mean.shape)
    block = 4 if size >= 12 else max(1, size // 5)
    low = max((size - 3) // 2, 0)
    centre = _mean(mean[low : low + 3, low : low + 3])
    ends = (slice(0, block), slice(size - block, size))
    blocks = [mean[rows, columns].ravel() for rows in ends for columns in ends]
    corners = _mean(np.concatenate(blocks))
    ratio = centre / corners if corners else math.nan
    return {"centre": finite(centre), "corners": finite(corners), "ratio": finite(ratio)}


def comparison_numbers(one: npt.NDArray[Any], two: npt.NDArray[Any]) -> dict[str, Number]:
    """Centre of two average maps as ``centre_ratio`` and ``centre_difference``."""
    first, second = pileup_numbers(one)["centre"], pileup_numbers(two)["centre"]
    if first is None or second is None:
        return {"centre_ratio": None, "centre_difference": None}
    return {
        "centre_ratio": finite(first / second) if second else None,
        "centre_difference": finite(first - second),
    }


def profile_numbers(mean: npt.NDArray[Any]) -> dict[str, Number]:
    """Centre and flanks of a profile.

    Parameters
    ----------
    mean : float (bins,)

    Returns
    -------
    dict
        ``centre``: mean of the middle bin, or the middle two where their number is even;
        ``flanks``: mean of the outer 20 % of the bins (at least one) on both sides.
    """
    bins = len(mean)
    if bins == 0:
        return {"centre": None, "flanks": None}
    centre = mean[(bins - 1) // 2 : bins // 2 + 1]
    outer = max(1, bins // 5)
    flanks = np.concatenate([mean[:outer], mean[bins - outer :]])
    return {"centre": finite(_mean(centre)), "flanks": finite(_mean(flanks))}


def plain(value: Any) -> Any:
    """What JSON can hold: numpy numbers as Python's, NaN and infinities as None."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return finite(value)
    return value
