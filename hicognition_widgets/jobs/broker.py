"""Answers questions from the store, or has them computed: once, whoever asks."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.errors import HiCognitionError, JobError
from hicognition_widgets.jobs.active import Active, as_error
from hicognition_widgets.jobs.ask import Ask, Computation
from hicognition_widgets.jobs.bulk import BulkWork
from hicognition_widgets.jobs.claims import Claims
from hicognition_widgets.jobs.elsewhere import Elsewhere
from hicognition_widgets.jobs.joining import Joining
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Failure, sentence
from hicognition_widgets.jobs.plan import Plan, make_plan
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.recorder import Recorder, dressed
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.selections import Selections, whole
from hicognition_widgets.jobs.workshop import Workshop
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog
    from hicognition_widgets.jobs.job import Job
    from hicognition_widgets.jobs.runner import Lane
    from hicognition_widgets.jobs.work import Order

_log = logging.getLogger(__name__)

_AT_ONCE_SECONDS: Final = 0.15
"""How long :meth:`Broker.ask` waits for an answer that may be stored."""
_QUIET_SECONDS: Final = 0.06
"""Pause after which no more questions of the same comparison are expected."""
_GATHER_SECONDS: Final = 0.5
"""How long questions are gathered at most, so that those of a comparison share work."""
_MEMORY_BYTES: Final = 2**26
_RESTARTS: Final = 2


class _Asked(Active):
    """A task that answers questions."""

    restarts_left = _RESTARTS

    def __init__(
        self,
        order: Order,
        lane: Lane,
        waiting: dict[str, Computation],
        finish: Callable[[Computation, StoredResult | Exception], None],
    ) -> None:
        super().__init__(order, lane)
        self.waiting = waiting
        self._finish = finish

    @property
    def abandoned(self) -> bool:
        return all(each.closed or each.done() for each in self.waiting.values())

    def began(self, tries: int) -> None:
        if tries > 1:
            self.told(Progress(message="started again, its worker was lost"))

    def told(self, progress: Progress) -> None:
        for computation in list(self.waiting.values()):
            computation.tell(progress)

    def answered(self, request: Request, end: StoredResult | Failure) -> None:
        found = end.error() if isinstance(end, Failure) else end
        self._finish(self.waiting[request.key], found)

    def over(self, *, lost: bool) -> None:
        """Every request was answered."""


class Broker:
    """Takes requests, gives results; starts workers when they are first needed.

    Parameters
    ----------
    catalog : Catalog
        Where results are looked up and recorded.
    store : Store
        Where workers put them.
    scheduler : str
        ``"local"`` (processes of this machine), ``"threads"`` (of this process), the
        ``tls://`` or ``tcp://`` address of a Dask scheduler, or the name of a cluster
        factory in Dask's configuration.
    """

    def __init__(self, *, catalog: Catalog, store: Store, scheduler: str = "local") -> None:
        self.catalog = catalog
        self.store = store
        self.scheduler = scheduler
        self._recorder = Recorder(catalog, store)
        self._lock = threading.Lock()
        self._computations: dict[str, Computation] = {}
        self._memory: OrderedDict[str, StoredResult] = OrderedDict()
        self._pending: list[Computation] = []
        self._wake = threading.Condition(self._lock)
        self._dispatcher: threading.Thread | None = None
        self._closed = False
        self._last_ask = 0.0
        self._looking = 0
        self._elsewhere = Elsewhere(
            store, catalog.trusted, self._answer_if_stored, self._compute
        )
        self._lookups = ThreadPoolExecutor(2, thread_name_prefix="hicognition-look-up")
        self._workshop = Workshop(store, self._recorder, scheduler)
        self._joining = Joining(self._compute)
        self._bulk = BulkWork(
            self._recorder, self._workshop, self._answer_others, self._joining
        )
        self._selections = Selections(
            store, self._workshop.with_what_is_stored, self._finish, self.ask
        )
        self._lookups.submit(self._tidy)

    # -- questions ---------------------------------------------------------------------

    def ask(self, request: Request) -> Ask:
        """Answer from the store, or start a computation. Returns at once.

        Parameters
        ----------
        request : Request

        Returns
        -------
        Ask
            Done already if the answer was stored (or nearly always so).

        Raises
        ------
        JobError
            If the broker is closed.
        """
        whole_set = whole(request) if Selections.suits(request) else None
        of_all: StoredResult | None = None
        with self._lock:
            self._check_open()
            self._last_ask = time.monotonic()
            computation = self._computations.get(request.key)
            ask = computation.join() if computation is not None else None
            if ask is not None:
                return ask
            computation = Computation(request, self._abandoned)
            ask = computation.join()
            if ask is None:
                raise RuntimeError("a new computation is closed")
            remembered = self._recalled(request)
            if remembered is None:
                self._computations[request.key] = computation
                of_all = None if whole_set is None else self._recalled(whole_set)
                self._looking += of_all is None
        if remembered is not None:
            computation.settle(dressed(request, remembered))
            return ask
        if of_all is not None and whole_set is not None:
            # some regions of a picture that is shown: nothing has to be looked up
            self._selections.submit(computation, dressed(whole_set, of_all))
            return ask
        looked = threading.Event()
        self._lookups.submit(self._look_up, computation, looked)
        looked.wait(_AT_ONCE_SECONDS)
        return ask

    def _look_up(self, computation: Computation, looked: threading.Event) -> None:
        try:
            if self._answer_if_stored(computation):
                return
            request = computation.request
            of_all = self._recorder.known(whole(request)) if Selections.suits(request) else None
            if of_all is not None:
                self._selections.submit(computation, of_all)
                return
            mine = self._elsewhere.claim(computation.request.key)
            # It may have been finished between the look and the claim.
            if self._answer_if_stored(computation):
                return
            if not mine:
                self._elsewhere.wait_for(computation)
            elif not self._joining.join(computation):
                goes_on = self._bulk.made_elsewhere(computation.request)
                if goes_on is None:
                    self._compute(computation)
                else:
                    self._elsewhere.wait_for_job(computation, goes_on)
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            _log.exception("a question could not be looked up")
            self._finish(computation, JobError(sentence(error)))
        finally:
            looked.set()
            with self._wake:
                self._looking -= 1
                self._last_ask = time.monotonic()
                self._wake.notify_all()

    def _compute(self, computation: Computation) -> None:
        """Hand a question to the dispatcher."""
        with self._wake:
            self._pending.append(computation)
            if self._dispatcher is None and not self._closed:
                self._dispatcher = threading.Thread(
                    target=self._dispatch_all, name="hicognition-dispatch", daemon=True
                )
                self._dispatcher.start()
            self._wake.notify_all()

    def _answer_if_stored(self, computation: Computation) -> bool:
        stored = self._recorder.known(computation.request)
        if stored is not None:
            self._finish(computation, stored)
        return stored is not None

    def _finish(self, computation: Computation, end: StoredResult | Exception) -> None:
        request = computation.request
        with self._lock:
            if self._computations.get(request.key) is computation:
                del self._computations[request.key]
            if isinstance(end, StoredResult):
                self._remember(end)
        self._elsewhere.release(request.key)
        self._joining.answered(computation)
        computation.settle(dressed(request, end) if isinstance(end, StoredResult) else end)

    def _recalled(self, request: Request) -> StoredResult | None:
        """The answer if it was given not long ago; with the lock."""
        result = self._memory.get(request.key)
        if result is not None:
            self._memory.move_to_end(request.key)
        return result

    def _remember(self, result: StoredResult) -> None:
        if result.nbytes > _MEMORY_BYTES // 4:
            return
        self._memory[result.key] = result
        self._memory.move_to_end(result.key)
        while sum(each.nbytes for each in self._memory.values()) > _MEMORY_BYTES:
            self._memory.popitem(last=False)

    def _abandoned(self, computation: Computation) -> None:
        """Nobody waits any more: stop the work unless it serves others."""
        key = computation.request.key
        with self._lock:
            if self._computations.get(key) is computation:
                del self._computations[key]
        self._elsewhere.release(key)
        self._joining.answered(computation)
        self._workshop.stop_abandoned()

    # -- from questions to tasks -------------------------------------------------------

    def _dispatch_all(self) -> None:
        while True:
            with self._wake:
                while not self._pending and not self._closed:
                    self._wake.wait()
                if self._closed:
                    return
                self._gather()
                pending, self._pending = self._pending, []
            self._dispatch(pending)

    def _gather(self) -> None:
        """Wait (with the lock) until no more questions come, for a moment at most."""
        latest = time.monotonic() + _GATHER_SECONDS
        while not self._closed:
            now = time.monotonic()
            looking = latest if self._looking else 0.0
            quiet = max(self._last_ask + _QUIET_SECONDS, looking)
            if now >= min(quiet, latest):
                return
            self._wake.wait(min(quiet, latest) - now)

    def _dispatch(self, computations: list[Computation]) -> None:
        """Plan questions and hand the tasks to the workers."""
        waiting = {each.request.key: each for each in computations if not each.closed}
        if not waiting:
            return
        try:
            plan = make_plan(each.request for each in waiting.values())
            actives = [
                _Asked(
                    self._workshop.order(task),
                    "slow" if task.slow else "interactive",
                    {request.key: waiting[request.key] for request in task.requests},
                    self._finish,
                )
                for task in plan.tasks
            ]
            for computation in waiting.values():
                computation.tell(Progress(message="waiting for a worker"))
            self._workshop.run(actives)
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            if not isinstance(error, HiCognitionError):
                _log.exception("work could not be handed out")
            for computation in waiting.values():
                self._finish(computation, as_error(error))

    def _answer_others(self, result: StoredResult) -> None:
        """Somebody may ask for what a job just made."""
        with self._lock:
            computation = self._computations.get(result.key)
        if computation is not None:
            self._finish(computation, result)

    # -- jobs ----------------------------------------------------------------------------

    @property
    def picture(self) -> Callable[[Any], Any] | None:
        """Makes the widget that shows a job in a notebook; the workspace gives it."""
        return self._bulk.picture

    @picture.setter
    def picture(self, make: Callable[[Any], Any] | None) -> None:
        self._bulk.picture = make

    @property
    def jobs(self) -> BulkWork:
        """Jobs, also those of other notebooks."""
        return self._bulk

    def plan(self, requests: Iterable[Request]) -> Plan:
        """As :meth:`BulkWork.plan`."""
        return self._bulk.plan(requests)

    def submit(self, plan: Plan, *, title: str = "") -> Job:
        """As :meth:`BulkWork.submit`."""
        with self._lock:
            self._check_open()
        return self._bulk.submit(plan, title=title)

    # -- beginning and end -------------------------------------------------------------

    def _tidy(self) -> None:
        """Clean up after writers, workers and kernels that were killed."""
        try:
            if self.store.folder.is_dir():
                self.store.clean()
                Marks(self.store.control).clean()
                Claims(self.store.claims).clean()
                self._recorder.reconcile()
            self._bulk.tidy()
        except (HiCognitionError, OSError) as error:
            _log.info("not tidied: %s", error)

    def close(self) -> None:
        """Stop what runs and end the workers that were started. Can be called twice."""
        with self._wake:
            if self._closed:
                return
            self._closed = True
            self._wake.notify_all()
            computations = list(self._computations.values())
            self._computations = {}
            dispatcher = self._dispatcher
        self._recorder.close()
        closed = JobError("the workspace was closed before this was finished")
        for computation in computations:
            self._elsewhere.release(computation.request.key)
            computation.settle(closed)
        self._elsewhere.close()
        self._joining.close()
        self._selections.close()
        self._bulk.stop_waiting()
        self._lookups.shutdown(wait=True, cancel_futures=True)
        self._workshop.close()
        if dispatcher is not None:
            dispatcher.join()
        self._bulk.close()

    def _check_open(self) -> None:
        if self._closed:
            raise JobError("the workspace is closed; open a new one")
