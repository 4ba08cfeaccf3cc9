"""Jobs and their tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hicognition_widgets.catalog.models.base import Base, Numbered, Owned, now


class Job(Owned, Base):
    """A piece of bulk work."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_owner", "owner", "state", "id"),
        {"sqlite_autoincrement": True},
    )

    title: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[dict[str, Any]]
    process: Mapped[str] = mapped_column(Text, default="")
    finished: Mapped[datetime | None] = mapped_column(default=None)


class Task(Numbered, Base):
    """One step of a job."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("job_id", "key"),
        Index("ix_tasks_job_id", "job_id", "state"),
        {"sqlite_autoincrement": True},
    )

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16))
    error_type: Mapped[str] = mapped_column(Text, default="")
    error: Mapped[str] = mapped_column(Text, default="")
    traceback: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(default=0)
    updated: Mapped[datetime] = mapped_column(default=now, onupdate=now)
