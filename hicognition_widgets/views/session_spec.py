"""What a session keeps, as plain data that is checked before it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.spec import checked_spec, plain
from hicognition_widgets.views.spec_schema import problem

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

VERSION = 1
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
    },
}


def session_spec(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Comparisons as the plain data that a session keeps."""
    return {
        "version": VERSION,
        "comparisons": [comparison.spec for comparison in comparisons],
    }


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
    return [checked_spec(one, f"comparisons[{i}]") for i, one in enumerate(spec["comparisons"])]
