"""Two average maps against each other, as a worker computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import numbers, work
from hicognition_widgets.jobs.request import FeatureInput, Request
from hicognition_widgets.jobs.sizes import bins_of
from hicognition_widgets.jobs.solvers import (
    PILEUP_OPTIONS,
    SCALED_OPTIONS,
    average_map,
    resolution,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from hicognition_widgets.analyses.results import PileupResult
    from hicognition_widgets.jobs.work import Solution, TaskRun

Windows = Callable[..., npt.NDArray[np.float32]]

PERMUTATIONS: Final = 1000
_OWN: Final = ("permutations", "seed")


def solve_comparison(run: TaskRun, request: Request, regions: pd.DataFrame) -> Solution:
    """Ratio, difference and p of every pixel; both sides are averaged as usual first.

    The usual averages say which regions are left out and why, and which resolution
    intervals are read at.
    """
    if request.option("controls"):
        raise InputError("a comparison has no controls: the other side takes their place")
    options = dict(request.options)
    permutations = int(options.pop("permutations", PERMUTATIONS) or PERMUTATIONS)
    seed = int(options.pop("seed", 0) or 0)
    one = request.replace(
        features=request.features[:1], versus=None, options=tuple(options.items())
    )
    two = one.replace(features=request.features[-1:])
    other = regions
    if request.versus is not None:
        other = work.table_of(request.versus)
        two = two.replace(regions=request.versus, subset=None)
    cache = run.store.band_cache
    first = average_map(one, regions, cache)
    if one.bin_percent is not None and "binsize" not in options:
        # both sides at one resolution
        shared = (*two.options, ("binsize", first.binsize))
        one, two = one.replace(options=shared), two.replace(options=shared)
    run.watch.check()
    second = average_map(two, other, cache)
    run.watch.message = "permuting regions"

    from hicognition_widgets.analyses.compare import compare_windows

    paired = request.versus is None
    result = compare_windows(
        _windows(one, regions, cache),
        _windows(two, other, cache),
        len(regions) if one.subset is None else len(one.subset),
        None if paired else len(other),
        size=bins_of(one),
        permutations=permutations,
        seed=seed,
        progress=run.watch.progress,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(result.mean_two > 0, result.mean_one / result.mean_two, np.nan)
    arrays = {
        "mean": result.mean_one,
        "other": result.mean_two,
        "ratio": ratio,
        "difference": result.difference,
        "p_value": result.p_value,
        "p_corrected": result.p_corrected,
        "count": result.count_one,
        "count_two": result.count_two,
        "reasons": _reasons(first, second, paired=paired),
    }
    used = replace(first, reasons=arrays["reasons"])
    meta = work.about(request) | work.counts(used)
    meta["binsize"], meta["expansion"] = first.binsize, first.expansion
    meta["numbers"] = numbers.comparison_numbers(result.mean_one, result.mean_two)
    meta["comparison"] = {
        "paired": paired,
        "permutations": permutations,
        "one": _side(one.features[0], request.regions.name, used),
        "two": _side(two.features[0], two.regions.name, used if paired else second),
    }
    return arrays, meta


def _reasons(
    first: PileupResult, second: PileupResult, *, paired: bool
) -> npt.NDArray[np.uint8]:
    """Why regions are left out; pairs of values need both sides."""
    if not paired:
        return first.reasons
    return np.where(first.reasons != 0, first.reasons, second.reasons)


def _side(feature: FeatureInput, regions: str, result: PileupResult) -> dict[str, Any]:
    return {"feature": feature.name, "regions": regions} | work.counts(result)


def _windows(request: Request, regions: pd.DataFrame, cache: Path | None) -> Windows:
    """Makes windows of the request's regions, whose rows count from 0 again."""
    rows = work.subset_of(request)
    table = regions if rows is None else regions.iloc[rows]
    common: dict[str, Any] = {
        "view_df": work.view_of(request.assembly),
        "normalization": request.normalization,
        "flip": request.flip,
    }
    path = request.features[0].path
    if request.bin_percent is not None:
        from hicognition_widgets.analyses.scaled_pileup import scaled_snippets

        return partial(
            scaled_snippets, path, table, bin_percent=request.bin_percent, **common,
            **work.options_of(request, SCALED_OPTIONS),
        )  # fmt: skip
    from hicognition_widgets.analyses.snippets import snippets

    known = tuple(name for name in PILEUP_OPTIONS if name not in ("controls", *_OWN))
    anchor: Any = request.anchor  # checked by Request
    return partial(
        snippets, resolution(path, request.binsize or 0), table, flank=request.flank or 0,
        anchor=anchor, cache=cache, **common, **work.options_of(request, known),
    )  # fmt: skip
