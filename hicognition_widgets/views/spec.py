"""A comparison as plain data, and plain data as a comparison.

A spec holds settings and the names of datasets, never their content. It comes from a
database that others write to, or from a file somebody sent: it is checked against a schema
before anything is made of it, and a refusal names the field.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.givers import SHARED
from hicognition_widgets.views.row_sources import referred
from hicognition_widgets.views.sharing import links_among
from hicognition_widgets.views.spec_migrations import VERSION, migrated
from hicognition_widgets.views.spec_schema import comparison_schema, problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hicognition_widgets.catalog import DatasetRecord
    from hicognition_widgets.views.base import View
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.host import Host

_DEEPEST = 20
_MOST_VALUES = 250_000


def comparison_spec(comparison: Comparison) -> dict[str, Any]:
    """What the comparison shows: settings, and who its datasets are."""
    regions = comparison.regions
    own = {} if regions is None else {str(regions.id): _identity(regions)}
    datasets = own | _shown(comparison)
    for key in sorted(set(comparison.lost) - set(datasets)):
        datasets[key] = dict(comparison.lost[key])
    chosen = comparison.selection
    return {
        "selection": None if chosen is None else [int(row) for row in chosen],
        "selections": {
            name: [int(row) for row in rows]
            for name, rows in comparison.kept_selections.items()
        },
        "version": VERSION,
        "regions": None if regions is None else str(regions.id),
        "flank": comparison.flank,
        "title": comparison.title,
        "columns": comparison.columns,
        "views": [view_spec(view) for view in comparison.views],
        "links": _links(comparison),
        "datasets": datasets,
    }


def _links(comparison: Comparison) -> dict[str, list[list[int]]]:
    """Who takes what from whom within the comparison, by the places of the views."""
    views = list(comparison.views)
    found = links_among(views)
    return {
        shared: [
            [views.index(link.donor), views.index(link.recipient)]
            for link in found
            if link.shared == shared
        ]
        for shared in SHARED
        if any(link.shared == shared for link in found)
    }


def checked_links(spec: Mapping[str, Any], where: str = "") -> None:
    """Refuse links between views that are not there, and chains of them.

    Raises
    ------
    InputError
        With the path of the link, such as ``links.scale[0]``.
    """
    n = len(spec["views"])
    for shared, pairs in spec.get("links", {}).items():
        donors = {donor for donor, _ in pairs}
        seen: set[int] = set()
        for i, (donor, recipient) in enumerate(pairs):
            path = f"{_join(where, 'links')}.{shared}[{i}]"
            gone = next((place for place in (donor, recipient) if place >= n), None)
            if gone is not None:
                raise InputError(f"{path} names view {gone}; there are {n}, counted from 0")
            if donor == recipient:
                raise InputError(f"{path} links view {donor} with itself")
            if recipient in donors:
                raise InputError(f"{path}: view {recipient} gives, so it cannot take")
            if recipient in seen:
                raise InputError(f"{path}: view {recipient} takes from another one already")
            seen.add(recipient)


def _shown(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Who the datasets are that views refer to; asked of the catalog together."""
    views: dict[str, View] = {}
    for view in comparison.views:
        for name in view.refers:
            for key in getattr(view, name):
                if key not in view.lost_by.get(name, {}):
                    views.setdefault(key, view)
        for key in referred(view.settings):
            views.setdefault(key, view)
    try:
        records = comparison.host.datasets_by_number([int(key) for key in views])
    except NotFound:  # one of them is gone: which one is asked of each
        return {key: _known(comparison.host, view, key) for key, view in views.items()}
    return {key: _identity(record) for key, record in zip(views, records, strict=True)}


def _known(ws: Host, view: View, key: str) -> dict[str, Any]:
    """Who a feature is, also when it was deleted while it is shown."""
    try:
        return _identity(ws.dataset(int(key)))
    except NotFound:
        options = [*view.feature_options, *getattr(view, "versus_options", ())]
        names = {option["id"]: option["name"] for option in options}
        return {
            "name": names.get(key, f"dataset {key}"),
            "owner": "",
            "kind": view.feature_kind,
            "fingerprint": "",
        }


def view_spec(view: View) -> dict[str, Any]:
    """The settings of a view; features that are gone stay named, for when they return."""
    settings = view.settings
    if view.lost:
        settings["features"] = [*settings.get("features", ()), *view.lost]
    return settings


def _identity(record: DatasetRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "owner": record.owner,
        "kind": record.kind,
        "fingerprint": record.fingerprint,
    }


