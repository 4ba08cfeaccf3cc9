from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import AssemblyInput, FeatureInput, RegionsInput, Request
from hicognition_widgets.jobs.request import VERSIONS


def test_ids_names_and_paths_do_not_change_the_address(point_request: Any) -> None:
    request = point_request()
    other = point_request(
        regions=dataclasses.replace(request.regions, id="9", name="other", path="/else"),
        features=(dataclasses.replace(request.features[0], id="8", name="x", path="/y"),),
        assembly=dataclasses.replace(request.assembly, name="called otherwise"),
    )
    assert other.key == request.key
    assert len(request.key) == 64


@pytest.mark.parametrize(
    "parts",
    [
        {"flank": 200_000},
        {"binsize": 5_000},
        {"normalization": "oe"},
        {"flip": True},
        {"anchor": "start"},
        {"subset": (1, 2)},
        {"subset": ()},
        {"subset": (2, 1)},
        {"options": (("controls", 3),)},
        {"analysis": "embedding2d"},
    ],
)
def test_everything_that_matters_changes_the_address(
    point_request: Any, parts: dict[str, Any]
) -> None:
    assert point_request(**parts).key != point_request().key


def test_contents_and_version_change_the_address(
    point_request: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = point_request()
    changed = [
        point_request(regions=dataclasses.replace(request.regions, fingerprint="other")),
        point_request(features=(dataclasses.replace(request.features[0], fingerprint="o"),)),
        point_request(
            assembly=dataclasses.replace(request.assembly, arms=(("chr1", 0, 500, "p"),))
        ),
    ]
    before = request.key
    monkeypatch.setitem(VERSIONS, "pileup", VERSIONS["pileup"] + 1)
    keys = [before, point_request().key, *(each.key for each in changed)]
    assert len(set(keys)) == len(keys)


def test_the_address_is_the_same_in_another_process(point_request: Any) -> None:
    request = point_request(options=(("seed", 1), ("controls", 2)))
    script = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()).key)"
    answer = subprocess.run(
        [sys.executable, "-c", script], input=pickle.dumps(request), capture_output=True,
        check=True, env={"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert answer.stdout.decode().strip() == request.key


def test_what_is_left_out_is_what_is_meant(point_request: Any) -> None:
    assert point_request().key == point_request(normalization="balanced").key
    assert (
        point_request(options=(("a", 1), ("b", 2))).key
        == point_request(options=(("b", 2), ("a", 1))).key
    )


@given(
    flank=st.integers(1, 10**7),
    binsize=st.integers(1, 10**6),
    normalization=st.sampled_from(["balanced", "oe", "raw"]),
    flip=st.booleans(),
    subset=st.none() | st.lists(st.integers(0, 10**6), max_size=5).map(tuple),
    options=st.dictionaries(
        st.text(max_size=5),
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        max_size=3,
    ).map(lambda d: tuple(d.items())),
)
def test_json_gives_the_request_back(**parts: Any) -> None:
    request = Request(
        analysis="pileup",
        regions=RegionsInput(
            id="1", name='ä"', fingerprint="r", path="/p", dims=2, kind="point", n=3
        ),
        features=(
            FeatureInput(id="2", name="m", fingerprint="f", path="/m", kind="contact_map"),
        ),
        assembly=AssemblyInput(name="a", chromsizes=(), arms=()),
        **parts,
    )
    again = Request.from_json(request.to_json(), request.assembly)
    assert again == request
    assert again.key == request.key


@pytest.mark.parametrize("content", [{}, {"analysis": "pileup", "regions": 3}])
def test_json_of_something_else_is_refused(content: dict[str, Any], point_request: Any) -> None:
    with pytest.raises(InputError, match="not a stored request"):
        Request.from_json(content, point_request().assembly)


TRACK = FeatureInput(id="3", name="track", fingerprint="t", path="/t", kind="signal_track")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"analysis": "magic"}, "no analysis"),
        ({"flank": None}, "holds points"),
        ({"bin_percent": 2.0}, "holds points"),
        ({"flank": 0}, "positive"),
        ({"binsize": -1}, "positive"),
        ({"normalization": "log"}, "normalization is"),
        ({"side": "left"}, "leave it out"),
        ({"anchor": "middle"}, "anchor is one of"),
        ({"features": ()}, "needs a feature"),
        ({"features": (TRACK,)}, "needs a contact map"),
        ({"analysis": "profile", "features": (TRACK, TRACK)}, "one feature"),
        (
            {"analysis": "profile", "features": (TRACK,), "normalization": "oe"},
            "no normalization",
        ),
        ({"analysis": "profile", "features": (TRACK,), "side": "left"}, "leave it out"),
    ],
)
def test_what_cannot_work_is_refused_in_a_sentence(
    point_request: Any, parts: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        point_request(**parts)
    assert "\n" not in str(caught.value)


def test_pairs_need_a_side_for_tracks_and_intervals_a_percentage(point_request: Any) -> None:
    pairs = dataclasses.replace(point_request().regions, dims=2)
    with pytest.raises(InputError, match="choose an anchor"):
        point_request(analysis="stackup", regions=pairs, features=(TRACK,))
    intervals = dataclasses.replace(point_request().regions, kind="interval")
    with pytest.raises(InputError, match="holds intervals"):
        point_request(regions=intervals)
    with pytest.raises(InputError, match="positive"):
        point_request(regions=intervals, flank=None, binsize=None, bin_percent=float("nan"))
    request = point_request(regions=intervals, flank=None, binsize=None, bin_percent=2)
    assert request.bin_percent == 2.0
