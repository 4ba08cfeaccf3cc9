"""The catalog as mappings: ``ws.regions["CTCF"]``, with a table as their picture."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from typing import Any, Generic, TypeVar, get_args, overload

import pandas as pd

from hicognition_widgets.catalog import (
    AssemblyRecord,
    Catalog,
    CollectionRecord,
    DatasetRecord,
    summaries,
)
from hicognition_widgets.catalog.pictures import SHOWN, shown, table_html
from hicognition_widgets.catalog.records import (
    CollectionKind,
    DatasetKind,
    RepositoryRecord,
    SessionRecord,
)
from hicognition_widgets.catalog.share_records import ShareableKind, ShareRecord
from hicognition_widgets.errors import AmbiguousName, InputError, NotFound

Record = TypeVar("Record", AssemblyRecord, CollectionRecord, DatasetRecord, SessionRecord)
Other = TypeVar("Other")
_PAGE = 1000


class CatalogMapping(Mapping[str, Record], Generic[Record]):
    """Records by name; a name alone is your own, ``"owner/name"`` somebody else's."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @abstractmethod
    def _records(self, limit: int | None = None, offset: int = 0) -> Sequence[Record]:
        """Records in order, at most so many."""

    def _count(self) -> int:
        return len(self._records())

    def _all(self) -> Iterator[Record]:
        """All records, a page at a time."""
        offset = 0
        while page := self._records(_PAGE, offset):
            yield from page
            offset += len(page)
            if len(page) < _PAGE:
                return

    @abstractmethod
    def _find(self, name: str) -> Record:
        """The record of this name; raises NotFound or AmbiguousName."""

    @abstractmethod
    def _row(self, record: Record) -> dict[str, Any]:
        """What a table tells of a record."""

    def __getitem__(self, name: str) -> Record:
        return self._find(name)

    def __contains__(self, name: object) -> bool:
        try:
            self._find(str(name))
        except AmbiguousName:
            return True
        except NotFound:
            return False
        return True

    @overload
    def get(self, name: str, /) -> Record | None: ...
    @overload
    def get(self, name: str, /, default: Record) -> Record: ...
    @overload
    def get(self, name: str, /, default: Other) -> Record | Other: ...
    def get(self, name: str, /, default: object = None) -> object:
        """The record of that name, or `default`; a name that fits several is an error."""
        try:
            return self._find(name)
        except AmbiguousName:
            raise
        except NotFound:
            return default

    def _key(self, record: Record) -> str:
        own = record.owner in (None, self._catalog.user)
        return record.name if own else f"{record.owner}/{record.name}"

    def __iter__(self) -> Iterator[str]:
        return map(self._key, self._all())

    def values(self) -> ValuesView[Record]:
        """The records, without asking for each by its name."""
        return dict(enumerate(self._all())).values()

    def items(self) -> ItemsView[str, Record]:
        """Names and records, without asking for each by its name."""
        return {self._key(record): record for record in self._all()}.items()

    def __len__(self) -> int:
        return self._count()

    def to_frame(self) -> pd.DataFrame:
        """All records as a table."""
        return pd.DataFrame([self._row(record) for record in self._all()])

    def _shown(self) -> list[dict[str, Any]]:
        return [self._row(record) for record in self._records(SHOWN)]

    def __repr__(self) -> str:
        rows = self._shown()
        if not rows:
            return "nothing here yet"
        rest = self._count() - len(rows)
        more = f"\nand {rest:,} more; see to_frame()" if rest > 0 else ""
        return pd.DataFrame(rows).map(shown).to_string(index=False) + more

    def _repr_html_(self) -> str:
        rows = self._shown()
        return table_html(rows, total=self._count() if len(rows) == SHOWN else None)


class Datasets(CatalogMapping[DatasetRecord]):
    """Region sets, or features."""

    def __init__(self, catalog: Catalog, kinds: tuple[DatasetKind, ...]) -> None:
        super().__init__(catalog)
        self._kinds = kinds

    def _records(self, limit: int | None = None, offset: int = 0) -> list[DatasetRecord]:
        return self._catalog.datasets(kind=self._kinds, limit=limit, offset=offset)

    def _count(self) -> int:
        return self._catalog.count_datasets(kind=self._kinds)

    def _find(self, name: str) -> DatasetRecord:
        return self._catalog.dataset(name, kind=self._kinds)

    def _row(self, record: DatasetRecord) -> dict[str, Any]:
        return summaries.dataset_row(record)


class Collections(CatalogMapping[CollectionRecord]):
    """Collections of region sets or signal tracks."""

    def __init__(self, catalog: Catalog, **filters: Any) -> None:
        super().__init__(catalog)
        self._filters = filters

    def search(
        self,
        words: str | None = None,
        *,
        kind: CollectionKind | None = None,
        assembly: str | None = None,
        owner: str | None = None,
    ) -> Collections:
        """Those whose name, owner or description holds all these words, and that fit."""
        return Collections(
            self._catalog, search=words, kind=kind, assembly=assembly, owner=owner
        )

    def _records(self, limit: int | None = None, offset: int = 0) -> list[CollectionRecord]:
        return self._catalog.collections(limit=limit, offset=offset, **self._filters)

    def _count(self) -> int:
        return self._catalog.count_collections(**self._filters)

    def _find(self, name: str) -> CollectionRecord:
        return self._catalog.collection(name)

    def _row(self, record: CollectionRecord) -> dict[str, Any]:
        return summaries.collection_row(record)


