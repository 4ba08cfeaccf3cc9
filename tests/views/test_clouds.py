"""Embeddings and enrichment as views."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import delivery
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment

N = 10


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
        if (dict(ask.request.parameters.get("options", ())).get("method", "umap")) == method
    )


@pytest.fixture
def host():
    return FakeHost()


def test_the_quick_answer_is_shown_until_the_real_one_is_there(host):
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
    assert list(frame.columns) == ["x", "y", "cluster", "CTCF", "H3K27ac"]
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
    assert labels == ["density", "CTCF", "H3K27ac", "height", "state"]
    assert "overlay" not in view.result["arrays"]
    view.overlay = "feature:1"
    assert view.result["meta"]["overlay"]["name"] == "H3K27ac"
    view.overlay = "annotation:state"
    assert view.result["meta"]["overlay"] == {"name": "state", "levels": ["A", "B"]}
    view.overlay = "annotation:gone"
    assert "overlay" not in view.result["arrays"]


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
