"""Sessions: saved comparisons as plain data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session, undefer

from hicognition_widgets.catalog.collection_rows import collection_records
from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.dataset_rows import linked_datasets
from hicognition_widgets.catalog.expressions import Contains
from hicognition_widgets.catalog.links import relink
from hicognition_widgets.catalog.models import (
    Collection,
    Dataset,
    SavedSession,
    SessionCollection,
    SessionDataset,
    Share,
)
from hicognition_widgets.catalog.records import CollectionRecord, DatasetRecord, SessionRecord
from hicognition_widgets.catalog.rights import (
    owned,
    visible_collections,
    visible_datasets,
    visible_sessions,
)
from hicognition_widgets.catalog.text import (
    clean_json,
    clean_name,
    clean_text,
    search_text,
    search_words,
    sort_key,
)
from hicognition_widgets.errors import AmbiguousName, InputError, NotFound

THUMBNAIL_LIMIT = 2**20


class SessionCalls(CatalogCore):
    """What a catalog can do with saved sessions."""

    def save_session(
        self,
        name: str,
        spec: Mapping[str, Any],
        *,
        datasets: Sequence[int],
        collections: Sequence[int] = (),
        description: str | None = None,
        thumbnail: bytes | None = None,
    ) -> SessionRecord:
        """Save comparisons; your session of the same name is overwritten.

        Parameters
        ----------
        name : str
        spec : mapping
            Plain data.
        datasets, collections : sequence of int
            Everything the session shows: what others see when you share it.
        description : str, optional
            Kept as it was when not given.
        thumbnail : bytes, optional
            A small PNG.

        Raises
        ------
        NotFound
            If a dataset or collection is not there or out of sight.
        """
        name = clean_name(name, "the name of a session")
        plain = clean_json(dict(spec), "the session")
        if thumbnail is not None and len(thumbnail) > THUMBNAIL_LIMIT:
            raise InputError(
                f"a thumbnail may have {THUMBNAIL_LIMIT:,} bytes, this has {len(thumbnail):,}"
            )
        with self._write() as session:
            row = session.scalars(
                select(SavedSession).where(
                    SavedSession.owner == self.user, SavedSession.name == name
                )
            ).first()
            if row is None:
                row = SavedSession(owner=self.user, name=name, description="")
                session.add(row)
            row.spec = plain
            row.thumbnail = None if thumbnail is None else bytes(thumbnail)
            if description is not None:
                row.description = clean_text(description, "a description")
            _describe(row)
            session.flush()
            _set_parts(session, self._asker, row.id, datasets, collections)
            return _records(session, self._asker, SavedSession.id == row.id, spec=True)[0]

    def sessions(
        self,
        *,
        search: str | None = None,
        owner: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[SessionRecord]:
        """Sessions you may see, sorted by name, without their specs (those are empty)."""
        wanted: list[ColumnElement[bool]] = [visible_sessions(self._asker)]
        if owner is not None:
            wanted.append(SavedSession.owner == owner)
        if search is not None:
            wanted += [
                Contains(SavedSession.search_text, word) for word in search_words(search)
            ]
        with self._read() as session:
            return _records(session, self._asker, *wanted, limit=limit, offset=offset)

    def session(self, ref: str | int) -> SessionRecord:
        """One session with its spec, by number, name (your own first) or ``owner/name``.

        Raises
        ------
        NotFound, AmbiguousName
        """
        with self._read() as session:

            def find(*more: ColumnElement[bool]) -> list[SessionRecord]:
                return _records(
                    session,
                    self._asker,
                    visible_sessions(self._asker),
                    *more,
                    spec=True,
                    limit=20,
                )

            if isinstance(ref, int):
                found = find(SavedSession.id == ref)
            else:
                found = find(SavedSession.name == ref)
                found = [row for row in found if row.owner == self.user] or found
                if not found and "/" in ref:
                    owner, name = ref.split("/", 1)
                    found = find(SavedSession.owner == owner, SavedSession.name == name)
        if not found:
            raise NotFound(f"there is no session {ref!r} that you can see")
        if len(found) > 1:
            choices = ", ".join(repr(row.ref) for row in found)
            raise AmbiguousName(f"{ref!r} fits several sessions; say which: {choices}")
        return found[0]

    def update_session(
        self,
        session_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        public: bool | None = None,
    ) -> SessionRecord:
        """Rename, describe or publish a session of yours; `save_session` changes the rest."""
        with self._write() as session:
            row = owned(session, SavedSession, session_id, self.user, "session")
            if name is not None:
                name = clean_name(name, "the name of a session")
                clash = session.scalar(
                    select(SavedSession.id).where(
                        SavedSession.owner == self.user,
                        SavedSession.name == name,
                        SavedSession.id != row.id,
                    )
                )
                if clash is not None:
                    raise InputError(f"you already have a session {name!r}")
                row.name = name
            if description is not None:
                row.description = clean_text(description, "a description")
            if public is not None:
                row.public = bool(public)
            _describe(row)
            session.flush()
            return _records(session, self._asker, SavedSession.id == row.id, spec=True)[0]

    def delete_session(self, ref: str | int) -> None:
        """Delete a session of yours, by number or name, with the links to it.

        Raises
        ------
        NotFound, NotAllowed
        """
        if isinstance(ref, str):
            ref = self.session(ref).id
        with self._write() as session:
            row = owned(session, SavedSession, ref, self.user, "session")
            session.execute(
                delete(Share).where(Share.kind == "session", Share.object_id == row.id)
            )
            session.delete(row)


def _describe(row: SavedSession) -> None:
    """Bring what is sorted by and searched in up to date."""
    row.name_key = sort_key(row.name)
    row.search_text = search_text(row.name, row.owner, row.description)


def _set_parts(
    session: Session,
    user: str | None,
    number: int,
    datasets: Sequence[int],
    collections: Sequence[int],
) -> None:
    """Link what a session shows; what it already showed may be gone or out of sight now."""
    present = set(
        session.scalars(
            select(SessionDataset.dataset_id).where(SessionDataset.session_id == number)
        )
    )
    wanted = list(dict.fromkeys(int(one) for one in datasets))
    seen = session.scalars(
        select(Dataset.id).where(
            Dataset.id.in_(wanted), Dataset.deleted.is_(None), visible_datasets(user)
        )
    )
    missing = sorted(set(wanted) - set(seen) - present)
    if missing:
        raise NotFound(f"there is no dataset with the number {missing[0]} that you can see")
    present = set(
        session.scalars(
            select(SessionCollection.collection_id).where(
                SessionCollection.session_id == number
            )
        )
    )
    groups = list(dict.fromkeys(int(one) for one in collections))
    known = session.scalars(
        select(Collection.id).where(
            Collection.id.in_(groups), Collection.deleted.is_(None), visible_collections(user)
        )
    )
    missing = sorted(set(groups) - set(known) - present)
    if missing:
        raise NotFound(f"there is no collection with the number {missing[0]} that you can see")
    relink(session, SessionDataset.session_id, number, SessionDataset.dataset_id, wanted)
    relink(
        session,
        SessionCollection.session_id,
        number,
        SessionCollection.collection_id,
        groups,
    )


def _records(
    session: Session,
    user: str | None,
    *wanted: ColumnElement[bool],
    spec: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[SessionRecord]:
    query = select(SavedSession).where(*wanted)
    query = query.options(undefer(SavedSession.thumbnail))
    if spec:
        query = query.options(undefer(SavedSession.spec))
    rows = session.scalars(
        query.order_by(SavedSession.name_key, SavedSession.id)
        .limit(limit)
        .offset(offset or None)
    ).all()
    numbers = [row.id for row in rows]
    datasets: dict[int, list[DatasetRecord]] = defaultdict(list)
    collections: dict[int, list[CollectionRecord]] = defaultdict(list)
    linked: dict[int, int] = defaultdict(int)
    if numbers:
        datasets = linked_datasets(
            session, SessionDataset, SessionDataset.session_id, numbers, user
        )
        links = session.execute(
            select(
                SessionCollection.session_id,
                SessionCollection.collection_id,
                visible_collections(user) | Collection.deleted.is_not(None),
            )
            .join(Collection, Collection.id == SessionCollection.collection_id)
            .where(SessionCollection.session_id.in_(numbers))
            .order_by(SessionCollection.session_id, SessionCollection.position)
        ).all()
        ids = sorted({link[1] for link in links if link[2]})
        found = {
            one.id: one
            for one in (
                collection_records(session, user, Collection.id.in_(ids)) if ids else ()
            )
        }
        for number, collection_id, visible in links:
            if visible:
                collections[number].append(found[collection_id])
        # Counted apart: what is out of sight may not come out of the database at all.
        for parent in (SessionDataset.session_id, SessionCollection.session_id):
            counts = select(parent, func.count()).where(parent.in_(numbers)).group_by(parent)
            for number, count in session.execute(counts):
                linked[number] += count
    return [
        SessionRecord(
            id=row.id,
            name=row.name,
            owner=row.owner,
            public=row.public,
            created=row.created,
            updated=row.updated,
            description=row.description,
            spec=row.spec if spec else {},
            datasets=tuple(datasets[row.id]),
            collections=tuple(collections[row.id]),
            hidden=linked[row.id] - len(datasets[row.id]) - len(collections[row.id]),
            thumbnail=row.thumbnail,
        )
        for row in rows
    ]
