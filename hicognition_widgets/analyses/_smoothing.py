"""Contact decay smoothed by a Gaussian over the logarithm of distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

_SIGMA = 0.1
"""Standard deviation of the kernel in decades of distance."""
_REACH = 5
"""Half-width of the kernel in standard deviations."""
_POINTS = 10
"""Points per standard deviation at which the kernel is evaluated; between, interpolated."""


def smooth_table(table: pd.DataFrame, *, balanced: bool) -> pd.DataFrame:
    """Add ``….avg.smoothed`` per arm and ``….avg.smoothed.agg`` over all arms.

    Sums and numbers of pixels are smoothed apart and then divided, so that sparse
    diagonals weigh little; NaN sums count as zero.
    """
    sums, pixels, name = (
        ("balanced.sum", "n_valid", "balanced.avg")
        if balanced
        else ("count.sum", "n_total", "count.avg")
    )
    table = table.copy()
    per_arm = np.full(len(table), np.nan)
    for _, rows in table.groupby(["region1", "region2"], sort=False):
        at = table.index.get_indexer(rows.index)
        per_arm[at] = _smoothed_mean(
            rows["dist"].to_numpy(np.float64),
            rows[sums].fillna(0).to_numpy(np.float64),
            rows[pixels].to_numpy(np.float64),
        )
    table[f"{name}.smoothed"] = per_arm
    together = table.groupby("dist")[[sums, pixels]].sum()
    curve = _smoothed_mean(
        together.index.to_numpy(np.float64),
        together[sums].to_numpy(np.float64),
        together[pixels].to_numpy(np.float64),
    )
    table[f"{name}.smoothed.agg"] = table["dist"].map(pd.Series(curve, index=together.index))
    return table


def _smoothed_mean(dist: Floats, sums: Floats, pixels: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log10(dist)
        at = _thinned(dist)
        smooth = np.zeros((2, len(at)))
        values = np.stack((sums, pixels))
        for n, center in enumerate(np.log10(dist[at])):
            lo, hi = np.searchsorted(log, (center - _SIGMA * _REACH, center + _SIGMA * _REACH))
            kernel = np.exp(-((center - log[lo:hi]) ** 2) / (2 * _SIGMA**2))
            if kernel.sum() > 0:
                smooth[:, n] = values[:, lo:hi] @ (kernel / kernel.sum())
        full = np.exp([np.interp(log, log[at], np.log(row)) for row in smooth])
        mean: Floats = full[0] / full[1]
    return mean


def _thinned(dist: Floats) -> npt.NDArray[np.int64]:
    """Distances at least a tenth of a standard deviation apart, and the last one."""
    step = 10 ** (_SIGMA / _POINTS)
    kept = [0]
    for n in range(1, len(dist)):
        if dist[n] > dist[kept[-1]] * step:
            kept.append(n)
    if kept[-1] != len(dist) - 1:
        kept.append(len(dist) - 1)
    return np.array(kept)
