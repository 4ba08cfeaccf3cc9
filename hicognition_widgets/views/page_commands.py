"""Files from the browser: pages with their size told first, and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.files import origin_bytes
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.page import page_text
from hicognition_widgets.views.page_plan import NORMALIZATIONS, PageOptions, page_size
from hicognition_widgets.views.picture import figure_file
from hicognition_widgets.views.provenance import origin_text
from hicognition_widgets.views.region_files import region_ending, region_file, region_stem
from hicognition_widgets.views.tables import safe_stem
from hicognition_widgets.views.together import title_of

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.together import Shown


def page_commands(comparison: Comparison) -> dict[str, Command]:
    """Commands that make files of a comparison, or of all on its board."""

    def shown(args: Mapping[str, Any]) -> Shown:
        board = comparison.board
        return board if args.get("all") is True and board is not None else comparison

    def size(args: Mapping[str, Any]) -> Reply:
        return Reply({"bytes": page_size(shown(args), _options(args))})

    def save_html(args: Mapping[str, Any]) -> Reply:
        text = page_text(shown(args), _options(args))
        return Reply({"name": f"{_stem(shown(args))}.html"}, (text.encode(),))

    def save_figure(args: Mapping[str, Any]) -> Reply:
        form = str(args.get("format", "pdf"))
        if form not in ("pdf", "svg", "png"):
            raise InputError(f"figures are pdf, svg or png, not {form!r}")
        content = figure_file(shown(args), form, preset=str(args.get("preset", "double")))
        return Reply({"name": f"{_stem(shown(args))}.{form}"}, (content,))

    def save_regions(args: Mapping[str, Any]) -> Reply:
        selected = args.get("selected") is True
        if selected and comparison.selection is None:
            raise InputError("nothing is selected")
        stem = region_stem(comparison, selected=selected)
        name = f"{stem}{region_ending(comparison)}"
        rows = comparison.selection if selected else None
        content, facts = region_file(comparison, name, rows, {})
        return Reply({"name": name}, (content, origin_bytes(name, content, facts)))

    return {
        "html_size": size,
        "save_html": save_html,
        "save_figure": save_figure,
        "save_regions": save_regions,
        "code": lambda args: Reply({"code": shown(args).to_code()}),
        "methods": lambda args: Reply({"text": shown(args).methods()}),
        "provenance": lambda args: Reply({"text": origin_text(shown(args))}),
    }


def _stem(shown: Shown) -> str:
    return safe_stem(title_of(shown) or "comparison")


def _options(args: Mapping[str, Any]) -> PageOptions:
    """Options as the browser sends them; what is missing takes its default."""
    flanks = args.get("flanks", [])
    if not isinstance(flanks, list):
        raise InputError("flanks are a list of lengths in bp")
    return PageOptions(
        flanks=[int(f) if isinstance(f, float) and f.is_integer() else f for f in flanks],
        bins="all" if args.get("bins") == "all" else "shown",
        normalizations=NORMALIZATIONS if args.get("raw") is True else ("oe", "balanced"),
        rows=args.get("rows") is True,
        quantise=args.get("quantise") is True,
    )
