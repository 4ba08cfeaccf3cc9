"""Work that several jobs have in common, of one owner or of trusted people: one does it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from hicognition_widgets.errors import StoreError
from hicognition_widgets.jobs.claims import Claims
from hicognition_widgets.store import Store

if TYPE_CHECKING:
    from hicognition_widgets.jobs.job import Job
    from hicognition_widgets.jobs.request import Request

_log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 1.0
_REFRESH_SECONDS: Final = 300.0


class SharedWork:
    """Who of all notebooks computes which request of a job.

    A view does not wait for these claims: what somebody looks at is computed at once, also
    if a job has it far back in its queue. It waits for tasks that run, which is announced in
    the claims for other notebooks. (For those of its own see
    :class:`~hicognition_widgets.jobs.joining.Joining`.)

    Parameters
    ----------
    store : Store
        Whose folder holds the claims.
    trusted : collection of str
        Others whose results are used: what their jobs compute is waited for too.
    freed : callable
        Called with a job and the requests that are its own now, since others have finished
        them or given them up.
    """

    def __init__(
        self,
        store: Store,
        trusted: Collection[str],
        freed: Callable[[Job, Sequence[Request]], None],
    ) -> None:
        self._store = store
        self._trusted = sorted(set(trusted) - {store.owner})
        self._freed = freed
        self._lock = threading.Lock()
        self._claims: Claims | None = None
        self._held: dict[str, Job] = {}
        self._waiting: dict[Job, dict[str, Request]] = {}
        self._watcher: threading.Thread | None = None
        self._refreshed = time.monotonic()
        self._closing = threading.Event()

    def take(self, job: Job, requests: Sequence[Request]) -> list[Request]:
        """Those that are on this job to compute; the others are waited for."""
        mine = []
        with self._lock:
            for request in requests:
                if self._take(job, request.key):
                    mine.append(request)
                else:
                    self._waiting.setdefault(job, {})[request.key] = request
            if self._watcher is None and not self._closing.is_set():
                self._watcher = threading.Thread(
                    target=self._watch, name="hicognition-shared-work", daemon=True
                )
                self._watcher.start()
        return mine

    def _take(self, job: Job, key: str) -> bool:
        holder = self._held.get(key)
        if holder is not None:
            return holder is job
        try:
            if not self._opened().take(key):
                return False
        except (StoreError, OSError) as error:  # computed twice at worst
            _log.info("not claimed: %s", error)
        self._held[key] = job
        return True

    def _opened(self) -> Claims:
        if self._claims is None:
            others = [self._store.of(owner).claims_seen for owner in self._trusted]
            self._claims = Claims(self._store.claims, kind="job", others=others)
        return self._claims

    def began(self, requests: Sequence[Request], seconds: float) -> None:
        """A worker has begun a task, which is expected to take so long."""
        end = time.time() + seconds
        with self._lock:
            for key in self._held.keys() & {request.key for request in requests}:
                try:
                    self._opened().announce(key, end)
                except (StoreError, OSError) as error:
                    _log.info("not announced: %s", error)

    def running_elsewhere(self, key: str) -> float | None:
        """Seconds until a task of another notebook is expected to have made this.

        None if no job of another notebook is at it; negative if it takes longer than expected.
        """
        try:
            with self._lock:
                end = self._opened().announced(key)
        except (StoreError, OSError) as error:
            _log.info("jobs of other notebooks are not seen: %s", error)
            return None
        return None if end is None else end - time.time()

    def release(self, key: str) -> None:
        """A request is recorded, or has failed."""
        with self._lock:
            self._release(key)

    def _release(self, key: str) -> None:
        if self._held.pop(key, None) is None or self._claims is None:
            return
        try:
            self._claims.release(key)
        except OSError as error:
            _log.info("a claim is left: %s", error)

    def leave(self, job: Job) -> None:
        """A job is over: what it has claimed and not computed is free."""
        with self._lock:
            self._waiting.pop(job, None)
            for key in [key for key, holder in self._held.items() if holder is job]:
                self._release(key)

    def _watch(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            with self._lock:
                if not self._waiting and not self._held:
                    self._watcher = None
                    return
                self._refresh()
                freed = {}
                for job, requests in list(self._waiting.items()):
                    mine = [r for key, r in requests.items() if self._take(job, key)]
                    for request in mine:
                        del requests[request.key]
                    if mine:
                        freed[job] = mine
                    if not requests:
                        del self._waiting[job]
            for job, mine in freed.items():
                self._freed(job, mine)

    def _refresh(self) -> None:
        """Show notebooks on other machines that this one is alive."""
        if self._claims is None or time.monotonic() - self._refreshed < _REFRESH_SECONDS:
            return
        self._refreshed = time.monotonic()
        for key in self._held:
            try:
                self._claims.refresh(key)
            except OSError as error:
                _log.info("a claim is not refreshed: %s", error)

    def close(self) -> None:
        """Wait no more, and give everything back."""
        self._closing.set()
        with self._lock:
            watcher, self._waiting = self._watcher, {}
        if watcher is not None:
            watcher.join()
        with self._lock:
            for key in list(self._held):
                self._release(key)
