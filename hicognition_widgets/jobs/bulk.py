"""The part of the broker that runs jobs: many requests that nobody is looking at."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.jobs.active import Active
from hicognition_widgets.jobs.job import Job, State
from hicognition_widgets.jobs.job_book import JobBook, requests_from
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import Plan, make_plan
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.runner import Runner
from hicognition_widgets.jobs.work import Order
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog, JobRecord
    from hicognition_widgets.jobs.plan import Task

_log = logging.getLogger(__name__)


class BulkWork:
    """Submits plans as jobs, finds them again, goes on with them."""

    picture: Callable[[Any], Any] | None = None
    """Makes the widget that shows a job in a notebook; the workspace gives it."""
    catalog: Catalog
    store: Store
    _book: JobBook
    _lock: threading.Lock
    _active: dict[str, Active]
    _runner: Runner | None
    _submissions: ThreadPoolExecutor

    def _check_open(self) -> None:
        raise NotImplementedError

    def _known(self, request: Request) -> StoredResult | None:
        raise NotImplementedError

    def _order(self, task: Task) -> Order:
        raise NotImplementedError

    def _run(self, actives: list[Active]) -> None:
        raise NotImplementedError

    def plan(self, requests: Iterable[Request]) -> Plan:
        """Which work answers these requests: one task per region set and file.

        What is stored already is not planned again.
        """
        asked = {request.key: request for request in requests}
        known = self.catalog.find_results(list(asked))
        return make_plan(asked.values(), present=known)

    def submit(self, plan: Plan, *, title: str = "") -> Job:
        """Run a plan in the background.

        Raises
        ------
        JobError
            If the broker is closed.
        """
        with self._lock:
            self._check_open()
        job = self._book.open(self, plan, title)
        if plan.tasks:
            self._submissions.submit(self._run_job, job, plan)
        return job

    def job(self, number: int) -> Job | None:
        """The job with this number in the catalog, if this broker runs it."""
        return self._book.live(number)

    def resume(self, number: int) -> Job:
        """Go on with a job of yours that was interrupted, cancelled or has failures.

        A job that this broker runs is returned as it is. Otherwise what is missing is
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
        record = self.catalog.job(number)
        requests = requests_from(record.request)
        for request in requests:
            self._known(request)  # adopts what workers finished after their notebook died
        return self.submit(self.plan(requests), title=record.title)

    def run_again(self, job: Job, plan: Plan) -> None:
        """Run tasks for a job that has ended; called by the job."""
        with self._lock:
            self._check_open()
        job.begin(plan)
        self._book.reopen(job, plan)
        if plan.tasks:
            self._submissions.submit(self._run_job, job, plan)

    def _run_job(self, job: Job, plan: Plan) -> None:
        try:
            if job.done():
                return
            self._run(
                [Active(order=self._order(task), lane="bulk", job=job) for task in plan.tasks]
            )
            if job.done():  # cancelled while the workers were starting
                self.stop_job(job, plan)
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            if not isinstance(error, HiCognitionError):
                _log.exception("a job could not be started")
            for request in plan.requests:
                job.settled(request.key, Failure.of(request.key, error))
            self._end_job(job, job.outcome())

    def _end_job(self, job: Job, state: State) -> None:
        self._book.ended(job, state)
        job.end(state)

    def stop_job(self, job: Job, plan: Plan | None = None) -> None:
        """Drop and stop a job's tasks; called by the job."""
        tokens = job.tokens if plan is None else [task.token for task in plan.tasks]
        with self._lock:
            actives = [self._active.pop(token, None) for token in tokens]
            runner = self._runner
        for active in actives:
            if active is not None and runner is not None:
                runner.stop(active.order)
        self._submissions.submit(self._book.ended, job, "cancelled")

    # -- jobs of other notebooks -------------------------------------------------------

    def tidy_jobs(self) -> None:
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
        record = self.catalog.job(number)
        if not record.active:
            return
        marks = Marks(self.store.control)
        for task in self.catalog.tasks(number):
            if task.state in ("queued", "running"):
                marks.stop(task.key)
        self._book.closed(number, "cancelled")

    def take_stock(self, record: JobRecord) -> JobRecord:
        """Adopt what workers finished after the notebook of a job died, and count it."""
        done = sum(self._known(each) is not None for each in requests_from(record.request))
        done += record.total - len(record.request["requests"])  # was stored beforehand
        return self._book.counted(record, done)
