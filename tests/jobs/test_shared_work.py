"""Jobs that have work in common: one computes it, the others wait."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

import pytest

from hicognition_widgets.jobs import bulk, joining, solvers
from hicognition_widgets.jobs.claims import Claims

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
    assert not list(rooms.store.claims.iterdir())


def test_two_people_who_trust_each_other_compute_their_job_once(
    rooms: Any, computed: Counter[str], held: threading.Event
) -> None:
    requests = maps(rooms, "peaks", "minus")
    for record in rooms.records.values():
        rooms.catalog.update_dataset(record.id, public=True)
    ann = rooms.person("ann", trusts=["bob"])
    bob = rooms.person("bob", trusts=["ann"])
    one = ann.submit(ann.plan(requests))
    until(lambda: one.progress.running > 0)
    two = bob.submit(bob.plan([*requests, *maps(rooms, "loops")]))
    until(lambda: two.progress.running > 0)
    held.set()
    assert (one.wait(60).state, two.wait(60).state) == ("finished", "finished")
    assert set(computed.values()) == {1}
    assert {bob.ask(request).result(60).key for request in requests} == {
        request.key for request in requests
    }


def test_a_job_does_not_wait_for_strangers(rooms: Any, held: threading.Event) -> None:
    requests = maps(rooms, "peaks")
    for record in rooms.records.values():
        rooms.catalog.update_dataset(record.id, public=True)
    ann, eve = rooms.person("ann"), rooms.person("eve", trusts=["bob"])
    one, two = (broker.submit(broker.plan(requests)) for broker in (ann, eve))
    until(lambda: one.progress.running > 0 and two.progress.running > 0)
    held.set()
    assert (one.wait(60).state, two.wait(60).state) == ("finished", "finished")


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
    for module in (joining, bulk):
        monkeypatch.setattr(module, "patience", lambda _request: 1000.0)


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


@pytest.mark.usefixtures("patient")
def test_a_view_shares_what_a_job_of_another_notebook_computes(
    rooms: Any, computed: Counter[str], held: threading.Event
) -> None:
    first, second = rooms.broker(), rooms.broker()
    (asked, *_) = requests = maps(rooms, "peaks")
    job = first.submit(first.plan(requests))
    until(lambda: job.progress.running > 0)
    ask = second.ask(asked)
    until(lambda: ask.progress.message == "being computed by a job of another notebook")
    held.set()
    assert ask.result(60).key == asked.key
    assert job.wait(60).state == "finished"
    assert computed == {request.key: 1 for request in requests}


@pytest.mark.usefixtures("patient")
def test_a_view_goes_on_alone_when_that_job_is_cancelled(
    rooms: Any, held: threading.Event
) -> None:
    first, second = rooms.broker(), rooms.broker()
    (asked, *_) = requests = maps(rooms, "peaks")
    job = first.submit(first.plan(requests))
    until(lambda: job.progress.running > 0)
    ask = second.ask(asked)
    until(lambda: ask.progress.message == "being computed by a job of another notebook")
    job.cancel()
    held.set()
    assert ask.result(60).meta["n_used"] > 0


@pytest.mark.parametrize(
    "expected", [pytest.param(3600.0, id="later"), pytest.param(0.1, id="but never is")]
)
def test_a_view_waits_for_another_notebook_no_longer_than_it_takes_alone(
    rooms: Any, computed: Counter[str], expected: float
) -> None:
    (asked, *_) = maps(rooms, "peaks")
    elsewhere = Claims(rooms.store.claims, kind="job")
    assert elsewhere.take(asked.key)
    elsewhere.announce(asked.key, time.time() + expected)
    assert rooms.broker().ask(asked).result(60).meta["n_used"] > 0
    assert computed == {asked.key: 1}


def test_claims_of_killed_notebooks_are_removed_by_the_next(rooms: Any) -> None:
    (asked, *_) = maps(rooms, "peaks")
    assert Claims(rooms.store.claims, kind="job").take(asked.key)
    (claim,) = rooms.store.claims.iterdir()
    host, pid, _, rest = claim.read_text().rsplit("-", 3)
    claim.write_text(f"{host}-{pid}-1-{rest}")
    rooms.broker()
    until(lambda: not claim.exists())
