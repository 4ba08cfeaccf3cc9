from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from hicognition_widgets.analyses import (
    cluster,
    cluster_means,
    embed_in_process,
    embed_signals,
    embed_snippets,
)
from hicognition_widgets.analyses._features import shrink, standardise
from hicognition_widgets.analyses.results import EmbeddingResult
from hicognition_widgets.errors import Cancelled, InputError, JobError


def blobs(n: int = 60, p: int = 4) -> np.ndarray:
    """Three well separated groups of rows, one after the other."""
    rng = np.random.default_rng(5)
    centres = np.array([[0.0] * p, [8.0] * p, [-8.0] * p])
    return centres[np.arange(n) * 3 // n] + rng.normal(scale=0.5, size=(n, p))


def gaps() -> st.SearchStrategy[np.ndarray]:
    values = st.floats(-1e3, 1e3, width=32) | st.just(np.nan)
    return npst.arrays(np.float32, npst.array_shapes(min_dims=2, max_dims=2), elements=values)


@given(matrix=gaps())
def test_standardised_features_have_mean_0_and_spread_1(matrix: np.ndarray) -> None:
    features = standardise(matrix)
    known = ~np.isnan(matrix).all(axis=1)
    assert features.kept.tolist() == np.flatnonzero(~np.isnan(matrix).all(axis=0)).tolist()
    assert (
        features.imputed.tolist()
        == (known & np.isnan(matrix[:, features.kept]).any(axis=1)).tolist()
    )
    assert np.isnan(features.values[~known]).all()
    values = features.values[known].astype(float)
    assert np.isfinite(values).all()
    for column in values.T:
        if len(column) == 0:
            continue
        assert abs(column.mean()) < 1e-5
        assert column.std() == pytest.approx(1, abs=1e-4) or not column.any()


def test_scale_of_a_track_does_not_matter() -> None:
    matrix = blobs()
    other = matrix * [1e6, 1e-6, 1, 3] + [5, -7, 100, 0]
    a, b = (embed_signals(m, method="pca") for m in (matrix, other))
    np.testing.assert_allclose(a.features, b.features, atol=1e-4)


@settings(max_examples=60)
@given(
    stack=npst.arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)),
        elements=st.floats(-100, 100, width=32) | st.just(np.nan),
    ),
    size=st.integers(1, 6),
)
def test_shrunk_snippets_are_area_means_without_gaps(stack: np.ndarray, size: int) -> None:
    small = shrink(stack, size)
    n, rows, columns = stack.shape
    new_rows, new_columns = min(size, rows), min(size, columns)
    # repeating every pixel makes the old and the new grid fit into each other
    fine = stack.repeat(new_rows, axis=1).repeat(new_columns, axis=2)
    blocks = fine.reshape(n, new_rows, rows, new_columns, columns).astype(float)
    total = np.nansum(blocks, axis=(2, 4))
    count = np.isfinite(blocks).sum(axis=(2, 4))
    wanted = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    np.testing.assert_allclose(small, wanted, rtol=1e-5, atol=1e-5)


def test_groups_come_out_as_clusters() -> None:
    matrix = blobs()
    truth = np.arange(60) * 3 // 60
    for method in ("pca", "umap"):
        result = embed_signals(matrix, method=method, n_neighbors=10)
        assert result.method == method
        for on in ("features", "points"):
            ids = cluster(result, [3], on=on)[3]
            pairs = {(int(a), int(b)) for a, b in zip(truth, ids, strict=True)}
            assert len(pairs) == 3, (method, on)


def test_umap_repeats_itself_and_follows_the_seed() -> None:
    matrix = blobs(40)
    first, second, other = (embed_signals(matrix, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.points, second.points)
    assert not np.array_equal(first.points, other.points)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 12, 19])
