"""From requests to arrays: calls of the analyses, with shared reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy.typing as npt

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.jobs import numbers, work
from hicognition_widgets.jobs.outcome import Failure
from hicognition_widgets.jobs.region_scores import OPTION, score_of, without_score
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.sizes import EXPANSION, bins_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from hicognition_widgets.analyses.results import PileupResult, StackupResult
    from hicognition_widgets.jobs.work import Solution, TaskRun

Arrays = dict[str, npt.NDArray[Any]]
Solver = Callable[["TaskRun", Sequence[Request], "pd.DataFrame"], None]

_STACK_BYTES: Final = 2**29
"""Memory for stackups that are filled during one pass over a track."""
_STACKUP_OPTIONS: Final = ("missing", "expansion")
_PROFILE_OPTIONS: Final = (*_STACKUP_OPTIONS, "band", "confidence", "resamples", "seed")
PILEUP_OPTIONS: Final = ("controls", "seed", "edges", "clr_weight_name", "min_diag")
SCALED_OPTIONS: Final = ("expansion", "edges", "clr_weight_name", "min_diag", "binsize")


def solver(analysis: str) -> Solver:
    """What answers the requests of a task that begins with this analysis."""
    if analysis in ("profile", "stackup"):
        return solve_tracks
    if analysis == "pileup":
        return solve_pileups
    if analysis == "enrichment":
        from hicognition_widgets.jobs.solvers_enrichment import solve_enrichment

        return solve_enrichment
    from hicognition_widgets.jobs.solvers_embedding import solve_embeddings

    return solve_embeddings


# -- contact maps --------------------------------------------------------------------------


def solve_pileups(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Average maps, one after the other; the engine keeps the bands between them."""
    from hicognition_widgets.jobs.solvers_compare import solve_comparison

    # what the widest windows need of a map, the narrow ones find there
    widest_first = sorted(requests, key=lambda request: -(request.flank or 0))
    for number, request in enumerate(widest_first):
        run.watch.message = f"reading {request.features[0].name}"
        run.watch.progress(number, len(requests))
        solve = solve_comparison if request.compares else _pileup
        run.attempt(request, partial(solve, run, request, regions))
    run.watch.progress(len(requests), len(requests))


def _pileup(run: TaskRun, request: Request, regions: pd.DataFrame) -> Solution:
    result = average_map(without_score(request), regions, run.store.band_cache)
    arrays: Arrays = {
        "mean": result.mean,
        "count": result.count,
        "reasons": result.reasons,
    }
    meta = work.about(request) | work.counts(result)
    meta["binsize"] = result.binsize
    meta["expansion"] = result.expansion
    meta["numbers"] = numbers.pileup_numbers(result.mean)
    if request.option(OPTION) is not None:
        path = request.features[0].path
        if request.bin_percent is None:
            path = resolution(path, request.binsize or 0)
        arrays["score"] = score_of(request, regions, path, run.store.band_cache)
    return arrays, meta


def average_map(request: Request, regions: pd.DataFrame, cache: Path | None) -> PileupResult:
    """The average map that a request asks for; `cache` is the folder of bands."""
    common: dict[str, Any] = {
        "view_df": work.view_of(request.assembly),
        "normalization": request.normalization,
        "flip": request.flip,
        "subset": work.subset_of(request),
    }
    if request.bin_percent is not None:
        from hicognition_widgets.analyses.scaled_pileup import scaled_pileup

        return scaled_pileup(
            request.features[0].path,
            regions,
            bin_percent=request.bin_percent,
            **common,
            **work.options_of(request, SCALED_OPTIONS),
        )
    from hicognition_widgets.analyses.pileup import pileup

    return pileup(
        resolution(request.features[0].path, request.binsize or 0),
        regions,
        flank=request.flank or 0,
        anchor=request.anchor,  # type: ignore[arg-type]  # checked by Request
        cache=cache,
        **common,
        **work.options_of(request, PILEUP_OPTIONS),
    )


def resolution(path: str, binsize: int) -> str:
    """Address of one resolution of a contact map, ``file::/group``.

    Raises
    ------
    InputError
        If the file lacks it; the sentence lists those it has.
    """
    from hicognition_widgets.sources.contact_map import list_resolutions

    sizes = list_resolutions(path)
    if binsize not in sizes:
        there = ", ".join(f"{size:,}" for size in sizes) or "none with fixed bins"
        raise InputError(f"{path} has no resolution of {binsize:,} bp; it has {there}")
    return f"{path}::{sizes[binsize]}"


# -- signal tracks -------------------------------------------------------------------------


def solve_tracks(run: TaskRun, requests: Sequence[Request], regions: pd.DataFrame) -> None:
    """Stackups and profiles; one pass over the track fills all stackups that fit."""
    from hicognition_widgets.analyses.threads import in_threads

    wanted: dict[str, list[Request]] = {}
    for request in requests:
        wanted.setdefault(stackup_of(request).key, []).append(request)
    stacks = {key: stackup_of(group[0]) for key, group in wanted.items()}
    for key in [key for key in stacks if key in run.task.reuse or key in run.given]:
        stored = stored_stack(run, key)
        if stored is not None:
            for request in wanted[key]:
                _finish(run, request, stored)
            del stacks[key]
    for batch in _batches(list(stacks.values())):
        filled = []
        for stack_request, stack in _decode(run, batch, regions):
            group = wanted[stack_request.key]
            if isinstance(stack, Exception):
                for request in group:
                    run.settle(Failure.of(request.key, stack))
            else:
                filled += [(request, stack) for request in group]
        in_threads(lambda one: _finish(run, *one), filled, run.threads)


