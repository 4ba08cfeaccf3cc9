"""Embeddings and enrichment as views."""

import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import delivery
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment

N = 10
DENSITY = "so colours show the density"


def settle():
    done = threading.Event()
    delivery.post(done.set)
    assert done.wait(10)


def embedded(key, *, method="umap", counts=(10, 20), features=2):
    random = np.random.default_rng(1)
    ids = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, -1], dtype=np.int32)
    points = random.normal(size=(N, 2)).astype(np.float32)
    points[-1] = np.nan
    arrays = {"points": points, "features": random.normal(size=(N, features))}
    for k in counts:
        arrays[f"clusters_{k}"] = ids
        arrays[f"averages_{k}"] = np.ones((3, features), dtype=np.float32)
        arrays[f"thumbnails_{k}"] = np.ones((3, 5, 5), dtype=np.float32)
    meta = {
        "columns": list(range(features)), "method": method, "n_used": N - 1,
        "n_left_out": 1, "reasons": {}, "numbers": {},
    }  # fmt: skip
    return StoredResult(key=key, analysis="embedding1d", meta=meta, arrays=arrays)


def asked(host, method):
    return next(
        ask
        for ask in reversed(host.asks)
        if ask.request.analysis != "stackup"
        and (dict(ask.request.parameters.get("options", ())).get("method", "umap")) == method
    )


@pytest.fixture
def host():
    return FakeHost()


def test_the_quick_answer_is_shown_until_the_real_one_is_there(host):
    host.frame = pd.DataFrame({"chrom": "chr1", "start": range(N), "end": range(1, N + 1)})
    view = Embedding1D(host, "peaks", ["CTCF", "H3K27ac"], flank=100_000)
    assert view.status == "computing"
    asked(host, "pca").settle(embedded("p", method="pca"))
    settle()
    assert view.status == "computing"
    assert view.result["meta"]["preview"] is True
    assert view.result["meta"]["method"] == "pca"
    asked(host, "umap").settle(embedded("u"))
    settle()
    assert view.status == "ready"
    assert "preview" not in view.result["meta"]
    assert view.clusters.max() == 2
    frame = view.to_frame()
    loci = ["chrom", "start", "end"]
    assert list(frame.columns) == [*loci, "x", "y", "cluster", "CTCF", "H3K27ac"]
    pd.testing.assert_frame_equal(frame[loci], host.frame)
    assert np.isnan(frame["x"].iloc[-1])


def test_a_late_quick_answer_changes_nothing(host):
    view = Embedding1D(host, "peaks", ["CTCF", "H3K27ac"], flank=100_000)
    asked(host, "umap").settle(embedded("u"))
    settle()
    asked(host, "pca").settle(embedded("p", method="pca"))
    settle()
    assert view.result["meta"]["method"] == "umap"


def test_other_numbers_of_clusters_are_asked_for(host):
    view = Embedding1D(host, "peaks", ["CTCF", "H3K27ac"], flank=100_000)
    asked(host, "umap").settle(embedded("u"))
    settle()
    questions = len(host.asks)
    view.n_clusters = 7
    assert len(host.asks) == questions + 2
    assert dict(asked(host, "umap").request.parameters["options"]) == {"n_clusters": 7}
    asked(host, "umap").settle(embedded("v", counts=(7,)))
    settle()
    assert view.status == "ready"
    with pytest.raises(traitlets.TraitError):
        view.n_clusters = 0


def test_points_are_coloured_by_features_and_annotations(host):
    host.annotated = {"height": ((), np.arange(N, dtype=float)), "state": (("A", "B"), [0] * N)}
    view = Embedding1D(host, "peaks", ["CTCF", "H3K27ac"], flank=100_000)
    asked(host, "umap").settle(embedded("u"))
    settle()
    labels = [option["label"] for option in view.overlay_options]
    tracks = ["CTCF (mean)", "H3K27ac (mean)"]
    assert labels == ["density", "clusters", "CTCF", "H3K27ac", "height", "state", *tracks]
    assert "overlay" not in view.result["arrays"]
    view.overlay = "feature:1"
    assert view.result["meta"]["overlay"]["name"] == "H3K27ac"
    view.overlay = "annotation:state"
    assert view.result["meta"]["overlay"] == {"name": "state", "levels": ["A", "B"]}
    view.vmin = 0.5
    view.overlay = "annotation:gone"
    assert view.vmin is None
    assert "overlay" not in view.result["arrays"]
    assert view.note == f'the annotation "gone" is gone, {DENSITY}'
    view.overlay = "feature:9"
    assert (
        view.note == "the feature that coloured the points is gone, so colours show the density"
    )
    view.overlay = "clusters"
    assert view.note == ""
    assert view.result["meta"]["overlay"]["levels"] == ["cluster 0", "cluster 1", "cluster 2"]
    ids = overlay_of(view)
    np.testing.assert_array_equal(ids[:-1], view.clusters[:-1])
    assert np.isnan(ids[-1])


