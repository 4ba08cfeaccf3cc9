"""Which regions of one set lie on, or near, regions of another: row by row, nothing is cut.

A region set keeps its rows through these operations, so that annotations, ids and strands
stay with them; a new set is always a choice of rows, or rows of both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.names import bare_name
from hicognition_widgets.genome.tables import COLUMNS
from hicognition_widgets.genome.windows import is_pairs

Mask = npt.NDArray[np.bool_]


def near(regions: pd.DataFrame, others: pd.DataFrame, *, distance: int = 0) -> Mask:
    """Which regions have a region of the other set within `distance`.

    A region of length zero counts as its one base. Touching is not overlapping:
    half-open intervals that share no base are one apart.

    Parameters
    ----------
    regions : DataFrame
        Single regions or pairs; ``(n,)`` rows.
    others : DataFrame
        Single regions or pairs.
    distance : int
        Largest gap in bp; 0 asks for at least one shared base.

    Returns
    -------
    ndarray of bool, shape (n,)
        For single regions: any region of `others` is that near (of pairs, either anchor).
        For pairs against single regions: both anchors are. For pairs against pairs: one
        and the same pair is near with both anchors, in either order.

    Raises
    ------
    InputError
        If `distance` is negative.
    """
    if distance < 0:
        raise InputError(f"the distance is {distance:,} bp; it cannot be negative")
    if not is_pairs(regions):
        return _near_any(_side(regions, ""), _both_sides(others), distance)
    first, second = _side(regions, "1"), _side(regions, "2")
    if not is_pairs(others):
        singles = _side(others, "")
        return _near_any(first, singles, distance) & _near_any(second, singles, distance)
    one, two = _side(others, "1"), _side(others, "2")
    return _near_pairs(first, second, one, two, distance) | _near_pairs(
        first, second, two, one, distance
    )


def joined(regions: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Rows of both sets, without those of `others` whose coordinates are in `regions`.

    Raises
    ------
    InputError
        If one set holds pairs and the other single regions.
    """
    if is_pairs(regions) != is_pairs(others):
        raise InputError("a set of pairs and a set of single regions cannot become one set")
    together = pd.concat([regions, others], ignore_index=True)
    keys = together[list(COLUMNS[2 if is_pairs(regions) else 1])].copy()
    for name in (column for column in keys.columns if column.startswith("chrom")):
        keys[name] = keys[name].astype(str).map(bare_name)
    return together[~keys.duplicated()].reset_index(drop=True)


def _side(frame: pd.DataFrame, suffix: str) -> pd.DataFrame:
    """One anchor as chrom (``1`` for ``chr1`` too), start, end; at least one base long."""
    start = frame[f"start{suffix}"].to_numpy(np.int64)
    end = np.maximum(frame[f"end{suffix}"].to_numpy(np.int64), start + 1)
    chrom = frame[f"chrom{suffix}"].astype(str).map(bare_name).to_numpy()
    return pd.DataFrame({"chrom": chrom, "start": start, "end": end})


def _both_sides(frame: pd.DataFrame) -> pd.DataFrame:
    if not is_pairs(frame):
        return _side(frame, "")
    return pd.concat([_side(frame, "1"), _side(frame, "2")], ignore_index=True)


def _near_any(query: pd.DataFrame, others: pd.DataFrame, distance: int) -> Mask:
    """Overlaps = starts before the end − ends before the start, on sorted positions."""
    found = np.zeros(len(query), dtype=bool)
    by_chrom = {str(chrom): part for chrom, part in others.groupby("chrom")}
    for chrom, rows in query.groupby("chrom").indices.items():
        part = by_chrom.get(str(chrom))
        if part is None:
            continue
        starts = np.sort(part["start"].to_numpy())
        ends = np.sort(part["end"].to_numpy())
        low = query["start"].to_numpy()[rows] - distance
        high = query["end"].to_numpy()[rows] + distance
        begun = np.searchsorted(starts, high, side="left")
        over = np.searchsorted(ends, low, side="right")
        found[rows] = begun > over
    return found


def _near_pairs(
    first: pd.DataFrame,
    second: pd.DataFrame,
    one: pd.DataFrame,
    two: pd.DataFrame,
    distance: int,
) -> Mask:
    """Pairs with one pair of the others near at both anchors, in this order."""
    found = np.zeros(len(first), dtype=bool)
    groups = pd.DataFrame({"a": one["chrom"], "b": two["chrom"]}).groupby(["a", "b"]).indices
    wanted = pd.DataFrame({"a": first["chrom"], "b": second["chrom"]})
    for names, rows in wanted.groupby(["a", "b"]).indices.items():
        members = groups.get(names)
        if members is None:
            continue
        found[rows] = _pairs_on(
            first.iloc[rows], second.iloc[rows], one.iloc[members], two.iloc[members], distance
        )
    return found


def _pairs_on(
    first: pd.DataFrame,
    second: pd.DataFrame,
    one: pd.DataFrame,
    two: pd.DataFrame,
    distance: int,
) -> Mask:
    """Candidates share the first anchor; they are few, and each is looked at."""
    by_start = np.argsort(one["start"].to_numpy(), kind="stable")
    starts = one["start"].to_numpy()[by_start]
    longest = int((one["end"] - one["start"]).max())
    ends = one["end"].to_numpy()[by_start]
    other_start = two["start"].to_numpy()[by_start]
    other_end = two["end"].to_numpy()[by_start]
    low1 = first["start"].to_numpy() - distance
    high1 = first["end"].to_numpy() + distance
    low2 = second["start"].to_numpy() - distance
    high2 = second["end"].to_numpy() + distance
    begin = np.searchsorted(starts, low1 - longest, side="left")
    stop = np.searchsorted(starts, high1, side="left")
    found = np.zeros(len(first), dtype=bool)
    for row in np.flatnonzero(stop > begin):
        near = slice(begin[row], stop[row])
        hit = (
            (ends[near] > low1[row])
            & (other_start[near] < high2[row])
            & (other_end[near] > low2[row])
        )
        found[row] = hit.any()
    return found
