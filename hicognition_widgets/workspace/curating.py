"""Finding, naming, publishing and deleting what is in the catalog."""

from __future__ import annotations

import shutil
import stat
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord, SessionRecord
from hicognition_widgets.catalog.records import DatasetKind, Deletion
from hicognition_widgets.catalog.vocabulary import suggestions
from hicognition_widgets.errors import DatasetNotice, InputError, NotAllowed
from hicognition_widgets.listing import DatasetPage
from hicognition_widgets.workspace.base import Base, Ref

Kept = DatasetRecord | CollectionRecord | SessionRecord
KeptT = TypeVar("KeptT", DatasetRecord, CollectionRecord, SessionRecord)


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
        order_by: str = "name",
        descending: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> DatasetPage:
        """Datasets you may see, one page at a time.

        Parameters
        ----------
        words : str, optional
            All of them have to be in name, owner, description, sample id or metadata.
        kind : {"regions", "signal_track", "contact_map"} or several, optional
        assembly, owner : str, optional
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
        }
        page = self._catalog.datasets(
            **where, order_by=order_by, descending=descending, limit=limit, offset=offset
        )
        return DatasetPage(page, total=self._catalog.count_datasets(**where), offset=offset)

    def rename(self, what: KeptT, name: str) -> KeptT:
        """Give a dataset, collection or session of yours another name."""
        return self._update(what, name=name)

    def describe(
        self, what: KeptT, description: str | None = None, /, **metadata: Any
    ) -> KeptT:
        """Say what something of yours is.

        Parameters
        ----------
        what : dataset, collection or session
        description : str, optional
            Free text; kept as it is when not given.
        **metadata
            Fields of a dataset, for example ``protein="CTCF"``; None removes one.
            :meth:`suggestions` lists the usual ones, others are allowed.
        """
        changes: dict[str, Any] = {}
        if description is not None:
            changes["description"] = description
        if metadata:
            if not isinstance(what, DatasetRecord):
                raise InputError("only datasets have metadata fields; give a description")
            changes["metadata"] = metadata
        return self._update(what, **changes) if changes else what

    def suggestions(self, kind: DatasetKind) -> dict[str, list[str]]:
        """Usual metadata fields of a kind of dataset, with usual and already used values."""
        return {
            field: list(dict.fromkeys([*values, *self._catalog.metadata_values(field)]))
            for field, values in suggestions(kind).items()
        }

    def publish(self, what: KeptT, *, public: bool = True, managed: bool = False) -> KeptT:
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
        if public and isinstance(what, DatasetRecord):
            self._let_others_read(what, managed)
        return self._update(what, public=public)

    def delete(self, what: Kept, *, cascade: bool = False) -> Deletion:
        """Delete something of yours, with your own results and annotations of it.

        Where collections or sessions of other people use it, its name stays, marked as
        missing, and a warning tells how many there are.

        Parameters
        ----------
        what : dataset, collection or session
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
        if isinstance(what, SessionRecord):
            self._catalog.delete_session(what.id)
            return Deletion(deleted=(("session", what.name),))
        if isinstance(what, CollectionRecord):
            gone = self._catalog.delete_collection(what.id, cascade=cascade)
        else:
            gone = self._catalog.delete_dataset(what.id, cascade=cascade)
        # The row goes first: files without a row are found by a check, a row without files
        # would be a dataset that cannot be opened.
        for artifact in gone.artifacts:
            self._store.delete(artifact)
        for file in gone.files:
            _remove_managed(Path(file), self._store.folder)
        if gone.warning:
            warnings.warn(DatasetNotice(what.name, gone.warning), stacklevel=2)
        return gone

    def edit_collection(
        self,
        collection: CollectionRecord,
        members: Sequence[Ref] | None = None,
        *,
        add: Sequence[Ref] = (),
        remove: Sequence[Ref] = (),
    ) -> CollectionRecord:
        """Change the members of a collection of yours, or their order.

        Parameters
        ----------
        collection : CollectionRecord
        members : sequence of dataset, name or id, optional
            The whole new list, in order.
        add, remove : sequence of dataset, name or id
            Changes of the list there is; added ones come last.
        """
        current = self._catalog.collection(collection.id)
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

    def _update(self, what: KeptT, **changes: Any) -> KeptT:
        changed: Any
        if isinstance(what, DatasetRecord):
            changed = self._catalog.update_dataset(what.id, **changes)
        elif isinstance(what, CollectionRecord):
            changed = self._catalog.update_collection(what.id, **changes)
        else:
            changed = self._catalog.update_session(what.id, **changes)
        return cast("KeptT", changed)

    def _let_others_read(self, record: DatasetRecord, managed: bool) -> None:
        path = Path(record.path)
        if managed and not record.managed:
            copy = self._store.add_managed(path)
            try:
                self._catalog.update_dataset(record.id, path=str(copy), managed=True)
            except BaseException:
                shutil.rmtree(copy.parent, ignore_errors=True)
                raise
        elif not record.managed and not _others_can_read(path):
            raise InputError(
                f'other users of this machine cannot read {path}, the file of "{record.name}"; '
                "change its rights, or use publish(…, managed=True) to keep a copy in the store"
            )


def _others_can_read(path: Path) -> bool:
    """Whether the file and all folders above it are open to everybody."""
    try:
        if not path.stat().st_mode & stat.S_IROTH:
            return False
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
    except OSError:
        return False


def _remove_managed(path: Path, folder: Path) -> None:
    """Remove a copy that the store made, and the folder of its own that it lies in."""
    if folder in path.parents and path.parent.parent == folder / "files":
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
