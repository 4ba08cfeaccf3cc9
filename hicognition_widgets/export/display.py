"""Display rules shared by the browser and by matplotlib.

Everything that decides how a number becomes a colour or a text is kept in ``display.json``
beside this module: colour tables, percentiles of automatic limits, tick steps, units, default
maps. The browser bundles the same file, so both renderers give the same picture. The file is
written by ``python -m hicognition_widgets.export.display --write`` and a test holds it to what
this module would write today.

Rules in short:

- a value is turned into display units first (``log2`` makes non-positive values missing),
- its colour is number ``floor(256 (v - lo) / (hi - lo))`` of the table, held in 0…255,
- missing values have no colour (alpha 0); a renderer shows a light hatch through them,
- a zero of a logarithmic picture is not missing: it has the lowest colour.
"""

from __future__ import annotations

import argparse
from typing import cast

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.display_tables import (
    RULES_FILE,
    centre,
    colour_table,
    defaults,
    rules,
    rules_text,
    unit,
)
from hicognition_widgets.export.display_texts import (
    format_bp,
    format_count,
    format_flank,
    format_number,
    format_offset,
    format_percent,
    nice_limits,
    tick_texts,
    ticks,
)

__all__ = [
    "auto_limits",
    "centre",
    "colour_indices",
    "colour_table",
    "colours",
    "defaults",
    "format_bp",
    "format_count",
    "format_flank",
    "format_number",
    "format_offset",
    "format_percent",
    "limits",
    "nice_limits",
    "rules",
    "tick_texts",
    "ticks",
    "to_cells",
    "to_display",
    "track_limits",
    "unit",
    "value_limits",
    "widened",
]


def to_display(values: npt.ArrayLike, scale: str) -> npt.NDArray[np.float64]:
    """Values in displayed units; infinite values are missing.

    Parameters
    ----------
    values : array_like
        Any shape.
    scale : {"linear", "log2"}
        For ``log2`` non-positive values become missing.

    Returns
    -------
    ndarray of float64, same shape
        NaN where missing.

    Raises
    ------
    InputError
        If the scale is unknown.
    """
    shown = np.array(values, dtype=np.float64)
    if scale == "log2":
        shown[~(shown > 0)] = np.nan
        shown = np.log2(shown)
    elif scale != "linear":
        raise InputError(f"There is no scale {scale!r}; choose linear or log2.")
    shown[~np.isfinite(shown)] = np.nan
    return shown


def to_cells(values: npt.ArrayLike, scale: str) -> npt.NDArray[np.float64]:
    """Values of cells that get a colour, in displayed units: zeros of log2 are -inf.

    A zero has no logarithm, but it is no missing value either: it lies below all limits.
    For parameters and errors see `to_display`.
    """
    shown = to_display(values, scale)
    if scale == "log2":
        shown[np.asarray(values) == 0] = -np.inf
    return shown


def auto_limits(
    values: npt.ArrayLike,
    symmetric: bool = False,
    *,
    middle: float = 0.0,
    clip: float | None = None,
) -> tuple[float, float]:
    """Robust limits of displayed values: their 1 % and 99 % points unless `clip` differs.

    Parameters
    ----------
    values : array_like
        In displayed units, NaN where missing.
    symmetric : bool
        Equal distance on both sides of ``middle``.
    middle : float
        See :func:`centre`.
    clip : float, optional
        Percent of the values beyond each limit.

    Returns
    -------
    (lo, hi) : tuple of float
        Percentiles of the finite values, linearly interpolated; ``lo < hi`` always.
        Without any finite value (0, 1), or (-1, 1) around ``middle`` when symmetric.
    """
    usual = rules()["percentiles"]["limits"]
    return _limits(values, usual if clip is None else [clip, 100 - clip], symmetric, middle)


def track_limits(
    values: npt.ArrayLike, symmetric: bool = False, *, middle: float = 0.0
) -> tuple[float, float]:
    """Range of the colour bar's track: the 0.1 % and 99.9 % points (see `auto_limits`)."""
    return _limits(values, rules()["percentiles"]["track"], symmetric, middle)


def _limits(
    values: npt.ArrayLike, percentiles: list[float], symmetric: bool, middle: float
) -> tuple[float, float]:
    shown = np.asarray(values, dtype=np.float64)
    finite = shown[np.isfinite(shown)]
    if finite.size == 0:
        return (middle - 1.0, middle + 1.0) if symmetric else (0.0, 1.0)
    lo, hi = (float(v) for v in np.percentile(finite, percentiles))
    if symmetric:
        reach = max(abs(lo - middle), abs(hi - middle))
        lo, hi = middle - reach, middle + reach
    return widened(lo, hi)


