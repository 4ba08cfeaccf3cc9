"""What may be stored as text and as plain data, the same on both databases.

Any text is allowed, also text that looks like HTML: showing it as text is the job of
whoever shows it. Refused is only what a database cannot keep.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hicognition_widgets.catalog.models.base import NAME_LENGTH, OWNER_LENGTH
from hicognition_widgets.errors import InputError

TEXT_LENGTH = 100_000
SORT_LENGTH = 200


def clean_text(value: str, what: str, limit: int = TEXT_LENGTH) -> str:
    """The text itself, if both databases can keep it.

    Raises
    ------
    InputError
        If it is not text, is too long, or holds a NUL or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise InputError(f"{what} has to be text, not {type(value).__name__}")
    if len(value) > limit:
        raise InputError(f"{what} has {len(value):,} characters; at most {limit:,} can be kept")
    if "\x00" in value:
        raise InputError(f"{what} holds a NUL character, which a database cannot keep")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{what} holds half a surrogate pair at position {error.start}, "
            "which is not valid text"
        ) from error
    return value


def clean_name(value: str, what: str = "a name", limit: int = NAME_LENGTH) -> str:
    """A name without surrounding white space; must not be empty."""
    name = clean_text(value, what, limit).strip()
    if not name:
        raise InputError(f"{what} must not be empty")
    return name


def clean_user(value: str, what: str = "a user name") -> str:
    """A user or role name, within PostgreSQL's limit of 63 bytes."""
    name = clean_name(value, what, OWNER_LENGTH)
    if len(name.encode("utf-8")) > OWNER_LENGTH:
        raise InputError(f"{what} may be at most {OWNER_LENGTH} bytes long; {name!r} is longer")
    return name


def clean_json(value: Any, what: str) -> Any:
    """Plain data: dicts with text keys, lists, text, finite numbers, booleans, None.

    Tuples become lists and numpy scalars Python numbers. NaN and infinities are refused,
    as JSON has none.

    Raises
    ------
    InputError
        If something else is in it; the sentence says where.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean_text(value, what, limit=10_000_000)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(f"{what} is {value}, which JSON cannot hold; use None")
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise InputError(f"{what} has the key {key!r}; only text can be a key")
        return {
            clean_text(key, f"a key of {what}"): clean_json(item, f"{what}[{key!r}]")
            for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [clean_json(item, f"{what}[{i}]") for i, item in enumerate(value)]
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "shape", None) == ():  # a numpy scalar
        return clean_json(item(), what)
    raise InputError(f"{what} holds a {type(value).__name__}, which is not plain data")


def sort_key(text: str) -> str:
    """What names and values are sorted and compared by: without case, bounded."""
    return text.casefold()[:SORT_LENGTH]


def search_text(*parts: str) -> str:
    """One text to search in, without case; parts cannot run into each other."""
    return "\n".join(part.casefold() for part in parts if part)


def search_words(query: str) -> list[str]:
    """What has to be in a text that is searched, all of it, without case."""
    return clean_text(query, "a search text", 1000).casefold().split()
