"""What a stackup's rows can be sorted and grouped by, as the text of its settings.

A sort key is one of :data:`~hicognition_widgets.views.rows.SORT_KEYS`, ``annotation:NAME``,
or ``map:ID`` for a score of each region in a contact map. Groups are ``annotation:NAME`` for
the categories of an annotation, or ``clusters:ID,ID`` for the clusters of an embedding by
these tracks or this contact map.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.views import choices, rows
from hicognition_widgets.views.line_keys import renamed

if TYPE_CHECKING:
    from hicognition_widgets.catalog import DatasetRecord
    from hicognition_widgets.views.host import Host

ANNOTATION = "annotation:"
CLUSTERS = "clusters:"
MAP = "map:"
_LONGEST = 1000


def checked_sort(key: str) -> str:
    """The sort key if it can be one; whether the annotation exists shows later.

    Raises
    ------
    InputError
        If it is none.
    """
    if key in rows.SORT_KEYS or _annotation(key) or map_of(key):
        return key
    raise InputError(
        f'stackups sort by {", ".join(rows.SORT_KEYS)}, "{ANNOTATION}" and the name of an '
        f'annotation, or "{MAP}" and the number of a contact map, not by "{key[:80]}"'
    )


def map_of(key: str) -> str:
    """Number of the contact map whose score a sort key is; empty for other keys."""
    number = key.removeprefix(MAP)
    return number if number != key and number.isdecimal() and len(key) <= _LONGEST else ""


def score_kind(regions: DatasetRecord) -> str:
    """Which score of a contact map orders the regions of a set."""
    if regions.region_kind == "interval":
        return "domain"
    return "loop" if regions.dims == 2 else "insulation"


_SCORE_WORDS = {
    "loop": "O/E at the centre",
    "insulation": "insulation",
    "domain": "strength as domain",
}


def checked_groups(groups: str) -> str:
    """The groups if they can be some; empty for none.

    Raises
    ------
    InputError
        If they cannot.
    """
    if groups == "" or _annotation(groups):
        return groups
    ids = cluster_features(groups)
    if ids and all(one.isdecimal() for one in ids) and len(groups) <= _LONGEST:
        return groups
    raise InputError(
        f'rows are grouped by "{ANNOTATION}" and the name of an annotation, or by "{CLUSTERS}" '
        f'and the numbers of tracks or of one contact map, not by "{groups[:80]}"'
    )


def _annotation(text: str) -> bool:
    return text.startswith(ANNOTATION) and text != ANNOTATION and len(text) <= _LONGEST


def cluster_features(groups: str) -> list[str]:
    """Numbers of the datasets whose clusters group the rows; empty for other groups."""
    if not groups.startswith(CLUSTERS):
        return []
    return [one for one in groups.removeprefix(CLUSTERS).split(",") if one]


def referred(settings: Mapping[str, Any]) -> list[str]:
    """Numbers of the datasets that order and groups depend on."""
    track = settings.get("sort_track") or ""
    scored = map_of(settings.get("sort_by") or "")
    return [*filter(None, (track, scored)), *cluster_features(settings.get("group_by") or "")]


def relocated(settings: Mapping[str, Any], number: Callable[[str], str]) -> dict[str, Any]:
    """The settings with each of these numbers replaced, for another catalog."""
    found = dict(settings)
    if found.get("sort_track"):
        found["sort_track"] = number(found["sort_track"])
    scored = map_of(found.get("sort_by") or "")
    if scored:
        found["sort_by"] = f"{MAP}{number(scored)}"
    ids = cluster_features(found.get("group_by") or "")
    if ids:
        found["group_by"] = CLUSTERS + ",".join(number(one) for one in ids)
    if found.get("hidden"):
        found["hidden"] = renamed(found["hidden"], number)
    return found


def sort_options(host: Host | None, regions: DatasetRecord, mode: str) -> list[dict[str, str]]:
    """Sort keys of a region set as the browser's choices show them."""
    found = [{"id": key, "label": rows.SORT_KEYS[key]} for key in rows.sort_keys(mode)]
    if host is None:
        return found
    names = host.annotation_names(regions)
    found += [{"id": f"{ANNOTATION}{name}", "label": name} for name in names]
    word = _SCORE_WORDS[score_kind(regions)]
    maps = host.datasets_on(regions.assembly, "contact_map")
    return found + [{"id": f"{MAP}{one.id}", "label": f"{word}, {one.name}"} for one in maps]


def group_options(host: Host | None, regions: DatasetRecord) -> list[dict[str, str]]:
    """Groups of a region set: categories, and clusters by collections and contact maps."""
    if host is None:
        return []
    found = [{"id": "", "label": "no groups"}]
    found += [
        {"id": f"{ANNOTATION}{name}", "label": name} for name in host.category_names(regions)
    ]
    for collection in host.collections_on(regions.assembly, "signal_track"):
        ids = [str(one.id) for one in collection.members if not one.deleted]
        if len(ids) > 1:
            label = f"clusters by {collection.name}"
            found.append({"id": CLUSTERS + ",".join(ids), "label": label})
    if regions.dims == 2:
        for one in host.datasets_on(regions.assembly, "contact_map"):
            found.append({"id": f"{CLUSTERS}{one.id}", "label": f"clusters by {one.name}"})
    return found


def bin_for(datasets: list[DatasetRecord], flank: int, wished: int | None) -> int | None:
    """Bin size in bp that these features have at a flank: the wished one where it is valid.

    Otherwise the one that an embedding of them has unless another is chosen; None if a
    contact map has none that divides the flank.
    """
    if datasets[0].kind == "contact_map":
        resolutions = datasets[0].resolutions
        if wished is not None and wished in resolutions and flank % wished == 0:
            return wished
        return choices.choose_map_bin(None, flank, choices.map_bins(flank, resolutions))
    if wished is not None and flank % wished == 0:
        return wished
    return choices.choose_track_bin(None, flank, choices.track_bins(flank))


def annotation_groups(
    host: Host, regions: DatasetRecord, groups: str
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Category of each region, -1 for none, and what the categories are called.

    Raises
    ------
    InputError
        If the annotation is gone, or holds numbers.
    """
    name = groups.removeprefix(ANNOTATION)
    levels, values = _values(host, regions, name)
    if not levels:
        raise InputError(
            f'the annotation "{name}" holds numbers; rows can be sorted by it, not grouped'
        )
    return np.where(np.isnan(values), -1, values).astype(np.int64), tuple(levels)


def annotation_values(host: Host, regions: DatasetRecord, key: str) -> npt.NDArray[np.float64]:
    """What an annotation sorts by: its numbers, or the place of each category.

    Raises
    ------
    InputError
        If the annotation is gone.
    """
    return _values(host, regions, key.removeprefix(ANNOTATION))[1]


def _values(
    host: Host, regions: DatasetRecord, name: str
) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    known = host.annotation_names(regions)
    if name not in known:
        listed = ", ".join(known) or "none yet"
        raise InputError(f'there is no annotation "{name}" any more; there are: {listed}')
    return host.annotation_values(regions, name)
