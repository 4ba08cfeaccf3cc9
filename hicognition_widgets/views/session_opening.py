"""A saved session shown where a comparison is: in its place, and beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.session_spec import link_comparisons
from hicognition_widgets.views.spec_build import load

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.session_spec import SavedSession


def standing_with(comparison: Comparison) -> list[Comparison]:
    """The comparisons of its board, or it alone."""
    board = comparison.board
    return [comparison] if board is None else list(board.comparisons)


def open_in(comparison: Comparison, saved: SavedSession) -> list[str]:
    """Show a session in place of a comparison and of those on its board.

    All comparisons of the session ask for their data before anything waits. Those that were
    on the board before live on by themselves.

    Returns
    -------
    list of str
        A sentence for each comparison that cannot be shown.

    Raises
    ------
    InputError
        If the session holds nothing.
    NotFound
        If the region sets of all its comparisons are gone.
    """
    shown: dict[int, Comparison] = {}
    missing: list[str] = []
    try:
        for i, spec in enumerate(saved.comparisons):
            try:
                if shown:
                    shown[i] = type(comparison).from_spec(comparison.host, spec)
                else:
                    load(comparison, spec)
                    shown[i] = comparison
            except NotFound as error:
                missing.append(str(error))
    except BaseException:
        for one in shown.values():
            if one is not comparison:
                one.close()
        raise
    if not shown:
        raise NotFound(" ".join(missing)) if missing else InputError("this session is empty")
    _arrange(comparison, [one for one in shown.values() if one is not comparison], saved)
    link_comparisons(shown, saved.links)
    for one in shown.values():
        one.forget_steps()
    return missing


def _arrange(comparison: Comparison, others: list[Comparison], saved: SavedSession) -> None:
    # a board knows comparisons, and they know their commands: only here is it the other way
    from hicognition_widgets.views.board import Board

    board = comparison.board
    settings = saved.board or {}
    if board is None and others:
        comparison.show_as(Board(comparison, *others, **settings))
    elif board is not None:
        board.show(comparison, *others, **settings)
