"""The average contact map over regions, without ever holding the single windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._map_request import MapRequest, Normalization, map_request
from hicognition_widgets.analyses._map_windows import (
    FLIP_COLUMNS,
    FLIP_ROWS,
    SWAP,
    Edges,
    MapWindows,
)
from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses._window_data import WindowData
from hicognition_widgets.analyses.results import Floats, Ints, PileupResult
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import Anchor

_NEAREST_CONTROL, _FARTHEST_CONTROL = 100_000, 1_000_000
"""How far controls are moved, bp."""


def pileup(
    clr: Any,
    regions: pd.DataFrame,
    *,
    flank: int,
    view_df: pd.DataFrame | None = None,
    expected_df: pd.DataFrame | None = None,
    normalization: Normalization = "balanced",
    edges: Edges = "drop",
    flip: bool = False,
    clr_weight_name: str | None = "weight",
    anchor: Anchor = "center",
    min_diag: int | Literal["auto"] = "auto",
    subset: Any = None,
    controls: int = 0,
    seed: int = 0,
    cache: str | Path | None = None,
) -> PileupResult:
    """Average contact map over points or pairs of points.

    Equals the NaN-ignoring mean over :func:`snippets` (in float64), whose parameters it
    shares; memory does not grow with the number of regions.

    Parameters
    ----------
    subset : row numbers or mask, optional
        Average over these regions only; a row given twice counts twice. With `cache`,
        another subset reads nothing from the map: 50,000 windows of 81 bins take about
        0.15 s. The expected values of ``"oe"`` are kept in the process as well.
    controls : int
        Shifted copies of each region. With any, the result is the ratio of the average
        over the regions to the average over the copies. Each copy is moved by a random
        distance within its arm, 0.1 to 1 Mb or whatever the arm allows, the anchors of
        a pair together.
    seed : int
        Start of the random numbers of `controls`.

    Returns
    -------
    PileupResult
        `mean` and `count`, float64 and int64 (2k + 1, 2k + 1); reasons per region.

    Raises
    ------
    InputError, FileError, GenomeMismatch
        As :func:`snippets`.
    """
    rows = select_rows(subset, len(regions))
    request = map_request(
        clr, regions, flank=flank, view_df=view_df, expected_df=expected_df,
        normalization=normalization, edges=edges, flip=flip,
        clr_weight_name=clr_weight_name, anchor=anchor, min_diag=min_diag,
    )  # fmt: skip
    everything = request.windows
    windows = everything if rows is None else everything.take(rows)
    tables = [windows]
    if controls:
        tables.append(shifted(request, windows, controls, seed))
    with request.pixels(tables, cache) as data:
        request = request.with_expected(data)
        mean, count, windows = average(request, windows, data)
        if controls:
            control, _, _ = average(request, tables[1], data)
            with np.errstate(divide="ignore", invalid="ignore"):
                mean = mean / control
            mean[~np.isfinite(mean)] = np.nan
    reasons = everything.reasons.copy()
    reasons[slice(None) if rows is None else rows] = windows.reasons
    return PileupResult(
        mean=mean,
        count=count,
        binsize=request.contacts.binsize,
        normalization=request.normalization,
        flank=flank,
        expected=request.expected,
        reasons=reasons,
        rows=rows,
    )


def average(
    request: MapRequest, windows: MapWindows, data: WindowData
) -> tuple[Floats, Ints, MapWindows]:
    """Mean and count per pixel, and the windows with the reasons found on the way."""
    from hicognition_widgets.analyses._kernels_band import count_windows

    windows, groups = request.groups(windows)
    size = windows.size
    total, count = np.zeros((size, size)), np.zeros((size, size), dtype=np.int64)
    reasons = windows.reasons.copy()
    for group in groups:
        turns, slots = np.unique(windows.turn[group.rows], return_inverse=True)
        sums = np.zeros((len(turns), size, size))
        table = windows.table[group.rows]
        data.add(table, group.factor, group.cis, slots, sums)
        for slot, turn in enumerate(turns):
            rows = np.flatnonzero(slots == slot)
            numbers = np.zeros((size, size), dtype=np.int64)
            empty = np.zeros(len(rows), dtype=bool)
            count_windows(
                data.weights, table[rows], group.factor, group.cis,
                windows.on_diagonal, numbers, empty,
            )  # fmt: skip
            reasons[group.rows[rows[empty]]] = Reason.NO_DATA
            layer = sums[slot]
            if windows.on_diagonal:
                layer, numbers = _whole(layer, numbers, group.factor)
            total += _turned(layer, int(turn))
            count += _turned(numbers, int(turn))
    with np.errstate(invalid="ignore"):
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean, count, replace(windows, reasons=reasons)


def _whole(layer: Floats, numbers: Ints, factor: Floats) -> tuple[Floats, Ints]:
    """Both triangles of a symmetric average; distances without a factor have no count."""
    upper = np.triu(layer)
    size = len(layer)
    distance = np.abs(np.arange(size) - np.arange(size)[:, None])
    usable = np.zeros(size, dtype=bool)
    usable[: len(factor)] = factor[:size] != 0
    whole = upper + np.triu(layer, 1).T
    return whole, np.where(usable[distance], numbers, 0)


def _turned(array: npt.NDArray[Any], turn: int) -> npt.NDArray[Any]:
    if turn & SWAP:
        array = array.T
    if turn & FLIP_ROWS:
        array = array[::-1]
    if turn & FLIP_COLUMNS:
        array = array[:, ::-1]
    return array


def shifted(request: MapRequest, windows: MapWindows, controls: int, seed: int) -> MapWindows:
    """Copies of the used windows moved at random within their arms.

    Each copy moves by 0.1 to 1 Mb up- or downstream, every shift that keeps it inside
    the arms being equally likely; where none does, by any other shift that does. Windows
    that fill their arm have no copies.
    """
    used = np.flatnonzero(windows.reasons == 0)
    copies = windows.take(np.repeat(used, controls))
    size, arms = windows.size, request.arms
    a1, a2 = copies.table[:, 0], copies.table[:, 1]
    least = np.maximum(arms.lo[copies.arm1] - a1, arms.lo[copies.arm2] - a2)
    most = np.minimum(arms.hi[copies.arm1] - a1, arms.hi[copies.arm2] - a2) - size
    binsize = request.contacts.binsize
    near = max(1, _NEAREST_CONTROL // binsize)
    far = max(near, _FARTHEST_CONTROL // binsize)
    random = np.random.default_rng(seed).random(len(copies))
    shift = np.zeros(len(copies), dtype=np.int64)
    for low, high in ((near, far), (1, int(most.max(initial=1) - least.min(initial=0)) + 1)):
        back_lo, back_hi = np.maximum(least, -high), np.minimum(most, -low)
        on_lo, on_hi = np.maximum(least, low), np.minimum(most, high)
        n_back = np.maximum(back_hi - back_lo + 1, 0)
        n_on = np.maximum(on_hi - on_lo + 1, 0)
        pick = (random * (n_back + n_on)).astype(np.int64)
        chosen = np.where(pick < n_back, back_lo + pick, on_lo + pick - n_back)
        shift = np.where((shift == 0) & (n_back + n_on > 0), chosen, shift)
    table = copies.table.copy()
    table[:, :2] += shift[:, None]
    table[:, 2:] = (0, size, 0, size)
    stay = np.flatnonzero(shift == 0)
    return replace(copies, table=table).with_reasons(stay, Reason.CROSSES_ARM_END)
