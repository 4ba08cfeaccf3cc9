"""A comparison as the Python cell that rebuilds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.base import View
from hicognition_widgets.views.sharing import links_among

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
    links = links_among(comparison.views)
    named = [v for v in comparison.views if any(v in link for link in links)]
    names = {id(view): f"v{i}" for i, view in enumerate(named, 1)}
    for view in comparison.views:
        name = names.get(id(view))
        lines.append(f"{name} = {view_code(view, 'c')}" if name else view_code(view, "c"))
    lines += [
        f"c.link_{link.shared}({names[id(link.donor)]}, {names[id(link.recipient)]})"
        for link in links
    ]
    lines.append("c")
    return "\n".join(lines)


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
    lines = ["import hicognition_widgets as hcw", "", "ws = hcw.Workspace()"]
    return "\n".join([*lines, f"hcw.{call}{settings})"])


def _array_code(view: View, host: ArrayHost) -> str:
    """Code for a view of arrays, which only the notebook has: they are called ``values``."""
    given = [] if host.axis.flank is None else [f"flank={host.axis.flank}"]
    if view.kind not in _COUNTED_BY_ARRAYS:
        given.append(f"n={host.n}")
    if view.kind in _NAMED_EACH:
        given.append(f"names={[record.name for record in host.features]!r}")
    elif view.kind != "profile" and view.features:
        given.append(f"name={view.datasets[0].name!r}")
    given.append(f"regions={host.regions.name!r}")
    arrays = "odds_ratio, p_value" if view.kind == "enrichment" else "values"
    without = ("kind", "features", "flank", "binsize", "bin_percent")
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
    if name not in view.refers or view.host is None:
        return repr(value)
    names = [_reference(view.host.dataset(int(number))) for number in value]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def _reference(dataset: DatasetRecord) -> str:
    """A name Python can look up again, the owner included."""
    return repr(f"{dataset.owner}/{dataset.name}")
