"""Assemblies: chromosome sizes and, where known, chromosome arms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from hicognition_widgets.errors import FileError, InputError, NotFound
from hicognition_widgets.genome.names import bare_name
from hicognition_widgets.genome.text import read_text

BUILTIN: tuple[str, ...] = ("hg19", "hg38", "mm9", "mm10", "dm3", "dm6", "sacCer3")
"""Assemblies that need no files."""

VIEW_COLUMNS = ["chrom", "start", "end", "name"]


@dataclass(frozen=True, eq=False)
class Assembly:
    """One genome.

    Attributes
    ----------
    name : str
        For example ``"mm9"``.
    organism : str or None
        For example ``"mus musculus"``.
    chromsizes : dict
        Length in bp per chromosome, in the assembly's order.
    arms : DataFrame or None
        Bioframe view ``chrom, start, end, name`` of the arms that are known.
    """

    name: str
    organism: str | None
    chromsizes: dict[str, int]
    arms: pd.DataFrame | None = None

    @property
    def view_df(self) -> pd.DataFrame:
        """Bioframe view: the arms of each chromosome, or all of it where none are known."""
        known: dict[str, pd.DataFrame] = {}
        if self.arms is not None:
            known = {str(chrom): part for chrom, part in self.arms.groupby("chrom")}
        rows: list[tuple[str, int, int, str]] = []
        for chrom, length in self.chromsizes.items():
            if chrom in known:
                part = known[chrom].sort_values("start")
                rows += [
                    (chrom, int(start), int(end), str(name))
                    for start, end, name in zip(
                        part["start"], part["end"], part["name"], strict=True
                    )
                ]
            else:
                rows.append((chrom, 0, length, chrom))
        return pd.DataFrame(rows, columns=VIEW_COLUMNS)


def builtin_assembly(name: str) -> Assembly:
    """One of the assemblies that need no files: :data:`BUILTIN`.

    Sizes and centromeres (hg19, hg38) are those that bioframe ships; nothing is
    downloaded. Assembled chromosomes and the mitochondrial one only. The arms meet in
    the middle of the centromere's cytobands.

    Raises
    ------
    NotFound
        If there is no such assembly; the sentence lists those there are.
    """
    if name not in BUILTIN:
        raise NotFound(
            f'there is no built-in assembly "{name}": use {", ".join(BUILTIN)}, or '
            "custom_assembly with a file of chromosome sizes"
        )
    organism, sizes, middles = _shipped(name)
    arms = [
        row
        for chrom, middle in middles
        for row in (
            (chrom, 0, middle, f"{chrom}_p"),
            (chrom, middle, dict(sizes)[chrom], f"{chrom}_q"),
        )
    ]
    frame = pd.DataFrame(arms, columns=VIEW_COLUMNS) if arms else None
    return Assembly(name, organism, dict(sizes), frame)


@cache
def _shipped(
    name: str,
) -> tuple[str, tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """Organism, sizes and centromere middles of a built-in assembly, from bioframe's tables."""
    import bioframe

    info = bioframe.assembly_info(f"ucsc.{name}")
    sizes = tuple((str(chrom), int(length)) for chrom, length in info.chromsizes.items())
    middles: list[tuple[str, int]] = []
    if info.cytobands is not None:
        bands = info.cytobands[info.cytobands["stain"] == "acen"]
        spans = bands.groupby("chrom", sort=False).agg({"start": "min", "end": "max"})
        middle = {str(c): int(s + e) // 2 for c, s, e in spans.itertuples()}
        middles = [(chrom, middle[chrom]) for chrom, _ in sizes if chrom in middle]
    return str(info.organism), sizes, tuple(middles)


def custom_assembly(
    name: str,
    chromsizes: str | Path | Mapping[str, int] | pd.Series,
    arms: str | Path | pd.DataFrame | None = None,
    organism: str | None = None,
) -> Assembly:
    """An assembly from two small files, or from a dict and a DataFrame.

    Parameters
    ----------
    name : str
        What the assembly is called.
    chromsizes : path, mapping or Series
        Length per chromosome. A file has one chromosome per line: name, length (as
        ``chrom.sizes``; a ``.fai`` index works too).
    arms : path or DataFrame, optional
        ``chrom, start, end`` and perhaps ``name``: a BED file, a comma-separated file
        with that header, or a frame. Chromosomes without arms count as one piece.
    organism : str, optional
        For example ``"Saccharomyces cerevisiae"``.

    Raises
    ------
    FileError, InputError
        If a length is not a positive whole number, a chromosome occurs twice, or an arm
        lies on an unknown chromosome, beyond its end, or over another arm.
    """
    if not name.strip():
        raise InputError("an assembly needs a name; give one, for example mm9")
    if isinstance(chromsizes, str | Path):
        sizes = _read_sizes(Path(chromsizes))
    else:
        sizes = _checked_sizes(((str(c), n) for c, n in chromsizes.items()), None)
    if isinstance(arms, str | Path):
        view: pd.DataFrame | None = _checked_arms(_read_arms(Path(arms)), sizes, Path(arms))
    else:
        view = None if arms is None else _checked_arms(arms, sizes, None)
    return Assembly(name.strip(), organism, sizes, view)


def _problem(path: Path | None, sentence: str, line: int | None = None) -> InputError:
    return InputError(sentence) if path is None else FileError(path, sentence, line=line)


def _cells(path: Path) -> list[tuple[int, list[str]]]:
    """Cells of each line that is neither blank nor a comment, with the line's number."""
    lines = [
        (n, line)
        for n, line in enumerate(read_text(path).split("\n"), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    commas = bool(lines) and "\t" not in lines[0][1] and "," in lines[0][1]
    tabs = bool(lines) and "\t" in lines[0][1]
    separator = "," if commas else "\t" if tabs else None
    return [(n, [cell.strip() for cell in line.split(separator)]) for n, line in lines]


def _read_sizes(path: Path) -> dict[str, int]:
    pairs: list[tuple[str, object]] = []
    rows = _cells(path)
    if rows and len(rows[0][1]) > 1 and rows[0][1][1].lower() in ("length", "size", "end"):
        rows = rows[1:]
    for number, cells in rows:
        if len(cells) < 2:
            raise FileError(
                path,
                "found one column where a chromosome and its length are needed; separate "
                "them by a tab",
                line=number,
            )
        if not (cells[1].isascii() and cells[1].isdecimal() and int(cells[1]) > 0):
            raise FileError(
                path,
                f'the length "{cells[1]}" is not a positive whole number; write plain digits',
                line=number,
                column=2,
            )
        pairs.append((cells[0], int(cells[1])))
    return _checked_sizes(pairs, path)


def _checked_sizes(pairs: Iterable[tuple[str, object]], path: Path | None) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for chrom, length in pairs:
        if not chrom.strip():
            raise _problem(path, "a chromosome has an empty name; name it")
        if chrom in sizes:
            raise _problem(path, f"chromosome {chrom} occurs twice; keep one of them")
        whole = isinstance(length, int | np.integer) and not isinstance(length, bool)
        if isinstance(length, float | np.floating):
            whole = float(length).is_integer()
        if not whole or int(length) <= 0:  # type: ignore[call-overload]
            raise _problem(
                path, f'the length "{length}" of {chrom} is not a positive whole number'
            )
        sizes[chrom] = int(length)  # type: ignore[call-overload]
    if not sizes:
        raise _problem(path, "there is no chromosome; give at least one name and length")
    return sizes


def _read_arms(path: Path) -> pd.DataFrame:
    rows = _cells(path)
    names = ["chrom", "start", "end", "name"]
    if rows and {"chrom", "start", "end"} <= {cell.lower() for cell in rows[0][1]}:
        names = [cell.lower() for cell in rows[0][1]]
        rows = rows[1:]
    columns = {name: names.index(name) for name in VIEW_COLUMNS if name in names}
    table: dict[str, list[str | int]] = {name: [] for name in columns}
    for number, cells in rows:
        if len(cells) <= max(columns["chrom"], columns["start"], columns["end"]):
            raise FileError(
                path, "an arm needs chromosome, start and end; add them", line=number
            )
        for name, at in columns.items():
            cell = cells[at] if at < len(cells) else ""
            if name in ("start", "end") and not (cell.isascii() and cell.isdecimal()):
                raise FileError(
                    path,
                    f'the {name} "{cell}" is not a whole number; write plain digits',
                    line=number,
                    column=at + 1,
                )
            table[name].append(int(cell) if name in ("start", "end") else cell)
    return pd.DataFrame(table)


def _checked_arms(
    arms: pd.DataFrame, sizes: dict[str, int], path: Path | None
) -> pd.DataFrame | None:
    missing = [name for name in VIEW_COLUMNS[:3] if name not in arms.columns]
    if missing:
        raise _problem(path, f"the table of arms lacks the column {missing[0]}; add it")
    given = arms["name"] if "name" in arms.columns else [""] * len(arms)
    ends: dict[str, tuple[int, str]] = {}
    rows: list[tuple[str, int, int, str]] = []
    for chrom, start, end, label in zip(
        arms["chrom"].astype(str), arms["start"], arms["end"], given, strict=True
    ):
        text = str(label) if isinstance(label, str) and label not in ("", ".") else ""
        rows.append((chrom, int(start), int(end), text or f"{chrom}:{start}-{end}"))
    for chrom, start, end, label in sorted(rows):
        if chrom not in sizes:
            hint = next((c for c in sizes if bare_name(c) == bare_name(chrom)), None)
            fix = f"write {hint}" if hint else "remove it or add the chromosome's size"
            raise _problem(
                path, f"arm {label} lies on {chrom}, which has no chromosome size; {fix}"
            )
        if not 0 <= start < end:
            raise _problem(path, f"arm {label} of {chrom} has no length; correct start and end")
        if end > sizes[chrom]:
            raise _problem(
                path,
                f"arm {label} ends at {end:,}, beyond the end of {chrom} at "
                f"{sizes[chrom]:,}; check that arms and sizes belong to the same assembly",
            )
        before, other = ends.get(chrom, (0, ""))
        if start < before:
            raise _problem(
                path, f"the arms {other} and {label} of {chrom} overlap; correct one"
            )
        ends[chrom] = (end, label)
    names = [row[3] for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _problem(path, f"two arms are named {twice}; give each its own name")
    return pd.DataFrame(rows, columns=VIEW_COLUMNS) if rows else None
