"""A comparison as the Python cell that rebuilds it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import NotFound
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.base import View
from hicognition_widgets.views.line_keys import renamed
from hicognition_widgets.views.sharing import links_among

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.host import Host


#: Runs of so many rows are spelled out.
_SHORT_RUN = 3
_START = ("import hicognition_widgets as hcw", "", "ws = hcw.Workspace()")


def comparison_code(comparison: Comparison) -> str:
    """Short runnable code; datasets by name, everything else by its value."""
    if comparison.regions is None:
        return ""
    return "\n".join([*_START, *_comparison_lines(comparison, "c"), "c"])


def board_code(board: Board) -> str:
    """Short runnable code of several comparisons side by side."""
    lines = list(_START)
    names = [f"c{i}" for i in range(1, len(board.comparisons) + 1)]
    for name, comparison in zip(names, board.comparisons, strict=True):
        lines += _comparison_lines(comparison, name)
    settings = "".join(f", {name}={value!r}" for name, value in board.settings.items())
    lines.append(f"board = hcw.Board({', '.join(names)}{settings})")
    places = {
        id(view): (comparison, f"{name}.views[{i}]")
        for name, comparison in zip(names, board.comparisons, strict=True)
        for i, view in enumerate(comparison.views)
    }
    for link in links_among(board.linkable()):
        (one, donor), (other, recipient) = places[id(link.donor)], places[id(link.recipient)]
        if one is not other:
            lines.append(f"board.link_{link.shared}({donor}, {recipient})")
    return "\n".join([*lines, "board"])


def _comparison_lines(comparison: Comparison, name: str) -> list[str]:
    regions = comparison.regions
    if regions is None:
        return []
    extra = "".join(
        f", {setting}={value!r}"
        for setting, value in (
            ("flank", comparison.flank),
            ("title", comparison.title),
            ("columns", comparison.columns),
        )
        if value
    )
    links = links_among(comparison.views)
    named = [v for v in comparison.views if any(v in link for link in links)]
    before = "" if name == "c" else name
    names = {id(view): f"{before}v{i}" for i, view in enumerate(named, 1)}
    lines = [f"{name} = ws.compare({_reference(regions)}{extra})"]
    for view in comparison.views:
        called = names.get(id(view))
        code = view_code(view, name)
        lines.append(f"{called} = {code}" if called else code)
    lines += [
        f"{name}.link_{link.shared}({names[id(link.donor)]}, {names[id(link.recipient)]})"
        for link in links
    ]
    return [*lines, *_selection_lines(comparison, name)]


def _selection_lines(comparison: Comparison, name: str) -> list[str]:
    """What was kept, and what is selected now."""
    lines = []
    now = comparison.selection
    current = None
    for kept, rows in comparison.kept_selections.items():
        lines += [
            f"{name}.selection = {rows_code(rows)}",
            f"{name}.keep_selection({kept!r})",
        ]
        if now is not None and np.array_equal(rows, now):
            current = kept
    if current is not None:
        lines.append(f"{name}.choose_selection({current!r})")
    elif now is not None or lines:
        lines.append(f"{name}.selection = {'None' if now is None else rows_code(now)}")
    return lines


def rows_code(rows: npt.NDArray[np.int64]) -> str:
    """Sorted row numbers as a Python list, runs as ranges."""
    if len(rows) == 0:
        return "[]"
    breaks = np.flatnonzero(np.diff(rows) != 1) + 1
    parts: list[str] = []
    for run in np.split(rows, breaks):
        first, last = int(run[0]), int(run[-1])
        if len(run) > _SHORT_RUN:
            parts.append(f"*range({first}, {last + 1})")
        else:
            parts += [str(int(row)) for row in run]
    return f"[{', '.join(parts)}]"


def view_code(view: View, comparison: str) -> str:
    """The ``add`` call that makes one view."""
    # what a view takes from another comes with the link
    taken = ("vmin", "vmax", *view.adopted) if view.giver("scale") is not None else ()
    settings = _settings(view, without=("kind", "features", "flank", *taken))
    return f"{comparison}.add({view.kind!r}, {_features(view)}{settings})"


def standalone_code(view: View) -> str:
    """Short runnable code for one view by itself."""
    if view.regions is None:
        return ""
    if isinstance(view.host, ArrayHost):
        return _array_code(view, view.host)
    call = f"{type(view).__name__}(ws, {_reference(view.regions)}, {_features(view)}"
    settings = _settings(view, without=("kind", "features"))
    return "\n".join([*_START, f"hcw.{call}{settings})"])


def _array_code(view: View, host: ArrayHost) -> str:
    """Code for a view of arrays, called ``values`` and ``other``."""
    given = [] if host.axis.flank is None else [f"flank={host.axis.flank}"]
    if view.kind not in _COUNTED_BY_ARRAYS:
        given.append(f"n={host.n}")
    if view.kind in _NAMED_EACH:
        given.append(f"names={[record.name for record in host.features]!r}")
    elif view.kind != "profile" and view.features:
        given.append(f"name={view.datasets[0].name!r}")
    given.append(f"regions={host.regions.name!r}")
    other = getattr(view, "other", None)
    if other is not None:
        given.append(f"other=other, other_name={other.name!r}")
    if host.region_frame(host.regions) is not None:
        given.append("names=names")
    if host.annotation_names(host.regions):
        given.append("annotations=annotations")
    arrays = "odds_ratio, p_value" if view.kind == "enrichment" else "values"
    without = ("kind", "features", "versus", "flank", "binsize", "bin_percent")
    settings = _settings(view, without=without)
    call = f"{type(view).__name__}.from_array({arrays}, {', '.join(given)}{settings})"
    return "\n".join(["import hicognition_widgets as hcw", "", f"hcw.{call}"])


_COUNTED_BY_ARRAYS = ("stackup", "embedding1d", "embedding2d")
_NAMED_EACH = ("embedding1d", "enrichment")


def _features(view: View) -> str:
    names = [_reference(dataset) for dataset in view.datasets]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def _settings(view: View, *, without: tuple[str, ...]) -> str:
    kept = {name: value for name, value in view.settings.items() if name not in without}
    return "".join(f", {name}={_value(view, name, value)}" for name, value in kept.items())


def _value(view: View, name: str, value: Any) -> str:
    """A setting as Python; datasets by name."""
    if name == "hidden" and view.host is not None:
        return repr(renamed(value, partial(_name, view.host)))
    if name not in view.refers or view.host is None:
        return repr(value)
    names = [_reference(view.host.dataset(int(number))) for number in value]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def _name(host: Host, number: str) -> str:
    """Name of a dataset that Python can look up again; the number of one that is gone."""
    try:
        dataset = host.dataset(int(number))
    except NotFound:
        return number
    return dataset.name if isinstance(host, ArrayHost) else f"{dataset.owner}/{dataset.name}"


def _reference(dataset: DatasetRecord) -> str:
    """A name Python can look up again, the owner included."""
    return repr(f"{dataset.owner}/{dataset.name}")
