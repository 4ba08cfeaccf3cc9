"""Embeddings, by the tracks of a collection or by the snippets of a contact map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.sizes import EXPANSION, bins_of
from hicognition_widgets.jobs.solvers import (
    average_map,
    resolution,
    stackup_of,
    stored_stack,
)

if TYPE_CHECKING:
    import pandas as pd

    from hicognition_widgets.analyses.results import EmbeddingResult
    from hicognition_widgets.jobs.work import Solution, TaskRun

CLUSTERS: Final = (10, 20)
_CHUNK_BYTES: Final = 2**26
_POLL_SECONDS: Final = 0.1
_EMBED_OPTIONS: Final = ("method", "n_neighbors", "min_dist", "seed")
_COMMON_OPTIONS: Final = (*_EMBED_OPTIONS, "expansion", "cluster_on", "n_clusters")
_SIGNAL_OPTIONS: Final = (*_COMMON_OPTIONS, "missing")
_SNIPPET_OPTIONS: Final = (*_COMMON_OPTIONS, "size", "edges")


def solve_embeddings(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Embeddings of the same values: the quick one first, and what they share only once."""
    shared = _Shared()
    for request in sorted(requests, key=lambda one: one.option("method", "umap") != "pca"):
        by_tracks = request.analysis == "embedding1d"
        solve = _by_tracks if by_tracks else _by_snippets
        if request.subset is not None:
            raise InputError("an embedding holds all regions; take rows of it instead")
        run.attempt(request, partial(solve, run, request, regions, shared))


@dataclass
class _Shared:
    """What requests of one task have in common.

    Attributes
    ----------
    matrix : float32 array or None
        What the embeddings start from, once it was read.
    embedded : dict
        Finished embeddings by their options; other clusters need no other map.
    """

    matrix: npt.NDArray[np.float32] | None = None
    embedded: dict[tuple[tuple[str, Any], ...], EmbeddingResult] = field(default_factory=dict)


# -- by tracks -----------------------------------------------------------------------------


def _by_tracks(
    run: TaskRun, request: Request, regions: pd.DataFrame, shared: _Shared
) -> Solution:
    options = work.options_of(request, _SIGNAL_OPTIONS)
    counts = _cluster_counts(options)

    def read() -> npt.NDArray[np.float32]:
        return _matrix(run, request, regions)

    names = [str(i) for i in range(len(request.features))]
    embedded = _embedded(run, request, "signals", options, shared, read, names=names)
    arrays, meta = _described(request, embedded, options, counts)
    meta["columns"] = [int(name) for name in embedded.names]
    from hicognition_widgets.analyses.clusters import cluster_means

    for k in counts:
        arrays[f"averages_{k}"] = cluster_means(embedded.features, arrays[f"clusters_{k}"]).mean
    return arrays, meta


def _matrix(run: TaskRun, request: Request, regions: pd.DataFrame) -> npt.NDArray[np.float32]:
    """One value per region and track, float32 ``(n, tracks)``."""
    columns = []
    for number, feature in enumerate(request.features):
        run.watch.message = f"reading {feature.name}"
        run.watch.progress(number, len(request.features) + 1)
        columns.append(_centre(run, request.replace(features=(feature,)), regions))
    return np.stack(columns, axis=1)


