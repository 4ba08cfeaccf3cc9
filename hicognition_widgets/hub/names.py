"""Which user names can be database roles."""

from __future__ import annotations

import unicodedata

from hicognition_widgets.catalog.text import clean_user
from hicognition_widgets.errors import InputError

_RESERVED = {"public", "none", "current_user", "session_user", "current_role", "user"}
_PREFIXES = ("pg_", "hicognition")


def role_name(user: str) -> str:
    """The database role of a person: the user name itself, if it can be one.

    Names are not shortened or changed, so that no two people get one role.

    Raises
    ------
    InputError
        If it is empty, longer than PostgreSQL's 63 bytes, holds control or formatting
        characters, or belongs to PostgreSQL or this package.
    """
    name = clean_user(user)
    if name != user:
        raise InputError(f"the user name {user!r} starts or ends with white space")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in name):
        raise InputError(f"the user name {user!r} holds characters that cannot be seen")
    if name.lower() in _RESERVED or name.lower().startswith(_PREFIXES):
        raise InputError(f"the user name {user!r} is reserved; this person needs another one")
    return name
