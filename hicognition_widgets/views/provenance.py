"""Where a view's numbers come from: inputs, parameters, versions, when and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from hicognition_widgets.software import versions

if TYPE_CHECKING:
    from hicognition_widgets.catalog import ResultRecord
    from hicognition_widgets.jobs import Request
    from hicognition_widgets.views.base import View
    from hicognition_widgets.views.together import Shown

_INPUT = ("name", "fingerprint", "kind")


@runtime_checkable
class Keeper(Protocol):
    """A host that keeps results and knows who it works for."""

    @property
    def user(self) -> str:
        """Who asks."""
        ...

    def result_record(self, key: str) -> ResultRecord | None:
        """What is known of a stored result; None if it is not kept."""
        ...


def _keeper(host: object) -> Keeper | None:
    return host if isinstance(host, Keeper) else None


def view_provenance(view: View) -> dict[str, Any]:
    """Origin of one view: its settings, and each result behind its picture; waits for them.

    Returns
    -------
    dict
        Plain JSON: ``view``, ``title``, ``settings`` and ``results``, each with
        ``analysis``, ``algorithm``, ``key``, ``regions`` and ``features`` (name,
        fingerprint, kind, file), ``assembly``, ``parameters``, ``n_used``,
        ``n_left_out``, ``computed``, ``by`` and ``software``.
    """
    results = {result.key: result for result in view.results}
    return {
        "view": view.kind,
        "title": view.title,
        "settings": {k: v for k, v in view.settings.items() if k != "features"},
        "results": [
            _request_origin(request, view) | _facts(results[request.key].meta)
            for request in view.requests()
            if request.key in results
        ],
    }


def inputs_of(views: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every file behind these origins of views, each once, with its fingerprint."""
    found = [
        one
        for view in views
        for result in view["results"]
        for one in (
            {name: result["regions"][name] for name in (*_INPUT, "file")},
            *result["features"],
            *([result["versus"]] if "versus" in result else []),
        )
    ]
    return list({(one["kind"], one["name"], one["fingerprint"]): one for one in found}.values())


def provenance(shown: Shown | View) -> dict[str, Any]:
    """Origin of what is shown, with who looks at it now and with which versions."""
    if hasattr(shown, "comparisons"):
        several = [provenance(comparison) for comparison in shown.comparisons]
        return signature(shown, "") | {"comparisons": several}
    views = shown.views if hasattr(shown, "views") else [shown]
    return signature(shown, shown.title) | {"views": [view_provenance(view) for view in views]}


def signature(shown: Shown | View, title: str) -> dict[str, Any]:
    """When, by whom and with which versions something is made of what is shown."""
    first = next(iter(getattr(shown, "comparisons", ())), shown)
    keeper = _keeper(getattr(first, "host", None))
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": None if keeper is None else keeper.user,
        "software": versions(),
        "title": title,
    }


def origin_text(shown: Shown | View) -> str:
    """The provenance as JSON text."""
    return json.dumps(provenance(shown), indent=2, ensure_ascii=False)


def _request_origin(request: Request, view: View) -> dict[str, Any]:
    asked = request.to_json()
    keeper = _keeper(view.host)
    record = None if keeper is None else keeper.result_record(request.key)
    inputs = {"regions", "features", "analysis", "assembly", "versus"}
    return {
        "analysis": asked["analysis"],
        "algorithm": request.algorithm,
        "key": request.key,
        "regions": _input(asked["regions"]) | {"n": asked["regions"]["n"]},
        "features": [_input(feature) for feature in asked["features"]],
        **({"versus": _input(asked["versus"])} if "versus" in asked else {}),
        "assembly": asked["assembly"],
        "parameters": {
            name: value
            for name, value in asked.items()
            if name not in inputs and value not in (None, [], False)
        },
        "computed": None if record is None else record.created.isoformat(timespec="seconds"),
        "by": None if record is None else record.producer,
    }


def _input(content: Mapping[str, Any]) -> dict[str, Any]:
    # the folder is nobody else's business: figures and pages are made to be passed on
    return {name: content[name] for name in _INPUT} | {"file": PurePath(content["path"]).name}


def _facts(meta: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: meta.get(name) for name in ("n_used", "n_left_out", "reasons")}
    more = {"comparison": meta["comparison"]} if "comparison" in meta else {}
    return known | more | {"software": meta.get("software")}
