"""Enrichments on paper: bars by position, and the ranking, volcano or table below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hicognition_widgets.export import display, odds
from hicognition_widgets.export.odds import Member
from hicognition_widgets.export.panels import Panel, axis_ticks
from hicognition_widgets.export.paper import (
    HAIR,
    Box,
    Paper,
    bottom_ticks,
    fitting,
    only,
    text_width,
    unit_beside,
)

_MOST_NAMES = 10


def draw_enrichment(paper: Paper, panel: Panel, box: Box) -> None:
    """Strongest odds ratio at every position, and the region sets as listed on screen."""
    pen = paper.pen
    above = 0.36 * box.height
    tops = odds.strongest(panel)
    top = Box(box.x, box.y, box.width, above)
    axes = paper.axes(top)
    only(axes, "left")
    scale = odds.ended(odds.odds_range(tops), tops, 3)
    chosen = odds.position(panel)
    colours = [_accent() if i == chosen else "#999999" for i in range(len(tops))]
    finite = np.where(np.isfinite(tops), tops, 0.0)
    axes.bar(np.arange(len(tops)) + 0.5, finite, width=0.9, color=colours, linewidth=0)
    for i in np.flatnonzero(np.isinf(tops)):
        axes.fill(*_arrow(int(i), scale.at(tops[i]), scale.point), color=colours[i], lw=0)
    axes.axhline(0, color=HAIR, lw=pen.hair)
    axes.set_xlim(0, len(tops))
    axes.set_ylim(scale.lo, scale.hi)
    axes.set_yticks(scale.places, labels=scale.texts)
    unit_beside(paper, top, "log2 odds")
    ticks = axis_ticks(panel.meta["axis"], centred=False)
    bottom_ticks(paper, axes, ticks, len(tops), box.width)
    below = Box(box.x, box.y + above, box.width, box.height - above)
    chart = panel.settings.get("chart", "ranking")
    {"ranking": _ranking, "volcano": _volcano, "table": _table}[chart](paper, panel, below)


def _arrow(place: int, end: float, point: float) -> tuple[list[float], list[float]]:
    """A bar that goes on beyond the end of its axis: its outline."""
    left, right = place + 0.05, place + 0.95
    back = end - np.sign(end) * point
    return [left, left, place + 0.5, right, right], [0.0, back, end, back, 0.0]


def _accent() -> str:
    return str(display.rules()["categories"][0])


def _words(panel: Panel, left: int = 0) -> str:
    """Where the region sets are looked at, and how many there was no room for."""
    at = odds.position(panel)
    where = "each at its best position" if at is None else f"at {odds.place_text(panel, at)}"
    return f"{where}, {left} more not shown" if left else where


def _ranking(paper: Paper, panel: Panel, box: Box) -> None:
    """Names, and dots that are filled where q is small."""
    pen = paper.pen
    members = odds.listed(panel)
    step = 1.35 * pen.text * 25.4 / 72
    top = box.y + pen.below + step
    shown = members[: max(int((box.height - pen.below - 2 * step) / step), 1)]
    left = len(members) - len(shown)
    said = f"log2 odds {_words(panel, left)}"
    sentences = [f"{said}, filled: q < {odds.SIGNIFICANT}", said]
    if left:
        sentences.append(f"{left} more not shown")
    room, size = box.width + pen.left, pen.text - 1
    text = next((one for one in sentences if text_width(one, size) <= room), sentences[-1])
    paper.text(box.x - pen.left, top - step / 2, fitting(text, room, size), fontsize=size)
    if not shown:
        return
    # names may stand left of the plot too, where those above have their numbers
    free = pen.left - pen.gap
    widest = max(text_width(member.name, pen.text) for member in shown)
    moved = min(max(widest - free, 0.0), 0.55 * box.width)
    # the mark of a value at the left end of its axis lies half outside
    mark = 0.3 * pen.text * 25.4 / 72
    names = moved + free - mark
    plot = Box(box.x + moved, top, box.width - moved, len(shown) * step)
    axes = paper.axes(plot)
    only(axes, "bottom")
    values = [member.log2 for member in members]
    scale = odds.ended(odds.odds_range(values), values, 4)
    axes.axvline(0, color=HAIR, lw=pen.hair)
    for i, member in enumerate(shown):
        y = plot.y + (i + 0.5) * step
        paper.text(
            plot.x - pen.gap - mark, y, fitting(member.name, names, pen.text), ha="right"
        )
        if np.isnan(member.log2):
            continue
        x = scale.at(member.log2)
        axes.hlines(i + 0.5, min(0, x), max(0, x), color=HAIR, lw=pen.hair)
        axes.plot(
            [x], [i + 0.5], odds.marker(member, chances=False), ms=0.6 * pen.text,
            mfc=_face(member), mec=_accent(), mew=pen.line, clip_on=False,
        )  # fmt: skip
    axes.set_xlim(scale.lo, scale.hi)
    axes.set_ylim(len(shown), 0)
    axes.set_xticks(scale.places, labels=scale.texts)


def _face(member: Member) -> str:
    return _accent() if member.significant else "white"


def _volcano(paper: Paper, panel: Panel, box: Box) -> None:
    """Odds ratio against significance; names of the most significant where there is room."""
    pen = paper.pen
    members = [
        member
        for member in odds.listed(panel)
        if not (np.isnan(member.log2) or np.isnan(member.q))
    ]
    step = 1.35 * pen.text * 25.4 / 72
    top = box.y + pen.below + step
    plot = Box(box.x, top + step / 2, box.width, box.height - pen.below - 3.6 * step)
    paper.text(box.x, top - step / 2, f"Region sets {_words(panel)}", fontsize=pen.text - 1)
    axes = paper.axes(plot)
    only(axes, "left", "bottom")
    values, chances = [one.log2 for one in members], [one.q for one in members]
    across = odds.ended(odds.odds_range(values), values, 4)
    most = max([*(q for q in chances if np.isfinite(q)), 2.0])
    up = odds.ended((0.0, display.nice_limits(0.0, most, 5)[1]), chances, 4)
    axes.set_xlim(across.lo, across.hi)
    axes.set_ylim(up.lo, up.hi)
    axes.axvline(0, color=HAIR, lw=pen.hair)
    axes.axhline(-np.log10(odds.SIGNIFICANT), color=HAIR, lw=pen.hair, ls=(0, (4, 3)))
    taken: list[tuple[float, float, float]] = []
    for member in sorted(members, key=lambda one: -one.q):
        x, y = across.at(member.log2), up.at(member.q)
        axes.plot(
            [x], [y], odds.marker(member, chances=True), ms=0.6 * pen.text,
            mfc=_face(member), mec=_accent(), mew=pen.line, clip_on=False,
        )  # fmt: skip
        if member.significant and len(taken) < _MOST_NAMES:
            at = ((x - across.lo) / (across.hi - across.lo), y / up.hi)
            _name(paper, plot, member.name, at, taken)
    axes.set_xticks(across.places, labels=across.texts)
    axes.set_yticks(up.places, labels=up.texts)
    unit_beside(paper, plot, "−log10 q")
    middle = plot.x + plot.width / 2
    under = plot.y + plot.height + pen.below + 0.6 * step
    paper.text(middle, under, "log2 odds ratio", ha="center")


def _name(
    paper: Paper,
    plot: Box,
    name: str,
    at: tuple[float, float],
    taken: list[tuple[float, float, float]],
) -> None:
    """Write a name beside its dot unless it would lie on another one."""
    pen = paper.pen
    text = fitting(name, 0.4 * plot.width, pen.text - 1)
    wide = text_width(text, pen.text - 1)
    x, y = plot.x + at[0] * plot.width, plot.y + (1 - at[1]) * plot.height
    turned = x + pen.gap + wide > plot.x + plot.width
    begin = x - pen.gap - wide if turned else x + pen.gap
    step = 1.2 * pen.text * 25.4 / 72
    if any(begin < b and begin + wide > a and abs(y - h) < step for a, b, h in taken):
        return
    taken.append((begin, begin + wide, y))
    paper.text(begin, y, text, fontsize=pen.text - 1)


def _table(paper: Paper, panel: Panel, box: Box) -> None:
    """The numbers of every region set, as many as there is room for."""
    pen = paper.pen
    members = odds.listed(panel)
    size = pen.text - 1
    step = 1.5 * size * 25.4 / 72
    top = box.y + pen.below + step
    shown = members[: max(int((box.height - pen.below - 3 * step) / step), 1)]
    left, right = box.x - pen.left, box.x + box.width
    words = f"Region sets {_words(panel, len(members) - len(shown))}"
    paper.text(left, top - step / 2, fitting(words, right - left, size), fontsize=size)
    columns = [_column(panel, head, shown) for head in _HEADS]
    if odds.position(panel) is None:
        columns.insert(0, _column(panel, "position", shown))
    wide = {column[0]: _wide(paper, column, size) for column in columns}
    for head in _DROPPED:
        if sum(wide.values()) > _NUMBERS * (right - left):
            del wide[head]
    names = right - left - sum(wide.values())
    ends = dict(zip(wide, left + names + np.cumsum(list(wide.values())), strict=True))
    for i, name in enumerate(["", *(member.name for member in shown)]):
        y = top + (i + 0.5) * step
        paper.text(left, y, fitting(name, names, size), fontsize=size)
        for column in columns:
            if column[0] in ends:
                paper.text(ends[column[0]], y, column[i], ha="right", fontsize=size)


_HEADS = ("odds", "a", "b", "c", "d", "p", "q")
_DROPPED = ("c", "d", "b", "p")
"""Columns that a narrow table goes without, the first ones first."""
_NUMBERS = 0.7
"""Share of a table's width that its numbers take at most."""


def _wide(paper: Paper, column: list[str], size: float) -> float:
    return max(text_width(text, size) for text in column) + 2 * paper.pen.gap


def _column(panel: Panel, head: str, members: Sequence[Member]) -> list[str]:
    """A column of the table in words, its head first."""

    def text(member: Member) -> str:
        match head:
            case "position":
                return odds.place_text(panel, member.bin)
            case "odds":
                return "∞" if np.isinf(member.odds) else display.format_number(member.odds)
            case "p" | "q":
                return odds.chance_text(getattr(member, head))
        value = getattr(member, head)
        return display.format_count(int(value)) if np.isfinite(value) else "–"

    return [head, *map(text, members)]
