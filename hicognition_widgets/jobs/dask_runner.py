"""Tasks on Dask workers: a local cluster, a shared scheduler, or a cluster made on demand."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.errors import HiCognitionError, JobError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.batches import batches
from hicognition_widgets.jobs.factories import make_cluster
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.runner import Lane, Listener, Word, WorkersLost
from hicognition_widgets.jobs.work import Order

if TYPE_CHECKING:
    from hicognition_widgets.jobs.local_cluster import LocalCluster
    from hicognition_widgets.jobs.outcome import Outcome

_log = logging.getLogger(__name__)

_PRIORITY: Final[dict[str, int]] = {"interactive": 10, "slow": 0, "bulk": -10}
_CONNECT_SECONDS: Final = 20
_LOST_SECONDS: Final = 30
_RESUBMIT: Final = 20
_LOOK_SECONDS: Final = 0.5


def run_on_worker(orders: list[Order], topic: str) -> list[list[Outcome]]:
    """What a Dask worker is asked to call."""
    from distributed import get_worker

    worker = get_worker()

    def say(word: Word) -> None:
        worker.log_event(topic, word)

    return [work.run(order, say) for order in orders]


@dataclass(eq=False)
class _Batch:
    """Tasks that go through the scheduler together."""

    orders: list[Order]
    lane: Lane
    listener: Listener
    future: Any = None
    started: bool = False
    resubmitted: int = 0
    dropped: set[str] = field(default_factory=set)

    @property
    def tokens(self) -> list[str]:
        return [order.task.token for order in self.orders]

    def lost(self, why: str) -> list[list[Outcome] | BaseException]:
        return [WorkersLost(why) for _ in self.orders]


@dataclass
class _Connection:
    """A client and what it belongs to."""

    client: Any
    local: LocalCluster | None = None
    cluster: Any = None
    lost_since: float | None = None
    lanes: set[str] = field(default_factory=set)

    @property
    def shared(self) -> bool:
        """Whether the scheduler lives on when this process leaves it."""
        return self.local is None and self.cluster is None

    def lost(self) -> bool:
        """Whether nothing more will come."""
        if self.local is not None:
            return not self.local.alive
        if self.client.status == "running":
            self.lost_since = None
            return False
        if self.lost_since is None:
            self.lost_since = time.monotonic()
        return self.client.status == "closed" or (
            time.monotonic() - self.lost_since > _LOST_SECONDS
        )

    def close(self) -> None:
        """Leave the scheduler; end what was started for it."""
        self.client.close(timeout=2)
        if self.cluster is not None:
            self.cluster.close()
        if self.local is not None:
            self.local.close()


class DaskRunner:
    """Runs tasks on a Dask cluster that is started or connected to on first need.

    Parameters
    ----------
    scheduler : str
        ``"local"``, a ``tls://`` or ``tcp://`` address, or the name of a cluster factory
        in Dask's configuration.
    """

    def __init__(self, scheduler: str) -> None:
        self.scheduler = scheduler
        self._topic = f"hicognition-{secrets.token_hex(8)}"
        self._lock = threading.Lock()
        self._starting = threading.Lock()
        self._connection: _Connection | None = None
        self._running: dict[str, _Batch] = {}
        self._watcher: threading.Thread | None = None
        self._closed = threading.Event()

    # -- tasks -------------------------------------------------------------------------

    def submit(self, orders: list[Order], lane: Lane, listener: Listener) -> None:
        """Take tasks; waits until there are workers.

        Raises
        ------
        JobError
            If there is no scheduler, or workers do not start.
        """
        connection = self._connect(lane)
        parts = batches(orders) if lane == "bulk" else [[order] for order in orders]
        given = [_Batch(part, lane, listener) for part in parts]
        with self._lock:
            self._running |= {token: batch for batch in given for token in batch.tokens}
        try:
            self._send(connection, given, lane)
        except Exception as error:
            with self._lock:
                for order in orders:
                    self._running.pop(order.task.token, None)
            raise WorkersLost(f"the scheduler did not take the work: {error}") from error
        self._watch()

    def _send(self, connection: _Connection, given: list[_Batch], lane: Lane) -> None:
        tries = secrets.token_hex(3)
        threads = self._threads(connection)
        futures = connection.client.map(
            run_on_worker,
            [[replace(order, threads=threads) for order in batch.orders] for batch in given],
            key=[f"hicognition-{lane}-{batch.tokens[0]}-{tries}" for batch in given],
            topic=self._topic,
            pure=False,
            priority=_PRIORITY[lane],
            resources={lane: 1} if lane in connection.lanes else None,
        )
        for batch, future in zip(given, futures, strict=True):
            if lane == "bulk" and connection.shared:
                _outlive(future)
            with self._lock:
                batch.future = future
            future.add_done_callback(lambda future, batch=batch: self._done(batch, future))

    def _threads(self, connection: _Connection) -> int:
        """Cores for each task, where there are more than tasks and all are of this machine."""
        if connection.local is None:
            return 1
        with self._lock:
            waiting = len({id(batch) for batch in self._running.values()})
        return max(connection.local.machine.workers // max(waiting, 1), 1)

    def _done(self, batch: _Batch, future: Any) -> None:
        """A future has ended; called by Dask in a thread of its own."""
        with self._lock:
            if batch.future is not future or batch.tokens[0] not in self._running:
                return
        try:
            ends = self._ends(batch, future)
        except Exception as error:  # noqa: BLE001  on a busy machine even this can take too long
            _log.info("the end of a task could not be fetched: %s", error)
            ends = self._again(batch, f"its result could not be fetched: {error}")
        for order, end in zip(batch.orders, ends, strict=True) if ends else ():
            self._end(order.task.token, end)

    def _ends(self, batch: _Batch, future: Any) -> Sequence[list[Outcome] | BaseException]:
        """What became of each task; empty if they are tried again."""
        if future.status == "finished":
            found: list[list[Outcome]] = future.result(timeout=_CONNECT_SECONDS)
            return found
        if future.status != "error":
            return self._again(batch, "the scheduler dropped this work; ask again")
        error = future.exception(timeout=_CONNECT_SECONDS)
        if type(error).__name__ != "KilledWorker":
            return [error for _ in batch.orders]
        # The scheduler blames it for all workers that died near it; the marks tell better.
        return self._again(batch, "") or [
            work.lost_outcomes(order.task, work.MAX_TRIES) for order in batch.orders
        ]

    def _again(self, batch: _Batch, why: str) -> list[list[Outcome] | BaseException]:
        """Send a batch again; what its tasks have stored is found there.

        Returns
        -------
        list
            Empty if it was sent, otherwise how its tasks ended.
        """
        with self._lock:
            connection = self._connection
            batch.resubmitted += 1
            batch.future = None
        if connection is None or self._closed.is_set() or connection.client.status == "closed":
            return batch.lost(why or "the scheduler of the workers has stopped; ask again")
        if batch.resubmitted > _RESUBMIT:  # a cluster that loses every worker at once
            return batch.lost(why or "the workers die again and again; ask again")
        try:
            self._send(connection, [batch], batch.lane)
        except Exception as error:  # noqa: BLE001  whoever waits has to hear of it
            return batch.lost(f"the scheduler did not take the work: {error}")
        return []

    def _end(self, token: str, end: list[Outcome] | BaseException) -> None:
        with self._lock:
            batch = self._running.pop(token, None)
        if batch is not None:
            Marks(batch.orders[0].store().control).forget(token)
            batch.listener.ended(token, end)

    def _heard(self, event: tuple[float, Word]) -> None:
        word = event[1]
        with self._lock:
            batch = self._running.get(word["token"])
            if batch is not None:
                batch.started = True
        if batch is not None:
            batch.listener.heard(word)

    def stop(self, order: Order) -> None:
        """Drop a task that waits; ask a running one to stop."""
        token = order.task.token
        marks = Marks(order.store().control)
        with self._lock:
            batch = self._running.get(token)
            if batch is None:
                return
            batch.dropped.add(token)
            waits = not batch.started and batch.future is not None
            unwanted = waits and batch.dropped.issuperset(batch.tokens)
            # with the lock: the mark of a task that ends meanwhile would be left
            marks.stop(token)
        if unwanted and not any(marks.tries(each) for each in batch.tokens):
            with self._lock:
                for each in batch.tokens:
                    self._running.pop(each, None)
            batch.future.cancel(force=True)  # also if it would outlive this process
            for each in batch.tokens:
                marks.forget(each)

    # -- the cluster -------------------------------------------------------------------

    def _connect(self, lane: Lane) -> _Connection:
        """The cluster, with workers for this lane; started if it is not there."""
        with self._starting:
            if self._closed.is_set():
                raise JobError("the workspace is closed; open a new one")
            connection = self._connection
            if connection is not None and connection.lost():
                self._drop(connection)
                connection = None
            if connection is None:
                connection = self._open()
                connection.client.subscribe_topic(self._topic, self._heard)
                with self._lock:
                    self._connection = connection
            if connection.local is not None:
                connection.local.start(lane)
                connection.lanes.add(lane)
            else:
                connection.lanes = _lanes(connection.client)
            return connection

    def _open(self) -> _Connection:
        import distributed

        client_class: Any = distributed.Client

        if self.scheduler == "local":
            from hicognition_widgets.jobs.local_cluster import LocalCluster

            local = LocalCluster()
            try:
                client = client_class(
                    local.address,
                    security=local.security,
                    set_as_default=False,
                    timeout=_CONNECT_SECONDS,
                )
            except BaseException:
                local.close()
                raise
            return _Connection(client, local=local)
        try:
            if "://" in self.scheduler:
                client = client_class(
                    self.scheduler, set_as_default=False, timeout=_CONNECT_SECONDS
                )
                return _Connection(client)
            cluster = make_cluster(self.scheduler)
            try:
                return _Connection(cluster.get_client(), cluster=cluster)
            except BaseException:
                cluster.close()
                raise
        except HiCognitionError:
            raise
        except Exception as error:
            raise JobError(
                f"the scheduler {self.scheduler!r} cannot be reached ({error}); check "
                "HICOGNITION_SCHEDULER and, for tls://, Dask's certificates"
            ) from error

    def _watch(self) -> None:
        """Notice when the scheduler dies: Dask waits for it to come back, for ever."""
        with self._lock:
            if self._watcher is not None and self._watcher.is_alive():
                return
            self._watcher = threading.Thread(
                target=self._look, name="hicognition-watch", daemon=True
            )
            self._watcher.start()

    def _look(self) -> None:
        while not self._closed.wait(_LOOK_SECONDS):
            with self._lock:
                connection, tokens = self._connection, list(self._running)
                if not tokens:
                    self._watcher = None
                    return
            if connection is not None and connection.lost():
                with self._starting:
                    if self._connection is connection:
                        self._drop(connection)
                lost = WorkersLost(
                    "the scheduler of the workers has stopped; finished parts are kept, "
                    "ask again"
                )
                for token in tokens:
                    self._end(token, lost)

    def _drop(self, connection: _Connection) -> None:
        with self._lock:
            self._connection = None
        try:
            connection.close()
        except Exception:  # noqa: BLE001  it is lost already; closing is a courtesy
            _log.warning("a lost cluster could not be closed", exc_info=True)

    def close(self) -> None:
        """Stop the tasks, leave the scheduler, end what was started for it.

        Jobs on a shared scheduler go on; their results are adopted from the manifests.
        """
        self._closed.set()
        with self._starting:
            connection = self._connection
            if connection is None:
                return
            with self._lock:
                running, self._running = self._running, {}
                self._connection = None
            for token, batch in running.items():
                if not (connection.shared and batch.lane == "bulk"):
                    Marks(batch.orders[0].store().control).stop(token)
            connection.close()
            if connection.local is not None:  # nobody is left to read the marks
                for token, batch in running.items():
                    Marks(batch.orders[0].store().control).forget(token)


def _outlive(future: Any) -> None:
    """Have a task finished even if nobody waits for it any more."""
    import distributed

    keep: Any = distributed.fire_and_forget
    keep(future)


def _lanes(client: Any) -> set[str]:
    """Resources that keep bulk work from taking every worker, where workers have them."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return {name for worker in workers for name in worker.get("resources", {})} & set(_PRIORITY)
