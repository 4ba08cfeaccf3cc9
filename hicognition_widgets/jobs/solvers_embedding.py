"""Embeddings, by the tracks of a collection or by the snippets of a contact map."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.plan import EXPANSION, bins_of
from hicognition_widgets.jobs.request import Request
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
_SIGNAL_OPTIONS: Final = (*_EMBED_OPTIONS, "missing", "expansion", "cluster_on")
_SNIPPET_OPTIONS: Final = (*_EMBED_OPTIONS, "size", "expansion", "edges", "cluster_on")


def solve_embeddings(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Embeddings, one by one."""
    for request in requests:
        by_tracks = request.analysis == "embedding1d"
        solve = _by_tracks if by_tracks else _by_snippets
        if request.subset is not None:
            raise InputError("an embedding holds all regions; take rows of it instead")
        run.attempt(request, partial(solve, run, request, regions))


# -- by tracks -----------------------------------------------------------------------------


def _by_tracks(run: TaskRun, request: Request, regions: pd.DataFrame) -> Solution:
    options = work.options_of(request, _SIGNAL_OPTIONS)
    columns = []
    for number, feature in enumerate(request.features):
        run.watch.message = f"reading {feature.name}"
        run.watch.progress(number, len(request.features) + 1)
        columns.append(_centre(run, request.replace(features=(feature,)), regions))
    matrix = np.stack(columns, axis=1)
    numbers = [str(i) for i in range(len(columns))]
    embedded = _embed(run, matrix, "signals", _engine_options(options) | {"names": numbers})
    arrays, meta = _described(request, embedded, options)
    meta["columns"] = [int(name) for name in embedded.names]
    from hicognition_widgets.analyses.clusters import cluster_means

    for k in CLUSTERS:
        arrays[f"averages_{k}"] = cluster_means(embedded.features, arrays[f"clusters_{k}"]).mean
    return arrays, meta


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


def _by_snippets(run: TaskRun, request: Request, regions: pd.DataFrame) -> Solution:
    options = work.options_of(request, _SNIPPET_OPTIONS)
    small = _small_snippets(run, request, regions, options)
    embedded = _embed(run, small, "snippets", _engine_options(options))
    arrays, meta = _described(request, embedded, options)
    meta["columns"] = embedded.names
    total = sum(int(arrays[f"clusters_{k}"].max(initial=-1)) + 1 for k in CLUSTERS)
    done = 0
    for k in CLUSTERS:
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
            thumbnails.append(average_map(run, members, regions).mean.astype(np.float32))
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
        whole = average_map(run, _as_pileup(request), regions)
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


def _engine_options(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in _EMBED_OPTIONS}


def _embed(
    run: TaskRun, values: npt.NDArray[np.float32], kind: Any, options: dict[str, Any]
) -> EmbeddingResult:
    """UMAP in a process of its own, which a stop ends."""
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
    request: Request, embedded: EmbeddingResult, options: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and meta that both kinds have."""
    from hicognition_widgets.analyses.clusters import cluster
    from hicognition_widgets.analyses.results import RegionCounts
    from hicognition_widgets.genome.reasons import Reason

    ids = cluster(embedded, CLUSTERS, on=options.get("cluster_on", "features"))
    missing = np.isnan(embedded.points).any(axis=1)
    reasons = np.where(missing, Reason.NO_DATA, Reason.USED).astype(np.uint8)
    arrays: dict[str, Any] = {
        "points": embedded.points,
        "features": embedded.features,
        "imputed": embedded.imputed,
        "reasons": reasons,
        **{f"clusters_{k}": ids[k] for k in CLUSTERS},
    }
    meta = work.about(request) | work.counts(RegionCounts(reasons=reasons))
    meta["method"] = embedded.method
    meta["numbers"] = {}
    return arrays, meta
