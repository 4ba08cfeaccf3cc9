"""Stored results as the browser reads them: plain JSON plus little-endian buffers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_WIRE_TYPES = {"float32", "float64", "int32", "uint32", "uint8"}


def encode(array: npt.NDArray[Any]) -> dict[str, Any]:
    """One array for the wire: ``{dtype, shape, data}``, C order, little endian.

    float64 and int64 are narrowed to float32 and int32: what is drawn needs no more, and
    exact values stay in the kernel.
    """
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    narrow = {"float64": "float32", "int64": "int32"}.get(array.dtype.name, array.dtype.name)
    if narrow not in _WIRE_TYPES:
        raise TypeError(f"arrays of {array.dtype} do not travel to the browser")
    little = np.ascontiguousarray(array, dtype=np.dtype(narrow).newbyteorder("<"))
    return {
        "dtype": narrow,
        "shape": list(array.shape),
        "data": little.reshape(-1).view(np.uint8).data,
    }


def result_payload(
    key: str, meta: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
) -> dict[str, Any]:
    """What the ``result`` trait of a view holds."""
    return {
        "key": key,
        "meta": dict(meta),
        "arrays": {name: encode(array) for name, array in arrays.items()},
    }


def result_key(settings: Mapping[str, Any]) -> str:
    """Name of a result among those embedded in a page; the browser builds the same text."""
    if settings.get("binsize") is not None:
        size = settings["binsize"]
    else:
        size = settings.get("bin_percent")
    stackup = settings["kind"] == "stackup"
    parts = {
        "features": ",".join(settings["features"]),
        "flank": _text(settings.get("flank")),
        "bin": _text(size),
        "normalization": _text(settings.get("normalization")),
        "side": _text(settings.get("side")),
        "sort": _text(settings.get("sort_by")).replace(";", "%3B"),
        "asc": ("1" if settings.get("ascending") else "0") if stackup else "",
    }
    if stackup:
        parts |= _order_parts(settings)
    if settings.get("n_clusters"):
        parts |= {"clusters": _text(settings["n_clusters"]), "overlay": settings["overlay"]}
    if settings.get("versus"):
        parts["versus"] = ",".join(settings["versus"])
    if settings.get("band") == "quartiles":
        parts["band"] = "quartiles"
    return ";".join([settings["kind"], *(f"{name}={value}" for name, value in parts.items())])


def _order_parts(settings: Mapping[str, Any]) -> dict[str, str]:
    """What else decides the order and the blocks of a stackup's rows."""
    groups = _text(settings.get("group_by")).replace(";", "%3B")
    random = settings.get("sort_by") == "random"
    clusters = [settings.get("group_clusters"), settings.get("group_binsize")]
    return {
        "track": _text(settings.get("sort_track")),
        "seed": _text(settings.get("sort_seed")) if random else "",
        "groups": groups,
        "of": ",".join(map(_text, clusters)) if groups.startswith("clusters:") else "",
    }


def selection_key(key: str, number: int) -> str:
    """Name of a result for a page's named selection; the browser builds the same text."""
    return f"{key};selection={number}"


def rows_key(settings: Mapping[str, Any], feature: str) -> str:
    """Name of the values of all regions in a page; the browser builds the same text."""
    size = settings.get("binsize") or settings.get("bin_percent")
    key = (
        f"rows;feature={feature};flank={_text(settings.get('flank'))};bin={_text(size)};"
        f"side={_text(settings.get('side'))}"
    )
    normalization = settings.get("normalization")
    return f"{key};normalization={normalization}" if normalization else key


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def merge_reasons(tracks: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Left-out regions per reason over several tracks: the largest number of any track."""
    merged: dict[str, int] = {}
    for track in tracks:
        for sentence, count in track["reasons"].items():
            merged[sentence] = max(merged.get(sentence, 0), count)
    return merged
