"""What is kept, drawn or exported as one: a comparison, or the comparisons of a board."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board
    from hicognition_widgets.views.comparison import Comparison

Shown: TypeAlias = "Comparison | Board"


def comparisons_of(shown: Shown) -> list[Comparison]:
    """The comparisons, in order."""
    if hasattr(shown, "comparisons"):
        return list(shown.comparisons)
    return [shown]


def title_of(shown: Shown) -> str:
    """Titles of the comparisons, or the names of their region sets; each once."""
    titles = [
        one.title or (one.regions.name if one.regions is not None else "")
        for one in comparisons_of(shown)
    ]
    return ", ".join(dict.fromkeys(title for title in titles if title))