def stackup_of(request: Request) -> Request:
    """The stackup that a request is made from: all rows, no options of its own."""
    options = tuple((k, v) for k, v in request.options if k in _STACKUP_OPTIONS)
    return request.replace(analysis="stackup", subset=None, options=options)


def _batches(requests: Sequence[Request]) -> Iterator[list[Request]]:
    """Stackups that are filled together: alike, and small enough in sum."""
    alike: dict[tuple[Any, ...], list[Request]] = {}
    for request in requests:
        shared = (request.side, request.anchor, request.flip, request.options)
        alike.setdefault((*shared, request.bin_percent is None), []).append(request)
    for group in alike.values():
        batch: list[Request] = []
        bins: dict[int | float | None, int] = {}
        # narrow stackups are the middle of wide ones with bins of the same size
        for request in sorted(group, key=lambda one: (one.binsize or 0, one.flank or 0)):
            grid = request.binsize or request.bin_percent
            wider = bins | {grid: max(bins.get(grid, 0), bins_of(request))}
            if batch and 4 * request.regions.n * sum(wider.values()) > _STACK_BYTES:
                yield batch
                batch, wider = [], {grid: bins_of(request)}
            batch.append(request)
            bins = wider
        yield batch


def _decode(
    run: TaskRun, batch: Sequence[Request], regions: pd.DataFrame
) -> Iterator[tuple[Request, StackupResult | Exception]]:
    """Stackups of one batch; what cannot work is told from what can."""
    sound = []
    for request in batch:
        try:
            check_stackup(request)
        except InputError as error:
            yield request, error
        else:
            sound.append(request)
    if not sound:
        return
    run.watch.message = f"reading {sound[0].features[0].name}"
    try:
        yield from _stackups(run, sound, regions)
    except FileError as error:
        yield from ((request, error) for request in sound)


def check_stackup(request: Request) -> None:
    """Refuse what the engine would refuse for all grids of a pass together.

    Raises
    ------
    InputError
    """
    from hicognition_widgets.genome.windows import flank_bins, scaled_bins

    known = _PROFILE_OPTIONS if request.analysis == "profile" else _STACKUP_OPTIONS
    options = work.options_of(request, known)
    if request.bin_percent is not None:
        scaled_bins(request.bin_percent, options.get("expansion", EXPANSION))
    else:
        flank_bins(request.flank or 0, request.binsize or 0)


def _stackups(
    run: TaskRun, batch: Sequence[Request], regions: pd.DataFrame
) -> Iterator[tuple[Request, StackupResult | Exception]]:
    from hicognition_widgets.analyses.stackup import scaled_stackups, stackups

    first = batch[0]
    common: dict[str, Any] = {
        "side": first.side,
        "flip": first.flip,
        "progress": run.watch.progress,
        "threads": run.threads,
        **dict(first.options),
    }
    path = first.features[0].path
    if first.bin_percent is not None:
        percents = [request.bin_percent or 0.0 for request in batch]
        scaled = scaled_stackups(path, regions, percents, **common)
        yield from ((request, scaled[request.bin_percent or 0.0]) for request in batch)
        return
    common.pop("expansion", None)
    anchor: Any = first.anchor  # checked by Request
    grid = [(request.flank or 0, request.binsize or 0) for request in batch]
    stacks = stackups(path, regions, grid, anchor=anchor, **common)
    yield from (
        (request, stacks[request.flank or 0, request.binsize or 0]) for request in batch
    )


def stored_stack(run: TaskRun, key: str) -> StackupResult | None:
    """A stackup that was stored before; None if it cannot be read any more."""
    from hicognition_widgets.analyses.results import StackupResult
    from hicognition_widgets.errors import StoreError

    stored = run.given.get(key)
    if stored is None and key in run.task.reuse:
        try:
            stored = run.store.read(run.task.reuse[key])
        except StoreError:
            return None
    if stored is None or stored.key != key:
        return None
    return StackupResult(
        stack=stored.arrays["rows"],
        reasons=stored.arrays["reasons"],
        expansion=stored.meta.get("expansion"),
    )


def _finish(run: TaskRun, request: Request, stack: StackupResult) -> None:
    solve = _profile if request.analysis == "profile" else _stackup
    run.attempt(request, partial(solve, request, stack))


def _stackup(request: Request, stack: StackupResult) -> Solution:
    if request.subset is not None:
        raise InputError("a stackup holds all regions; take rows of it instead of a subset")
    work.options_of(request, _STACKUP_OPTIONS)
    from hicognition_widgets.analyses.profile import column_means

    mean = column_means(stack.stack)
    meta = work.about(request) | work.counts(stack)
    meta["expansion"] = stack.expansion
    meta["numbers"] = numbers.profile_numbers(mean)
    return {"rows": stack.stack, "reasons": stack.reasons}, meta


def _profile(request: Request, stack: StackupResult) -> Solution:
    from hicognition_widgets.analyses.profile import profile
    from hicognition_widgets.analyses.results import RegionCounts

    options = work.options_of(request, _PROFILE_OPTIONS)
    own = {name: value for name, value in options.items() if name not in _STACKUP_OPTIONS}
    rows = work.subset_of(request)
    result = profile(stack.stack, rows, reasons=stack.reasons, **own)
    arrays: Arrays = {
        "mean": result.mean,
        "low": result.low,
        "high": result.high,
        "count": result.count,
        "reasons": stack.reasons,
    }
    meta = work.about(request) | work.counts(RegionCounts(reasons=stack.reasons, rows=rows))
    meta["expansion"] = stack.expansion
    meta["numbers"] = numbers.profile_numbers(result.mean)
    return arrays, meta
