"""Signal of every region: exact bin means of a bigWig around points or along intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._stackup_fill import Windows, fill_stacks
from hicognition_widgets.analyses.profile import no_data
from hicognition_widgets.analyses.results import StackupResult
from hicognition_widgets.analyses.threads import Progress
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.names import match_names
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import (
    Anchor,
    Flank,
    Side,
    flank_bins,
    positions,
    scaled_bins,
    sided_columns,
    strands,
)
from hicognition_widgets.sources.bigwig import BigWig

Source = str | Path | BigWig


def stackup(
    bigwig: Source,
    regions: pd.DataFrame,
    *,
    flank: Flank,
    binsize: int,
    side: Side | None = None,
    anchor: Anchor = "center",
    missing: float = np.nan,
    flip: bool = False,
) -> npt.NDArray[np.float32]:
    """Signal around the point of each region, averaged in bins.

    Parameters
    ----------
    bigwig : path or BigWig
        The track. Stored values are read, never zoom levels.
    regions : DataFrame
        ``chrom, start, end`` or pairs (then `side` chooses the anchor).
    flank : int or (int, int)
        Half-width in bp, or upstream and downstream; multiples of `binsize`.
    binsize : int
        bp. Bin ``i`` covers ``[point - upstream + i·binsize, … + binsize)``.
    side : {"left", "right"}, optional
        Anchor of a pair.
    anchor : str
        The point of a region; see :func:`hicognition_widgets.genome.windows.positions`.
    missing : float
        Value of bases that the file leaves out. NaN (the default): they do not count,
        and a bin without any data is NaN. A number (0 for files that leave out zeros)
        stands for every left-out base, so a bin is the mean over all its bases;
        ``pybbi`` only fills bins that have no data at all.
    flip : bool
        Reverse the windows of regions on the minus strand, so that upstream is left;
        upstream and downstream change places with it.

    Returns
    -------
    float32 (n_regions, n_bins)
        Mean over the covered bases of each bin, as ``bbi.stackup(exact=True,
        missing=nan, oob=nan)``. A bin that crosses the end of the chromosome averages
        its inside part (``pybbi`` gives NaN); a bin that begins before position 0 is
        NaN. A bin that touches a stored NaN is NaN. Regions that cannot be used are
        NaN rows; :func:`stackups` gives the reason of each.

    Raises
    ------
    InputError
        If `flank` is no multiple of `binsize`, or `side` does not fit.
    GenomeMismatch
        If no chromosome of the regions is in the file, or names are ambiguous.
    FileError
        If the file is missing, not a bigWig or damaged.
    """
    return stackups(
        bigwig,
        regions,
        [(flank, binsize)],
        side=side,
        anchor=anchor,
        missing=missing,
        flip=flip,
    )[flank, binsize].stack


def stackups(
    bigwig: Source,
    regions: pd.DataFrame,
    grid: Iterable[tuple[Flank, int]],
    *,
    side: Side | None = None,
    anchor: Anchor = "center",
    missing: float = np.nan,
    flip: bool = False,
    progress: Progress | None = None,
    threads: int = 1,
) -> dict[tuple[Flank, int], StackupResult]:
    """Stackups for several flanks and bin sizes; the track is decoded once for all.

    Parameters
    ----------
    grid : iterable of (flank, binsize)
        What is wanted, bp.
    progress : callable, optional
        Called as ``progress(blocks_done, blocks_total)``, never by two threads at the same
        time; an exception stops the work.
    threads : int
        Chromosomes that are read at the same time. The values are the same for any number.

    Returns
    -------
    dict
        :class:`~hicognition_widgets.analyses.results.StackupResult` per ``(flank,
        binsize)``, with values and the reason code of every region. Stackups of the same
        bin size may share memory.

    See Also
    --------
    stackup : the other parameters, the definition of a bin, errors raised.
    """
    with _opened(bigwig) as track:
        matched, reasons = _chromosomes(track, regions, side)
        point = positions(regions, side=side, anchor=anchor)
        sizes = _sizes(track, matched)
        off = (reasons == Reason.USED) & ((point < 0) | (point > sizes))
        reasons[off] = Reason.OFF_CHROMOSOME
        minus = strands(regions, side) < 0 if flip else np.zeros(len(regions), dtype=bool)
        wanted = list(grid)
        wide = _widest(wanted)
        plans: dict[tuple[Flank, int], Windows] = {}
        for flank, binsize in dict.fromkeys(wide[key] for key in wanted):
            up, down = both_flanks(flank, binsize)
            n_bins = (up + down) // binsize
            start = point - np.where(minus, down, up)
            length = np.full(len(point), up + down, dtype=np.int64)
            plans[flank, binsize] = Windows(start, length, minus, reasons, n_bins, binsize)
        filled = fill_stacks(track, matched, list(plans.values()), missing, progress, threads)
    stacks = dict(zip(plans, filled, strict=True))
    results = {}
    for key in wanted:
        stack = stacks[wide[key]]
        n_bins = sum(both_flanks(*key)) // key[1]
        beside = (stack.shape[1] - n_bins) // 2
        stack = stack[:, beside : beside + n_bins]
        results[key] = StackupResult(
            stack=stack, reasons=_with_no_data(reasons, stack), flank=key[0], binsize=key[1]
        )
    return results


def _widest(grid: Sequence[tuple[Flank, int]]) -> dict[tuple[Flank, int], tuple[Flank, int]]:
    """For each grid the one that holds its bins: the widest with bins of this size.

    Bins are counted from the point of a region, so with equal flanks upstream and
    downstream the narrow stackup is the middle of the wide one.
    """
    widest: dict[int, int] = {}
    for flank, binsize in grid:
        if not isinstance(flank, tuple):
            both_flanks(flank, binsize)
            widest[binsize] = max(widest.get(binsize, 0), flank)
    return {
        (flank, binsize): (flank if isinstance(flank, tuple) else widest[binsize], binsize)
        for flank, binsize in grid
    }


def scaled_stackup(
    bigwig: Source,
    regions: pd.DataFrame,
    *,
    bin_percent: float,
    expansion: float = 0.2,
    side: Side | None = None,
    missing: float = np.nan,
    flip: bool = False,
) -> npt.NDArray[np.float32]:
    """Signal along each interval, expanded at both ends and divided into equal bins.

    Parameters
    ----------
    bin_percent : float
        Width of a bin in percent of the interval.
    expansion : float
        Part of the length that is added on each side.

    Returns
    -------
    float32 (n_regions, int((100 + 200·expansion) / bin_percent))
        Bin ``i`` of the expanded interval ``[s, s + L)`` covers ``[s + L·i // n,
        s + L·(i + 1) // n)``, at least one base. Intervals without length are NaN rows.

    See Also
    --------
    stackup : the other parameters and errors raised.
    """
    return scaled_stackups(
        bigwig,
        regions,
        [bin_percent],
        expansion=expansion,
        side=side,
        missing=missing,
        flip=flip,
    )[bin_percent].stack


def scaled_stackups(
    bigwig: Source,
    regions: pd.DataFrame,
    bin_percents: Iterable[float],
    *,
    expansion: float = 0.2,
    side: Side | None = None,
    missing: float = np.nan,
    flip: bool = False,
    progress: Progress | None = None,
    threads: int = 1,
) -> dict[float, StackupResult]:
    """Scaled stackups for several bin widths; the track is decoded once for all.

    See Also
    --------
    scaled_stackup : parameters and the definition of a bin.
    stackups : `progress`, `threads` and what is returned.
    """
    with _opened(bigwig) as track:
        matched, reasons = _chromosomes(track, regions, side)
        start, length, full = expanded(regions, expansion, side=side)
        sizes = _sizes(track, matched)
        usable = reasons == Reason.USED
        beyond = (full[:, 0] >= sizes) | (full[:, 1] < 0)
        reasons[usable & beyond] = Reason.OFF_CHROMOSOME
        reasons[usable & (full[:, 1] <= full[:, 0])] = Reason.ZERO_LENGTH
        minus = strands(regions, side) < 0 if flip else np.zeros(len(regions), dtype=bool)
        plans = {
            percent: Windows(start, length, minus, reasons, scaled_bins(percent, expansion), 0)
            for percent in bin_percents
        }
        stacks = fill_stacks(track, matched, list(plans.values()), missing, progress, threads)
    return {
        percent: StackupResult(
            stack=stack,
            reasons=_with_no_data(reasons, stack),
            bin_percent=percent,
            expansion=expansion,
        )
        for percent, stack in zip(plans, stacks, strict=True)
    }


def expanded(
    regions: pd.DataFrame, expansion: float, *, side: Side | None = None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Starts and lengths of expanded intervals, and the intervals themselves ``(n, 2)``.

    An interval becomes ``[int(start - expansion · length), int(end + expansion · length))``.
    """
    _, start_name, end_name, _ = sided_columns(regions, side)
    begin = regions[start_name].to_numpy(dtype=np.int64)
    end = regions[end_name].to_numpy(dtype=np.int64)
    if not expansion >= 0:
        raise InputError(f"expansion must not be negative, not {expansion}")
    extra = np.maximum(end - begin, 0) * expansion
    # products such as 0.2 · 15 miss the whole number they mean by a last digit
    start = np.trunc(np.round(begin - extra, 6)).astype(np.int64)
    stop = np.trunc(np.round(end + extra, 6)).astype(np.int64)
    return start, stop - start, np.stack([begin, end], axis=1)


def both_flanks(flank: Flank, binsize: int) -> tuple[int, int]:
    """Upstream and downstream in bp; one of the two may be 0."""
    if not isinstance(flank, tuple):
        return flank_bins(flank, binsize) * binsize, flank
    if min(flank) < 0 or max(flank) == 0:
        raise InputError(f"flank {flank} must be two distances, upstream and downstream")
    up, down = (flank_bins(part, binsize) * binsize if part else 0 for part in flank)
    return up, down


class _opened:  # noqa: N801  (reads as a verb)
    """Open a path for the duration of a call; leave a BigWig of the caller open."""

    def __init__(self, source: Source) -> None:
        self._own = not isinstance(source, BigWig)
        self._track = source if isinstance(source, BigWig) else BigWig(source)

    def __enter__(self) -> BigWig:
        return self._track

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._track.close()


def _chromosomes(
    track: BigWig, regions: pd.DataFrame, side: Side | None
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.uint8]]:
    """Name in the file for every region ("" = unknown) and the reasons so far."""
    column = regions[sided_columns(regions, side)[0]].astype(str)
    codes, names = pd.factorize(column)
    matched = match_names([str(name) for name in names], track.chromsizes)
    there = np.array([matched.get(str(name), "") for name in names] + [""], dtype=object)
    found: npt.NDArray[np.object_] = there[codes]
    reasons = np.where(found == "", Reason.UNKNOWN_CHROMOSOME, Reason.USED).astype(np.uint8)
    return found, reasons


def _sizes(track: BigWig, chroms: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Length of each region's chromosome, 0 = unknown."""
    codes, names = pd.factorize(chroms)
    lengths = [track.chromsizes.get(str(name), 0) for name in names]
    return np.array([*lengths, 0], dtype=np.int64)[codes]


def _with_no_data(
    reasons: npt.NDArray[np.uint8], stack: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    return np.where(reasons == Reason.USED, no_data(stack), reasons).astype(np.uint8)
