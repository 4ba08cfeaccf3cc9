"""Embeddings and enrichments of arrays that are at hand: no catalog, no store, no workers."""

import numpy as np
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.views import code
from hicognition_widgets.views.array_answers import MOST_KNOWN
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment

N = 60
RNG = np.random.default_rng(1)
VALUES = RNG.normal(size=(N, 3)) + np.repeat([[0, 0, 0], [6, 0, 0], [0, 6, 6]], 20, axis=0)
VALUES[5] = np.nan
POINTS = RNG.normal(size=(N, 2))
GIVEN = {"points": POINTS, "regions": "sites"}


def overlay_of(view):
    return np.frombuffer(bytes(view.result["arrays"]["overlay"]["data"]), dtype="<f4")


def test_values_with_points_are_shown_with_clusters_and_their_means():
    view = Embedding1D.from_array(VALUES, names=["a", "b", "c"], n_clusters=3, **GIVEN)
    view.wait(200)
    np.testing.assert_allclose(view.data, POINTS.astype(np.float32))
    assert [one.name for one in view.datasets] == ["a", "b", "c"]
    groups = [set(view.clusters[first : first + 20]) - {-1} for first in (0, 20, 40)]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == 3
    assert view.clusters[5] == -1
    assert view.result["arrays"]["cluster_means"]["shape"] == [3, 3]
    assert list(view.to_frame().columns) == ["x", "y", "cluster", "a", "b", "c"]
    # fewer features make other features and clusters
    view.features = view.features[1:]
    view.wait(200)
    assert list(view.to_frame().columns) == ["x", "y", "cluster", "b", "c"]
    assert view.result["meta"]["n_used"] == N


@pytest.mark.slow
def test_values_without_points_are_placed_like_with_like():
    view = Embedding1D.from_array(VALUES, n_clusters=3)
    view.wait(400)
    assert view.result["meta"]["method"] == "umap"
    assert view.result["meta"]["n_left_out"] == 1
    points = view.data
    assert np.isnan(points[5]).all()
    centres = [np.nanmedian(points[first : first + 20], axis=0) for first in (0, 20, 40)]
    for place, first in enumerate((0, 20, 40)):
        to_own = np.linalg.norm(points[first : first + 20] - centres[place], axis=1)
        for other in centres[:place] + centres[place + 1 :]:
            away = np.linalg.norm(points[first : first + 20] - other, axis=1)
            assert np.nanmean(to_own < away) > 0.8


def test_annotations_and_given_clusters_colour_the_points():
    state = np.array(["open", "closed", None] * 20, dtype=object)
    ids = np.arange(N) % 4
    view = Embedding1D.from_array(
        VALUES, clusters=ids, annotations={"state": state, "size": np.arange(N)},
        overlay="annotation:state", **GIVEN,
    )  # fmt: skip
    view.wait(200)
    labels = [option["label"] for option in view.overlay_options]
    assert labels == [
        "density",
        "clusters",
        "feature 1",
        "feature 2",
        "feature 3",
        "state",
        "size",
    ]
    assert view.result["meta"]["overlay"]["levels"] == ["closed", "open"]
    np.testing.assert_array_equal(overlay_of(view)[:3], [1, 0, np.nan])
    view.overlay = "annotation:size"
    np.testing.assert_array_equal(overlay_of(view), np.arange(N))
    np.testing.assert_array_equal(view.clusters, ids)


def test_snippets_have_average_maps():
    stack = RNG.gamma(2.0, size=(N, 11, 11)).astype(np.float32)
    stack[:, 0, 0] = np.nan
    ids = np.arange(N) % 2
    view = Embedding2D.from_array(
        stack, flank=50_000, clusters=ids, normalization="balanced", name="Hi-C", **GIVEN
    )
    view.wait(200)
    assert view.n_clusters == 2  # as many as were given
    assert view.binsize == 10_000
    assert view.normalization_options == ["balanced"]
    means = view.result["arrays"]["cluster_means"]
    assert means["shape"] == [2, 11, 11]
    values = np.frombuffer(bytes(means["data"]), dtype="<f4").reshape(2, 11, 11)
    np.testing.assert_allclose(values[1, 1:], stack[1::2, 1:].mean(axis=0), rtol=1e-5)
    assert np.isnan(values[:, 0, 0]).all()


def test_tables_of_enrichment_are_ranked_and_have_q():
    odds = np.array([[1.0, 2.0], [4.0, np.inf], [np.nan, 1.0]])
    p = np.array([[0.5, 0.01], [1e-9, 1e-200], [np.nan, 1.0]])
    view = Enrichment.from_array(odds, p, names=["x", "y", "z"], flank=1_000, n=N)
    view.wait(200)
    np.testing.assert_array_equal(view.data, odds)
    frame = view.to_frame().set_index(["target", "bin"])
    assert frame.loc[("y", 1), "q_value"] == pytest.approx(5e-200)
    assert frame.loc[("x", 1), "position"] == 500
    assert "overlap" not in frame
    view.features = view.features[1:2]
    view.wait(200)
    np.testing.assert_array_equal(view.data, odds[1:2])
    view.features = view.features
    with pytest.raises(InputError, match="do not say which regions overlap"):
        view.hits()
    counted = Enrichment.from_array(odds, overlap=np.full((3, 2), 4), flank=1_000, n=N)
    counted.wait(200)
    assert (counted.to_frame()["overlap"] == 4).all()


def test_code_of_arrays_names_them():
    odds = np.ones((2, 2))
    view = Enrichment.from_array(odds, names=["x", "y"], flank=1_000, n=5, chart="table")
    text = code.standalone_code(view).splitlines()[-1]
    assert text == (
        "hcw.Enrichment.from_array(odds_ratio, p_value, flank=1000, n=5, names=['x', 'y'], "
        "regions='regions', chart='table')"
    )
    view = Embedding1D.from_array(VALUES, names=["a", "b", "c"], **GIVEN)
    text = code.standalone_code(view).splitlines()[-1]
    assert text == "hcw.Embedding1D.from_array(values, names=['a', 'b', 'c'], regions='sites')"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Embedding1D.from_array(VALUES[0]), "2 dimensions"),
        (lambda: Embedding1D.from_array(VALUES, names=["a", "a", "b"]), "3 different names"),
        (lambda: Embedding1D.from_array(VALUES, points=POINTS[1:]), "shape"),
        (lambda: Embedding1D.from_array(VALUES, clusters=[0.5] * N), "whole numbers"),
        (lambda: Embedding1D.from_array(VALUES, annotations={"x": [1]}), "60 values"),
        (lambda: Embedding2D.from_array(np.ones((3, 4, 5)), flank=10), "square"),
        (lambda: Enrichment.from_array([[1.0, 2.0]], [[1.0]], flank=10, n=1), "shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_a_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


def test_maps_of_few_choices_of_features_are_kept():
    view = Embedding1D.from_array(np.tile(VALUES, 5), **GIVEN)
    view.wait(200)
    solve = view.host._solve
    first = view.features
    for last in range(2, 14):
        view.features = first[:last]
        view.wait(200)
    assert view.result["meta"]["n_used"] == N
    assert len(solve._known) == MOST_KNOWN
