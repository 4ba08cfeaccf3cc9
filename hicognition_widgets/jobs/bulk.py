"""Jobs: many requests that nobody is looking at."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.jobs.active import Active
from hicognition_widgets.jobs.job import Job, State
from hicognition_widgets.jobs.job_book import JobBook
from hicognition_widgets.jobs.job_json import requests_from
from hicognition_widgets.jobs.joining import Joining, patience
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import Plan, Task, make_plan
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.shared_work import SharedWork
from hicognition_widgets.store import StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.catalog import JobRecord
    from hicognition_widgets.jobs.recorder import Recorder
    from hicognition_widgets.jobs.work import Order
    from hicognition_widgets.jobs.workshop import Workshop

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 100
"""Tasks that are claimed and handed out together, so that the first begin soon."""


class _JobTask(Active):
    """A task of a job."""

    def __init__(self, order: Order, job: Job, bulk: BulkWork) -> None:
        super().__init__(order, "bulk")
        self.job = job
        self._bulk = bulk

    @property
    def abandoned(self) -> bool:
        return self.job.done()

    def began(self, tries: int) -> None:
        self._bulk.task_began(self, tries)

    def told(self, progress: Progress) -> None:
        self._bulk.task_told(self, progress)

    def answered(self, request: Request, end: StoredResult | Failure) -> None:
        self._bulk.task_answered(self, request, end)

    def over(self, *, lost: bool) -> None:
        self._bulk.task_over(self, lost=lost)


class BulkWork:
    """Submits plans as jobs, finds them again, goes on with them.

    Parameters
    ----------
    recorder : Recorder
        What is computed, and where that is written.
    workshop : Workshop
        Where tasks run.
    made : callable
        Hears of every result: somebody may wait for it.
    joining : Joining
        Who waits for tasks that run.
    """

    def __init__(
        self,
        recorder: Recorder,
        workshop: Workshop,
        made: Callable[[StoredResult], None],
        joining: Joining,
    ) -> None:
        self.picture: Callable[[Any], Any] | None = None
        self._recorder = recorder
        self._catalog = recorder.catalog
        self._store = recorder.store
        self._workshop = workshop
        self._made = made
        self._joining = joining
        self._book = JobBook(recorder.catalog)
        self._shared = SharedWork(recorder.store, recorder.catalog.trusted, self._freed)

    # -- for who asks ------------------------------------------------------------------

    def plan(self, requests: Iterable[Request]) -> Plan:
        """Which work answers these requests: one task per region set and file.

        What is stored already is not planned again.
        """
        asked = {request.key: request for request in requests}
        known = self._catalog.find_results(list(asked))
        return make_plan(asked.values(), present=known)

    def submit(self, plan: Plan, *, title: str = "") -> Job:
        """Run a plan in the background.

        Raises
        ------
        CatalogError
            If the catalog cannot be written to.
        """
        job = self._book.open(self, plan, title)
        if plan.tasks:
            self._workshop.soon(lambda: self._run_job(job, plan))
        return job

    def live(self, number: int) -> Job | None:
        """The job with this number in the catalog, if this process runs it."""
        return self._book.live(number)

    def resume(self, number: int) -> Job:
        """Go on with a job of yours that was interrupted, cancelled or has failures.

        A job that this process runs is returned as it is. Otherwise what is missing is
        computed by a new job; finished parts, also of killed notebooks, are kept.

        Raises
        ------
        NotFound
            If there is no such job.
        InputError
            If its row does not say what it computes.
        """
        live = self._book.live(number)
        if live is not None:
            return live
        record = self._catalog.job(number)
        requests = requests_from(record.request)
        self._recorder.adopt(requests)  # what workers finished after their notebook died
        return self.submit(self.plan(requests), title=record.title)

    def made_elsewhere(self, request: Request) -> Callable[[], bool] | None:
        """Tells whether to wait on for a running task of another notebook's job.

        None if there is none, or if it has more left to do than the request alone takes. It is
        waited for no longer than that.
        """
        longest = patience(request)
        left = self._shared.running_elsewhere(request.key)
        if left is None or left > longest:
            return None
        latest = time.monotonic() + longest
        return lambda: (
            time.monotonic() < latest
            and self._shared.running_elsewhere(request.key) is not None
        )

    # -- for jobs ----------------------------------------------------------------------

    def run_again(self, job: Job, plan: Plan) -> None:
        """Run tasks for a job that has ended; called by the job."""
        self._book.reopen(job, plan)
        job.begin(plan)
        if plan.tasks:
            self._workshop.soon(lambda: self._run_job(job, plan))

    def stop_job(self, job: Job) -> None:
        """Drop and stop a job's tasks; called by the job."""
        tokens = job.tokens
        self._workshop.stop_tokens(tokens)
        self._shared.leave(job)
        for token in tokens:
            self._joining.over(token)
        self._workshop.soon(lambda: self._book.ended(job, "cancelled"))

    def _run_job(self, job: Job, plan: Plan) -> None:
        try:
            for tasks in _parts(plan.tasks):
                if job.done():
                    break
                mine = [task for task in self._claimed(job, tasks) if task is not None]
                self._workshop.run(
                    [_JobTask(self._workshop.order(task), job, self) for task in mine]
                )
            if job.done():  # cancelled while the workers were starting
                self._shared.leave(job)
            elif job.idle():  # others had done everything meanwhile
                self._end(job, job.outcome())
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            if not isinstance(error, HiCognitionError):
                _log.exception("a job could not be started")
            self._workshop.stop_tokens(job.tokens)
            for request in plan.requests:
                job.settled(request.key, Failure.of(request.key, error))
            self._end(job, job.outcome())

    def _claimed(self, job: Job, tasks: Sequence[Task]) -> Iterator[Task | None]:
        """The tasks without what others compute or have computed meanwhile."""
        taken = {task.token: self._shared.take(job, task.requests) for task in tasks}
        keys = [request.key for requests in taken.values() for request in requests]
        there = self._catalog.find_results(keys)
        for task in tasks:
            mine = [request for request in taken[task.token] if request.key not in there]
            waiting = {request.key for request in task.requests} - {
                request.key for request in taken[task.token]
            }
            for request in taken[task.token]:
                if request.key in there:
                    job.settled(request.key, None)
                    self._shared.release(request.key)
            job.left_to_others(waiting)
            if mine:
                yield replace(task, requests=tuple(mine))
            else:
                job.task_ended(task.token)
                yield None

    def _freed(self, job: Job, requests: Sequence[Request]) -> None:
        """Others have finished with these requests, or given them up."""
        self._workshop.soon(lambda: self._take_over(job, requests))

    def _take_over(self, job: Job, requests: Sequence[Request]) -> None:
        if job.done():
            self._shared.leave(job)
            return
        left = []
        for request in requests:
            if self._recorder.known(request) is None:
                left.append(request)
            else:
                job.settled(request.key, None)
                self._shared.release(request.key)
        plan = make_plan(left)
        job.take_over(plan.tasks, {request.key for request in requests})
        self._run_job(job, plan)

    def _end(self, job: Job, state: State) -> None:
        self._shared.leave(job)
        self._recorder.adopt_left()
        self._book.ended(job, state)  # the catalog knows before those who wait for the job
        job.end(state)

    # -- for tasks ---------------------------------------------------------------------

    def task_began(self, active: _JobTask, tries: int) -> None:
        """A worker has begun a task."""
        self._book.task_started(active.job, active.task.token, tries)
        active.job.heard(active.task.token)
        self._joining.began(active.task)
        self._shared.began(active.task.requests, active.task.seconds)

    def task_told(self, active: _JobTask, progress: Progress) -> None:
        """A task goes on."""
        active.job.heard(active.task.token)
        self._joining.told(active.task.token, progress)

    def task_answered(
        self, active: _JobTask, request: Request, end: StoredResult | Failure
    ) -> None:
        """One request of a task is recorded, or has failed."""
        failure = end if isinstance(end, Failure) else None
        active.job.settled(request.key, failure)
        self._shared.release(request.key)
        if isinstance(end, Failure):
            self._joining.failed(active.task.token, request.key)
        else:
            self._made(end)

    def task_over(self, active: _JobTask, *, lost: bool) -> None:
        """Nothing more comes of a task."""
        job, task = active.job, active.task
        self._joining.over(task.token)
        if job.done():
            return
        keys = {request.key for request in task.requests}
        failures = [failure for failure in job.errors if failure.key in keys]
        self._book.task_ended(job, task.token, failures)
        if job.task_ended(task.token):
            self._end(job, "interrupted" if lost else job.outcome())

    # -- jobs of other notebooks -------------------------------------------------------

    def tidy(self) -> None:
        """Mark jobs as interrupted that nobody runs any more."""
        self._book.tidy()

    def stop_known(self, number: int) -> None:
        """Ask the workers of a job to stop, whichever process of yours started them.

        Raises
        ------
        NotFound
            If you have no such job.
        """
        live = self._book.live(number)
        if live is not None:
            live.cancel()
            return
        record = self._catalog.job(number)
        if not record.active:
            return
        marks = Marks(self._store.control)
        for task in self._catalog.tasks(number):
            if task.state in ("queued", "running"):
                marks.stop(task.key)
        self._book.closed(number, "cancelled")

    def take_stock(self, record: JobRecord) -> JobRecord:
        """Adopt what workers finished after the notebook of a job died, and count it."""
        requests = requests_from(record.request)
        done = self._recorder.adopt(requests)
        done += record.total - len(requests)  # was stored beforehand
        return self._book.counted(record, done)

    # -- the end -----------------------------------------------------------------------

    def stop_waiting(self) -> None:
        """Wait for others no more."""
        self._shared.close()

    def close(self) -> None:
        """Mark what still ran as interrupted; called when the workshop is closed."""
        for job in self._book.jobs():
            self._book.ended(job, "interrupted")
            job.end("interrupted")
        self._book.close()


def _parts(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    for first in range(0, len(tasks), _AT_ONCE):
        yield tasks[first : first + _AT_ONCE]
