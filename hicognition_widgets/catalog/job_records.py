"""Bulk work as the catalog hands it out: jobs, their steps, and what became of those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

JobState = Literal["queued", "running", "finished", "failed", "cancelled", "interrupted"]

ACTIVE_STATES: tuple[JobState, ...] = ("queued", "running")
"""States of jobs and tasks that something is still working on."""


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """A piece of bulk work.

    Attributes
    ----------
    state : {"queued", "running", "finished", "failed", "cancelled", "interrupted"}
    total, done, failed : int
        Tasks.
    process : str
        Host and process that runs it.
    """

    id: int
    title: str
    owner: str
    state: JobState
    total: int
    done: int = 0
    failed: int = 0
    message: str = ""
    request: Mapping[str, Any] = field(hash=False, repr=False)
    process: str = ""
    created: datetime
    updated: datetime
    finished: datetime | None = None

    @property
    def name(self) -> str:
        """The title."""
        return self.title

    @property
    def public(self) -> bool:
        """Jobs are their owner's business."""
        return False

    @property
    def active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ACTIVE_STATES


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """One step of a job."""

    id: int
    job_id: int
    key: str
    title: str = ""
    state: JobState
    error_type: str = ""
    error: str = ""
    traceback: str = field(default="", repr=False)
    tries: int = 0
    updated: datetime


@dataclass(frozen=True, kw_only=True)
class TaskChange:
    """What became of one step of a job.

    Attributes
    ----------
    state : str
    error_type, error, traceback : str
        Class of the error, its sentence, and the traceback for those who ask.
    tries : int
        How often it was started.
    """

    state: JobState
    error_type: str = ""
    error: str = ""
    traceback: str = field(default="", repr=False)
    tries: int = 0
