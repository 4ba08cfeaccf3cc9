"""Checks of the catalog's rows that need no look at the store."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.check_report import Problem
from hicognition_widgets.catalog.models import (
    Annotation,
    Collection,
    CollectionMember,
    Dataset,
    ResultInput,
    SessionCollection,
    SessionDataset,
)
from hicognition_widgets.catalog.rights import referenced

if TYPE_CHECKING:
    from hicognition_widgets.catalog.catalog import Catalog


def database_problems(catalog: Catalog) -> Iterator[Problem]:
    """What SQLite finds wrong in its own file."""
    if catalog.path is None:
        return  # the server looks after itself, and references are enforced
    with catalog._read() as session:
        found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(20)"))]
        dangling = session.execute(text("PRAGMA foreign_key_check")).all()
    for line in found:
        if line != "ok":
            yield Problem(
                kind="database",
                sentence=f"the catalog {catalog.path} is damaged: {line}",
                remedy="restore a backup",
                repairable=False,
            )
    for row in dangling[:20]:
        yield Problem(
            kind="database",
            sentence=f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there",
            remedy="restore a backup",
            repairable=False,
        )


def tombstones(catalog: Catalog, repair: bool) -> Iterator[Problem]:
    """Tombstones of yours that nobody refers to any more."""
    unused = (
        Dataset.owner == catalog.user,
        Dataset.deleted.is_not(None),
        ~exists().where(CollectionMember.dataset_id == Dataset.id),
        ~exists().where(SessionDataset.dataset_id == Dataset.id),
        ~exists().where(ResultInput.dataset_id == Dataset.id),
        ~exists().where(Annotation.dataset_id == Dataset.id),
    )
    empty = (
        Collection.owner == catalog.user,
        Collection.deleted.is_not(None),
        ~exists().where(SessionCollection.collection_id == Collection.id),
    )
    with catalog._read() as session:
        datasets = _unreferenced(session, Dataset, "dataset", unused)
        collections = _unreferenced(session, Collection, "collection", empty)
    if repair and (datasets or collections):
        with catalog._write() as session:
            _delete_where(session, Dataset, *unused, Dataset.id.in_(datasets))
            _delete_where(session, Collection, *empty, Collection.id.in_(collections))
    names = [*datasets.values(), *collections.values()]
    for name in names:
        yield Problem(
            kind="tombstone",
            sentence=f"the deleted {name!r} is kept, but nobody refers to it any more",
            remedy="it is removed",
        )


def _unreferenced(
    session: Session, table: type[Dataset] | type[Collection], kind: str, unused: Sequence[Any]
) -> dict[int, str]:
    """Numbers and names of what nobody refers to, not even from what one cannot see."""
    found = session.execute(select(table.id, table.name).where(*unused)).all()
    return {row.id: row.name for row in found if not referenced(session, kind, row.id)}


def _delete_where(session: Session, table: type, *conditions: object) -> None:
    session.execute(
        delete(table)
        .where(*conditions)  # type: ignore[arg-type]
        .execution_options(synchronize_session=False)
    )


def stopped_jobs(catalog: Catalog, repair: bool) -> Iterator[Problem]:
    """Jobs of yours that say they run, but nobody works on them."""
    silent = 3600.0
    if repair:
        jobs = catalog.interrupt_jobs(silent_for=silent)
    else:
        limit = time.time() - silent
        jobs = [job for job in catalog.jobs(active=True) if job.updated.timestamp() < limit]
    for job in jobs:
        yield Problem(
            kind="job stopped",
            sentence=f"nobody has worked on the job {job.title!r} for more than an hour",
            remedy="it is marked as interrupted",
        )
