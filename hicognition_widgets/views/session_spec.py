"""What a session keeps, as plain data that is checked before it is opened.

Version 1 was a list of comparisons. Version 2 also says whether they stand on a board, and
how that is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.givers import SHARED, Shared
from hicognition_widgets.views.sharing import link, links_among, why_not
from hicognition_widgets.views.spec import checked_spec, plain
from hicognition_widgets.views.spec_schema import problem, trait_schema

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

VERSION = 2
_MOST_LINKS = 1000
#: Which comparison, and which of its views, counted from 0.
_PLACE = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": 10_000},
    "minItems": 2,
    "maxItems": 2,
}
_LINKS = {
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
}
Links = Sequence[tuple[Shared, list[int], list[int]]]
"""What is shared, by which view (comparison and view, counted from 0), with which."""


@cache
def session_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of a session, its comparisons apart."""
    from hicognition_widgets.views.board import Board

    traits = Board.class_traits()
    return {
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
            "links": _LINKS,
            "board": {
                "type": ["object", "null"],
                "additionalProperties": False,
                "properties": {name: trait_schema(traits[name]) for name in Board.kept},
            },
        },
    }


def session_spec(
    comparisons: Sequence[Comparison], board: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Comparisons as the plain data that a session keeps, with the links between them.

    Parameters
    ----------
    comparisons : sequence of Comparison
        In order.
    board : mapping, optional
        Settings of the board that they stand on; None if they stand by themselves.
    """
    between = [
        one for one in placed_links(comparisons) if one["donor"][0] != one["recipient"][0]
    ]
    spec: dict[str, Any] = {
        "version": VERSION,
        "comparisons": [comparison.spec for comparison in comparisons],
        "board": None if board is None else dict(board),
    }
    return spec | {"links": between} if between else spec


def placed_links(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Who takes what from whom: ``shared``, ``donor`` and ``recipient``.

    Both are places: which comparison, and which of its views, counted from 0.
    """
    places = {
        id(view): [i, j]
        for i, comparison in enumerate(comparisons)
        for j, view in enumerate(comparison.views)
    }
    found = links_among([view for one in comparisons for view in one.views])
    return [
        {
            "shared": one.shared,
            "donor": places[id(one.donor)],
            "recipient": places[id(one.recipient)],
        }
        for one in found
    ]


@dataclass(frozen=True)
class SavedSession:
    """What a session holds, checked and in today's version.

    Attributes
    ----------
    comparisons : list of dict
        Specs.
    links : sequence of tuple
        Between views of different comparisons, see :data:`Links`.
    board : dict or None
        Settings of the board they stand on.
    """

    comparisons: list[dict[str, Any]]
    links: Links
    board: dict[str, Any] | None


def checked_session(spec: object) -> SavedSession:
    """The specs of a session's comparisons, their links and board, in today's version.

    Raises
    ------
    InputError
        With the path of the field that is wrong, such as ``comparisons[0].views[1].kind``.
    """
    plain(spec, "")
    if not isinstance(spec, Mapping):
        raise InputError("a session has to be a mapping of fields")
    today = dict(spec) | ({"version": VERSION} if spec.get("version") == 1 else {})
    found = problem(today, session_schema())
    if found is not None:
        raise InputError(found)
    comparisons = [
        checked_spec(one, f"comparisons[{i}]") for i, one in enumerate(today["comparisons"])
    ]
    links = _checked_links(today.get("links", ()), [len(one["views"]) for one in comparisons])
    return SavedSession(comparisons, links, today.get("board"))


def _checked_links(links: Sequence[Mapping[str, Any]], sizes: Sequence[int]) -> Links:
    """Links whose ends are views of comparisons with so many views each."""
    for i, one in enumerate(links):
        for end in ("donor", "recipient"):
            comparison, view = one[end]
            if comparison >= len(sizes) or view >= sizes[comparison]:
                raise InputError(f"links[{i}].{end} names a view that does not exist")
    return [(one["shared"], one["donor"], one["recipient"]) for one in links]


def link_comparisons(shown: Mapping[int, Comparison], links: Links) -> None:
    """Link views of comparisons again, by their places in the session, where both are."""
    for shared, donor, recipient in links:
        if donor[0] not in shown or recipient[0] not in shown:
            continue
        one = shown[donor[0]].views[donor[1]]
        other = shown[recipient[0]].views[recipient[1]]
        if not why_not(shared, one, other):
            link(shared, one, [other])
