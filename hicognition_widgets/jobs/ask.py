"""One question and its answer, now or later."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from hicognition_widgets.errors import Cancelled
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.store import StoredResult

_log = logging.getLogger(__name__)


class Computation:
    """What all who asked the same wait for; safe from any thread.

    Parameters
    ----------
    request : Request
    abandoned : callable
        Called once when nobody waits any more before there is an answer.
    """

    def __init__(self, request: Request, abandoned: Callable[[Computation], None]) -> None:
        self.request = request
        self.progress = Progress()
        self._abandoned = abandoned
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._value: StoredResult | None = None
        self._error: Exception | None = None
        # a dict, not a set: they hear in the order in which they asked
        self._waiting: dict[Ask, None] = {}
        self._closed = False

    def join(self) -> Ask | None:
        """One more who waits; None if the others gave up and it is being stopped."""
        with self._lock:
            if self._closed:
                return None
            ask = Ask(self)
            self._waiting[ask] = None
            return ask

    def leave(self, ask: Ask) -> None:
        """One who waits no more; the last one stops the work."""
        with self._lock:
            self._waiting.pop(ask, None)
            last = not self._waiting and not self._over.is_set() and not self._closed
            self._closed = self._closed or last
        if last:
            self._abandoned(self)

    @property
    def closed(self) -> bool:
        """Whether everybody gave up."""
        return self._closed

    def done(self) -> bool:
        """Whether there is an answer or a failure."""
        return self._over.is_set()

    def wait(self, timeout: float | None) -> bool:
        """Wait for the end."""
        return self._over.wait(timeout)

    def answer(self) -> StoredResult:
        """The result, or the failure raised."""
        if self._error is not None:
            raise self._error
        if self._value is None:
            raise RuntimeError("there is no answer yet")
        return self._value

    @property
    def error(self) -> Exception | None:
        """The failure, if that is how it ended."""
        return self._error

    def settle(self, end: StoredResult | Exception) -> bool:
        """Give the answer or the failure; only the first one counts."""
        with self._lock:
            if self._over.is_set():
                return False
            if isinstance(end, StoredResult):
                self._value = end
            else:
                self._error = end
            self._over.set()
            waiting, self._waiting = list(self._waiting), {}
        for ask in waiting:
            ask._settled()
        return True

    def tell(self, progress: Progress) -> None:
        """Pass progress on to all who wait."""
        with self._lock:
            if self._over.is_set():
                return
            self.progress = progress
            waiting = list(self._waiting)
        for ask in waiting:
            ask._told(progress)


class Ask:
    """A question that was asked; returned by :meth:`Broker.ask`.

    Examples
    --------
    >>> ask = broker.ask(request)  # doctest: +SKIP
    >>> ask.result().arrays["mean"]  # doctest: +SKIP
    """

    def __init__(self, computation: Computation) -> None:
        self._computation = computation
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[Ask], None]] = []
        self._listeners: list[Callable[[Progress], None]] = []
        self._cancelled = False
        self._over = threading.Event()
        if computation.done():
            self._over.set()

    @property
    def request(self) -> Request:
        """What was asked."""
        return self._computation.request

    @property
    def key(self) -> str:
        """Address of the result."""
        return self._computation.request.key

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self._computation.progress

    def done(self) -> bool:
        """Whether there is an answer, a failure, or it was cancelled."""
        return self._over.is_set()

    def cancelled(self) -> bool:
        """Whether :meth:`cancel` stopped it."""
        return self._cancelled

    def result(self, timeout: float | None = None) -> StoredResult:
        """Wait for the answer.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.

        Raises
        ------
        TimeoutError
            If it takes longer; the computation goes on.
        Cancelled
            If it was cancelled.
        JobError
            If it failed; the sentence says why.
        """
        if not self._over.wait(timeout):
            raise TimeoutError(f"{self.request.title} is not finished after {timeout} s")
        if self._cancelled:
            raise Cancelled(f"{self.request.title} was cancelled")
        return self._computation.answer()

    def exception(self) -> Exception | None:
        """Why there is no answer; None if there is one or not yet."""
        if self._cancelled:
            return Cancelled(f"{self.request.title} was cancelled")
        return self._computation.error if self.done() else None

    def add_done_callback(self, callback: Callable[[Ask], Any]) -> None:
        """Call `callback` with this ask when it is done, from any thread; at once if it is."""
        with self._lock:
            if not self._over.is_set():
                self._callbacks.append(callback)
                return
        self._call(callback, self)

    def on_progress(self, callback: Callable[[Progress], Any]) -> None:
        """Call `callback` with every :class:`Progress`, from any thread."""
        with self._lock:
            self._listeners.append(callback)

    def cancel(self) -> None:
        """Wait no more. The work stops if nobody else waits for it."""
        with self._lock:
            if self._over.is_set():
                return
            self._cancelled = True
            self._over.set()
            callbacks, self._callbacks = self._callbacks, []
        self._computation.leave(self)
        for callback in callbacks:
            self._call(callback, self)

    def _settled(self) -> None:
        with self._lock:
            if self._over.is_set():
                return
            self._over.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._call(callback, self)

    def _told(self, progress: Progress) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            self._call(listener, progress)

    @staticmethod
    def _call(callback: Callable[[Any], Any], argument: Any) -> None:
        """One listener's failure is its own; it must not keep the answer from others."""
        try:
            callback(argument)
        except Exception:  # noqa: BLE001  whatever it raises, it is logged
            _log.exception("a callback failed")

    def __repr__(self) -> str:
        state = "cancelled" if self._cancelled else "done" if self.done() else "computing"
        return f"<Ask {self.request.title}: {state}>"
