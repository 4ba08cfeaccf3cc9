"""What the catalog is told of jobs: enough to find them, resume them and see what failed.

Workers do not wait for a database. What happens is noted here and written together, about
once a second; what cannot be written stays noted and is written when the database is back.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from hicognition_widgets.catalog import TaskChange
from hicognition_widgets.errors import HiCognitionError, NotFound
from hicognition_widgets.jobs.job import Job, JobHost, State
from hicognition_widgets.jobs.job_json import plan_json
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import Plan

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog, JobRecord

_log = logging.getLogger(__name__)

_BEAT_SECONDS: Final = 10.0
_SILENT_SECONDS: Final = 120.0
_WRITE_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 2.0
"""How often it is looked whether another notebook has cancelled a job."""
_AT_ONCE: Final = 500
"""Tasks that are written in one transaction."""


@dataclass(eq=False)
class _Page:
    """What is noted of one job and not written yet."""

    job: Job
    notes: dict[str, TaskChange] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    end: State | None = None
    changed: bool = False
    written: float = field(default_factory=time.monotonic)
    writing: threading.Lock = field(default_factory=threading.Lock)


class JobBook:
    """Keeps the rows of jobs up to date; a database that fails stops no work."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._wake = threading.Condition()
        self._pages: dict[int, _Page] = {}
        self._closed = threading.Event()
        self._writer: threading.Thread | None = None

    def open(self, host: JobHost, plan: Plan, title: str) -> Job:
        """A job with a row of its own.

        Raises
        ------
        CatalogError
            If the catalog cannot be written to.
        """
        title = title or _title(plan)
        total = len(plan.requests) + len(plan.present)
        record = self._catalog.add_job(
            title=title,
            total=total,
            request=plan_json(plan),
            tasks={task.token: task.title for task in plan.tasks},
        )
        job = Job(host, record.id, title, plan)
        if plan.tasks:
            self._follow(job)
        else:
            self._catalog.update_job(record.id, state="finished", done=total)
        return job

    def reopen(self, job: Job, plan: Plan) -> None:
        """A job runs again.

        Raises
        ------
        CatalogError
            If the catalog cannot be written to.
        """
        self._catalog.restart_job(job.id, tasks={task.token: task.title for task in plan.tasks})
        if plan.tasks:
            self._follow(job)
        else:
            self._catalog.update_job(job.id, state="finished", done=job.progress.done)

    def live(self, number: int) -> Job | None:
        """The job with this number, if this process runs it."""
        with self._wake:
            page = self._pages.get(number)
            return page.job if page is not None and page.end is None else None

    def jobs(self) -> list[Job]:
        """The jobs that this process runs."""
        with self._wake:
            return [page.job for page in self._pages.values() if page.end is None]

    # -- notes -------------------------------------------------------------------------

    def task_started(self, job: Job, token: str, tries: int) -> None:
        """A worker has begun a task, for the `tries`-th time."""
        with self._wake:
            page = self._pages.get(job.id)
            if page is None or page.end is not None:
                return
            page.tries[token] = tries
            page.notes[token] = TaskChange(state="running", tries=tries)
            page.changed = True

    def task_ended(self, job: Job, token: str, failures: list[Failure]) -> None:
        """A task is over; `failures` are those of its requests."""
        with self._wake:
            page = self._pages.get(job.id)
            if page is None or page.end is not None:
                return
            page.notes[token] = _ended(failures, page.tries.pop(token, 1))
            page.changed = True

    def ended(self, job: Job, state: State) -> None:
        """Write the end of a job: now, or as soon as the database can be written to."""
        with self._wake:
            page = self._pages.get(job.id)
            if page is None:
                return
            page.end = page.end or state
            page.changed = True
        if not self._write(page):
            with self._wake:
                page.changed = True

    # -- writing -----------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        with self._wake:
            self._pages[job.id] = _Page(job)
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._write_all, name="hicognition-jobs", daemon=True
                )
                self._writer.start()

    def _write_all(self) -> None:
        """Write what is noted, and say regularly that jobs are alive: silence means death."""
        while True:
            with self._wake:
                if self._closed.is_set():
                    return
                # While one waits, more is noted.
                busy = any(page.changed for page in self._pages.values())
                self._wake.wait_for(
                    self._closed.is_set, _WRITE_SECONDS if busy else _LOOK_SECONDS
                )
                if self._closed.is_set():
                    return
                now = time.monotonic()
                pages = list(self._pages.values())
            for page in pages:
                if page.changed or now - page.written >= _BEAT_SECONDS:
                    self._write(page)
                elif page.end is None:
                    self._look(page)

    def _look(self, page: _Page) -> None:
        try:
            self._cancelled(page)
        except HiCognitionError as error:
            _log.info("the state of a job is not known: %s", error)

    def _cancelled(self, page: _Page) -> bool:
        """Whether another notebook has cancelled a job; then its tasks are dropped here."""
        if self._catalog.job(page.job.id).state != "cancelled":
            return False
        page.job.cancel()
        return True

    def _write(self, page: _Page) -> bool:
        """Write one page; whether it could be written."""
        with page.writing:
            with self._wake:
                notes, page.notes = page.notes, {}
                end = page.end
                page.changed = False
            progress = page.job.progress
            try:
                if end is None and self._cancelled(page):
                    return True
                for some in _parts(notes):
                    self._catalog.update_tasks(page.job.id, some)
                self._catalog.update_job(
                    page.job.id,
                    state=end or page.job.state,
                    done=progress.done,
                    failed=progress.failed,
                )
            except NotFound:  # somebody has deleted the job
                _log.info("the job %s is not in the catalog any more", page.job.id)
            except HiCognitionError as error:
                _log.warning("the state of a job is not in the catalog yet: %s", error)
                with self._wake:
                    page.notes = notes | page.notes
                    page.changed = True
                return False
            with self._wake:
                page.written = time.monotonic()
                if end is not None and self._pages.get(page.job.id) is page:
                    del self._pages[page.job.id]
            return True

    def close(self) -> None:
        """Write what is left, if that is possible, and stop saying that jobs are alive."""
        with self._wake:
            self._closed.set()
            self._wake.notify_all()
            left = [page for page in self._pages.values() if page.changed]
        if self._writer is not None:
            self._writer.join()
        for page in left:
            self._write(page)

    # -- jobs that this process does not run ----------------------------------------------

    def tidy(self) -> None:
        """Mark jobs as interrupted whose process is dead, or silent on another machine."""
        self._catalog.interrupt_jobs(silent_for=_SILENT_SECONDS)
        for record in self._catalog.jobs(active=True):
            if _is_dead(record.process):
                self.closed(record.id, "interrupted")

    def closed(self, number: int, state: State) -> None:
        """Write the end of a job that this process does not run."""
        self._catalog.update_job(number, state=state)

    def counted(self, record: JobRecord, done: int) -> JobRecord:
        """Write how much of a job is there after all."""
        state = "finished" if done >= record.total else record.state
        if done == record.done and state == record.state:
            return record
        failed = 0 if state == "finished" else record.failed
        return self._catalog.update_job(record.id, state=state, done=done, failed=failed)


def _ended(failures: list[Failure], tries: int) -> TaskChange:
    """The row of a task that is over."""
    if not failures:
        return TaskChange(state="finished", tries=tries)
    first = failures[0]
    more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
    return TaskChange(
        state="cancelled" if first.cancelled else "failed",
        error_type=first.type,
        error=first.sentence + more,
        traceback=first.traceback,
        tries=tries,
    )


def _parts(notes: dict[str, TaskChange]) -> list[dict[str, TaskChange]]:
    items = iter(notes.items())
    parts = []
    while part := dict(islice(items, _AT_ONCE)):
        parts.append(part)
    return parts


def _is_dead(process: str) -> bool:
    """Whether a process ``host:number`` of this machine has ended."""
    host, _, number = process.rpartition(":")
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it lives, as somebody else
        return False
    return False


def _title(plan: Plan) -> str:
    if len(plan.tasks) == 1:
        return plan.tasks[0].title
    return f"{len(plan.requests)} results in {len(plan.tasks)} tasks"
