"""A comparison as the Python cell that rebuilds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.views.base import View

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


def comparison_code(comparison: Comparison) -> str:
    """Short runnable code; datasets by name, everything else by its value."""
    regions = comparison.regions
    if regions is None:
        return ""
    extra = "".join(
        f", {name}={value!r}"
        for name, value in (
            ("flank", comparison.flank),
            ("title", comparison.title),
            ("columns", comparison.columns),
        )
        if value
    )
    lines = ["import hicognition_widgets as hcw", "", "ws = hcw.Workspace()"]
    lines.append(f"c = ws.compare({_reference(regions)}{extra})")
    lines += [view_code(view, "c") for view in comparison.views]
    lines.append("c")
    return "\n".join(lines)


def view_code(view: View, comparison: str) -> str:
    """The ``add`` call that makes one view."""
    settings = _settings(view, without=("kind", "features", "flank"))
    return f"{comparison}.add({view.kind!r}, {_features(view)}{settings})"


def standalone_code(view: View) -> str:
    """Short runnable code for one view by itself."""
    if view.regions is None:
        return ""
    call = f"{type(view).__name__}(ws, {_reference(view.regions)}, {_features(view)}"
    settings = _settings(view, without=("kind", "features"))
    lines = ["import hicognition_widgets as hcw", "", "ws = hcw.Workspace()"]
    return "\n".join([*lines, f"hcw.{call}{settings})"])


def _features(view: View) -> str:
    names = [_reference(dataset) for dataset in view.datasets]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def _settings(view: View, *, without: tuple[str, ...]) -> str:
    kept = {name: value for name, value in view.settings.items() if name not in without}
    return "".join(f", {name}={value!r}" for name, value in kept.items())


def _reference(dataset: DatasetRecord) -> str:
    """A name Python can look up again, the owner included."""
    return repr(f"{dataset.owner}/{dataset.name}")
