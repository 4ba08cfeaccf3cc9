"""Ticks, and numbers as people read them: −, thin spaces, no idle zeros."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from hicognition_widgets.export.display_tables import rules

THIN_SPACE = "\u2009"
MINUS = "\u2212"


def ticks(lo: float, hi: float, n: int) -> list[float]:
    """At most ``n`` round positions between two values, both ends included.

    The step is the smallest of 1, 2, 5 × 10^k that gives no more than ``n`` ticks.
    """
    if not math.isfinite(hi - lo) or n < 1:
        return []
    lo, hi = min(lo, hi), max(lo, hi)
    if lo == hi:
        return [lo]
    digit, power = _tick_step(lo, hi, n)
    first, last = _tick_range(lo, hi, _multiple(1, digit, power))
    return [_multiple(i, digit, power) for i in range(first, last + 1)]


def nice_limits(lo: float, hi: float, n: int = 8) -> tuple[float, float]:
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
