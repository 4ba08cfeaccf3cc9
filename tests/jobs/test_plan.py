from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.jobs import AssemblyInput, FeatureInput, RegionsInput, Request
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.sizes import bins_of


def test_one_task_per_region_set_and_file(point_request: Any) -> None:
    request = point_request()
    other_file = dataclasses.replace(request.features[0], fingerprint="g", path="/other")
    other_set = dataclasses.replace(request.regions, fingerprint="s", path="/set")
    requests = [
        point_request(normalization=norm, flank=flank, **parts)
        for parts in ({}, {"features": (other_file,)}, {"regions": other_set})
        for norm in ("balanced", "oe")
        for flank in (100_000, 200_000)
    ]
    plan = make_plan([*requests, *requests], present=[requests[0].key])
    assert [len(task.requests) for task in plan.tasks] == [3, 4, 4]
    assert plan.present == (requests[0].key,)
    assert {r.key for r in plan.requests} == {r.key for r in requests[1:]}
    assert len({task.token for task in plan.tasks}) == 3


def test_embeddings_are_tasks_of_their_own(point_request: Any) -> None:
    plan = make_plan(
        [
            point_request(),
            point_request(analysis="embedding2d"),
            point_request(analysis="embedding2d", normalization="oe"),
        ]
    )
    assert [len(task.requests) for task in plan.tasks] == [1, 1, 1]


def test_a_plan_shows_what_it_costs(point_request: Any) -> None:
    plan = make_plan([point_request(), point_request(flank=200_000)])
    text = str(plan)
    assert "2 results in 1 task," in text
    assert "pileup of map at peaks" in text
    assert plan.seconds > 0
    assert plan.bytes == (21 * 21 + 41 * 41) * 16 + 200
    assert "stored already" in str(make_plan([point_request()], present=[point_request().key]))


@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from([1, 2, 4]),
            st.sampled_from(["profile", "stackup", "embedding1d"]),
        ),
        max_size=20,
    )
)  # fmt: skip
def test_every_request_is_in_exactly_one_task(picks: list[tuple[str, str, int, Any]]) -> None:
    assembly = AssemblyInput(name="a", chromsizes=(), arms=())
    requests = [
        Request(
            analysis=analysis,
            regions=RegionsInput(
                id="1", name=r, fingerprint=r, path=r, dims=1, kind="point", n=5
            ),
            features=(
                FeatureInput(id="2", name=f, fingerprint=f, path=f, kind="signal_track"),
            ),
            assembly=assembly,
            flank=flank * 1000,
            binsize=1000,
        )
        for r, f, flank, analysis in picks
    ]
    plan = make_plan(requests)
    planned = [request.key for request in plan.requests]
    assert sorted(planned) == sorted({request.key for request in requests})
    for task in plan.tasks:
        assert len({(r.regions.path, r.features[0].path) for r in task.requests}) == 1


def test_number_of_bins(point_request: Any) -> None:
    assert bins_of(point_request()) == 21
    intervals = dataclasses.replace(point_request().regions, kind="interval")
    scaled = point_request(regions=intervals, flank=None, binsize=None, bin_percent=5)
    assert bins_of(scaled) == 28


def test_time_is_estimated_from_what_is_read_and_made(
    point_request: Any, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(200_000_000)  # takes no space
    base = point_request()
    genome = dataclasses.replace(base.assembly, chromsizes=(("chr1", 3_000_000_000),))

    def request(kind: str, n: int = 1_000, **parts: Any) -> Request:
        feature = dataclasses.replace(base.features[0], kind=kind, path=str(large))
        regions = dataclasses.replace(base.regions, n=n, fingerprint=f"{n}")
        return point_request(features=(feature,), regions=regions, assembly=genome, **parts)

    def seconds(*requests: Request) -> float:
        return make_plan(requests).seconds

    track = {"kind": "signal_track", "analysis": "profile"}
    few, many = request(**track), request(**track, n=50_000)
    assert seconds(few) < 0.2 * seconds(many)  # few windows hold little of the file
    whole = 200_000_000 / 55e6
    assert 0.9 * whole < seconds(many) < 2 * whole
    stackup = request("signal_track", n=50_000, analysis="stackup")
    assert seconds(many, stackup) < 1.5 * seconds(many)  # decoded once for both
    maps = [request("contact_map", n=n) for n in (50_000, 50_001)]
    assert seconds(*maps) < 1.5 * seconds(maps[0])  # the second finds the band in the store
    embedding = request("contact_map", analysis="embedding2d")
    assert seconds(embedding) > 10
    quick = request("contact_map", analysis="embedding2d", options=(("method", "pca"),))
    assert seconds(quick) < 2
