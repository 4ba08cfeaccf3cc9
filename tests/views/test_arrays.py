"""Views of arrays that are at hand: no catalog, no store, no workers."""

import ast

import numpy as np
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.pileup import Pileup
from hicognition_widgets.views.profile import LineProfile
from hicognition_widgets.views.stackup import Stackup


@pytest.fixture
def mean():
    values = np.random.default_rng(1).gamma(2.0, size=(41, 41))
    values[3, 4] = np.nan
    return values


def test_a_pileup_of_an_array_is_ready_at_once(mean):
    view = Pileup.from_array(mean, flank=200_000, n=1013, name="Hi-C", regions="loops")
    assert view.status == "ready", view.message
    np.testing.assert_array_equal(view.data, mean)
    assert view.binsize == 10_000
    assert view.flank_options == [200_000]
    assert view.bin_options == [10_000]
    assert view.normalization_options == ["oe"]
    assert view.result["meta"]["axis"] == {
        "mode": "point",
        "flank": [200_000, 200_000],
        "binsize": 10_000,
        "size": 41,
    }
    assert view.result["meta"]["n_used"] == 1013
    counts = view.to_frame()["count"].to_numpy().reshape(mean.shape)
    assert counts[3, 4] == 0
    assert counts[0, 0] == 1013


def test_what_happens_to_the_array_later_changes_nothing(mean):
    view = Pileup.from_array(mean, flank=200_000, n=5)
    before = view.data[0, 0]
    mean[0, 0] = -1
    assert view.data[0, 0] == before


def test_another_bin_size_is_refused_in_a_sentence_and_the_right_one_comes_back(mean):
    view = Pileup.from_array(mean, flank=200_000, n=5)
    view.binsize = 5_000
    assert view.status == "failed"
    assert view.message.startswith("this view was made from arrays and has only flank")
    view.binsize = 10_000
    assert view.status == "ready"


def test_scaled_regions_need_no_flank():
    view = Pileup.from_array(np.ones((70, 70)), n=3)
    assert view.mode == "interval"
    assert view.bin_percent == 2.0
    assert view.body(70) == (10, 60)
    assert view.status == "ready", view.message


def test_lines_with_and_without_a_band():
    mean = np.linspace(0, 1, 20)
    view = LineProfile.from_array(
        {"CTCF": mean, "H3K27ac": {"mean": mean + 1, "low": mean, "high": mean + 2}},
        flank=1_000,
        n=12,
        normalized=True,
    )
    assert view.status == "ready", view.message
    np.testing.assert_array_equal(view.data, [mean, mean + 1])
    assert [track["name"] for track in view.result["meta"]["tracks"]] == ["CTCF", "H3K27ac"]
    frame = view.to_frame().set_index("track")
    assert frame.loc["CTCF", "low"].isna().all()
    np.testing.assert_array_equal(frame.loc["H3K27ac", "high"], mean + 2)
    view.features = view.features[1:]
    assert view.data.shape == (1, 20)


def test_a_stackup_of_an_array_is_sorted_again_without_asking():
    rows = np.random.default_rng(2).normal(size=(50, 20)).astype(np.float32)
    view = Stackup.from_array(rows, flank=1_000, sort_by="center")
    centre = rows[:, 9:11].astype(float).mean(axis=1)
    np.testing.assert_array_equal(view.to_frame()["region"], np.argsort(-centre, kind="stable"))
    view.sort_by = "input"
    view.ascending = True
    np.testing.assert_array_equal(view.to_frame()["region"], np.arange(50))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Pileup.from_array(np.ones((4, 5)), flank=100, n=1), "square"),
        (lambda: Pileup.from_array(np.ones(4), flank=100, n=1), "2 dimensions"),
        (lambda: Pileup.from_array(np.ones((40, 40)), flank=100, n=1), "odd number"),
        (lambda: Pileup.from_array(np.ones((41, 41)), n=1), "multiple of 7"),
        (lambda: Pileup.from_array(np.ones((41, 41)), flank=200, n=0), "at least 1"),
        (
            lambda: Pileup.from_array(np.ones((3, 3)), flank=2, n=1, count=np.ones((2, 2))),
            "count has the shape",
        ),
        (lambda: LineProfile.from_array({}, flank=100, n=1), "as many bins"),
        (
            lambda: LineProfile.from_array({"a": [1, 2], "b": [1]}, flank=100, n=1),
            "as many bins",
        ),
        (
            lambda: LineProfile.from_array({"a": {"mean": [1, 2], "sd": [1, 2]}}, n=1),
            "mean, low and high",
        ),
        (lambda: Stackup.from_array([["x", "y"]], flank=100), "array of numbers"),
        (lambda: Stackup.from_array(np.ones((3, 7)), flank=100), "even number"),
    ],
)
def test_arrays_that_do_not_fit_get_a_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_arrays_have_figures_files_twins_and_code(mean, tmp_path):
    view = Pileup.from_array(mean, flank=200_000, n=5, name="Hi-C", cmap="viridis")
    assert view.save(tmp_path / "map.svg").read_text().startswith("<?xml")
    view.save_data(tmp_path / "map.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "map.npy"), mean)
    assert view.twin(scale="linear").status == "ready"
    code = view.to_code()
    assert "hcw.Pileup.from_array(values, flank=200000, n=5, name='Hi-C'" in code
    call = ast.parse(code).body[-1].value
    given = {part.arg: ast.literal_eval(part.value) for part in call.keywords}
    made = Pileup.from_array(mean, **given)
    assert made.cmap == "viridis"
    np.testing.assert_array_equal(made.data, mean)
