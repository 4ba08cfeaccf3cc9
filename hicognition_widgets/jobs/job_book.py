"""What the catalog is told of jobs: enough to find them, resume them and see what failed."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.errors import HiCognitionError, InputError
from hicognition_widgets.jobs.job import Job, JobHost, State
from hicognition_widgets.jobs.plan import Plan, Task
from hicognition_widgets.jobs.request import AssemblyInput, Request

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog, JobRecord

_log = logging.getLogger(__name__)

_BEAT_SECONDS: Final = 10.0
_SILENT_SECONDS: Final = 120.0
_WRITE_SECONDS: Final = 1.0


_DEFAULTS: Final[dict[str, Any]] = {
    "flank": None,
    "binsize": None,
    "bin_percent": None,
    "normalization": None,
    "side": None,
    "anchor": "center",
    "flip": False,
    "subset": None,
    "options": [],
}
"""Parameters that are left out of what is written."""


class JobBook:
    """Keeps the rows of running jobs up to date; a database that fails stops no work."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._open: dict[int, Job] = {}
        self._numbers: dict[int, dict[str, int]] = {}
        self._written: dict[int, float] = {}
        self._closed = threading.Event()
        self._beat: threading.Thread | None = None

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
            tasks=[task.token for task in plan.tasks],
        )
        job = Job(host, record.id, title, plan)
        if plan.tasks:
            self._follow(job)
        else:
            self._catalog.update_job(record.id, state="finished", done=total)
        return job

    def reopen(self, job: Job, plan: Plan) -> None:
        """A job runs again."""

        def write() -> None:
            self._catalog.update_job(job.id, state="running", failed=0)
            for task in plan.tasks:
                self._catalog.add_task(job.id, key=task.token, title=task.title)

        self._try(write)
        with self._lock:
            self._numbers.pop(job.id, None)
        if plan.tasks:
            self._follow(job)

    def live(self, number: int) -> Job | None:
        """The job with this number, if this process runs it."""
        with self._lock:
            return self._open.get(number)

    def _follow(self, job: Job) -> None:
        with self._lock:
            self._open[job.id] = job
            if self._beat is None:
                self._beat = threading.Thread(
                    target=self._beats, name="hicognition-jobs", daemon=True
                )
                self._beat.start()

    def _beats(self) -> None:
        """Say regularly that jobs are alive; silence means that their process is dead."""
        while not self._closed.wait(_BEAT_SECONDS):
            with self._lock:
                jobs = list(self._open.values())
            for job in jobs:
                self._try(lambda job=job: self._write(job))  # type: ignore[misc]

    def _write(self, job: Job, state: State | None = None) -> None:
        progress = job.progress
        self._catalog.update_job(
            job.id, state=state or job.state, done=progress.done, failed=progress.failed
        )

    def task_ended(self, job: Job, task: Task) -> None:
        """Write what became of one task, and of the job if it was the last."""
        keys = {request.key for request in task.requests}
        failures = [failure for failure in job.errors if failure.key in keys]
        self._try(lambda: self._write_task(job, task.token, failures))
        if time.monotonic() - self._written.get(job.id, 0.0) > _WRITE_SECONDS:
            self._written[job.id] = time.monotonic()
            self._try(lambda: self._write(job))

    def _write_task(self, job: Job, token: str, failures: list[Any]) -> None:
        with self._lock:
            numbers = self._numbers.get(job.id)
        if numbers is None or token not in numbers:
            numbers = {task.key: task.id for task in self._catalog.tasks(job.id)}
            with self._lock:
                self._numbers[job.id] = numbers
        if token not in numbers:
            return
        if not failures:
            self._catalog.update_task(numbers[token], state="finished", tries=1)
            return
        first = failures[0]
        more = f" (and {len(failures) - 1} more)" if len(failures) > 1 else ""
        self._catalog.update_task(
            numbers[token],
            state="cancelled" if first.cancelled else "failed",
            error_type=first.type,
            error=first.sentence + more,
            traceback=first.traceback,
            tries=1,
        )

    def ended(self, job: Job, state: State) -> None:
        """Write the end of a job."""
        with self._lock:
            self._open.pop(job.id, None)
            self._numbers.pop(job.id, None)
        self._try(lambda: self._write(job, state))

    def tidy(self) -> None:
        """Mark jobs as interrupted whose process is dead, or silent on another machine."""
        self._catalog.interrupt_jobs(silent_for=_SILENT_SECONDS)
        for record in self._catalog.jobs(active=True):
            if _is_dead(record.process):
                self.closed(record.id, "interrupted")

    def closed(self, number: int, state: State) -> None:
        """Write the end of a job, and of its open tasks, that this process does not run."""
        self._catalog.update_job(number, state=state)
        for task in self._catalog.tasks(number):
            if task.state in ("queued", "running"):
                self._catalog.update_task(task.id, state=state)

    def counted(self, record: JobRecord, done: int) -> JobRecord:
        """Write how much of a job is there after all."""
        state = "finished" if done >= record.total else record.state
        if done == record.done and state == record.state:
            return record
        failed = 0 if state == "finished" else record.failed
        return self._catalog.update_job(record.id, state=state, done=done, failed=failed)

    def close(self) -> None:
        """Stop saying that jobs are alive."""
        self._closed.set()
        if self._beat is not None:
            self._beat.join()

    @staticmethod
    def _try(write: Callable[[], None]) -> None:
        try:
            write()
        except HiCognitionError as error:
            _log.warning("a job's state is not in the catalog: %s", error)


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


def plan_json(plan: Plan) -> dict[str, Any]:
    """Plain data from which the plan's requests can be made again; inputs appear once."""
    regions: dict[str, Any] = {}
    features: dict[str, Any] = {}
    assemblies: dict[str, Any] = {}
    requests = []
    for request in plan.requests:
        regions.setdefault(request.regions.id, asdict(request.regions))
        for feature in request.features:
            features.setdefault(feature.id, asdict(feature))
        assemblies.setdefault(request.assembly.name, asdict(request.assembly))
        requests.append(
            {
                "analysis": request.analysis,
                "regions": request.regions.id,
                "features": [feature.id for feature in request.features],
                "assembly": request.assembly.name,
                **{
                    name: value
                    for name, value in request.parameters.items()
                    if value != _DEFAULTS[name]
                },
            }
        )
    return {
        "regions": regions,
        "features": features,
        "assemblies": assemblies,
        "requests": requests,
    }


def requests_from(content: Mapping[str, Any]) -> list[Request]:
    """The requests that :func:`plan_json` wrote.

    Raises
    ------
    InputError
        If it is not such content.
    """
    try:
        assemblies = {
            name: AssemblyInput(
                name=given["name"],
                chromsizes=tuple((str(c), int(n)) for c, n in given["chromsizes"]),
                arms=tuple((str(c), int(s), int(e), str(n)) for c, s, e, n in given["arms"]),
            )
            for name, given in content["assemblies"].items()
        }
        requests = []
        for each in content["requests"]:
            whole = _DEFAULTS | each
            whole["regions"] = content["regions"][each["regions"]]
            whole["features"] = [content["features"][number] for number in each["features"]]
            requests.append(Request.from_json(whole, assemblies[each["assembly"]]))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"this job does not say what it computes: {error}") from error
    return requests


def _title(plan: Plan) -> str:
    if len(plan.tasks) == 1:
        return plan.tasks[0].title
    return f"{len(plan.requests)} results in {len(plan.tasks)} tasks"
