"""Region sets of an enrichment on paper: which are listed, in what order, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import display
from hicognition_widgets.export.panels import Floats, Panel

SIGNIFICANT = 0.05
"""Region sets with a smaller false discovery rate have a filled dot."""


@dataclass(frozen=True)
class Member:
    """One region set of an enrichment at one position.

    Attributes
    ----------
    row, bin : int
        Row and column of the tables.
    odds, log2 : float
        Odds ratio and its logarithm; infinite where a cell of the table is empty.
    p, q : float
        -log10 of both.
    a, b, c, d : float
        The 2x2 table; NaN where the result does not say a number.
    """

    row: int
    name: str
    bin: int
    odds: float
    log2: float
    p: float
    q: float
    a: float
    b: float
    c: float
    d: float

    @property
    def significant(self) -> bool:
        """Whether its false discovery rate is small."""
        return bool(self.q > -np.log10(SIGNIFICANT))


def _log2(values: npt.ArrayLike) -> Floats:
    with np.errstate(divide="ignore"):
        found: Floats = np.log2(np.asarray(values, dtype=np.float64))
    return found


def names(panel: Panel) -> list[str]:
    """Names of the region sets, by row."""
    tracks = panel.meta.get("tracks") or ()
    found = [str(track.get("name", "")) for track in tracks]
    n = len(panel.arrays["odds_ratio"])
    return (found + [f"Set {i + 1}" for i in range(len(found), n)])[:n]


def _named(name: str, search: str) -> bool:
    return search.strip().casefold() in name.casefold()


def strongest(panel: Panel) -> Floats:
    """Largest log2 odds ratio at every position; NaN where no region set has one."""
    search = str(panel.settings.get("search", ""))
    chosen = [_named(name, search) for name in names(panel)]
    values = _log2(panel.arrays["odds_ratio"])[np.asarray(chosen, dtype=bool)]
    best = np.where(np.isnan(values), -np.inf, values).max(axis=0, initial=-np.inf)
    return np.where(np.isnan(values).all(axis=0), np.nan, best)


def position(panel: Panel) -> int | None:
    """Position that is listed: the chosen one, else the point or where the region starts.

    None where every region set stands at its most significant position.
    """
    if panel.settings.get("overall"):
        return None
    axis = panel.meta["axis"]
    place = panel.settings.get("position") or 0.0
    if axis["mode"] == "point":
        found = (place + axis["flank"][0]) / axis["binsize"]
    else:
        found = (place + 100 * axis["expansion"]) / axis["bin_percent"]
    return int(np.clip(np.floor(found + 1e-9), 0, max(axis["size"] - 1, 0)))


def place_text(panel: Panel, number: int) -> str:
    """Middle of a bin in words."""
    axis = panel.meta["axis"]
    if axis["mode"] == "interval":
        return display.format_percent(
            (number + 0.5) * axis["bin_percent"] - 100 * axis["expansion"]
        )
    return display.format_offset((number + 0.5) * axis["binsize"] - axis["flank"][0])


def _number(panel: Panel, name: str, row: int, column: int) -> float:
    """A cell of a table, or the number of its row or column; NaN if there is none."""
    values = panel.arrays.get(name)
    if values is None:
        return np.nan
    values = np.asarray(values)
    if values.ndim == 1:
        return float(values[0 if len(values) == 1 else column])
    return float(values[row, 0 if values.shape[1] == 1 else column])


def _member(panel: Panel, name: str, row: int, column: int) -> Member:
    def number(of: str) -> float:
        return _number(panel, of, row, column)

    odds, a = number("odds_ratio"), number("overlap")
    b, c = number("universe_hits") - a, number("chunks") - a
    return Member(
        row=row,
        name=name,
        bin=column,
        odds=odds,
        log2=float(_log2(odds)),
        p=number("log10_p"),
        q=number("log10_q"),
        a=a,
        b=b,
        c=c,
        d=number("universe_chunks") - a - b - c,
    )


def _summit(panel: Panel, row: int) -> int:
    """Most significant position of a region set; of equals the stronger, then the first."""
    ratio = np.asarray(panel.arrays["odds_ratio"][row], dtype=np.float64)
    chance = panel.arrays.get("log10_p")
    weight = np.zeros(len(ratio)) if chance is None else np.asarray(chance[row])
    low = -np.inf
    order = [np.where(np.isnan(v), low, v) for v in (ratio, weight)]
    return int(np.lexsort((-np.arange(len(ratio)), *order))[-1])


_KEYS: dict[str, Callable[[Member], float]] = {
    "odds_ratio": lambda member: member.log2,
    "position": lambda member: member.bin,
    "a": lambda member: member.a,
    "b": lambda member: member.b,
    "c": lambda member: member.c,
    "d": lambda member: member.d,
    "p_value": lambda member: -member.p,
    "q_value": lambda member: -member.q,
}


def listed(panel: Panel) -> list[Member]:
    """Region sets as they are filtered and sorted on screen; without a number they are last."""
    settings = panel.settings
    at = position(panel)
    found = [
        _member(panel, name, row, _summit(panel, row) if at is None else at)
        for row, name in enumerate(names(panel))
        if _named(name, str(settings.get("search", "")))
    ]
    most = settings.get("max_q")
    if most is not None:
        least = np.inf if most == 0 else -np.log10(most) - 1e-6
        found = [member for member in found if member.q >= least]
    up = bool(settings.get("rank_ascending", False))
    by = settings.get("rank_by", "odds_ratio")
    if by == "name":
        order = sorted(found, key=lambda member: (member.name.casefold(), member.row))
        return order if up else order[::-1]
    key, turn = _KEYS[by], 1 if up else -1
    known = [member for member in found if not np.isnan(key(member))]
    rest = [member for member in found if np.isnan(key(member))]
    return sorted(known, key=lambda member: (turn * key(member), member.row)) + rest


def odds_range(values: Sequence[float] | Floats) -> tuple[float, float]:
    """Round range around zero that holds every finite value."""
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    lo, hi = float(known.min(initial=0.0)), float(known.max(initial=0.0))
    if lo == hi:
        return -1.0, 1.0
    return display.nice_limits(lo, hi, 5)


@dataclass(frozen=True)
class Ended:
    """An axis whose infinite values have a place of their own, beyond the last finite number.

    Attributes
    ----------
    lo, hi : float
        Its ends, in the unit of the values.
    places, texts : tuple
        Ticks: round numbers, and ∞ where there are such values.
    point : float
        How long the point of an arrow at an end is.
    """

    lo: float
    hi: float
    places: tuple[float, ...]
    texts: tuple[str, ...]
    point: float

    def at(self, value: float) -> float:
        """Where a value stands."""
        return float(np.clip(value, self.lo, self.hi))


_LANE = 0.12
"""Part of an axis that infinite values have at an end."""


def ended(limits: tuple[float, float], values: Sequence[float] | Floats, count: int) -> Ended:
    """An axis for these values, the finite ones within the limits."""
    known = np.asarray(values, dtype=np.float64)
    less, more = bool(np.isneginf(known).any()), bool(np.isposinf(known).any())
    lane = _LANE * (limits[1] - limits[0]) / (1 - _LANE * (less + more))
    lo, hi = limits[0] - lane * less, limits[1] + lane * more
    finite = display.ticks(*limits, count)
    infinite = "\N{INFINITY}"
    return Ended(
        lo=lo,
        hi=hi,
        places=(*[lo] * less, *finite, *[hi] * more),
        texts=(
            *[f"\N{MINUS SIGN}{infinite}"] * less,
            *display.tick_texts(finite),
            *[infinite] * more,
        ),
        point=lane / 2,
    )


def marker(member: Member, *, chances: bool) -> str:
    """A dot, or an arrowhead towards what the axes cannot reach; `chances`: q has an axis."""
    if np.isinf(member.log2):
        return ">" if member.log2 > 0 else "<"
    return "^" if chances and np.isinf(member.q) else "o"


def chance_text(minus_log: float) -> str:
    """A chance from its -log10, also where no number is that small."""
    if np.isnan(minus_log):
        return display.format_number(np.nan)
    if np.isinf(minus_log):
        return "<1e\N{MINUS SIGN}320"
    if minus_log < 3.5:
        return display.format_number(10**-minus_log, 2)
    power = int(np.ceil(minus_log))
    mantissa = display.format_number(10 ** (power - minus_log), 2)
    if mantissa == "10":
        mantissa, power = "1", power - 1
    return f"{mantissa}e\N{MINUS SIGN}{power}"
