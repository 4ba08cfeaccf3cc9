"""Views of arrays that are at hand: no catalog, no store, no workers."""

import ast

import numpy as np
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment
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


def test_two_averages_are_shown_in_relation(mean, tmp_path):
    second = np.random.default_rng(2).gamma(2.0, size=mean.shape)
    second[0, 0], second[1, 1] = 0, np.nan
    given = {"flank": 200_000, "n": 5, "name": "control"}
    view = Pileup.from_array(mean, other=second, other_name="KO", **given)
    assert view.status == "ready", view.message
    assert view.other.name == "KO"
    wanted = mean / np.where(second > 0, second, np.nan)
    np.testing.assert_allclose(view.data, wanted)
    assert view.scale_unit() == "log2 ratio of oe"
    frame = view.to_frame()
    assert frame["other"].to_numpy().tolist() == pytest.approx(second.ravel(), nan_ok=True)
    assert frame["count_two"].to_numpy().reshape(mean.shape)[1, 1] == 0
    assert "p_value" not in frame
    assert "outlined" not in view.save(tmp_path / "ratio.svg").read_text()
    view.contrast = "difference"
    np.testing.assert_allclose(view.data, mean - second)

    code = view.to_code()
    assert "other=other, other_name='KO'" in code
    call = ast.parse(code).body[-1].value
    told = {
        part.arg: ast.literal_eval(part.value) for part in call.keywords if part.arg != "other"
    }
    made = Pileup.from_array(mean, other=second, **told)
    assert made.contrast == "difference"
    assert not made.contour
    np.testing.assert_array_equal(made.data, view.data)

    view.contour = True
    assert view.status == "ready"
    assert "averages alone give no p" in view.save(tmp_path / "asked.svg").read_text()
    view.versus = []
    assert view.status == "ready", view.message
    np.testing.assert_array_equal(view.data, mean)
    assert [option["name"] for option in view.versus_options] == ["KO"]
    view.versus = ["KO"]
    np.testing.assert_array_equal(view.data, mean - second)


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
        (
            lambda: Pileup.from_array(np.ones((3, 3)), flank=2, n=1, other=np.ones((5, 5))),
            "the other average has the shape",
        ),
        (
            lambda: Pileup.from_array(
                np.ones((3, 3)), flank=2, n=1, other=np.ones((3, 3)), other_name="average"
            ),
            "both averages are called",
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


def test_rows_of_an_array_have_names_annotations_and_groups():
    rows = np.random.default_rng(2).normal(size=(6, 20))
    view = Stackup.from_array(
        rows,
        flank=1_000,
        names=["a", "b", "c", "d", "e", "f"],
        annotations={"height": [3, 1, 2, 6, 5, np.nan], "side": list("llrrlr")},
        groups=[10, 2, -1, 2, 10, 2],
        sort_by="annotation:height",
        ascending=True,
    )
    assert view.status == "ready", view.message
    found = [(name, numbers.tolist()) for name, numbers in view.blocks]
    # whole numbers in their order; the region without a height is last among its own
    assert found == [("2", [1, 3, 5]), ("10", [0, 4]), ("no value", [2])]
    assert view.result["meta"]["row_names"] == ["b", "d", "f", "a", "e", "c"]
    assert [one["id"] for one in view.group_options] == [
        "", "annotation:side", "annotation:groups",
    ]  # fmt: skip
    view.group_by = "annotation:side"
    assert [name for name, _ in view.blocks] == ["l", "r"]
    assert "names=names, annotations=annotations" in view.to_code()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"names": ["a"]}, "names has to be 6 texts"),
        ({"groups": [1, 2]}, "needs 6 values"),
        ({"groups": [0.5] * 6}, "texts or whole numbers"),
        ({"groups": [1] * 6, "annotations": {"groups": [1] * 6}}, "not both"),
        ({"annotations": {"height": [1]}}, "needs 6 values"),
    ],
)
def test_what_does_not_fit_the_rows_is_said(given, sentence):
    with pytest.raises(InputError, match=sentence):
        Stackup.from_array(np.ones((6, 20)), flank=1_000, **given)


def test_tables_and_placed_regions_are_ready_at_once():
    rng = np.random.default_rng(3)
    placed = {"points": rng.normal(size=(30, 2)), "clusters": np.arange(30) % 3}
    for view in (
        Embedding1D.from_array(rng.normal(size=(30, 3)), **placed),
        Embedding2D.from_array(rng.normal(size=(30, 7, 7)), flank=30, **placed),
        Enrichment.from_array(np.ones((4, 6)), np.ones((4, 6)), flank=30, n=5),
    ):
        assert view.status == "ready", view.message
        assert view.saved_picture()
