"""Answers made from arrays: average maps, maps of regions, and tables of enrichment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses import cluster, cluster_means, embed_signals, embed_snippets
from hicognition_widgets.analyses.embedding_process import embed_in_process
from hicognition_widgets.analyses.enrichment import benjamini_hochberg
from hicognition_widgets.analyses.results import EmbeddingResult, RegionCounts
from hicognition_widgets.errors import Cancelled, InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.jobs import Request
from hicognition_widgets.jobs.numbers import comparison_numbers
from hicognition_widgets.views.array_values import numbers
from hicognition_widgets.views.arrays import Solved
from hicognition_widgets.views.embedding_base import MOST_CLUSTERS

USUAL_CLUSTERS = (10, 20)
_POLL_SECONDS = 0.1
MOST_KNOWN = 8
"""Maps that are kept for somebody who goes back and forth between choices of features."""


class MapsOfRegions:
    """Solver of embeddings.

    Parameters
    ----------
    kind : {"signals", "snippets"}
        What the values are.
    values : float (n, tracks) or (n, s, s)
        One value per region and track, or one snippet per region.
    points : float (n, 2), optional
        Where the regions lie; else they are placed by UMAP in a process of its own.
    clusters : int (n,), optional
        Cluster of every region, -1 for none; else k-means.
    """

    def __init__(
        self,
        kind: Literal["signals", "snippets"],
        values: npt.NDArray[np.float32],
        points: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
    ) -> None:
        self._kind: Literal["signals", "snippets"] = kind
        self._values = values
        self._points = None if points is None else _points(points, len(values))
        self._clusters = None if clusters is None else _clusters(clusters, len(values))
        self._known: dict[tuple[Any, ...], EmbeddingResult] = {}
        self._lock = threading.Lock()

    @property
    def settings(self) -> dict[str, int]:
        """How many clusters were given, for the view to say."""
        if self._clusters is None:
            return {}
        given = len(np.unique(self._clusters[self._clusters >= 0]))
        return {"n_clusters": min(max(given, 1), MOST_CLUSTERS)}

    def __call__(self, request: Request, gone: Callable[[], bool]) -> Solved:
        """Points, features and clusters, as a worker makes them from files."""
        columns = None
        values = self._values
        if self._kind == "signals":
            # the numbers of the features follow that of the region set
            columns = [int(feature.id) - 2 for feature in request.features]
            values = values[:, columns]
        embedded = self._embedded(values, tuple(columns or ()), request, gone)
        wanted = request.option("n_clusters")
        counts = USUAL_CLUSTERS if wanted is None else (int(str(wanted)),)
        ids = (
            cluster(_with_data(embedded), counts)
            if self._clusters is None
            else dict.fromkeys(counts, self._clusters)
        )
        missing = np.isnan(embedded.points).any(axis=1)
        reasons = np.where(missing, Reason.NO_DATA, Reason.USED).astype(np.uint8)
        arrays: dict[str, Any] = {
            "points": embedded.points,
            "features": embedded.features,
            "imputed": embedded.imputed,
            "reasons": reasons,
        }
        for k in counts:
            arrays[f"clusters_{k}"] = ids[k]
            if self._kind == "signals":
                arrays[f"averages_{k}"] = cluster_means(embedded.features, ids[k]).mean
            else:
                arrays[f"thumbnails_{k}"] = cluster_means(values, ids[k]).mean
        counted = RegionCounts(reasons=reasons)
        return arrays, {
            "n_used": counted.n_used,
            "n_left_out": counted.n_left_out,
            "reasons": counted.reason_counts,
            "numbers": {},
            "method": embedded.method if self._points is None else "given",
            "columns": [int(name) for name in embedded.names] if columns else embedded.names,
        }

    def at_once(self, _request: Request) -> bool:
        """Where regions lie and belong is given: nothing is laid out or grouped."""
        return self._points is not None and self._clusters is not None

    def _embedded(
        self,
        values: npt.NDArray[np.float32],
        columns: tuple[int, ...],
        request: Request,
        gone: Callable[[], bool],
    ) -> EmbeddingResult:
        """The map of these values, made once."""
        quick = self._points is not None or request.option("method") == "pca"
        with self._lock:
            found = self._known.get((columns, quick))
        if found is None:
            found = self._made(values, quick=quick, gone=gone)
            with self._lock:
                self._known[columns, quick] = found
                while len(self._known) > MOST_KNOWN:
                    del self._known[next(iter(self._known))]
        return found

    def _made(
        self, values: npt.NDArray[np.float32], *, quick: bool, gone: Callable[[], bool]
    ) -> EmbeddingResult:
        options: dict[str, Any] = {}
        if self._kind == "signals":
            options["names"] = [str(i) for i in range(values.shape[1])]
        if quick:
            embed = embed_signals if self._kind == "signals" else embed_snippets
            found = embed(values, method="pca", **options)
            return found if self._points is None else replace(found, points=self._points)
        with embed_in_process(values, kind=self._kind, **options) as running:
            while True:
                try:
                    return running.result(timeout=_POLL_SECONDS)
                except TimeoutError:
                    if gone():
                        raise Cancelled("the map of the regions was cancelled") from None


def _with_data(embedded: EmbeddingResult) -> EmbeddingResult:
    """A region that was given a place but no values is in no cluster."""
    points = embedded.points.copy()
    points[~np.all(np.isfinite(embedded.features), axis=1)] = np.nan
    return replace(embedded, points=points)


def _points(points: npt.ArrayLike, n: int) -> npt.NDArray[np.float32]:
    found = numbers(points, 2, "points", np.float32)
    if found.shape != (n, 2):
        raise InputError(f"points has to have the shape ({n}, 2), not {found.shape}")
    return found


def _clusters(clusters: npt.ArrayLike, n: int) -> npt.NDArray[np.int32]:
    found = np.asarray(clusters)
    if found.shape != (n,) or found.dtype.kind not in "iu" or found.min() < -1:
        raise InputError(f"clusters has to be {n:,} whole numbers, -1 for none")
    return found.astype(np.int32)


class AveragesInRelation:
    """Solver of pileups: an average that is at hand, alone or in relation to another.

    Parameters
    ----------
    averages : sequence of mapping
        ``mean`` and ``count`` (s, s) of every map.
    n : int
        Number of regions.
    """

    def __init__(self, averages: Sequence[Mapping[str, npt.NDArray[Any]]], n: int) -> None:
        # what the caller does to an array later does not change the picture
        self._averages = [
            {name: array.copy() for name, array in one.items()} for one in averages
        ]
        self._n = n

    def at_once(self, _request: Request) -> bool:
        """Averages are at hand."""
        return True

    def __call__(self, request: Request, _gone: Callable[[], bool]) -> Solved:
        """The average, or ratio and difference of two; p is missing, regions are not known."""
        facts: dict[str, Any] = {"n_used": self._n, "n_left_out": 0, "reasons": {}}
        # the numbers of the features follow that of the region set
        first, *rest = (self._averages[int(feature.id) - 2] for feature in request.features)
        if not rest:
            return first, facts | {"numbers": {}}
        one, two = first["mean"], rest[0]["mean"]
        positive = two > 0
        ratio = np.full(one.shape, np.nan)
        np.divide(one, two, out=ratio, where=positive)
        arrays = {
            "mean": one,
            "other": two,
            "ratio": ratio,
            "difference": one - two,
            "p_corrected": np.full(one.shape, np.nan),
            "count": first["count"],
            "count_two": rest[0]["count"],
        }
        return arrays, facts | {"numbers": comparison_numbers(one, two)}


class TablesOfEnrichment:
    """Solver of enrichments: tables that are at hand, the rows of the chosen region sets.

    Parameters
    ----------
    odds_ratio, p_value, q_value, overlap : array (targets, bins)
        q is made from p over the whole table where it is not given.
    n : int
        Number of regions.
    """

    def __init__(
        self,
        odds_ratio: npt.NDArray[np.float64],
        p_value: npt.NDArray[np.float64],
        q_value: npt.NDArray[np.float64] | None,
        overlap: npt.NDArray[np.float64] | None,
        n: int,
    ) -> None:
        self._tables = {
            "odds_ratio": odds_ratio,
            "p_value": p_value,
            "q_value": benjamini_hochberg(p_value) if q_value is None else q_value,
        }
        if overlap is not None:
            self._tables["overlap"] = overlap
        for name, table in self._tables.items():
            if table.shape != odds_ratio.shape:
                raise InputError(
                    f"{name} has the shape {table.shape}, not that of the odds ratios, "
                    f"{odds_ratio.shape}"
                )
        self._n = n

    def at_once(self, _request: Request) -> bool:
        """Tables are at hand."""
        return True

    def __call__(self, request: Request, _gone: Callable[[], bool]) -> Solved:
        """The tables' rows; which regions overlap is not in them."""
        if request.option("hits"):
            raise InputError("odds ratios given as arrays do not say which regions overlap")
        rows = [int(feature.id) - 2 for feature in request.features]
        arrays = {name: table[rows] for name, table in self._tables.items()}
        facts = {"n_used": self._n, "n_left_out": 0, "reasons": {}, "numbers": {}}
        return arrays, facts


def names_of(names: Sequence[str] | None, n: int, word: str) -> list[str]:
    """`n` names that differ; numbered where none are given."""
    found = (
        [f"{word} {i + 1}" for i in range(n)] if names is None else [str(one) for one in names]
    )
    if len(found) != n or len(set(found)) != n:
        raise InputError(f"names has to be {n} different names")
    return found
