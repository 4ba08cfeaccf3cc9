"""What a session keeps, as plain data that is checked before it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.sharing import SHARED, Shared, link, links_among, why_not
from hicognition_widgets.views.spec import checked_spec, plain
from hicognition_widgets.views.spec_schema import problem

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

VERSION = 1
_MOST_LINKS = 1000
#: Which comparison, and which of its views, counted from 0.
_PLACE = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": 10_000},
    "minItems": 2,
    "maxItems": 2,
}
_SCHEMA = {
    "type": "object",
    "required": ["version", "comparisons"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": VERSION},
        "comparisons": {
            "type": "array",
            "maxItems": 100,
            "items": {"type": "object"},
        },
        "links": {
            "type": "array",
            "maxItems": _MOST_LINKS,
            "items": {
                "type": "object",
                "required": ["shared", "donor", "recipient"],
                "additionalProperties": False,
                "properties": {
                    "shared": {"enum": list(SHARED)},
                    "donor": _PLACE,
                    "recipient": _PLACE,
                },
            },
        },
    },
}


def session_spec(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Comparisons as the plain data that a session keeps, with the links between them."""
    places = {
        id(view): (i, j)
        for i, comparison in enumerate(comparisons)
        for j, view in enumerate(comparison.views)
    }
    found = links_among([view for one in comparisons for view in one.views])
    between = [
        {
            "shared": one.shared,
            "donor": list(places[id(one.donor)]),
            "recipient": list(places[id(one.recipient)]),
        }
        for one in found
        if places[id(one.donor)][0] != places[id(one.recipient)][0]
    ]
    spec: dict[str, Any] = {
        "version": VERSION,
        "comparisons": [comparison.spec for comparison in comparisons],
    }
    return spec | {"links": between} if between else spec


def checked_links(spec: Mapping[str, Any]) -> list[tuple[Shared, list[int], list[int]]]:
    """Links between the comparisons of a checked session: what, donor, recipient.

    Raises
    ------
    InputError
        If one names a view that does not exist.
    """
    sizes = [len(one["views"]) for one in spec["comparisons"]]
    for i, one in enumerate(spec.get("links", ())):
        for end in ("donor", "recipient"):
            comparison, view = one[end]
            if comparison >= len(sizes) or view >= sizes[comparison]:
                raise InputError(f"links[{i}].{end} names a view that does not exist")
    return [(one["shared"], one["donor"], one["recipient"]) for one in spec.get("links", ())]


def link_comparisons(
    shown: Mapping[int, Comparison], links: Sequence[tuple[Shared, list[int], list[int]]]
) -> None:
    """Link views of comparisons again, by their places in the session, where both are."""
    for shared, donor, recipient in links:
        if donor[0] not in shown or recipient[0] not in shown:
            continue
        one = shown[donor[0]].views[donor[1]]
        other = shown[recipient[0]].views[recipient[1]]
        if not why_not(shared, one, other):
            link(shared, one, [other])


def checked_session(spec: object) -> list[dict[str, Any]]:
    """The specs of a session's comparisons, in today's version.

    Raises
    ------
    InputError
        With the path of the field that is wrong, such as ``comparisons[0].views[1].kind``.
    """
    plain(spec, "")
    found = problem(spec, _SCHEMA)
    if found is not None or not isinstance(spec, Mapping):
        raise InputError(found or "a session has to be a mapping of fields")
    specs = [
        checked_spec(one, f"comparisons[{i}]") for i, one in enumerate(spec["comparisons"])
    ]
    checked_links(spec)
    return specs