def test_few_regions_are_enough(n: int) -> None:
    matrix = blobs()[:n]
    result = embed_signals(matrix)
    assert result.points.shape == (n, 2)
    assert np.isfinite(result.points).all()
    assert result.method == ("umap" if n >= 3 else "pca")
    for k, ids in cluster(result).items():
        assert ids.shape == (n,)
        assert len(set(ids.tolist())) <= min(k, max(n // 2, 1))
        assert np.all(ids >= 0)


def test_equal_regions_do_not_stop_the_embedding() -> None:
    result = embed_signals(np.ones((30, 3)))
    assert np.isfinite(result.points).all()
    assert set(cluster(result)[10].tolist()) == {0}


def test_regions_without_data_get_no_point_and_no_cluster() -> None:
    matrix = blobs()
    matrix[7] = np.nan
    matrix[9, 1] = np.nan
    matrix[11, 2] = np.inf
    result = embed_signals(matrix, names=["a", "b", "c", "d"])
    assert np.flatnonzero(np.isnan(result.points).any(axis=1)).tolist() == [7]
    assert np.isnan(result.features[7]).all()
    assert np.flatnonzero(result.imputed).tolist() == [9, 11]
    for ids in cluster(result).values():
        assert np.flatnonzero(ids == -1).tolist() == [7]


def test_tracks_without_data_are_left_out() -> None:
    matrix = blobs()
    matrix[:, 2] = np.nan
    result = embed_signals(matrix, names=["a", "b", "c", "d"], method="pca")
    assert result.names == ["a", "b", "d"]
    assert result.features.shape == (60, 3)
    nothing = embed_signals(np.full((5, 2), np.nan))
    assert np.isnan(nothing.points).all()
    assert nothing.names == []
    assert cluster(nothing)[10].tolist() == [-1] * 5


def test_snippets_with_empty_diagonals() -> None:
    rng = np.random.default_rng(1)
    stack = rng.normal(size=(40, 21, 21)).astype(np.float32)
    stack[20:, 8:13, 8:13] += 9
    stack[:, np.arange(21), np.arange(21)] = np.nan
    stack[3] = np.nan
    result = embed_snippets(stack, method="pca")
    assert result.features.shape == (40, 100)
    assert result.names[:2] == ["0,0", "0,1"]
    assert np.flatnonzero(np.isnan(result.points[:, 0])).tolist() == [3]
    ids = cluster(result, [2])[2]
    assert ids[3] == -1
    means = cluster_means(stack, ids)
    assert means.size.tolist() == [20, 19]
    assert means.mean.shape == (2, 21, 21)
    assert set(ids[20:].tolist()) == {0}
    np.testing.assert_allclose(
        means.mean[0], np.where(np.eye(21) == 1, np.nan, stack[20:].mean(axis=0)), rtol=1e-4
    )


@given(
    values=npst.arrays(
        np.float32, (9, 3), elements=st.floats(-10, 10, width=32) | st.just(np.nan)
    ),
    ids=npst.arrays(np.int32, 9, elements=st.integers(-1, 4)),
)
def test_cluster_means_are_means_of_members(values: np.ndarray, ids: np.ndarray) -> None:
    found = cluster_means(values, ids)
    assert len(found.mean) == ids.max() + 1
    for k in range(len(found.mean)):
        members = values[ids == k]
        assert found.size[k] == len(members)
        for j in range(3):
            column = members[:, j][~np.isnan(members[:, j])].astype(float)
            if len(column):
                assert found.mean[k, j] == pytest.approx(column.mean(), abs=1e-5)
            else:
                assert np.isnan(found.mean[k, j])


def test_clusters_are_numbered_by_size() -> None:
    matrix = np.concatenate([np.zeros((5, 1)), np.full((20, 1), 9.0), np.full((9, 1), -9.0)])
    matrix += np.random.default_rng(0).normal(scale=0.01, size=matrix.shape)
    ids = cluster(embed_signals(matrix, method="pca"), [3])[3]
    assert np.bincount(ids).tolist() == [20, 9, 5]


def test_arguments_that_cannot_work_are_refused() -> None:
    with pytest.raises(InputError, match="names"):
        embed_signals(blobs(), names=["a"])
    with pytest.raises(InputError, match="unknown"):
        embed_signals(blobs(), method="tsne")
    with pytest.raises(InputError, match="table"):
        embed_signals(np.zeros(3))
    with pytest.raises(InputError, match="three dimensions"):
        embed_snippets(np.zeros((3, 3)))
    result = embed_signals(blobs(), method="pca")
    with pytest.raises(InputError, match="at least 1"):
        cluster(result, [0])
    with pytest.raises(InputError, match="pixels"):
        cluster(result, on="pixels")
    with pytest.raises(InputError, match="cluster numbers"):
        cluster_means(blobs(), np.zeros(3, dtype=np.int32))
    with pytest.raises(InputError, match="kind"):
        embed_in_process(blobs(), kind="regions")


def folder_of(running: object) -> Path:
    return running._folder


def test_a_process_of_its_own_gives_the_same_answer() -> None:
    matrix = blobs(30)
    matrix[4] = np.nan
    with embed_in_process(matrix, names=["a", "b", "c", "d"], seed=3) as running:
        assert running.first.method == "pca"
        result = running.result(timeout=120)
        assert running.done()
        assert not running.cancel()
    here = embed_signals(matrix, names=["a", "b", "c", "d"], seed=3)
    assert isinstance(result, EmbeddingResult)
    assert (result.names, result.method) == (here.names, "umap")
    np.testing.assert_array_equal(result.points, here.points)
    np.testing.assert_array_equal(result.features, here.features)
    assert not folder_of(running).exists()
    assert running.result() is result


def test_a_running_embedding_stops_when_asked() -> None:
    matrix = np.random.default_rng(0).normal(size=(20_000, 30))
    running = embed_in_process(matrix)
    with pytest.raises(TimeoutError):
        running.result(timeout=0.05)
    begun = time.monotonic()
    assert running.cancel()
    assert time.monotonic() - begun < 30
    assert running.done()
    assert running._interpreter.ended()
    assert not folder_of(running).exists()
    assert not running.cancel()
    with pytest.raises(Cancelled):
        running.result()


def test_a_failure_in_the_process_is_one_sentence() -> None:
    running = embed_in_process(blobs(10), min_dist=50.0)
    with pytest.raises(JobError, match=r"the embedding failed: .*min_dist"):
        running.result(timeout=120)
    assert not folder_of(running).exists()
