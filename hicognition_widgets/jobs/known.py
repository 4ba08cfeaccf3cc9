"""Jobs that another notebook runs, or ran: what the catalog knows of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hicognition_widgets.catalog.pictures import SHOWN, shown, table_html
from hicognition_widgets.errors import NotFound
from hicognition_widgets.jobs.job import Job, State
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.progress import JobProgress

if TYPE_CHECKING:
    from hicognition_widgets.catalog import JobRecord
    from hicognition_widgets.jobs.broker import Broker

_LOOK_SECONDS: Final = 0.5
_PAGE: Final = 1000


class KnownJob:
    """A job of yours that this notebook does not run; every look asks the catalog.

    Attributes
    ----------
    id : int
    title : str
    """

    def __init__(self, broker: Broker, record: JobRecord) -> None:
        self._broker = broker
        self.id = record.id
        self.title = record.title

    def _record(self) -> JobRecord:
        return self._broker.catalog.job(self.id)

    @property
    def state(self) -> State:
        """As for :class:`Job`; ``interrupted`` if whoever ran it is silent or dead."""
        return self._record().state

    @property
    def progress(self) -> JobProgress:
        """Results done and failed, and the time to the end at the speed so far."""
        record = self._record()
        dealt = record.done + record.failed
        remaining = None
        if not record.active:
            remaining = 0.0
        elif dealt:
            spent = (record.updated - record.created).total_seconds()
            remaining = spent * (record.total - dealt) / dealt
        counts = self._broker.catalog.task_counts(self.id) if record.active else {}
        return JobProgress(
            done=record.done,
            total=record.total,
            running=counts.get("running", 0),
            failed=record.failed,
            remaining=remaining,
        )

    @property
    def errors(self) -> list[Failure]:
        """Why tasks failed: type, sentence, traceback; one per task."""
        return [
            Failure(
                key=task.key, type=task.error_type, sentence=task.error,
                traceback=task.traceback,
            )
            for task in self._broker.catalog.tasks(self.id, state="failed")
        ]  # fmt: skip

    def done(self) -> bool:
        """Whether nothing more will happen by itself."""
        return not self._record().active

    def wait(self, timeout: float | None = None) -> KnownJob:
        """Wait for the end.

        Raises
        ------
        TimeoutError
            If it takes longer than `timeout` seconds; it goes on.
        """
        latest = None if timeout is None else time.monotonic() + timeout
        while not self.done():
            if latest is not None and time.monotonic() > latest:
                raise TimeoutError(f"the job {self.title!r} is not finished after {timeout} s")
            self._broker.jobs.tidy()
            time.sleep(_LOOK_SECONDS)
        return self

    def cancel(self) -> None:
        """Ask the workers to stop, whoever started them; finished results are kept."""
        self._broker.jobs.stop_known(self.id)

    def resume(self) -> Job:
        """Go on with what is missing, in this notebook."""
        return self._broker.jobs.resume(self.id)

    retry = resume

    def _repr_mimebundle_(self, **_: Any) -> Any:
        if self._broker.picture is None:
            return {"text/plain": repr(self)}
        return self._broker.picture(self)._repr_mimebundle_()

    def __repr__(self) -> str:
        record = self._record()
        failed = f", {record.failed} failed" if record.failed else ""
        return f"<Job {self.title!r}: {record.done}/{record.total}{failed}, {record.state}>"


class Jobs(Mapping[int, "Job | KnownJob"]):
    """Your jobs by number, newest first, whichever notebook started them."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def __getitem__(self, number: int) -> Job | KnownJob:
        """The job with this number; it can be watched, cancelled and resumed.

        Raises
        ------
        KeyError
            If you have no such job.
        """
        live = self._broker.jobs.live(number)
        if live is not None:
            return live
        self._broker.jobs.tidy()
        try:
            record = self._broker.catalog.job(number)
        except NotFound as error:
            raise KeyError(f"you have no job {number!r}") from error
        if not record.active and record.state not in ("finished", "cancelled"):
            record = self._broker.jobs.take_stock(record)
        return KnownJob(self._broker, record)

    def __iter__(self) -> Iterator[int]:
        return (record.id for record in self._all())

    def __len__(self) -> int:
        return sum(1 for _ in self._all())

    def _all(self) -> Iterator[JobRecord]:
        offset = 0
        while page := self._broker.catalog.jobs(limit=_PAGE, offset=offset):
            yield from page
            offset += len(page)

    def to_frame(self) -> pd.DataFrame:
        """All jobs as a table."""
        return pd.DataFrame([_row(record) for record in self._all()])

    def __repr__(self) -> str:
        self._broker.jobs.tidy()
        rows = [_row(record) for record in self._broker.catalog.jobs(limit=SHOWN)]
        if not rows:
            return "no jobs yet"
        rest = len(self) - len(rows)
        more = f"\nand {rest:,} more; see to_frame()" if rest > 0 else ""
        return pd.DataFrame(rows).map(shown).to_string(index=False) + more

    def _repr_html_(self) -> str:
        self._broker.jobs.tidy()
        rows = [_row(record) for record in self._broker.catalog.jobs(limit=SHOWN)]
        return table_html(rows, total=len(self), empty="no jobs yet")


def _row(record: JobRecord) -> dict[str, Any]:
    return {
        "job": record.id,
        "title": record.title,
        "state": record.state,
        "done": f"{record.done:,} / {record.total:,}",
        "failed": record.failed,
        "started": record.created,
        "run by": record.process,
    }
