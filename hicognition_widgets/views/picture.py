"""Views as figures, drawn from the same traits and results that the browser draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.views.base import View

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

_SKETCHED = 4
_SKETCH_DPI = 96
_SAVED_DPI = 120


def write_figure(comparison: Comparison, path: Path, *, preset: str) -> Path:
    """All views of a comparison on one figure; waits for them."""
    from hicognition_widgets.export.figure import write_figure

    return write_figure(path=path, **_figure(comparison, preset))


def figure_file(shown: Comparison | View, form: str, *, preset: str) -> bytes:
    """Content of the file that ``save`` writes; `form` is png, svg or pdf."""
    from hicognition_widgets.export.figure import figure_bytes

    return figure_bytes(form=form, **_figure(shown, preset))


def write_view(view: View, path: Path, *, preset: str) -> Path:
    """One view as a figure; the path's ending chooses PNG, SVG or PDF."""
    from hicognition_widgets.export.figure import write_figure

    return write_figure(path=path, **_figure(view, preset))


def _figure(shown: Comparison | View, preset: str) -> dict[str, Any]:
    """What a figure is made of: panels, words, and where they come from; waits for it."""
    shown.wait()
    return _drawing(shown, preset) | {"origin": shown.provenance}


def _drawing(shown: Comparison | View, preset: str) -> dict[str, Any]:
    """Panels and words of a figure of views that are ready."""
    from hicognition_widgets.export.panels import Panel

    views = [shown] if isinstance(shown, View) else shown.views
    name = shown.regions.name if shown.regions is not None else ""
    return {
        "panels": [Panel.from_wire(view.get_state(), view.result) for view in views],
        "title": (not isinstance(shown, View) and shown.title) or name,
        "noun": "pairs" if any(view.pairs for view in views) else "regions",
        "preset": preset,
        "columns": 0 if isinstance(shown, View) else shown.columns,
    }


def saved_picture(shown: Comparison | View) -> bytes | None:
    """A PNG for a saved notebook if every view is ready by now, else None; never waits."""
    from hicognition_widgets.export.panels import KINDS

    views = [shown] if isinstance(shown, View) else shown.views
    if not views or any(view.status != "ready" or view.kind not in KINDS for view in views):
        return None
    from hicognition_widgets.export.figure import figure_bytes

    preset = "single" if len(views) == 1 else "double"
    return figure_bytes(form="png", dpi=_SAVED_DPI, **_drawing(shown, preset))


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
