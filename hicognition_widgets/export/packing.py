"""Arrays as text for a page, exact or in half the size.

Packed values are 16 bit codes. Values that are all positive (and zeros) are spaced evenly on a
log scale, so that small ones keep their digits; others evenly between lowest and highest.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import numpy.typing as npt

MISSING = 65_535
ZERO = 65_534
_TOP = 65_533
_DECADES = 60.0


def pack(array: npt.NDArray[Any]) -> dict[str, Any] | None:
    """A float array in 16 bit codes, or None where that would lose too much.

    Parameters
    ----------
    array : float ndarray
        NaN becomes missing. Infinities say something (an odds ratio with an empty cell),
        and have no code.

    Returns
    -------
    dict or None
        ``dtype`` (``"float32"``, what it becomes again), ``shape``, ``data`` (little-endian
        uint16 as base64) and ``packed`` with ``low``, ``step`` and ``log`` (True where
        codes count factors of two). The error is at most half a step; with ``log`` at most
        a factor of ``2 ** (step / 2)``.
    """
    values = np.asarray(array, dtype=np.float64)
    if np.isinf(values).any():
        return None
    known = np.isfinite(values)
    present = values[known]
    log = present.size > 0 and bool((present >= 0).all()) and bool((present > 0).any())
    if log:
        positive = present[present > 0]
        if np.log2(positive.max()) - np.log2(positive.min()) > _DECADES:
            log = False
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(known & (values > 0), np.log2(np.where(known, values, 1)), np.nan)
    else:
        scale = np.where(known, values, np.nan)
    usable = np.isfinite(scale)
    low = float(scale[usable].min()) if usable.any() else 0.0
    high = float(scale[usable].max()) if usable.any() else 0.0
    step = (high - low) / _TOP or 1.0
    if not math.isfinite(step):
        return None
    codes = np.full(values.shape, MISSING, dtype="<u2")
    codes[usable] = np.rint((scale[usable] - low) / step).astype("<u2")
    if log:
        codes[known & (values == 0)] = ZERO
    return {
        "dtype": "float32",
        "shape": list(values.shape),
        "data": base64.b64encode(codes.tobytes()).decode("ascii"),
        "packed": {"low": low, "step": step, "log": log},
    }


def unpack(wire: dict[str, Any]) -> npt.NDArray[np.float32]:
    """What the browser makes of packed codes, float32."""
    codes = np.frombuffer(base64.b64decode(wire["data"]), dtype="<u2").reshape(wire["shape"])
    facts = wire["packed"]
    known = codes < ZERO if facts["log"] else codes < MISSING
    values = np.full(codes.shape, np.nan)
    values[known] = facts["low"] + facts["step"] * codes[known].astype(np.float64)
    if facts["log"]:
        values[known] = np.exp2(values[known])
        values[codes == ZERO] = 0
    return values.astype(np.float32)


def as_text(wire: dict[str, Any], *, quantise: bool) -> dict[str, Any]:
    """An array of the wire (``{dtype, shape, data}`` with bytes) as JSON holds it."""
    if quantise and wire["dtype"] in ("float32", "float64"):
        kind = {"float32": "<f4", "float64": "<f8"}[wire["dtype"]]
        packed = pack(np.frombuffer(wire["data"], dtype=kind).reshape(wire["shape"]))
        if packed is not None:
            return packed
    return wire | {"data": base64.b64encode(wire["data"]).decode("ascii")}


def text_size(shape: tuple[int, ...], itemsize: int) -> int:
    """Characters that base64 needs for an array."""
    return 4 * math.ceil(math.prod(shape) * itemsize / 3)