def checked_spec(spec: object, where: str = "") -> dict[str, Any]:
    """The spec in today's version, if it is one.

    Parameters
    ----------
    spec : object
        Whatever came.
    where : str
        Path to the spec within something larger, for the sentence.

    Raises
    ------
    InputError
        With the path of the offending field, such as ``views[1].normalization``.
    """
    plain(spec, where)
    if not isinstance(spec, Mapping):
        raise InputError(f"{where or 'the spec'} has to be a mapping of fields")
    today = migrated(spec, where)
    found = problem(today, comparison_schema(), where)
    if found is not None:
        raise InputError(found)
    checked_links(today, where)
    regions, datasets = today["regions"], today["datasets"]
    if regions is not None and datasets and regions not in datasets:
        raise InputError(
            f"{_join(where, 'regions')} names {regions!r}, which is not in datasets"
        )
    return today


def plain(value: object, where: str) -> None:
    """Refuse what is not plain data, too deep, too much or not finite; never recurses."""
    waiting: list[tuple[object, str, int]] = [(value, where, 0)]
    seen = 0
    while waiting:
        item, path, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST or seen > _MOST_VALUES:
            what = "nested too deeply" if depth > _DEEPEST else "too large"
            raise InputError(f"{path[:200] or 'the spec'} is {what}")
        if isinstance(item, Mapping):
            for key, inner in item.items():
                if not isinstance(key, str):
                    raise InputError(f"{path or 'the spec'} has a key that is not text")
                waiting.append((inner, _join(path, key), depth + 1))
        elif isinstance(item, list | tuple):
            waiting += [(inner, f"{path}[{i}]", depth + 1) for i, inner in enumerate(item)]
        elif isinstance(item, float) and not math.isfinite(item):
            raise InputError(f"{path or 'the spec'} is {item}; a number has to be finite")
        elif item is not None and not isinstance(item, str | bool | int | float):
            raise InputError(f"{path or 'the spec'} is a {type(item).__name__}, not plain data")


def _join(path: str, key: str) -> str:
    shown = key if key.isidentifier() else f"[{key[:60]!r}]"
    return f"{path}.{shown}" if path and key.isidentifier() else f"{path}{shown}"


class Lookup:
    """Datasets of a spec in the catalog at hand.

    A spec may come from another catalog, so a number alone proves nothing: the dataset it
    leads to has to bear the name or the content that the spec names.
    """

    def __init__(self, ws: Host, datasets: Mapping[str, Mapping[str, Any]]) -> None:
        self._ws = ws
        self._known = datasets

    def find(self, key: str) -> DatasetRecord | None:
        """The dataset, or None if it is gone or out of sight."""
        wanted = self._known.get(key)
        number = int(key) if key.isdecimal() and len(key) < 19 else None
        record = None if number is None else self._one(number)
        if wanted is None:
            return record
        if record is not None and _same(record, wanted):
            return record
        named = self._one(f"{wanted['owner']}/{wanted['name']}")
        if named is not None and named.kind == wanted["kind"]:
            return named
        # in an imported catalog the same file may belong to somebody else
        moved = self._one(str(wanted["name"])) if wanted["name"] else None
        return moved if moved is not None and _same(moved, wanted) else None

    def _one(self, ref: str | int) -> DatasetRecord | None:
        try:
            record = self._ws.dataset(ref)
        except NotFound:
            return None
        return None if record.deleted else record

    def name(self, key: str) -> str:
        """What people call it."""
        wanted = self._known.get(key)
        return f"dataset {key}" if wanted is None else str(wanted["name"])

    def entry(self, key: str) -> dict[str, Any]:
        """What the spec says about it."""
        blank = {"name": f"dataset {key}", "owner": "?", "kind": "regions", "fingerprint": ""}
        return dict(self._known.get(key, blank))


def _same(record: DatasetRecord, wanted: Mapping[str, Any]) -> bool:
    if record.kind != wanted["kind"]:
        return False
    named = (record.owner, record.name) == (wanted["owner"], wanted["name"])
    return named or (
        bool(wanted["fingerprint"]) and record.fingerprint == wanted["fingerprint"]
    )


def missing_sentence(names: Iterable[str]) -> str:
    """Says what is not there, with names in quotes."""
    listed = [f"“{name}”" for name in dict.fromkeys(names)]
    if not listed:
        return ""
    verb = "is" if len(listed) == 1 else "are"
    return f"{', '.join(listed)} {verb} missing: deleted, or no longer shared with you."
