"""Enrichment of a collection of region sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.request import Request

if TYPE_CHECKING:
    import pandas as pd

    from hicognition_widgets.jobs.work import Solution, TaskRun

_OPTIONS: Final = ("expansion",)


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
    common: dict[str, Any] = {
        "chromsizes": dict(request.assembly.chromsizes),
        "side": request.side,
        "flip": request.flip,
        **work.options_of(request, _OPTIONS if request.bin_percent is not None else ()),
    }
    chosen = regions if rows is None else regions.iloc[rows]
    anchor: Any = request.anchor  # checked by Request
    if request.bin_percent is not None:
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
