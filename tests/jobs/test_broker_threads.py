"""The broker with threads of this process as workers."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hicognition_widgets.errors import Cancelled, CatalogError, InputError, JobError
from hicognition_widgets.jobs import ComputationFailed, preprocess_requests, solvers, work
from hicognition_widgets.jobs.job_json import plan_json, requests_from
from hicognition_widgets.store import Store

SIZE = {"flank": 100_000, "binsize": 10_000}


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def leftovers(store: Store) -> list[Path]:
    folders = ("unfinished", "control", "results")
    return [p for name in folders for p in (store.folder / name).rglob("*") if p.is_file()]


@pytest.fixture
def count_tasks(monkeypatch: pytest.MonkeyPatch) -> list[work.Order]:
    """Every task that is run."""
    orders: list[work.Order] = []
    real = work.run

    def run(order: work.Order, say: work.Say) -> Any:
        orders.append(order)
        return real(order, say)

    monkeypatch.setattr(work, "run", run)
    return orders


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Average maps take until the event is set, checking for a stop all the time."""
    go = threading.Event()
    real = solvers._pileup

    def pileup(run: Any, request: Any, regions: Any) -> Any:
        while not go.wait(0.02):
            run.watch.check()
        return real(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", pileup)
    return go


def test_a_comparison_shares_its_work(
    rooms: Any, count_tasks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.broker._QUIET_SECONDS", 1.0)
    monkeypatch.setattr("hicognition_widgets.jobs.broker._GATHER_SECONDS", 5.0)
    broker = rooms.broker()
    maps = [
        rooms.request("pileup", "loops", "control", normalization=norm, **SIZE)
        for norm in ("balanced", "oe")
    ]
    tracks = [
        rooms.request(analysis, "loops", "ctcf", side="left", **SIZE)
        for analysis in ("profile", "stackup")
    ]
    results = [ask.result(60) for ask in [broker.ask(r) for r in (*maps, *tracks)]]
    assert len(count_tasks) == 2
    balanced, oe, profile, stackup = results
    assert balanced.arrays["mean"].shape == (21, 21)
    assert oe.meta["numbers"]["ratio"] > 1.5
    assert oe.meta["n_used"] == 1013
    rows = stackup.arrays["rows"]
    np.testing.assert_allclose(profile.arrays["mean"], np.nanmean(rows, axis=0), rtol=1e-5)
    assert profile.meta["numbers"] == pytest.approx(stackup.meta["numbers"], rel=1e-5)
    assert profile.meta["names"] == ["ctcf"]
    for result in results:
        json.dumps(result.meta, allow_nan=False)
    wait_for(lambda: not leftovers(rooms.store))


def test_numbers_equal_those_of_the_analyses(rooms: Any) -> None:
    from hicognition_widgets.analyses.pileup import pileup
    from hicognition_widgets.genome.bed import read_regions

    request = rooms.request("pileup", "peaks", "control", subset=(5, 1, 900), **SIZE)
    result = rooms.broker().ask(request).result(60)
    expected = pileup(
        solvers.resolution(request.features[0].path, 10_000),
        read_regions(request.regions.path).frame,
        flank=100_000,
        view_df=work.view_of(request.assembly),
        subset=[5, 1, 900],
    )
    np.testing.assert_array_equal(result.arrays["mean"], expected.mean)
    np.testing.assert_array_equal(result.arrays["reasons"], expected.reasons)
    assert result.meta["n_used"] + result.meta["n_left_out"] == 3


def test_the_second_time_it_is_there(rooms: Any, count_tasks: list[Any]) -> None:
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    first = rooms.broker().ask(request).result(60)
    again = rooms.broker().ask(request)
    wait_for(again.done)
    np.testing.assert_array_equal(again.result().arrays["mean"], first.arrays["mean"])
    assert again.result().meta == first.meta
    assert len(count_tasks) == 1


def test_asked_at_the_same_time_it_is_computed_once(
    rooms: Any, count_tasks: list[Any], slow: threading.Event
) -> None:
    broker = rooms.broker()
    request = rooms.request("pileup", "peaks", "control", **SIZE)
    asks = []
    threads = [
        threading.Thread(target=lambda: asks.append(broker.ask(request))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slow.set()
    results = [ask.result(60) for ask in asks]
    assert len(count_tasks) == 1
    assert len({id(result.arrays["mean"]) for result in results}) == 1


def test_a_profile_is_made_from_the_stored_stackup(
    rooms: Any, count_tasks: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.recorder.SMALL_BYTES", 1000)
    broker = rooms.broker()
    broker.ask(rooms.request("stackup", "peaks", "ctcf", **SIZE)).result(60)
    wait_for(lambda: bool(rooms.catalog.results(analysis="stackup")))
    monkeypatch.setattr(solvers, "_decode", None)
    subset = tuple(range(0, 500, 3))
    profile = broker.ask(rooms.request("profile", "peaks", "ctcf", subset=subset, **SIZE))
    assert profile.result(60).meta["n_used"] + profile.result().meta["n_left_out"] == 167
    assert len(count_tasks[1].task.reuse) == 1


def test_a_failure_tells_type_sentence_and_traceback_and_hides_nothing_else(rooms: Any) -> None:
    broker = rooms.broker()
    good = broker.ask(rooms.request("pileup", "peaks", "control", **SIZE))
    bad = broker.ask(rooms.request("pileup", "peaks", "control", flank=70_000, binsize=7_000))
    uneven = broker.ask(rooms.request("profile", "peaks", "ctcf", flank=95_000, binsize=10_000))
    even = broker.ask(rooms.request("profile", "peaks", "ctcf", **SIZE))
    option = broker.ask(rooms.request("profile", "peaks", "ctcf", options=(("x", 1),), **SIZE))
    assert good.result(60).meta["n_used"] > 0
    assert even.result(60).meta["n_used"] > 0
    for ask, words in (
        (bad, "no resolution"),
        (uneven, "not a multiple"),
        (option, "no option"),
    ):
        with pytest.raises(ComputationFailed, match=words) as caught:
            ask.result(60)
        failure = caught.value.failure
        assert failure.type == "InputError"
        assert "Traceback" in failure.traceback
        assert "\n" not in failure.sentence


def test_files_that_are_gone_broken_or_changed(rooms: Any, tmp_path: Path) -> None:
    broken, changed, gone = (tmp_path / f"{n}.bw" for n in ("broken", "changed", "gone"))
    broken.write_bytes(b"not a bigWig")
    shutil.copy(rooms.data / "derived_CN_E1_1Mb.bw", changed)
    for path in (broken, changed, gone):
        rooms.add("signal_track", path, path.stem)
    with changed.open("ab") as file:
        file.write(b"more")
    broker = rooms.broker()
    asks = {
        name: broker.ask(rooms.request("profile", "peaks", name, **SIZE))
        for name in ("broken", "changed", "gone", "ctcf")
    }
    assert asks["ctcf"].result(60).meta["n_used"] > 0
    for name, words in (
        ("broken", "broken.bw"),
        ("changed", "has changed"),
        ("gone", "is gone"),
    ):
        with pytest.raises(JobError, match=words):
            asks[name].result(60)
    assert rooms.catalog.results(analysis="pileup") == []
    assert len(rooms.catalog.results()) == 1


def test_cancel_stops_within_two_seconds_and_leaves_nothing(
    rooms: Any, slow: threading.Event
) -> None:
    broker = rooms.broker()
    ask = broker.ask(rooms.request("pileup", "peaks", "control", **SIZE))
    wait_for(lambda: ask.progress.total == 1)
    began = time.monotonic()
    ask.cancel()
    with pytest.raises(Cancelled):
        ask.result()
    wait_for(lambda: not leftovers(rooms.store), 2)
    assert time.monotonic() - began < 2
    assert not slow.is_set()
    assert rooms.catalog.results() == []
    slow.set()
    again = broker.ask(rooms.request("pileup", "peaks", "control", **SIZE))
    assert again.result(60).meta["n_used"] > 0


def test_one_who_leaves_does_not_stop_the_others(rooms: Any, slow: threading.Event) -> None:
    broker = rooms.broker()
    request = rooms.request("pileup", "peaks", "control", **SIZE)
    leaves, stays = broker.ask(request), broker.ask(request)
    leaves.cancel()
    slow.set()
    assert stays.result(60).meta["n_used"] > 0


def test_a_finished_artifact_is_adopted(rooms: Any, count_tasks: list[Any]) -> None:
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    arrays = {"mean": np.full(20, 7.0), "reasons": np.zeros(3, dtype=np.uint8)}
    meta = {"n_used": 3, "n_left_out": 0, "reasons": {}, "numbers": {}}
    rooms.store.write(arrays, meta, key=request.key, request=request.to_json())
    ask = rooms.broker().ask(request)
    wait_for(ask.done)
    assert ask.result().arrays["mean"][0] == 7.0
    assert count_tasks == []
    assert rooms.catalog.find_result(request.key).payload is not None
    assert leftovers(rooms.store) == []


def test_large_results_stay_artifacts_and_damage_is_computed_again(
    rooms: Any, monkeypatch: pytest.MonkeyPatch, count_tasks: list[Any]
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.recorder.SMALL_BYTES", 0)
    request = rooms.request("stackup", "peaks", "ctcf", **SIZE)
    first = rooms.broker().ask(request).result(60)
    record = rooms.catalog.find_result(request.key)
    assert record.artifact is not None
    assert record.payload is None
    stored = rooms.broker().ask(request).result(60)
    np.testing.assert_array_equal(stored.arrays["rows"], first.arrays["rows"])
    assert len(count_tasks) == 1
    path = rooms.store.root / record.artifact / "rows.npy"
    damaged = path.read_bytes()[:-1] + b"x"
    path.unlink()  # the answers above are mapped to the file
    path.write_bytes(damaged)
    again = rooms.broker().ask(request).result(60)
    np.testing.assert_array_equal(again.arrays["rows"], first.arrays["rows"])
    assert len(count_tasks) == 2
    assert rooms.catalog.find_result(request.key).artifact != record.artifact
    assert len(list(rooms.store.manifests())) == 1


def test_a_catalog_that_cannot_be_written_keeps_no_answer_back(
    rooms: Any, monkeypatch: pytest.MonkeyPatch, count_tasks: list[Any]
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.recorder._PAUSES", (0.01,))
    real = rooms.catalog.add_result
    tries = []

    def broken(**parts: Any) -> Any:
        tries.append(parts["key"])
        raise CatalogError("the database is away")

    monkeypatch.setattr(rooms.catalog, "add_result", broken)
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    assert rooms.broker().ask(request).result(60).meta["n_used"] > 0
    assert len(tries) == 2
    monkeypatch.setattr(rooms.catalog, "add_result", real)
    ask = rooms.broker().ask(request)
    assert ask.result(60).meta["n_used"] > 0
    assert len(count_tasks) == 1
    assert rooms.catalog.find_result(request.key) is not None
    assert leftovers(rooms.store) == []


def test_a_full_disk_fails_one_try_only(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from hicognition_widgets.store import files

    real = files.write_array
    full = [True]

    def write_array(*arguments: Any) -> Any:
        if full[0]:
            raise OSError(errno.ENOSPC, "no space")
        return real(*arguments)

    monkeypatch.setattr(files, "write_array", write_array)
    broker = rooms.broker()
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    with pytest.raises(JobError, match=r"disk of the store .* is full"):
        broker.ask(request).result(60)
    full[0] = False
    assert broker.ask(request).result(60).meta["n_used"] > 0
    assert leftovers(rooms.store) == []


def test_a_job_computes_what_is_missing(rooms: Any, count_tasks: list[Any]) -> None:
    broker = rooms.broker()
    known = rooms.request("profile", "peaks", "ctcf", **SIZE)
    broker.ask(known).result(60)
    wait_for(lambda: rooms.catalog.find_result(known.key) is not None)
    requests = preprocess_requests(
        rooms.make, rooms.record("peaks"), [rooms.record("ctcf"), rooms.record("control")],
        flanks=[100_000, 200_000], binsizes=[10_000, 20_000],
    )  # fmt: skip
    plan = broker.plan(requests)
    assert plan.present == (known.key,)
    assert len(plan.requests) == len(requests) - 1
    heard = []
    job = broker.submit(plan, title="all")
    job.on_progress(heard.append)
    assert job.wait(60).state == "finished"
    assert job.errors == []
    assert job.progress.done == job.progress.total == len(requests)
    assert job.progress.remaining == 0
    assert heard[-1].done == len(requests)
    assert len(count_tasks) == 1 + len(plan.tasks)
    record = rooms.catalog.job(job.id)
    assert (record.state, record.done, record.failed) == ("finished", len(requests), 0)
    assert rooms.catalog.task_counts(job.id) == {"finished": len(plan.tasks)}
    assert set(rooms.catalog.find_results([r.key for r in requests])) == {
        r.key for r in requests
    }
    kept = {r.artifact for r in rooms.catalog.results()} - {None}
    assert {m.path for m in rooms.store.artifacts()} == kept
    empty = broker.submit(broker.plan(requests))
    assert empty.done()
    assert empty.state == "finished"
    assert rooms.catalog.job(empty.id).state == "finished"


def test_retry_runs_only_what_failed(
    rooms: Any, count_tasks: list[Any], tmp_path: Path
) -> None:
    track = tmp_path / "late.bw"
    shutil.copy(rooms.data / "derived_CN_E1_1Mb.bw", track)
    rooms.add("signal_track", track, "late")
    track.rename(tmp_path / "away")
    broker = rooms.broker()
    requests = [rooms.request("profile", "peaks", n, **SIZE) for n in ("late", "ctcf")]
    job = broker.submit(broker.plan(requests)).wait(60)
    assert job.state == "failed"
    (failure,) = job.errors
    assert failure.type == "FileError"
    assert "gone" in failure.sentence
    assert rooms.catalog.job(job.id).state == "failed"
    (task,) = rooms.catalog.tasks(job.id, state="failed")
    assert "gone" in task.error
    assert "Traceback" in task.traceback
    (tmp_path / "away").rename(track)
    done = len(count_tasks)
    assert job.retry().wait(60).state == "finished"
    assert [o.task.requests for o in count_tasks[done:]] == [(requests[0],)]
    assert job.errors == []
    assert rooms.catalog.job(job.id).state == "finished"


def test_a_cancelled_job_stops_and_keeps_what_is_finished(
    rooms: Any, slow: threading.Event
) -> None:
    broker = rooms.broker()
    requests = [
        rooms.request("pileup", regions, "control", **SIZE) for regions in ("peaks", "minus")
    ]
    quick = rooms.request("profile", "peaks", "ctcf", **SIZE)
    job = broker.submit(broker.plan([quick, *requests]))
    wait_for(lambda: job.progress.done == 1 and job.progress.running == 1)
    with pytest.raises(JobError, match="running"):
        job.retry()
    job.cancel()
    assert job.state == "cancelled"
    wait_for(lambda: not leftovers(rooms.store), 2)
    wait_for(lambda: rooms.catalog.job(job.id).state == "cancelled")
    assert rooms.catalog.find_result(quick.key) is not None
    slow.set()
    assert job.retry().wait(60).state == "finished"
    assert job.progress.done == 3


def test_a_question_does_not_wait_for_bulk_work(rooms: Any, slow: threading.Event) -> None:
    broker = rooms.broker()
    bulk = [rooms.request("pileup", n, "control", **SIZE) for n in ("peaks", "minus")]
    job = broker.submit(broker.plan(bulk))
    wait_for(lambda: job.progress.running == 1)
    ask = broker.ask(rooms.request("profile", "peaks", "ctcf", **SIZE))
    assert ask.result(20).meta["n_used"] > 0
    assert not job.done()
    slow.set()
    job.wait(60)


def test_a_job_answers_who_asks_for_the_same(rooms: Any, slow: threading.Event) -> None:
    broker = rooms.broker()
    request = rooms.request("pileup", "peaks", "control", **SIZE)
    job = broker.submit(broker.plan([request]))
    ask = broker.ask(request)
    slow.set()
    assert ask.result(60).meta["n_used"] > 0
    assert job.wait(60).state == "finished"
    assert len(rooms.catalog.results()) == 1
    wait_for(lambda: not leftovers(rooms.store))


def test_closing_ends_what_runs(rooms: Any, slow: threading.Event) -> None:
    broker = rooms.broker()
    ask = broker.ask(rooms.request("pileup", "peaks", "control", **SIZE))
    job = broker.submit(broker.plan([rooms.request("pileup", "minus", "control", **SIZE)]))
    wait_for(lambda: ask.progress.total == 1 and job.progress.running == 1)
    broker.close()
    broker.close()
    with pytest.raises(JobError, match="closed"):
        ask.result(0)
    assert job.state == "interrupted"
    assert rooms.catalog.job(job.id).state == "interrupted"
    with pytest.raises(JobError, match="closed"):
        broker.ask(rooms.request("pileup", "peaks", "control", **SIZE))
    assert leftovers(rooms.store) == []
    slow.set()
    again = rooms.broker()
    resumed = again.submit(again.plan(job.plan.requests))
    assert resumed.wait(60).state == "finished"


def test_enrichment_of_a_collection(rooms: Any) -> None:
    request = rooms.request("enrichment", "peaks", "minus", "peaks", "loops", **SIZE)
    result = rooms.broker().ask(request).result(60)
    assert result.meta["names"] == ["minus", "peaks", "loops"]
    assert result.arrays["odds_ratio"].shape == (3, 20)
    assert result.arrays["overlap"].dtype == np.int64
    own = result.arrays["overlap"][1]
    assert own[10] == own.max() > 0
    tads = rooms.request("enrichment", "tads", "peaks", bin_percent=5.0)
    assert rooms.broker().ask(tads).result(60).arrays["p_value"].shape == (1, 28)


def test_intervals(rooms: Any) -> None:
    broker = rooms.broker()
    asks = [
        broker.ask(rooms.request("pileup", "tads", "control", bin_percent=5.0)),
        broker.ask(rooms.request("profile", "tads", "ctcf", bin_percent=5.0)),
        broker.ask(rooms.request("profile", "tads", "ctcf", bin_percent=2)),
    ]
    pileup, coarse, fine = (ask.result(60) for ask in asks)
    assert pileup.arrays["mean"].shape == (28, 28)
    assert pileup.meta["expansion"] == 0.2
    assert coarse.arrays["mean"].shape == (28,)
    assert fine.arrays["mean"].shape == (70,)


def test_a_job_of_a_dead_notebook_is_resumed(rooms: Any, count_tasks: list[Any]) -> None:
    requests = [
        rooms.request("pileup", "peaks", "control", normalization="oe", flip=True, **SIZE),
        rooms.request("profile", "loops", "ctcf", side="left", **SIZE),
        rooms.request("profile", "loops", "ctcf", side="right", subset=(1, 2), **SIZE),
        rooms.request("pileup", "tads", "control", bin_percent=5.0),
    ]
    plan = rooms.broker().plan(requests)
    record = rooms.catalog.add_job(
        title="table", total=4, request=plan_json(plan), tasks=[t.token for t in plan.tasks]
    )
    assert {r.key for r in requests_from(record.request)} == {r.key for r in requests}
    arrays = {"mean": np.zeros(20), "reasons": np.zeros(2, dtype=np.uint8)}
    meta = {"n_used": 2, "n_left_out": 0, "reasons": {}, "numbers": {}}
    rooms.store.write(arrays, meta, key=requests[1].key, request=requests[1].to_json())
    broker = rooms.broker()
    assert broker.jobs.live(record.id) is None
    job = broker.jobs.resume(record.id)
    assert job.wait(60).state == "finished"
    assert job.title == "table"
    done = {r.key for order in count_tasks for r in order.task.requests}
    assert done == {r.key for r in requests} - {requests[1].key}
    assert len(rooms.catalog.results()) == 4


@pytest.mark.parametrize("content", [{}, {"assemblies": {}, "requests": [{"regions": 3}]}])
def test_a_row_that_says_nothing_cannot_be_resumed(rooms: Any, content: dict[str, Any]) -> None:
    record = rooms.catalog.add_job(title="odd", total=1, request=content)
    with pytest.raises(InputError, match="does not say what it computes"):
        rooms.broker().jobs.resume(record.id)
