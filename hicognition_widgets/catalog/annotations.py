"""Values per region: numbers to sort and colour by, categories to group by."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, undefer

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.models import Annotation, Dataset
from hicognition_widgets.catalog.records import AnnotationKind, AnnotationRecord
from hicognition_widgets.catalog.rights import owned, visible_datasets
from hicognition_widgets.catalog.text import clean_name, clean_text
from hicognition_widgets.errors import InputError, NotFound

MAX_LEVELS = 1000
"""A text column with more different values is a column of labels, not of categories."""


@dataclass(frozen=True, eq=False)
class AnnotationColumn:
    """One annotation with its values.

    Attributes
    ----------
    record : AnnotationRecord
    values : float64 (n,) or int32 (n,)
        Numbers, NaN where there is none; or numbers of the category in
        ``record.levels``, -1 where there is none.
    """

    record: AnnotationRecord
    values: npt.NDArray[np.float64] | npt.NDArray[np.int32]

    def to_series(self) -> pd.Series[Any]:
        """Numbers, or a pandas categorical; one entry per region."""
        if self.record.kind == "number":
            return pd.Series(self.values, name=self.record.name)
        categories = pd.Categorical.from_codes(
            self.values.astype(np.int64), categories=pd.Index(list(self.record.levels))
        )
        return pd.Series(categories, name=self.record.name)


class AnnotationCalls(CatalogCore):
    """What a catalog can do with annotations."""

    def add_annotations(
        self,
        dataset_id: int,
        columns: Mapping[str, Any] | pd.DataFrame,
        *,
        source: str = "",
        replace: bool = False,
    ) -> list[AnnotationRecord]:
        """Attach columns with one value per region, in the order of the regions.

        Parameters
        ----------
        dataset_id : int
            A region set that you may see. Annotations of somebody else's region set are
            seen by you alone; those of your own by everybody who sees the set.
        columns : mapping or DataFrame
            Name to values. Numbers and booleans become numbers, anything else categories.
            Tables that are not in the order of the regions are brought into it by
            :func:`hicognition_widgets.catalog.tables.match_rows`.
        source : str
            Where they come from, for example a file name.
        replace : bool
            Whether to overwrite your annotations with these names.

        Raises
        ------
        InputError
            If a column has another number of values than there are regions, has no values
            at all, has too many categories, or its name is taken.
        """
        packed = {
            clean_name(str(name), "the name of an annotation"): pack(str(name), values)
            for name, values in columns.items()
        }
        if not packed:
            raise InputError("there are no columns to attach")
        if len(packed) < len(list(columns.keys())):
            raise InputError("two columns have the same name")
        clean_text(source, "a source")
        with self._write() as session:
            dataset = _regions(session, dataset_id, self._asker)
            present = {
                row.name: row
                for row in session.scalars(
                    select(Annotation).where(
                        Annotation.dataset_id == dataset_id,
                        Annotation.owner == self.user,
                        Annotation.name.in_(list(packed)),
                    )
                )
            }
            if present and not replace:
                raise InputError(
                    f"{dataset.name!r} already has an annotation {min(present)!r} of yours; "
                    "use replace=True to overwrite it"
                )
            rows = []
            for name, part in packed.items():
                if dataset.n_regions is not None and part.n != dataset.n_regions:
                    raise InputError(
                        f"the column {name!r} has {part.n:,} values, but {dataset.name!r} has "
                        f"{dataset.n_regions:,} regions"
                    )
                row = present.get(name) or Annotation(
                    owner=self.user, dataset_id=dataset_id, name=name
                )
                row.kind, row.n, row.n_missing = part.kind, part.n, part.n_missing
                row.levels, row.packed, row.source = list(part.levels), part.data, source
                session.add(row)
                rows.append(row)
            session.flush()
            return [annotation_record(row, dataset.public) for row in rows]

    def annotations(self, dataset_id: int) -> list[AnnotationRecord]:
        """Annotations of a region set: its owner's and yours, sorted by name."""
        with self._read() as session:
            dataset = _regions(session, dataset_id, self._asker)
            rows = session.scalars(
                select(Annotation)
                .where(Annotation.dataset_id == dataset_id, _seen(self.user))
                .order_by(Annotation.name, Annotation.id)
            )
            return [annotation_record(row, dataset.public) for row in rows]

    def annotation(self, dataset_id: int, name: str) -> AnnotationColumn:
        """One annotation with its values; yours goes before the owner's.

        Raises
        ------
        NotFound
        """
        with self._read() as session:
            dataset = _regions(session, dataset_id, self._asker)
            row = session.scalars(
                select(Annotation)
                .options(undefer(Annotation.packed))
                .where(
                    Annotation.dataset_id == dataset_id,
                    Annotation.name == name,
                    _seen(self.user),
                )
                .order_by(Annotation.owner != self.user)
                .limit(1)
            ).first()
            if row is None:
                raise NotFound(f"{dataset.name!r} has no annotation {name!r}")
            return AnnotationColumn(
                annotation_record(row, dataset.public), unpack(row.kind, row.n, row.packed)
            )

    def annotation_table(self, dataset_id: int) -> pd.DataFrame:
        """All annotations of a region set that you see, one row per region."""
        columns: dict[str, pd.Series[Any]] = {}
        for record in self.annotations(dataset_id):
            if record.name not in columns:
                columns[record.name] = self.annotation(dataset_id, record.name).to_series()
        return pd.DataFrame(columns)

    def rename_annotation(self, annotation_id: int, name: str) -> AnnotationRecord:
        """Give an annotation of yours another name."""
        name = clean_name(name, "the name of an annotation")
        with self._write() as session:
            row = owned(session, Annotation, annotation_id, self.user, "annotation")
            clash = session.scalar(
                select(Annotation.id).where(
                    Annotation.owner == self.user,
                    Annotation.dataset_id == row.dataset_id,
                    Annotation.name == name,
                    Annotation.id != row.id,
                )
            )
            if clash is not None:
                raise InputError(f"there already is an annotation {name!r} of yours")
            row.name = name
            session.flush()
            return annotation_record(row, False)

    def delete_annotation(self, annotation_id: int) -> None:
        """Delete an annotation of yours."""
        with self._write() as session:
            session.delete(owned(session, Annotation, annotation_id, self.user, "annotation"))


