"""Contact maps of intervals of different lengths, brought to one size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._arms import Arms, Placed, arms_on, place
from hicognition_widgets.analyses._map_request import (
    MapRequest,
    Normalization,
    check_normalization,
)
from hicognition_widgets.analyses._map_windows import (
    FLIP_COLUMNS,
    FLIP_ROWS,
    Edges,
    MapWindows,
    check_edges,
)
from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses._window_data import WindowData, batches, reaches, touched_rows
from hicognition_widgets.analyses.results import Codes, Floats, Floats32, Ints, PileupResult
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import is_pairs, scaled_bins, strands
from hicognition_widgets.sources.contact_map import (
    ContactMap,
    list_resolutions,
    locate,
    open_map,
)
from hicognition_widgets.sources.pixels import row_ranges

_LARGEST = 250
"""Bins that 80 % of the intervals may span at most, so that no window grows huge."""


def choose_binsize(sizes: npt.ArrayLike, available: Iterable[int], bins: int) -> int:
    """The resolution whose bins come closest to the cells of the scaled map.

    Parameters
    ----------
    sizes : array of int (n,)
        Lengths of the intervals, bp.
    available : iterable of int
        Bin sizes of the map, bp.
    bins : int
        Cells across the scaled map.

    Returns
    -------
    int
        Among the bin sizes of which 80 % of the intervals span fewer than 250, the one
        whose number per median interval is closest to `bins` (the finer if equal); the
        coarsest of all if none is coarse enough.
    """
    lengths = np.asarray(sizes, dtype=np.float64)
    lengths = lengths[lengths > 0]
    choices = sorted(available)
    if len(lengths) == 0:
        return choices[0]
    fitting = [size for size in choices if np.percentile(lengths, 80) / size < _LARGEST]
    if not fitting:
        return choices[-1]
    return min(fitting, key=lambda size: (abs(np.median(lengths) / size - bins), size))


def scaled_snippets(
    path: Any,
    regions: pd.DataFrame,
    *,
    bin_percent: float,
    expansion: float = 0.2,
    view_df: pd.DataFrame | None = None,
    expected_df: pd.DataFrame | None = None,
    normalization: Normalization = "balanced",
    edges: Edges = "pad",
    flip: bool = False,
    clr_weight_name: str | None = "weight",
    min_diag: int | Literal["auto"] = "auto",
    binsize: int | None = None,
    subset: Any = None,
) -> Floats32:
    """Contact maps of intervals, each brought to N × N cells.

    Parameters
    ----------
    path : str, Path or cooler.Cooler
        A multi-resolution file, or one resolution of it (then no other is used).
    regions : DataFrame
        ``chrom, start, end``: the interval against itself; ``chrom1 … end2``: the first
        interval (rows) against the second (columns).
    bin_percent : float
        Size of a cell in percent of the interval.
    expansion : float
        What is added on each side, as a fraction of the interval;
        N = int((100 + 200 · expansion) / bin_percent).
    view_df, expected_df, normalization, flip, clr_weight_name, min_diag, subset
        As in :func:`~hicognition_widgets.analyses.snippets.snippets`. Flipping reverses
        the intervals on the minus strand.
    edges : {"pad", "drop"}
        An expanded interval that leaves its arm is NaN outside, or all NaN.
    binsize : int, optional
        Resolution to read in bp; see :func:`choose_binsize` for the choice without.

    Returns
    -------
    float32 (n, N, N)
        Mean over the pixels a cell covers, weighted by the shared area; masked pixels do
        not count and cells with none but such are NaN.

    Raises
    ------
    InputError, FileError, GenomeMismatch
        As :func:`~hicognition_widgets.analyses.snippets.snippets`.
    """
    rows = select_rows(subset, len(regions))
    if rows is not None:
        regions = regions.iloc[rows]
    plan = _plan(
        path, regions, bin_percent=bin_percent, expansion=expansion, view_df=view_df,
        expected_df=expected_df, normalization=normalization, edges=edges, flip=flip,
        clr_weight_name=clr_weight_name, min_diag=min_diag, binsize=binsize,
    )  # fmt: skip
    size = plan.request.windows.size
    layers = np.full((len(regions), size, size), np.nan, dtype=np.float32)
    _scale(plan, None, layers)
    return layers


def scaled_pileup(
    path: Any,
    regions: pd.DataFrame,
    *,
    bin_percent: float,
    expansion: float = 0.2,
    view_df: pd.DataFrame | None = None,
    expected_df: pd.DataFrame | None = None,
    normalization: Normalization = "balanced",
    edges: Edges = "pad",
    flip: bool = False,
    clr_weight_name: str | None = "weight",
    min_diag: int | Literal["auto"] = "auto",
    binsize: int | None = None,
    subset: Any = None,
) -> PileupResult:
    """Average contact map of intervals brought to N × N cells.

    The NaN-ignoring mean over :func:`scaled_snippets`, whose parameters it shares;
    memory does not grow with the number of intervals.

    Returns
    -------
    PileupResult
        `mean` and `count`, float64 and int64 (N, N), the resolution that was read in
        `binsize` and the expected values, if any, in `expected`.

    Raises
    ------
    InputError, FileError, GenomeMismatch
        As :func:`scaled_snippets`.
    """
    rows = select_rows(subset, len(regions))
    plan = _plan(
        path, regions, bin_percent=bin_percent, expansion=expansion, view_df=view_df,
        expected_df=expected_df, normalization=normalization, edges=edges, flip=flip,
        clr_weight_name=clr_weight_name, min_diag=min_diag, binsize=binsize,
    )  # fmt: skip
    mean, count, reasons, request = _scale(plan, rows, None)
    return PileupResult(
        mean=mean,
        count=count,
        binsize=request.contacts.binsize,
        normalization=request.normalization,
        bin_percent=bin_percent,
        expansion=expansion,
        expected=request.expected,
        reasons=reasons,
        rows=rows,
    )


@dataclass(frozen=True, eq=False)
class _Plan:
    """Intervals on a map; `grids` float64 (n, 4): first edge and step of rows, columns."""

    request: MapRequest
    grids: Floats


def _plan(
    path: Any,
    regions: pd.DataFrame,
    *,
    bin_percent: float,
    expansion: float,
    view_df: pd.DataFrame | None,
    expected_df: pd.DataFrame | None,
    normalization: Normalization,
    edges: Edges,
    flip: bool,
    clr_weight_name: str | None,
    min_diag: int | Literal["auto"],
    binsize: int | None,
) -> _Plan:
    check_normalization(normalization)
    check_edges(edges)
    size = scaled_bins(bin_percent, expansion)
    weight_name = None if normalization == "raw" else clr_weight_name
    contacts = _open(path, regions, size, binsize, weight_name)
    arms = arms_on(contacts, view_df)
    pairs = is_pairs(regions)
    left = place(regions, contacts, arms, "left" if pairs else None)
    right = place(regions, contacts, arms, "right") if pairs else left
    one = _grid(left, contacts, arms, size, expansion, edges)
    two = _grid(right, contacts, arms, size, expansion, edges) if pairs else one
    turn = np.zeros(len(regions), dtype=np.int64)
    if flip:
        turn += FLIP_ROWS * (strands(regions, "left" if pairs else None) < 0)
        turn += FLIP_COLUMNS * (strands(regions, "right" if pairs else None) < 0)
    zero = np.zeros(len(regions), dtype=np.int64)
    table = np.stack((one.lo, two.lo, zero, one.hi - one.lo, zero, two.hi - two.lo), axis=1)
    windows = MapWindows(
        size=size,
        table=table,
        arm1=left.arm,
        arm2=right.arm,
        trans=left.chrom != right.chrom,
        turn=turn,
        reasons=np.where(one.reasons != 0, one.reasons, two.reasons),
        on_diagonal=False,
    )
    observed = "raw" if weight_name is None else "balanced"
    request = MapRequest(
        contacts=contacts,
        arms=arms,
        windows=windows,
        weights=np.nan_to_num(contacts.weights(weight_name)),
        min_diag=contacts.ignored_diagonals(weight_name) if min_diag == "auto" else min_diag,
        observed=observed,
        normalization="oe" if expected_df is not None or normalization == "oe" else observed,
        expected=expected_df,
    )
    return _Plan(request, np.stack((one.first, one.step, two.first, two.step), axis=1))


def _open(
    path: Any, regions: pd.DataFrame, bins: int, binsize: int | None, weight_name: str | None
) -> ContactMap:
    where, group = locate(path)
    available = list_resolutions(f"{where}::{group}")
    balanced = list_resolutions(f"{where}::{group}", weight_name=weight_name)
    available = balanced or available
    if not available:
        return open_map(path)  # which says what is wrong with it
    if binsize is None:
        pairs = is_pairs(regions)
        lengths = [
            (regions[f"end{side}"] - regions[f"start{side}"]).to_numpy(dtype=np.int64)
            for side in (("1", "2") if pairs else ("",))
        ]
        binsize = choose_binsize(np.concatenate(lengths), available, bins)
    elif binsize not in available:
        listed = ", ".join(f"{size:,}" for size in available)
        raise InputError(f"{where} has no resolution of {binsize:,} bp; it has {listed}")
    return open_map(f"{where}::{available[binsize]}")


@dataclass(frozen=True, eq=False)
class _Grid:
    """Bins inside the arm, and first edge and step of the cells in bins of the genome."""

    lo: Ints
    hi: Ints
    first: Floats
    step: Floats
    reasons: Codes


def _grid(
    placed: Placed, contacts: ContactMap, arms: Arms, size: int, expansion: float, edges: Edges
) -> _Grid:
    reasons = placed.reasons.copy()
    length = placed.end - placed.start
    reasons[(reasons == 0) & (length <= 0)] = Reason.ZERO_LENGTH
    offset = contacts.chrom_offset[np.maximum(placed.chrom, 0)]
    first = offset + (placed.start - expansion * length) / contacts.binsize
    last = offset + (placed.end + expansion * length) / contacts.binsize
    step = np.maximum(last - first, 1e-12) / size
    if len(arms) == 0:
        return _Grid(np.zeros_like(offset), np.zeros_like(offset), first, step, reasons)
    arm = np.maximum(placed.arm, 0)
    if edges == "drop":
        begin = offset + arms.start[arm] / contacts.binsize
        end = offset + arms.end[arm] / contacts.binsize
        reasons[(reasons == 0) & ((first < begin) | (last > end))] = Reason.CROSSES_ARM_END
    lo = np.clip(np.floor(first).astype(np.int64), arms.lo[arm], arms.hi[arm])
    hi = np.clip(np.ceil(last).astype(np.int64), lo, arms.hi[arm])
    reasons[(reasons == 0) & (hi == lo)] = Reason.CROSSES_ARM_END
    return _Grid(lo, hi, first, step, reasons)


def _scale(
    plan: _Plan, rows: Ints | None, layers: Floats32 | None
) -> tuple[Floats, Ints, Codes, MapRequest]:
    request = plan.request
    everything = request.windows
    chosen = np.arange(len(everything)) if rows is None else rows
    windows = everything.take(chosen)
    total = np.zeros((windows.size, windows.size))
    count = np.zeros((windows.size, windows.size), dtype=np.int64)
    with WindowData.open(request.contacts, request.weights) as data:
        request = request.with_expected(data)
        windows, groups = request.groups(windows)
        reasons = windows.reasons.copy()
        for group in groups:
            empty = _scale_group(
                data, windows.table[group.rows], plan.grids[chosen[group.rows]],
                group.factor, group.cis, windows.turn[group.rows],
                None if layers is None else group.rows, layers, total, count,
            )  # fmt: skip
            reasons[group.rows[empty]] = Reason.NO_DATA
    all_reasons = everything.reasons.copy()
    all_reasons[chosen] = reasons
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean, count, all_reasons, request


def _scale_group(
    data: WindowData,
    table: Ints,
    grids: Floats,
    factor: Floats,
    cis: bool,
    turns: Ints,
    slots: Ints | None,
    layers: Floats32 | None,
    total: Floats,
    count: Ints,
) -> npt.NDArray[np.bool_]:
    """Scale the intervals of one group; which of them have no data."""
    from hicognition_widgets.analyses._kernels_scaled import scale_regions

    spans = np.stack(
        (table[:, 0], table[:, 0] + table[:, 3], table[:, 1], table[:, 1] + table[:, 5]), axis=1
    )
    stored = stored_rows(spans)
    order = np.argsort(stored[:, 0], kind="stable")
    empty = np.zeros(len(table), dtype=bool)
    offsets = data.contacts.row_offset
    for batch in batches(offsets, stored[order]):
        part = order[batch]
        first = int(stored[part, 0].min())
        last = int((stored[part, 0] + stored[part, 3]).max())
        wanted = touched_rows(stored[part], first, last)
        pixels = data.reader.rows(
            first, last, int(reaches(table[part]).max()),
            row_ranges(offsets[first : last + 1], wanted),
        )  # fmt: skip
        blank = np.zeros(len(part), dtype=bool)
        scale_regions(
            first, pixels.ends, pixels.columns, pixels.counts, data.weights,
            spans[part], grids[part], factor, cis, turns[part],
            np.full(len(part), -1) if slots is None else slots[part],
            np.zeros((0, 0, 0), dtype=np.float32) if layers is None else layers,
            total, count, blank,
        )  # fmt: skip
        empty[part] = blank
    return empty


def stored_rows(spans: Ints) -> Ints:
    """Rows of the file that hold the pixels of each interval pair, as a window table.

    A pixel is stored in the row of its smaller bin: rows of the first interval are needed
    where the second has bins behind them, and the reverse.
    """
    lo1, hi1, lo2, hi2 = spans.T
    use1, use2 = lo1 < hi2, lo2 < hi1
    lo = np.where(use1 & use2, np.minimum(lo1, lo2), np.where(use1, lo1, lo2))
    hi = np.where(use1 & use2, np.maximum(hi1, hi2), np.where(use1, hi1, hi2))
    zero = np.zeros_like(lo)
    return np.stack((lo, lo, zero, hi - lo, zero, hi - lo), axis=1)
