"""Expected contacts: the mean per chromosome arm and distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._arms import Arms, arms_on
from hicognition_widgets.analyses._smoothing import smooth_table
from hicognition_widgets.errors import InputError
from hicognition_widgets.sources.contact_map import ContactMap, Floats, Ints, open_map
from hicognition_widgets.sources.pixels import read_pixels

Bools = npt.NDArray[np.bool_]


def expected_cis(
    clr: Any,
    view_df: pd.DataFrame | None = None,
    *,
    smooth: bool = False,
    clr_weight_name: str | None = "weight",
    ignore_diags: int = 2,
) -> pd.DataFrame:
    """Mean contact per arm and diagonal, with the columns and values of cooltools.

    Parameters
    ----------
    clr : cooler.Cooler, str or Path
        The map; a path names the resolution, ``"file.mcool::/resolutions/10000"``.
    view_df : DataFrame, optional
        Arms, ``chrom, start, end`` and perhaps ``name``; whole chromosomes without.
    smooth : bool
        Add the columns smoothed over log-distance, per arm and over all arms.
    clr_weight_name : str or None
        Column of balancing weights; None takes raw counts and masks nothing.
    ignore_diags : int
        First diagonals whose sums are NaN.

    Returns
    -------
    DataFrame
        ``region1, region2, dist`` (bins), ``dist_bp, contact_frequency, n_total,
        n_valid, count.sum, balanced.sum, count.avg, balanced.avg``, one row per arm and
        diagonal. ``count.avg`` is per pixel, ``balanced.avg`` per unmasked pixel;
        ``contact_frequency`` repeats the last column. Raw maps lack the balanced ones.

    Raises
    ------
    FileError, InputError, GenomeMismatch
        If the map cannot be read, has no such weights, or the view is of another assembly.
    """
    contacts = open_map(clr)
    arms = arms_on(contacts, view_df)
    weights = contacts.weights(clr_weight_name)
    with read_pixels(contacts) as reader:
        start = np.concatenate(([0], np.cumsum(arms.hi - arms.lo)))
        sums = reader.sum_diagonals(np.nan_to_num(weights), arms.labels(contacts.n_bins), start)
    table = expected_table(
        arms, contacts, weights, sums, ignore_diags=ignore_diags,
        balanced=clr_weight_name is not None,
    )  # fmt: skip
    if smooth:
        table = smooth_table(table, balanced=clr_weight_name is not None)
    table["contact_frequency"] = table.iloc[:, -1]
    return table


def expected_table(
    arms: Arms,
    contacts: ContactMap,
    weights: Floats,
    sums: tuple[Floats, Floats],
    *,
    balanced: bool,
    ignore_diags: int,
    width: int | None = None,
) -> pd.DataFrame:
    """Table of :func:`expected_cis` from the flat sums per arm and diagonal.

    With `width`, only the first diagonals, of which `sums` holds no more per arm.
    """
    lengths = arms.hi - arms.lo
    sizes = lengths if width is None else np.minimum(lengths, width)
    arm = np.repeat(np.arange(len(arms)), sizes)
    dist = np.concatenate([np.arange(size) for size in sizes] or [np.zeros(0, dtype=int)])
    good = np.isfinite(weights)
    n_total = lengths[arm] - dist
    n_valid = np.concatenate(
        [
            _pairs_per_diagonal(good[lo:hi], int(size), everything=width is None)
            for lo, hi, size in zip(arms.lo, arms.hi, sizes, strict=True)
        ]
        or [np.zeros(0, dtype=np.int64)]
    )
    names = np.asarray(arms.names, dtype=object)[arm]
    raw, weighted = (np.where(dist < ignore_diags, np.nan, values) for values in sums)
    columns: dict[str, npt.NDArray[Any]] = {
        "region1": names,
        "region2": names,
        "dist": dist,
        "dist_bp": dist * contacts.binsize,
        "contact_frequency": np.full(len(dist), np.nan),
        "n_total": n_total,
        "n_valid": n_valid,
        "count.sum": raw,
    }
    if balanced:
        columns["balanced.sum"] = weighted
    columns["count.avg"] = raw / n_total
    if balanced:
        with np.errstate(divide="ignore", invalid="ignore"):
            columns["balanced.avg"] = weighted / n_valid
    table = pd.DataFrame(columns)
    table["contact_frequency"] = table.iloc[:, -1]
    return table


def _pairs_per_diagonal(good: Bools, width: int, *, everything: bool) -> Ints:
    if everything:
        from scipy.signal import fftconvolve

        ones = good.astype(np.float64)
        pairs = fftconvolve(ones, ones[::-1])[len(ones) - 1 :]
        return np.rint(pairs).astype(np.int64)
    from hicognition_widgets.analyses._kernels_band import count_pairs

    counted = np.zeros(width, dtype=np.int64)
    count_pairs(good, counted)
    return counted


def factors(
    expected: pd.DataFrame, arm1: str, arm2: str, length: int, column: str
) -> Floats | None:
    """One over the expected value for each distance, 0 where there is none.

    Returns float64 (length,), or None if the pair of arms is not in the table. A table
    without ``dist`` (as for different chromosomes) has one value for all distances.
    """
    for name in ("region1", "region2", column):
        if name not in expected.columns:
            raise InputError(
                f"expected_df lacks the column {name}; make it with expected_cis from the "
                "same kind of map, balanced or raw"
            )
    here = (expected["region1"] == arm1) & (expected["region2"] == arm2)
    if arm1 != arm2 and not here.any():
        here = (expected["region1"] == arm2) & (expected["region2"] == arm1)
    rows = expected.loc[here]
    if rows.empty:
        return None
    values = np.full(length, np.nan)
    if "dist" in rows.columns:
        dist = rows["dist"].to_numpy(dtype=np.int64)
        known = dist < length
        values[dist[known]] = rows[column].to_numpy(dtype=np.float64)[known]
    else:
        values[:] = float(rows[column].iloc[0])
    with np.errstate(divide="ignore"):
        inverse: Floats = 1 / values
    inverse[~np.isfinite(inverse)] = 0
    return inverse
