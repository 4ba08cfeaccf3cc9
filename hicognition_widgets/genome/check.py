"""Do these regions, or this file, fit the assembly? What does not, is counted and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import GenomeMismatch
from hicognition_widgets.genome.assembly import Assembly
from hicognition_widgets.genome.names import list_names, match_names
from hicognition_widgets.genome.reasons import Reason, count_reasons
from hicognition_widgets.genome.windows import is_pairs


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionReport:
    """How regions fit an assembly.

    Attributes
    ----------
    n : int
        Regions checked.
    reasons : uint8 (n,)
        :class:`~hicognition_widgets.genome.reasons.Reason` per region, 0 = fits. The
        first of: unknown chromosome, off the chromosome, zero length (intervals only).
    names : dict
        Chromosome name in the regions → name in the assembly, for those that match.
    unknown : dict
        Chromosomes of the regions that the assembly lacks, with the regions on each.
    unused : dict
        Chromosomes of the assembly without any region, with their length in bp.
    n_off_end : int
        Regions of which any part lies beyond the end of its chromosome.
    n_zero_length : int
        Regions whose end is their start (points may; intervals may not).
    """

    n: int
    reasons: npt.NDArray[np.uint8]
    names: dict[str, str]
    unknown: dict[str, int]
    unused: dict[str, int]
    n_off_end: int
    n_zero_length: int

    @property
    def n_usable(self) -> int:
        """Regions without a reason against them."""
        return int(np.count_nonzero(self.reasons == Reason.USED))

    @property
    def reason_counts(self) -> dict[str, int]:
        """Regions per reason sentence, most frequent first."""
        return count_reasons(self.reasons)

    @property
    def off_end_rows(self) -> npt.NDArray[np.int64]:
        """Row numbers of regions that cannot be used because they lie beyond the end."""
        return np.flatnonzero(self.reasons == Reason.OFF_CHROMOSOME).astype(np.int64)

    @property
    def sentences(self) -> list[str]:
        """What a person should know, one sentence per finding; empty if all fits."""
        found: list[str] = []
        if self.unknown:
            rows = sum(self.unknown.values())
            listed = list_names(f"{name} ({count:,})" for name, count in self.unknown.items())
            found.append(f"{_regions(rows)} on chromosomes that the assembly lacks: {listed}")
        if self.n_off_end:
            found.append(
                f"{_regions(self.n_off_end)} beyond the end of the chromosome; check that "
                "regions and assembly belong together"
            )
        if self.n_zero_length:
            found.append(f"{self.n_zero_length:,} of the regions have no length")
        renamed = {a: b for a, b in self.names.items() if a != b}
        if renamed:
            listed = list_names(f"{a} is {b}" for a, b in renamed.items())
            found.append(f"chromosome names were matched: {listed}")
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class ChromosomeReport:
    """How the chromosomes of a map or track fit an assembly.

    Attributes
    ----------
    names : dict
        Chromosome name in the file → name in the assembly, for those that match.
    unknown : tuple of str
        Chromosomes of the file that the assembly lacks.
    absent : tuple of str
        Chromosomes of the assembly that the file lacks.
    different : dict
        Matched chromosomes whose lengths differ: ``{name in the file: (length in the file,
        length in the assembly)}`` in bp.
    """

    names: dict[str, str]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    different: dict[str, tuple[int, int]]

    @property
    def sentences(self) -> list[str]:
        """What a person should know, one sentence per finding; empty if all fits."""
        found: list[str] = []
        for names, words in (
            (self.unknown, "of the file that the assembly lacks"),
            (self.absent, "of the assembly that the file lacks"),
        ):
            if names:
                found.append(f"{_chromosomes(len(names))} {words}: {list_names(names)}")
        if self.different:
            found.append(
                f"{_chromosomes(len(self.different))} of another length: "
                f"{_lengths(self.different)}"
            )
        renamed = {a: b for a, b in self.names.items() if a != b}
        if renamed:
            listed = list_names(f"{a} is {b}" for a, b in renamed.items())
            found.append(f"chromosome names were matched: {listed}")
        return found


def check_chromosomes(
    chromsizes: Mapping[str, int], assembly: Assembly | Mapping[str, int]
) -> ChromosomeReport:
    """Compare the chromosomes of a contact map or signal track with an assembly.

    Parameters
    ----------
    chromsizes : mapping
        Lengths in bp as the file has them.
    assembly : Assembly or mapping
        The assembly, or chromosome lengths in bp.

    Raises
    ------
    GenomeMismatch
        If no chromosome is on both sides, a name fits two chromosomes, or at least two
        and half of those that match have another length: the file is of another assembly.
        (A single one may differ: there are two mitochondrial genomes of hg19, and some
        tools cut a map where its data end. The report then says so.)
    """
    sizes = assembly.chromsizes if isinstance(assembly, Assembly) else dict(assembly)
    names = match_names(chromsizes, sizes)
    different = {
        name: (int(chromsizes[name]), sizes[match])
        for name, match in names.items()
        if int(chromsizes[name]) != sizes[match]
    }
    if len(different) > 1 and 2 * len(different) >= len(names):
        label = f" {assembly.name}" if isinstance(assembly, Assembly) else ""
        raise GenomeMismatch(
            f"{len(different)} of {len(names)} chromosomes have another length than in the "
            f"assembly{label} ({_lengths(different)}); choose the assembly of the file"
        )
    matched = set(names.values())
    return ChromosomeReport(
        names=names,
        unknown=tuple(name for name in chromsizes if name not in names),
        absent=tuple(name for name in sizes if name not in matched),
        different=different,
    )


def check_regions(
    df: pd.DataFrame,
    assembly: Assembly | Mapping[str, int],
    *,
    kind: Literal["point", "interval"] = "point",
) -> RegionReport:
    """Compare a region table with an assembly.

    Parameters
    ----------
    df : DataFrame
        Sound regions, as of :class:`~hicognition_widgets.genome.tables.RegionTable`.
    assembly : Assembly or mapping
        The assembly, or chromosome lengths in bp.
    kind : {"point", "interval"}
        Intervals of zero length cannot be used, points can.

    Raises
    ------
    GenomeMismatch
        If no chromosome is on both sides, or a name fits two chromosomes.
    """
    sizes = assembly.chromsizes if isinstance(assembly, Assembly) else dict(assembly)
    suffixes = ("1", "2") if is_pairs(df) else ("",)
    chroms = [f"chrom{s}" for s in suffixes]
    columns = {s: df[f"chrom{s}"].astype("category") for s in suffixes}
    seen = [str(c) for column in columns.values() for c in column.cat.categories]
    names = match_names(seen, sizes)
    lengths = {name: sizes[match] for name, match in names.items()}
    n = len(df)
    absent, beyond, off, empty = (np.zeros(n, dtype=bool) for _ in range(4))
    for s, column in columns.items():
        per_name = np.array([lengths.get(str(c), -1) for c in column.cat.categories])
        length = per_name[column.cat.codes.to_numpy()] if n else np.zeros(0, dtype=np.int64)
        start = df[f"start{s}"].to_numpy(dtype=np.int64)
        end = df[f"end{s}"].to_numpy(dtype=np.int64)
        absent |= length < 0
        beyond |= (length >= 0) & (end > length)
        last = end if kind == "interval" else (start + end) // 2 + 1
        off |= (length >= 0) & (last > length)
        empty |= start == end
    reasons = np.zeros(n, dtype=np.uint8)
    if kind == "interval":
        reasons[empty] = Reason.ZERO_LENGTH
    reasons[off] = Reason.OFF_CHROMOSOME
    reasons[absent] = Reason.UNKNOWN_CHROMOSOME
    there = set(names.values())
    return RegionReport(
        n=n,
        reasons=reasons,
        names=names,
        unknown=_rows_per_unknown(df, chroms, lengths),
        unused={name: length for name, length in sizes.items() if name not in there},
        n_off_end=int(np.count_nonzero(beyond & ~absent)),
        n_zero_length=int(np.count_nonzero(empty)),
    )


def _rows_per_unknown(
    df: pd.DataFrame, columns: list[str], known: Mapping[str, int]
) -> dict[str, int]:
    """Regions per unknown chromosome; a pair counts once for each name it has."""
    parts = [df[column].reset_index(drop=True) for column in columns]
    for later in range(1, len(parts)):
        parts[later] = parts[later][parts[later] != parts[0]]
    counts = pd.concat(parts).value_counts(sort=True)
    return {str(c): int(count) for c, count in counts.items() if str(c) not in known}


def _regions(count: int) -> str:
    return "1 region lies" if count == 1 else f"{count:,} regions lie"


def _chromosomes(count: int) -> str:
    return "1 chromosome" if count == 1 else f"{count:,} chromosomes"


def _lengths(different: Mapping[str, tuple[int, int]]) -> str:
    return list_names(f"{name} {a:,} instead of {b:,}" for name, (a, b) in different.items())
