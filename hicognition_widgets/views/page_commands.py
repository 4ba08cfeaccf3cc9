"""Files from the browser: pages with their size told first, and figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.page import page_text
from hicognition_widgets.views.page_plan import NORMALIZATIONS, PageOptions, page_size
from hicognition_widgets.views.picture import figure_file
from hicognition_widgets.views.tables import safe_stem

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


def page_commands(comparison: Comparison) -> dict[str, Command]:
    """Commands that make files of a whole comparison."""

    def size(args: Mapping[str, Any]) -> Reply:
        return Reply({"bytes": page_size(comparison, _options(comparison, args))})

    def save_html(args: Mapping[str, Any]) -> Reply:
        text = page_text(comparison, _options(comparison, args))
        return Reply({"name": f"{_stem(comparison)}.html"}, (text.encode(),))

    def save_figure(args: Mapping[str, Any]) -> Reply:
        form = str(args.get("format", "pdf"))
        if form not in ("pdf", "svg", "png"):
            raise InputError(f"figures are pdf, svg or png, not {form!r}")
        content = figure_file(comparison, form, preset=str(args.get("preset", "double")))
        return Reply({"name": f"{_stem(comparison)}.{form}"}, (content,))

    def provenance(_args: Mapping[str, Any]) -> Reply:
        return Reply({"text": json.dumps(comparison.provenance, indent=2)})

    return {
        "html_size": size,
        "save_html": save_html,
        "save_figure": save_figure,
        "methods": lambda _args: Reply({"text": comparison.methods()}),
        "provenance": lambda _args: Reply(
            {"text": json.dumps(comparison.provenance, indent=2)}
        ),
    }


def _stem(comparison: Comparison) -> str:
    name = comparison.regions.name if comparison.regions is not None else ""
    return safe_stem(comparison.title or name or "comparison")


def _options(comparison: Comparison, args: Mapping[str, Any]) -> PageOptions:
    """Options as the browser sends them; what is missing takes its default."""
    flanks = args.get("flanks", [])
    if not isinstance(flanks, list):
        raise InputError("flanks are a list of lengths in bp")
    return PageOptions(
        selections=comparison.kept_selections,
        flanks=[int(f) if isinstance(f, float) and f.is_integer() else f for f in flanks],
        bins="all" if args.get("bins") == "all" else "shown",
        normalizations=NORMALIZATIONS if args.get("raw") is True else ("oe", "balanced"),
        rows=args.get("rows") is True,
        quantise=args.get("quantise") is True,
    )
