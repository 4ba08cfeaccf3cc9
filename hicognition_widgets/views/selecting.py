"""Which rows of a region set a question selects: combinations and thresholds."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

Rows = npt.NDArray[np.int64]
Operation = Literal["and", "or", "not"]


def combined(operation: Operation, now: Rows | None, kept: Rows, total: int) -> Rows:
    """A selection changed by a kept one.

    Parameters
    ----------
    operation : {"and", "or", "not"}
        Regions in both; in either; those of `now` that are not in `kept`.
    now, kept : int64 array, shape (n,)
        Row numbers, sorted. Where nothing is selected (None), "or" takes `kept` alone and
        the other two start from all regions.
    total : int
        Regions of the set.

    Returns
    -------
    int64 array
        Row numbers, sorted.

    Raises
    ------
    InputError
        If there is no such operation, or no region would be left.
    """
    start = np.arange(total) if now is None else now
    if operation == "and":
        rows = np.intersect1d(start, kept)
    elif operation == "or":
        rows = kept if now is None else np.union1d(now, kept)
    elif operation == "not":
        rows = np.setdiff1d(start, kept)
    else:
        raise InputError(f'combine with "and", "or" or "not", not "{operation}"')
    if len(rows) == 0:
        raise InputError("no region would be left; the selection stays as it is")
    return rows


def within(
    values: npt.NDArray[np.float64], at_least: float | None, at_most: float | None
) -> Rows:
    """Rows whose value lies between two thresholds, both included.

    Parameters
    ----------
    values : float64 array, shape (n,)
        One value per region; a region without one (NaN) is never taken.
    at_least, at_most : float or None
        Thresholds in the unit of the values; None for none on that side.

    Raises
    ------
    InputError
        If there is no threshold, they are the wrong way round, or no region lies between.
    """
    if at_least is None and at_most is None:
        raise InputError("give a threshold: at_least, at_most or both")
    low = -np.inf if at_least is None else at_least
    high = np.inf if at_most is None else at_most
    if not low <= high:
        raise InputError(f"no value is at least {low:g} and at most {high:g}")
    rows = np.flatnonzero((values >= low) & (values <= high))
    if len(rows) == 0:
        raise InputError("no region has such a value; the selection stays as it is")
    return rows.astype(np.int64)


def rows_named(wanted: npt.NDArray[np.object_], names: npt.NDArray[np.object_]) -> Rows:
    """Rows of the regions with these names; a name that several bear stands for all of them.

    Parameters
    ----------
    wanted : object array, shape (m,)
        Names, as text.
    names : object array, shape (n,)
        Name of every region of the set; empty for a set without names.

    Returns
    -------
    int64 array
        Row numbers, sorted, each once.

    Raises
    ------
    InputError
        If the set has no names, or no region bears one of them.
    """
    if len(names) == 0:
        raise InputError("the regions of this set have no names; select by row numbers")
    chosen = set(wanted.tolist())
    unknown = sorted(chosen - set(names.tolist()))
    if unknown:
        more = f" and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        raise InputError(f'no region is called "{unknown[0]}"{more}')
    mask = np.fromiter((name in chosen for name in names.tolist()), bool, len(names))
    return np.flatnonzero(mask).astype(np.int64)
