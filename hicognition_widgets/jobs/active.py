"""A task on its way, and who follows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from hicognition_widgets.errors import HiCognitionError, JobError
from hicognition_widgets.jobs.outcome import Failure, sentence

if TYPE_CHECKING:
    from hicognition_widgets.jobs.plan import Task
    from hicognition_widgets.jobs.progress import Progress
    from hicognition_widgets.jobs.request import Request
    from hicognition_widgets.jobs.runner import Lane
    from hicognition_widgets.jobs.work import Order
    from hicognition_widgets.store import StoredResult


class Active(ABC):
    """A task that runs or waits to; what is heard of it comes from any thread.

    Parameters
    ----------
    order : Order
    lane : {"interactive", "slow", "bulk"}
    """

    restarts_left = 0
    """How often it is run again when all workers are lost."""

    def __init__(self, order: Order, lane: Lane) -> None:
        self.order = order
        self.lane = lane
        self.settled: dict[str, str] = {}
        """Artifacts of the requests that are dealt with, by key; empty if there is none."""

    @property
    def task(self) -> Task:
        """What is done."""
        return self.order.task

    @property
    @abstractmethod
    def abandoned(self) -> bool:
        """Whether nobody waits for it any more."""

    @abstractmethod
    def began(self, tries: int) -> None:
        """A worker has started it, for the `tries`-th time."""

    @abstractmethod
    def told(self, progress: Progress) -> None:
        """It goes on."""

    @abstractmethod
    def answered(self, request: Request, end: StoredResult | Failure) -> None:
        """One request is recorded, or has failed."""

    @abstractmethod
    def over(self, *, lost: bool) -> None:
        """Nothing more comes; `lost` if its workers are gone."""


def as_error(error: Exception) -> Exception:
    """The error itself if a person can read it, else a sentence about it."""
    return error if isinstance(error, HiCognitionError) else JobError(sentence(error))
