"""Rows of collections: read with their members, and conditions to find them by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.dataset_rows import linked_datasets, on_assembly
from hicognition_widgets.catalog.expressions import Contains
from hicognition_widgets.catalog.models import (
    Assembly,
    Collection,
    CollectionMember,
)
from hicognition_widgets.catalog.records import CollectionKind, CollectionRecord, DatasetRecord
from hicognition_widgets.catalog.rights import visible_collections
from hicognition_widgets.catalog.text import search_words
from hicognition_widgets.errors import InputError

KINDS: tuple[CollectionKind, ...] = ("regions", "signal_tracks")


def collection_records(
    session: Session,
    user: str | None,
    *wanted: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]] = (),
    limit: int | None = None,
    offset: int = 0,
) -> list[CollectionRecord]:
    """Collections with their members; two queries for a whole page."""
    query: Select[Collection, str] = (
        select(Collection, Assembly.name)
        .join(Assembly, Assembly.id == Collection.assembly_id)
        .where(*wanted)
        .order_by(*(order or (Collection.id,)))
        .limit(limit)
        .offset(offset or None)
    )
    found = session.execute(query).all()
    members: dict[int, list[DatasetRecord]] = defaultdict(list)
    linked: dict[int, int] = {}
    numbers = [row.id for row, _ in found]
    if numbers:
        members = linked_datasets(
            session, CollectionMember, CollectionMember.collection_id, numbers, user
        )
        # Counted apart: what is out of sight may not come out of the database at all.
        links = (
            select(CollectionMember.collection_id, func.count())
            .where(CollectionMember.collection_id.in_(numbers))
            .group_by(CollectionMember.collection_id)
        )
        linked = {row[0]: row[1] for row in session.execute(links)}
    return [
        CollectionRecord(
            id=row.id,
            name=row.name,
            owner=row.owner,
            public=row.public,
            created=row.created,
            updated=row.updated,
            kind=cast("CollectionKind", row.kind),
            assembly=place,
            assembly_id=row.assembly_id,
            description=row.description,
            members=tuple(members[row.id]),
            hidden=linked.get(row.id, 0) - len(members[row.id]),
            deleted=row.deleted is not None,
        )
        for row, place in found
    ]


def collection_conditions(
    user: str | None,
    kind: str | None,
    search: str | None,
    assembly: str | int | None,
    owner: str | None,
) -> list[ColumnElement[bool]]:
    """What a collection has to be to be listed."""
    wanted: list[ColumnElement[bool]] = [
        Collection.deleted.is_(None),
        visible_collections(user),
    ]
    if kind is not None:
        if kind not in KINDS:
            raise InputError(f"a collection is of {' or '.join(KINDS)}, not {kind!r}")
        wanted.append(Collection.kind == kind)
    if search is not None:
        wanted += [Contains(Collection.search_text, word) for word in search_words(search)]
    if assembly is not None:
        wanted.append(on_assembly(Collection.assembly_id, assembly))
    if owner is not None:
        wanted.append(Collection.owner == owner)
    return wanted
