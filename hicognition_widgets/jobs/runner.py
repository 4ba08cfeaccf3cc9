"""Where tasks run: the interface, and threads of this process."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal, Protocol

from hicognition_widgets.errors import JobError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Outcome
from hicognition_widgets.jobs.work import Order

Lane = Literal["interactive", "slow", "bulk"]
"""Somebody looks; somebody looks, but it takes long; nobody waits for a single answer."""
Word = dict[str, Any]


class WorkersLost(JobError):
    """The scheduler or all workers are gone; the work can be started again."""


class Listener(Protocol):
    """Who hears of running tasks, from any thread."""

    def heard(self, word: Word) -> None:
        """Progress or a finished request; ``word["token"]`` names the task."""
        ...

    def ended(self, token: str, end: list[Outcome] | BaseException) -> None:
        """A task is over; called once per task that was submitted and not dropped."""
        ...


class Runner(Protocol):
    """Runs tasks somewhere."""

    def submit(self, orders: list[Order], lane: Lane, listener: Listener) -> None:
        """Take tasks; may wait until workers are there."""
        ...

    def stop(self, order: Order) -> None:
        """Drop a task that waits, and ask a running one to stop. Returns at once."""
        ...

    def close(self) -> None:
        """Stop everything."""
        ...


class ThreadRunner:
    """Threads of this process: for debugging and where processes are not allowed."""

    def __init__(self, threads: int = 2) -> None:
        self._pools = {
            "interactive": ThreadPoolExecutor(threads, thread_name_prefix="hicognition-ask"),
            "slow": ThreadPoolExecutor(threads, thread_name_prefix="hicognition-slow"),
            "bulk": ThreadPoolExecutor(
                max(1, threads - 1), thread_name_prefix="hicognition-job"
            ),
        }
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Order, Future[None]]] = {}

    def submit(self, orders: list[Order], lane: Lane, listener: Listener) -> None:
        """Take tasks."""
        for order in orders:
            with self._lock:
                future = self._pools[lane].submit(self._run, order, listener)
                self._running[order.task.token] = order, future

    def _run(self, order: Order, listener: Listener) -> None:
        token = order.task.token
        end: list[Outcome] | BaseException
        try:
            end = work.run(order, listener.heard)
        except Exception as error:  # noqa: BLE001  whoever waits has to hear of it
            end = error
        with self._lock:
            self._running.pop(token, None)
        Marks(order.store().control).forget(token)
        listener.ended(token, end)

    def stop(self, order: Order) -> None:
        """Drop a task that waits; ask a running one to stop."""
        token = order.task.token
        with self._lock:
            running = self._running.get(token)
            if running is None:
                return
            if running[1].cancel():
                del self._running[token]
                return
            # with the lock: the mark of a task that ends meanwhile would be left
            Marks(order.store().control).stop(token)

    def close(self) -> None:
        """Stop the tasks and wait for the running ones to notice."""
        with self._lock:
            orders = [order for order, _ in self._running.values()]
        for order in orders:
            self.stop(order)
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
