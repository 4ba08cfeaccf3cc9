"""The page of a figure and where its panels go; lengths in mm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hicognition_widgets.export.figure_text import line_height
from hicognition_widgets.export.panels import Panel
from hicognition_widgets.export.paper import Box, Pen

MARGIN = 1.5
_BETWEEN = 2.0
_NARROW = 46.0
#: A panel needs so many mm of the page for numbers that can be told apart.
_LEAST = 38.0
_TALLER = {
    "pileup": 1.0,
    "profile": 1.0,
    "stackup": 1.35,
    "embedding1d": 1.0,
    "embedding2d": 1.0,
    "enrichment": 1.5,
}


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


@dataclass(frozen=True)
class PageGrid:
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
    ) -> PageGrid:
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
    ) -> PageGrid:
        margin, between = MARGIN * page.factor, _BETWEEN * page.factor
        cell = (page.width - 2 * margin - (columns - 1) * between) / columns
        labels_right = cell >= _NARROW * page.factor
        side = max(cell - pen.left - (pen.right if labels_right else margin), 5.0)
        rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
        relative = [max(_TALLER[panel.kind] for panel in row) for row in rows]
        around = pen.top + pen.below
        foot = notes * line_height(pen) + (between if notes else 0)
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
