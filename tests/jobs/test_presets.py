from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import preprocess_requests


def make(analysis: str, regions: Any, features: Any, /, **parts: Any) -> Any:
    return SimpleNamespace(analysis=analysis, features=list(features), **parts)


def regions(**changes: Any) -> Any:
    given = {"name": "r", "region_kind": "point", "dims": 1, "n_regions": 100}
    return SimpleNamespace(**(given | changes))


def feature(kind: str, **changes: Any) -> Any:
    given = {"name": kind, "kind": kind, "resolutions": (), "deleted": False}
    return SimpleNamespace(**(given | changes))


def collection(kind: str, *members: Any) -> Any:
    return SimpleNamespace(name="c", kind=kind, members=members)


def count(requests: list[Any], analysis: str) -> int:
    return sum(1 for request in requests if request.analysis == analysis)


def test_the_usual_table() -> None:
    everything = [
        feature("contact_map"),
        feature("signal_track"),
        collection("regions", feature("regions"), feature("regions")),
        collection("signal_tracks", feature("signal_track")),
    ]
    requests = preprocess_requests(make, regions(), everything)
    # 9 sizes of maps in two normalizations, 30 of tracks, 14 of collections of region sets
    assert count(requests, "pileup") == 18
    assert count(requests, "profile") == 30
    assert count(requests, "stackup") == 30
    assert count(requests, "enrichment") == 14
    assert count(requests, "embedding1d") == count(requests, "embedding2d") == 0
    asked = preprocess_requests(
        make, regions(), everything, analyses=["embedding1d", "embedding2d"]
    )
    assert count(asked, "embedding1d") == 25
    assert count(asked, "embedding2d") == 18
    assert len(asked) == 43


def test_intervals_have_three_bin_sizes() -> None:
    requests = preprocess_requests(
        make, regions(region_kind="interval"), [feature("contact_map"), feature("signal_track")]
    )
    assert count(requests, "pileup") == 6
    assert count(requests, "profile") == 3
    assert {request.bin_percent for request in requests} == {1.0, 2.0, 5.0}


def test_pairs_have_two_sides_for_tracks() -> None:
    requests = preprocess_requests(
        make, regions(dims=2), [feature("signal_track"), feature("contact_map")],
        flanks=[10_000], binsizes=[1_000],
    )  # fmt: skip
    assert [r.side for r in requests if r.analysis == "profile"] == ["left", "right"]
    assert all(not hasattr(r, "side") for r in requests if r.analysis == "pileup")


def test_own_sizes_are_combined_where_they_fit() -> None:
    requests = preprocess_requests(
        make, regions(), [feature("signal_track")], flanks=[10_000, 15_000],
        binsizes=[5_000, 10_000], analyses=["profile"],
    )  # fmt: skip
    sizes = [(r.flank, r.binsize) for r in requests]
    assert sizes == [(10_000, 5_000), (10_000, 10_000), (15_000, 5_000)]


def test_a_map_is_asked_only_for_what_it_has() -> None:
    requests = preprocess_requests(
        make, regions(), [feature("contact_map", resolutions=(10_000, 50_000))]
    )
    assert {(r.flank, r.binsize) for r in requests} == {(400_000, 10_000), (2_000_000, 50_000)}
    with pytest.raises(InputError, match="no flank and bin size fit"):
        preprocess_requests(make, regions(), [feature("contact_map", resolutions=(7_000,))])


def test_large_stackups_wait_until_they_are_looked_at() -> None:
    requests = preprocess_requests(
        make, regions(n_regions=1_000_000), [feature("signal_track")],
        flanks=[10_000], binsizes=[1_000, 10_000],
    )  # fmt: skip
    assert count(requests, "profile") == 2
    assert [r.binsize for r in requests if r.analysis == "stackup"] == [10_000]


def test_deleted_members_are_left_out() -> None:
    there, gone = feature("regions"), feature("regions", deleted=True)
    (request,) = preprocess_requests(
        make, regions(), [collection("regions", there, gone)], flanks=[10_000], binsizes=[1_000]
    )
    assert request.features == [there]


def test_an_unknown_analysis_is_refused() -> None:
    with pytest.raises(InputError, match="no analysis"):
        preprocess_requests(make, regions(), [feature("signal_track")], analyses=["magic"])
