"""Deleting datasets and collections without breaking what others made with them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.deletion_records import Deletion, Usage
from hicognition_widgets.catalog.models import (
    Annotation,
    Collection,
    CollectionMember,
    Dataset,
    DatasetParent,
    Result,
    ResultInput,
    SavedSession,
    SessionCollection,
    SessionDataset,
    Share,
    now,
)
from hicognition_widgets.catalog.rights import others_using, owned, referenced
from hicognition_widgets.errors import NotAllowed


class DeletionCalls(CatalogCore):
    """How things leave a catalog."""

    def usage(self, dataset_id: int) -> Usage:
        """Who uses a dataset of yours; ask before deleting it."""
        with self._read() as session:
            row = owned(session, Dataset, dataset_id, self.user, "dataset")
            return _dataset_usage(session, row, self.user)

    def delete_dataset(self, dataset_id: int, *, cascade: bool = False) -> Deletion:
        """Delete a dataset of yours, with your own results and annotations of it.

        Where collections or sessions of other people use it, a tombstone stays.

        Parameters
        ----------
        dataset_id : int
        cascade : bool
            Also take it out of your own collections (those left empty are deleted) and
            delete your own sessions that show it. Without, these keep it from being
            deleted.

        Returns
        -------
        Deletion
            What went, and which files of the store have no owner now.

        Raises
        ------
        NotAllowed
            If it is not yours, or your own things use it and `cascade` is False.
        """
        with self._write() as session:
            row = owned(session, Dataset, dataset_id, self.user, "dataset")
            use = _dataset_usage(session, row, self.user)
            if not cascade:
                _refuse_in_use(row.name, use)
            gone: list[tuple[str, str]] = []
            for collection in _own_collections(session, row, self.user):
                rest = [part for part in collection.members if part.dataset_id != row.id]
                if rest:
                    collection.members = rest
                else:
                    _delete_collection(session, collection, gone)
            for saved in _own_sessions(session, row, self.user):
                gone.append(("session", saved.name))
                _delete_shares(session, "session", saved.id)
                session.delete(saved)
            session.flush()
            artifacts = _delete_results(session, row, self.user)
            session.execute(
                delete(Annotation).where(
                    Annotation.dataset_id == row.id, Annotation.owner == self.user
                )
            )
            _delete_shares(session, "dataset", row.id)
            files = (row.path,) if row.managed and row.path else ()
            tombstone = _referenced(session, row)
            if tombstone:
                _bury(row)
            else:
                session.delete(row)
            return Deletion(
                tombstone=tombstone,
                others=use.others,
                deleted=tuple(gone),
                artifacts=tuple(artifacts),
                files=files,
            )

    def delete_collection(self, collection_id: int, *, cascade: bool = False) -> Deletion:
        """Delete a collection of yours; its members stay.

        Parameters
        ----------
        collection_id : int
        cascade : bool
            Also delete your own sessions that show it.

        Raises
        ------
        NotAllowed
            If it is not yours, or your own sessions use it and `cascade` is False.
        """
        with self._write() as session:
            row = owned(session, Collection, collection_id, self.user, "collection")
            uses = SessionCollection.collection_id == row.id
            own = session.scalars(
                select(SavedSession)
                .join(SessionCollection, SessionCollection.session_id == SavedSession.id)
                .where(uses, SavedSession.owner == self.user)
            ).all()
            others = others_using(session, "collection", row.id)
            if others is None:
                others = _count(
                    session,
                    select(func.count())
                    .select_from(SessionCollection)
                    .join(SavedSession, SavedSession.id == SessionCollection.session_id)
                    .where(uses, SavedSession.owner != self.user),
                )
            if own and not cascade:
                _refuse_in_use(row.name, Usage(sessions=tuple(one.name for one in own)))
            gone: list[tuple[str, str]] = []
            for saved in own:
                gone.append(("session", saved.name))
                _delete_shares(session, "session", saved.id)
                session.delete(saved)
            session.flush()
            tombstone = _delete_collection(session, row, [])
            return Deletion(tombstone=tombstone, others=others, deleted=tuple(gone))


def _dataset_usage(session: Session, row: Dataset, user: str) -> Usage:
    in_collections = (
        select(Collection)
        .join(CollectionMember, CollectionMember.collection_id == Collection.id)
        .where(CollectionMember.dataset_id == row.id, Collection.deleted.is_(None))
    )
    in_sessions = (
        select(SavedSession)
        .join(SessionDataset, SessionDataset.session_id == SavedSession.id)
        .where(SessionDataset.dataset_id == row.id)
    )
    derived = (
        select(Dataset.name)
        .join(DatasetParent, DatasetParent.dataset_id == Dataset.id)
        .where(
            DatasetParent.parent_id == row.id,
            Dataset.owner == user,
            Dataset.deleted.is_(None),
        )
        .limit(100)
    )

    def names(query: object, owner: ColumnElement[bool], name: ColumnElement[str]) -> list[str]:
        return list(
            session.scalars(query.where(owner).with_only_columns(name).order_by(name))  # type: ignore[attr-defined]
        )

    others = others_using(session, "dataset", row.id)
    if others is None:
        others = sum(
            _count(session, query.where(table.owner != user).with_only_columns(func.count()))
            for query, table in ((in_collections, Collection), (in_sessions, SavedSession))
        )
    return Usage(
        collections=tuple(names(in_collections, Collection.owner == user, Collection.name)),  # type: ignore[arg-type]
        sessions=tuple(names(in_sessions, SavedSession.owner == user, SavedSession.name)),  # type: ignore[arg-type]
        derived=tuple(session.scalars(derived)),
        results=_count(
            session,
            select(func.count()).select_from(Result).where(_own_results_of(row, user)),
        ),
        annotations=_count(
            session,
            select(func.count())
            .select_from(Annotation)
            .where(Annotation.dataset_id == row.id, Annotation.owner == user),
        ),
        others=others,
    )


def _refuse_in_use(name: str, use: Usage) -> None:
    parts = []
    for word, names in (("collection", use.collections), ("session", use.sessions)):
        if names:
            shown = ", ".join(repr(one) for one in names[:3])
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            parts.append(f"your {word}{'s' if len(names) > 1 else ''} {shown}{more}")
    if parts:
        raise NotAllowed(
            f"{name!r} is used by {' and '.join(parts)}; "
            "delete with cascade=True to take it out of there"
        )


def _own_collections(session: Session, row: Dataset, user: str) -> list[Collection]:
    return list(
        session.scalars(
            select(Collection)
            .join(CollectionMember, CollectionMember.collection_id == Collection.id)
            .where(CollectionMember.dataset_id == row.id, Collection.owner == user)
        )
    )


def _own_sessions(session: Session, row: Dataset, user: str) -> list[SavedSession]:
    return list(
        session.scalars(
            select(SavedSession)
            .join(SessionDataset, SessionDataset.session_id == SavedSession.id)
            .where(SessionDataset.dataset_id == row.id, SavedSession.owner == user)
        )
    )


def _own_results_of(row: Dataset, user: str) -> ColumnElement[bool]:
    of_it = select(ResultInput.result_id).where(ResultInput.dataset_id == row.id)
    return and_(Result.owner == user, Result.id.in_(of_it))


def _delete_results(session: Session, row: Dataset, user: str) -> list[str]:
    wanted = _own_results_of(row, user)
    folders = session.scalars(
        select(Result.artifact).where(wanted, Result.artifact.is_not(None))
    ).all()
    session.execute(delete(Result).where(wanted).execution_options(synchronize_session=False))
    return [folder for folder in folders if folder]


def _delete_collection(session: Session, row: Collection, gone: list[tuple[str, str]]) -> bool:
    """Delete it, or leave a tombstone where sessions refer to it; tells which."""
    gone.append(("collection", row.name))
    _delete_shares(session, "collection", row.id)
    used = referenced(session, "collection", row.id)
    if used is None:
        link = select(SessionCollection.session_id)
        link = link.where(SessionCollection.collection_id == row.id).limit(1)
        used = session.scalar(link) is not None
    if not used:
        session.delete(row)
        return False
    row.members.clear()
    row.deleted = now()
    row.public = False
    row.description = row.search_text = ""
    return True


def _delete_shares(session: Session, kind: str, number: int) -> None:
    session.execute(delete(Share).where(Share.kind == kind, Share.object_id == number))


def _referenced(session: Session, row: Dataset) -> bool:
    known = referenced(session, "dataset", row.id)
    if known is not None:
        return known
    return any(
        session.scalar(select(column).where(column == row.id).limit(1)) is not None
        for column in (
            CollectionMember.dataset_id,
            SessionDataset.dataset_id,
            ResultInput.dataset_id,
            Annotation.dataset_id,
        )
    )


def _bury(row: Dataset) -> None:
    """Keep the name, kind and assembly; forget everything else."""
    row.deleted = now()
    row.public = False
    row.managed = False
    row.path = row.fingerprint = row.description = row.search_text = ""
    row.origin = row.sample_id = row.source_url = row.repository = None
    row.metadata_items.clear()


def _count(session: Session, query: object) -> int:
    return int(session.scalar(query) or 0)  # type: ignore[call-overload]
