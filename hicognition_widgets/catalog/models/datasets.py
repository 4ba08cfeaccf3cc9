"""Datasets with their metadata, and columns of values per region."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hicognition_widgets.catalog.models.base import NAME_LENGTH, Base, BigInt, Owned, SortKey
from hicognition_widgets.catalog.models.genomes import Assembly


class Repository(Base):
    """A public archive of samples."""

    __tablename__ = "repositories"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    file_url: Mapped[str] = mapped_column(Text)
    auth_required: Mapped[bool] = mapped_column(default=False)


class Dataset(Owned, Base):
    """A region set, signal track or contact map; a tombstone once `deleted` is set."""

    __tablename__ = "datasets"
    __table_args__ = (
        Index(
            "uq_datasets_owner_kind_name",
            "owner",
            "kind",
            "name",
            unique=True,
            sqlite_where=text("deleted IS NULL"),
            postgresql_where=text("deleted IS NULL"),
        ),
        Index("ix_datasets_name_key", "name_key", "id"),
        Index("ix_datasets_kind", "kind", "name_key", "id"),
        Index("ix_datasets_owner", "owner", "name_key", "id"),
        Index("ix_datasets_assembly_id", "assembly_id", "name_key", "id"),
        Index("ix_datasets_created", "created", "id"),
        Index("ix_datasets_updated", "updated", "id"),
        Index("ix_datasets_size", "size", "id"),
        Index("ix_datasets_sample_id", "sample_id", "id"),
        Index("ix_datasets_repository", "repository", "name_key", "id"),
        {"sqlite_autoincrement": True},
    )

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(SortKey)
    kind: Mapped[str] = mapped_column(String(16))
    assembly_id: Mapped[int] = mapped_column(ForeignKey("assemblies.id", ondelete="RESTRICT"))
    public: Mapped[bool] = mapped_column(default=False)
    deleted: Mapped[datetime | None] = mapped_column(default=None)
    path: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(128), index=True)
    managed: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int] = mapped_column(BigInt, default=0)
    modified: Mapped[float] = mapped_column(Double, default=0.0)
    dims: Mapped[int | None] = mapped_column(default=None)
    region_kind: Mapped[str | None] = mapped_column(String(16), default=None)
    n_regions: Mapped[int | None] = mapped_column(BigInt, default=None)
    resolutions: Mapped[list[Any]] = mapped_column(default=list)
    description: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text)
    origin: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    repository: Mapped[str | None] = mapped_column(
        ForeignKey("repositories.name", ondelete="RESTRICT"), default=None
    )
    sample_id: Mapped[str | None] = mapped_column(String(128), default=None)
    source_url: Mapped[str | None] = mapped_column(Text, default=None)

    assembly: Mapped[Assembly] = relationship(lazy="raise")
    metadata_items: Mapped[list[DatasetMetadata]] = relationship(
        cascade="all, delete-orphan", order_by="DatasetMetadata.key", passive_deletes=True
    )


class DatasetMetadata(Base):
    """One field of a dataset's metadata; `type` tells how to read `value`."""

    __tablename__ = "dataset_metadata"
    __table_args__ = (Index("ix_dataset_metadata_key", "key", "value_key", "dataset_id"),)

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    type: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(Text)
    value_key: Mapped[str] = mapped_column(SortKey)


class DatasetParent(Base):
    """A region set that another one was made from."""

    __tablename__ = "dataset_parents"

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    parent_id: Mapped[int] = mapped_column(BigInt, primary_key=True, index=True)


class Annotation(Owned, Base):
    """One value per region: packed numbers, or packed codes with their levels."""

    __tablename__ = "annotations"
    __table_args__ = (
        UniqueConstraint("owner", "dataset_id", "name"),
        {"sqlite_autoincrement": True},
    )

    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(16))
    n: Mapped[int] = mapped_column(BigInt)
    n_missing: Mapped[int] = mapped_column(BigInt, default=0)
    levels: Mapped[list[Any]] = mapped_column(default=list)
    source: Mapped[str] = mapped_column(Text, default="")
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


__all__ = [
    "Annotation",
    "Dataset",
    "DatasetMetadata",
    "DatasetParent",
    "Repository",
]
