"""Which datasets a menu offers, and how those are found that it has no room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.views.commands import Reply
from hicognition_widgets.views.traits import feature_json

if TYPE_CHECKING:
    from hicognition_widgets.views.host import DatasetKind, Host

MENU = 1000
"""Entries that a menu has room for."""


def beyond(host: Host, assembly: str, kind: DatasetKind, offered: int) -> int:
    """How many datasets there are besides those that a menu offers."""
    if offered < MENU:
        return 0
    return max(host.count_on(assembly, kind) - offered, 0)


def found_features(
    host: Host | None, regions: DatasetRecord | None, kind: DatasetKind, args: Mapping[str, Any]
) -> Reply:
    """Features with all these words, as a menu shows them."""
    found = _found(host, regions, kind, args)
    return Reply({"options": [feature_json(one) for one in found]})


def found_regions(host: Host, regions: DatasetRecord | None, args: Mapping[str, Any]) -> Reply:
    """Region sets with all these words, as a menu shows them."""
    found = _found(host, regions, "regions", args)
    return Reply({"options": [region_option(one) for one in found]})


def region_option(record: DatasetRecord) -> dict[str, str]:
    """A region set as an entry of a menu."""
    return {
        "id": str(record.id),
        "name": record.name,
        "detail": f"{record.n_regions:,} regions",
    }


def _found(
    host: Host | None, regions: DatasetRecord | None, kind: DatasetKind, args: Mapping[str, Any]
) -> list[DatasetRecord]:
    if host is None or regions is None:
        return []
    return host.find_on(regions.assembly, kind, str(args.get("words", ""))[:200])
