"""The JSON schema of a comparison's spec, made from the traits of the views.

The views themselves say what can be set, so the schema cannot lag behind them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import traitlets

from hicognition_widgets.views.givers import SHARED
from hicognition_widgets.views.spec_migrations import VERSION
from hicognition_widgets.views.traits import FeatureIds, Finite, PositiveInt

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from hicognition_widgets.views.base import View

MOST_VIEWS = 200
_ROWS = {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 1_000_000}
_PLACE = {"type": "integer", "minimum": 0, "maximum": MOST_VIEWS}
_PAIRS = {
    "type": "array",
    "maxItems": 2 * MOST_VIEWS,
    "items": {"type": "array", "items": _PLACE, "minItems": 2, "maxItems": 2},
}
_TEXT = {"type": "string", "maxLength": 1000}
_KEY = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_KEYS = {"type": "array", "items": _KEY}
_MOST_KEYS = 1000
_LARGEST = 1_000_000
_BP = {"type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000_000}


@cache
def comparison_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of a comparison's spec."""
    from hicognition_widgets.views.kinds import KINDS

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a comparison of hicognition-widgets",
        "type": "object",
        "required": ["version", "regions", "views", "datasets"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": VERSION},
            "regions": _KEY | {"type": ["string", "null"]},
            "flank": _BP,
            "title": _TEXT,
            "columns": {"type": "integer", "minimum": 0, "maximum": 100},
            "selection": _ROWS | {"type": ["array", "null"]},
            "selections": {
                "type": "object",
                "propertyNames": _TEXT,
                "maxProperties": 1000,
                "additionalProperties": _ROWS,
            },
            "views": {
                "type": "array",
                "maxItems": MOST_VIEWS,
                "items": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"enum": list(KINDS)}},
                    "allOf": [
                        {
                            "if": {
                                "required": ["kind"],
                                "properties": {"kind": {"const": kind}},
                            },
                            "then": _view_schema(view),
                        }
                        for kind, view in KINDS.items()
                    ],
                },
            },
            "links": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(SHARED, _PAIRS),
            },
            "datasets": {
                "type": "object",
                "propertyNames": _KEY,
                "maxProperties": 10_000,
                "additionalProperties": {
                    "type": "object",
                    "required": ["name", "owner", "kind", "fingerprint"],
                    "additionalProperties": False,
                    "properties": {
                        "name": _TEXT,
                        "owner": _TEXT,
                        "kind": {"enum": ["regions", "signal_track", "contact_map"]},
                        "fingerprint": _TEXT,
                    },
                },
            },
        },
    }


def _view_schema(view: type[View]) -> dict[str, Any]:
    traits = view.class_traits()
    return {
        "additionalProperties": False,
        "properties": {"kind": True} | {name: trait_schema(traits[name]) for name in view.kept},
    }


def trait_schema(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any]:
    """What values a trait takes, as a JSON schema; a tag ``schema`` on the trait wins."""
    given = trait.metadata.get("schema")
    if given is not None:
        return dict(given)
    schema = _plain_schema(trait)
    if trait.allow_none and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    return schema


def _plain_schema(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any]:
    match trait:
        case FeatureIds():
            return _KEYS | {"maxItems": min(trait._maxlen, _MOST_KEYS)}
        case PositiveInt():
            return dict(_BP)
        case Finite():
            return {"type": ["number", "null"]}
        case traitlets.Enum():
            return {"enum": [*(trait.values or ()), *([None] if trait.allow_none else [])]}
        case traitlets.Bool():
            return {"type": "boolean"}
        case traitlets.Int():
            low = _LARGEST if trait.min is None else -trait.min
            return {"type": "integer", "minimum": -low, "maximum": trait.max or _LARGEST}
        case traitlets.Float():
            return {"type": "number"}
        case traitlets.Unicode():
            return dict(_TEXT)
        case traitlets.List() | traitlets.Tuple():
            return {"type": "array", "maxItems": 10_000}
        case traitlets.Dict():
            return {"type": "object", "maxProperties": 10_000}
    raise TypeError(f"tag the trait {trait.name!r} with the JSON schema of its values")


def problem(value: object, schema: dict[str, Any], where: str = "") -> str | None:
    """The worst thing wrong with a value as one sentence with the field's path, or None."""
    # with Jupyter's extras this import takes a second; most notebooks open no spec
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found = best_match(Draft202012Validator(schema).iter_errors(value))
    if found is None:
        return None
    path = where
    for step in found.absolute_path:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isidentifier():
            path += f".{step}" if path else step
        else:
            path += f"[{step[:60]!r}]"
    return _sentence(found, path)


def _sentence(error: ValidationError, path: str) -> str:
    limit, value = error.validator_value, error.instance
    shown = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}…"
    here = path or "the spec"
    match error.validator:
        case "required":
            gone = next(name for name in limit if name not in value)
            return f"{path}.{gone} is needed" if path else f"{gone} is needed"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = sorted(name for name in value if name not in known)[0]
            inner = f".{extra}" if extra.isidentifier() else f"[{extra[:60]!r}]"
            return f"{f'{path}{inner}'.lstrip('.')} is not a field that can be set here"
        case "enum":
            return f"{here} is {shown}; it can be {', '.join(map(repr, limit))}"
        case "const":
            return f"{here} is {shown}; it has to be {limit!r}"
        case "type":
            kinds = [limit] if isinstance(limit, str) else limit
            return f"{here} is {shown}; it has to be {' or '.join(kinds)}"
        case "minimum" | "maximum":
            bound = "at least" if error.validator == "minimum" else "at most"
            return f"{here} is {shown}; it has to be {bound} {limit:,}"
        case "minItems":
            return f"{here} is too short; at least {limit:,} are needed"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"{here} is too long; at most {limit:,} are allowed"
    return f"{here} is {shown}, which does not fit"
