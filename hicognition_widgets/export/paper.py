"""Paper and pen: a page in millimetres, and what all plots put around themselves.

Matplotlib is imported by the caller; here only its objects are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from hicognition_widgets.export.panels import AxisTick

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


def unit_beside(paper: Paper, box: Box, text: str) -> None:
    """What the numbers left of a plot mean, upwards along it."""
    """What the numbers left of a plot mean, upright and no longer than the plot is high."""
    size = paper.pen.text
    size = max(min(size, size * box.height / text_width(text, size)), 0.7 * size)
    style = {"rotation": 90, "ha": "center", "fontsize": size}
    paper.text(unit_x(paper, box), box.y + box.height / 2, text, **style)


def unit_x(paper: Paper, box: Box) -> float:
    """Where text that runs upwards stands left of a plot."""
    return box.x - paper.pen.left + paper.pen.unit / 2


def only(axes: Axes, *sides: str) -> None:
    """Leave these edges of a plot."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)


def fitting(text: str, room: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, in so many mm."""
    while len(text) > 1 and text_width(text, size) > room:
        text = f"{text[:-2].rstrip()}…"
    return text


def text_width(text: str, size: float) -> float:
    """Width in mm of a text of so many pt, in the fonts that are set."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    outline = TextPath((0, 0), text.replace("$", r"\$"), size=size, prop=FontProperties())
    # Hinting widens text a little in coarse pictures.
    return 1.03 * float(outline.get_extents().width) * 25.4 / 72


def bottom_ticks(
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
