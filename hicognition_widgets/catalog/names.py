"""Names of many things at once, for tables that refer to them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from hicognition_widgets.catalog import models
from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.models.base import Owned
from hicognition_widgets.catalog.share_records import ShareableKind

_TABLES: dict[ShareableKind, type[Owned]] = {
    "dataset": models.Dataset,
    "collection": models.Collection,
    "session": models.SavedSession,
}


class NameCalls(CatalogCore):
    """What a catalog can say about things of yours by their numbers."""

    def own_names(self, kind: ShareableKind, numbers: Collection[int]) -> dict[int, str]:
        """Names of your datasets, collections or sessions; what was deleted is left out."""
        table = _TABLES[kind]
        name: ColumnElement[str] = table.name  # type: ignore[attr-defined]  # all three have one
        query = select(table.id, name).where(table.owner == self.user, table.id.in_(numbers))
        if hasattr(table, "deleted"):
            query = query.where(table.deleted.is_(None))
        with self._read() as session:
            return {row.id: row.name for row in session.execute(query)}
