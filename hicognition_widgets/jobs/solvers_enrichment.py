"""Enrichment of a collection of region sets."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.request import Request

if TYPE_CHECKING:
    import pandas as pd

    from hicognition_widgets.analyses.enrichment_hits import HitMatrix
    from hicognition_widgets.analyses.results import EnrichmentResult
    from hicognition_widgets.jobs.work import Solution, TaskRun

_OPTIONS: Final = ("universe",)
_SCALED_OPTIONS: Final = (*_OPTIONS, "expansion")


def solve_enrichment(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Enrichment at each position; the members of the collection are read once."""
    targets = {}
    for number, feature in enumerate(requests[0].features):
        run.watch.message = f"reading {feature.name}"
        run.watch.progress(number, len(requests[0].features) + len(requests))
        targets[str(number)] = work.read_table(feature.path, feature.fingerprint)
    for number, request in enumerate(requests):
        run.watch.message = "counting overlaps"
        run.watch.progress(len(targets) + number, len(targets) + len(requests))
        run.attempt(request, partial(_enrichment, request, regions, targets))


def _enrichment(
    request: Request, regions: pd.DataFrame, targets: dict[str, pd.DataFrame]
) -> Solution:
    from hicognition_widgets.analyses.enrichment import enrichment, scaled_enrichment

    rows = work.subset_of(request)
    options = work.options_of(
        request, _SCALED_OPTIONS if request.bin_percent is not None else _OPTIONS
    )
    universe = options.pop("universe", None)
    if universe not in (None, "rest"):
        raise InputError(f'the universe is "rest" or the whole genome, not {universe!r}')
    common: dict[str, Any] = {
        "chromsizes": dict(request.assembly.chromsizes),
        "side": request.side,
        "flip": request.flip,
        **options,
    }
    chosen = regions if rows is None else regions.iloc[rows]
    anchor: Any = request.anchor  # checked by Request
    if universe == "rest":
        # all rows are there, whatever is selected
        rows, result = None, _against_rest(request, regions, targets, common)
    elif request.bin_percent is not None:
        result = scaled_enrichment(chosen, targets, bin_percent=request.bin_percent, **common)
    else:
        result = enrichment(
            chosen,
            targets,
            flank=request.flank or 0,
            binsize=request.binsize or 0,
            anchor=anchor,
            **common,
        )
    meta = work.about(request) | work.counts(result)
    meta["universe_size"] = result.universe_size
    meta["dropped"] = result.dropped
    meta["numbers"] = {}
    arrays: dict[str, Any] = {
        "odds_ratio": result.odds_ratio,
        "p_value": result.p_value,
        "q_value": result.q_value,
        "overlap": result.overlap,
        "reasons": work.spread(result.reasons, rows, len(regions)),
    }
    for name in ("chunks", "universe_hits"):
        if getattr(result, name) is not None:
            arrays[name] = getattr(result, name)
    return arrays, meta


_KEPT_HITS: Final = 4
_hits: OrderedDict[str, HitMatrix] = OrderedDict()
_hits_lock = threading.Lock()


def _against_rest(
    request: Request,
    regions: pd.DataFrame,
    targets: dict[str, pd.DataFrame],
    common: dict[str, Any],
) -> EnrichmentResult:
    """The selected regions against the others of the set, from bits that are kept."""
    from hicognition_widgets.jobs.selections import whole

    if request.subset is None:
        raise InputError("comparing with the rest needs selected regions")
    key = whole(request).key
    with _hits_lock:
        hits = _hits.get(key)
        if hits is not None:
            _hits.move_to_end(key)
    if hits is None:
        hits = _make_hits(request, regions, targets, common)
        with _hits_lock:
            _hits[key] = hits
            while len(_hits) > _KEPT_HITS:
                _hits.popitem(last=False)
    return hits.enrichment(np.asarray(request.subset, dtype=np.int64))


def _make_hits(
    request: Request,
    regions: pd.DataFrame,
    targets: dict[str, pd.DataFrame],
    common: dict[str, Any],
) -> HitMatrix:
    from hicognition_widgets.analyses.enrichment_hits import (
        enrichment_hits,
        scaled_enrichment_hits,
    )

    if request.bin_percent is not None:
        return scaled_enrichment_hits(
            regions, targets, bin_percent=request.bin_percent, **common
        )
    anchor: Any = request.anchor  # checked by Request
    return enrichment_hits(
        regions,
        targets,
        flank=request.flank or 0,
        binsize=request.binsize or 0,
        anchor=anchor,
        **common,
    )
