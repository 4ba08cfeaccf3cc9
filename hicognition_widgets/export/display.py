"""Display rules shared by the browser and by matplotlib.

Everything that decides how a number becomes a colour or a text is kept in ``display.json``
beside this module: colour tables, percentiles of automatic limits, tick steps, units, default
maps. The browser bundles the same file, so both renderers give the same picture. The file is
written by ``python -m hicognition_widgets.export.display --write`` and a test holds it to what
this module would write today.

Rules in short:

- a value is turned into display units first (``log2`` makes non-positive values missing),
- its colour is number ``floor(256 (v - lo) / (hi - lo))`` of the table, held in 0…255,
- missing values have no colour (alpha 0); a renderer shows a light hatch through them.
"""

from __future__ import annotations

import argparse
import base64
import json
import math
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

RULES_FILE = Path(__file__).with_name("display.json")

THIN_SPACE = "\u2009"
MINUS = "\u2212"

_MATPLOTLIB_TABLES = ("coolwarm", "viridis", "magma", "Reds", "Greys")
_YELLOW_TO_RED = (
    (255, 255, 204),
    (255, 237, 160),
    (254, 217, 118),
    (254, 178, 76),
    (253, 141, 60),
    (252, 78, 42),
    (227, 26, 28),
    (189, 0, 38),
    (128, 0, 38),
)


@cache
def rules() -> dict[str, Any]:
    """Content of ``display.json``; shared, so not to be changed."""
    return cast("dict[str, Any]", json.loads(RULES_FILE.read_text(encoding="utf-8")))


@cache
def colour_table(name: str) -> npt.NDArray[np.uint8]:
    """One colour table.

    Parameters
    ----------
    name : str
        ``fall``, ``coolwarm``, ``viridis``, ``magma``, ``Reds`` or ``Greys``.

    Returns
    -------
    ndarray of uint8, shape (256, 3)
        RGB, lowest value first; read-only.

    Raises
    ------
    InputError
        If there is no table of that name.
    """
    tables = rules()["tables"]
    if name not in tables:
        raise InputError(f"There is no colour map {name!r}; choose one of {', '.join(tables)}.")
    return np.frombuffer(base64.b64decode(tables[name]), dtype=np.uint8).reshape(256, 3)


def defaults(kind: str, normalization: str | None = None) -> dict[str, Any]:
    """``{map, scale, symmetric}`` a view starts with.

    Parameters
    ----------
    kind : str
        ``pileup``, ``stackup``, ``profile``, ``density`` or ``overlay``.
    normalization : str, optional
        ``balanced``, ``oe`` or ``raw`` of a pileup.
    """
    table = rules()["defaults"]
    return dict(table.get(f"{kind}/{normalization}", table.get(kind, table["other"])))


def unit(kind: str, normalization: str | None, scale: str) -> str:
    """Text beside a colour bar or value axis, such as ``"log2 O/E"``."""
    table = rules()["units"]
    name = table.get(f"{kind}/{normalization}", table.get(kind, table["other"]))
    return f"log2 {name}" if scale == "log2" else str(name)


def centre(normalization: str | None, scale: str) -> float:
    """Value in the middle of symmetric limits: 1 for a linear ratio, otherwise 0."""
    return 1.0 if normalization == "oe" and scale == "linear" else 0.0


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


