"""One window of a contact map per region."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from hicognition_widgets.analyses._map_request import Normalization, map_request
from hicognition_widgets.analyses._map_windows import FLIP_COLUMNS, FLIP_ROWS, SWAP, Edges
from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses.results import Floats32
from hicognition_widgets.genome.windows import Anchor


def snippets(
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
    cache: str | Path | None = None,
) -> Floats32:
    """Windows of a contact map around points or pairs of points.

    Parameters
    ----------
    clr : cooler.Cooler, str or Path
        The map; a path names the resolution, ``"file.mcool::/resolutions/10000"``.
    regions : DataFrame
        ``chrom, start, end`` or ``chrom1 … end2``, perhaps with strands.
    flank : int
        Half-width in bp, a multiple of the bin size; k = flank // bin size.
    view_df : DataFrame, optional
        Arms. A region belongs to the arm it overlaps most. Whole chromosomes without.
    expected_df : DataFrame, optional
        Table of :func:`expected_cis` for the same arms; pixels are divided by
        ``balanced.avg`` (``count.avg`` for raw counts) of their arm and distance.
    normalization : {"balanced", "oe", "raw"}
        ``"oe"`` without `expected_df` computes the (unsmoothed) expected values.
    edges : {"drop", "pad"}
        A window that leaves its arm is all NaN, or NaN only outside.
    flip : bool
        Turn regions on the minus strand round; pairs by the strand of each anchor.
    clr_weight_name : str or None
        Column of balancing weights; None takes raw counts.
    anchor : str
        Point of a region: ``"center"``, ``"start"``, ``"end"``, ``"five_prime"``,
        ``"three_prime"``.
    min_diag : int or "auto"
        First diagonals that are NaN; "auto" takes those that balancing ignored, and 2
        for raw counts.
    subset : row numbers or mask, optional
        Only these regions, in the order given.
    cache : str or Path, optional
        Folder that keeps the near-diagonal band of maps between calls.

    Returns
    -------
    float32 (n, 2k + 1, 2k + 1)
        Rows are anchor 1, columns anchor 2. NaN at masked bins and for regions that
        cannot be used. Windows of pairs that reach over the diagonal are NaN beyond it;
        a pair given in reverse order is the transposed window.

    Raises
    ------
    InputError
        If `flank` does not fit the bin size, weights are missing, or an argument is
        unknown.
    FileError
        If the map is missing or damaged.
    GenomeMismatch
        If no chromosome name of the regions is in the map.
    """
    rows = select_rows(subset, len(regions))
    if rows is not None:
        regions = regions.iloc[rows]
    request = map_request(
        clr, regions, flank=flank, view_df=view_df, expected_df=expected_df,
        normalization=normalization, edges=edges, flip=flip,
        clr_weight_name=clr_weight_name, anchor=anchor, min_diag=min_diag,
    )  # fmt: skip
    from hicognition_widgets.analyses._kernels_band import frame_windows, mirror

    windows = request.windows
    out = np.full((len(windows), windows.size, windows.size), np.nan, dtype=np.float32)
    with request.pixels([windows], cache) as data:
        request = request.with_expected(data)
        windows, groups = request.groups(windows)
        for group in groups:
            table = windows.table[group.rows]
            frame_windows(data.weights, table, group.factor, group.cis, group.rows, out)
            data.add(table, group.factor, group.cis, group.rows, out)
    if windows.on_diagonal:
        mirror(np.flatnonzero(windows.reasons == 0), out)
    swapped = np.flatnonzero(windows.turn & SWAP)
    out[swapped] = out[swapped].transpose(0, 2, 1)
    upside = np.flatnonzero(windows.turn & FLIP_ROWS)
    out[upside] = out[upside, ::-1]
    backward = np.flatnonzero(windows.turn & FLIP_COLUMNS)
    out[backward] = out[backward, :, ::-1]
    return out
