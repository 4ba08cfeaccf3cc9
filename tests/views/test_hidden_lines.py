"""Lines of a profile that are hidden: a setting as any other."""

import sys
from pathlib import Path

import numpy as np
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost, record

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.export.panels import Panel, lines_of
from hicognition_widgets.export.scales import limits_in_force
from hicognition_widgets.views.code import standalone_code
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.line_keys import parted
from hicognition_widgets.views.profile import LineProfile

SETTINGS = {"flank": 100_000, "binsize": 10_000}


@pytest.fixture
def host():
    host = FakeHost(at_once=True)
    host.records[8] = record(
        8, "regions", "more loops", dims=2, region_kind="point", n_regions=10
    )
    return host


def profile(host, **settings):
    return LineProfile(host, "loops", ["CTCF", "H3K27ac"], **(SETTINGS | settings))


def drawn(view):
    panel = Panel.from_wire(view.get_state(), view.result)
    return [line.name for line in lines_of(panel)]


def test_lines_are_named_as_people_name_them(host):
    view = profile(host, hidden=["CTCF"])
    assert view.hidden == ["5"]
    assert drawn(view) == ["H3K27ac"]
    view.hidden = ["ann/H3K27ac", 5, "5"]
    assert view.hidden == ["6", "5"]
    assert drawn(view) == []
    view.hidden = host.records[6]
    assert view.hidden == ["6"]
    view.side, view.versus, view.hidden = (
        "both",
        ["more loops"],
        ["CTCF:versus:left", "6:right"],
    )
    assert view.hidden == ["5:versus:left", "6:right"]
    assert "CTCF · more loops · left" not in drawn(view)
    assert "H3K27ac · loops · right" not in drawn(view)
    assert len(drawn(view)) == len(view.to_frame()["track"].unique()) - 2 == 6


def test_every_line_of_a_plot_can_be_hidden_by_its_key(host):
    view = profile(host, side="both", versus=["more loops"])
    view.select(np.array([1, 4]))
    view.wait()
    keys = [track["id"] for track in view.result["meta"]["tracks"]]
    assert len(set(keys)) == len(keys) == 12
    for key in keys:
        view.hidden = [key]
        assert view.hidden == [key]
        assert len(drawn(view)) == 11
        assert "".join(parted(key)) == key


@pytest.mark.parametrize("wrong", [3.5, [None], [["5"]], [True]])
def test_what_is_no_line_is_refused(host, wrong):
    view = profile(host)
    with pytest.raises(traitlets.TraitError, match="line"):
        view.hidden = wrong
    with pytest.raises(NotFound, match="CTFC"):
        view.hidden = ["CTFC"]
    assert view.hidden == []


def test_names_may_have_colons(host):
    host.records[9] = record(9, "signal_track", "Rad21:left:24h")
    view = LineProfile(host, "loops", ["Rad21:left:24h"], **SETTINGS)
    view.hidden = ["Rad21:left:24h:right"]
    assert view.hidden == ["9:right"]


def test_a_track_that_is_chosen_again_is_seen(host):
    view = profile(host, hidden=["CTCF", "H3K27ac:versus"])
    view.features = ["6"]
    assert view.hidden == ["6:versus"]
    view.features = ["5", "6"]
    assert drawn(view) == ["CTCF", "H3K27ac"]
    view.versus = ["8"]
    assert view.hidden == []


def test_hidden_lines_survive_a_round_trip(host):
    comparison = Comparison(host, "loops", 100_000)
    view = comparison.add("profile", ["CTCF", "H3K27ac"], binsize=10_000, side="both")
    assert "hidden" not in comparison.spec["views"][0]
    view.hidden = ["H3K27ac:left"]
    spec = comparison.spec
    assert spec["views"][0]["hidden"] == ["6:left"]
    again = Comparison.from_spec(host, spec)
    assert again.views[0].hidden == ["6:left"]
    assert again.spec == spec
    assert view.twin().hidden == ["6:left"]


def test_a_spec_without_them_is_as_good_as_ever(host):
    comparison = Comparison(host, "loops", 100_000)
    comparison.add("profile", "CTCF", binsize=10_000)
    spec = comparison.spec
    spec["views"][0].pop("hidden", None)
    assert Comparison.from_spec(host, spec).views[0].hidden == []


