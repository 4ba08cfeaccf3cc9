"""Finding, naming, publishing and deleting what is in the catalog."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

from hicognition_widgets import register
from hicognition_widgets.catalog import (
    AssemblyRecord,
    CollectionRecord,
    DatasetRecord,
    SessionRecord,
    Usage,
)
from hicognition_widgets.catalog.deletion_records import Deletion
from hicognition_widgets.catalog.records import DatasetKind
from hicognition_widgets.catalog.vocabulary import FIELDS_OF_KIND, suggestions
from hicognition_widgets.errors import DatasetNotice, InputError, NotAllowed
from hicognition_widgets.listing import DatasetPage
from hicognition_widgets.workspace.base import Base, Ref

Kept = DatasetRecord | CollectionRecord | SessionRecord | AssemblyRecord
SOURCES = ("repository", "sample_id", "source_url")
"""Where a dataset comes from; fields of their own beside its metadata."""

KeptT = TypeVar("KeptT", DatasetRecord, CollectionRecord, SessionRecord, AssemblyRecord)


class Curating(Base):
    """The part of a workspace that keeps order."""

    def search(
        self,
        words: str | None = None,
        *,
        kind: DatasetKind | Sequence[DatasetKind] | None = None,
        assembly: str | None = None,
        owner: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        repository: str | None = None,
        sample_id: str | None = None,
        order_by: str = "name",
        descending: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> DatasetPage:
        """Datasets you may see, one page at a time.

        Parameters
        ----------
        words : str, optional
            All of them have to be in name, owner, description, metadata, sample id,
            repository or source address.
        kind : {"regions", "signal_track", "contact_map"} or several, optional
        assembly, owner, repository, sample_id : str, optional
            Exact.
        metadata : mapping, optional
            Fields with the value they need to have; None for any value.
        order_by : str
            ``name``, ``kind``, ``owner``, ``assembly``, ``created``, ``updated``,
            ``size`` or ``n_regions``.
        limit, offset : int
            The page.

        Returns
        -------
        DatasetPage
            A sequence of records that shows itself as a table; ``total`` counts all.
        """
        where: dict[str, Any] = {
            "kind": kind,
            "search": words,
            "assembly": assembly,
            "owner": owner,
            "metadata": metadata,
            "repository": repository,
            "sample_id": sample_id,
        }
        page = self._catalog.datasets(
            **where, order_by=order_by, descending=descending, limit=limit, offset=offset
        )
        return DatasetPage(page, total=self._catalog.count_datasets(**where), offset=offset)

    @overload
    def rename(self, what: KeptT, name: str) -> KeptT: ...
    @overload
    def rename(self, what: str | int, name: str) -> DatasetRecord: ...

    def rename(self, what: Kept | str | int, name: str) -> Kept:
        """Give something of yours another name; what refers to it stays.

        Parameters
        ----------
        what : dataset, collection, session or assembly
            A record; a name or number is that of a dataset.

        Raises
        ------
        InputError
            If the name is taken.
        NotAllowed
            If it is not yours.
        """
        return self._update(self._thing(what), name=name)

    @overload
    def describe(
        self, what: KeptT, description: str | None = None, /, **metadata: Any
    ) -> KeptT: ...
    @overload
    def describe(
        self, what: str | int, description: str | None = None, /, **metadata: Any
    ) -> DatasetRecord: ...

    def describe(
        self, what: Kept | str | int, description: str | None = None, /, **metadata: Any
    ) -> Kept:
        """Say what something of yours is.

        Parameters
        ----------
        what : dataset, collection or session
        description : str, optional
            Free text; kept as it is when not given.
        **metadata
            Fields of a dataset, for example ``protein="CTCF"``; None removes one.
            :meth:`suggestions` lists the usual ones, others are allowed. ``repository``,
            ``sample_id`` and ``source_url`` say where it comes from.
        """
        record = self._thing(what)
        changes: dict[str, Any] = {}
        if description is not None:
            if isinstance(record, AssemblyRecord):
                raise InputError("an assembly has a name and an organism, no description")
            changes["description"] = description
        if metadata:
            if not isinstance(record, DatasetRecord):
                raise InputError("only datasets have metadata fields; give a description")
            sources = {name: metadata.pop(name) for name in SOURCES if name in metadata}
            changes |= sources | ({"metadata": metadata} if metadata else {})
        return self._update(record, **changes) if changes else record

    def suggestions(self, kind: DatasetKind) -> dict[str, list[str]]:
        """Usual metadata fields of a kind of dataset, with usual and already used values."""
        if kind not in FIELDS_OF_KIND:
            raise InputError(
                f"{kind!r} is not a kind of dataset; kinds are {', '.join(FIELDS_OF_KIND)}"
            )
        return {
            field: list(dict.fromkeys([*values, *self._catalog.metadata_values(field)]))
            for field, values in suggestions(kind).items()
        }

    @overload
    def publish(self, what: KeptT, *, public: bool = True, managed: bool = False) -> KeptT: ...
    @overload
    def publish(
        self, what: str | int, *, public: bool = True, managed: bool = False
    ) -> DatasetRecord: ...

    def publish(
        self, what: Kept | str | int, *, public: bool = True, managed: bool = False
    ) -> Kept:
        """Show something of yours to everybody, or no longer.

        Parameters
        ----------
        what : dataset, collection or session
        public : bool
            False takes it back.
        managed : bool
            Keep a copy of a dataset's file in the store, for files that others cannot
            read where they are.

        Raises
        ------
        InputError
            If others could see the dataset but not read its file.
        """
        record = self._thing(what)
        if isinstance(record, AssemblyRecord):
            raise InputError("everybody sees assemblies already")
        if public and isinstance(record, DatasetRecord) and not record.managed:
            if managed:
                record = register.kept_in_store(self._catalog, self._store, record)
            else:
                register.refuse_unreadable(record.name, Path(record.path))
        return self._update(record, public=public)

    def usage(self, dataset: Ref) -> Usage:
        """Who uses a dataset of yours; worth a look before deleting it."""
        return self._catalog.usage(self.dataset(dataset).id)

    def delete(self, what: Kept | str | int, *, cascade: bool = False) -> Deletion:
        """Delete something of yours, with your own results and annotations of it.

        Where collections or sessions of other people use it, its name stays, marked as
        missing, and a warning tells how many there are.

        Parameters
        ----------
        what : dataset, collection, session or assembly
        cascade : bool
            Also take it out of your own collections and delete your own sessions that
            show it; without, these keep it from being deleted.

        Returns
        -------
        Deletion
            What went with it.

        Raises
        ------
        NotAllowed
            If it is not yours, or your own things use it and `cascade` is False.
        """
        record = self._thing(what)
        if isinstance(record, SessionRecord):
            self._catalog.delete_session(record.id)
            return Deletion(deleted=(("session", record.name),))
        if isinstance(record, AssemblyRecord):
            self._catalog.delete_assembly(record.id)
            return Deletion(deleted=(("assembly", record.name),))
        if isinstance(record, CollectionRecord):
            gone = self._catalog.delete_collection(record.id, cascade=cascade)
        else:
            gone = self._catalog.delete_dataset(record.id, cascade=cascade)
        # The row goes first: files without a row are found by a check, a row without files
        # would be a dataset that cannot be opened.
        for artifact in gone.artifacts:
            self._store.delete(artifact)
        for file in gone.files:
            self._store.delete_managed(file)
        if gone.warning:
            warnings.warn(DatasetNotice(record.name, gone.warning), stacklevel=2)
        return gone

    def edit_collection(
        self,
        collection: CollectionRecord | str | int,
        members: Sequence[Ref] | None = None,
        *,
        add: Sequence[Ref] = (),
        remove: Sequence[Ref] = (),
    ) -> CollectionRecord:
        """Change the members of a collection of yours, or their order.

        Parameters
        ----------
        collection : CollectionRecord, name or number
        members : sequence of dataset, name or id, optional
            The whole new list, in order.
        add, remove : sequence of dataset, name or id
            Changes of the list there is; added ones come last.
        """
        ref = collection.id if isinstance(collection, CollectionRecord) else collection
        current = self._catalog.collection(ref)
        if current.owner != self.user:
            raise NotAllowed(
                f'the collection "{current.name}" belongs to {current.owner}; '
                "only its owner can change it"
            )
        if current.hidden and (members is None):
            raise NotAllowed(
                f'"{current.name}" has {current.hidden} members that you may not see; '
                "give the whole list of members to replace them"
            )
        wanted = [one.id for one in current.members]
        if members is not None:
            wanted = [self.dataset(one).id for one in members]
        gone = {self._member(current, one) for one in remove}
        wanted = [number for number in wanted if number not in gone]
        wanted += [n for one in add if (n := self.dataset(one).id) not in wanted]
        return self._catalog.update_collection(current.id, members=wanted)

    # -- details -----------------------------------------------------------------------

    def _member(self, collection: CollectionRecord, ref: Ref) -> int:
        """Number of a member; also of a tombstone, which no longer is a dataset."""
        for one in collection.members:
            if ref in (one, one.id, one.name, one.ref):
                return one.id
        raise InputError(f'the collection "{collection.name}" has no member {ref!r}')

    def _thing(self, what: Kept | str | int) -> Kept:
        if isinstance(what, CollectionRecord | SessionRecord | AssemblyRecord):
            return what
        if isinstance(what, DatasetRecord | str | int):
            return self.dataset(what)
        raise InputError(
            f"a {type(what).__name__} is nothing that the catalog keeps; give a dataset, "
            "collection, session or assembly"
        )

    def _update(self, what: Kept, **changes: Any) -> Kept:
        match what:
            case DatasetRecord():
                return self._catalog.update_dataset(what.id, **changes)
            case CollectionRecord():
                return self._catalog.update_collection(what.id, **changes)
            case SessionRecord():
                return self._catalog.update_session(what.id, **changes)
            case AssemblyRecord():
                return self._catalog.update_assembly(what.id, **changes)
