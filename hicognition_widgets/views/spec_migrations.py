"""From every version of a spec to the next one.

Version 1 named datasets by their number in one catalog alone. Version 2 says who they are,
so that a spec can move and what is missing has a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hicognition_widgets.errors import InputError

VERSION = 2

Migration = Callable[[dict[str, Any]], dict[str, Any]]


def _from_1(spec: dict[str, Any]) -> dict[str, Any]:
    regions = spec.get("regions")
    if isinstance(regions, int) and not isinstance(regions, bool):
        regions = str(regions)
    return spec | {"version": 2, "regions": regions, "datasets": {}}


MIGRATIONS: dict[int, Migration] = {1: _from_1}


def migrated(spec: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """The spec in today's version; the original is not changed.

    Raises
    ------
    InputError
        If it has no version, or one that this package does not know.
    """
    field = f"{where}.version" if where else "version"
    version = spec.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(f"{field} has to be a whole number from 1 to {VERSION}")
    if version > VERSION:
        raise InputError(
            f"{field} is {version}, which a newer hicognition-widgets wrote; "
            f"this one reads up to {VERSION}"
        )
    today = dict(spec)
    while version < VERSION:
        today = MIGRATIONS[version](today)
        version += 1
    return today
