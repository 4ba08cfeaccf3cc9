from __future__ import annotations

from typing import Any

import numpy as np
import pytest

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
