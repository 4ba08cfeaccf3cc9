"""The region table: one bioframe-style frame whose coordinates are known to be sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import is_pairs

COLUMNS: dict[int, tuple[str, ...]] = {
    1: ("chrom", "start", "end"),
    2: ("chrom1", "start1", "end1", "chrom2", "start2", "end2"),
}
"""Coordinate columns of single regions (1) and pairs (2), in the order of the file."""


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionTable:
    """Regions of one file or frame.

    Attributes
    ----------
    frame : DataFrame
        ``chrom, start, end`` or ``chrom1 … end2`` first (text and int64, 0-based,
        half-open, 0 ≤ start ≤ end), then every further column; rows in the order of
        the file, index 0 … n-1.
    dims : {1, 2}
        1 = single regions (BED), 2 = pairs (BEDPE).
    path : str or None
        Where the regions were read from.
    """

    frame: pd.DataFrame
    dims: Literal[1, 2]
    path: str | None = None

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def chromosomes(self) -> list[str]:
        """Chromosome names in order of first appearance, over both anchors."""
        names = [self.frame[c] for c in COLUMNS[self.dims] if c.startswith("chrom")]
        return [str(name) for name in pd.unique(pd.concat(names, ignore_index=True))]

    @property
    def extra_columns(self) -> list[str]:
        """Columns beyond the coordinates."""
        return [str(c) for c in self.frame.columns if c not in COLUMNS[self.dims]]


def regions_from_frame(df: pd.DataFrame) -> RegionTable:
    """Validated copy of a DataFrame of regions.

    Parameters
    ----------
    df : DataFrame
        With columns ``chrom, start, end`` or ``chrom1, start1, end1, chrom2, start2,
        end2``; further columns are kept behind them.

    Raises
    ------
    InputError
        If a column is missing or twice, there is no row, or a coordinate is missing,
        not a whole number, negative or inverted; the sentence names row and column.
    """
    dims: Literal[1, 2] = 2 if is_pairs(df) else 1
    needed = COLUMNS[dims]
    missing = [name for name in needed if name not in df.columns]
    if missing:
        raise InputError(
            f"the region table lacks the column {missing[0]}: single regions need "
            f"{', '.join(COLUMNS[1])}, pairs need {', '.join(COLUMNS[2])}"
        )
    if not df.columns.is_unique:
        twice = df.columns[df.columns.duplicated()][0]
        raise InputError(f'the region table has two columns "{twice}"; rename one')
    if len(df) == 0:
        raise InputError("the region table has no rows; give at least one region")
    frame = df.reset_index(drop=True)
    frame = frame[[*needed, *(c for c in frame.columns if c not in needed)]].copy()
    for name in needed:
        frame[name] = _names(frame, name) if name.startswith("chrom") else _whole(frame, name)
    for s in ("",) if dims == 1 else ("1", "2"):
        _refuse(frame, frame[f"start{s}"] < 0, f"start{s}", "is negative; positions begin at 0")
        _refuse(
            frame,
            frame[f"end{s}"] < frame[f"start{s}"],
            f"end{s}",
            f"is smaller than start{s}; exchange the two",
        )
    return RegionTable(frame=frame, dims=dims)


def _names(frame: pd.DataFrame, name: str) -> pd.Series:
    column = frame[name]
    _refuse(frame, column.isna(), name, "is missing; give every region a chromosome")
    text = column.astype(str).str.strip()
    _refuse(frame, text == "", name, "is empty; give every region a chromosome")
    return text


def _whole(frame: pd.DataFrame, name: str) -> pd.Series:
    column = pd.to_numeric(frame[name], errors="coerce")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    fits = np.isfinite(values) & (np.abs(values) < 2.0**53) & (values == np.floor(values))
    _refuse(frame, pd.Series(~fits), name, "is not a whole number of base pairs; correct it")
    return column.astype(np.int64)


def _refuse(frame: pd.DataFrame, bad: pd.Series, name: str, problem: str) -> None:
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy(dtype=bool))[0])
        raise InputError(
            f"row {row} of the region table (counted from 0), column {name}: "
            f'"{frame[name].iloc[row]}" {problem}'
        )
