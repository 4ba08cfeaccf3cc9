"""A job's widget: what it tells the page, and what the page may ask of it."""

from __future__ import annotations

from typing import Any

from hicognition_widgets.jobs import AssemblyInput, FeatureInput, Job, RegionsInput, Request
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.plan import Plan, make_plan
from hicognition_widgets.views.job import JobProgressView, grouped


class Host:
    picture = None

    def stop_job(self, job: Job) -> None:
        self.stopped = job

    def run_again(self, job: Job, plan: Plan) -> None:
        job.begin(plan)


def job() -> Job:
    feature = FeatureInput(
        id="2", name="map", fingerprint="f", path="/no/map.mcool", kind="contact_map"
    )
    regions = RegionsInput(
        id="1", name="peaks", fingerprint="r", path="/no/p.bed", dims=1, kind="point", n=9
    )
    assembly = AssemblyInput(
        name="mm9", chromsizes=(("chr1", 1000),), arms=(("chr1", 0, 1000, "chr1"),)
    )
    requests = [
        Request(
            analysis="pileup", regions=regions, features=(feature,), assembly=assembly,
            flank=flank, binsize=10_000,
        )
        for flank in (100_000, 200_000, 300_000)
    ]  # fmt: skip
    return Job(Host(), 4, "early", make_plan(requests))


def command(view: JobProgressView, name: str) -> dict[str, Any]:
    sent: list[Any] = []
    view.send = lambda content, buffers=None: sent.append(content)  # type: ignore[method-assign]
    view._on_message(view, {"v": 1, "id": 1, "kind": "command", "name": name, "args": {}}, [])
    (reply,) = sent
    return dict(reply)


def test_it_tells_how_far_the_job_is_and_why_parts_failed() -> None:
    one = job()
    view = JobProgressView(one)
    assert (view.kind, view.state, view.facts["total"]) == ("job", "queued", 3)
    keys = [request.key for request in one.plan.requests]
    for key in keys[:2]:
        one.settled(key, Failure.of(key, ValueError("no <b>such</b> bin")))
    one.settled(keys[2], None)
    one.end(one.outcome())
    view.tell()
    assert view.state == "failed"
    assert (view.facts["done"], view.facts["failed"]) == (1, 2)
    (reason,) = view.reasons
    assert reason["count"] == 2
    assert "no <b>such</b> bin" in reason["sentence"]
    assert "ValueError" in reason["detail"]


def test_the_page_can_stop_it_and_go_on() -> None:
    one = job()
    view = JobProgressView(one)
    assert command(view, "cancel")["ok"]
    assert (one.state, view.state) == ("cancelled", "cancelled")
    assert command(view, "retry")["ok"]
    assert view.state == "queued"
    assert not command(view, "explode")["ok"]


def test_many_reasons_are_short() -> None:
    errors = [Failure(key=str(i), type="E", sentence=f"reason {i}") for i in range(50)]
    assert len(grouped([*errors, errors[30]])) == 20
    assert grouped([*errors, errors[30]])[0]["sentence"] == "reason 30"
