"""Answers questions from the store, or has them computed: once, whoever asks."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from hicognition_widgets.errors import HiCognitionError, JobError, StoreError
from hicognition_widgets.jobs.active import Active, as_error
from hicognition_widgets.jobs.ask import Ask, Computation
from hicognition_widgets.jobs.bulk import BulkWork
from hicognition_widgets.jobs.elsewhere import Elsewhere
from hicognition_widgets.jobs.job_book import JobBook
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Failure, Outcome, Stored, sentence
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.recorder import Recorder, dressed
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.runner import Lane, Runner, ThreadRunner, Word, WorkersLost
from hicognition_widgets.jobs.selections import Selections, whole
from hicognition_widgets.jobs.work import Order
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog
    from hicognition_widgets.jobs.plan import Task

_log = logging.getLogger(__name__)

_AT_ONCE_SECONDS: Final = 0.15
"""How long :meth:`Broker.ask` waits for an answer that may be stored."""
_QUIET_SECONDS: Final = 0.06
"""Pause after which no more questions of the same comparison are expected."""
_GATHER_SECONDS: Final = 0.5
"""How long questions are gathered at most, so that those of a comparison share work."""
_MEMORY_BYTES: Final = 2**26
_RESTARTS: Final = 2


class Broker(BulkWork):
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
        self._book = JobBook(catalog)
        self._lock = threading.Lock()
        self._computations: dict[str, Computation] = {}
        self._active: dict[str, Active] = {}
        self._memory: OrderedDict[str, StoredResult] = OrderedDict()
        self._pending: list[Computation] = []
        self._wake = threading.Condition(self._lock)
        self._dispatcher: threading.Thread | None = None
        self._runner: Runner | None = None
        self._closed = False
        self._last_ask = 0.0
        self._looking = 0
        self._elsewhere = Elsewhere(store, self._answer_if_stored, self._compute)
        self._lookups = ThreadPoolExecutor(2, thread_name_prefix="hicognition-look-up")
        self._collectors: dict[Lane, ThreadPoolExecutor] = {
            "interactive": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect"),
            "slow": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect-slow"),
            "bulk": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect-bulk"),
        }
        self._selections = Selections(store, self._with_what_is_stored, self._finish)
        self._submissions = ThreadPoolExecutor(1, thread_name_prefix="hicognition-submit")
        self._lookups.submit(self._tidy)

    # -- questions ---------------------------------------------------------------------

    def ask(self, request: Request, *, priority: Lane = "interactive") -> Ask:
        """Answer from the store, or start a computation. Returns at once.

        Parameters
        ----------
        request : Request
        priority : {"interactive", "bulk"}
            Bulk work waits for what somebody looks at.

        Returns
        -------
        Ask
            Done already if the answer was stored (or nearly always so).

        Raises
        ------
        JobError
            If the broker is closed.
        """
        if priority == "bulk":
            return self._ask_bulk(request)
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
            remembered = self._memory.get(request.key)
            if remembered is None:
                self._computations[request.key] = computation
                self._looking += 1
            else:
                self._memory.move_to_end(request.key)
        if remembered is not None:
            computation.settle(dressed(request, remembered))
            return ask
        looked = threading.Event()
        self._lookups.submit(self._look_up, computation, looked)
        looked.wait(_AT_ONCE_SECONDS)
        return ask

    def _ask_bulk(self, request: Request) -> Ask:
        """A question that nobody is looking at: an ordinary computation in the bulk lane."""
        computation = Computation(request, self._abandoned)
        ask = computation.join()
        if ask is None:
            raise RuntimeError("a new computation is closed")
        with self._lock:
            self._check_open()
        stored = self._known(request)
        if stored is not None:
            computation.settle(stored)
        else:
            self._submissions.submit(self._dispatch, [computation], "bulk")
        return ask

    def _known(self, request: Request) -> StoredResult | None:
        """The stored answer; None too if the catalog cannot say."""
        try:
            return self._recorder.look_up(request)
        except HiCognitionError as error:
            _log.warning("not looked up: %s", error)
            return None

    def _look_up(self, computation: Computation, looked: threading.Event) -> None:
        try:
            if self._answer_if_stored(computation):
                return
            request = computation.request
            of_all = self._known(whole(request)) if Selections.suits(request) else None
            if of_all is not None:
                self._selections.submit(computation, of_all)
                return
            mine = self._elsewhere.claim(computation.request.key)
            # It may have been finished between the look and the claim.
            if self._answer_if_stored(computation):
                return
            if mine:
                self._compute(computation)
            else:
                self._elsewhere.wait_for(computation)
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
        stored = self._known(computation.request)
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
        computation.settle(dressed(request, end) if isinstance(end, StoredResult) else end)

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
        stopped = []
        with self._lock:
            if self._computations.get(key) is computation:
                del self._computations[key]
            for token, active in list(self._active.items()):
                if active.waiting.get(key) is not computation or active.job is not None:
                    continue
                if all(each.closed or each.done() for each in active.waiting.values()):
                    stopped.append(active)
                    del self._active[token]
            runner = self._runner
        self._elsewhere.release(key)
        for active in stopped:
            if runner is not None:
                runner.stop(active.order)

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
            self._dispatch(pending, "interactive")

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

    def _dispatch(self, computations: list[Computation], lane: Lane) -> None:
        """Plan questions and hand the tasks to the workers."""
        waiting = {each.request.key: each for each in computations if not each.closed}
        if not waiting:
            return
        try:
            plan = make_plan(each.request for each in waiting.values())
            actives = [
                Active(
                    order=self._order(task),
                    lane="slow" if task.slow and lane == "interactive" else lane,
                    waiting={request.key: waiting[request.key] for request in task.requests},
                )
                for task in plan.tasks
            ]
            for computation in waiting.values():
                computation.tell(Progress(message="waiting for a worker"))
            self._run(actives)
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            if not isinstance(error, HiCognitionError):
                _log.exception("work could not be handed out")
            for computation in waiting.values():
                self._finish(computation, as_error(error))

    def _with_what_is_stored(self, task: Task) -> Task:
        """The task with the stackups and embeddings that it can start from."""
        from dataclasses import replace

        from hicognition_widgets.jobs.solvers import stackup_of
        from hicognition_widgets.jobs.solvers_embedding import embedding_with_usual_clusters

        keys = {
            embedding_with_usual_clusters(request).key
            for request in task.requests
            if request.option("n_clusters") is not None
        } | {
            stackup_of(request.replace(analysis="stackup", features=(feature,))).key
            for request in task.requests
            if request.analysis in ("profile", "stackup", "embedding1d")
            for feature in request.features
        }
        if keys:
            try:
                known = self.catalog.find_results(sorted(keys))
            except HiCognitionError as error:
                _log.warning("what is stored is not reused: %s", error)
                known = {}
            reuse = {key: r.artifact for key, r in known.items() if r.artifact is not None}
            task = replace(task, reuse=reuse)
        return task

    def _order(self, task: Task) -> Order:
        task = self._with_what_is_stored(task)
        return Order(
            task=task, root=str(self.store.root), owner=self.store.owner,
            shared=self.store.shared,
        )  # fmt: skip

    def _run(self, actives: list[Active]) -> None:
        runner = self._started_runner()
        with self._lock:
            for active in actives:
                self._active[active.task.token] = active
        lanes: dict[Lane, list[Order]] = {}
        for active in actives:
            lanes.setdefault(active.lane, []).append(active.order)
        try:
            for lane, orders in lanes.items():
                runner.submit(orders, lane, self)
        except BaseException:
            with self._lock:
                for active in actives:
                    self._active.pop(active.task.token, None)
            raise
        abandoned = [
            active
            for active in actives
            if active.job is None and all(each.closed for each in active.waiting.values())
        ]
        for active in abandoned:  # everybody left while the workers were starting
            with self._lock:
                self._active.pop(active.task.token, None)
            runner.stop(active.order)

    def _started_runner(self) -> Runner:
        with self._lock:
            self._check_open()
            if self._runner is None:
                if self.scheduler == "threads":
                    self._runner = ThreadRunner()
                else:
                    from hicognition_widgets.jobs.dask_runner import DaskRunner

                    self._runner = DaskRunner(self.scheduler)
            return self._runner

    # -- what workers say --------------------------------------------------------------

    def heard(self, word: Word) -> None:
        """Progress, or one finished request of a task; called by the runner."""
        with self._lock:
            active = self._active.get(str(word["token"]))
            if active is None or self._closed:
                return
            if "key" in word:
                stored = Stored(
                    key=str(word["key"]), path=str(word["path"]), digest=str(word["digest"])
                )
                self._collectors[active.lane].submit(self._collect, active, stored)
                return
        progress = Progress(int(word["done"]), int(word["total"]), str(word["message"]))
        for computation in list(active.waiting.values()):
            computation.tell(progress)
        if active.job is not None:
            active.job.heard(active.task.token)

    def ended(self, token: str, end: list[Outcome] | BaseException) -> None:
        """A task is over; called by the runner."""
        with self._lock:
            active = self._active.get(token)
            if active is None or self._closed:
                return
            self._collectors[active.lane].submit(self._ended, active, end)

    def _ended(self, active: Active, end: list[Outcome] | BaseException) -> None:
        try:
            if isinstance(end, list):
                for outcome in end:
                    self._collect(active, outcome)
            elif not self._restart(active, end):
                for request in active.task.requests:
                    self._collect(active, Failure.of(request.key, end))
            else:
                return
            with self._lock:
                self._active.pop(active.task.token, None)
            job = active.job
            if job is not None and not job.done():
                last = job.task_ended(active.task.token)
                self._book.task_ended(job, active.task)
                if last:  # the catalog knows before those who wait for the job
                    self._end_job(job, "interrupted" if _lost(end) else job.outcome())
        except Exception:  # noqa: BLE001  a thread of a pool has nobody to raise to
            _log.exception("the end of a task could not be dealt with")

    def _restart(self, active: Active, end: BaseException) -> bool:
        """Run questions again whose scheduler was lost."""
        if not _lost(end) or active.job is not None or active.restarts >= _RESTARTS:
            return False
        active.restarts += 1
        self._submissions.submit(self._run_or_fail, active)
        return True

    def _run_or_fail(self, active: Active) -> None:
        try:
            self._run([active])
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            for computation in active.waiting.values():
                self._finish(computation, as_error(error))

    def _collect(self, active: Active, outcome: Outcome) -> None:
        """Record one result and give it to those who wait."""
        if outcome.key in active.settled:
            return
        active.settled.add(outcome.key)
        request = next(r for r in active.task.requests if r.key == outcome.key)
        end: StoredResult | Exception
        failure: Failure | None = None
        if isinstance(outcome, Stored):
            try:
                end = self._recorder.record(request, outcome.path)
            except StoreError as error:
                stored = self._known(request)  # somebody may have adopted it meanwhile
                end = error if stored is None else stored
                failure = Failure.of(request.key, error) if stored is None else None
            except Exception as error:  # noqa: BLE001  who waits has to hear of it
                failure = Failure.of(request.key, error)
                end = failure.error()
        else:
            failure = outcome
            end = outcome.error()
        computation = active.waiting.get(outcome.key)
        if computation is not None:
            self._finish(computation, end)
        if active.job is not None:
            active.job.settled(outcome.key, failure)
            if isinstance(end, StoredResult):
                self._answer_others(end)

    def _answer_others(self, result: StoredResult) -> None:
        """Somebody may ask for what a job just made."""
        with self._lock:
            computation = self._computations.get(result.key)
        if computation is not None:
            self._finish(computation, result)

    # -- beginning and end -------------------------------------------------------------

    def _tidy(self) -> None:
        """Clean up after writers, workers and kernels that were killed."""
        try:
            if self.store.folder.is_dir():
                self.store.clean()
                Marks(self.store.control).clean()
                self._recorder.reconcile()
            self.tidy_jobs()
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
            jobs = {a.job for a in self._active.values() if a.job is not None}
            self._computations = {}
            self._active = {}
            runner, dispatcher = self._runner, self._dispatcher
        self._recorder.close()
        closed = JobError("the workspace was closed before this was finished")
        for computation in computations:
            self._elsewhere.release(computation.request.key)
            computation.settle(closed)
        self._elsewhere.close()
        self._selections.close()
        self._lookups.shutdown(wait=True, cancel_futures=True)
        if runner is not None:
            runner.close()
        self._submissions.shutdown(wait=True, cancel_futures=True)
        if dispatcher is not None:
            dispatcher.join()
        for pool in self._collectors.values():
            pool.shutdown(wait=True, cancel_futures=True)
        for job in jobs:
            self._end_job(job, "interrupted")
        self._book.close()

    def _check_open(self) -> None:
        if self._closed:
            raise JobError("the workspace is closed; open a new one")


def _lost(error: object) -> bool:
    return isinstance(error, WorkersLost)
