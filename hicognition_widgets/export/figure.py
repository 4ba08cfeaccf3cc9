"""A comparison as a figure for a paper or a talk: PNG, SVG or PDF, without a browser.

Sizes are millimetres and points. Colours, limits and ticks come from the rules that the
browser uses too, so the figure shows the picture of the screen.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.drawing import draw, left_texts, right_texts
from hicognition_widgets.export.figure_layout import MARGIN, PRESETS, PageGrid
from hicognition_widgets.export.figure_text import (
    MM,
    letter_of,
    line_height,
    readable,
    shortened,
    wrapped,
)
from hicognition_widgets.export.files import plain_json, write_whole
from hicognition_widgets.export.panels import Line, Panel, caption, lines_of, scale_bar
from hicognition_widgets.export.paper import INK, Box, Paper, Pen, text_width
from hicognition_widgets.export.svg_fonts import with_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONTS = ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"]
_FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
_SQUARE = ("pileup", "embedding1d", "embedding2d")


def write_figure(
    panels: Sequence[Panel],
    path: str | Path,
    *,
    title: str = "",
    noun: str = "regions",
    preset: str = "double",
    columns: int = 0,
    dpi: int = 300,
    origin: Mapping[str, Any] | None = None,
) -> Path:
    """Draw panels and write them; the ending of `path` chooses PNG, SVG or PDF.

    Parameters
    ----------
    panels : sequence of Panel
        In the order of the screen; lettered a, b, c …
    path : str or Path
        An existing file is replaced only by a complete one.
    title : str
        What the regions are, for the caption line.
    noun : str
        ``"regions"`` or ``"pairs"``.
    preset : {"single", "double", "slide"}
        See :data:`PRESETS`.
    columns : int
        Panels beside each other, fewer where the page is too narrow; 0 is automatic.
    dpi : int
        Pixels per inch of a PNG.
    origin : mapping, optional
        Provenance, kept as JSON in the file's own metadata.

    Raises
    ------
    InputError
        If there is no panel, or preset, columns or ending are unknown.
    FileError
        If the file cannot be written.
    """
    path = Path(path)
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(f'a figure cannot be written as "{path.name}"; use .png, .svg or .pdf')
    content = figure_bytes(
        panels,
        form,
        title=title,
        noun=noun,
        preset=preset,
        columns=columns,
        dpi=dpi,
        origin=origin,
    )
    write_whole(path, lambda file: file.write(content))
    return path


def figure_bytes(
    panels: Sequence[Panel],
    form: str,
    *,
    title: str = "",
    noun: str = "regions",
    preset: str = "double",
    columns: int = 0,
    dpi: int = 300,
    origin: Mapping[str, Any] | None = None,
) -> bytes:
    """Content of the file that :func:`write_figure` writes; `form` is png, svg or pdf."""
    import matplotlib as mpl

    title = readable(title)
    buffer = io.BytesIO()
    with mpl.rc_context(_style()):
        figure = comparison_figure(
            panels, title=title, noun=noun, preset=preset, columns=columns, vector=form != "png"
        )
        figure.savefig(buffer, format=form, dpi=dpi, metadata=_metadata(form, title, origin))
    if form == "svg":
        return with_fonts(buffer.getvalue().decode(), _FONTS).encode()
    return buffer.getvalue()


def _metadata(form: str, title: str, origin: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the file says about itself; without dates, so that equal input gives equal files."""
    known: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
    if title:
        known["Title"] = title
    if origin is not None:
        text = json.dumps(plain_json(origin, "the origin of a figure"), ensure_ascii=True)
        known["Subject" if form == "pdf" else "Description"] = text
    return known


def comparison_figure(
    panels: Sequence[Panel],
    *,
    title: str = "",
    noun: str = "regions",
    preset: str = "double",
    columns: int = 0,
    vector: bool = False,
) -> Figure:
    """The matplotlib figure that :func:`write_figure` saves; parameters as there.

    With ``vector=True`` large matrices are embedded cell by cell, for SVG and PDF.
    """
    if not panels:
        raise InputError("there is nothing to draw; add a view first")
    if preset not in PRESETS:
        raise InputError(f'there is no preset "{preset}"; use {", ".join(PRESETS)}')
    if columns < 0:
        raise InputError(f"columns must not be negative, not {columns}")
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [
        replace(
            panel,
            **{
                one.name: readable(getattr(panel, one.name))
                for one in fields(panel)
                if one.name != "arrays"
            },
        )
        for panel in panels
    ]
    title = readable(title)
    page = PRESETS[preset]
    pen = Pen().scaled(page.factor)
    letters = [letter_of(i) for i in range(len(panels))]
    words = caption(panels, letters, title, noun)
    with mpl.rc_context(_style()):
        pen = _with_room(pen, panels)
        notes = wrapped(words, page.width - 2 * MARGIN * page.factor, pen.text - page.factor)
        grid = PageGrid.fit(panels, page, pen, columns, len(notes))
        figure = Figure(figsize=(page.width / MM, grid.height / MM), facecolor="white")
        FigureCanvasAgg(figure)
        paper = Paper(figure, page.width, grid.height, pen, vector)
        for i, panel in enumerate(panels):
            _panel(paper, panel, letters[i], grid.cell(i), grid)
        step = line_height(pen)
        for i, note in enumerate(reversed(notes)):
            paper.text(
                MARGIN * page.factor,
                grid.height - MARGIN * page.factor - (i + 0.5) * step,
                note,
                fontsize=pen.text - page.factor,
            )
    return figure


