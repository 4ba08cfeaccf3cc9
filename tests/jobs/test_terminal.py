from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from hicognition_widgets.jobs import Job, Plan
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.terminal import duration, note, reasons, show_progress


class Host:
    picture = None

    def __init__(self) -> None:
        self.stopped: list[Job] = []

    def stop_job(self, job: Job) -> None:
        self.stopped.append(job)

    def run_again(self, job: Job, plan: Plan) -> None:
        job.begin(plan)


def job_of(point_request: Any, number: int) -> tuple[Job, Host]:
    requests = [point_request(flank=10_000 * (i + 1)) for i in range(number)]
    host = Host()
    return Job(host, 1, "pileups [of] everything", make_plan(requests)), host


def test_a_finished_job_is_shown_with_what_failed(point_request: Any) -> None:
    job, _ = job_of(point_request, 3)
    keys = [request.key for request in job.plan.requests]
    assert note(job) == "waiting"
    job.settled(keys[0], None)
    for key in keys[1:]:
        job.settled(key, Failure(key=key, type="FileError", sentence="map.mcool: is gone"))
    job.end(job.outcome())
    out = io.StringIO()
    assert show_progress(job, console=Console(file=out, width=120)) is job
    text = out.getvalue()
    assert "pileups [of] everything" in text
    assert "3/3" in text
    assert "failed, 2 failed" in text
    assert "2 failed: map.mcool: is gone" in text
    assert job.state == "failed"


def test_an_interrupt_cancels(point_request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    job, host = job_of(point_request, 1)

    def interrupt(_: Job) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hicognition_widgets.jobs.terminal.wait_a_little", interrupt)
    with pytest.raises(KeyboardInterrupt):
        show_progress(job, console=Console(file=io.StringIO()))
    assert job.state == "cancelled"
    assert host.stopped == [job]


def test_remaining_time_and_running(point_request: Any) -> None:
    job, _ = job_of(point_request, 4)
    token = job.plan.tasks[0].token
    assert job.progress.remaining is None
    job.heard(token)
    assert job.progress.running == 1
    assert job.state == "running"
    job.settled(job.plan.requests[0].key, None)
    remaining = job.progress.remaining
    assert remaining is not None
    assert remaining >= 0
    assert "1 running" in note(job)
    assert "left" in note(job)
    assert job.task_ended(token)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_many_reasons_are_counted(point_request: Any) -> None:
    job, _ = job_of(point_request, 8)
    for number, request in enumerate(job.plan.requests):
        sentence = f"reason {max(number, 1)}"
        job.settled(request.key, Failure(key=request.key, type="E", sentence=sentence))
    lines = reasons(job)
    assert lines[0] == "2 failed: reason 1"
    assert lines[-1] == "… and 2 more reasons"
