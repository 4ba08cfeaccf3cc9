"""Tasks between the asker and the workers: handed out, heard of, their results recorded."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from hicognition_widgets.errors import HiCognitionError, JobError, StoreError
from hicognition_widgets.jobs.active import Active
from hicognition_widgets.jobs.outcome import Failure, Outcome, Stored
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.recorder import Recorder
from hicognition_widgets.jobs.runner import Lane, Runner, ThreadRunner, Word, WorkersLost
from hicognition_widgets.jobs.work import Order
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.jobs.plan import Task
    from hicognition_widgets.jobs.request import Request

_log = logging.getLogger(__name__)


class Workshop:
    """Gives tasks to workers, which are started when they are first needed.

    Parameters
    ----------
    store : Store
        Where workers put results.
    recorder : Recorder
        Enters them into the catalog.
    scheduler : str
        As for :class:`~hicognition_widgets.jobs.Broker`.
    """

    def __init__(self, store: Store, recorder: Recorder, scheduler: str) -> None:
        self._store = store
        self._recorder = recorder
        self._scheduler = scheduler
        self._lock = threading.Lock()
        self._active: dict[str, Active] = {}
        self._closed = False
        self.runner: Runner | None = None
        self._collectors: dict[Lane, ThreadPoolExecutor] = {
            "interactive": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect"),
            "slow": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect-slow"),
            "bulk": ThreadPoolExecutor(1, thread_name_prefix="hicognition-collect-bulk"),
        }
        self._submissions = ThreadPoolExecutor(1, thread_name_prefix="hicognition-submit")

    # -- handing out -------------------------------------------------------------------

    def soon(self, call: Callable[[], None]) -> None:
        """Do something that may have to wait for workers, in a thread for that."""
        self._submissions.submit(call)

    def order(self, task: Task) -> Order:
        """The task with where its results go, and what it can start from."""
        return Order(
            task=self.with_what_is_stored(task), root=str(self._store.root),
            owner=self._store.owner, shared=self._store.shared,
        )  # fmt: skip

    def with_what_is_stored(self, task: Task) -> Task:
        """The task with the stackups and embeddings that it can start from."""
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
        if not keys:
            return task
        try:
            known = self._recorder.catalog.find_results(sorted(keys))
        except HiCognitionError as error:
            _log.warning("what is stored is not reused: %s", error)
            return task
        reuse = {key: r.artifact for key, r in known.items() if r.artifact is not None}
        return replace(task, reuse=reuse)

    def run(self, actives: Iterable[Active]) -> None:
        """Give tasks to the workers; may wait until there are some.

        Raises
        ------
        JobError
            If there are none, or the workshop is closed.
        """
        given = list(actives)
        runner = self._started()
        with self._lock:
            for active in given:
                self._active[active.task.token] = active
        lanes: dict[Lane, list[Order]] = {}
        for active in given:
            lanes.setdefault(active.lane, []).append(active.order)
        try:
            for lane, orders in lanes.items():
                runner.submit(orders, lane, self)
        except BaseException:
            with self._lock:
                for active in given:
                    self._active.pop(active.task.token, None)
            raise
        # Everybody may have left while the workers were starting.
        self.stop([active for active in given if active.abandoned])

    def _started(self) -> Runner:
        with self._lock:
            if self._closed:
                raise JobError("the workspace is closed; open a new one")
            if self.runner is None:
                if self._scheduler == "threads":
                    self.runner = ThreadRunner()
                else:
                    from hicognition_widgets.jobs.dask_runner import DaskRunner

                    self.runner = DaskRunner(self._scheduler)
            return self.runner

    def stop_abandoned(self) -> None:
        """Stop the tasks that nobody waits for any more."""
        with self._lock:
            actives = list(self._active.values())
        self.stop([active for active in actives if active.abandoned])

    def stop(self, actives: Iterable[Active]) -> None:
        """Drop and stop these tasks; nothing more is heard of them."""
        with self._lock:
            known = [self._active.pop(active.task.token, None) for active in actives]
            runner = self.runner
        for active in known:
            if active is not None and runner is not None:
                runner.stop(active.order)

    def stop_tokens(self, tokens: Iterable[str]) -> None:
        """As :meth:`stop`, by the tasks' names."""
        with self._lock:
            actives = [self._active[token] for token in tokens if token in self._active]
        self.stop(actives)

    # -- what workers say --------------------------------------------------------------

    def heard(self, word: Word) -> None:
        """A start, progress, or one finished request of a task; called by the runner."""
        with self._lock:
            active = self._active.get(str(word["token"]))
            if active is None or self._closed:
                return
            if "key" in word:
                stored = Stored(
                    key=str(word["key"]), path=str(word["path"]), digest=str(word["digest"])
                )
                self._collectors[active.lane].submit(self._collect_safely, active, stored)
                return
        if "try" in word:
            active.began(int(word["try"]))
        else:
            active.told(Progress(int(word["done"]), int(word["total"]), str(word["message"])))

    def ended(self, token: str, end: list[Outcome] | BaseException) -> None:
        """A task is over; called by the runner."""
        with self._lock:
            active = self._active.get(token)
            if active is None or self._closed:
                return
            self._collectors[active.lane].submit(self._ended, active, end)

    def _ended(self, active: Active, end: list[Outcome] | BaseException) -> None:
        try:
            lost = isinstance(end, WorkersLost)
            if lost and active.restarts_left > 0:
                active.restarts_left -= 1
                self.soon(lambda: self._run_again(active))
                return
            outcomes = (
                end
                if isinstance(end, list)
                else [Failure.of(request.key, end) for request in active.task.requests]
            )
            for outcome in outcomes:
                self._collect(active, outcome)
            with self._lock:
                self._active.pop(active.task.token, None)
            active.over(lost=lost)
        except Exception:  # noqa: BLE001  a thread of a pool has nobody to raise to
            _log.exception("the end of a task could not be dealt with")

    def _run_again(self, active: Active) -> None:
        try:
            self.run([active])
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            for request in active.task.requests:
                self._collect(active, Failure.of(request.key, error))
            active.over(lost=True)

    def _collect_safely(self, active: Active, outcome: Outcome) -> None:
        try:
            self._collect(active, outcome)
        except Exception:  # noqa: BLE001  a thread of a pool has nobody to raise to
            _log.exception("a result could not be dealt with")

    def _collect(self, active: Active, outcome: Outcome) -> None:
        """Record one result, once, and give it to those who wait."""
        path = outcome.path if isinstance(outcome, Stored) else ""
        if outcome.key in active.settled:
            if path and path != active.settled[outcome.key]:
                self._recorder.drop_surplus(outcome.key, path)  # of a try that was repeated
            return
        active.settled[outcome.key] = path
        request = next(r for r in active.task.requests if r.key == outcome.key)
        active.answered(request, self._recorded(request, outcome))

    def _recorded(self, request: Request, outcome: Outcome) -> StoredResult | Failure:
        if isinstance(outcome, Failure):
            return outcome
        error: Exception = StoreError(f"the result of {request.title} is gone; ask again")
        if isinstance(outcome, Stored):
            try:
                return self._recorder.record(request, outcome.path)
            except StoreError as missing:
                error = missing  # somebody may have adopted it meanwhile
            except Exception as unexpected:  # noqa: BLE001  who waits has to hear of it
                return Failure.of(request.key, unexpected)
        stored = self._recorder.known(request)
        return Failure.of(request.key, error) if stored is None else stored

    def close(self) -> None:
        """Stop what runs and end the workers that were started."""
        with self._lock:
            self._closed = True
            self._active = {}
            runner = self.runner
        if runner is not None:
            runner.close()
        self._submissions.shutdown(wait=True, cancel_futures=True)
        for pool in self._collectors.values():
            pool.shutdown(wait=True, cancel_futures=True)