def _centre(run: TaskRun, request: Request, regions: pd.DataFrame) -> npt.NDArray[np.float32]:
    """Value of one track at each region.

    Points: the mean of the middle bin or two. Intervals: the mean from start to end.
    """
    stack_request = stackup_of(request.replace(analysis="stackup"))
    stored = stored_stack(run, stack_request.key)
    if stored is None:
        from hicognition_widgets.analyses.stackup import scaled_stackups, stackups

        path = request.features[0].path
        common: dict[str, Any] = {
            "side": request.side,
            "flip": request.flip,
            **dict(stack_request.options),
        }
        anchor: Any = request.anchor  # checked by Request
        if request.bin_percent is not None:
            percent = request.bin_percent
            stack = scaled_stackups(path, regions, [percent], **common)[percent].stack
        else:
            # Only the middle is needed: one bin on each side has the same middle.
            common.pop("expansion", None)
            size = request.binsize or 0
            grid = [(size, size)]
            stack = stackups(path, regions, grid, anchor=anchor, **common)[size, size].stack
    else:
        stack = stored.stack
    bins = stack.shape[1]
    if request.bin_percent is not None:
        expansion = float(request.option("expansion", EXPANSION))
        first = int(round(100 * expansion / request.bin_percent, 6))
        middle = stack[:, first : max(bins - first, first + 1)]
    else:
        middle = stack[:, (bins - 1) // 2 : bins // 2 + 1]
    known = np.isfinite(middle)
    count = known.sum(axis=1)
    total = np.where(known, middle, 0).sum(axis=1, dtype=np.float64)
    values = np.full(len(stack), np.nan, dtype=np.float32)
    values[count > 0] = (total[count > 0] / count[count > 0]).astype(np.float32)
    return values


# -- by snippets ---------------------------------------------------------------------------


def _by_snippets(
    run: TaskRun, request: Request, regions: pd.DataFrame, shared: _Shared
) -> Solution:
    options = work.options_of(request, _SNIPPET_OPTIONS)
    counts = _cluster_counts(options)

    def read() -> npt.NDArray[np.float32]:
        return _small_snippets(run, request, regions, options)

    embedded = _embedded(run, request, "snippets", options, shared, read)
    arrays, meta = _described(request, embedded, options, counts)
    meta["columns"] = embedded.names
    total = sum(int(arrays[f"clusters_{k}"].max(initial=-1)) + 1 for k in counts)
    done = 0
    for k in counts:
        ids = arrays[f"clusters_{k}"]
        thumbnails = []
        for number in range(int(ids.max(initial=-1)) + 1):
            run.watch.message = "averaging clusters"
            run.watch.progress(done, total)
            members = request.replace(
                analysis="pileup",
                subset=tuple(int(row) for row in np.flatnonzero(ids == number)),
                options=tuple(
                    (n, v) for n, v in request.options if n in ("expansion", "edges")
                ),
            )
            thumbnails.append(
                average_map(members, regions, run.store.band_cache).mean.astype(np.float32)
            )
            done += 1
        side = bins_of(request)
        empty = np.zeros((0, side, side), dtype=np.float32)
        arrays[f"thumbnails_{k}"] = np.stack(thumbnails) if thumbnails else empty
    return arrays, meta


def _small_snippets(
    run: TaskRun, request: Request, regions: pd.DataFrame, options: dict[str, Any]
) -> npt.NDArray[np.float32]:
    """Snippets shrunk to the size of the features, made in chunks that fit in memory."""
    from hicognition_widgets.analyses._features import shrink
    from hicognition_widgets.analyses.embedding import SNIPPET_SIZE

    size = int(options.get("size", SNIPPET_SIZE))
    side = bins_of(request)
    step = max(1, _CHUNK_BYTES // (4 * side * side))
    make = _chunk_maker(run, request, regions, options)
    parts = []
    for first in range(0, max(len(regions), 1), step):
        run.watch.message = f"reading {request.features[0].name}"
        run.watch.progress(first, len(regions))
        rows = np.arange(first, min(first + step, len(regions)))
        parts.append(shrink(make(rows), size))
    return np.concatenate(parts)


def _chunk_maker(
    run: TaskRun, request: Request, regions: pd.DataFrame, options: dict[str, Any]
) -> Any:
    """Makes the snippets of some rows; what they share is computed once."""
    common: dict[str, Any] = {
        "view_df": work.view_of(request.assembly),
        "normalization": request.normalization,
        "flip": request.flip,
    }
    if "edges" in options:
        common["edges"] = options["edges"]
    path = request.features[0].path
    if request.bin_percent is not None:
        from hicognition_widgets.analyses.scaled_pileup import scaled_snippets

        if "expansion" in options:
            common["expansion"] = options["expansion"]
        # One row gives the resolution and the expected values that suit all of them.
        whole = average_map(_as_pileup(request), regions, run.store.band_cache)
        return partial(
            _scaled_chunk,
            scaled_snippets,
            path,
            regions,
            common | {"binsize": whole.binsize, "bin_percent": request.bin_percent},
        )
    from hicognition_widgets.analyses.expected import expected_cis
    from hicognition_widgets.analyses.snippets import snippets

    uri = resolution(path, request.binsize or 0)
    if request.normalization == "oe":
        common["expected_df"] = expected_cis(uri, common["view_df"])

    def chunk(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        anchor: Any = request.anchor  # checked by Request
        return snippets(
            uri, regions, flank=request.flank or 0, anchor=anchor, subset=rows,
            cache=run.store.band_cache, **common,
        )  # fmt: skip

    return chunk


def _scaled_chunk(
    function: Any,
    path: str,
    regions: pd.DataFrame,
    arguments: dict[str, Any],
    rows: npt.NDArray[np.int64],
) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = function(path, regions, subset=rows, **arguments)
    return found


def _as_pileup(request: Request) -> Request:
    options = tuple((n, v) for n, v in request.options if n in ("expansion", "edges"))
    return request.replace(analysis="pileup", options=options)


# -- both ----------------------------------------------------------------------------------


def embedding_with_usual_clusters(request: Request) -> Request:
    """The same map of regions without the number of clusters."""
    options = tuple((name, value) for name, value in request.options if name != "n_clusters")
    return request.replace(options=options)


def _cluster_counts(options: dict[str, Any]) -> tuple[int, ...]:
    """Numbers of clusters that are computed: the usual ones, or the one asked for."""
    wanted = options.get("n_clusters")
    if wanted is None:
        return CLUSTERS
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise InputError(f"n_clusters must be a positive whole number, not {wanted!r}")
    return (wanted,)


def _embedded(
    run: TaskRun,
    request: Request,
    kind: Any,
    options: dict[str, Any],
    shared: _Shared,
    read: Callable[[], npt.NDArray[np.float32]],
    **engine: Any,
) -> EmbeddingResult:
    """The map of regions: of this task, stored before, or made now."""
    chosen = {name: value for name, value in options.items() if name in _EMBED_OPTIONS}
    key = tuple(sorted(chosen.items()))
    if key not in shared.embedded:
        found = _stored_embedding(run, request)
        if found is None:
            if shared.matrix is None:
                shared.matrix = read()
            found = _embed(run, shared.matrix, kind, chosen | engine)
        shared.embedded[key] = found
    return shared.embedded[key]


def _stored_embedding(run: TaskRun, request: Request) -> EmbeddingResult | None:
    """A finished map of regions whose clusters are others; None if there is none."""
    from hicognition_widgets.analyses.results import EmbeddingResult
    from hicognition_widgets.errors import StoreError

    key = embedding_with_usual_clusters(request).key
    if key == request.key or key not in run.task.reuse:
        return None
    try:
        stored = run.store.read(run.task.reuse[key])
    except StoreError:
        return None
    if stored.key != key:
        return None
    return EmbeddingResult(
        points=np.asarray(stored.arrays["points"]),
        features=np.asarray(stored.arrays["features"]),
        imputed=np.asarray(stored.arrays["imputed"]),
        names=[str(name) for name in stored.meta["columns"]],
        method=str(stored.meta["method"]),
    )


def _embed(
    run: TaskRun, values: npt.NDArray[np.float32], kind: Any, options: dict[str, Any]
) -> EmbeddingResult:
    """UMAP in a process of its own, which a stop ends; PCA right here."""
    if options.get("method") == "pca":
        from hicognition_widgets.analyses.embedding import embed_signals, embed_snippets

        return (embed_signals if kind == "signals" else embed_snippets)(values, **options)
    from hicognition_widgets.analyses.embedding_process import embed_in_process

    run.watch.message = "laying out the map"
    run.watch.progress(0, 0)
    with embed_in_process(values, kind=kind, **options) as running:
        while True:
            try:
                return running.result(timeout=_POLL_SECONDS)
            except TimeoutError:
                run.watch.check()


def _described(
    request: Request,
    embedded: EmbeddingResult,
    options: dict[str, Any],
    counts: tuple[int, ...],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and meta that both kinds have."""
    from hicognition_widgets.analyses.clusters import cluster
    from hicognition_widgets.analyses.results import RegionCounts
    from hicognition_widgets.genome.reasons import Reason

    ids = cluster(embedded, counts, on=options.get("cluster_on", "features"))
    missing = np.isnan(embedded.points).any(axis=1)
    reasons = np.where(missing, Reason.NO_DATA, Reason.USED).astype(np.uint8)
    arrays: dict[str, Any] = {
        "points": embedded.points,
        "features": embedded.features,
        "imputed": embedded.imputed,
        "reasons": reasons,
        **{f"clusters_{k}": ids[k] for k in counts},
    }
    meta = work.about(request) | work.counts(RegionCounts(reasons=reasons))
    meta["method"] = embedded.method
    meta["numbers"] = {}
    return arrays, meta
