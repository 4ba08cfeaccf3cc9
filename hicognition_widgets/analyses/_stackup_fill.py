"""Bin means of a signal track for many windows in one pass over its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses.threads import Count, Progress, in_threads
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.sources.bigwig import Batch, BigWig

_LARGEST_SHIFT = 40


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of one grid in the order of the region table; `step` 0 = lengths differ."""

    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    reverse: npt.NDArray[np.bool_]
    reasons: npt.NDArray[np.uint8]
    n_bins: int
    step: int


def fill_stacks(
    track: BigWig,
    chroms: npt.NDArray[np.object_],
    plans: Sequence[Windows],
    missing: float,
    progress: Progress | None,
    threads: int,
) -> list[npt.NDArray[np.float32]]:
    """One stack per plan; each needed block of the track is decoded once."""
    n = len(chroms)
    stacks = [np.full((n, plan.n_bins), np.nan, dtype=np.float32) for plan in plans]
    if not plans or n == 0:
        return stacks
    used = plans[0].reasons == Reason.USED
    codes, names = pd.factorize(chroms)
    rows_of = {}
    for code, name in enumerate(names):
        rows = np.flatnonzero(used & (codes == code))
        if len(rows):
            rows_of[str(name)] = rows
    # the index is read here, before several threads ask for it
    count = Count(sum(len(track.blocks(name)) for name in rows_of), progress)

    def fill(name: str) -> None:
        rows = rows_of[name]
        jobs = [_Job(plan, rows, track.chromsizes[name]) for plan in plans]
        reach = np.stack(
            [
                np.min([plan.start[rows] for plan in plans], axis=0),
                np.max([plan.start[rows] + plan.length[rows] for plan in plans], axis=0),
            ],
            axis=1,
        )
        left = len(track.blocks(name))
        for batch in track.batches(name, reach):
            sums = _Sums(batch)
            for job, stack in zip(jobs, stacks, strict=True):
                job.add(sums, missing, stack)
            left -= batch.n_blocks
            count.add(batch.n_blocks)
        count.add(left)

    # each chromosome has rows of its own; the longest first, so that none is waited for
    in_threads(fill, sorted(rows_of, key=lambda name: -len(track.blocks(name))), threads)
    return stacks


class _Sums:
    """What the kernel needs of a batch."""

    def __init__(self, batch: Batch) -> None:
        from hicognition_widgets.analyses import _signal_kernels as kernels

        self.batch = batch
        data = batch.intervals
        n = len(data)
        self.high = np.empty(n + 1)
        self.low = np.empty(n + 1)
        self.covered = np.empty(n + 1, dtype=np.uint32)
        self.odd = np.empty(n + 1, dtype=np.int32)
        self.origin = int(data.starts[0]) if n else batch.low
        span = int(data.starts[-1]) + 1 - self.origin if n else 1
        self.shift = min(max(int(np.log2(max(4 * span / max(n, 1), 1))), 0), _LARGEST_SHIFT)
        self.tiles = np.empty((span >> self.shift) + 2, dtype=np.int32)
        kernels.running_sums(
            data.starts,
            data.ends,
            data.values,
            self.origin,
            self.shift,
            self.high,
            self.low,
            self.covered,
            self.odd,
            self.tiles,
        )


class _Job:
    """The windows of one grid on one chromosome, sorted by start."""

    def __init__(self, plan: Windows, rows: npt.NDArray[np.int64], size: int) -> None:
        order = np.argsort(plan.start[rows], kind="stable")
        self.rows = rows[order]
        self.start = plan.start[self.rows]
        self.length = plan.length[self.rows]
        self.reverse = plan.reverse[self.rows]
        self.reach = np.maximum.accumulate(self.start + self.length)
        self.carry_sum = np.zeros(len(rows))
        self.carry_covered = np.zeros(len(rows), dtype=np.int64)
        self.plan = plan
        self.size = size

    def add(self, sums: _Sums, missing: float, out: npt.NDArray[np.float32]) -> None:
        from hicognition_widgets.analyses import _signal_kernels as kernels

        batch, data = sums.batch, sums.batch.intervals
        first = int(np.searchsorted(self.reach, batch.low, side="right"))
        last = int(np.searchsorted(self.start, batch.high, side="left"))
        kernels.add_batch(
            self.start,
            self.length,
            self.reverse,
            self.rows,
            first,
            last,
            self.plan.n_bins,
            self.plan.step,
            self.size,
            batch.low,
            batch.high,
            data.starts,
            data.ends,
            data.values,
            sums.high,
            sums.low,
            sums.covered,
            sums.odd,
            sums.origin,
            sums.shift,
            sums.tiles,
            self.carry_sum,
            self.carry_covered,
            float(missing),
            out,
        )
