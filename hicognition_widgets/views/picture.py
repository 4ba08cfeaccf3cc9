"""Views as figures, drawn from the same traits and results that the browser draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hicognition_widgets.views.base import View

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

_SKETCHED = 4
_SKETCH_DPI = 96


def write_figure(comparison: Comparison, path: Path, *, preset: str) -> Path:
    """All views of a comparison on one figure; waits for them."""
    comparison.wait()
    name = comparison.regions.name if comparison.regions is not None else ""
    return write_views(
        comparison.views,
        path,
        title=comparison.title or name,
        preset=preset,
        columns=comparison.columns,
    )


def write_views(
    views: Sequence[View], path: Path, *, title: str = "", preset: str, columns: int = 0
) -> Path:
    """These views on one figure; the path's ending chooses PNG, SVG or PDF."""
    from hicognition_widgets.export.figure import write_figure
    from hicognition_widgets.export.panels import Panel

    panels = []
    for view in views:
        view.wait()
        panels.append(Panel.from_wire(view.get_state(), view.result))
    pairs = any(view.pairs for view in views)
    return write_figure(
        panels,
        path,
        title=title,
        noun="pairs" if pairs else "regions",
        preset=preset,
        columns=columns,
    )


def thumbnail(comparisons: Sequence[Comparison]) -> bytes | None:
    """A small PNG of the first comparison that has something to show by now, or None."""
    from hicognition_widgets.export.figure import figure_bytes
    from hicognition_widgets.export.panels import KINDS, Panel

    for comparison in comparisons:
        panels = [
            Panel.from_wire(view.get_state(), view.result)
            for view in comparison.views
            if view.status == "ready" and view.kind in KINDS
        ]
        if panels:
            return figure_bytes(panels[:_SKETCHED], "png", preset="single", dpi=_SKETCH_DPI)
    return None
