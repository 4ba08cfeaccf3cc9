"""A comparison as one page that stays alive without kernel and network.

The page embeds the results behind the current settings and behind those that the options
name: other flanks, bin sizes and normalizations, and on request the signal of every region,
from which the browser makes sort orders and averages of selections by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.export.packing import as_text
from hicognition_widgets.jobs import Ask, Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import rows
from hicognition_widgets.views.base import View
from hicognition_widgets.views.page_plan import (
    PageOptions,
    by_selection,
    fits,
    selected_rows,
    variants,
    with_rows,
)
from hicognition_widgets.views.payload import encode, result_key, rows_key, selection_key
from hicognition_widgets.views.runtime import bundle_source

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

VERSION = 1
_NOT_EMBEDDED = {"result", "layout", "tooltip", "tabbable", "comm", "keys"}


def page_text(comparison: Comparison, options: PageOptions) -> str:
    """The page as text; waits for every result it embeds."""
    from hicognition_widgets.export.html import comparison_html

    title = comparison.title or (comparison.regions.name if comparison.regions else "")
    return comparison_html(page_data(comparison, options), bundle_source(), title)


def write_page(comparison: Comparison, path: Path, options: PageOptions) -> Path:
    """Write the page; an existing file is replaced only by a complete one."""
    from hicognition_widgets.export.files import write_whole

    text = page_text(comparison, options)
    write_whole(path, lambda file: file.write(text.encode()))
    return path


def page_data(comparison: Comparison, options: PageOptions) -> dict[str, Any]:
    """What the page embeds: settings as the views have them, results by their key."""
    comparison.wait()
    n = comparison.regions.n_regions if comparison.regions is not None else 0
    selections = selected_rows(options, n or 0)
    with _twins(comparison, options) as twins:
        every = [*comparison.views, *twins]
        asked = _ask_rows(every, options)
        by_choice = [view for view in every if by_selection(view, options)]
        chosen = _ask_selections(by_choice, list(selections.values()))
        shown = [view for view in (*comparison.views, *_ready(twins)) if view.status == "ready"]
        results = dict(_entry(view, options) for view in shown)
        results |= _selection_entries(chosen, shown, options)
        embedded = dict(_row_entries(asked, options))
    return {
        "version": VERSION,
        "comparison": _traits(comparison),
        "views": [_traits(view) for view in comparison.views],
        "results": results,
        "rows": embedded,
        "selections": [
            {"name": name, "rows": as_text(encode(np.array(rows, np.int32)), quantise=False)}
            for name, rows in selections.items()
        ],
        "provenance": comparison.provenance,
    }


def _traits(widget: Any) -> dict[str, Any]:
    """The synced traits as JSON, without results and the machinery's own."""
    state = widget.get_state()
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("_") and name not in _NOT_EMBEDDED
    }


@contextlib.contextmanager
def _twins(comparison: Comparison, options: PageOptions) -> Iterator[list[View]]:
    """Views with the other settings, all of which compute side by side."""
    twins: list[View] = []
    try:
        for view in comparison.views:
            if view.status == "ready":
                twins += [view.twin(**settings) for settings in variants(view, options)]
        yield twins
    finally:
        for twin in twins:
            twin.close()


def _ready(twins: list[View]) -> Iterator[View]:
    """Those that could be computed; the page says so when one of the others is asked for."""
    for twin in twins:
        with contextlib.suppress(HiCognitionError):
            twin.wait()
        if twin.status == "ready":
            yield twin


def _entry(view: View, options: PageOptions) -> tuple[str, dict[str, Any]]:
    return result_key(_traits(view)), _as_text(view.result or {}, options)


def _as_text(result: Mapping[str, Any], options: PageOptions) -> dict[str, Any]:
    arrays = {
        name: as_text(array, quantise=options.quantise)
        for name, array in result["arrays"].items()
    }
    return {**result, "arrays": arrays}


@dataclass(frozen=True)
class _Chosen:
    """A named selection of one view, on its way."""

    view: View
    rows: tuple[int, ...]
    asks: Sequence[Ask]


def _ask_selections(views: list[View], selections: list[tuple[int, ...]]) -> dict[str, _Chosen]:
    """Each selection's result of each view, asked for side by side; by key in the page."""
    asked: dict[str, _Chosen] = {}
    for view in views:
        if view.host is None:
            continue
        # a stackup holds all regions already
        requests = [] if view.kind == "stackup" else view.requests()
        for i, chosen in enumerate(selections):
            asks = [view.host.ask(_chosen_of(view, request, chosen)) for request in requests]
            key = selection_key(result_key(_traits(view)), i)
            asked[key] = _Chosen(view, chosen, asks)
    return asked


def _chosen_of(view: View, request: Request, rows: tuple[int, ...]) -> Request:
    """The question about some regions; rows are those of the view's own region set."""
    own = view.regions is not None and request.regions.id == str(view.regions.id)
    return request.replace(subset=rows) if own else request


def _selection_entries(
    asked: dict[str, _Chosen], shown: list[View], options: PageOptions
) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, chosen in asked.items():
        if chosen.view not in shown:
            continue
        try:
            results = [ask.result() for ask in chosen.asks]
        except HiCognitionError:
            continue  # the page says that this selection is not in it
        if chosen.view.kind == "stackup":
            results = [_some_rows(one, chosen.rows) for one in chosen.view.results]
        yield key, _as_text(chosen.view.payload(results) | {"key": key}, options)


def _some_rows(result: StoredResult, chosen: tuple[int, ...]) -> StoredResult:
    """A stackup of some regions."""
    values = np.asarray(result.arrays["rows"])[list(chosen)]
    used = int((~np.isnan(values)).any(axis=1).sum())
    meta = {
        "n_used": used,
        "n_left_out": len(values) - used,
        "reasons": {},
        "numbers": {},
    }
    return replace(result, arrays={"rows": values}, meta=result.meta | meta)


def _ask_rows(views: list[View], options: PageOptions) -> dict[str, tuple[View, Ask]]:
    """The signal of every region, asked for once per track, flank and bin size."""
    asked: dict[str, tuple[View, Ask]] = {}
    for view in views:
        if not with_rows(view, options) or view.host is None or view.regions is None:
            continue
        for request in view.requests():
            if request.regions.id != str(view.regions.id):
                continue
            feature = request.features[0].id
            key = rows_key(_traits(view) | {"side": request.side or ""}, feature)
            if key not in asked:
                rows_of = request.replace(analysis="stackup", subset=None, options=())
                asked[key] = (view, view.host.ask(rows_of))
    return asked


def _row_entries(
    asked: dict[str, tuple[View, Ask]], options: PageOptions
) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, (view, ask) in asked.items():
        try:
            values = np.asarray(ask.result().arrays["rows"], dtype=np.float32)
        except HiCognitionError:
            continue
        if not fits(*values.shape):
            continue
        random = rows.row_order(values, "random", ascending=False, body=(0, values.shape[1]))
        yield (
            key,
            {
                "values": as_text(encode(values), quantise=options.quantise),
                "random": as_text(encode(random), quantise=False),
                "body": list(view.body(values.shape[1])),
            },
        )