def _style() -> Any:
    """Settings of matplotlib: text stays text, and equal input gives equal files."""
    return {
        "font.family": "sans-serif",
        "font.sans-serif": _FONTS,
        "svg.fonttype": "none",
        "svg.hashsalt": "hicognition-widgets",
        "pdf.fonttype": 42,
        "hatch.linewidth": 0.4,
        "axes.unicode_minus": True,
        "text.usetex": False,
        "path.simplify": False,
    }


def _panel(paper: Paper, panel: Panel, letter: str, cell: Box, grid: PageGrid) -> None:
    pen = paper.pen
    baseline = cell.y + pen.top / 2
    paper.text(cell.x, baseline, letter, fontsize=pen.letter, fontweight="bold")
    indent = pen.letter * 0.45
    room = cell.width - indent - grid.between
    bar = scale_bar(panel.meta["axis"]) if panel.kind == "pileup" and panel.arrays else None
    if bar is not None:
        right = cell.x + pen.left + grid.side
        room = _scale_bar(paper, bar, right, baseline, grid.side) - cell.x - indent
    paper.text(cell.x + indent, baseline, shortened(panel.title, room, pen.text))
    top = cell.y + pen.top
    across = cell.width - pen.left - (pen.right if grid.labels_right else grid.margin)
    height = cell.height if panel.kind not in _SQUARE else grid.side
    box = Box(cell.x + pen.left, top, grid.side if panel.kind in _SQUARE else across, height)
    if panel.kind == "profile" and panel.arrays:
        several = len(panel.meta.get("tracks", ())) > 1
        used = _legend(paper, lines_of(panel), cell, top) if several else 0.0
        box = Box(box.x, top + used, box.width, height - used)
    draw(paper, panel, box, labels_right=grid.labels_right)


def _scale_bar(
    paper: Paper, bar: tuple[float, str], right: float, y: float, side: float
) -> float:
    """A length and its name, ending at `right`; returns where its room begins, in mm."""
    part, text = bar
    pen = paper.pen
    length = part * side
    axes = paper.axes(Box(right - length, y - 0.5, length, 1.0))
    axes.set_axis_off()
    axes.plot([0, 1], [0.5, 0.5], color=INK, lw=2 * pen.line, solid_capstyle="butt")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    start = right - length - pen.gap
    paper.text(start, y, text, ha="right", fontsize=pen.text - 1)
    return start - text_width(text, pen.text - 1) - pen.gap


def _legend(paper: Paper, lines: Sequence[Line], cell: Box, top: float) -> float:
    """Names of several lines in rows above the plot; returns the height used in mm."""
    if not lines:
        return 0.0
    pen = paper.pen
    swatch, pad, step = pen.text * 0.5, pen.text * 0.35, line_height(pen)
    indent = pen.letter * 0.45
    x, y = cell.x + indent, top + step / 2
    for line in lines:
        name = shortened(line.name, cell.width - indent - swatch - 2 * pad, pen.text)
        wide = swatch + pad + text_width(name, pen.text)
        if x > cell.x + indent and x + wide > cell.x + cell.width:
            x, y = cell.x + indent, y + step
        axes = paper.axes(Box(x, y - 0.5, swatch, 1.0))
        axes.set_axis_off()
        style = (0, line.dash) if line.dash else "-"
        axes.plot([0, 1], [0.5, 0.5], color=line.colour, lw=1.4 * pen.line, ls=style)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        paper.text(x + swatch + pad / 2, y, name, color=INK)
        x += wide + 2 * pad
    return y + step / 2 + pad - top


def _with_room(pen: Pen, panels: Sequence[Panel]) -> Pen:
    """The pen with room for the widest numbers left and right of any plot."""
    outside = pen.pad + pen.tick
    left = [text_width(text, pen.text) for panel in panels for text in left_texts(panel)]
    right = [text_width(text, pen.text) for panel in panels for text in right_texts(panel)]
    return replace(
        pen,
        numbers=max([pen.numbers, *(width + 2 * outside for width in left)]),
        right=max([pen.right, *(width + 2 * outside for width in right)]),
    )
