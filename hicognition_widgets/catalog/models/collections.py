"""Collections of datasets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hicognition_widgets.catalog.models.base import NAME_LENGTH, Base, Owned, SortKey
from hicognition_widgets.catalog.models.datasets import Dataset
from hicognition_widgets.catalog.models.genomes import Assembly


class Collection(Owned, Base):
    """Region sets or signal tracks on one assembly; a tombstone once `deleted` is set."""

    __tablename__ = "collections"
    __table_args__ = (
        Index(
            "uq_collections_owner_kind_name",
            "owner",
            "kind",
            "name",
            unique=True,
            sqlite_where=text("deleted IS NULL"),
            postgresql_where=text("deleted IS NULL"),
        ),
        Index("ix_collections_name_key", "name_key", "id"),
        {"sqlite_autoincrement": True},
    )

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(SortKey)
    kind: Mapped[str] = mapped_column(String(16))
    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("assemblies.id", ondelete="RESTRICT"), index=True
    )
    public: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[datetime | None] = mapped_column(default=None)
    description: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text)

    assembly: Mapped[Assembly] = relationship(lazy="raise")
    members: Mapped[list[CollectionMember]] = relationship(
        cascade="all, delete-orphan",
        order_by="CollectionMember.position",
        passive_deletes=True,
    )


class CollectionMember(Base):
    """A dataset's place in a collection."""

    __tablename__ = "collection_members"
    __table_args__ = (UniqueConstraint("collection_id", "dataset_id"),)

    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="RESTRICT"), index=True
    )

    dataset: Mapped[Dataset] = relationship(lazy="raise")
