"""Values that are given as arrays: checked, and categories told from numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

Annotation = tuple[tuple[str, ...], npt.NDArray[np.float64]]
"""Categories (none for numbers), and numbers or the places of the categories."""


def numbers(
    values: npt.ArrayLike, dimensions: int, what: str, dtype: type[np.floating[Any]]
) -> npt.NDArray[Any]:
    """An array of numbers with so many dimensions.

    Raises
    ------
    InputError
        If it has others, or holds no numbers.
    """
    try:
        array = np.asarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} has to be an array of numbers") from error
    if array.ndim != dimensions or 0 in array.shape:
        raise InputError(
            f"{what} has to have {dimensions} dimension{'s' * (dimensions > 1)} and at least "
            f"one value, not the shape {array.shape}"
        )
    return array


def annotation(name: str, values: npt.ArrayLike, n: int) -> Annotation:
    """Numbers, or categories in the order of their names, one for each of n regions.

    Raises
    ------
    InputError
        If there are not n of them.
    """
    array = _one_each(name, values, n)
    if array.dtype.kind in "biuf":
        return (), array.astype(np.float64)
    return _categories(array)


def groups(name: str, values: npt.ArrayLike, n: int) -> Annotation:
    """Categories, one for each of n regions; whole numbers are names too, negative ones none.

    Raises
    ------
    InputError
        If there are not n of them, or they are no whole numbers and no texts.
    """
    array = _one_each(name, values, n)
    if array.dtype.kind == "f":
        raise InputError(f"{name} are texts or whole numbers, one per region")
    if array.dtype.kind not in "iu":
        return _categories(array)
    known = np.unique(array[array >= 0])
    places = np.searchsorted(known, array).astype(np.float64)
    places[array < 0] = np.nan
    return tuple(str(one) for one in known.tolist()), places


def region_names(names: Any, n: int) -> list[str]:
    """What n regions are called; names may come again.

    Raises
    ------
    InputError
        If there are not n of them.
    """
    found = [str(one) for one in names]
    if len(found) != n:
        raise InputError(f"names has to be {n:,} texts, one per region, not {len(found):,}")
    return found


def _one_each(name: str, values: npt.ArrayLike, n: int) -> npt.NDArray[Any]:
    array = np.asarray(values)
    if array.shape != (n,):
        raise InputError(f'the annotation "{name}" needs {n:,} values, not {array.shape}')
    return array


def _categories(array: npt.NDArray[Any]) -> Annotation:
    texts = ["" if value is None or value != value else str(value) for value in array.tolist()]
    levels = tuple(sorted({text for text in texts if text}))
    place = {level: float(i) for i, level in enumerate(levels)}
    return levels, np.array([place.get(text, np.nan) for text in texts])


def fingerprint(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """SHA-256 of arrays and their names, hex."""
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
