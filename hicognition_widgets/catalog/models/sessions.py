"""Saved comparisons."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hicognition_widgets.catalog.models.base import NAME_LENGTH, Base, Owned, SortKey


class SavedSession(Owned, Base):
    """Comparisons as plain data."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("owner", "name"),
        Index("ix_sessions_name_key", "name_key", "id"),
        {"sqlite_autoincrement": True},
    )

    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_key: Mapped[str] = mapped_column(SortKey)
    public: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text)
    spec: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    thumbnail: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class SessionDataset(Base):
    """A dataset that a session uses."""

    __tablename__ = "session_datasets"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int]


class SessionCollection(Base):
    """A collection that a session uses."""

    __tablename__ = "session_collections"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collections.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int]