def auto_limits(
    values: npt.ArrayLike, symmetric: bool = False, *, middle: float = 0.0
) -> tuple[float, float]:
    """Robust limits of displayed values: their 1 % and 99 % points.

    Parameters
    ----------
    values : array_like
        In displayed units, NaN where missing.
    symmetric : bool
        Equal distance on both sides of ``middle``.
    middle : float
        See :func:`centre`.

    Returns
    -------
    (lo, hi) : tuple of float
        Percentiles of the finite values, linearly interpolated; ``lo < hi`` always.
        Without any finite value (0, 1), or (-1, 1) around ``middle`` when symmetric.
    """
    return _limits(values, rules()["percentiles"]["limits"], symmetric, middle)


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
    symmetric, middle
        See `auto_limits`.

    Returns
    -------
    (lo, hi) : tuple of float
        ``lo < hi`` always.
    """
    if vmin is not None and vmax is not None:
        return widened(vmin, vmax)
    if symmetric and (vmin is not None or vmax is not None):
        set_one = vmin if vmin is not None else cast("float", vmax)
        return widened(set_one, 2 * middle - set_one)
    lo, hi = auto_limits(values, symmetric, middle=middle)
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
    missing = ~np.isfinite(shown)
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


def ticks(lo: float, hi: float, n: int) -> list[float]:
    """At most ``n`` round positions between two values, both ends included.

    The step is the smallest of 1, 2, 5 × 10^k that gives no more than ``n`` ticks.
    """
    lo, hi = min(lo, hi), max(lo, hi)
    if not (math.isfinite(lo) and math.isfinite(hi)) or n < 1:
        return []
    if lo == hi:
        return [lo]
    digit, power = _tick_step(lo, hi, n)
    first, last = _tick_range(lo, hi, _multiple(1, digit, power))
    return [_multiple(i, digit, power) for i in range(first, last + 1)]


def nice_limits(lo: float, hi: float, n: int = 5) -> tuple[float, float]:
    """Limits of a value axis: moved outwards to the next ticks, so that both ends are round."""
    digit, power = _tick_step(lo, hi, n)
    step = _multiple(1, digit, power)
    first, last = math.floor(lo / step + 1e-9), math.ceil(hi / step - 1e-9)
    return _multiple(first, digit, power), _multiple(last, digit, power)


def _tick_step(lo: float, hi: float, n: int) -> tuple[int, int]:
    power = math.floor(math.log10((hi - lo) / n)) - 1
    while True:
        for digit in rules()["tick_steps"]:
            first, last = _tick_range(lo, hi, _multiple(1, digit, power))
            if last - first + 1 <= n:
                return digit, power
        power += 1


def _tick_range(lo: float, hi: float, step: float) -> tuple[int, int]:
    return math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9)


def _multiple(i: int, digit: int, power: int) -> float:
    return float(i * digit * 10**power) if power >= 0 else i * digit / float(10**-power)


def tick_texts(positions: list[float]) -> list[str]:
    """Labels of ticks, with as many decimals as the finest of them needs."""
    if not positions:
        return []
    largest = max(abs(v) for v in positions)
    if largest >= 1e5 or 0 < largest < 1e-3:
        return [format_number(v) for v in positions]
    decimals = max(_decimals(v) for v in positions)
    return [_signed(_fixed(abs(v), decimals), v) for v in positions]


def _decimals(value: float) -> int:
    text = _fixed(abs(value), 6).rstrip("0")
    return len(text) - text.index(".") - 1


def format_number(value: float, digits: int = 3) -> str:
    """A measured value with so many significant digits, without idle zeros.

    Very large and very small values are written like ``1.2e−4``; missing is an en dash.
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, exponent = _scientific(abs(value), digits)
    if exponent < -3 or exponent >= 5:
        sign = MINUS if exponent < 0 else ""
        return _signed(f"{_stripped(mantissa)}e{sign}{abs(exponent)}", value)
    return _signed(_stripped(_fixed(abs(value), max(digits - 1 - exponent, 0))), value)


def format_count(n: int) -> str:
    """A number of things: ``1,013``."""
    return _signed(f"{abs(n):,}", n)


def format_bp(bp: float) -> str:
    """A length: ``"500 bp"``, ``"10 kb"``, ``"1.5 Mb"``, ``"−2.25 kb"``."""
    whole = math.floor(abs(bp) + 0.5)
    for size, name in ((1_000_000, "Mb"), (1_000, "kb")):
        if whole >= size:
            return _signed(f"{_stripped(_fixed(whole / size, 3))}{THIN_SPACE}{name}", bp)
    return _signed(f"{whole}{THIN_SPACE}bp", bp if whole else 0)


def format_offset(bp: float) -> str:
    """A place relative to the point: ``"−120 kb"``, ``"0"``, ``"+40 kb"``."""
    if math.floor(abs(bp) + 0.5) == 0:
        return "0"
    return f"+{format_bp(bp)}" if bp > 0 else format_bp(bp)