@dataclass(frozen=True, eq=False)
class Packed:
    """A column as it is kept."""

    kind: AnnotationKind
    n: int
    n_missing: int
    levels: tuple[str, ...]
    data: bytes


def pack(name: str, values: Any) -> Packed:
    """A column of any kind as numbers, or as codes with levels, compressed.

    Raises
    ------
    InputError
        If it has no values at all, or more than :data:`MAX_LEVELS` categories.
    """
    series = pd.Series(values).reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(
        series.dtype
    ):
        numbers = series.to_numpy(dtype="<f8", na_value=np.nan)
        missing = int(np.isnan(numbers).sum())
        _refuse_empty(name, len(numbers), missing)
        return Packed(
            "number", len(numbers), missing, (), zlib.compress(numbers.tobytes(), level=3)
        )
    codes, levels = pd.factorize(
        series.map(str, na_action="ignore"), sort=True, use_na_sentinel=True
    )
    missing = int((codes < 0).sum())
    _refuse_empty(name, len(codes), missing)
    if len(levels) > MAX_LEVELS:
        raise InputError(
            f"the column {name!r} has {len(levels):,} different texts; "
            f"at most {MAX_LEVELS:,} can be categories"
        )
    kept = tuple(clean_text(str(level), f"a category of {name!r}", 1000) for level in levels)
    packed = zlib.compress(codes.astype("<i4").tobytes(), level=3)
    return Packed("category", len(codes), missing, kept, packed)


def unpack(kind: str, n: int, data: bytes) -> npt.NDArray[np.float64] | npt.NDArray[np.int32]:
    """Values of a packed column; read-only."""
    if kind == "number":
        return np.frombuffer(zlib.decompress(data), dtype="<f8", count=n)
    return np.frombuffer(zlib.decompress(data), dtype="<i4", count=n)


def annotation_record(row: Annotation, public: bool) -> AnnotationRecord:
    """The row as a record; seen by all when its region set is public."""
    return AnnotationRecord(
        id=row.id,
        name=row.name,
        owner=row.owner,
        public=public,
        created=row.created,
        updated=row.updated,
        dataset_id=row.dataset_id,
        kind=cast("AnnotationKind", row.kind),
        n=row.n,
        n_missing=row.n_missing,
        levels=tuple(row.levels),
        source=row.source,
    )


def _regions(session: Session, number: int, user: str | None) -> Dataset:
    row = session.scalars(
        select(Dataset).where(
            Dataset.id == number, Dataset.deleted.is_(None), visible_datasets(user)
        )
    ).first()
    if row is None:
        raise NotFound(f"there is no region set with the number {number} that you can see")
    if row.kind != "regions":
        raise InputError(f"only region sets have annotations; {row.name!r} is none")
    return row


def _seen(user: str) -> ColumnElement[bool]:
    owner = select(Dataset.owner).where(Dataset.id == Annotation.dataset_id).scalar_subquery()
    return or_(Annotation.owner == user, Annotation.owner == owner)


def _refuse_empty(name: str, n: int, missing: int) -> None:
    if n == missing:
        raise InputError(f"the column {name!r} has no values")