@pytest.mark.parametrize("wrong", ["5", [5], ["CTCF"], ["5:up"], ["5:left:versus"], None])
def test_a_spec_with_other_things_is_refused(host, wrong):
    comparison = Comparison(host, "loops", 100_000)
    comparison.add("profile", "CTCF", binsize=10_000)
    spec = comparison.spec
    spec["views"][0]["hidden"] = wrong
    with pytest.raises(InputError, match=r"views\[0\]\.hidden"):
        Comparison.from_spec(host, spec)


def test_the_line_is_hidden_in_another_catalog_too(host):
    comparison = Comparison(host, "loops", 100_000)
    view = comparison.add("profile", ["CTCF", "H3K27ac"], binsize=10_000)
    view.hidden = ["CTCF"]
    elsewhere = FakeHost(at_once=True)
    elsewhere.records[25] = record(25, "signal_track", "CTCF", fingerprint="f5")
    elsewhere.records[5] = record(5, "signal_track", "Pol II", fingerprint="f")
    again = Comparison.from_spec(elsewhere, comparison.spec)
    assert again.views[0].features == ["25", "6"]
    assert again.views[0].hidden == ["25"]
    assert drawn(again.views[0]) == ["H3K27ac"]


def test_the_second_region_set_that_is_gone_keeps_its_lines_hidden(host):
    comparison = Comparison(host, "loops", 100_000)
    view = comparison.add("profile", "CTCF", binsize=10_000, versus="more loops")
    view.hidden = ["CTCF:versus"]
    spec = comparison.spec
    del host.records[8]
    assert Comparison.from_spec(host, spec).views[0].hidden == ["5:versus"]


def test_code_names_the_lines(host):
    view = profile(host, side="both", hidden=["CTCF:right"])
    assert "hidden=['ann/CTCF:right']" in standalone_code(view)
    arrays = LineProfile.from_array(
        {"holes": np.ones(10), "whole": np.ones(10)}, flank=5_000, n=3, hidden=["whole"]
    )
    arrays.wait()
    assert drawn(arrays) == ["holes"]
    assert "hidden=['whole']" in standalone_code(arrays)
    view.hidden = ["77:left"]
    assert "hidden=['77:left']" in standalone_code(view)


def test_hiding_is_a_step(host):
    comparison = Comparison(host, "loops", 100_000)
    view = comparison.add("profile", ["CTCF", "H3K27ac"], binsize=10_000)
    asked = len(host.asks)
    view.set_state({"hidden": ["5"], "hand": "click.1"})
    assert view.hidden == ["5"]
    comparison.undo()
    assert view.hidden == []
    comparison.redo()
    assert view.hidden == ["5"]
    assert len(host.asks) == asked, "nothing is computed for it"
    view.features = ["6"]
    comparison.undo()
    assert (view.features, view.hidden) == (["5", "6"], ["5"])


def test_the_axis_fits_what_is_drawn_and_is_given_so():
    host = FakeHost()
    comparison = Comparison(host, "loops", 100_000)
    donor = comparison.add("profile", ["CTCF", "H3K27ac"], binsize=10_000)
    for ask, value in zip(list(host.asks), (1.0, 100.0), strict=True):
        ask.answer(value)
    donor.wait()
    host.at_once = True
    taker = comparison.add("profile", "CTCF", binsize=10_000)
    comparison.link_scale(donor, taker)
    assert taker.vmax >= 100
    donor.hidden = ["H3K27ac"]
    assert taker.vmax < 10
    limits = limits_in_force(Panel.from_wire(donor.get_state(), donor.result))
    assert limits == (taker.vmin, taker.vmax)
    donor.hidden = ["CTCF", "H3K27ac"]
    assert (taker.vmin, taker.vmax) == (0, 1)
    assert len(comparison.links) == 1


@pytest.mark.parametrize(("hidden", "said"), [([], 2), (["thin"], 1), (["thin", "bold"], 0)])
def test_figures_draw_and_name_what_is_seen(tmp_path, hidden, said):
    signals = {"thin": np.arange(10.0), "bold": np.arange(10.0) * 7}
    view = LineProfile.from_array(signals, flank=5_000, n=3, title="signals", hidden=hidden)
    text = view.save(tmp_path / "lines.svg").read_text()
    assert [name for name in signals if f">{name}<" in text] == ["thin", "bold"][2 - said :]
