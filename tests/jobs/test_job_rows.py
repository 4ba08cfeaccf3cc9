"""What the catalog says of jobs and their tasks, also when it cannot be reached."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from hicognition_widgets.errors import CatalogError, StoreFull
from hicognition_widgets.jobs import solvers, work
from hicognition_widgets.jobs.batches import batches
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.outcome import Known, Stored
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.runner import WorkersLost
from hicognition_widgets.jobs.work import Order

SIZE = {"flank": 100_000, "binsize": 10_000}


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it never happened"
        time.sleep(0.01)


def order_of(rooms: Any, *requests: Any) -> Order:
    (task,) = make_plan(requests).tasks
    return Order(task=task, root=str(rooms.store.root), owner="ann")


def test_a_task_that_runs_says_so(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    broker = rooms.broker()
    sets = ("peaks", "minus")
    job = broker.submit(
        broker.plan([rooms.request("pileup", each, "control", **SIZE) for each in sets])
    )
    until(lambda: rooms.catalog.task_counts(job.id) == {"queued": 1, "running": 1})
    (running,) = rooms.catalog.tasks(job.id, state="running")
    assert running.tries == 1
    assert running.title == "pileup of control at peaks"
    until(lambda: rooms.catalog.job(job.id).state == "running")
    go.set()
    assert job.wait(60).state == "finished"
    assert rooms.catalog.task_counts(job.id) == {"finished": 2}


def test_what_a_database_missed_is_written_when_it_is_back(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = rooms.broker()
    job = broker.submit(broker.plan([rooms.request("profile", "peaks", "ctcf", **SIZE)]))
    away = [True]
    missed: list[str] = []
    for name in ("update_tasks", "update_job"):
        real = getattr(rooms.catalog, name)

        def call(*args: Any, real: Any = real, name: str = name, **kwargs: Any) -> Any:
            if away[0]:
                missed.append(name)
                raise CatalogError("the database is away")
            return real(*args, **kwargs)

        monkeypatch.setattr(rooms.catalog, name, call)
    assert job.wait(60).state == "finished"
    until(lambda: bool(missed))
    assert rooms.catalog.job(job.id).state != "finished"
    away[0] = False
    until(lambda: rooms.catalog.job(job.id).state == "finished")
    assert rooms.catalog.task_counts(job.id) == {"finished": 1}


def test_a_result_that_could_not_be_entered_is_when_the_job_ends(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.recorder._PAUSES", ())
    broker = rooms.broker()
    real = rooms.catalog.add_result
    tries: list[str] = []

    def add_result(**parts: Any) -> Any:
        tries.append(parts["key"])
        if len(tries) == 1:
            raise CatalogError("the database is away")
        return real(**parts)

    monkeypatch.setattr(rooms.catalog, "add_result", add_result)
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    assert broker.submit(broker.plan([request])).wait(60).state == "finished"
    assert tries == [request.key] * 2
    assert rooms.catalog.find_result(request.key) is not None
    assert rooms.store.artifacts() == []


def test_a_worker_waits_for_space(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    full = [True] * 3
    real = type(rooms.store).write

    def write(*args: Any, **kwargs: Any) -> Any:
        if full:
            full.pop()
            raise StoreFull("the disk is full")
        return real(*args, **kwargs)

    monkeypatch.setattr(type(rooms.store), "write", write)
    words: list[dict[str, Any]] = []
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    (outcome,) = work.run(order_of(rooms, request), words.append)
    assert isinstance(outcome, Stored)
    assert any("waiting for space" in word.get("message", "") for word in words)

    full[:] = [True] * 3
    monkeypatch.setattr(work, "_FULL_SECONDS", 0.0)
    other = rooms.request("profile", "minus", "ctcf", **SIZE)
    (failed,) = work.run(order_of(rooms, other), words.append)
    assert failed.type == "StoreFull"


def test_a_repeated_task_has_nothing_to_do(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    order = order_of(rooms, request)
    (first,) = work.run(order, lambda _: None)
    assert Marks(rooms.store.control).completed(order.task.token)
    monkeypatch.setattr(solvers, "solver", None)
    assert work.run(order, lambda _: None) == [first]
    rooms.store.delete(first.path)  # as when the asker has entered it into the catalog
    assert work.run(order, lambda _: None) == [Known(key=request.key)]


def test_small_tasks_travel_together(rooms: Any) -> None:
    orders = [
        order_of(rooms, rooms.request("profile", "peaks", "ctcf", flank=flank, binsize=10_000))
        for flank in range(100_000, 200_000, 10_000)
    ]
    times = dict(zip((o.task.token for o in orders), [0.2, 0.2, 0.2, 3, 0.4] * 2, strict=True))
    found = batches(orders, seconds=lambda order: times[order.task.token])
    assert [len(batch) for batch in found] == [3, 1, 2, 3, 1]
    assert [order for batch in found for order in batch] == orders
    assert batches([]) == []


def test_a_job_whose_workers_are_lost_is_interrupted_and_goes_on(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = work.run
    lost: list[str] = []

    def run(order: Order, say: work.Say) -> Any:
        if order.task.requests[0].regions.name == "minus" and not lost:
            lost.append(order.task.token)
            raise WorkersLost("the scheduler of the workers has stopped")
        return real(order, say)

    monkeypatch.setattr(work, "run", run)
    broker = rooms.broker()
    asked = [rooms.request("profile", each, "ctcf", **SIZE) for each in ("peaks", "minus")]
    job = broker.submit(broker.plan(asked)).wait(60)
    assert job.state == "interrupted"
    assert [failure.type for failure in job.errors] == ["WorkersLost"]
    record = rooms.catalog.job(job.id)
    assert (record.state, record.done, record.failed) == ("interrupted", 1, 1)
    (row,) = rooms.catalog.tasks(job.id, state="failed")
    assert (row.error_type, row.error) == (
        "WorkersLost", "the scheduler of the workers has stopped",
    )  # fmt: skip
    assert "Traceback" in row.traceback or "WorkersLost" in row.traceback
    assert job.resume().wait(60).state == "finished"
    assert rooms.catalog.job(job.id).state == "finished"
    assert rooms.catalog.task_counts(job.id) == {"finished": 2}
