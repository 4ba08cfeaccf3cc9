from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hicognition_widgets.errors import JobError
from hicognition_widgets.jobs.plan import embedding_base

SIZE = {"flank": 100_000, "binsize": 10_000, "options": (("method", "pca"),)}


@pytest.mark.slow
def test_embedding_by_tracks_and_by_snippets(rooms: Any) -> None:
    broker = rooms.broker()
    by_tracks = broker.ask(
        rooms.request("embedding1d", "loops", "ctcf", "e1", side="left", **SIZE)
    )
    by_map = broker.ask(
        rooms.request("embedding2d", "loops", "control", normalization="oe", **SIZE)
    )
    tracks, snippets = by_tracks.result(200), by_map.result(200)
    n = rooms.record("loops").n_regions
    for result in (tracks, snippets):
        assert result.arrays["points"].shape == (n, 2)
        assert result.arrays["points"].dtype == np.float32
        assert result.arrays["imputed"].shape == (n,)
        assert result.meta["method"] == "pca"
        assert result.meta["n_used"] + result.meta["n_left_out"] == n
        for k in (10, 20):
            ids = result.arrays[f"clusters_{k}"]
            assert ids.dtype == np.int32
            assert ids.max() < k
            np.testing.assert_array_equal(ids < 0, result.arrays["reasons"] > 0)
    assert tracks.meta["names"] == ["ctcf", "e1"]
    assert tracks.arrays["features"].shape == (n, 2)
    assert tracks.arrays["averages_10"].shape[1] == 2
    thumbnails = snippets.arrays["thumbnails_10"]
    assert thumbnails.shape == (snippets.arrays["clusters_10"].max() + 1, 21, 21)
    assert len(snippets.meta["names"]) == snippets.arrays["features"].shape[1]
    again = broker.ask(
        rooms.request("embedding2d", "tads", "control", bin_percent=5, options=SIZE["options"])
    )
    assert again.result(200).arrays["thumbnails_20"].shape[1:] == (28, 28)


@pytest.mark.slow
def test_another_number_of_clusters_starts_from_the_stored_map(rooms: Any) -> None:
    broker = rooms.broker()
    options = SIZE["options"]
    first = rooms.request("embedding1d", "loops", "ctcf", "e1", side="left", **SIZE)
    usual = broker.ask(first).result(200)
    other = first.replace(options=(*options, ("n_clusters", 3)))
    assert embedding_base(other).key == embedding_base(first).key
    result = broker.ask(other).result(200)
    np.testing.assert_array_equal(result.arrays["points"], usual.arrays["points"])
    assert result.arrays["clusters_3"].max() == 2
    assert result.arrays["averages_3"].shape == (3, 2)
    assert "clusters_10" not in result.arrays
    wrong = first.replace(options=(*options, ("n_clusters", 0)))
    with pytest.raises(JobError, match="n_clusters must be a positive whole number"):
        broker.ask(wrong).result(200)


@pytest.mark.slow
def test_the_quick_map_and_umap_read_once_and_the_quick_one_comes_first(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hicognition_widgets.jobs import solvers_embedding

    reads: list[str] = []
    real = solvers_embedding._matrix

    def matrix(run: Any, request: Any, regions: Any) -> Any:
        reads.append(request.key)
        return real(run, request, regions)

    monkeypatch.setattr(solvers_embedding, "_matrix", matrix)
    broker = rooms.broker()
    umap = rooms.request(
        "embedding1d", "loops", "ctcf", "e1", side="left", flank=100_000, binsize=10_000
    )
    pca = umap.replace(options=SIZE["options"])
    asks = [broker.ask(umap), broker.ask(pca)]
    order: list[str] = []
    for ask in asks:
        ask.add_done_callback(lambda one: order.append(one.result().meta["method"]))
    assert asks[0].result(200).meta["method"] == "umap"
    assert asks[1].result(200).meta["method"] == "pca"
    assert order == ["pca", "umap"]
    assert len(reads) == 1
