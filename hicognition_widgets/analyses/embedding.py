"""Two-dimensional maps of regions, by their signal tracks or their contact-map snippets.

Regions that look alike lie together. ``method="pca"`` answers at once and is also where
``method="umap"`` (McInnes et al. 2018) starts from, so the picture changes little when
the second answer arrives. For a computation that can be stopped see
:mod:`hicognition_widgets.analyses.embedding_process`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np

from hicognition_widgets.analyses._features import (
    Features,
    Floats32,
    Numbers,
    principal_points,
    shrink,
    standardise,
)
from hicognition_widgets.analyses.results import EmbeddingResult
from hicognition_widgets.errors import InputError

Method = Literal["umap", "pca"]
SNIPPET_SIZE = 10
"""Snippets are compared at this many rows and columns."""

_FEWEST_FOR_UMAP = 3


def embed_signals(
    matrix: Numbers,
    *,
    names: Sequence[str] | None = None,
    method: Method = "umap",
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    seed: int = 42,
) -> EmbeddingResult:
    """Map of regions by their values in several tracks.

    Parameters
    ----------
    matrix : float (n, tracks)
        One value per region and track, NaN where there is none.
    names : sequence of str, optional
        One per track.
    method : {"umap", "pca"}
        PCA answers at once. Fewer than 3 regions with data are always placed by PCA.
    n_neighbors, min_dist : int, float
        As in umap-learn; neighbours are limited to the regions there are.
    seed : int
        The same input, seed and number of threads give the same points.

    Returns
    -------
    EmbeddingResult
        Points ``(n, 2)``, NaN for regions without any data; features standardised per
        track with gaps filled by the mean of the track. Tracks without any data are left
        out of `features` and `names`.

    Raises
    ------
    InputError
        If the matrix has other dimensions, or names do not fit it.
    """
    matrix = np.asarray(matrix)
    features = standardise(matrix)
    labels = [f"track {i + 1}" for i in range(matrix.shape[1])] if names is None else names
    if len(labels) != matrix.shape[1]:
        raise InputError(f"there are {matrix.shape[1]} tracks but {len(labels)} names")
    kept = [str(labels[i]) for i in features.kept]
    return _embed(features, kept, method, n_neighbors, min_dist, seed)


def embed_snippets(
    stack: Numbers,
    *,
    size: int = SNIPPET_SIZE,
    method: Method = "umap",
    n_neighbors: int = 15,
    min_dist: float = 0.1,
    seed: int = 42,
) -> EmbeddingResult:
    """Map of regions by their snippets of a contact map.

    Parameters
    ----------
    stack : float (n, rows, columns)
        As from :func:`hicognition_widgets.analyses.snippets`.
    size : int
        Snippets are averaged down to `size` × `size` pixels, which are the features. A
        pixel averages what has data under it.

    Returns
    -------
    EmbeddingResult
        As of :func:`embed_signals`; names are ``"row,column"``. Pixels that have data in
        no region (such as the first diagonals) are left out.

    See Also
    --------
    embed_signals : the other parameters.
    """
    if size < 1:
        raise InputError(f"size must be at least 1, not {size}")
    small = shrink(np.asarray(stack), size)
    n, n_rows, n_columns = small.shape
    features = standardise(small.reshape(n, n_rows * n_columns))
    names = [f"{i // n_columns},{i % n_columns}" for i in features.kept.tolist()]
    return _embed(features, names, method, n_neighbors, min_dist, seed)


def _embed(
    features: Features,
    names: list[str],
    method: Method,
    n_neighbors: int,
    min_dist: float,
    seed: int,
) -> EmbeddingResult:
    if method not in ("umap", "pca"):
        raise InputError(f'method "{method}" is unknown: use "umap" or "pca"')
    if n_neighbors < 2:
        raise InputError(f"n_neighbors must be at least 2, not {n_neighbors}")
    known = features.known
    values = features.values[known]
    used: Method = "pca" if len(values) < _FEWEST_FOR_UMAP or not names else method
    start = principal_points(values)
    found = start if used == "pca" else _umap(values, start, n_neighbors, min_dist, seed)
    points = np.full((len(known), 2), np.nan, dtype=np.float32)
    points[known] = found
    return EmbeddingResult(
        points=points,
        features=features.values,
        imputed=features.imputed,
        names=names,
        method=used,
    )


def _umap(
    values: Floats32, start: Floats32, n_neighbors: int, min_dist: float, seed: int
) -> Floats32:
    with warnings.catch_warnings():
        # what umap-learn and its dependencies say at import is not about these data
        warnings.simplefilter("ignore")
        import umap
    reducer = umap.UMAP(
        n_neighbors=min(n_neighbors, len(values) - 1),
        min_dist=min_dist,
        init=_spread(start, seed),
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        # regions that equal each other are expected (tracks without signal), not a fault
        warnings.filterwarnings("ignore", message="(?s).*disconnected.*")
        warnings.filterwarnings("ignore", message="(?s).*n_jobs.*")
        points: Floats32 = reducer.fit_transform(values).astype(np.float32)
    return points


def _spread(start: Floats32, seed: int) -> Floats32:
    """Start of the layout: ±10, no two points in one place."""
    largest = float(np.abs(start).max(initial=0))
    scaled = start * (10 / largest) if largest > 0 else start
    noise = np.random.default_rng(seed).normal(scale=1e-3, size=start.shape)
    return np.ascontiguousarray(scaled + noise, dtype=np.float32)
