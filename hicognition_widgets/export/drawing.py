"""How one panel is put on paper: cells, lines, ticks and colour bars, in millimetres.

Matplotlib is imported by the caller; here only its objects are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import cells, clouds, display, odds, row_blocks
from hicognition_widgets.export.drawing_enrichment import draw_enrichment
from hicognition_widgets.export.panels import (
    AxisTick,
    Panel,
    axis_ticks,
    lines_of,
    y_limits,
)
from hicognition_widgets.export.paper import (
    HAIR,
    Box,
    Paper,
    Pen,
    bottom_ticks,
    fitting,
    only,
    text_width,
    unit_beside,
    unit_x,
)
from hicognition_widgets.export.scales import heat_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        draw_enrichment(paper, panel, box)
    else:
        _profile(paper, panel, box)


def _pileup(paper: Paper, panel: Panel, box: Box, labels_right: bool) -> None:
    axes = paper.axes(box)
    values = panel.heat
    _heat(paper, panel, values, axes, box)
    outlined = panel.significant
    if outlined is not None:
        cells.draw_outline(axes, outlined, paper.pen.line)
    ticks = axis_ticks(
        panel.meta["axis"], centred=True, detailed=box.width > 10 * paper.pen.text
    )
    bottom_ticks(paper, axes, ticks, values.shape[1], box.width)
    if labels_right:
        _right_ticks(axes, ticks, values.shape[0])


def _stackup(paper: Paper, panel: Panel, box: Box, labels_right: bool) -> None:
    blocks = row_blocks.looks(panel.meta.get("blocks") or ())
    legend = _legend(paper, blocks, box) if len(blocks) > 1 else 0.0
    above = min(0.22 * box.height, 16.0)
    gap = paper.pen.gap
    over = legend + above + gap
    below = Box(box.x, box.y + over, box.width, box.height - over)
    axes = paper.axes(below)
    values = panel.heat
    _heat(paper, panel, values, axes, below)
    if len(blocks) > 1:
        _sides(paper, axes, blocks, below)
    ticks = axis_ticks(
        panel.meta["axis"], centred=False, detailed=box.width > 10 * paper.pen.text
    )
    bottom_ticks(paper, axes, ticks, values.shape[1], box.width)
    first, after = row_window(panel)
    if labels_right and after > first:
        ends = [
            AxisTick(0, display.format_count(first + 1)),
            AxisTick(1, display.format_count(after)),
        ]
        _right_ticks(axes, ends[: min(after - first, 2)], values.shape[0])
    _row_profiles(paper, panel, blocks, Box(box.x, box.y + legend, box.width, above))


def _legend(paper: Paper, blocks: list[row_blocks.BlockLook], box: Box) -> float:
    """Names of the blocks with the colours of their profiles; how high they stand, mm."""
    size = 0.9 * paper.pen.text
    swatch, step = 1.2 * paper.pen.numbers, 1.35 * size * 25.4 / 72
    texts = [block.text for block in blocks]
    places = row_blocks.legend_places(
        texts, box.width, swatch, lambda text: text_width(text, size)
    )
    rows = 1 + max(row for _, row, _ in places)
    if len(places) < len(blocks):
        row, x = places[-1][1:]
        places.pop()
        more = f"+{len(blocks) - len(places)} more"
        paper.text(box.x + x, box.y + (row + 0.5) * step, more, fontsize=size)
    axes = paper.axes(Box(box.x, box.y, box.width, rows * step))
    only(axes)
    axes.set_xlim(0, box.width)
    axes.set_ylim(rows, 0)
    for i, row, x in places:
        block = blocks[i]
        style = (0, block.dash) if block.dash else "-"
        axes.plot([x, x + 0.5 * swatch], [row + 0.5] * 2, color=block.colour, ls=style,
                  lw=1.5 * paper.pen.line)  # fmt: skip
        place = box.x + x + 0.65 * swatch
        paper.text(place, box.y + (row + 0.5) * step, block.text, fontsize=size)
    return rows * step + 0.5 * paper.pen.gap


def _sides(paper: Paper, axes: Axes, blocks: list[row_blocks.BlockLook], box: Box) -> None:
    """Colours of the blocks at the left of the map, and a gap between them."""
    gap = paper.pen.gap
    side = paper.axes(Box(box.x - 0.75 * gap, box.y, 0.5 * gap, box.height))
    only(side)
    lines = sum(block.lines for block in blocks)
    side.set_xlim(0, 1)
    side.set_ylim(lines, 0)
    top = 0
    for block in blocks:
        side.axhspan(top, top + block.lines, color=block.colour, lw=0)
        top += block.lines
        if block.lines and top < lines:
            axes.axhline(top, color="white", lw=2 * paper.pen.hair)


def _row_profiles(
    paper: Paper, panel: Panel, blocks: list[row_blocks.BlockLook], box: Box
) -> None:
    """Mean of each block, on one scale."""
    means = [
        display.to_display(row, panel.scale) for row in np.atleast_2d(panel.arrays["profile"])
    ]
    top = paper.axes(box)
    only(top, "bottom")
    for i, mean in enumerate(means):
        plain = display.rules()["categories"][0]
        colour, dash = (blocks[i].colour, blocks[i].dash) if blocks else (plain, ())
        _curve(top, mean, colour, paper.pen.line, dash)
    values = np.concatenate(means)
    finite = values[np.isfinite(values)]
    lo, hi = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    lo, hi = display.widened(lo, hi)
    top.set_xlim(0, len(means[0]))
    top.set_ylim(lo - 0.05 * (hi - lo), hi + 0.05 * (hi - lo))
    x = box.x - paper.pen.gap
    paper.text(x, box.y + 1, display.format_number(hi), ha="right")
    paper.text(x, box.y + box.height - 1, display.format_number(lo), ha="right")
    paper.text(unit_x(paper, box), box.y + box.height / 2, "mean", rotation=90, ha="center")


def row_window(panel: Panel) -> tuple[int, int]:
    """Rows of a stackup that are drawn: the first, and the one after the last."""
    rows = int(panel.meta.get("n_rows", len(panel.arrays["image"])))
    first, after = panel.meta.get("window") or (0, rows)
    return int(first), int(after)


def _embedding(paper: Paper, panel: Panel, box: Box) -> None:
    axes = paper.axes(box)
    cloud = clouds.cloud_of(panel)
    lo, hi, name = clouds.cloud_scale(panel, cloud)
    known = np.isfinite(cloud.at[:, 0])
    x, y = cloud.at[known, 0], cloud.at[known, 1]
    values = cloud.values[known]
    there = np.isfinite(values)
    if cloud.levels:
        colours = np.ones((len(values), 4))
        for level in range(len(cloud.levels)):
            colours[values == level, :3] = clouds.level_colour(level)
    else:
        colours = display.colours(values, lo, hi, name) / 255
    colours[~there] = (0.62, 0.62, 0.62, 1.0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    size = min(paper.pen.line, 40 / max(known.sum(), 1) ** 0.5)
    axes.scatter(
        x, y, s=(2 * size) ** 2, c=colours, linewidths=0, clip_on=False,
        rasterized=paper.vector and known.sum() > cells.MOST_VECTOR_CELLS,
    )  # fmt: skip
    meta = panel.meta.get("overlay") or {}
    unit = str(meta.get("name") or display.unit(cloud.kind, None, "linear"))
    if cloud.levels:
        _levels(paper, box, cloud.levels, unit)
    else:
        _colour_bar(paper, box, (lo, hi), name, unit)


def _levels(paper: Paper, box: Box, levels: tuple[str, ...], unit: str) -> None:
    """Names of categories in their colours, left of the plot as a colour bar would be."""
    pen = paper.pen
    size = pen.text - 1.5
    step = 1.4 * size * 25.4 / 72
    unit_beside(paper, box, unit)
    left = unit_x(paper, box) + pen.unit / 2
    room = box.x - pen.gap - left
    for i, level in enumerate(levels[: max(int(box.height / step), 1)]):
        y = box.y + (i + 0.5) * step
        style = {"color": clouds.level_colour(i), "fontsize": size}
        paper.text(left, y, fitting(level, room, size), **style)


def _profile(paper: Paper, panel: Panel, box: Box) -> None:
    lines = lines_of(panel)
    bins = int(panel.meta["axis"]["size"])
    lo, hi = y_limits(lines, panel.vmin, panel.vmax)
    axes = paper.axes(box)
    only(axes, "left", "bottom")
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
    bottom_ticks(paper, axes, ticks, bins, box.width)
    places = display.ticks(lo, hi, max(int(box.height / 9), 2))
    axes.set_yticks(places, labels=display.tick_texts(places))
    unit = display.unit("profile", "normalized" if panel.normalized else None, panel.scale)
    unit_beside(paper, box, unit)


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
    lo, hi = heat_limits(panel, _limiting(panel, values))
    name = panel.cmap or display.defaults(panel.kind, panel.variant)["map"]
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
    unit = display.unit(panel.kind, panel.variant, panel.drawn_scale)
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
    unit_beside(paper, box, unit)


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
        values = odds.strongest(panel)
        return display.tick_texts(display.ticks(*odds.odds_range(values), 3))
    if panel.kind in clouds.EMBEDDINGS:
        cloud = clouds.cloud_of(panel)
        if cloud.levels:
            return ["cluster 10"]
        lo, hi, _ = clouds.cloud_scale(panel, cloud)
        ends = [display.format_number(lo), display.format_number(hi)]
        return ends + display.tick_texts(display.ticks(lo, hi, 5))
    lo, hi = heat_limits(panel, _limiting(panel, panel.heat))
    texts = [display.format_number(lo), display.format_number(hi)]
    return texts + display.tick_texts(display.ticks(lo, hi, 5))


def right_texts(panel: Panel) -> list[str]:
    """Labels that will stand right of a panel's plot."""
    if not panel.arrays or panel.kind not in ("pileup", "stackup"):
        return []
    if panel.kind == "stackup":
        return [display.format_count(row_window(panel)[1])]
    return [tick.text for tick in axis_ticks(panel.meta["axis"], centred=True)]


def _limiting(panel: Panel, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What automatic limits follow from: all rows of a stackup, however few are drawn."""
    whole = panel.arrays.get("overview")
    return values if whole is None else display.to_display(whole, panel.scale)


def _right_ticks(axes: Axes, ticks: list[AxisTick], bins: int) -> None:
    axes.yaxis.tick_right()
    axes.set_yticks([t.at * bins for t in ticks], labels=[t.text for t in ticks])
    for tick, label in zip(ticks, axes.get_yticklabels(), strict=True):
        label.set_verticalalignment(
            "top" if tick.at < 0.1 else "bottom" if tick.at > 0.9 else "center"
        )
