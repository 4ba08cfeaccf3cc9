"""Windows around points or pairs, in bins of a contact map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._arms import Arms, Placed, place
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import Anchor, is_pairs, positions, strands
from hicognition_widgets.sources.contact_map import ContactMap

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]
Edges = Literal["drop", "pad"]

SWAP, FLIP_ROWS, FLIP_COLUMNS = 1, 2, 4
"""What has to be done to a window, as bits: transpose, then reverse rows, columns."""


@dataclass(frozen=True, eq=False)
class MapWindows:
    """One window per region.

    Attributes
    ----------
    size : int
        Bins on each side of a window, 2k + 1.
    table : int64 (n, 6)
        First bins of rows and columns (rows always the earlier anchor), then which rows
        i0 … i1 and columns j0 … j1 lie inside their arms. Valid where `reasons` is 0.
    arm1, arm2 : int64 (n,)
        Arms of rows and columns; -1 for none.
    trans : bool (n,)
        Anchors on different chromosomes.
    turn : int64 (n,)
        :data:`SWAP`, :data:`FLIP_ROWS`, :data:`FLIP_COLUMNS`, added up.
    reasons : uint8 (n,)
    on_diagonal : bool
        Points: rows and columns are the same bins, the window is symmetric.
    """

    size: int
    table: Ints
    arm1: Ints
    arm2: Ints
    trans: Bools
    turn: Ints
    reasons: Codes
    on_diagonal: bool

    def __len__(self) -> int:
        return len(self.table)

    def take(self, rows: Ints) -> MapWindows:
        """The windows of some regions, in that order."""
        return replace(
            self,
            table=self.table[rows],
            arm1=self.arm1[rows],
            arm2=self.arm2[rows],
            trans=self.trans[rows],
            turn=self.turn[rows],
            reasons=self.reasons[rows],
        )

    def with_reasons(self, rows: Ints, reason: Reason) -> MapWindows:
        """A copy in which some windows are left out for a reason."""
        reasons = self.reasons.copy()
        reasons[rows] = reason
        return replace(self, reasons=reasons)


def place_windows(
    regions: pd.DataFrame,
    contacts: ContactMap,
    arms: Arms,
    bins: int,
    *,
    edges: Edges = "drop",
    flip: bool = False,
    anchor: Anchor = "center",
) -> MapWindows:
    """Windows of ``2 · bins + 1`` bins around each region's point, or pair of points.

    With ``edges="drop"`` a window that leaves its arm is left out; with ``"pad"`` its
    inside part is used. With `flip`, regions on the minus strand are turned round: a
    point's window in both directions, of a pair each direction by its anchor's strand.
    """
    check_edges(edges)
    size = 2 * bins + 1
    if not is_pairs(regions):
        placed = place(regions, contacts, arms, None)
        a, i0, i1, reasons = _span(
            placed, positions(regions, anchor=anchor), contacts, arms, bins, edges
        )
        turn = np.zeros(len(a), dtype=np.int64)
        if flip:
            turn[strands(regions) < 0] = FLIP_ROWS + FLIP_COLUMNS
        return MapWindows(
            size=size,
            table=np.stack((a, a, i0, i1, i0, i1), axis=1),
            arm1=placed.arm,
            arm2=placed.arm,
            trans=np.zeros(len(a), dtype=bool),
            turn=turn,
            reasons=reasons,
            on_diagonal=True,
        )
    left = place(regions, contacts, arms, "left")
    right = place(regions, contacts, arms, "right")
    a1, i0, i1, why1 = _span(
        left, positions(regions, side="left", anchor=anchor), contacts, arms, bins, edges
    )
    a2, j0, j1, why2 = _span(
        right, positions(regions, side="right", anchor=anchor), contacts, arms, bins, edges
    )
    turn = np.where(a1 > a2, SWAP, 0)
    if flip:
        turn += FLIP_ROWS * (strands(regions, "left") < 0)
        turn += FLIP_COLUMNS * (strands(regions, "right") < 0)
    table = np.stack((a1, a2, i0, i1, j0, j1), axis=1)
    swapped = a1 > a2
    table[swapped] = table[swapped][:, [1, 0, 4, 5, 2, 3]]
    return MapWindows(
        size=size,
        table=table,
        arm1=np.where(swapped, right.arm, left.arm),
        arm2=np.where(swapped, left.arm, right.arm),
        trans=left.chrom != right.chrom,
        turn=turn,
        reasons=np.where(why1 != 0, why1, why2),
        on_diagonal=False,
    )


def check_edges(edges: str) -> None:
    """Raise for a way of treating edges that is none."""
    if edges not in ("drop", "pad"):
        raise InputError(f'edges is "drop" or "pad", not "{edges}"')


def _span(
    placed: Placed, points: Ints, contacts: ContactMap, arms: Arms, bins: int, edges: Edges
) -> tuple[Ints, Ints, Ints, Codes]:
    """First bin of each window, its inside part, and why it cannot be used."""
    reasons = placed.reasons.copy()
    chrom = np.maximum(placed.chrom, 0)
    first = contacts.chrom_offset[chrom] + points // contacts.binsize - bins
    if len(arms) == 0:
        return first, np.zeros_like(first), np.zeros_like(first), reasons
    arm = np.maximum(placed.arm, 0)
    size = 2 * bins + 1
    i0 = np.clip(arms.lo[arm] - first, 0, size)
    i1 = np.clip(arms.hi[arm] - first, 0, size)
    cut = (i0 > 0) | (i1 < size) if edges == "drop" else i1 <= i0
    reasons[(reasons == 0) & cut] = Reason.CROSSES_ARM_END
    return first, i0, i1, reasons
