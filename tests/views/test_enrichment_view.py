"""Enrichment as a view: numbers on the wire, positions, the regions behind a cell."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import traitlets
from scipy.stats import fisher_exact

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs.selections import HITS, REST
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import delivery
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.enrichment import Enrichment
from hicognition_widgets.views.enrichment_tables import minus_log10
from hicognition_widgets.views.positions import bin_at, place_of
from hicognition_widgets.views.spec_schema import trait_schema

N = 10
META = {"n_used": N, "n_left_out": 0, "reasons": {}, "numbers": {}}
THERE = np.zeros((2, 4, N), dtype=bool)
THERE[0, 1, [2, 5]] = True
THERE[1, 1, [5, 7]] = True
THERE[1, 2, [0]] = True


def settle():
    done = threading.Event()
    delivery.post(done.set)
    assert done.wait(10)


def array(result, name):
    wire = result["arrays"][name]
    values = np.frombuffer(bytes(wire["data"]), dtype=np.dtype(wire["dtype"]))
    return values.reshape(wire["shape"])


def numbers(**arrays):
    odds = np.array([[1.0, 2.0, 4.0, 1.0], [0.0, np.inf, 1.0, np.nan]])
    p = np.array([[1e-12, 1e-300, 0.5, 1.0], [1.0, 0.0, 0.2, np.nan]])
    made = {
        "odds_ratio": odds,
        "p_value": p,
        "q_value": p,
        "overlap": np.array([[1, 2, 3, 4], [0, 5, 6, 7]]),
        "chunks": np.array([8, 9, 10, 8]),
        "universe_hits": np.array([300_000_000, 20]),
    }
    return StoredResult(
        key="e", analysis="enrichment", meta=META | {"universe_size": 2_000_000_000},
        arrays=made | arrays,
    )  # fmt: skip


def bits():
    words = np.zeros((2, 4, 1), dtype=np.uint64)
    for target, position, row in np.argwhere(THERE):
        words[target, position, 0] |= np.uint64(1 << int(row))
    arrays = {
        "bits": words,
        "present": np.full((4, 1), (1 << N) - 1, dtype=np.uint64),
        "reasons": np.zeros(N, dtype=np.uint8),
    }
    return StoredResult(key="h", analysis="enrichment", meta=META, arrays=arrays)


@pytest.fixture
def host():
    return FakeHost()


@pytest.fixture
def view(host):
    made = Enrichment(host, "loops", ["peaks", "TADs"], flank=100_000, binsize=50_000)
    host.asks[-1].settle(numbers())
    settle()
    assert made.status == "ready"
    return made


def test_region_sets_have_names_numbers_and_the_tables_of_their_tests(view):
    assert view.side == "left"
    assert [one["kind"] for one in view.feature_options] == ["regions"] * 3
    assert [one["name"] for one in view.result["meta"]["tracks"]] == ["peaks", "TADs"]
    frame = view.to_frame()
    assert len(frame) == 8
    tads = frame[frame["target"] == "TADs"]
    assert tads["odds_ratio"].iloc[1] == np.inf
    assert tads["position"].tolist() == [-75_000, -25_000, 25_000, 75_000]
    assert tads.iloc[1][list("abcd")].tolist() == [5, 15, 4, 2_000_000_000 - 5 - 15 - 4]
    assert (frame[list("abcd")].sum(axis=1) == 2_000_000_000).all()
    np.testing.assert_array_equal(view.data, numbers().arrays["odds_ratio"])


def test_chances_keep_their_size_on_the_way_to_the_browser(view):
    p = array(view.result, "log10_p")
    np.testing.assert_allclose(p[0], [12, 300, 0.30103, 0], rtol=1e-6)
    assert p[1, 1] == np.inf
    assert np.isnan(p[1, 3])
    assert not np.signbit(p[0]).any()
    table = [[900, 100], [100, 900]]
    chance = fisher_exact(table, alternative="greater")[1]
    assert minus_log10(chance) == pytest.approx(-np.log10(chance))
    # counts beyond 2^24 stay whole
    assert array(view.result, "universe_hits")[0, 0] == 300_000_000
    assert array(view.result, "universe_chunks").tolist() == [2_000_000_000]


def test_positions_are_places_and_places_are_positions():
    points = {"mode": "point", "flank": [100, 60], "binsize": 20, "size": 8}
    scaled = {"mode": "interval", "bin_percent": 20, "expansion": 0.2, "size": 7}
    assert [bin_at(points, at) for at in (None, -1e9, -100, -80, 0, 59, 1e9)] == [
        5, 0, 0, 1, 5, 7, 7,
    ]  # fmt: skip
    assert bin_at(scaled, None) == 1
    assert bin_at(scaled, 100) == 6
    for axis in (points, scaled):
        for number in range(axis["size"]):
            assert bin_at(axis, place_of(axis, number)) == number


def test_the_regions_behind_a_cell_are_found_and_selected(host, view):
    picked = []
    view.on_pick(lambda rows, _view: picked.append(rows.tolist()))
    view.select_hits("TADs", -30_000)
    assert view.note == "looking for the regions"
    request = host.asks[-1].request
    assert request.parameters["options"] == (HITS,)
    assert "subset" not in request.parameters
    host.asks[-1].settle(bits())
    settle()
    assert picked == [[5, 7]]
    assert view.position == -30_000
    assert view.note == ""
    assert view.holds
    # the comparison gives the selection back: what it was found in stays
    asked = len(host.asks)
    view.select(np.array([5, 7]))
    assert len(host.asks) == asked
    assert view.result["meta"]["against"] == "genome"
    # a selection made elsewhere is compared with the rest
    view.select(np.array([1, 2, 3]))
    assert not view.holds
    assert host.asks[-1].request.parameters["options"] == (REST,)
    assert host.asks[-1].request.parameters["subset"] == (1, 2, 3)
    host.asks[-1].settle(
        numbers(universe_hits=np.full((2, 4), 7), universe_chunks=np.full(4, 10))
    )
    settle()
    assert view.result["meta"]["against"] == "rest"
    assert array(view.result, "universe_hits").shape == (2, 4)


def test_regions_of_several_sets_are_taken_together(host, view):
    view.position = -25_000.0
    view.select_hits()
    host.asks[-1].settle(bits())
    settle()
    assert view.selected.tolist() == [2, 5, 7]
    view.select_hits("TADs", 60_000)
    host.asks[-1].settle(bits())
    settle()
    assert view.note == "No region of the set overlaps here."
    assert view.selected.tolist() == [2, 5, 7]
    view.holds = False
    assert host.asks[-1].request.parameters["subset"] == (2, 5, 7)


def test_a_session_brings_back_what_was_found_and_where(host):
    view = Enrichment(
        host, "loops", ["peaks", "TADs"], flank=100_000, binsize=50_000, holds=True,
        position=-25_000, chart="table",
    )  # fmt: skip
    view.select(np.array([5, 7]))
    assert "subset" not in host.asks[-1].request.parameters
    assert view.holds
    settings = view.settings
    assert settings["position"] == -25_000
    assert settings["chart"] == "table"
    again = Enrichment(
        host, "loops", settings.pop("features"), **settings | {"kind": view.kind}
    )
    assert again.settings == view.settings
    view.select(None)
    assert not view.holds


def test_only_the_last_search_counts_and_failures_are_said(host, view):
    view.select_hits("TADs", -25_000)
    first = host.asks[-1]
    view.select_hits("peaks", -25_000)
    second = host.asks[-1]
    assert first.cancelled
    first.settle(bits())
    settle()
    assert view.selected is None
    second.fail(InputError("the file of peaks is gone"))
    settle()
    assert view.note == "the file of peaks is gone"
    assert view.selected is None


def test_wrong_asks_are_refused_in_a_sentence(host, view):
    with pytest.raises(InputError, match='"loops" is none of the region sets'):
        view.select_hits("loops")
    commands = view._commands()
    for args in (
        {"members": "2"}, {"members": []}, {"members": ["2", "99"]}, {"members": [2]},
        {"members": ["2"], "position": "here"}, {"members": ["2"], "position": True},
        {"members": ["2"], "position": float("nan")},
    ):  # fmt: skip
        with pytest.raises(InputError):
            commands["hits"](args)
    commands["hits"]({"members": ["7"], "position": -25_000})
    host.asks[-1].settle(bits())
    settle()
    assert view.selected.tolist() == [5, 7]
    with pytest.raises(traitlets.TraitError):
        view.max_q = -1
    assert trait_schema(Enrichment.class_traits()["max_q"])["minimum"] == 0


def test_hits_wait_for_their_answer(host, view):
    ask = host.ask
    host.ask = lambda request: (asked := ask(request), asked.settle(bits()))[0]
    assert view.hits("TADs", -25_000).tolist() == [5, 7]
    assert view.hits(position=-25_000).tolist() == [2, 5, 7]
    assert view.selected is None


def test_other_regions_forget_what_was_found(host, view):
    view.holds = True
    view.set_regions(host.dataset("peaks"))
    assert not view.holds
    assert Enrichment(host, "peaks", flank=1000).message == "Choose a region set."


def test_the_chosen_position_is_marked_in_the_views_beside(host):
    comparison = Comparison(host, "loops", flank=100_000)
    enrichment = comparison.add("enrichment", ["peaks", "TADs"], binsize=50_000)
    profile = comparison.add("profile", "CTCF")
    enrichment.position = 25_000
    assert profile.marked == 25_000
    assert enrichment.marked is None
    pileup = comparison.add("pileup", "control")
    assert pileup.marked == 25_000
    enrichment.overall = True
    assert profile.marked is None
    assert "marked" not in profile.settings
