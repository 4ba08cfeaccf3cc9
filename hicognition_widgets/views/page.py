"""A comparison as one page that stays alive without kernel and network.

The page embeds the results behind the current settings and behind the settings one click
away: the other normalizations, and further flanks on request.
"""

from __future__ import annotations

import base64
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.views.base import View
from hicognition_widgets.views.payload import result_key
from hicognition_widgets.views.runtime import bundle_source

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

VERSION = 1
_NOT_EMBEDDED = {"result", "layout", "tooltip", "tabbable", "comm", "keys"}


def page_text(comparison: Comparison, *, flanks: Sequence[int]) -> str:
    """The page as text; waits for every result it embeds."""
    from hicognition_widgets.export.html import comparison_html

    title = comparison.title or (comparison.regions.name if comparison.regions else "")
    return comparison_html(page_data(comparison, flanks=flanks), bundle_source(), title)


def write_page(comparison: Comparison, path: Path, *, flanks: Sequence[int]) -> Path:
    """Write the page; an existing file is replaced only by a complete one."""
    text = page_text(comparison, flanks=flanks)
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def page_data(comparison: Comparison, *, flanks: Sequence[int]) -> dict[str, Any]:
    """What the page embeds: settings as the views have them, results by their key."""
    comparison.wait()
    results: dict[str, Any] = {}
    views = []
    for view in comparison.views:
        views.append(_traits(view))
        results.update(_variants(view, flanks))
    return {
        "version": VERSION,
        "comparison": _traits(comparison),
        "views": views,
        "results": results,
    }


def _traits(widget: Any) -> dict[str, Any]:
    """The synced traits as JSON, without results and the machinery's own."""
    state = widget.get_state()
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("_") and name not in _NOT_EMBEDDED
    }


def _variants(view: View, flanks: Sequence[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The view's own result and those one click away.

    A variant that cannot be computed is left out: the page then says so when it is asked.
    """
    if view.status != "ready":
        return
    yield _entry(view)
    for settings in _neighbours(view, flanks):
        twin = view.twin(**settings)
        with contextlib.suppress(HiCognitionError):
            twin.wait()
        if twin.status == "ready":
            yield _entry(twin)
        twin.close()


def _neighbours(view: View, flanks: Sequence[int]) -> Iterator[dict[str, Any]]:
    all_flanks = [view.flank, *(flank for flank in flanks if flank != view.flank)]
    if view.mode == "interval":
        all_flanks = [None]
    alternatives = getattr(view, "normalization_options", [None])
    current = getattr(view, "normalization", None)
    for flank in all_flanks:
        for normalization in alternatives:
            if (flank, normalization) == (view.flank, current) or normalization == "raw":
                continue
            settings: dict[str, Any] = {} if flank is None else {"flank": flank}
            if normalization is not None:
                settings["normalization"] = normalization
            yield settings


def _entry(view: View) -> tuple[str, dict[str, Any]]:
    state = _traits(view)
    result = dict(view.result or {})
    arrays = {
        name: array | {"data": base64.b64encode(array["data"]).decode("ascii")}
        for name, array in result["arrays"].items()
    }
    return result_key(state), result | {"arrays": arrays}
