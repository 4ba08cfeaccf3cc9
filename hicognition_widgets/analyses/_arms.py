"""Where the windows of a region table lie on a contact map, and why some cannot be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.names import match_names
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import Side, sided_columns
from hicognition_widgets.sources.contact_map import ContactMap

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Arms:
    """Arms (the rows of a view) that lie on a map.

    Attributes
    ----------
    names : tuple of str
    chrom : int64 (arms,)
        Chromosome number in the map.
    start, end : int64 (arms,)
        Position in bp.
    lo, hi : int64 (arms,)
        First bin and end of the bins that touch the arm, counted over the genome. A bin
        that straddles two arms belongs to both.
    """

    names: tuple[str, ...]
    chrom: Ints
    start: Ints
    end: Ints
    lo: Ints
    hi: Ints

    def __len__(self) -> int:
        return len(self.names)

    def labels(self, n_bins: int) -> npt.NDArray[np.int32]:
        """Arm of each bin, -1 for none; the later arm where two touch one bin."""
        label = np.full(n_bins, -1, dtype=np.int32)
        for arm, (lo, hi) in enumerate(zip(self.lo, self.hi, strict=True)):
            label[lo:hi] = arm
        return label


def arms_on(contacts: ContactMap, view_df: pd.DataFrame | None) -> Arms:
    """Arms of a view on a map; whole chromosomes without a view.

    Arms on chromosomes that the map does not have are left out.

    Raises
    ------
    InputError
        If the view lacks a column or an arm has no length.
    GenomeMismatch
        If no arm's chromosome is in the map.
    """
    if view_df is None:
        names = contacts.chromnames
        chrom = np.arange(len(names))
        start, end = np.zeros(len(names), dtype=np.int64), contacts.chromsizes
    else:
        missing = {"chrom", "start", "end"} - set(view_df.columns)
        if missing:
            raise InputError(
                f"the view lacks the column {sorted(missing)[0]}; it needs chrom, start, end"
            )
        chrom = chromosome_codes(view_df["chrom"], contacts)
        on_map = chrom >= 0
        view_df, chrom = view_df.loc[on_map], chrom[on_map]
        start = np.maximum(view_df["start"].to_numpy(dtype=np.int64), 0)
        end = np.minimum(view_df["end"].to_numpy(dtype=np.int64), contacts.chromsizes[chrom])
        if np.any(end <= start):
            row = int(np.flatnonzero(end <= start)[0])
            raise InputError(
                f"arm {row + 1} of the view ({view_df['chrom'].iloc[row]}) has no length on "
                "its chromosome; check that view and map are of one assembly"
            )
        names = (
            tuple(str(name) for name in view_df["name"])
            if "name" in view_df.columns
            else tuple(
                f"{c}:{s}-{e}" for c, s, e in zip(view_df["chrom"], start, end, strict=True)
            )
        )
        if len(set(names)) < len(names):
            raise InputError("two arms of the view have the same name; name each once")
    offset = contacts.chrom_offset[chrom]
    return Arms(
        names=names,
        chrom=chrom,
        start=start,
        end=end,
        lo=offset + start // contacts.binsize,
        hi=offset - (-end // contacts.binsize),
    )


def chromosome_codes(names: pd.Series, contacts: ContactMap) -> Ints:
    """Number of each chromosome in the map, -1 where the map has none such."""
    codes, uniques = pd.factorize(names)
    known = [str(name) for name in uniques]
    matched = match_names(known, contacts.chromnames)
    numbers = {name: i for i, name in enumerate(contacts.chromnames)}
    table = np.array([numbers[matched[n]] if n in matched else -1 for n in known] + [-1])
    return table[codes].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Placed:
    """Regions (or one anchor of pairs) on a map.

    Attributes
    ----------
    chrom, arm : int64 (n,)
        Numbers of chromosome and arm, -1 for none.
    start, end : int64 (n,)
        As in the table, bp.
    reasons : uint8 (n,)
    """

    chrom: Ints
    arm: Ints
    start: Ints
    end: Ints
    reasons: Codes


def place(regions: pd.DataFrame, contacts: ContactMap, arms: Arms, side: Side | None) -> Placed:
    """Find chromosome and arm of each region: the arm it overlaps most, the first if equal.

    A region without length belongs to the arm that contains its position.
    """
    chrom_name, start_name, end_name, _ = sided_columns(regions, side)
    for name in (chrom_name, start_name, end_name):
        if name not in regions.columns:
            raise InputError(f"the regions lack the column {name}")
    chrom = chromosome_codes(regions[chrom_name], contacts)
    start = regions[start_name].to_numpy(dtype=np.int64)
    end = regions[end_name].to_numpy(dtype=np.int64)
    reasons = np.zeros(len(regions), dtype=np.uint8)
    reasons[chrom < 0] = Reason.UNKNOWN_CHROMOSOME
    reasons[(chrom >= 0) & (end < start)] = Reason.ZERO_LENGTH
    arm = _most_overlapped(chrom, start, end, arms)
    size = contacts.chromsizes[np.maximum(chrom, 0)]
    beyond = (end <= 0) & (end > start) | (start < 0) & (end == start) | (start >= size)
    nowhere = (reasons == 0) & (arm < 0)
    reasons[nowhere] = np.where(beyond, Reason.OFF_CHROMOSOME, Reason.NO_ARM)[nowhere]
    return Placed(chrom, arm, start, end, reasons)


def _most_overlapped(chrom: Ints, start: Ints, end: Ints, arms: Arms) -> Ints:
    arm = np.full(len(chrom), -1, dtype=np.int64)
    best = np.zeros(len(chrom), dtype=np.int64)
    order = np.argsort(chrom, kind="stable")
    bounds = np.searchsorted(chrom[order], np.arange(chrom.max(initial=-1) + 2))
    for number in range(len(arms)):
        of = int(arms.chrom[number])
        if of + 1 >= len(bounds):
            continue
        rows = order[bounds[of] : bounds[of + 1]]
        first, last = start[rows], end[rows]
        shared = np.minimum(last, arms.end[number]) - np.maximum(first, arms.start[number])
        inside = (first >= arms.start[number]) & (first < arms.end[number])
        shared = np.where(first == last, inside, shared)
        better = shared > best[rows]
        best[rows[better]] = shared[better]
        arm[rows[better]] = number
    return arm
