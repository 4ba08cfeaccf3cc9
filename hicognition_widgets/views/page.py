"""Comparisons as one page that stays alive without kernel and network.

The page embeds the results behind the current settings and behind those that the options
name: other flanks, bin sizes and normalizations, and on request the signal of every region,
from which the browser makes sort orders and averages of selections by itself.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.export.packing import as_text
from hicognition_widgets.jobs import Ask, Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import rows
from hicognition_widgets.views.base import View
from hicognition_widgets.views.page_hits import asked_hits, hit_entries
from hicognition_widgets.views.page_plan import (
    PageOptions,
    by_selection,
    fits,
    selections_of,
    variants,
    with_regions,
    with_rows,
    with_snippets,
)
from hicognition_widgets.views.page_regions import region_facts
from hicognition_widgets.views.payload import encode, result_key, rows_key, selection_key
from hicognition_widgets.views.provenance import inputs_of, signature, view_provenance
from hicognition_widgets.views.region_files import embedded_regions
from hicognition_widgets.views.runtime import page_source
from hicognition_widgets.views.session_spec import placed_links
from hicognition_widgets.views.together import comparisons_of, title_of

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.together import Shown

_log = logging.getLogger(__name__)
VERSION = 2
_NOT_EMBEDDED = {
    "result", "highlighted", "layout", "tooltip", "tabbable", "comm", "keys", "comparisons",
}  # fmt: skip


def page_text(shown: Shown, options: PageOptions) -> str:
    """The page as text; waits for every result it embeds."""
    from hicognition_widgets.export.html import comparison_html

    return comparison_html(page_data(shown, options), page_source(), title_of(shown))


def write_page(shown: Shown, path: Path, options: PageOptions) -> Path:
    """Write the page; an existing file is replaced only by a complete one."""
    from hicognition_widgets.export.files import write_whole

    text = page_text(shown, options)
    write_whole(path, lambda file: file.write(text.encode()))
    return path


def page_data(shown: Shown, options: PageOptions) -> dict[str, Any]:
    """What the page embeds: settings as the views have them, results by their key."""
    comparisons = comparisons_of(shown)
    for comparison in comparisons:
        comparison.wait()
    from hicognition_widgets.export.html import data_digest

    alone = comparisons == [shown]
    content: dict[str, Any] = {
        "version": VERSION,
        "board": None if alone else _traits(shown),
        "comparisons": [_part(comparison, options) for comparison in comparisons],
        "links": placed_links(comparisons),
    }
    found = [origin for part in content["comparisons"] for origin in part["origins"].values()]
    origin = signature(shown, title_of(shown)) | {
        "inputs": inputs_of(found),
        "data_sha256": data_digest(content),
    }
    return content | {"origin": origin}


def _part(comparison: Comparison, options: PageOptions) -> dict[str, Any]:
    """One comparison of a page."""
    selections, chosen = selections_of(comparison, options)
    with _whole_views(comparison, options) as every:
        asked, asked_too = _ask_rows(every, options), asked_hits(every, options)
        ready = list(_ready(every))
        results = dict(_entry(view, options) for view in ready)
        origins = {result_key(_traits(view)): view_provenance(view) for view in ready}
        results |= _selection_entries(ready, list(selections.values()), options)
        embedded = dict(_row_entries(asked, options))
        embedded |= _snippet_entries(comparison, ready, options)
        hits = dict(hit_entries(asked_too))
    return {
        "comparison": _traits(comparison),
        "views": [_traits(view) for view in comparison.views],
        "results": results,
        "origins": origins,
        "rows": embedded,
        "hits": hits,
        "facts": region_facts(ready) if embedded else None,
        "selections": [
            {"name": name, "rows": as_text(encode(np.array(rows, np.int32)), quantise=False)}
            for name, rows in selections.items()
        ],
        "chosen": chosen,
        "regions": _regions(comparison, options),
    }


def _regions(comparison: Comparison, options: PageOptions) -> dict[str, Any] | None:
    """The regions themselves; None where nothing can be picked, or their file is gone."""
    if not with_regions(comparison, options):
        return None
    try:
        return embedded_regions(comparison)
    except HiCognitionError as error:
        _log.warning("the page goes without its regions: %s", error)
        return None


def _traits(widget: Any) -> dict[str, Any]:
    """The synced traits as JSON, without results and the machinery's own."""
    state = widget.get_state()
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("_") and name not in _NOT_EMBEDDED
    }


@contextlib.contextmanager
def _whole_views(comparison: Comparison, options: PageOptions) -> Iterator[list[View]]:
    """A view of all regions for each result of the page; all of them compute side by side."""
    twins: list[View] = []
    try:
        for view in comparison.views:
            if view.status == "ready":
                twins.append(_alike(view))
                twins += [view.twin(**settings) for settings in variants(view, options)]
        yield twins
    finally:
        for twin in twins:
            twin.close()


def _alike(view: View) -> View:
    """The same view of all regions, in the order of rows that it takes from another."""
    twin = view.twin()
    donor = view.giver("order")
    if donor is not None:
        twin.take_order(donor.given_order())
    return twin


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


def _selection_entries(
    views: list[View], selections: list[tuple[int, ...]], options: PageOptions
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each view shows of each selection, just as beside a kernel."""
    for view in views:
        if not by_selection(view, options):
            continue
        for i, chosen in enumerate(selections):
            view.select(np.array(chosen, dtype=np.int64))
            with contextlib.suppress(HiCognitionError):
                view.wait()
            if view.status != "ready":
                continue  # the page says that this selection is not in it
            key = selection_key(result_key(_traits(view)), i)
            yield key, _as_text(view.result or {}, options)


def _ask_rows(views: list[View], options: PageOptions) -> dict[str, tuple[View, Ask]]:
    """The signal of every region, asked for once per track, flank and bin size."""
    asked: dict[str, tuple[View, Ask]] = {}
    for view in views:
        if not with_rows(view, options) or view.host is None or view.regions is None:
            continue
        for request in view.requests():
            signals = request.analysis in ("stackup", "profile")
            if not signals or request.regions.id != str(view.regions.id):
                continue
            feature = request.features[0].id
            key = rows_key(_traits(view) | {"side": request.side or ""}, feature)
            if key not in asked:
                rows_of = request.replace(analysis="stackup", subset=None, options=())
                asked[key] = (view, view.host.ask(rows_of))
    return asked


@runtime_checkable
class SnippetHost(Protocol):
    """A host that can read the snippets behind a pileup; a workspace does."""

    def snippets(self, request: Request, whole: StoredResult) -> npt.NDArray[np.float32]:
        """Snippets of all regions, (n, size, size)."""
        ...


def _snippet_entries(
    comparison: Comparison, views: list[View], options: PageOptions
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The snippets behind each pileup as it is shown, one row per region."""
    shown = {result_key(_traits(view)) for view in comparison.views}
    for view in views:
        host: object = view.host
        if not with_snippets(view, options) or result_key(_traits(view)) not in shown:
            continue
        if not isinstance(host, SnippetHost):
            continue
        view.select(None)
        (request,), (whole,) = view.requests(), view.results
        try:
            stack = host.snippets(request, whole)
        except HiCognitionError as error:
            _log.warning("the page goes without the snippets of a pileup: %s", error)
            continue
        values = np.asarray(stack, dtype=np.float32).reshape(len(stack), -1)
        yield (
            rows_key(_traits(view), request.features[0].id),
            {
                "values": as_text(encode(values), quantise=options.quantise),
                "random": as_text(encode(np.arange(0, dtype=np.int32)), quantise=False),
                "body": [0, values.shape[1]],
            },
        )


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
