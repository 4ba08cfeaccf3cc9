"""What a comparison does when the browser asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.menus import found_regions
from hicognition_widgets.views.page_commands import page_commands
from hicognition_widgets.views.runtime import later_source
from hicognition_widgets.views.selecting import Operation
from hicognition_widgets.views.session_commands import session_commands

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


def comparison_commands(comparison: Comparison) -> dict[str, Command]:
    """Everything the browser may ask of a comparison, by the command's name."""
    return {
        **_grid_commands(comparison),
        **_selection_commands(comparison),
        "details": comparison.looker.ask,
        "later": lambda _args: Reply(buffers=(later_source(),)),
        **comparison.link_commands(),
        **page_commands(comparison),
        **session_commands(comparison),
    }


def _grid_commands(comparison: Comparison) -> dict[str, Command]:
    def add_view(args: Mapping[str, Any]) -> Reply:
        return Reply({"view_id": comparison.add(str(args.get("kind"))).view_id})

    def remove_view(args: Mapping[str, Any]) -> None:
        comparison.remove(comparison.find(args.get("view_id")))

    def move_view(args: Mapping[str, Any]) -> None:
        to = args.get("to")
        if not isinstance(to, int):
            raise InputError("a view moves to a place in the grid, counted from 0")
        comparison.move(comparison.find(args.get("view_id")), to)

    def swap_views(args: Mapping[str, Any]) -> None:
        one, other = (comparison.find(args.get(name)) for name in ("view_id", "other"))
        comparison.swap(one, other)

    def duplicate_view(args: Mapping[str, Any]) -> Reply:
        return Reply(
            {"view_id": comparison.duplicate(comparison.find(args.get("view_id"))).view_id}
        )

    def choose_regions(args: Mapping[str, Any]) -> None:
        comparison.set_regions(str(args.get("id")))

    def rename(args: Mapping[str, Any]) -> None:
        comparison.title = str(args.get("title", ""))[:200]

    return {
        "add_view": add_view,
        "remove_view": remove_view,
        "move_view": move_view,
        "swap_views": swap_views,
        "duplicate_view": duplicate_view,
        "choose_regions": choose_regions,
        "find_regions": lambda args: found_regions(comparison.host, comparison.regions, args),
        "rename": rename,
        "undo": lambda _args: comparison.undo(),
        "redo": lambda _args: comparison.redo(),
    }


def _selection_commands(comparison: Comparison) -> dict[str, Command]:
    def clear_selection(_args: Mapping[str, Any]) -> None:
        comparison.selection = None

    def choose_selection(args: Mapping[str, Any]) -> None:
        comparison.choose_selection(str(args.get("name", "")))

    def keep_selection(args: Mapping[str, Any]) -> None:
        comparison.keep_selection(str(args.get("name", "")))

    def combine_selection(args: Mapping[str, Any]) -> None:
        operation = cast("Operation", str(args.get("operation", "")))
        comparison.combine_selection(operation, str(args.get("name", "")))

    def select_where(args: Mapping[str, Any]) -> None:
        bounds = {name: args.get(name) for name in ("at_least", "at_most")}
        for bound in bounds.values():
            if bound is not None and not isinstance(bound, int | float):
                raise InputError("a threshold is a number")
        comparison.select_where(str(args.get("annotation", "")), **bounds)

    def annotations(_args: Mapping[str, Any]) -> Reply:
        return Reply({"annotations": comparison.annotations()})

    def show_beside(args: Mapping[str, Any]) -> None:
        comparison.show_beside(str(args.get("id")))

    def create_region_set(args: Mapping[str, Any]) -> Reply:
        record = comparison.create_region_set(str(args.get("name", "")))
        return Reply({"id": str(record.id), "name": record.name})

    return {
        "clear_selection": clear_selection,
        "choose_selection": choose_selection,
        "keep_selection": keep_selection,
        "combine_selection": combine_selection,
        "create_region_set": create_region_set,
        "select_where": select_where,
        "annotations": annotations,
        "show_beside": show_beside,
    }
