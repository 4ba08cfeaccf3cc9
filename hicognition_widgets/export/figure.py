"""A comparison as a figure for a paper or a talk: PNG, SVG or PDF, without a browser.

Sizes are millimetres and points. Colours, limits and ticks come from the rules that the
browser uses too, so the figure shows the picture of the screen.
"""

from __future__ import annotations

import io
import json
import math
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.drawing import draw, left_texts, right_texts
from hicognition_widgets.export.files import plain_json, write_whole
from hicognition_widgets.export.panels import Line, Panel, caption, lines_of, scale_bar
from hicognition_widgets.export.paper import INK, Box, Paper, Pen, text_width
from hicognition_widgets.export.svg_fonts import with_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MM = 25.4
_MARGIN = 1.5
_BETWEEN = 2.0
_NARROW = 46.0
#: A panel needs so many mm of the page for numbers that can be told apart.
_LEAST = 38.0
_FONTS = ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"]
_FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
_TALLER = {
    "pileup": 1.0,
    "profile": 1.0,
    "stackup": 1.35,
    "embedding1d": 1.0,
    "embedding2d": 1.0,
    "enrichment": 1.5,
}
_SQUARE = ("pileup", "embedding1d", "embedding2d")


@dataclass(frozen=True)
class Preset:
    """A page: width in mm, height in mm or None (as needed), size of text and lines."""

    width: float
    height: float | None = None
    factor: float = 1.0


PRESETS = {
    "single": Preset(85.0),
    "double": Preset(174.0),
    "slide": Preset(254.0, 142.875, 1.5),
}
"""One column of a journal (85 mm), two columns (174 mm), a slide (16:9)."""


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

    title = _readable(title)
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
                one.name: _readable(getattr(panel, one.name))
                for one in fields(panel)
                if one.name != "arrays"
            },
        )
        for panel in panels
    ]
    title = _readable(title)
    page = PRESETS[preset]
    pen = Pen().scaled(page.factor)
    letters = [_letter(i) for i in range(len(panels))]
    words = caption(panels, letters, title, noun)
    with mpl.rc_context(_style()):
        pen = _with_room(pen, panels)
        notes = _wrapped(words, page.width - 2 * _MARGIN * page.factor, pen.text - page.factor)
        grid = _Grid.fit(panels, page, pen, columns, len(notes))
        figure = Figure(figsize=(page.width / _MM, grid.height / _MM), facecolor="white")
        FigureCanvasAgg(figure)
        paper = Paper(figure, page.width, grid.height, pen, vector)
        for i, panel in enumerate(panels):
            _panel(paper, panel, letters[i], grid.cell(i), grid)
        step = _line_height(pen)
        for i, note in enumerate(reversed(notes)):
            paper.text(
                _MARGIN * page.factor,
                grid.height - _MARGIN * page.factor - (i + 0.5) * step,
                note,
                fontsize=pen.text - page.factor,
            )
    return figure


# No page has room for more letters of one text, and measuring them would take long.
_LONGEST = 500
# Control characters are not allowed in SVG; marks that turn the direction of writing would let
# a name read as another one.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _readable(value: Any) -> Any:
    """Plain data with a replacement mark for what no font can show, and no endless names."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        return _UNREADABLE.sub("\ufffd", text)
    if isinstance(value, Mapping):
        return {key: _readable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_readable(part) for part in value)
    return value


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


@dataclass(frozen=True)
class _Grid:
    """Where panels go: equal cells, rows as high as their panels need."""

    columns: int
    cell_width: float
    side: float
    tops: tuple[float, ...]
    row_heights: tuple[float, ...]
    height: float
    labels_right: bool
    margin: float
    between: float

    @classmethod
    def fit(
        cls, panels: Sequence[Panel], page: Preset, pen: Pen, columns: int, notes: int
    ) -> _Grid:
        """The layout, for an automatic number of columns the one with the largest plots."""
        n = len(panels)
        if columns:
            room = max(int(page.width / (_LEAST * page.factor)), 1)
            return cls._with(panels, page, pen, min(columns, n, room), notes)
        if page.height is None:
            most = 3 if page.width > 100 else 2 if n > 2 else 1
            return cls._with(panels, page, pen, min(most, n), notes)
        choices = [cls._with(panels, page, pen, count, notes) for count in range(1, n + 1)]
        return max(choices, key=lambda grid: grid.side)

    @classmethod
    def _with(
        cls, panels: Sequence[Panel], page: Preset, pen: Pen, columns: int, notes: int
    ) -> _Grid:
        margin, between = _MARGIN * page.factor, _BETWEEN * page.factor
        cell = (page.width - 2 * margin - (columns - 1) * between) / columns
        labels_right = cell >= _NARROW * page.factor
        side = max(cell - pen.left - (pen.right if labels_right else margin), 5.0)
        rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
        relative = [max(_TALLER[panel.kind] for panel in row) for row in rows]
        around = pen.top + pen.below
        foot = notes * _line_height(pen) + (between if notes else 0)
        spare = 2 * margin + foot + len(rows) * around + (len(rows) - 1) * between
        if page.height is not None:
            side = min(side, max((page.height - spare) / sum(relative), 5.0))
        elif columns == 1:
            side = min(side, 60.0)
        heights = [side * r for r in relative]
        tops, y = [], margin
        for height in heights:
            tops.append(y)
            y += height + around + between
        total = page.height if page.height is not None else sum(heights) + spare
        return cls(
            columns,
            cell,
            side,
            tuple(tops),
            tuple(heights),
            total,
            labels_right,
            margin,
            between,
        )

    def cell(self, i: int) -> Box:
        """Upper left corner and size of a panel with its title."""
        row, column = divmod(i, self.columns)
        x = self.margin + column * (self.cell_width + self.between)
        return Box(x, self.tops[row], self.cell_width, self.row_heights[row])


def _panel(paper: Paper, panel: Panel, letter: str, cell: Box, grid: _Grid) -> None:
    pen = paper.pen
    baseline = cell.y + pen.top / 2
    paper.text(cell.x, baseline, letter, fontsize=pen.letter, fontweight="bold")
    indent = pen.letter * 0.45
    room = cell.width - indent - grid.between
    bar = scale_bar(panel.meta["axis"]) if panel.kind == "pileup" and panel.arrays else None
    if bar is not None:
        right = cell.x + pen.left + grid.side
        room = _scale_bar(paper, bar, right, baseline, grid.side) - cell.x - indent
    paper.text(cell.x + indent, baseline, _shortened(panel.title, room, pen.text))
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
    swatch, pad, step = pen.text * 0.5, pen.text * 0.35, _line_height(pen)
    indent = pen.letter * 0.45
    x, y = cell.x + indent, top + step / 2
    for line in lines:
        name = _shortened(line.name, cell.width - indent - swatch - 2 * pad, pen.text)
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


def _letter(i: int) -> str:
    alphabet = string.ascii_lowercase
    return alphabet[i] if i < 26 else alphabet[i // 26 - 1] + alphabet[i % 26]


def _line_height(pen: Pen) -> float:
    return pen.text * 1.3 * _MM / 72


def _shortened(text: str, room: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, in so many mm."""
    text = " ".join(text.split())
    width = text_width(text, size)
    if width <= room:
        return text
    keep = max(math.floor(len(text) * room / width) - 1, 1)
    while keep > 1 and text_width(f"{text[:keep]}…", size) > room:
        keep -= 1
    return f"{text[:keep].rstrip()}…"


def _wrapped(text: str, room: float, size: float) -> list[str]:
    """Lines no wider than so many mm, broken at spaces."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, room, size))
    return [line for line in lines if line]
