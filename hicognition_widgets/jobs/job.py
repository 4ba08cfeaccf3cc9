"""A piece of bulk work: what it does, how far it is, what failed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from hicognition_widgets.errors import JobError
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import Plan
from hicognition_widgets.jobs.progress import JobProgress

if TYPE_CHECKING:
    from hicognition_widgets.jobs.plan import Task

_log = logging.getLogger(__name__)

State = Literal["queued", "running", "finished", "failed", "cancelled", "interrupted"]


class JobHost(Protocol):
    """What a job needs of the broker."""

    picture: Callable[[Any], Any] | None
    """Makes the widget that shows a job in a notebook."""

    def stop_job(self, job: Job) -> None:
        """Drop and stop its tasks."""
        ...

    def run_again(self, job: Job, plan: Plan) -> None:
        """Run tasks for it."""
        ...


class Job:
    """Bulk work that was submitted; safe from any thread.

    Attributes
    ----------
    id : int
        Its number in the catalog.
    title : str
    plan : Plan
        What it does; after :meth:`retry`, what is done again.
    """

    def __init__(self, host: JobHost, number: int, title: str, plan: Plan) -> None:
        self.id = number
        self.title = title
        self.plan = plan
        self.host = host
        #: Makes the widget that shows it in a notebook.
        self.picture: Callable[[Any], Any] | None = host.picture
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._total = len(plan.requests) + len(plan.present)
        self._done = set(plan.present)
        self._failed: dict[str, Failure] = {}
        self._tasks: dict[str, Task] = {}
        self._running: set[str] = set()
        self._elsewhere: set[str] = set()
        self._started = time.monotonic()
        self._done_before = len(self._done)
        self._state: State = "queued"
        self._listeners: list[Callable[[JobProgress], Any]] = []
        self.begin(plan)

    # -- for people --------------------------------------------------------------------

    @property
    def state(self) -> State:
        """``queued``, ``running``, ``finished``, ``failed``, ``cancelled``, ``interrupted``."""
        return self._state

    @property
    def progress(self) -> JobProgress:
        """Results done, running and failed, and the estimated time to the end."""
        with self._lock:
            done, failed = len(self._done), len(self._failed)
            running = len(self._running)
            over = self._over.is_set()
            total = self._total
        made = done - self._done_before + failed
        left = total - done - failed
        remaining = None
        if over or left <= 0:
            remaining = 0.0
        elif made > 0:
            remaining = (time.monotonic() - self._started) * left / made
        return JobProgress(
            done=done, total=total, running=running, failed=failed, remaining=remaining
        )

    @property
    def errors(self) -> list[Failure]:
        """What failed, with type, sentence and traceback."""
        with self._lock:
            return list(self._failed.values())

    def done(self) -> bool:
        """Whether nothing more will happen."""
        return self._over.is_set()

    def wait(self, timeout: float | None = None) -> Job:
        """Wait for the end; the job itself is returned, whatever became of it.

        Raises
        ------
        TimeoutError
            If it takes longer than `timeout` seconds; it goes on.
        """
        if not self._over.wait(timeout):
            raise TimeoutError(f"the job {self.title!r} is not finished after {timeout} s")
        return self

    def cancel(self) -> None:
        """Stop it; finished results are kept."""
        with self._lock:
            if self._over.is_set():
                return
        self.host.stop_job(self)
        self.end("cancelled")

    def retry(self) -> Job:
        """Run again what failed, was cancelled or interrupted, and nothing else.

        Raises
        ------
        JobError
            If it is still running.
        """
        with self._lock:
            if not self._over.is_set():
                raise JobError(f"the job {self.title!r} is running; cancel it first")
            missing = tuple(r for r in self.plan.requests if r.key not in self._done)
        from hicognition_widgets.jobs.plan import make_plan

        self.host.run_again(self, make_plan(missing))
        return self

    def resume(self) -> Job:
        """:meth:`retry`, or the job as it is while it runs."""
        return self.retry() if self.done() and self.state != "finished" else self

    def on_progress(self, callback: Callable[[JobProgress], Any]) -> None:
        """Call `callback` with every change, from any thread."""
        with self._lock:
            self._listeners.append(callback)

    def _repr_mimebundle_(self, **_: Any) -> Any:
        """In a notebook: its progress, drawn by what the workspace gave."""
        if self.picture is None:
            return {"text/plain": repr(self)}
        return self.picture(self)._repr_mimebundle_()

    def __repr__(self) -> str:
        progress = self.progress
        failed = f", {progress.failed} failed" if progress.failed else ""
        return f"<Job {self.title!r}: {progress.done}/{progress.total}{failed}, {self.state}>"

    # -- for the broker ----------------------------------------------------------------

    def begin(self, plan: Plan) -> None:
        """Take (more) tasks."""
        with self._lock:
            self._tasks = {task.token: task for task in plan.tasks}
            self._running = set()
            self._elsewhere = set()
            for request in plan.requests:
                self._failed.pop(request.key, None)
            self._done_before = len(self._done)
            self._started = time.monotonic()
            self._state = "queued" if plan.tasks else "finished"
            if plan.tasks:
                self._over.clear()
            else:
                self._over.set()

    @property
    def tokens(self) -> list[str]:
        """Tasks that are not over."""
        with self._lock:
            return list(self._tasks)

    def heard(self, token: str) -> None:
        """A task has begun or goes on."""
        with self._lock:
            if token not in self._tasks or self._over.is_set():
                return
            self._state = "running"
            new = token not in self._running
            self._running.add(token)
        if new:
            self._tell()

    def settled(self, key: str, failure: Failure | None) -> None:
        """One result is there, or failed."""
        with self._lock:
            if failure is None:
                self._done.add(key)
                self._failed.pop(key, None)
            elif key not in self._done:
                self._failed[key] = failure
        self._tell()

    def task_ended(self, token: str) -> bool:
        """A task is over; True if nothing is left to do or to wait for."""
        with self._lock:
            self._tasks.pop(token, None)
            self._running.discard(token)
            return not self._tasks and not self._elsewhere

    def left_to_others(self, keys: Iterable[str]) -> None:
        """These requests are being computed for another job."""
        with self._lock:
            self._elsewhere.update(keys)

    def take_over(self, tasks: Iterable[Task], keys: Iterable[str]) -> None:
        """Others have finished with these requests; `tasks` compute what is missing."""
        with self._lock:
            if self._over.is_set():
                return
            self._elsewhere.difference_update(keys)
            self._tasks |= {task.token: task for task in tasks}

    def idle(self) -> bool:
        """Whether there is neither a task nor something to wait for."""
        with self._lock:
            return not self._over.is_set() and not self._tasks and not self._elsewhere

    def outcome(self) -> State:
        """What it would be if nothing more happened."""
        with self._lock:
            if any(failure.cancelled for failure in self._failed.values()):
                return "cancelled"
            return "failed" if self._failed else "finished"

    def end(self, state: State) -> None:
        """Nothing more will happen."""
        with self._lock:
            if self._over.is_set():
                return
            self._state = state
            self._tasks = {}
            self._running = set()
            self._elsewhere = set()
            self._over.set()
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        if listeners:
            progress = self.progress
            for listener in listeners:
                try:
                    listener(progress)
                except Exception:  # noqa: BLE001  whatever it raises, it is logged
                    _log.exception("a callback failed")
