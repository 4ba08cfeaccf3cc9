"""Stored results."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hicognition_widgets.catalog.models.base import OWNER_LENGTH, Base, BigInt, Numbered, now


class Result(Numbered, Base):
    """A result: small ones are in the row, large ones a folder of the store."""

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("owner", "key"),
        Index("ix_results_key", "key"),
        Index("ix_results_owner", "owner", "id"),
        {"sqlite_autoincrement": True},
    )

    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH))
    created: Mapped[datetime] = mapped_column(default=now)
    key: Mapped[str] = mapped_column(String(128))
    analysis: Mapped[str] = mapped_column(String(32))
    request: Mapped[dict[str, Any]]
    meta: Mapped[dict[str, Any]]
    artifact: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInt, default=0)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    inputs: Mapped[list[ResultInput]] = relationship(
        cascade="all, delete-orphan", order_by="ResultInput.position", passive_deletes=True
    )


class ResultInput(Base):
    """A dataset that a result was computed from."""

    __tablename__ = "result_inputs"
    __table_args__ = (Index("ix_result_inputs_dataset_id", "dataset_id", "result_id"),)

    result_id: Mapped[int] = mapped_column(
        ForeignKey("results.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
