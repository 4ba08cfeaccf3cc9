"""Questions that another process, of the owner or of somebody trusted, is computing now."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from typing import Final

from hicognition_widgets.errors import StoreError
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.jobs.claims import Claims
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.store import Store

_log = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 0.3


class Elsewhere:
    """Waits for other processes, and takes over from those that give up or die.

    Parameters
    ----------
    store : Store
        Whose folder holds the claims.
    trusted : collection of str
        Others whose results are used.
    answer : callable
        Gives the stored answer to a computation if there is one; True if there was.
    compute : callable
        Has a computation done by workers of this process.
    """

    def __init__(
        self,
        store: Store,
        trusted: Collection[str],
        answer: Callable[[Computation], bool],
        compute: Callable[[Computation], None],
    ) -> None:
        self._store = store
        self._trusted = sorted(set(trusted) - {store.owner})
        self._answer = answer
        self._compute = compute
        self._lock = threading.Lock()
        self._claims: Claims | None = None
        self._waiting: list[tuple[Computation, Callable[[], bool]]] = []
        self._waiter: threading.Thread | None = None
        self._closing = threading.Event()

    def claim(self, key: str) -> bool:
        """Whether it is on us to compute this; True too if that cannot be known."""
        try:
            with self._lock:
                if self._claims is None:
                    others = [self._store.of(owner).claims_seen for owner in self._trusted]
                    self._claims = Claims(self._store.claims, others=others)
            return self._claims.take(key)
        except (StoreError, OSError) as error:
            _log.info("not claimed: %s", error)
            return True

    def release(self, key: str) -> None:
        """Let others compute this, or see that it is there."""
        try:
            if self._claims is not None:
                self._claims.release(key)
        except OSError as error:
            _log.info("a claim is left: %s", error)

    def wait_for(self, computation: Computation) -> None:
        """Look again and again until it is there, or on us. Returns at once."""
        computation.tell(Progress(message="being computed in another notebook"))
        self._wait(computation, lambda: self.claim(computation.request.key))

    def wait_for_job(self, computation: Computation, goes_on: Callable[[], bool]) -> None:
        """Look again and again until a job has made it, or does not go on. Returns at once."""
        computation.tell(Progress(message="being computed by a job of another notebook"))
        self._wait(computation, lambda: not goes_on())

    def _wait(self, computation: Computation, on_us: Callable[[], bool]) -> None:
        with self._lock:
            self._waiting.append((computation, on_us))
            if self._waiter is None and not self._closing.is_set():
                self._waiter = threading.Thread(
                    target=self._look_again, name="hicognition-wait", daemon=True
                )
                self._waiter.start()

    def _look_again(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            with self._lock:
                waiting, self._waiting = self._waiting, []
                if not waiting:
                    self._waiter = None
                    return
            for computation, on_us in waiting:
                if computation.closed:
                    continue
                # The claim first: who gives it back has recorded the result before.
                mine = on_us()
                if self._answer(computation):
                    continue
                if mine:
                    self._compute(computation)
                else:
                    with self._lock:
                        self._waiting.append((computation, on_us))

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        waiter = self._waiter
        if waiter is not None:
            waiter.join()
