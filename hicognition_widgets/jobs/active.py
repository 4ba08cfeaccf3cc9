"""A task on its way, and who waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hicognition_widgets.errors import HiCognitionError, JobError
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.jobs.job import Job
from hicognition_widgets.jobs.outcome import sentence
from hicognition_widgets.jobs.runner import Lane
from hicognition_widgets.jobs.work import Order

if TYPE_CHECKING:
    from hicognition_widgets.jobs.plan import Task


@dataclass(eq=False)
class Active:
    """A task that runs or waits to."""

    order: Order
    lane: Lane
    waiting: dict[str, Computation] = field(default_factory=dict)
    job: Job | None = None
    settled: set[str] = field(default_factory=set)
    restarts: int = 0

    @property
    def task(self) -> Task:
        """What is done."""
        return self.order.task


def as_error(error: Exception) -> Exception:
    """The error itself if a person can read it, else a sentence about it."""
    return error if isinstance(error, HiCognitionError) else JobError(sentence(error))
