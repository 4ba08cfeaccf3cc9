"""Collections: ordered groups of region sets or of signal tracks on one assembly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.collection_rows import (
    KINDS,
    collection_conditions,
    collection_records,
)
from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.dataset_rows import (
    KIND_WORDS,
)
from hicognition_widgets.catalog.links import relink
from hicognition_widgets.catalog.models import (
    Assembly,
    Collection,
    CollectionMember,
    Dataset,
)
from hicognition_widgets.catalog.records import CollectionKind, CollectionRecord
from hicognition_widgets.catalog.rights import owned, visible_datasets
from hicognition_widgets.catalog.text import (
    clean_name,
    clean_text,
    search_text,
    sort_key,
)
from hicognition_widgets.errors import AmbiguousName, InputError, NotFound

_MEMBER_KIND = {"regions": "regions", "signal_tracks": "signal_track"}
_ORDER = {
    "name": Collection.name_key,
    "owner": Collection.owner,
    "kind": Collection.kind,
    "assembly": Assembly.name,
    "created": Collection.created,
    "updated": Collection.updated,
    "id": Collection.id,
}


class CollectionCalls(CatalogCore):
    """What a catalog can do with collections."""

    def add_collection(
        self,
        *,
        name: str,
        kind: CollectionKind,
        members: Sequence[int],
        description: str = "",
        public: bool = False,
    ) -> CollectionRecord:
        """Group datasets.

        Parameters
        ----------
        name : str
            Unique among your collections of this kind.
        kind : {"regions", "signal_tracks"}
        members : sequence of int
            Numbers of datasets that you may see, in order, at least one, each once.

        Raises
        ------
        InputError
            If the name is taken, or the members do not fit together.
        NotFound
            If you cannot see one of them.
        """
        if kind not in KINDS:
            raise InputError(f"a collection is of {' or '.join(KINDS)}, not {kind!r}")
        name = clean_name(name, "the name of a collection")
        with self._write() as session:
            _refuse_taken(session, self.user, kind, name)
            rows = _member_rows(session, self._asker, kind, members)
            row = Collection(
                owner=self.user,
                name=name,
                kind=kind,
                assembly_id=rows[0].assembly_id,
                description=clean_text(description, "a description"),
                public=bool(public),
                members=[
                    CollectionMember(position=i, dataset_id=member.id)
                    for i, member in enumerate(rows)
                ],
            )
            _describe(row)
            session.add(row)
            session.flush()
            return collection_records(session, self._asker, Collection.id == row.id)[0]

    def collections(
        self,
        *,
        kind: CollectionKind | None = None,
        search: str | None = None,
        assembly: str | int | None = None,
        owner: str | None = None,
        order_by: str = "name",
        descending: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[CollectionRecord]:
        """Collections you may see; parameters as in :meth:`datasets`."""
        if order_by not in _ORDER:
            raise InputError(
                f"collections cannot be sorted by {order_by!r}; choose from {', '.join(_ORDER)}"
            )
        column = _ORDER[order_by]
        last = Collection.id.desc() if descending else Collection.id.asc()
        wanted = collection_conditions(self._asker, kind, search, assembly, owner)
        with self._read() as session:
            return collection_records(
                session,
                self._asker,
                *wanted,
                order=(column.desc() if descending else column.asc(), last),
                limit=limit,
                offset=offset,
            )

    def count_collections(
        self,
        *,
        kind: CollectionKind | None = None,
        search: str | None = None,
        assembly: str | int | None = None,
        owner: str | None = None,
    ) -> int:
        """How many collections :meth:`collections` would list without a limit."""
        wanted = collection_conditions(self._asker, kind, search, assembly, owner)
        with self._read() as session:
            query = select(func.count()).select_from(Collection).where(*wanted)
            return session.scalar(query) or 0

    def collection(
        self, ref: str | int, *, kind: CollectionKind | None = None
    ) -> CollectionRecord:
        """One collection by number, name (your own first) or ``owner/name``.

        Raises
        ------
        NotFound, AmbiguousName
        """
        wanted = collection_conditions(self._asker, kind, None, None, None)
        with self._read() as session:

            def find(*more: ColumnElement[bool]) -> list[CollectionRecord]:
                return collection_records(session, self._asker, *wanted, *more, limit=50)

            if isinstance(ref, int):
                found = find(Collection.id == ref)
            else:
                found = find(Collection.name == ref)
                found = [row for row in found if row.owner == self.user] or found
                if not found and "/" in ref:
                    owner, name = ref.split("/", 1)
                    found = find(Collection.owner == owner, Collection.name == name)
                if not found and ref.isdecimal() and len(ref) < 19:
                    found = find(Collection.id == int(ref))
        if not found:
            raise NotFound(f"there is no collection {ref!r} that you can see")
        if len(found) > 1:
            choices = ", ".join(f"{row.ref!r} ({row.kind}, number {row.id})" for row in found)
            raise AmbiguousName(f"{ref!r} fits several collections; say which: {choices}")
        return found[0]

    def update_collection(self, collection_id: int, **changes: Any) -> CollectionRecord:
        """Change a collection of yours.

        Parameters
        ----------
        collection_id : int
        **changes
            ``name``, ``description``, ``public``, ``members`` (the whole new list;
            tombstones may stay in it).

        Raises
        ------
        InputError, NotFound
        """
        unknown = set(changes) - {"name", "description", "public", "members"}
        if unknown:
            raise InputError(
                f"the {sorted(unknown)[0]} of a collection cannot change; "
                "name, description, public and members can"
            )
        with self._write() as session:
            row = owned(session, Collection, collection_id, self.user, "collection")
            if "name" in changes:
                name = clean_name(changes["name"], "the name of a collection")
                _refuse_taken(session, self.user, row.kind, name, row.id)
                row.name = name
            if "description" in changes:
                row.description = clean_text(changes["description"], "a description")
            if "public" in changes:
                row.public = bool(changes["public"])
            if "members" in changes:
                present = set(
                    session.scalars(
                        select(CollectionMember.dataset_id).where(
                            CollectionMember.collection_id == row.id
                        )
                    )
                )
                rows = _member_rows(session, self._asker, row.kind, changes["members"], present)
                relink(
                    session,
                    CollectionMember.collection_id,
                    row.id,
                    CollectionMember.dataset_id,
                    [member.id for member in rows],
                )
                row.assembly_id = rows[0].assembly_id
            _describe(row)
            session.flush()
            return collection_records(session, self._asker, Collection.id == row.id)[0]


def _describe(row: Collection) -> None:
    """Bring what is sorted by and searched in up to date."""
    row.name_key = sort_key(row.name)
    row.search_text = search_text(row.name, row.owner, row.description)


def _refuse_taken(
    session: Session, user: str, kind: str, name: str, other_than: int | None = None
) -> None:
    query = select(Collection.id).where(
        Collection.owner == user,
        Collection.kind == kind,
        Collection.name == name,
        Collection.deleted.is_(None),
    )
    found = session.scalar(query)
    if found is not None and found != other_than:
        raise InputError(
            f"you already have a collection {name!r}; choose another name, or edit that one"
        )


def _member_rows(
    session: Session,
    user: str | None,
    kind: str,
    members: Sequence[int],
    present: set[int] = frozenset(),  # type: ignore[assignment]
) -> list[Dataset]:
    """Datasets in the order of `members`; all of them fit together.

    Those in `present` may be tombstones or out of sight: they were let in before.
    """
    numbers = [int(number) for number in members]
    if not numbers:
        raise InputError("a collection needs at least one member")
    if len(set(numbers)) < len(numbers):
        raise InputError("a dataset can be in a collection only once")
    found = {
        row.id: (row, visible)
        for row, visible in session.execute(
            select(Dataset, visible_datasets(user)).where(Dataset.id.in_(numbers))
        )
    }
    rows = []
    for number in numbers:
        row, visible = found.get(number, (None, False))
        usable = row is not None and visible and row.deleted is None
        if row is None or not (usable or number in present):
            raise NotFound(f"there is no dataset with the number {number} that you can see")
        if row.kind != _MEMBER_KIND[kind]:
            raise InputError(
                f"{row.name!r} is a {KIND_WORDS[row.kind]}; this collection holds "
                f"{KIND_WORDS[_MEMBER_KIND[kind]]}s"
            )
        rows.append(row)
    _same_assembly(session, rows)
    return rows


def _same_assembly(session: Session, rows: Sequence[Dataset]) -> None:
    places = {row.assembly_id for row in rows}
    if len(places) < 2:
        return
    known = session.execute(
        select(Assembly.name, Assembly.owner, Assembly.digest).where(Assembly.id.in_(places))
    ).all()
    if len({digest for _, _, digest in known}) > 1:
        names = " and ".join(sorted(f"{owner}/{name}" for name, owner, _ in known))
        raise InputError(
            f"the members of a collection have to be on one assembly, these are on {names}"
        )
