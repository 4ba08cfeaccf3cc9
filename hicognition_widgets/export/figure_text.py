"""Texts of a figure: what fonts can show, in the room that there is."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping
from typing import Any

from hicognition_widgets.export.paper import Pen, text_width

MM = 25.4
"""Millimetres of an inch."""


# No page has room for more letters of one text, and measuring them would take long.
_LONGEST = 500
# Control characters are not allowed in SVG; marks that turn the direction of writing would let
# a name read as another one.
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def readable(value: Any) -> Any:
    """Plain data with a replacement mark for what no font can show, and no endless names."""
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
        return _UNREADABLE.sub("\ufffd", text)
    if isinstance(value, Mapping):
        return {key: readable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(readable(part) for part in value)
    return value


def letter_of(i: int) -> str:
    """Letter of a panel by its place: a to z, then aa, ab and so on."""
    alphabet = string.ascii_lowercase
    return alphabet[i] if i < 26 else alphabet[i // 26 - 1] + alphabet[i % 26]


def line_height(pen: Pen) -> float:
    """From one line of text to the next, in mm."""
    return pen.text * 1.3 * MM / 72


def shortened(text: str, room: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, in so many mm."""
    text = " ".join(text.split())
    width = text_width(text, size)
    if width <= room:
        return text
    keep = max(math.floor(len(text) * room / width) - 1, 1)
    while keep > 1 and text_width(f"{text[:keep]}…", size) > room:
        keep -= 1
    return f"{text[:keep].rstrip()}…"


def wrapped(text: str, room: float, size: float) -> list[str]:
    """Lines no wider than so many mm, broken at spaces."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(shortened(word, room, size))
    return [line for line in lines if line]
