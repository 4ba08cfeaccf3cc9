"""Questions that a running task of a job is about to answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hicognition_widgets.jobs import sizes
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.request import Request

if TYPE_CHECKING:
    from hicognition_widgets.jobs.plan import Task

_LEAST_SECONDS: Final = 2.0


def patience(request: Request) -> float:
    """How long an answer of a job is waited for, in seconds: as long as it takes alone.

    Whoever waits so long and computes it then has lost no more than the same time again.
    """
    return max(_LEAST_SECONDS, sizes.seconds([request]))


@dataclass(frozen=True)
class _Running:
    keys: frozenset[str]
    expected: float


@dataclass(frozen=True)
class _Wait:
    token: str
    timer: threading.Timer


class Joining:
    """Lets questions wait for tasks of jobs that run already, instead of computing twice.

    What a job has in its queue is not waited for, nor a task that has more left to do than
    the question alone would take; and none is waited for longer than that.

    Parameters
    ----------
    compute : callable
        Has a computation done by itself; called from any thread.
    clock : callable
        Seconds that never run backwards.
    """

    def __init__(
        self,
        compute: Callable[[Computation], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._compute = compute
        self._clock = clock
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}
        self._waits: dict[Computation, _Wait] = {}
        self._closed = False

    def began(self, task: Task) -> None:
        """A worker has begun a task, for the first time or again."""
        keys = frozenset(request.key for request in task.requests)
        with self._lock:
            self._running[task.token] = _Running(keys, self._clock() + task.seconds)

    def told(self, token: str, progress: Progress) -> None:
        """A task goes on."""
        with self._lock:
            waiting = [each for each, wait in self._waits.items() if wait.token == token]
        for computation in waiting:
            computation.tell(progress)

    def failed(self, token: str, key: str) -> None:
        """One request of a task has failed; who asked for it tries it alone."""
        self._leave(lambda each, wait: wait.token == token and each.request.key == key)

    def over(self, token: str) -> None:
        """A task has ended or was stopped; what it did not answer is computed."""
        with self._lock:
            self._running.pop(token, None)
        self._leave(lambda _, wait: wait.token == token)

    def join(self, computation: Computation) -> bool:
        """Wait for a running task that makes this answer; False if there is none."""
        request = computation.request
        longest = patience(request)
        with self._lock:
            if self._closed:
                return False
            latest = self._clock() + longest
            token = next(
                (
                    token
                    for token, running in self._running.items()
                    if request.key in running.keys and running.expected <= latest
                ),
                None,
            )
            if token is None:
                return False
            timer = threading.Timer(longest, self._leave, [lambda each, _: each is computation])
            timer.daemon = True
            self._waits[computation] = _Wait(token, timer)
            timer.start()
        computation.tell(Progress(message="being computed by a job"))
        return True

    def answered(self, computation: Computation) -> None:
        """There is an answer, or nobody waits for one any more."""
        with self._lock:
            wait = self._waits.pop(computation, None)
        if wait is not None:
            wait.timer.cancel()

    def _leave(self, which: Callable[[Computation, _Wait], bool]) -> None:
        with self._lock:
            left = [each for each, wait in self._waits.items() if which(each, wait)]
            waits = [self._waits.pop(each) for each in left]
        for wait in waits:
            wait.timer.cancel()
        for computation in left:
            if not computation.done() and not computation.closed:
                self._compute(computation)

    def close(self) -> None:
        """Wait no more."""
        with self._lock:
            self._closed = True
            waits, self._waits = list(self._waits.values()), {}
        for wait in waits:
            wait.timer.cancel()
