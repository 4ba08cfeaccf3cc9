"""Progress of a job in a notebook: a bar, what is going on, what failed and why."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import traitlets

from hicognition_widgets.jobs import Job, KnownJob
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.terminal import duration
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.runtime import BundledWidget

_PAUSE_SECONDS: Final = 0.25
_REASONS: Final = 20
_LINES: Final = 4000


class JobProgressView(BundledWidget):
    """A job on screen; made by showing it.

    Parameters
    ----------
    job : Job or KnownJob
        Jobs of other notebooks are looked at when the page asks.
    """

    kind = traitlets.Unicode("job").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    number = traitlets.Int().tag(sync=True)
    plan = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode("queued").tag(sync=True)
    facts: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)
    reasons = traitlets.List[Any]().tag(sync=True)

    commands: ClassVar[tuple[str, ...]] = ("cancel", "retry", "look")

    def __init__(self, job: Job | KnownJob) -> None:
        self._job = job
        self._last = 0.0
        self._timer: threading.Timer | None = None
        self._telling = threading.Lock()
        super().__init__(title=job.title, number=job.id)
        self.on_msg(self._on_message)
        if isinstance(job, Job):
            job.on_progress(lambda _progress: self._changed())
        self.tell()

    def tell(self) -> None:
        """Bring the traits up to date; one message."""
        job, progress = self._job, self._job.progress
        reasons = [] if progress.failed == 0 else grouped(job.errors)
        with self._telling, self.hold_sync():
            if isinstance(job, Job):
                self.plan = job.plan.summary
            self.state = job.state
            self.reasons = reasons
            self.facts = {
                "done": progress.done,
                "failed": progress.failed,
                "running": progress.running,
                "total": progress.total,
                "left": None if progress.remaining is None else duration(progress.remaining),
                "live": isinstance(job, Job),
            }

    def _changed(self) -> None:
        """Tell now, or soon: a job of thousands must not flood the page."""
        with self._telling:
            if self._timer is not None:
                return
            now = time.monotonic()
            wait = max(0.0, self._last + _PAUSE_SECONDS - now)
            self._timer = threading.Timer(wait, self._tell_late)
            self._timer.daemon = True
            self._timer.start()

    def _tell_late(self) -> None:
        with self._telling:
            self._timer = None
            self._last = time.monotonic()
        self.tell()

    def _on_message(self, _widget: Any, content: object, _buffers: Any) -> None:
        commands: dict[str, Command] = {
            "cancel": self._cancel,
            "retry": self._retry,
            "look": self._look,
        }
        reply = answer(content, commands)
        if reply is not None:
            self.send(*reply)

    def _cancel(self, _args: Mapping[str, Any]) -> Reply | None:
        self._job.cancel()
        self.tell()
        return None

    def _retry(self, _args: Mapping[str, Any]) -> Reply | None:
        again = self._job.resume()
        if again is not self._job:
            self._job = again
            self.number = again.id
            again.on_progress(lambda _progress: self._changed())
        self.tell()
        return None

    def _look(self, _args: Mapping[str, Any]) -> Reply | None:
        self.tell()
        return None


def grouped(errors: list[Failure]) -> list[dict[str, Any]]:
    """Reasons, each once, most frequent first, with the first traceback of each.

    Parameters
    ----------
    errors : list of Failure

    Returns
    -------
    list of dict
        ``sentence``, ``type``, ``count`` and ``detail`` (the traceback's end); at most 20.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for failure in errors:
        entry = found.setdefault(
            (failure.type, failure.sentence),
            {
                "sentence": failure.sentence,
                "type": failure.type,
                "count": 0,
                "detail": failure.traceback[-_LINES:],
            },
        )
        entry["count"] += 1
    return sorted(found.values(), key=lambda entry: -entry["count"])[:_REASONS]
