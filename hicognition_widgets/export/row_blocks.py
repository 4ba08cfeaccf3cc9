"""Blocks of a stackup's rows in figures: their looks, and where their names go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hicognition_widgets.export import display

SELECTED = "#e66100"
REST = "#777777"
_MOST_ROWS = 2
_LONGEST = 40


@dataclass(frozen=True)
class BlockLook:
    """A block of rows as it is drawn.

    Attributes
    ----------
    text : str
        Name and number of regions; untrusted.
    colour : str
    dash : tuple of float
        Of its profile; empty for a plain line.
    lines : int
        Lines of the map that it fills, 0 if it is not on screen.
    """

    text: str
    colour: str
    dash: tuple[float, ...]
    lines: int


def looks(blocks: Sequence[Mapping[str, Any]]) -> list[BlockLook]:
    """Looks of the blocks in a result's ``meta``, as on screen."""
    return [_look(block) for block in blocks]


def _look(block: Mapping[str, Any]) -> BlockLook:
    rules = display.rules()
    categories, dashes = rules["categories"], rules["dashes"]
    role, number = block.get("role", "all"), int(block.get("colour", 0))
    dash = ""
    if role == "group":
        colour = categories[number % len(categories)]
        dash = dashes[number // len(categories) % len(dashes)]
    else:
        colour = {"selected": SELECTED, "rest": REST}.get(role, categories[0])
    name = str(block["name"])
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return BlockLook(
        text=f"{short} ({display.format_count(int(block['n']))})",
        colour=str(colour),
        dash=tuple(float(length) for length in dash.split()),
        lines=int(block["lines"]),
    )


def legend_places(
    texts: Sequence[str], width: float, swatch: float, measure: Callable[[str], float]
) -> list[tuple[int, int, float]]:
    """Block, row and offset of every name that has room in two rows.

    Parameters
    ----------
    texts : sequence of str
    width : float
        Room, mm.
    swatch : float
        Room for the colour before a name and for the space after it, mm.
    measure : callable
        Width of a text in mm.
    """
    places: list[tuple[int, int, float]] = []
    row, x = 0, 0.0
    for i, text in enumerate(texts):
        needed = swatch + measure(text)
        if x > 0 and x + needed > width:
            row, x = row + 1, 0.0
        if row == _MOST_ROWS:
            break
        places.append((i, row, x))
        x += needed
    return places
