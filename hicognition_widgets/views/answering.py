"""From a view's settings to its picture: requests out, answers in, shown or dropped.

Every change of settings starts a new *generation*; an answer that belongs to an older one is
dropped, so that the picture never shows anything but the current settings.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.jobs import Ask, Progress
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import delivery, sharing
from hicognition_widgets.views.asking import Asking
from hicognition_widgets.views.freshness import changed_inputs, take_changes, watch
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.payload import result_key, result_payload
from hicognition_widgets.views.steps import unrecorded

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View

_log = logging.getLogger(__name__)
_PROGRESS_SECONDS = 0.2


class Answering(Asking):
    """Asks for what the settings say and shows the answer; part of :class:`View`."""

    def __init__(self, ws: Host | None) -> None:
        self._lock = threading.RLock()
        self._generation = 0
        self._asked: tuple[str, ...] = ()
        #: Another object whenever what is asked, or how it is drawn, changes.
        self._question: object = object()
        self._drawn: object = object()
        self._answering: object = self._question
        self._dropped = False
        self._asks: list[Ask] = []
        self._early: list[Ask] = []
        self._results: list[StoredResult] = []
        #: Region set and features as they were when the picture was asked for.
        self.inputs: tuple[DatasetRecord, ...] = ()
        self._error: Exception | None = None
        self._delivering: int | None = None
        self._settled = threading.Event()
        self._settled.set()
        self._started = self._last_progress = 0.0
        super().__init__(ws)

    @traitlets.observe("regions")
    def _ask_another(self, _change: object = None) -> None:
        """What is asked has changed; an answer to what was asked before is none."""
        self._question = object()

    # -- asking and showing ------------------------------------------------------------

    def refresh(self, *, again: bool = False) -> None:
        """Ask for what the settings say; `again` asks even if that was asked before."""
        host = self._host
        if host is None:
            return
        # settings may change on another thread while requests are made: then once more
        while not self._asked_for(host, self._question, again=again):
            continue

    def _asked_for(self, host: Host, question: object, *, again: bool) -> bool:
        """Ask; false if the question has become another one meanwhile."""
        regions, missing = self.regions, self._missing()
        if regions is None or missing:
            return self._show_empty(missing, question)
        try:
            requests = self._requests(host, regions)
            previews = self._previews(host, regions)
        except HiCognitionError as error:
            with self._lock:
                if question is not self._question:
                    return False
                generation = self._next_generation(())
            self._show_failure(generation, error)
            return True
        keys = tuple(request.key for request in requests)
        with self._lock:
            if question is not self._question:
                return False
            self._answering = question
            if keys == self._asked and not again:
                generation, dropped, self._dropped = self._generation, self._dropped, False
                if dropped:
                    delivery.post(self._deliver, generation)
                return True
            generation = self._next_generation(keys)
            self._asks = asks = [host.ask(request) for request in requests]
            finished = all(ask.done() for ask in asks)
            # asked in the same breath, so that both share what they read
            self._early = [] if finished else [host.ask(request) for request in previews]
            early = list(self._early)
        if not finished:
            self._show_computing(generation)
            for ask in asks:
                ask.on_progress(lambda progress: self._on_progress(generation, progress))
        waiting = _Countdown(len(asks))
        for ask in asks:
            ask.add_done_callback(lambda _: self._one_done(generation, waiting))
        if early:
            shown = _Countdown(len(early))
            for ask in early:
                ask.add_done_callback(lambda _: self._one_early(generation, shown))
        return True

    def _next_generation(self, keys: tuple[str, ...]) -> int:
        self._generation += 1
        self._asked = keys
        self._started = time.monotonic()
        self._settled.clear()
        for ask in [*self._asks, *self._early]:
            if not ask.done() and ask.key not in keys:
                ask.cancel()
        self._asks, self._early = [], []
        self._dropped = False
        return self._generation

    def _show_computing(self, generation: int) -> None:
        """Say that an answer is on its way, unless another thread has asked something else."""
        with self._lock:
            if generation != self._generation:
                return
            with self.one_message():
                self.message = self.detail = ""
                self.progress, self.elapsed = None, 0.0
                self.status = "computing"

    def _one_done(self, generation: int, waiting: _Countdown) -> None:
        if waiting.last():
            if threading.current_thread() is threading.main_thread():
                self._deliver(generation)
            else:
                delivery.post(self._deliver, generation)

    def _one_early(self, generation: int, waiting: _Countdown) -> None:
        if waiting.last():
            delivery.post(self._deliver_early, generation)

    def _deliver_early(self, generation: int) -> None:
        """Show the quicker answer, unless the real one is there or another is asked."""
        with self._lock:
            early = list(self._early)
            if generation != self._generation or self.status != "computing" or not early:
                return
        try:
            results = [ask.result(timeout=0) for ask in early]
            meta, arrays = self._present(results)
            payload = result_payload(
                ";".join(ask.key for ask in early), meta | {"preview": True}, arrays
            )
        except (HiCognitionError, OSError):
            _log.info("no early answer for a %s view", self.kind, exc_info=True)
            return
        with self._lock:
            if generation == self._generation and self.status == "computing":
                self.result = payload

    def _on_progress(self, generation: int, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last_progress >= _PROGRESS_SECONDS:
            self._last_progress = now
            delivery.post(self._show_progress, generation, progress)

    def _show_progress(self, generation: int, progress: Progress) -> None:
        if generation == self._generation and self.status == "computing":
            with self.one_message():
                self.progress = progress.fraction
                self.elapsed = time.monotonic() - self._started

    def _deliver(self, generation: int) -> None:
        # how it is drawn may change on another thread meanwhile: then it is drawn once more
        while not self._delivered(generation, self._drawn):
            continue
        watch().add(self)
        sharing.picture_changed(cast("View", self))

    def _delivered(self, generation: int, drawn: object) -> bool:
        """Show the answers; false if they have to be drawn in another way meanwhile."""
        with self._lock:
            asks = list(self._asks)
            if generation != self._generation or not asks:
                return True
            if not all(ask.done() for ask in asks):
                return True
            if self._answering is not self._question:
                # somebody has set what is asked next and will ask in a moment
                self._dropped = True
                return True
        try:
            results = [ask.result(timeout=0) for ask in asks]
            payload = self.payload(results)
            regions = () if self.regions is None else (self.regions,)
            self.inputs = (*regions, *self._sources())
        except (HiCognitionError, OSError) as error:
            self._show_failure(generation, error)
            return True
        return self._show(
            generation,
            results,
            drawn=drawn,
            result=payload,
            stale=False,
            message="",
            detail="",
            progress=None,
            elapsed=time.monotonic() - self._started,
            status="ready",
        )

    def _draw_again(self) -> None:
        """The answer is at hand: only how it is drawn is new."""
        self._drawn = object()
        with self._lock:
            generation = self._generation
            at_hand = bool(self._results)
        if at_hand:
            self._deliver(generation)

    def payload(self, results: Sequence[StoredResult]) -> dict[str, Any]:
        """What the browser gets for these results, drawn as the settings say."""
        meta, arrays = self._present(results)
        meta["answers"] = result_key(
            {name: getattr(self, name) for name in ("kind", *self.kept)}
        )
        return result_payload(";".join(result.key for result in results), meta, arrays)

    def _show_failure(self, generation: int, error: Exception) -> None:
        remote = getattr(error, "remote_traceback", "")
        self._show(
            generation,
            [],
            error=error,
            message=str(error),
            detail=remote or "".join(traceback.format_exception(error)),
            progress=None,
            status="failed",
        )

    def _show_empty(self, sentence: str, question: object) -> bool:
        with self._lock:
            if question is not self._question:
                return False
            self._answering = question
            generation = self._next_generation(())
        return self._show(
            generation,
            [],
            result=None,
            message=sentence,
            detail="",
            progress=None,
            status="empty",
        )

    def _show(
        self,
        generation: int,
        results: list[StoredResult],
        *,
        error: Exception | None = None,
        drawn: object = None,
        **traits: Any,
    ) -> bool:
        """Set what the view shows, unless its settings have moved on meanwhile.

        The lock is held throughout, so that an older answer cannot overwrite a newer one
        between the check and the last trait. False if it has to be drawn in another way.
        """
        with self._lock:
            if generation != self._generation:
                return True
            if drawn is not None and drawn is not self._drawn:
                return False
            self._results, self._error = results, error
            self._delivering = threading.get_ident()
            try:
                with self.one_message():
                    for name, value in traits.items():
                        setattr(self, name, value)
            finally:
                self._delivering = None
                self._settled.set()
        return True

    def check_files(self) -> bool:
        """Mark the view as stale if one of its input files changed; returns whether it is."""
        with self._lock:
            generation = self._generation
        changed = bool(changed_inputs(self))
        with self._lock:
            # what was looked at has to be what is shown
            if generation == self._generation and self.status == "ready":
                delivery.post(setattr, self, "stale", changed)
        return changed

    def recompute(self) -> None:
        """Read changed input files again and ask for new results."""
        take_changes(self)
        self.refresh(again=True)

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Meta and arrays the browser gets for these results."""
        raise NotImplementedError

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the view shows what its settings say.

        Raises
        ------
        TimeoutError
            If that takes longer than `timeout` seconds.
        HiCognitionError
            If the computation failed; the sentence says why.
        """
        inside = self._delivering == threading.get_ident() or delivery.on_delivery_thread()
        if not inside and not self._settled.wait(timeout):
            raise TimeoutError(f"the {self.kind} view was not ready after {timeout} s")
        if self._error is not None:
            raise self._error

    @property
    def results(self) -> list[StoredResult]:
        """The stored results behind the picture, one per feature; waits for them."""
        self.wait()
        return list(self._results)

    def cancel(self) -> None:
        """Give up what is being computed for this view."""
        with self._lock:
            asks = [*self._asks, *self._early]
        for ask in asks:
            ask.cancel()

    def close(self) -> None:
        """Stop waiting for answers and release the widget."""
        watch().drop(self)
        with unrecorded():
            sharing.leave(cast("View", self))
        with self._lock:
            self._next_generation(())
            self._settled.set()
        super().close()


class _Countdown:
    """Counts finished answers; ``last()`` is true exactly once."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = threading.Lock()

    def last(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0
