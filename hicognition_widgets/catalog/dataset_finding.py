"""Datasets found: listed, counted, by number, name or content."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.dataset_rows import (
    checked_kinds,
    conditions,
    dataset_query,
    dataset_record,
    find_dataset,
    matching,
    order,
)
from hicognition_widgets.catalog.models import Assembly, Dataset
from hicognition_widgets.catalog.records import DatasetKind, DatasetRecord, MetadataValue
from hicognition_widgets.errors import NotFound


class DatasetFinding(CatalogCore):
    """How a catalog finds datasets."""

    def datasets(
        self,
        *,
        kind: DatasetKind | Collection[DatasetKind] | None = None,
        search: str | None = None,
        assembly: str | int | None = None,
        owner: str | None = None,
        metadata: Mapping[str, MetadataValue | None] | None = None,
        repository: str | None = None,
        sample_id: str | None = None,
        order_by: str = "name",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[DatasetRecord]:
        """Datasets you may see, filtered and sorted.

        Parameters
        ----------
        kind : str or collection of str, optional
        search : str, optional
            Words that all have to be in name, owner, description, metadata, sample id,
            repository or source address.
        assembly, owner, repository, sample_id : optional
            Exact.
        metadata : mapping, optional
            Fields with the value they need to have; None for any value.
        order_by : str
            ``name``, ``kind``, ``owner``, ``assembly``, ``created``, ``updated``,
            ``size``, ``modified``, ``n_regions`` or ``id``.
        limit, offset : int
            A page of the table.
        """
        where = {
            "kind": kind,
            "search": search,
            "assembly": assembly,
            "owner": owner,
            "metadata": metadata,
            "repository": repository,
            "sample_id": sample_id,
        }
        with self._read() as session:
            wanted, indexed = self._wanted(session, where)
            # First the numbers of the page, then its rows: what is sorted stays small.
            numbers = select(Dataset.id).where(*wanted)
            if order_by == "assembly":
                numbers = numbers.join(Assembly, Assembly.id == Dataset.assembly_id)
            numbers = numbers.order_by(*order(order_by, descending, indexed=indexed))
            numbers = numbers.limit(limit).offset(offset or None)
            query = dataset_query().where(Dataset.id.in_(numbers))
            found = session.execute(query.order_by(*order(order_by, descending, indexed=False)))
            return [dataset_record(row, place) for row, place in found]

    def _wanted(
        self, session: Session, where: Mapping[str, Any]
    ) -> tuple[list[ColumnElement[bool]], bool]:
        """Conditions, and whether a page is found by reading in its order."""
        search = where["search"]
        many = not where["metadata"] and where["sample_id"] is None
        if self._asker is not None:
            return conditions(self._asker, **where), search is None and many
        among = matching(session, search)
        return conditions(None, **where, among=among), among is None and many

    def count_datasets(
        self,
        *,
        kind: DatasetKind | Collection[DatasetKind] | None = None,
        search: str | None = None,
        assembly: str | int | None = None,
        owner: str | None = None,
        metadata: Mapping[str, MetadataValue | None] | None = None,
        repository: str | None = None,
        sample_id: str | None = None,
    ) -> int:
        """How many datasets :meth:`datasets` would list without a limit."""
        where = {
            "kind": kind,
            "search": search,
            "assembly": assembly,
            "owner": owner,
            "metadata": metadata,
            "repository": repository,
            "sample_id": sample_id,
        }
        with self._read() as session:
            wanted, _ = self._wanted(session, where)
            return session.scalar(select(func.count()).select_from(Dataset).where(*wanted)) or 0

    def dataset(
        self,
        ref: str | int,
        *,
        kind: DatasetKind | Collection[DatasetKind] | None = None,
    ) -> DatasetRecord:
        """One dataset by number, name (your own first) or ``owner/name``.

        Raises
        ------
        NotFound
            If there is none that you may see.
        AmbiguousName
            If several fit; the sentence lists them.
        """
        with self._read() as session:
            return find_dataset(session, ref, self.user, self._asker, kind=kind)

    def datasets_by_number(self, numbers: Sequence[int]) -> list[DatasetRecord]:
        """Datasets by number, in the order given, in one question.

        Raises
        ------
        NotFound
            If there is none of a number, or none that you may see.
        """
        query = dataset_query().where(Dataset.id.in_(numbers), *conditions(self._asker))
        with self._read() as session:
            found = {row.id: dataset_record(row, name) for row, name in session.execute(query)}
        for number in numbers:
            if number not in found:
                raise NotFound(f"there is no dataset with the number {number} that you can see")
        return [found[number] for number in numbers]

    def find_fingerprint(self, fingerprint: str) -> list[DatasetRecord]:
        """Datasets you may see with this content, your own first."""
        query = dataset_query().where(
            Dataset.fingerprint == fingerprint, *conditions(self._asker)
        )
        with self._read() as session:
            found = session.execute(
                query.order_by(Dataset.owner != self.user, Dataset.id).limit(100)
            )
            return [dataset_record(row, place) for row, place in found]

    def own_named(
        self, name: str, kind: DatasetKind | Collection[DatasetKind]
    ) -> DatasetRecord | None:
        """Your dataset with exactly this name, among these kinds."""
        query = dataset_query().where(
            Dataset.owner == self.user,
            Dataset.name == name,
            Dataset.kind.in_(checked_kinds(kind)),
            Dataset.deleted.is_(None),
        )
        with self._read() as session:
            row = session.execute(query.limit(1)).first()
            return None if row is None else dataset_record(row[0], row[1])
