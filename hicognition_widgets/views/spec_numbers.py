"""The numbers of datasets in a session's spec, exchanged for those of another catalog."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REFERENCES = ("features", "versus")
"""Settings of views that hold numbers of datasets."""


def renumbered_session(spec: Mapping[str, Any], datasets: Mapping[int, int]) -> dict[str, Any]:
    """The spec with new numbers for its datasets.

    A dataset without a new number keeps its name and content in the spec and is looked up
    by these; its old number, which may mean something else here, becomes one that is free.

    Parameters
    ----------
    spec : mapping
        As the catalog keeps it; what does not look like a session is left as it is.
    datasets : mapping of int to int
        Old numbers to new ones.
    """
    comparisons = spec.get("comparisons")
    if not isinstance(comparisons, list):
        return dict(spec)
    keys = {str(old): str(new) for old, new in datasets.items()}
    return {**spec, "comparisons": [_comparison(one, keys) for one in comparisons]}


def _comparison(spec: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(spec, Mapping):
        return spec
    new = dict(spec)
    if isinstance(spec.get("regions"), str):
        new["regions"] = _key(spec["regions"], keys)
    if isinstance(spec.get("datasets"), Mapping):
        new["datasets"] = {_key(key, keys): facts for key, facts in spec["datasets"].items()}
    if isinstance(spec.get("views"), list):
        new["views"] = [_view(view, keys) for view in spec["views"]]
    return new


def _view(view: Any, keys: Mapping[str, str]) -> Any:
    if not isinstance(view, Mapping):
        return view
    return {**view} | {
        name: [_key(key, keys) if isinstance(key, str) else key for key in view[name]]
        for name in _REFERENCES
        if isinstance(view.get(name), list)
    }


def _key(old: str, keys: Mapping[str, str]) -> str:
    # The longest numbers a spec may hold; no catalog ever counts that far.
    return keys.get(old, f"9{int(old) % 10**17:017}" if old.isdecimal() else old)