def format_flank(bp: float) -> str:
    """Half-width around a point: ``"±200 kb"``."""
    return f"±{format_bp(bp)}"


def format_percent(percent: float) -> str:
    """A place within a rescaled region: ``"−20 %"``."""
    return _signed(f"{_stripped(_fixed(abs(percent), 2))}{THIN_SPACE}%", percent)


def _signed(text: str, value: float) -> str:
    return f"{MINUS}{text}" if value < 0 and text.strip("0.") else text


def _stripped(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fixed(value: float, decimals: int) -> str:
    """``value`` with so many decimals; ties go up, as in JavaScript's ``toFixed``."""
    return format(
        Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP), "f"
    )


def _scientific(value: float, digits: int) -> tuple[str, int]:
    exponent = Decimal(value).adjusted()
    mantissa = Decimal(value).scaleb(-exponent)
    rounded = mantissa.quantize(Decimal(1).scaleb(1 - digits), rounding=ROUND_HALF_UP)
    if rounded >= 10:
        rounded, exponent = Decimal(1), exponent + 1
    return format(rounded, "f"), exponent


def _fall_table() -> npt.NDArray[np.uint8]:
    """White, the nine-class yellow-orange-red of ColorBrewer, black; evenly spaced."""
    anchors = np.array([(255, 255, 255), *_YELLOW_TO_RED, (0, 0, 0)], dtype=np.float64)
    where = np.linspace(0, 1, len(anchors))
    channels = [np.interp(np.linspace(0, 1, 256), where, anchors[:, c]) for c in range(3)]
    return np.floor(np.stack(channels, axis=1) + 0.5).astype(np.uint8)


def _matplotlib_table(name: str) -> npt.NDArray[np.uint8]:
    import matplotlib as mpl

    return np.asarray(mpl.colormaps[name](np.arange(256), bytes=True)[:, :3], dtype=np.uint8)


def build_rules() -> dict[str, Any]:
    """What ``display.json`` should hold; imports matplotlib for its tables."""
    tables = {"fall": _fall_table()}
    tables |= {name: _matplotlib_table(name) for name in _MATPLOTLIB_TABLES}
    return {
        "version": 1,
        "tables": {
            name: base64.b64encode(table.tobytes()).decode("ascii")
            for name, table in tables.items()
        },
        "diverging": ["coolwarm"],
        "categories": [
            "#0072B2",
            "#E69F00",
            "#009E73",
            "#D55E00",
            "#CC79A7",
            "#56B4E9",
            "#F0E442",
            "#000000",
        ],
        "dashes": ["", "6 3", "2 2", "8 3 2 3"],
        "percentiles": {"limits": [1, 99], "track": [0.1, 99.9]},
        "widen": 0.1,
        "tick_steps": [1, 2, 5],
        "defaults": {
            "pileup/oe": {"map": "coolwarm", "scale": "log2", "symmetric": True},
            "pileup/balanced": {"map": "fall", "scale": "log2", "symmetric": False},
            "pileup/raw": {"map": "fall", "scale": "log2", "symmetric": False},
            "stackup": {"map": "Reds", "scale": "linear", "symmetric": False},
            "profile": {"map": "", "scale": "linear", "symmetric": False},
            "density": {"map": "viridis", "scale": "linear", "symmetric": False},
            "overlay": {"map": "magma", "scale": "linear", "symmetric": False},
            "enrichment": {"map": "coolwarm", "scale": "log2", "symmetric": True},
            "other": {"map": "viridis", "scale": "linear", "symmetric": False},
        },
        "units": {
            "pileup/oe": "O/E",
            "pileup/balanced": "balanced contacts",
            "pileup/raw": "counts",
            "stackup": "signal",
            "profile": "mean signal",
            "profile/normalized": "signal, each line 0–1",
            "density": "regions",
            "enrichment": "odds ratio",
            "other": "value",
        },
    }


def rules_text() -> str:
    """``build_rules`` as the file's text."""
    return json.dumps(build_rules(), indent=1, ensure_ascii=False) + "\n"


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
