"""How one panel is put on paper: cells, lines, ticks and colour bars, in millimetres.

Matplotlib is imported by the caller; here only its objects are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import cells, clouds, display
from hicognition_widgets.export.panels import (
    AxisTick,
    Panel,
    axis_ticks,
    lines_of,
    y_limits,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
HAIR = "#888888"


@dataclass(frozen=True)
class Box:
    """A rectangle on the page in mm, measured from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Pen:
    """Sizes that depend on the kind of page: text and hairlines in pt, rest in mm."""

    text: float = 7.0
    letter: float = 8.0
    hair: float = 0.5
    line: float = 1.0
    pad: float = 0.6
    unit: float = 2.6
    numbers: float = 6.0
    bar: float = 2.0
    gap: float = 1.2
    right: float = 2.0
    top: float = 5.0
    below: float = 4.6
    tick: float = 0.8

    @property
    def left(self) -> float:
        """Room left of every plot, equal for all kinds so that panels line up."""
        return self.unit + self.numbers + self.bar + self.gap

    def scaled(self, factor: float) -> Pen:
        """The same proportions, larger."""
        return Pen(**{name: value * factor for name, value in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Paper:
    """A matplotlib figure with its size in mm, and what it is written as."""

    figure: Figure
    width: float
    height: float
    pen: Pen
    vector: bool

    def axes(self, box: Box) -> Axes:
        """Axes that fill a box, without frame, ticks or ground."""
        rectangle = (
            box.x / self.width,
            1 - (box.y + box.height) / self.height,
            box.width / self.width,
            box.height / self.height,
        )
        axes = self.figure.add_axes(rectangle)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.patch.set_visible(False)
        for spine in axes.spines.values():
            spine.set_linewidth(self.pen.hair)
            spine.set_color(HAIR)
        axes.tick_params(
            length=self.pen.tick * 72 / 25.4, width=self.pen.hair, color=HAIR,
            labelsize=self.pen.text, labelcolor=INK, pad=self.pen.pad * 72 / 25.4,
        )  # fmt: skip
        return axes

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Text at a place in mm."""
        # "$" would begin a formula; names are text
        plain = text.replace("$", r"\$")
        style = {"fontsize": self.pen.text, "color": INK, "va": "center"} | style
        self.figure.text(x / self.width, 1 - y / self.height, plain, fontdict=style)


def draw(paper: Paper, panel: Panel, box: Box, *, labels_right: bool) -> None:
    """Draw a panel's plot into `box` (the plot itself; numbers stand around it)."""
    if not panel.arrays:
        message = panel.message or "no result"
        paper.text(box.x, box.y + paper.pen.top, message, color=HAIR, va="top", wrap=True)
    elif panel.kind == "pileup":
        _pileup(paper, panel, box, labels_right)
    elif panel.kind == "stackup":
        _stackup(paper, panel, box, labels_right)
    elif panel.kind in clouds.EMBEDDINGS:
        _embedding(paper, panel, box)
    elif panel.kind == "enrichment":
        _enrichment(paper, panel, box)
    else:
        _profile(paper, panel, box)


def _pileup(paper: Paper, panel: Panel, box: Box, labels_right: bool) -> None:
    axes = paper.axes(box)
    values = display.to_display(panel.arrays["mean"], panel.scale)
    _heat(paper, panel, values, axes, box)
    ticks = axis_ticks(
        panel.meta["axis"], centred=True, detailed=box.width > 10 * paper.pen.text
    )
    _bottom_ticks(paper, axes, ticks, values.shape[1], box.width)
    if labels_right:
        _right_ticks(axes, ticks, values.shape[0])


def _stackup(paper: Paper, panel: Panel, box: Box, labels_right: bool) -> None:
    above = min(0.22 * box.height, 16.0)
    gap = paper.pen.gap
    below = Box(box.x, box.y + above + gap, box.width, box.height - above - gap)
    axes = paper.axes(below)
    values = display.to_display(panel.arrays["image"], panel.scale)
    _heat(paper, panel, values, axes, below)
    ticks = axis_ticks(
        panel.meta["axis"], centred=False, detailed=box.width > 10 * paper.pen.text
    )
    _bottom_ticks(paper, axes, ticks, values.shape[1], box.width)
    rows = int(panel.meta.get("n_rows", values.shape[0]))
    if labels_right and rows > 0:
        ends = [AxisTick(0, "1"), AxisTick(1, display.format_count(rows))]
        _right_ticks(axes, ends[: min(rows, 2)], values.shape[0])
    mean = display.to_display(panel.arrays["profile"], panel.scale)
    top = paper.axes(Box(box.x, box.y, box.width, above))
    _only(top, "bottom")
    _curve(top, mean, display.rules()["categories"][0], paper.pen.line)
    finite = mean[np.isfinite(mean)]
    lo, hi = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    lo, hi = display.widened(lo, hi)
    top.set_xlim(0, len(mean))
    top.set_ylim(lo - 0.05 * (hi - lo), hi + 0.05 * (hi - lo))
    x = box.x - paper.pen.gap
    paper.text(x, box.y + 1, display.format_number(hi), ha="right")
    paper.text(x, box.y + above - 1, display.format_number(lo), ha="right")
    paper.text(_unit_x(paper, box), box.y + above / 2, "mean", rotation=90, ha="center")


def _embedding(paper: Paper, panel: Panel, box: Box) -> None:
    axes = paper.axes(box)
    cloud = clouds.cloud_of(panel)
    lo, hi, name = clouds.cloud_scale(panel, cloud)
    known = np.isfinite(cloud.at[:, 0])
    x, y = cloud.at[known, 0], cloud.at[known, 1]
    colours = display.colours(cloud.values[known], lo, hi, name) / 255
    colours[~np.isfinite(cloud.values[known])] = (0.62, 0.62, 0.62, 1.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    size = min(paper.pen.line, 40 / max(known.sum(), 1) ** 0.5)
    axes.scatter(
        x, y, s=(2 * size) ** 2, c=colours, linewidths=0, clip_on=False,
        rasterized=paper.vector and known.sum() > cells.MOST_VECTOR_CELLS,
    )  # fmt: skip
    meta = panel.meta.get("overlay") or {}
    unit = str(meta.get("name") or display.unit(cloud.kind, None, "linear"))
    _colour_bar(paper, box, (lo, hi), name, unit)


def _enrichment(paper: Paper, panel: Panel, box: Box) -> None:
    pen = paper.pen
    above = 0.4 * box.height
    tops = clouds.strongest(clouds.log2_odds(panel))
    axes = paper.axes(Box(box.x, box.y, box.width, above))
    _only(axes, "left")
    lo, hi = clouds.odds_range(tops)
    chosen = clouds.first_position(panel)
    accent = display.rules()["categories"][0]
    heights = np.clip(np.nan_to_num(tops, nan=0.0, posinf=hi, neginf=lo), lo, hi)
    colours = [accent if i == chosen else "#999999" for i in range(len(tops))]
    axes.bar(np.arange(len(tops)) + 0.5, heights, width=0.9, color=colours, linewidth=0)
    axes.axhline(0, color=HAIR, lw=pen.hair)
    axes.set_xlim(0, len(tops))
    axes.set_ylim(lo, hi)
    places = display.ticks(lo, hi, 3)
    axes.set_yticks(places, labels=display.tick_texts(places))
    _unit(paper, Box(box.x, box.y, box.width, above), "log2 odds")
    ticks = axis_ticks(panel.meta["axis"], centred=False)
    _bottom_ticks(paper, axes, ticks, len(tops), box.width)
    _ranking(paper, panel, Box(box.x, box.y + above, box.width, box.height - above))


def _ranking(paper: Paper, panel: Panel, box: Box) -> None:
    """Region sets at one position: names, and dots that are filled where q is small."""
    pen = paper.pen
    members = clouds.ranked(panel)
    step = 1.35 * pen.text * 25.4 / 72
    top = box.y + pen.below + step
    shown = members[: max(int((box.height - pen.below - 2 * step) / step), 1)]
    left = min(max(text_width(member.name, pen.text) for member in shown), 0.55 * box.width)
    plot = Box(box.x + left, top, box.width - left, len(shown) * step)
    axes = paper.axes(plot)
    _only(axes, "bottom")
    lo, hi = clouds.odds_range([member.log2 for member in members])
    accent = display.rules()["categories"][0]
    axes.axvline(0, color=HAIR, lw=pen.hair)
    for i, member in enumerate(shown):
        y = plot.y + (i + 0.5) * step
        paper.text(plot.x - pen.gap, y, _fitting(member.name, left, pen.text), ha="right")
        if np.isnan(member.log2):
            continue
        x = float(np.clip(member.log2, lo, hi))
        face = accent if member.q < clouds.SIGNIFICANT else "white"
        axes.hlines(i + 0.5, min(0, x), max(0, x), color=HAIR, lw=pen.hair)
        axes.plot(
            [x], [i + 0.5], "o", ms=0.6 * pen.text, mfc=face, mec=accent, mew=pen.line,
            clip_on=False,
        )  # fmt: skip
    axes.set_xlim(lo, hi)
    axes.set_ylim(len(shown), 0)
    places = display.ticks(lo, hi, 4)
    axes.set_xticks(places, labels=display.tick_texts(places))
    more = len(members) - len(shown)
    rest = f", {more} weaker ones not shown" if more else ""
    words = f"log2 odds ratio, filled: q < {clouds.SIGNIFICANT}{rest}"
    paper.text(box.x, top - step / 2, words, fontsize=pen.text - 1)


def _fitting(text: str, room: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, in so many mm."""
    while len(text) > 1 and text_width(text, size) > room:
        text = f"{text[:-2].rstrip()}…"
    return text


def _profile(paper: Paper, panel: Panel, box: Box) -> None:
    lines = lines_of(panel)
    bins = len(lines[0].mean)
    lo, hi = y_limits(lines, panel.vmin, panel.vmax)
    axes = paper.axes(box)
    _only(axes, "left", "bottom")
    axes.set_xlim(0, bins)
    axes.set_ylim(lo, hi)
    ticks = axis_ticks(
        panel.meta["axis"], centred=False, detailed=box.width > 10 * paper.pen.text
    )
    for tick in ticks:
        if tick.mark:
            dashes = (0, (2, 3))
            axes.axvline(tick.at * bins, color=HAIR, lw=paper.pen.hair, ls=dashes, zorder=1)
    if lo < 0 < hi:
        axes.axhline(0, color=HAIR, lw=paper.pen.hair, zorder=1)
    x = np.arange(bins) + 0.5
    for line in lines:
        if line.low is not None and line.high is not None:
            axes.fill_between(x, line.low, line.high, color=line.colour, alpha=0.2, lw=0)
        _curve(axes, line.mean, line.colour, paper.pen.line, line.dash)
    _bottom_ticks(paper, axes, ticks, bins, box.width)
    places = display.ticks(lo, hi, max(int(box.height / 9), 2))
    axes.set_yticks(places, labels=display.tick_texts(places))
    unit = display.unit("profile", "normalized" if panel.normalized else None, panel.scale)
    _unit(paper, box, unit)


def _unit(paper: Paper, box: Box, text: str) -> None:
    """What the numbers left of a plot mean, upright and no longer than the plot is high."""
    size = paper.pen.text
    size = max(min(size, size * box.height / text_width(text, size)), 0.7 * size)
    style = {"rotation": 90, "ha": "center", "fontsize": size}
    paper.text(_unit_x(paper, box), box.y + box.height / 2, text, **style)


def _unit_x(paper: Paper, box: Box) -> float:
    return box.x - paper.pen.left + paper.pen.unit / 2


def _only(axes: Axes, *sides: str) -> None:
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)


def _curve(
    axes: Axes,
    values: npt.NDArray[np.float64],
    colour: str,
    width: float,
    dash: tuple[float, ...] = (),
) -> None:
    """A line with gaps where data is missing; a lone bin becomes a short stroke."""
    x = np.arange(len(values)) + 0.5
    style = (0, dash) if dash else "-"
    axes.plot(x, values, color=colour, lw=width, ls=style, solid_joinstyle="round")
    present = np.isfinite(values)
    padded = np.concatenate([[False], present, [False]])
    lone = present & ~padded[:-2] & ~padded[2:]
    if lone.any():
        axes.hlines(values[lone], x[lone] - 0.3, x[lone] + 0.3, color=colour, lw=width)


def _heat(
    paper: Paper, panel: Panel, values: npt.NDArray[np.float64], axes: Axes, box: Box
) -> None:
    """Cells of a matrix and the colour bar beside it."""
    lo, hi = heat_limits(panel, values)
    name = panel.cmap or display.defaults(panel.kind, panel.normalization)["map"]
    colours = display.colours(values, lo, hi, name)
    axes.set_xlim(0, values.shape[1])
    axes.set_ylim(values.shape[0], 0)
    small = min(box.height / values.shape[0], box.width / values.shape[1]) < cells.LEAST_CELL
    cells.draw_cells(
        axes,
        colours,
        vector=paper.vector,
        picture=small or values.size > cells.MOST_VECTOR_CELLS,
    )
    unit = display.unit(panel.kind, panel.normalization, panel.scale)
    _colour_bar(paper, box, (lo, hi), name, unit)


def _colour_bar(
    paper: Paper, box: Box, limits: tuple[float, float], name: str, unit: str
) -> None:
    pen = paper.pen
    lo, hi = limits
    place = Box(box.x - pen.gap - pen.bar, box.y, pen.bar, box.height)
    axes = paper.axes(place)
    table = display.colour_table(name)[::-1, None, :]
    opaque = np.full((256, 1, 1), 255, dtype=np.uint8)
    axes.set_xlim(0, 1)
    axes.set_ylim(256, 0)
    # Strips are thinner than a pixel: each reaches down to the end under all that follow.
    strips = np.concatenate([table, opaque], axis=2)
    cells.draw_cells(axes, strips, vector=paper.vector, underlap=len(strips))
    places, texts = bar_ticks(lo, hi, box.height, pen)
    at = [256 * (1 - (value - lo) / (hi - lo)) for value in places]
    axes.set_yticks(at, labels=texts)
    labels = axes.get_yticklabels()
    labels[0].set_verticalalignment("bottom")
    labels[-1].set_verticalalignment("top")
    _unit(paper, box, unit)


def bar_ticks(lo: float, hi: float, height: float, pen: Pen) -> tuple[list[float], list[str]]:
    """Values beside a colour bar: both limits, and round ones where there is room."""
    room = 1.6 * pen.text * 25.4 / 72 / height
    inner = [v for v in display.ticks(lo, hi, 5) if room < (v - lo) / (hi - lo) < 1 - room]
    ends = [display.format_number(lo), display.format_number(hi)]
    return [lo, *inner, hi], [ends[0], *display.tick_texts(inner), ends[1]]


def left_texts(panel: Panel) -> list[str]:
    """Numbers that will stand left of a panel's plot, to know how much room they need."""
    if not panel.arrays:
        return []
    if panel.kind == "profile":
        return display.tick_texts(
            display.ticks(*y_limits(lines_of(panel), panel.vmin, panel.vmax), 5)
        )
    if panel.kind == "enrichment":
        values = clouds.strongest(clouds.log2_odds(panel))
        return display.tick_texts(display.ticks(*clouds.odds_range(values), 3))
    if panel.kind in clouds.EMBEDDINGS:
        lo, hi, _ = clouds.cloud_scale(panel, clouds.cloud_of(panel))
        ends = [display.format_number(lo), display.format_number(hi)]
        return ends + display.tick_texts(display.ticks(lo, hi, 5))
    heat = "mean" if panel.kind == "pileup" else "image"
    lo, hi = heat_limits(panel, display.to_display(panel.arrays[heat], panel.scale))
    texts = [display.format_number(lo), display.format_number(hi)]
    return texts + display.tick_texts(display.ticks(lo, hi, 5))


def right_texts(panel: Panel) -> list[str]:
    """Labels that will stand right of a panel's plot."""
    if not panel.arrays or panel.kind not in ("pileup", "stackup"):
        return []
    if panel.kind == "stackup":
        return [display.format_count(int(panel.meta.get("n_rows", 0)))]
    return [tick.text for tick in axis_ticks(panel.meta["axis"], centred=True)]


def heat_limits(panel: Panel, values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Limits of a panel's colours, for values in displayed units."""
    middle = display.centre(panel.normalization, panel.scale)
    return display.limits(
        values, panel.vmin, panel.vmax, symmetric=panel.symmetric, middle=middle
    )


def text_width(text: str, size: float) -> float:
    """Width in mm of a text of so many pt, in the fonts that are set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    outline = TextPath((0, 0), text.replace("$", r"\$"), size=size, prop=FontProperties())
    # Hinting widens text a little in coarse pictures.
    return 1.03 * float(outline.get_extents().width) * 25.4 / 72


def _bottom_ticks(
    paper: Paper, axes: Axes, ticks: list[AxisTick], bins: int, width: float
) -> None:
    """Ticks with labels; in a narrow plot the inner ones go without."""
    taken = [_span(tick, width, paper.pen.text) for tick in ticks]
    air = 0.12 * paper.pen.text
    tight = any(left[1] + air > right[0] for left, right in pairwise(taken))
    last = len(ticks) - 1
    labels = ["" if tight and 0 < i < last else tick.text for i, tick in enumerate(ticks)]
    axes.set_xticks([t.at * bins for t in ticks], labels=labels)
    for tick, label in zip(ticks, axes.get_xticklabels(), strict=True):
        label.set_horizontalalignment(_alignment(tick))


def _alignment(tick: AxisTick) -> Literal["left", "center", "right"]:
    """Labels at the ends of an axis point inwards, so that nothing sticks out."""
    return "left" if tick.at < 0.1 else "right" if tick.at > 0.9 else "center"


def _span(tick: AxisTick, width: float, size: float) -> tuple[float, float]:
    """Where a label below an axis of so many mm begins and ends."""
    wide = text_width(tick.text, size)
    before = {"left": 0.0, "center": 0.5, "right": 1.0}[_alignment(tick)]
    begin = tick.at * width - before * wide
    return begin, begin + wide


def _right_ticks(axes: Axes, ticks: list[AxisTick], bins: int) -> None:
    axes.yaxis.tick_right()
    axes.set_yticks([t.at * bins for t in ticks], labels=[t.text for t in ticks])
    for tick, label in zip(ticks, axes.get_yticklabels(), strict=True):
        label.set_verticalalignment(
            "top" if tick.at < 0.1 else "bottom" if tick.at > 0.9 else "center"
        )
