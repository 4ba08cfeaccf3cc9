"""Subsets of regions: row numbers or a mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from hicognition_widgets.analyses.results import Ints
from hicognition_widgets.errors import InputError


def select_rows(subset: Any, n: int) -> Ints | None:
    """Row numbers, int64 (m,), of a subset of n regions; None for all.

    Raises
    ------
    InputError
        If a mask has another length, or a row number lies outside the table.
    """
    if subset is None:
        return None
    chosen = np.asarray(subset)
    if chosen.dtype == bool:
        if chosen.shape != (n,):
            raise InputError(f"the mask has {chosen.size:,} rows, but there are {n:,} regions")
        return np.flatnonzero(chosen).astype(np.int64)
    if chosen.size == 0:
        return np.zeros(0, dtype=np.int64)
    if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
        raise InputError("a subset is a mask or a list of row numbers")
    if chosen.min() < 0 or chosen.max() >= n:
        raise InputError(
            f"the subset names row {int(chosen.max() if chosen.max() >= n else chosen.min())}"
            f", but the rows are 0 to {n - 1}"
        )
    return chosen.astype(np.int64)
