"""From a checked spec to the views of a comparison, all of which compute side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.givers import Shared
from hicognition_widgets.views.row_sources import relocated
from hicognition_widgets.views.sharing import Link, link, why_not
from hicognition_widgets.views.spec import Lookup, checked_spec, missing_sentence

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.host import Host

_MOST_BINS = 20_000


def built(kind: type[Comparison], ws: Host, spec: object, where: str = "") -> Comparison:
    """A new comparison that shows what the spec says.

    Raises
    ------
    InputError
        If the spec is not one; the sentence holds the path of the field.
    NotFound
        If its region set is gone or out of sight.
    """
    today = checked_spec(spec, where)
    look = Lookup(ws, today["datasets"])
    regions = _regions(today, look, where)
    comparison = kind(
        ws,
        regions,
        today.get("flank"),
        title=today.get("title", ""),
        columns=today.get("columns", 0),
    )
    try:
        views = _views(comparison, regions, today, look, where)
        comparison.begin(regions, comparison.flank, views, lost=_lost(views, look))
        _select(comparison, today, where)
        _link(views, today)
        comparison.forget_steps()
    except BaseException:
        comparison.close()
        raise
    return comparison


def load(comparison: Comparison, spec: object) -> None:
    """Let a comparison show what the spec says, in place of what it showed."""
    today = checked_spec(spec)
    look = Lookup(comparison.host, today["datasets"])
    regions = _regions(today, look, "")
    views = _views(comparison, regions, today, look, "")
    with comparison.one_message():
        comparison.begin(regions, today.get("flank"), views, lost=_lost(views, look))
        _select(comparison, today, "")
        _link(views, today)
        comparison.title = today.get("title", "")
        comparison.columns = today.get("columns", 0)
    comparison.forget_steps()


def _regions(spec: Mapping[str, Any], look: Lookup, where: str) -> Any:
    key = spec["regions"]
    if key is None:
        raise InputError(f"{where}{'.' if where else ''}regions is null; name a region set")
    found = look.find(key)
    if found is None:
        raise NotFound(missing_sentence([look.name(key)]))
    return found


def _select(comparison: Comparison, spec: Mapping[str, Any], where: str) -> None:
    """The selections of a spec, as far as the region set has their rows."""
    kept, chosen = spec.get("selections") or {}, spec.get("selection")
    try:
        for name, rows in kept.items():
            comparison.selection = rows
            comparison.keep_selection(name)
        comparison.selection = chosen
        for name, rows in comparison.kept_selections.items():
            if chosen is not None and np.array_equal(rows, chosen):
                comparison.choose_selection(name)
    except traitlets.TraitError as error:
        raise InputError(f"{where}{'.' if where else ''}selection: {error}") from error


def _pairs(views: list[View], spec: Mapping[str, Any]) -> Iterator[tuple[str, Link]]:
    """Links of a spec, whose places are checked, and their paths in it."""
    links: dict[Shared, list[list[int]]] = spec.get("links", {})
    for shared, pairs in links.items():
        for i, (donor, recipient) in enumerate(pairs):
            yield f"links.{shared}[{i}]", Link(shared, views[donor], views[recipient])


def _check_links(views: list[View], spec: Mapping[str, Any], where: str) -> None:
    for path, (shared, donor, recipient) in _pairs(views, spec):
        problem = why_not(shared, donor, recipient)
        if problem:
            for view in views:
                view.close()
            raise InputError(f"{where}{'.' if where else ''}{path}: {problem}")


def _link(views: list[View], spec: Mapping[str, Any]) -> None:
    for _, (shared, donor, recipient) in _pairs(views, spec):
        link(shared, donor, [recipient])


def _lost(views: list[View], look: Lookup) -> dict[str, dict[str, Any]]:
    keys = [key for view in views for key in (*view.lost, *_by_trait(view))]
    return {key: look.entry(key) for key in keys}


def _by_trait(view: View) -> list[str]:
    return [key for gone in view.lost_by.values() for key in gone]


def _views(
    comparison: Comparison,
    regions: Any,
    spec: Mapping[str, Any],
    look: Lookup,
    where: str,
) -> list[View]:
    flank = None if regions.region_kind == "interval" else spec.get("flank")
    made: list[View] = []
    for i, settings in enumerate(spec["views"]):
        path = f"{where}{'.' if where else ''}views[{i}]"
        binsize = settings.get("binsize")
        if flank and binsize and 2 * flank / binsize > _MOST_BINS:
            raise InputError(
                f"{path}.binsize is {binsize:,} bp, too small for ±{flank:,} bp: a view has at "
                f"most {_MOST_BINS:,} bins"
            )
        wanted = {
            name: value
            for name, value in settings.items()
            if name not in ("kind", "features", "flank")
        }
        if flank is not None:
            wanted["flank"] = flank
        wanted = relocated(wanted, lambda key: _number(look, key))
        gone = _take_references(settings["kind"], wanted, look)
        keys = settings.get("features", [])
        found = {key: look.find(key) for key in keys}
        features = [record.id for key in keys if (record := found[key]) is not None]
        lost = {key: look.name(key) for key, record in found.items() if record is None}
        try:
            view = comparison.new_view(
                settings["kind"], features, regions=regions, lost=lost, **wanted
            )
        except traitlets.TraitError as error:
            for view in made:
                view.close()
            raise InputError(f"{path}: {error}") from error
        for name, names in gone.items():
            view.lose(name, names)
        made.append(view)
    _check_links(made, spec, where)
    return made


def _number(look: Lookup, key: str) -> str:
    """Today's number of a dataset; one that is gone keeps its own, and is missed later."""
    record = look.find(key)
    return key if record is None else str(record.id)


def _take_references(
    kind: str, wanted: dict[str, Any], look: Lookup
) -> dict[str, dict[str, str]]:
    """Put today's numbers into settings that name datasets; returns what is gone, by name."""
    from hicognition_widgets.views.kinds import KINDS

    gone: dict[str, dict[str, str]] = {}
    for name in KINDS[kind].refers:
        if name == "features" or not wanted.get(name):
            continue
        found = {key: look.find(key) for key in wanted[name]}
        wanted[name] = [str(record.id) for record in found.values() if record is not None]
        lost = {key: look.name(key) for key, record in found.items() if record is None}
        if lost:
            gone[name] = lost
    return gone
