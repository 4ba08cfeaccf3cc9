"""Groups of similar regions, and what the members of a group have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses._features import Numbers, without_number
from hicognition_widgets.analyses.results import ClusterMeans, EmbeddingResult
from hicognition_widgets.errors import InputError

Ids = npt.NDArray[np.int32]

_CHUNK = 4096
_FEW_ROWS = 10_000


def cluster(
    embedding: EmbeddingResult,
    n_clusters: Iterable[int] = (10, 20),
    on: Literal["features", "points"] = "features",
    *,
    seed: int = 0,
) -> dict[int, Ids]:
    """k-means clusters of embedded regions.

    Parameters
    ----------
    embedding : EmbeddingResult
        From :func:`~hicognition_widgets.analyses.embed_signals` or ``embed_snippets``.
    n_clusters : iterable of int
        Numbers of clusters that are wanted. There are never more than half as many as
        regions with data, and never more than different regions.
    on : {"features", "points"}
        The standardised features, or the two-dimensional points.
    seed : int
        Same seed, same clusters.

    Returns
    -------
    dict
        Wanted number → int32 (n,): cluster of each region, the largest cluster is 0;
        -1 for regions without data.

    Raises
    ------
    InputError
        If a number is smaller than 1 or `on` is unknown.
    """
    if on not in ("features", "points"):
        raise InputError(f'clusters are made on "features" or "points", not on "{on}"')
    values = embedding.features if on == "features" else embedding.points
    known = ~without_number(embedding.points)
    values = np.ascontiguousarray(values[known])
    most = min(len(values) // 2, len(np.unique(values, axis=0))) if values.size else 0
    found = {}
    for wanted in n_clusters:
        if wanted < 1:
            raise InputError(f"the number of clusters must be at least 1, not {wanted}")
        ids = np.full(len(known), -1, dtype=np.int32)
        ids[known] = _k_means(values, min(wanted, max(most, 1)), seed)
        found[wanted] = ids
    return found


def _k_means(values: Numbers, k: int, seed: int) -> Ids:
    """Cluster per row, numbered by falling size."""
    if k <= 1 or len(values) == 0:
        return np.zeros(len(values), dtype=np.int32)
    from sklearn.cluster import KMeans

    # one start can end in a poor optimum; where it is cheap, take the best of several
    starts = 10 if len(values) <= _FEW_ROWS else 2
    labels = KMeans(n_clusters=k, n_init=starts, random_state=seed).fit_predict(values)
    sizes = np.bincount(labels, minlength=k)
    rank = np.empty(k, dtype=np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(k, dtype=np.int32)
    ids: Ids = rank[labels]
    return ids


def cluster_means(values: Numbers, ids: Ids) -> ClusterMeans:
    """Mean of the members of each cluster: average tracks, or thumbnails of snippets.

    Parameters
    ----------
    values : float (n, …)
        Tracks or features ``(n, p)``, snippets ``(n, rows, columns)``; what is not finite
        does not count.
    ids : int (n,)
        Clusters from :func:`cluster`; -1 = in none.

    Returns
    -------
    ClusterMeans
        Means float32 ``(k, …)``, NaN where no member has data, and members ``(k,)``.

    Raises
    ------
    InputError
        If there is not one cluster number per row.
    """
    if ids.shape != (len(values),):
        raise InputError(f"there are {len(values)} regions but {ids.size} cluster numbers")
    k = int(ids.max(initial=-1)) + 1
    total = np.zeros((k, *values.shape[1:]))
    count = np.zeros((k, *values.shape[1:]), dtype=np.int64)
    order = np.flatnonzero(ids >= 0)
    order = order[np.argsort(ids[order], kind="stable")]
    for first in range(0, len(order), _CHUNK):
        rows = order[first : first + _CHUNK]
        part = values[rows]
        finite = np.isfinite(part)
        numbers, starts = np.unique(ids[rows], return_index=True)
        total[numbers] += np.add.reduceat(
            np.where(finite, part, 0).astype(np.float64), starts, axis=0
        )
        count[numbers] += np.add.reduceat(finite.astype(np.int64), starts, axis=0)
    mean = np.full(total.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return ClusterMeans(
        mean=mean.astype(np.float32),
        size=np.bincount(ids[ids >= 0], minlength=k).astype(np.int64),
    )