class Assemblies(CatalogMapping[AssemblyRecord]):
    """Genome assemblies."""

    def _records(self, limit: int | None = None, offset: int = 0) -> list[AssemblyRecord]:
        stop = None if limit is None else offset + limit
        return self._catalog.assemblies()[offset:stop]

    def _find(self, name: str) -> AssemblyRecord:
        return self._catalog.assembly(name)

    def _row(self, record: AssemblyRecord) -> dict[str, Any]:
        return summaries.assembly_row(record)


class Repositories(Mapping[str, RepositoryRecord]):
    """Public archives that samples come from; the same for everybody."""

    def __init__(self, catalog: Catalog) -> None:
        self._records = {one.name: one for one in catalog.repositories()}

    def __getitem__(self, name: str) -> RepositoryRecord:
        if name not in self._records:
            raise NotFound(
                f"there is no repository {name!r}; known are {', '.join(self._records)}"
            )
        return self._records[name]

    def __contains__(self, name: object) -> bool:
        return name in self._records

    @overload
    def get(self, name: str, /) -> RepositoryRecord | None: ...
    @overload
    def get(self, name: str, /, default: RepositoryRecord) -> RepositoryRecord: ...
    @overload
    def get(self, name: str, /, default: Other) -> RepositoryRecord | Other: ...
    def get(self, name: str, /, default: object = None) -> object:
        """The repository of that name, or `default`."""
        return self._records.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def to_frame(self) -> pd.DataFrame:
        """All repositories as a table."""
        return pd.DataFrame(self._rows())

    def _rows(self) -> list[dict[str, Any]]:
        return [summaries.repository_row(one) for one in self._records.values()]

    def __repr__(self) -> str:
        return self.to_frame().map(shown).to_string(index=False)

    def _repr_html_(self) -> str:
        return table_html(self._rows())


class Sessions(CatalogMapping[SessionRecord]):
    """Saved sessions; those found in a list come without their content."""

    def __init__(self, catalog: Catalog, words: str | None = None) -> None:
        super().__init__(catalog)
        self._words = words

    def search(self, words: str) -> Sessions:
        """Sessions whose name, owner or description holds all these words."""
        return Sessions(self._catalog, words)

    def rename(self, name: str, new_name: str) -> SessionRecord:
        """Give a session of yours another name; links to it stay."""
        return self._catalog.update_session(self._find(name).id, name=new_name)

    def describe(self, name: str, description: str) -> SessionRecord:
        """Say what a session of yours is about."""
        return self._catalog.update_session(self._find(name).id, description=description)

    def tag(self, name: str, *tags: str) -> SessionRecord:
        """Add tags to a session of yours: words with ``#`` at the end of its description."""
        record = self._find(name)
        words = [tag.strip().lstrip("#").casefold() for tag in tags]
        for word in words:
            if not re.fullmatch(r"[\w-]+", word):
                raise InputError(f"a tag is one word of letters, digits, _ and -, not {word!r}")
        new = " ".join(f"#{word}" for word in words if word not in record.tags)
        text = f"{record.description} {new}".strip()
        return self._catalog.update_session(record.id, description=text)

    def publish(self, name: str, *, public: bool = True) -> SessionRecord:
        """Show a session of yours to everybody, or no longer."""
        return self._catalog.update_session(self._find(name).id, public=public)

    def delete(self, name: str) -> None:
        """Delete a session of yours, with the links to it."""
        self._catalog.delete_session(self._find(name).id)

    def _records(self, limit: int | None = None, offset: int = 0) -> list[SessionRecord]:
        return self._catalog.sessions(search=self._words, limit=limit, offset=offset)

    def _find(self, name: str) -> SessionRecord:
        return self._catalog.session(name)

    def _row(self, record: SessionRecord) -> dict[str, Any]:
        return {
            "name": record.name,
            "owner": record.owner,
            "datasets": len(record.datasets),
            "description": record.description,
            "tags": ", ".join(record.tags),
            "public": "yes" if record.public else "no",
            "changed": f"{record.updated:%Y-%m-%d %H:%M}",
        }


class Shares(Sequence[ShareRecord]):
    """What you share, newest first, with a table as its picture."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._records = catalog.shares()

    def __getitem__(self, index: Any) -> Any:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def to_frame(self) -> pd.DataFrame:
        """All shares as a table."""
        return pd.DataFrame(self._rows())

    def _rows(self) -> list[dict[str, Any]]:
        names = {
            kind: self._catalog.own_names(
                kind, {one.object_id for one in self._records if one.kind == kind}
            )
            for kind in get_args(ShareableKind)
        }
        return [
            {
                "id": share.id,
                "what": share.kind,
                "name": names[share.kind].get(share.object_id, "deleted"),
                "with": share.user or share.group or "whoever has the link",
                "until": "always" if share.expires is None else f"{share.expires:%Y-%m-%d}",
                "opened by": ", ".join(share.opened_by),
                "state": "revoked" if share.revoked else "open",
            }
            for share in self._records
        ]

    def __repr__(self) -> str:
        frame = self.to_frame()
        return "nothing is shared" if frame.empty else frame.to_string(index=False)

    def _repr_html_(self) -> str:
        return table_html(self._rows())