def overlay_of(view):
    return np.frombuffer(bytes(view.result["arrays"]["overlay"]["data"]), dtype="<f4")


def stack(rows):
    meta = {"n_used": N, "n_left_out": 0, "reasons": {}, "numbers": {}}
    arrays = {"rows": np.asarray(rows, dtype=np.float32)}
    return StoredResult(key="s", analysis="stackup", meta=meta, arrays=arrays)


def test_any_track_of_the_catalog_colours_the_points_by_its_mean(host):
    view = Embedding2D(host, "loops", "control", flank=100_000, binsize=50_000)
    asked(host, "umap").settle(embedded("u"))
    settle()
    view.overlay = "track:ann/CTCF"
    assert view.status == "computing"
    left, right = (ask for ask in host.asks if ask.request.analysis == "stackup")
    assert [ask.request.parameters["side"] for ask in (left, right)] == ["left", "right"]
    assert left.request.parameters["binsize"] == 50_000
    asked(host, "umap").settle(embedded("u"))
    values = np.arange(40.0).reshape(N, 4)
    values[3] = np.nan
    values[4, 0] = np.nan
    left.settle(stack(values))
    settle()
    assert view.status == "computing"
    right.settle(stack(values + 1))
    settle()
    assert view.status == "ready"
    both = np.stack(
        [np.nanmean(part[np.arange(N) != 3], axis=1) for part in (values, values + 1)]
    )
    np.testing.assert_allclose(np.delete(overlay_of(view), 3), both.mean(axis=0))
    assert np.isnan(overlay_of(view)[3])
    assert view.result["meta"]["overlay"]["name"] == "CTCF, mean"
    assert [one.name for one in view.inputs] == ["loops", "control", "CTCF"]
    view.overlay = "track:bob/gone"
    asked(host, "umap").settle(embedded("u"))
    settle()
    assert (
        view.note == "the track that coloured the points is gone, so colours show the density"
    )
    again = Embedding2D(host, "loops", "control", flank=100_000, overlay="track:ann/CTCF")
    assert again.settings["overlay"] == "track:ann/CTCF"


def test_a_part_of_the_map_is_kept_until_there_is_another_map(host):
    view = Embedding1D(host, "peaks", ["CTCF", "H3K27ac"], flank=100_000, extent=[0, 1, 2, 3])
    view.n_clusters, view.overlay = 7, "clusters"
    assert view.settings["extent"] == [0, 1, 2, 3]
    for wrong in ([1, 0, 2, 3], [0, 1], [0, 1, 2, float("nan")], [0, 1, 3, 3]):
        with pytest.raises(traitlets.TraitError):
            view.extent = wrong
    view.flank = 50_000
    assert view.extent == []


def test_average_maps_forget_limits_of_another_unit(host):
    view = Embedding2D(
        host, "loops", "control", flank=100_000, card_vmin=0.5, common_limits=False
    )
    assert view.settings["card_vmin"] == 0.5
    view.scale = "linear"
    assert view.card_vmin is None
    assert view.settings["common_limits"] is False


def test_a_collection_stands_for_its_members(host):
    view = Embedding1D(host, "peaks", host.collection("marks"), flank=100_000)
    assert [one.name for one in view.datasets] == ["CTCF", "H3K27ac"]
    offered = view.feature_options[0]
    assert (offered["name"], offered["kind"]) == ("marks", "collection")
    view.features = ["5"]
    assert view.message == "Choose at least two signal tracks."
    view.features = [offered["id"]]
    assert view.features == ["5", "6"]


def test_snippets_have_thumbnails_and_a_normalization(host):
    view = Embedding2D(host, "loops", "control", flank=100_000)
    assert view.normalization == "oe"
    assert view.side == ""
    asked(host, "umap").settle(embedded("u"))
    settle()
    assert view.result["arrays"]["cluster_means"]["shape"] == [3, 5, 5]
    view.normalization = "balanced"
    assert view.settings["normalization"] == "balanced"
    assert asked(host, "umap").request.parameters["normalization"] == "balanced"


def test_what_is_missing_is_named(host):
    assert Enrichment(host, "peaks", flank=1000).message == "Choose a region set."
    assert Embedding2D(host, "peaks", flank=1000).message == "Choose a contact map."
