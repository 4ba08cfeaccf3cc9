"""Views as figures, drawn from the same traits and results that the browser draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.views.base import View
from hicognition_widgets.views.together import comparisons_of, title_of

if TYPE_CHECKING:
    from hicognition_widgets.export.panels import Panel
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.together import Shown

_SKETCHED = 4
_SKETCH_DPI = 96
_SAVED_DPI = 120


def write_figure(shown: Shown, path: Path, *, preset: str) -> Path:
    """All views of a comparison, or of all on a board, on one figure; waits for them."""
    from hicognition_widgets.export.figure import write_figure

    return write_figure(path=path, **_figure(shown, preset))


def figure_file(shown: Shown | View, form: str, *, preset: str) -> bytes:
    """Content of the file that ``save`` writes; `form` is png, svg or pdf."""
    from hicognition_widgets.export.figure import figure_bytes

    return figure_bytes(form=form, **_figure(shown, preset))


def write_view(view: View, path: Path, *, preset: str) -> Path:
    """One view as a figure; the path's ending chooses PNG, SVG or PDF."""
    from hicognition_widgets.export.figure import write_figure

    return write_figure(path=path, **_figure(view, preset))


def _figure(shown: Shown | View, preset: str) -> dict[str, Any]:
    """What a figure is made of: panels, words, and where they come from; waits for it."""
    shown.wait()
    return _drawing(shown, preset) | {"origin": shown.provenance}


def _drawing(shown: Shown | View, preset: str) -> dict[str, Any]:
    """Panels and words of a figure of views that are ready."""
    if isinstance(shown, View):
        name = shown.regions.name if shown.regions is not None else ""
        views, panels, title, columns = [shown], [_panel(shown)], name, 0
    else:
        several = comparisons_of(shown)
        views = [view for comparison in several for view in comparison.views]
        panels = [
            _panel(view, title_of(comparison) if len(several) > 1 else "")
            for comparison in several
            for view in comparison.views
        ]
        title = title_of(shown)
        columns = several[0].columns if len(several) == 1 else 0
    return {
        "panels": panels,
        "title": title,
        "noun": "pairs" if any(view.pairs for view in views) else "regions",
        "preset": preset,
        "columns": columns,
    }


def _panel(view: View, regions: str = "") -> Panel:
    """A view as a panel; beside other comparisons its title says of which regions it is."""
    from hicognition_widgets.export.panels import Panel

    panel = Panel.from_wire(view.get_state(), view.figure_result())
    return replace(panel, title=f"{regions}: {panel.title}") if regions else panel


def saved_picture(shown: Shown | View) -> bytes | None:
    """A PNG for a saved notebook if every view is ready by now, else None; never waits."""
    from hicognition_widgets.export.panels import KINDS

    if isinstance(shown, View):
        views = [shown]
    else:
        views = [view for comparison in comparisons_of(shown) for view in comparison.views]
    if not views or any(view.status != "ready" or view.kind not in KINDS for view in views):
        return None
    from hicognition_widgets.export.figure import figure_bytes

    preset = "single" if len(views) == 1 else "double"
    return figure_bytes(form="png", dpi=_SAVED_DPI, **_drawing(shown, preset))


def thumbnail(comparisons: Sequence[Comparison]) -> bytes | None:
    """A small PNG of the first comparison that has something to show by now, or None."""
    from hicognition_widgets.export.figure import figure_bytes
    from hicognition_widgets.export.panels import KINDS

    for comparison in comparisons:
        panels = [
            _panel(view)
            for view in comparison.views
            if view.status == "ready" and view.kind in KINDS
        ]
        if panels:
            return figure_bytes(panels[:_SKETCHED], "png", preset="single", dpi=_SKETCH_DPI)
    return None