def limits(
    values: npt.ArrayLike,
    vmin: float | None = None,
    vmax: float | None = None,
    *,
    symmetric: bool = False,
    middle: float = 0.0,
    clip: float | None = None,
) -> tuple[float, float]:
    """Limits in force: those a person set, and automatic ones for the rest.

    With symmetric limits one that is set mirrors itself at ``middle``; two that are set are
    obeyed as they are. An automatic limit on the wrong side of the one that is set moves
    past it, and two that are set in the wrong order change places.

    Parameters
    ----------
    values : array_like
        In displayed units, NaN where missing.
    vmin, vmax : float, optional
        What a person set, in displayed units; None is automatic.
    symmetric, middle, clip
        See `auto_limits`.

    Returns
    -------
    (lo, hi) : tuple of float
        ``lo < hi`` always.
    """
    if symmetric and (vmin is None) != (vmax is None):
        set_one = vmin if vmin is not None else cast("float", vmax)
        return widened(set_one, 2 * middle - set_one)
    return _in_force(vmin, vmax, auto_limits(values, symmetric, middle=middle, clip=clip))


def value_limits(
    values: npt.ArrayLike, vmin: float | None = None, vmax: float | None = None
) -> tuple[float, float]:
    """Limits of a value axis such as a profile's: all of the values, between round numbers.

    Parameters
    ----------
    values : array_like
        Everything that is drawn, bands included; in displayed units, NaN where missing.
    vmin, vmax : float, optional
        What a person set; None is automatic. The rules for the other end are those of
        `limits`.

    Returns
    -------
    (lo, hi) : tuple of float
        ``lo < hi`` always; (0, 1) without any finite value.
    """
    shown = np.asarray(values, dtype=np.float64)
    finite = shown[np.isfinite(shown)]
    automatic = (0.0, 1.0)
    if finite.size:
        automatic = nice_limits(*widened(float(finite.min()), float(finite.max())))
    return _in_force(vmin, vmax, automatic)


def _in_force(
    vmin: float | None, vmax: float | None, automatic: tuple[float, float]
) -> tuple[float, float]:
    lo, hi = automatic
    if vmin is not None and vmax is not None:
        return widened(vmin, vmax)
    if vmin is not None:
        return vmin, hi if hi > vmin else vmin + _step_from(vmin)
    if vmax is not None:
        return lo if lo < vmax else vmax - _step_from(vmax), vmax
    return lo, hi


def _step_from(value: float) -> float:
    return abs(value) * float(rules()["widen"]) or 1.0


def widened(lo: float, hi: float) -> tuple[float, float]:
    """The limits in order and apart: equal ones move by a tenth of the value, or by 1 at 0."""
    if lo > hi:
        lo, hi = hi, lo
    if lo == hi:
        return lo - _step_from(lo), hi + _step_from(hi)
    return lo, hi


def colour_indices(
    values: npt.ArrayLike, lo: float, hi: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Number of each value's colour, and where values are missing.

    ``floor(256 (v - lo) / (hi - lo))`` held in 0…255; the limits must be apart.
    """
    shown = np.asarray(values, dtype=np.float64)
    missing = ~(shown < np.inf)
    position = (np.where(missing, lo, shown) - lo) / (hi - lo) * 256.0
    return np.clip(np.floor(position), 0, 255).astype(np.uint8), missing


def colours(values: npt.ArrayLike, lo: float, hi: float, name: str) -> npt.NDArray[np.uint8]:
    """Colours of displayed values.

    Parameters
    ----------
    values : array_like
        In displayed units, NaN where missing.
    lo, hi : float
        Values of the first and the last colour.
    name : str
        Colour table.

    Returns
    -------
    ndarray of uint8, shape ``values.shape + (4,)``
        RGBA; missing values are (0, 0, 0, 0) so that the hatch below is seen.
    """
    lo, hi = widened(lo, hi)
    index, missing = colour_indices(values, lo, hi)
    shown = np.empty((*index.shape, 4), dtype=np.uint8)
    shown[..., :3] = colour_table(name)[index]
    shown[..., 3] = 255
    shown[missing] = 0
    return shown


def main(arguments: list[str] | None = None) -> int:
    """Write ``display.json``, or say whether it is current (exit code 0 or 1)."""
    parser = argparse.ArgumentParser(prog="python -m hicognition_widgets.export.display")
    parser.add_argument("--write", action="store_true", help="write the file")
    if parser.parse_args(arguments).write:
        RULES_FILE.write_text(rules_text(), encoding="utf-8")
        return 0
    return 0 if RULES_FILE.read_text(encoding="utf-8") == rules_text() else 1


if __name__ == "__main__":
    raise SystemExit(main())
