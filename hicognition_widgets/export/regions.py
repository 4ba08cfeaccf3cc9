"""Regions with what was found out about them, in the order of columns that BED prescribes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hicognition_widgets.errors import InputError

_BED = ("chrom", "start", "end", "name", "score", "strand")
_PAIRS = (
    "chrom1", "start1", "end1", "chrom2", "start2", "end2",
    "name", "score", "strand1", "strand2",
)  # fmt: skip
_FILL = {"score": 0, "strand": ".", "strand1": ".", "strand2": "."}


def labelled_regions(
    frame: pd.DataFrame, labels: Mapping[str, Any], rows: Any | None = None
) -> pd.DataFrame:
    """Regions as BED6 or BEDPE10 columns, then the labels, then what else the file had.

    Parameters
    ----------
    frame : DataFrame
        All regions of a set, in its order.
    labels : mapping of str to array
        One value per region of the set, such as cluster numbers.
    rows : int array or bool array, optional
        Row numbers, or a mask, of the regions to keep; all by default.

    Returns
    -------
    DataFrame
        Regions without a name are called by their row number in the set, from 1.

    Raises
    ------
    InputError
        If labels or rows do not fit the region set.
    """
    standard = _PAIRS if "chrom1" in frame else _BED
    columns: dict[str, Any] = {}
    for name in standard:
        if name in frame:
            columns[name] = frame[name].to_numpy()
        elif name == "name":
            columns[name] = [f"region_{i + 1}" for i in range(len(frame))]
        else:
            columns[name] = _FILL[name]
    for name, values in labels.items():
        if name in standard:
            raise InputError(f'a label cannot be called "{name}"; that is a column of BED')
        values = np.asarray(values)
        if values.shape != (len(frame),):
            raise InputError(
                f'the label "{name}" needs one value for each of the {len(frame):,} regions, '
                f"not the shape {values.shape}"
            )
        columns[name] = values
    rest = {name: frame[name].to_numpy() for name in frame if name not in columns}
    table = pd.DataFrame(columns | rest, index=np.arange(len(frame)))
    kept: pd.DataFrame = table.iloc[_chosen(rows, len(frame))].reset_index(drop=True)
    return kept


def _chosen(rows: Any | None, n: int) -> Any:
    if rows is None:
        return slice(None)
    chosen = np.asarray(rows)
    if chosen.dtype == np.bool_ and chosen.shape == (n,):
        return np.flatnonzero(chosen)
    if chosen.ndim == 1 and (chosen.size == 0 or np.issubdtype(chosen.dtype, np.integer)):
        chosen = chosen.astype(np.int64)
        if chosen.size == 0 or (chosen.min() >= 0 and chosen.max() < n):
            return chosen
    raise InputError(f"rows are numbers from 0 to {n - 1:,}, or a mask of {n:,} values")
