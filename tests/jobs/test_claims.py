from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hicognition_widgets.jobs import solvers
from hicognition_widgets.jobs.claims import Claims
from hicognition_widgets.store import Store

KEY = "0123456789abcdef" * 4


def test_one_at_a_time(tmp_path: Path) -> None:
    one, two = Claims(tmp_path), Claims(tmp_path)
    assert one.take(KEY)
    assert one.take(KEY)
    assert not two.take(KEY)
    two.release(KEY)
    assert not two.take(KEY)
    one.release(KEY)
    one.release(KEY)
    assert two.take(KEY)
    two.release(KEY)
    assert list(tmp_path.iterdir()) == []


def test_claims_of_the_dead_are_taken_over(tmp_path: Path) -> None:
    one, two = Claims(tmp_path), Claims(tmp_path)
    assert one.take(KEY)
    claim = tmp_path / f"{KEY}.claim"
    host, pid, _, rest = claim.read_text().rsplit("-", 3)
    claim.write_text(f"{host}-{pid}-1-{rest}")
    assert two.take(KEY)
    claim.write_text("elsewhere-1-1-ab")
    assert not one.take(KEY)
    os.utime(claim, (0, 0))
    assert one.take(KEY)


def test_what_is_worked_on_is_announced_to_others(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("ann", "bob")]
    for folder in folders:
        folder.mkdir()
    mine, theirs = folders
    ann, again = Claims(mine), Claims(mine)
    bob = Claims(theirs, others=[mine])
    again.announce(KEY, 1.0)  # nothing is claimed
    assert ann.take(KEY)
    assert bob.announced(KEY) is None
    again.announce(KEY, 1.0)  # by another one
    assert bob.announced(KEY) is None
    ann.announce(KEY, 1000.7)
    assert bob.announced(KEY) == again.announced(KEY) == 1001
    assert ann.announced(KEY) is None
    assert not again.take(KEY)
    assert not bob.take(KEY)
    assert ann.take(KEY)
    assert ann.announced(KEY) is None
    ann.release(KEY)
    assert bob.announced(KEY) is None


def test_what_the_dead_leave_is_removed(tmp_path: Path) -> None:
    claims = [Claims(tmp_path, kind=kind) for kind in ("claim", "job")]
    assert all(each.take(KEY) for each in claims)
    kept = tmp_path / f"{KEY}.claim"
    left = tmp_path / f"{KEY}.job"
    host, pid, _, rest = left.read_text().rsplit("-", 3)
    left.write_text(f"{host}-{pid}-1-{rest}")
    Claims(tmp_path).clean()
    assert list(tmp_path.iterdir()) == [kept]


def test_of_many_threads_one_wins(tmp_path: Path) -> None:
    won = []
    barrier = threading.Barrier(6)

    def race() -> None:
        claims = Claims(tmp_path)
        barrier.wait()
        if claims.take(KEY):
            won.append(claims)

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_two_notebooks_compute_once(rooms: Any, monkeypatch: Any) -> None:
    go = threading.Event()
    calls = []
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        calls.append(request.key)
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    request = rooms.request("pileup", "peaks", "control", flank=100_000, binsize=10_000)
    first, second = rooms.broker(), rooms.broker()
    one, two = first.ask(request), second.ask(request)
    end = time.monotonic() + 60
    while not calls or "another notebook" not in two.progress.message + one.progress.message:
        assert time.monotonic() < end
        time.sleep(0.01)
    go.set()
    np.testing.assert_array_equal(one.result(60).arrays["mean"], two.result(60).arrays["mean"])
    assert len(calls) == 1
    assert not list(rooms.store.claims.iterdir())


@pytest.mark.parametrize("who_is_first", ["ann", "bob"])
def test_two_people_who_trust_each_other_compute_once(
    rooms: Any, monkeypatch: Any, who_is_first: str
) -> None:
    go = threading.Event()
    calls = []
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        calls.append(run.store.owner)
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    request = rooms.request("pileup", "peaks", "control", flank=100_000, binsize=10_000)
    for record in rooms.records.values():
        rooms.catalog.update_dataset(record.id, public=True)
    people = {
        "ann": rooms.person("ann", trusts=["bob"]),
        "bob": rooms.person("bob", trusts=["ann", "bob"]),
    }
    first = people.pop(who_is_first).ask(request)
    end = time.monotonic() + 60
    while not calls:
        assert time.monotonic() < end
        time.sleep(0.01)
    ((_, second_broker),) = people.items()
    second = second_broker.ask(request)
    while "another notebook" not in second.progress.message:
        assert time.monotonic() < end
        time.sleep(0.01)
    go.set()
    mean = first.result(60).arrays["mean"]
    np.testing.assert_array_equal(mean, second.result(60).arrays["mean"])
    assert calls == [who_is_first]


def test_a_stranger_is_not_waited_for(rooms: Any, monkeypatch: Any) -> None:
    request = rooms.request("pileup", "peaks", "control", flank=100_000, binsize=10_000)
    for record in rooms.records.values():
        rooms.catalog.update_dataset(record.id, public=True)
    eve = Claims(Store(rooms.store.root, "eve").claims)
    assert eve.take(request.key)
    bob = rooms.person("bob", trusts=["ann"])
    assert bob.ask(request).result(100).meta["n_used"] > 0


def test_of_two_who_see_each_other_the_earlier_goes_on(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("ann", "bob")]
    for folder in folders:
        folder.mkdir()
    ann, bob = (Claims(mine, others=[other]) for mine, other in (folders, reversed(folders)))
    assert ann.take(KEY)
    assert not bob.take(KEY)
    assert not list(folders[1].iterdir())
    assert ann.take(KEY)
    ann.release(KEY)
    assert bob.take(KEY)
    assert not ann.take(KEY)


def test_who_waits_takes_over_from_who_gives_up(rooms: Any, monkeypatch: Any) -> None:
    go = threading.Event()
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    request = rooms.request("pileup", "peaks", "control", flank=100_000, binsize=10_000)
    first, second = rooms.broker(), rooms.broker()
    one, two = first.ask(request), second.ask(request)
    one.cancel()
    go.set()
    assert two.result(60).meta["n_used"] > 0
