"""The order of a stackup's rows: by the signal, by another value per region, or by chance."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

SORT_KEYS = {
    "center": "centre",
    "region": "region mean",
    "left": "left boundary",
    "right": "right boundary",
    "input": "input order",
    "random": "random",
}
BY_SIGNAL = ("center", "region", "left", "right")
"""Keys that look at the values of a track; the others need none."""
SEED = 42
MOST_GROUPS = 24
"""More groups than this are not told apart: the smallest become one."""
_CHUNK = 2**21

Role = Literal["all", "selected", "rest", "group"]


@dataclass(frozen=True)
class Block:
    """Neighbouring rows that belong together.

    Attributes
    ----------
    name : str
        What they are called on screen; untrusted text.
    n : int
        Number of rows, at least 1.
    role : {"all", "selected", "rest", "group"}
        Why they stand together.
    colour : int
        Number of the group among all groups, also where others are not shown; 0 otherwise.
    """

    name: str
    n: int
    role: Role
    colour: int = 0


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Rows in the order shown, and the blocks they form from the top.

    Attributes
    ----------
    order : int64 (n,)
        Row numbers of the regions, top first.
    blocks : tuple of Block
        Their sizes add up to n.
    """

    order: npt.NDArray[np.int64]
    blocks: tuple[Block, ...]

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Rows of each block, int64."""
        return np.array([block.n for block in self.blocks], dtype=np.int64)

    def only(self, chosen: npt.NDArray[np.int64]) -> Arrangement:
        """The same order of some rows only."""
        mask = np.zeros(max(int(self.order.max(initial=-1)), int(chosen.max())) + 1, dtype=bool)
        mask[chosen] = True
        kept = mask[self.order]
        ends = np.cumsum(self.sizes)
        counts = [
            int(kept[end - b.n : end].sum()) for b, end in zip(self.blocks, ends, strict=True)
        ]
        blocks = [
            Block(block.name, n, block.role, block.colour)
            for block, n in zip(self.blocks, counts, strict=True)
            if n
        ]
        return Arrangement(self.order[kept], tuple(blocks))


def sort_keys(mode: str) -> list[str]:
    """Keys that make sense: intervals have boundaries, points have a centre."""
    if mode == "interval":
        return ["region", "left", "right", "input", "random"]
    return ["center", "region", "input", "random"]


def row_order(
    rows: npt.NDArray[Any],
    key: str,
    *,
    ascending: bool,
    body: tuple[int, int],
    seed: int = SEED,
) -> npt.NDArray[np.int64]:
    """Order of the rows, shape ``(n,)``; rows without a value come last either way.

    Parameters
    ----------
    rows : float32 (n, bins)
        Signal per region.
    key : str
        One of :data:`SORT_KEYS`.
    ascending : bool
        Smallest value first; for the input order: first region first.
    body : (int, int)
        First bin of the region itself and the one after its last.
    seed : int
        Of the random order.
    """
    n = len(rows)
    if key == "input":
        order = np.arange(n)
        return order if ascending else order[::-1]
    if key == "random":
        return np.random.default_rng(seed).permutation(n)
    return value_order(row_values(rows, key, body), ascending=ascending)


def value_order(values: npt.NDArray[np.float64], *, ascending: bool) -> npt.NDArray[np.int64]:
    """Order by one value per row; equal ones keep theirs, missing ones come last."""
    missing = np.isnan(values)
    order = np.argsort(np.where(missing, 0, values if ascending else -values), kind="stable")
    return np.concatenate([order[~missing[order]], order[missing[order]]])


def row_values(
    rows: npt.NDArray[Any], key: str, body: tuple[int, int]
) -> npt.NDArray[np.float64]:
    """What a key of :data:`BY_SIGNAL` sorts by, float64 ``(n,)``; NaN without data.

    Raises
    ------
    InputError
        If there is no such key.
    """
    start, stop = body
    middle = rows.shape[1] // 2
    columns = {
        # an even number of bins has its centre between two of them
        "center": slice(middle - 1, middle + 1)
        if rows.shape[1] % 2 == 0
        else slice(middle, middle + 1),
        "region": slice(start, stop),
        "left": slice(start, start + 1),
        "right": slice(stop - 1, stop),
    }
    if key not in columns:
        raise InputError(f'stackups sort by {", ".join(SORT_KEYS)}, not by "{key}"')
    found = np.empty(len(rows))
    step = max(1, _CHUNK // max(rows.shape[1], 1))
    for first in range(0, len(rows), step):  # never the whole table at twice its size
        part = rows[first : first + step, columns[key]].astype(np.float64)
        found[first : first + step] = _nanmean(part)
    return found


def arranged(
    order: npt.NDArray[np.int64],
    codes: npt.NDArray[np.int64] | None = None,
    names: Sequence[str] = (),
    unnamed: str = "no value",
    selected: npt.NDArray[np.int64] | None = None,
) -> Arrangement:
    """Blocks of rows: the selected ones first, then the groups, each in the same order.

    Parameters
    ----------
    order : int64 (n,)
        The order within every block.
    codes : int64 (n,), optional
        Group of each region, a place in `names`, or -1 for none.
    names : sequence of str
        What the groups are called, in the order shown.
    unnamed : str
        What regions without a group are called; they come last.
    selected : int64, optional
        Rows that stand first, whatever their group.
    """
    n = len(order)
    first = np.zeros(n, dtype=bool)
    if selected is not None:
        first[selected] = True
    chosen = order[first[order]]
    others = order[~first[order]]
    parts, blocks = [], []
    if len(chosen):
        parts.append(chosen)
        blocks.append(Block("selected", len(chosen), "selected"))
    if codes is None:
        if len(others):
            parts.append(others)
            role: Role = "rest" if len(chosen) else "all"
            blocks.append(Block(role, len(others), role))
    else:
        for number, name, members in _groups(codes, names, unnamed):
            rows = others[members[others]]
            if len(rows):
                parts.append(rows)
                blocks.append(Block(name, len(rows), "group", number))
    whole = np.concatenate(parts) if parts else np.arange(0)
    return Arrangement(whole.astype(np.int64), tuple(blocks))


def _groups(
    codes: npt.NDArray[np.int64], names: Sequence[str], unnamed: str
) -> list[tuple[int, str, npt.NDArray[np.bool_]]]:
    """Number, name and members of each group, at most :data:`MOST_GROUPS` of them."""
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    there = np.flatnonzero(sizes)
    if len(there) > MOST_GROUPS:
        largest = there[np.argsort(-sizes[there], kind="stable")][: MOST_GROUPS - 1]
        shown = np.sort(largest)
    else:
        shown = there
    found = [(i, names[int(code)], codes == code) for i, code in enumerate(shown)]
    small = np.setdiff1d(there, shown)
    if len(small):
        found.append((len(found), f"{len(small)} smaller groups", np.isin(codes, small)))
    if (codes < 0).any():
        found.append((len(found), unnamed, codes < 0))
    return found


def _nanmean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    with warnings.catch_warnings():  # an empty slice is NaN here, not worth a warning
        warnings.simplefilter("ignore", RuntimeWarning)
        mean: npt.NDArray[np.float64] = np.nanmean(values, axis=1)
    return mean
