"""Jobs of other notebooks: found, watched, stopped and gone on with."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import hicognition_widgets as hcw
from hicognition_widgets.cli.main import main
from hicognition_widgets.errors import NotFound
from hicognition_widgets.jobs.known import Jobs, KnownJob

DATA = Path(hcw.__file__).parent / "demo" / "data"


@pytest.fixture
def ended_process() -> str:
    """Host and number of a process of this machine that is dead."""
    import socket

    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return f"{socket.gethostname()}:{child.pid}"


def _plan(rooms: Any, broker: Any, *flanks: int) -> Any:
    return broker.plan(
        [
            rooms.request("profile", "peaks", "ctcf", flank=flank, binsize=10_000)
            for flank in flanks
        ]
    )


def test_a_job_is_found_by_its_number_and_shown(rooms: Any) -> None:
    broker = rooms.broker()
    jobs = Jobs(broker)
    assert len(jobs) == 0
    assert repr(jobs) == "no jobs yet"
    job = broker.submit(_plan(rooms, broker, 50_000), title="<b>early</b>").wait(60)
    assert list(jobs) == [job.id]
    with pytest.raises(KeyError, match="no job"):
        jobs[job.id + 1]
    assert "&lt;b&gt;early" in jobs._repr_html_()
    assert "<b>early" not in jobs._repr_html_()
    assert jobs.to_frame()["state"].tolist() == ["finished"]
    other = Jobs(rooms.broker())[job.id]
    assert isinstance(other, KnownJob)
    assert other.state == "finished"
    assert (other.progress.done, other.progress.total) == (1, 1)
    assert other.wait(1) is other


def test_a_dead_notebook_s_job_does_not_stay_running(
    rooms: Any, ended_process: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = rooms.broker()
    plan = _plan(rooms, broker, 50_000, 100_000)
    from hicognition_widgets.catalog import jobs as catalog_jobs
    from hicognition_widgets.jobs.job_json import plan_json

    with monkeypatch.context() as patch:
        patch.setattr(catalog_jobs, "this_process", lambda: ended_process)
        record = rooms.catalog.add_job(
            title="left", total=2, request=plan_json(plan),
            tasks=[task.token for task in plan.tasks],
        )  # fmt: skip
        rooms.catalog.update_job(record.id, state="running")
    broker.ask(plan.requests[0]).result(60)  # a worker finished this one
    found = Jobs(broker)[record.id]
    assert isinstance(found, KnownJob)
    assert found.state == "interrupted"
    assert found.progress.done == 1
    resumed = found.resume().wait(60)
    assert resumed.state == "finished"
    assert [request.key for request in resumed.plan.requests] == [plan.requests[1].key]
    again = Jobs(broker)[record.id]
    assert again.state == "finished"  # all its results are there, whoever made them


def test_a_living_notebook_s_job_is_left_alone(rooms: Any) -> None:
    broker = rooms.broker()
    plan = _plan(rooms, broker, 50_000)
    from hicognition_widgets.jobs.job_json import plan_json

    record = rooms.catalog.add_job(
        title="mine", total=1, request=plan_json(plan), tasks=[plan.tasks[0].token]
    )
    rooms.catalog.update_job(record.id, state="running")
    assert Jobs(broker)[record.id].state == "running"
    assert record.process.endswith(f":{os.getpid()}")


def test_another_notebook_can_stop_a_job(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from hicognition_widgets.jobs import solvers

    started, other = threading.Event(), rooms.broker()
    whole = solvers._pileup

    def slow(run: Any, request: Any, regions: Any) -> Any:
        started.set()
        for _ in range(600):
            run.watch.check()
            threading.Event().wait(0.05)
        return whole(run, request, regions)

    monkeypatch.setattr(solvers, "_pileup", slow)
    broker = rooms.broker()
    job = broker.submit(
        broker.plan(
            [rooms.request("pileup", "loops", "control", flank=100_000, binsize=10_000)]
        )
    )
    assert started.wait(60)
    seen = Jobs(other)[job.id]
    assert isinstance(seen, KnownJob)
    allowed = 2 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    began = time.monotonic()
    seen.cancel()
    while list(rooms.store.control.glob("*.try.*")):
        assert time.monotonic() - began < allowed
        time.sleep(0.01)
    assert job.wait(20).state == "cancelled"
    assert seen.state == "cancelled"


def test_what_another_notebook_cancelled_does_not_begin(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    from hicognition_widgets.jobs import solvers

    go, begun = threading.Event(), []

    def slow(run: Any, request: Any, regions: Any) -> Any:
        begun.append(request.key)
        go.wait(60)
        raise RuntimeError("stopped by the test")

    monkeypatch.setattr(solvers, "_pileup", slow)
    broker, other = rooms.broker(), rooms.broker()
    asked = [
        rooms.request("pileup", name, "control", flank=100_000, binsize=10_000)
        for name in ("peaks", "minus", "loops")
    ]
    job = broker.submit(broker.plan(asked))
    while not begun:
        time.sleep(0.01)
    while rooms.catalog.job(job.id).state != "running":
        time.sleep(0.01)
    Jobs(other)[job.id].cancel()
    assert job.wait(30).state == "cancelled"
    assert rooms.catalog.job(job.id).state == "cancelled"
    go.set()
    assert len(begun) == 1


@pytest.mark.filterwarnings("ignore::hicognition_widgets.errors.DatasetNotice")
def test_a_workspace_plans_preprocesses_and_answers(tmp_path: Path) -> None:
    with hcw.Workspace(
        catalog=tmp_path / "catalog.sqlite", store=tmp_path / "store", scheduler="threads",
        user="ann",
    ) as ws:  # fmt: skip
        peaks = ws.add_regions(DATA / "Bonev_CTCF+.bed", assembly="mm9", name="peaks")
        minus = ws.add_regions(DATA / "Bonev_CTCF-.bed", assembly="mm9", name="minus")
        track = ws.add_feature(
            DATA / "derived_CTCF_site_count_10kb.bw", assembly="mm9", name="track"
        )
        marks = ws.add_collection("marks", [track])
        sizes = {"flanks": [50_000], "binsizes": [10_000]}
        plan = ws.plan(["peaks", minus], ["track", "marks"], **sizes)
        assert len(plan.tasks) == 2
        assert {r.analysis for r in plan.requests} == {"profile", "stackup"}
        assert "about" in plan.summary
        assert "track" in plan._repr_html_()
        assert plan.to_frame()["results"].tolist() == [2, 2]
        assert ws.preprocess(["peaks", minus], "track", **sizes).wait(60).state == "finished"
        again = ws.plan([peaks, minus], track, **sizes)
        assert again.summary == "nothing to do: all 4 results are stored already"
        nothing = ws.plan(peaks, track, analyses=["pileup"], **sizes)
        assert nothing.summary == "nothing to do: none of these features has such results"

        table = ws.enrichment(peaks, [minus], flank=50_000, binsize=10_000)
        assert table.overlap.shape == (1, 10)
        assert table.names == ["minus"]
        assert table.universe_size is not None
        some = ws.enrichment(peaks, minus, flank=50_000, binsize=10_000, subset=[0, 1, 2])
        assert some.overlap.sum() <= table.overlap.sum()
        assert some.n_used <= 3
        points = ws.embedding(peaks, marks, flank=50_000, binsize=10_000, method="pca")
        assert points.points.shape == (peaks.n_regions, 2)
        two = ws.embedding(
            peaks, "marks", flank=50_000, binsize=10_000, method="pca", subset=[3, 5]
        )
        assert two.points.tobytes() == points.points[[3, 5]].tobytes()
        with pytest.raises(NotFound, match="no dataset or collection"):
            ws.plan(peaks, "nothing like it")


@pytest.mark.filterwarnings("ignore::hicognition_widgets.errors.DatasetNotice")
def test_the_command_line_plans_computes_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HICOGNITION_CATALOG", f"sqlite:///{tmp_path}/catalog.sqlite")
    monkeypatch.setenv("HICOGNITION_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("HICOGNITION_SCHEDULER", "threads")
    monkeypatch.setenv("HICOGNITION_USER", "ann")
    with hcw.Workspace() as ws:
        ws.add_regions(DATA / "Bonev_CTCF+.bed", assembly="mm9", name="peaks")
        ws.add_feature(DATA / "derived_CTCF_site_count_10kb.bw", assembly="mm9", name="track")
    run = CliRunner().invoke
    sizes = ["--flank", "50000", "--binsize", "10000"]
    planned = run(main, ["preprocess", "track", "-r", "peaks", *sizes, "--plan"])
    assert planned.exit_code == 0
    assert planned.stdout.startswith("2 results in 1 task, about")
    done = run(main, ["preprocess", "track", "-r", "peaks", *sizes])
    assert done.exit_code == 0, done.output
    assert "finished" in done.stderr
    again = run(main, ["preprocess", "--resume", "1"])
    assert again.exit_code == 0
    assert "nothing to do" in again.stderr
    assert run(main, ["preprocess", "track"]).exit_code == 2
    assert run(main, ["preprocess", "--resume", "77"]).exit_code == 2
    wrong = run(main, ["preprocess", "nosuch", "-r", "peaks"])
    assert wrong.exit_code == 1
    assert "no dataset or collection" in wrong.stderr
