"""Tasks on Dask workers: a local cluster, a shared scheduler, or a cluster made on demand."""

from __future__ import annotations

import importlib
import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.errors import HiCognitionError, JobError, SettingsError
from hicognition_widgets.jobs import work
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
_LOOK_SECONDS: Final = 0.5


def run_on_worker(order: Order, topic: str) -> list[Outcome]:
    """What a Dask worker is asked to call."""
    from distributed import get_worker

    worker = get_worker()

    def say(word: Word) -> None:
        worker.log_event(topic, word)

    return work.run(order, say)


@dataclass
class _Running:
    order: Order
    lane: Lane
    listener: Listener
    future: Any = None
    started: bool = False
    resubmitted: int = 0


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
        self._running: dict[str, _Running] = {}
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
        with self._lock:
            for order in orders:
                self._running[order.task.token] = _Running(order, lane, listener)
        self._send(connection, orders, lane)
        self._watch()

    def _send(self, connection: _Connection, orders: list[Order], lane: Lane) -> None:
        tries = secrets.token_hex(3)
        futures = connection.client.map(
            run_on_worker,
            orders,
            key=[f"hicognition-{lane}-{order.task.token}-{tries}" for order in orders],
            topic=self._topic,
            pure=False,
            priority=_PRIORITY[lane],
            resources={lane: 1} if lane in connection.lanes else None,
        )
        for order, future in zip(orders, futures, strict=True):
            token = order.task.token
            if lane == "bulk" and connection.shared:
                _outlive(future)
            with self._lock:
                running = self._running.get(token)
                if running is not None:
                    running.future = future
            future.add_done_callback(lambda future, token=token: self._done(token, future))

    def _done(self, token: str, future: Any) -> None:
        """A future has ended; called by Dask in a thread of its own."""
        with self._lock:
            running = self._running.get(token)
            if running is None or (running.future is not future and running.future is not None):
                return
        end: list[Outcome] | BaseException
        if future.status == "finished":
            try:
                end = future.result(timeout=_CONNECT_SECONDS)
            except Exception as error:  # noqa: BLE001  whoever waits has to hear of it
                end = WorkersLost(f"the result could not be fetched from its worker: {error}")
        elif future.status == "error":
            end = future.exception(timeout=_CONNECT_SECONDS)
            if type(end).__name__ == "KilledWorker":
                if self._try_again(running):
                    return
                end = work.lost_outcomes(running.order.task, work.MAX_TRIES)
        else:
            end = WorkersLost("the scheduler dropped this work; ask again")
        self._end(token, end)

    def _try_again(self, running: _Running) -> bool:
        """Send a task again whose scheduler blames it for workers that others killed."""
        marks = Marks(running.order.store().control)
        with self._lock:
            connection = self._connection
            running.resubmitted += 1
            running.future = None
        if marks.tries(running.order.task.token) >= work.MAX_TRIES or connection is None:
            return False
        if running.resubmitted > 20:  # a cluster that loses every worker at once
            return False
        self._send(connection, [running.order], running.lane)
        return True

    def _end(self, token: str, end: list[Outcome] | BaseException) -> None:
        with self._lock:
            running = self._running.pop(token, None)
        if running is not None:
            Marks(running.order.store().control).forget(token)
            running.listener.ended(token, end)

    def _heard(self, event: tuple[float, Word]) -> None:
        word = event[1]
        with self._lock:
            running = self._running.get(word["token"])
            if running is not None:
                running.started = True
        if running is not None:
            running.listener.heard(word)

    def stop(self, order: Order) -> None:
        """Drop a task that waits; ask a running one to stop."""
        token = order.task.token
        with self._lock:
            running = self._running.get(token)
        if running is None:
            return
        marks = Marks(order.store().control)
        marks.stop(token)
        if not running.started and running.future is not None and not marks.tries(token):
            with self._lock:
                self._running.pop(token, None)
            running.future.cancel(force=True)  # also if it would outlive this process

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
            return _Connection(cluster.get_client(), cluster=cluster)
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
            for each in running.values():
                if not (connection.shared and each.lane == "bulk"):
                    Marks(each.order.store().control).stop(each.order.task.token)
            connection.close()
            if connection.local is not None:  # nobody is left to read the marks
                for each in running.values():
                    Marks(each.order.store().control).forget(each.order.task.token)


def _outlive(future: Any) -> None:
    """Have a task finished even if nobody waits for it any more."""
    import distributed

    keep: Any = distributed.fire_and_forget
    keep(future)


def _lanes(client: Any) -> set[str]:
    """Resources that keep bulk work from taking every worker, where workers have them."""
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return {name for worker in workers for name in worker.get("resources", {})} & set(_PRIORITY)


def make_cluster(name: str) -> Any:
    """A cluster from Dask's configuration.

    Parameters
    ----------
    name : str
        A key of Dask's configuration, such as ``"labextension.factory"``, under which there
        are ``module`` and ``class``, and perhaps ``args`` and ``kwargs``. ``"gateway"`` is
        a new cluster of the Dask Gateway that is configured.

    Raises
    ------
    SettingsError
        If there is no such factory, or it cannot be imported.
    """
    import dask

    if name == "gateway":
        factory: dict[str, Any] = {"module": "dask_gateway", "class": "GatewayCluster"}
    else:
        factory = dask.config.get(name, default={})
    if not hasattr(factory, "keys") or not {"module", "class"} <= set(factory.keys()):
        raise SettingsError(
            f"the scheduler {name!r} is neither local, threads, an address (tls://…) nor a "
            "cluster factory (module and class) in Dask's configuration"
        )
    try:
        maker = getattr(importlib.import_module(factory["module"]), factory["class"])
    except (ImportError, AttributeError) as error:
        raise SettingsError(f"the cluster factory {name!r} cannot be used: {error}") from error
    return maker(*factory.get("args", ()), **factory.get("kwargs", {}))
