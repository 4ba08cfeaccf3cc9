"""Trait types of the views: what they accept, in sentences people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord


def dataset_id(value: object) -> str:
    """Wire id of a dataset given as record, id text or number."""
    if isinstance(value, DatasetRecord):
        return str(value.id)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is not a dataset")
    return str(value)


class FeatureIds(traitlets.List[str]):
    """Ids of the chosen features; datasets and single values are accepted too."""

    info_text = "a feature (a dataset of the catalog, or its id) or a list of features"

    def info(self) -> str:
        """What is accepted, for the sentence of an error; a list's own would be its type."""
        return self.info_text

    def validate(self, obj: Any, value: Any) -> Any:
        """Turn datasets into ids."""
        if isinstance(value, DatasetRecord | str | int):
            value = [value]
        if isinstance(value, Iterable):
            try:
                value = [dataset_id(item) for item in value]
            except TypeError:
                self.error(obj, value)
        return super().validate(obj, value)


class LineKeys(FeatureIds):
    """Keys of lines: a dataset, and which of its lines; see :mod:`.line_keys`."""

    info_text = "a line (a dataset, its name or its id, as in 'CTCF:right') or a list of lines"


class PositiveInt(traitlets.TraitType[int | None, int | float | None]):
    """A number of base pairs, or None."""

    default_value = None
    info_text = "a positive whole number of base pairs, or None"

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def validate(self, obj: Any, value: Any) -> int | None:
        """Accept whole floats (the browser sends numbers) and refuse the rest."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value <= 0:
            self.error(obj, value)
        return int(value)


class RowNumbers(traitlets.TraitType[Any, Any]):
    """Chosen regions: a sorted array of row numbers, or None for no choice."""

    default_value = None
    info_text = "row numbers, a boolean mask, names of regions, or None"

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def validate(self, obj: Any, value: Any) -> npt.NDArray[np.int64]:
        """Accept what can be row numbers; whether they exist, the owner knows.

        Names pass as an array of text, which the owner turns into rows.
        """
        rows = np.asarray(value)
        if rows.dtype == np.bool_ and rows.ndim == 1:
            total = getattr(getattr(obj, "regions", None), "n_regions", None)
            if total is not None and len(rows) != total:
                raise traitlets.TraitError(
                    f"a mask has one value per region: {total:,}, not {len(rows):,}"
                )
            rows = np.flatnonzero(rows)
        if rows.ndim == 1 and rows.size and all(isinstance(name, str) for name in rows):
            return rows.astype(object)
        if rows.size == 0:
            rows = rows.astype(np.int64)
        if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer):
            self.error(obj, value)
        found: npt.NDArray[np.int64] = np.unique(rows.astype(np.int64))
        found.flags.writeable = False
        return found


class RowRange(traitlets.TraitType[Any, Any]):
    """Rows from one place to another, as a list of two whole numbers; None for all."""

    default_value = None
    info_text = "two whole numbers, the first row and the one after the last, or None for all"

    def __init__(self) -> None:
        super().__init__(allow_none=True)
        pair = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
        self.tag(
            schema={"type": ["array", "null"], "items": pair, "minItems": 2, "maxItems": 2}
        )

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Accept two numbers in order; whether there are such rows, the picture knows."""
        if not isinstance(value, list | tuple) or len(value) != 2:
            self.error(obj, value)
        numbers = [int(one) if _whole(one) else -1 for one in value]
        if not 0 <= numbers[0] < numbers[1]:
            self.error(obj, value)
        return numbers


def _whole(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | np.integer) or (
        isinstance(value, float) and value.is_integer()
    )


class DatasetId(traitlets.Unicode[str, Any]):
    """Id of a dataset, or empty for none; the dataset itself is accepted too."""

    info_text = "a dataset of the catalog, its name or its id"

    def validate(self, obj: Any, value: Any) -> str:
        """Turn a dataset into its id."""
        try:
            return dataset_id(value)
        except TypeError:
            self.error(obj, value)


class Finite(traitlets.TraitType[float | None, float | None]):
    """A finite number, or None for automatic."""

    default_value = None
    info_text = "a finite number, or None for automatic"

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def validate(self, obj: Any, value: Any) -> float | None:
        """Refuse NaN and infinities, which JSON cannot carry."""
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not number or not np.isfinite(value):
            self.error(obj, value)
        return float(value)


def regions_json(record: DatasetRecord | None, _widget: object = None) -> Any:
    """A region set as the browser reads it."""
    if record is None:
        return None
    return {
        "id": str(record.id),
        "name": record.name,
        "n": record.n_regions,
        "pairs": record.dims == 2,
        "mode": record.region_kind,
    }


def feature_json(record: DatasetRecord) -> dict[str, str]:
    """A feature as the browser's choices show it."""
    detail = {"contact_map": "contact map", "signal_track": "signal track"}
    return {
        "id": str(record.id),
        "name": record.name,
        "kind": record.kind,
        "detail": f"{detail.get(record.kind, record.kind)} · {record.assembly}",
    }


def collection_json(record: CollectionRecord, option: str) -> dict[str, str]:
    """A collection as the browser's choices show it; `option` is what choosing it sends."""
    n = sum(not member.deleted for member in record.members)
    return {
        "id": option,
        "name": record.name,
        "kind": "collection",
        "detail": f"collection of {n} · {record.assembly}",
    }
