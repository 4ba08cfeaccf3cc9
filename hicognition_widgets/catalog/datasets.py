"""Datasets: registered and changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Text, func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.dataset_rows import (
    FEATURES,
    KIND_WORDS,
    checked_kinds,
    conditions,
    dataset_record,
    set_metadata,
    update_search_text,
)
from hicognition_widgets.catalog.genomes import find_assembly
from hicognition_widgets.catalog.models import (
    Assembly,
    Dataset,
    DatasetMetadata,
    DatasetParent,
)
from hicognition_widgets.catalog.records import (
    DatasetKind,
    DatasetRecord,
    MetadataValue,
    RegionKind,
)
from hicognition_widgets.catalog.repositories import check_repository
from hicognition_widgets.catalog.rights import owned
from hicognition_widgets.catalog.text import clean_json, clean_name, clean_text
from hicognition_widgets.errors import InputError

CHANGEABLE = (
    "name",
    "description",
    "public",
    "metadata",
    "path",
    "fingerprint",
    "managed",
    "size",
    "modified",
    "n_regions",
    "resolutions",
    "repository",
    "sample_id",
    "source_url",
)
"""Fields of a dataset that its owner can change."""

_FIXED = {
    "kind": "it follows from the file",
    "assembly": "stored results and collections rely on it",
    "owner": "only an administrator can give data to somebody else",
    "dims": "it follows from the file",
    "region_kind": "stored results rely on it; add the file again as the other kind",
    "origin": "it records how the region set was made",
    "id": "others refer to it",
}


class DatasetCalls(CatalogCore):
    """How a catalog takes datasets in and changes them."""

    def add_dataset(
        self,
        *,
        kind: DatasetKind,
        name: str,
        assembly: str | int,
        path: str | Path,
        fingerprint: str,
        public: bool = False,
        managed: bool = False,
        size: int = 0,
        modified: float | datetime = 0.0,
        dims: Literal[1, 2] | None = None,
        region_kind: RegionKind | None = None,
        n_regions: int | None = None,
        resolutions: Sequence[int] = (),
        description: str = "",
        metadata: Mapping[str, MetadataValue] | None = None,
        origin: Mapping[str, Any] | None = None,
        repository: str | None = None,
        sample_id: str | None = None,
        source_url: str | None = None,
    ) -> DatasetRecord:
        """Register a file. The same file under the same name twice is one dataset.

        Parameters
        ----------
        kind : {"regions", "signal_track", "contact_map"}
        name : str
            Unique among your region sets or among your features.
        assembly : str or int
            Name, ``owner/name`` or number.
        path : str or Path
            The file; stays where it is.
        fingerprint : str
            Name of its content.
        managed : bool
            Whether the file is a copy that belongs to the store.
        size, modified : int, float
            Bytes, and the time of the last change in seconds since 1970.
        dims, region_kind, n_regions : optional
            For region sets: 1 or 2, ``"point"`` or ``"interval"``, number of regions.
        resolutions : sequence of int
            For contact maps, bp.
        metadata : mapping of str to str, float, int or bool
        origin : mapping, optional
            Where a derived region set comes from, plain data; ``"parent"`` or
            ``"parents"`` hold the numbers of the datasets it was made from.
        repository, sample_id, source_url : str, optional
            Where a downloaded file comes from.

        Raises
        ------
        InputError
            If the name is taken by other content, or a value cannot be kept.
        NotFound
            If there is no such assembly or repository.
        """
        (checked_kind,) = checked_kinds(kind)
        name = clean_name(name, "the name of a dataset")
        _check_shape(checked_kind, dims, region_kind)
        values: dict[str, Any] = {
            "path": clean_text(str(path), "a path"),
            "fingerprint": clean_text(fingerprint, "a fingerprint", 128),
            "public": bool(public),
            "managed": bool(managed),
            "size": int(size),
            "modified": _seconds(modified),
            "dims": dims,
            "region_kind": region_kind,
            "n_regions": None if n_regions is None else int(n_regions),
            "resolutions": [int(value) for value in resolutions],
            "description": clean_text(description, "a description"),
            "origin": None if origin is None else clean_json(dict(origin), "the origin"),
            "repository": repository,
            "sample_id": _optional(sample_id, "a sample id", 128),
            "source_url": _optional(source_url, "a source address"),
        }
        with self._write() as session:
            place = find_assembly(session, assembly, self.user)
            check_repository(session, repository)
            row = _same_name(session, self.user, checked_kind, name)
            if row is not None:
                unchanged = (
                    row.kind == checked_kind
                    and row.fingerprint == fingerprint
                    and row.assembly_id == place.id
                    and row.region_kind == region_kind
                )
                if not unchanged:
                    raise InputError(
                        f"you already have a {KIND_WORDS[row.kind]} {name!r} with other "
                        "content; choose another name, or delete it first"
                    )
                # The same content again: where it is now, and where it comes from, may be news.
                for field in ("path", "managed", "size", "modified"):
                    setattr(row, field, values[field])
                for field in ("repository", "sample_id", "source_url"):
                    if values[field] is not None:
                        setattr(row, field, values[field])
            else:
                row = Dataset(
                    owner=self.user,
                    name=name,
                    kind=checked_kind,
                    assembly_id=place.id,
                    metadata_items=[],
                    **values,
                )
            set_metadata(row, metadata or {})
            update_search_text(row)
            session.add(row)
            session.flush()
            for parent in _parents(values["origin"]):
                session.merge(DatasetParent(dataset_id=row.id, parent_id=parent))
            session.flush()
            return dataset_record(row, place.name)

    def update_dataset(self, dataset_id: int, **changes: Any) -> DatasetRecord:
        """Change a dataset of yours.

        Parameters
        ----------
        dataset_id : int
        **changes
            ``name``, ``description``, ``public``, ``metadata`` (given fields are set, None
            removes one, the others stay), ``path``, ``fingerprint``, ``managed``,
            ``size``, ``modified``, ``n_regions``, ``resolutions``, ``repository``,
            ``sample_id``, ``source_url``.

        Raises
        ------
        InputError
            If something cannot be changed; the sentence says why.
        NotAllowed, NotFound
        """
        for field in changes:
            if field in _FIXED:
                raise InputError(f"the {field} of a dataset cannot change: {_FIXED[field]}")
            if field not in CHANGEABLE:
                raise InputError(
                    f"a dataset has no {field!r} to change; choose from {', '.join(CHANGEABLE)}"
                )
        with self._write() as session:
            row = owned(session, Dataset, dataset_id, self.user, "dataset")
            if "repository" in changes:
                check_repository(session, changes["repository"])
            for field, value in changes.items():
                if field == "metadata":
                    set_metadata(row, value)
                elif field == "name":
                    row.name = clean_name(value, "the name of a dataset")
                    clash = _same_name(session, self.user, row.kind, row.name, row.id)
                    if clash is not None:
                        raise InputError(
                            f"you already have a {KIND_WORDS[clash.kind]} {row.name!r}"
                        )
                else:
                    setattr(row, field, _changed(field, value))
            update_search_text(row)
            session.flush()
            place = session.get_one(Assembly, row.assembly_id)
            return dataset_record(row, place.name)

    def metadata_values(self, key: str, *, limit: int = 100) -> list[str]:
        """Values that datasets you may see have in one field, for suggestions."""
        if self._asker is None:
            query = select(func.hicognition_metadata_values(key, limit, type_=Text))
        else:
            query = (
                select(DatasetMetadata.value)
                .join(Dataset, Dataset.id == DatasetMetadata.dataset_id)
                .where(DatasetMetadata.key == key, *conditions(self._asker))
                .distinct()
                .order_by(DatasetMetadata.value)
                .limit(limit)
            )
        with self._read() as session:
            return list(session.scalars(query))


def _check_shape(kind: str, dims: int | None, region_kind: str | None) -> None:
    if kind == "regions":
        if dims not in (1, 2):
            raise InputError("a region set needs dims=1 (BED) or dims=2 (BEDPE)")
        if region_kind not in ("point", "interval"):
            raise InputError("a region set needs region_kind='point' or 'interval'")
    elif dims is not None or region_kind is not None:
        raise InputError("only region sets have dims and region_kind")


def _same_name(
    session: Session, user: str, kind: str, name: str, other_than: int | None = None
) -> Dataset | None:
    """Your dataset of the same family (region sets, or features) with this name."""
    family = FEATURES if kind in FEATURES else ("regions",)
    query = select(Dataset).where(
        Dataset.owner == user,
        Dataset.name == name,
        Dataset.kind.in_(family),
        Dataset.deleted.is_(None),
    )
    if other_than is not None:
        query = query.where(Dataset.id != other_than)
    return session.scalars(query.limit(1)).first()


def _changed(field: str, value: Any) -> Any:
    match field:
        case "description":
            return clean_text(value, "a description")
        case "path":
            return clean_text(str(value), "a path")
        case "fingerprint":
            return clean_text(value, "a fingerprint", 128)
        case "public" | "managed":
            return bool(value)
        case "size":
            return int(value)
        case "modified":
            return _seconds(value)
        case "n_regions":
            return None if value is None else int(value)
        case "resolutions":
            return [int(item) for item in value]
        case "sample_id":
            return _optional(value, "a sample id", 128)
        case "source_url":
            return _optional(value, "a source address")
        case _:
            return value


def _optional(value: str | None, what: str, limit: int = 10_000) -> str | None:
    return None if value is None else clean_text(value, what, limit)


def _seconds(value: float | datetime) -> float:
    return value.timestamp() if isinstance(value, datetime) else float(value)


def _parents(origin: Mapping[str, Any] | None) -> list[int]:
    if origin is None:
        return []
    found = origin.get("parents", origin.get("parent", ()))
    numbers = found if isinstance(found, list) else [found]
    return [
        number
        for number in dict.fromkeys(numbers)
        if isinstance(number, int) and not isinstance(number, bool)
    ]
