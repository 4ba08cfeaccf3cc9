"""Cores that no other task needs go to those that run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hicognition_widgets.jobs.dask_runner import DaskRunner, _Batch, _Connection
from hicognition_widgets.jobs.plan import Task
from hicognition_widgets.jobs.work import Order


class Client:
    """Keeps what is sent."""

    status = "running"

    def __init__(self) -> None:
        self.sent: list[Order] = []

    def map(self, _call: object, parts: list[list[Order]], **_how: object) -> list[Any]:
        self.sent += [order for part in parts for order in part]
        return [SimpleNamespace(add_done_callback=lambda _done: None) for _ in parts]


def sent(n_tasks: int, *, workers: int | None) -> list[int]:
    runner = DaskRunner("local")
    local: Any = None
    if workers is not None:
        local = SimpleNamespace(machine=SimpleNamespace(workers=workers))
    client = Client()
    connection = _Connection(client, local=local, lanes={"bulk"})
    orders = [
        Order(task=Task(token=f"t{i}", requests=()), root="/nowhere", owner="ann")
        for i in range(n_tasks)
    ]
    batches = [_Batch([order], "bulk", SimpleNamespace()) for order in orders]  # type: ignore[arg-type]
    with runner._lock:
        runner._running = {batch.tokens[0]: batch for batch in batches}
    runner._send(connection, batches, "bulk")
    return [order.threads for order in client.sent]


@pytest.mark.parametrize(
    ("n_tasks", "workers", "threads"),
    [(1, 8, 8), (3, 8, 2), (8, 8, 1), (20, 8, 1), (1, 1, 1), (1, None, 1)],
)
def test_tasks_share_the_cores_of_this_machine(
    n_tasks: int, workers: int | None, threads: int
) -> None:
    assert sent(n_tasks, workers=workers) == [threads] * n_tasks
