"""Jobs that have work in common: one computes it, the others wait."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest

from hicognition_widgets.jobs import joining, solvers

SIZE = {"flank": 100_000, "binsize": 10_000}


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each average map was computed."""
    calls: Counter[str] = Counter()
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        calls[request.key] += 1
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    return calls


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Average maps wait for this, checking for a stop."""
    go = threading.Event()
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    return go


def maps(rooms: Any, *sets: str) -> list[Any]:
    return [
        rooms.request("pileup", name, "control", normalization=each, **SIZE)
        for name in sets
        for each in ("balanced", "oe")
    ]


def until(condition: Any, seconds: float = 60) -> None:
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it never happened"
        time.sleep(0.01)


def test_two_notebooks_with_the_same_job_compute_it_once(
    rooms: Any, computed: Counter[str], held: threading.Event
) -> None:
    requests = maps(rooms, "peaks", "minus")
    extra = maps(rooms, "loops")
    first, second = rooms.broker(), rooms.broker()
    one = first.submit(first.plan(requests))
    until(lambda: one.progress.running > 0)
    two = second.submit(second.plan([*requests, *extra]))
    until(lambda: two.progress.running > 0)  # what is its own it does at once
    held.set()
    assert (one.wait(60).state, two.wait(60).state) == ("finished", "finished")
    assert computed == {request.key: 1 for request in [*requests, *extra]}
    assert two.progress.done == two.progress.total == 6
    record = rooms.catalog.job(two.id)
    assert (record.state, record.done) == ("finished", 6)
    assert set(rooms.catalog.task_counts(two.id)) == {"finished"}
    until(lambda: not list(rooms.store.control.iterdir()))


def test_two_jobs_of_one_notebook_too(
    rooms: Any, computed: Counter[str], held: threading.Event
) -> None:
    broker = rooms.broker()
    requests = maps(rooms, "peaks")
    jobs = [broker.submit(broker.plan(requests)) for _ in range(2)]
    until(lambda: jobs[0].progress.running > 0)
    held.set()
    assert [job.wait(60).state for job in jobs] == ["finished", "finished"]
    assert computed == {request.key: 1 for request in requests}


def test_who_waits_goes_on_when_the_other_is_cancelled(
    rooms: Any, held: threading.Event
) -> None:
    requests = maps(rooms, "peaks")
    first, second = rooms.broker(), rooms.broker()
    one = first.submit(first.plan(requests))
    until(lambda: one.progress.running > 0)
    two = second.submit(second.plan(requests))
    time.sleep(0.2)
    one.cancel()
    held.set()
    assert two.wait(60).state == "finished"
    assert two.errors == []


def test_what_fails_for_one_is_tried_by_the_other(
    rooms: Any, monkeypatch: pytest.MonkeyPatch, held: threading.Event
) -> None:
    requests = maps(rooms, "peaks")
    real = solvers._pileup
    failing = [True]

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        answer = real(run, request, regions)
        if failing.pop() if failing else False:
            raise MemoryError
        return answer

    monkeypatch.setattr(solvers, "_pileup", pileup)
    first, second = rooms.broker(), rooms.broker()
    one = first.submit(first.plan(requests))
    until(lambda: one.progress.running > 0)
    two = second.submit(second.plan(requests))
    time.sleep(0.2)
    held.set()
    assert one.wait(60).state == "failed"
    assert [failure.type for failure in one.errors] == ["MemoryError"]
    assert two.wait(60).state == "finished"


def test_a_view_does_not_wait_for_what_a_job_has_in_its_queue(
    rooms: Any, held: threading.Event
) -> None:
    first, second = rooms.broker(), rooms.broker()
    job = first.submit(first.plan([*maps(rooms, "peaks", "minus")]))
    until(lambda: job.progress.running > 0)
    asked = rooms.request("profile", "peaks", "ctcf", **SIZE)
    queued = first.submit(first.plan([asked]))
    for broker in (first, second):
        assert broker.ask(asked).result(20).meta["n_used"] > 0
    assert not queued.done()
    held.set()
    assert job.wait(60).state == queued.wait(60).state == "finished"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions wait for running tasks of jobs, however long."""
    monkeypatch.setattr(joining, "patience", lambda _request: 1000.0)


@pytest.mark.usefixtures("patient")
def test_a_view_shares_what_a_running_task_of_a_job_computes(
    rooms: Any, computed: Counter[str], held: threading.Event
) -> None:
    broker = rooms.broker()
    (asked, *_) = requests = maps(rooms, "peaks")
    job = broker.submit(broker.plan(requests))
    until(lambda: job.progress.running > 0)
    asks = [broker.ask(asked) for _ in range(2)]
    until(lambda: asks[0].progress.message == "being computed by a job")
    other = rooms.request("profile", "peaks", "ctcf", **SIZE)
    assert broker.ask(other).result(60).meta["n_used"] > 0  # others begin all the same
    assert not asks[0].done()
    held.set()
    assert {ask.result(60).key for ask in asks} == {asked.key}
    assert job.wait(60).state == "finished"
    assert computed == {request.key: 1 for request in requests}


@pytest.mark.usefixtures("patient")
def test_a_view_goes_on_alone_when_the_job_is_cancelled(
    rooms: Any, held: threading.Event
) -> None:
    broker = rooms.broker()
    (asked, *_) = requests = maps(rooms, "peaks")
    job = broker.submit(broker.plan(requests))
    until(lambda: job.progress.running > 0)
    ask = broker.ask(asked)
    until(lambda: ask.progress.message == "being computed by a job")
    job.cancel()
    held.set()
    assert ask.result(60).meta["n_used"] > 0


@pytest.mark.usefixtures("patient")
def test_a_view_tries_alone_what_failed_for_a_job(
    rooms: Any, monkeypatch: pytest.MonkeyPatch, held: threading.Event
) -> None:
    real = solvers._pileup
    failing = [True]

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        answer = real(run, request, regions)
        if failing.pop() if failing else False:
            raise MemoryError
        return answer

    monkeypatch.setattr(solvers, "_pileup", pileup)
    broker = rooms.broker()
    (asked,) = requests = maps(rooms, "peaks")[:1]
    job = broker.submit(broker.plan(requests))
    until(lambda: job.progress.running > 0)
    ask = broker.ask(asked)
    until(lambda: ask.progress.message == "being computed by a job")
    held.set()
    assert ask.result(60).meta["n_used"] > 0
    assert job.wait(60).state == "failed"
