"""Enrichment of a collection of region sets."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache, partial
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

Targets = Callable[[], "dict[str, pd.DataFrame]"]
"""Regions of every member, read when they are first needed."""
_OPTIONS: Final = ("universe", "hits")
_SCALED_OPTIONS: Final = (*_OPTIONS, "expansion")


def solve_enrichment(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Enrichment at each position; the members of the collection are read once."""
    features = requests[0].features

    @cache
    def targets() -> dict[str, pd.DataFrame]:
        """The members' regions; a selection that finds its bits kept needs none of them."""
        tables = {}
        for number, feature in enumerate(features):
            run.watch.message = f"reading {feature.name}"
            run.watch.progress(number, len(features) + len(requests))
            tables[str(number)] = work.read_table(feature.path, feature.fingerprint)
        run.watch.message = "counting overlaps"
        return tables

    for number, request in enumerate(requests):
        run.watch.message = "counting overlaps"
        run.attempt(request, partial(_enrichment, request, regions, targets))
        run.watch.progress(len(features) + number + 1, len(features) + len(requests))


def _enrichment(request: Request, regions: pd.DataFrame, targets: Targets) -> Solution:
    from hicognition_widgets.analyses.enrichment import enrichment, scaled_enrichment

    rows = work.subset_of(request)
    options = work.options_of(
        request, _SCALED_OPTIONS if request.bin_percent is not None else _OPTIONS
    )
    universe = options.pop("universe", None)
    wants_hits = options.pop("hits", False)
    if universe not in (None, "rest"):
        raise InputError(f'the universe is "rest" or the whole genome, not {universe!r}')
    where = _placed(request, options)
    if wants_hits:
        return _stored_hits(request, where, regions, targets)
    if universe == "rest":
        # all rows are there, whatever is selected
        rows, result = None, _against_rest(request, where, regions, targets)
    else:
        chosen = regions if rows is None else regions.iloc[rows]
        analyse: Any = enrichment if request.bin_percent is None else scaled_enrichment
        result = analyse(chosen, targets(), **where)
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
    for name in ("chunks", "universe_hits", "universe_chunks"):
        if getattr(result, name) is not None:
            arrays[name] = getattr(result, name)
    return arrays, meta


def _placed(request: Request, options: dict[str, Any]) -> dict[str, Any]:
    """Arguments that say where the positions of every region are."""
    common: dict[str, Any] = {
        "chromsizes": dict(request.assembly.chromsizes),
        "side": request.side,
        "flip": request.flip,
        **options,
    }
    if request.bin_percent is not None:
        return common | {"bin_percent": request.bin_percent}
    return common | {
        "flank": request.flank or 0,
        "binsize": request.binsize or 0,
        "anchor": request.anchor,
    }


_KEPT_HITS: Final = 4
_hits: OrderedDict[str, HitMatrix] = OrderedDict()
_hits_lock = threading.Lock()


def _stored_hits(
    request: Request,
    where: dict[str, Any],
    regions: pd.DataFrame,
    targets: Targets,
) -> Solution:
    """Which regions overlap which targets at which position, as bits."""
    from hicognition_widgets.analyses.results import RegionCounts

    if request.subset is not None:
        raise InputError("hits are those of all regions; take rows of them instead")
    hits = _kept_hits(request, where, regions, targets)
    meta = work.about(request) | work.counts(RegionCounts(reasons=hits.reasons))
    meta["dropped"] = hits.dropped
    meta["numbers"] = {}
    return {"bits": hits.bits, "present": hits.present, "reasons": hits.reasons}, meta


def _against_rest(
    request: Request,
    where: dict[str, Any],
    regions: pd.DataFrame,
    targets: Targets,
) -> EnrichmentResult:
    """The selected regions against the others of the set, from bits that are kept."""
    if request.subset is None:
        raise InputError("comparing with the rest needs selected regions")
    hits = _kept_hits(request, where, regions, targets)
    return hits.enrichment(np.asarray(request.subset, dtype=np.int64))


def _kept_hits(
    request: Request,
    where: dict[str, Any],
    regions: pd.DataFrame,
    targets: Targets,
) -> HitMatrix:
    """Bits of all regions: those of a question before, or made now."""
    from hicognition_widgets.analyses.enrichment_hits import (
        enrichment_hits,
        scaled_enrichment_hits,
    )
    from hicognition_widgets.jobs.selections import whole

    key = whole(request).key
    with _hits_lock:
        hits = _hits.get(key)
        if hits is not None:
            _hits.move_to_end(key)
            return hits
    make: Callable[..., HitMatrix] = (
        enrichment_hits if request.bin_percent is None else scaled_enrichment_hits
    )
    hits = make(regions, targets(), **where)
    with _hits_lock:
        _hits[key] = hits
        while len(_hits) > _KEPT_HITS:
            _hits.popitem(last=False)
    return hits
