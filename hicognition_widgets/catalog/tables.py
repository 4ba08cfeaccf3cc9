"""Tables with one row per region: reading them, and bringing them into the regions' order."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pandas as pd

from hicognition_widgets.errors import FileError, InputError

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".bed": "\t", ".bedpe": "\t"}
_BED = ("chrom", "start", "end", "name", "score", "strand")
_BEDPE = (
    "chrom1",
    "start1",
    "end1",
    "chrom2",
    "start2",
    "end2",
    "name",
    "score",
    "strand1",
    "strand2",
)


@dataclass(frozen=True, eq=False)
class Match:
    """A table in the order of the regions.

    Attributes
    ----------
    table : DataFrame
        One row per region, without the key columns; empty where nothing matched.
    rows_left : int
        Rows of the given table that belong to no region.
    regions_left : int
        Regions that no row belongs to.
    """

    table: pd.DataFrame
    rows_left: int
    regions_left: int


def read_table(path: str | Path, *, separator: str | None = None) -> pd.DataFrame:
    """A CSV, TSV or BED file, also compressed with gzip.

    Parameters
    ----------
    path : str or Path
    separator : str, optional
        By default from the file's name, else from its first lines (comma, semicolon or
        tab). BED and BEDPE files have no header; their columns get the usual names, later
        ones are called ``column 7`` and so on.

    Raises
    ------
    FileError
        If it cannot be read as a table.
    """
    path = Path(path)
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    kind = suffixes[-1] if suffixes else ""
    try:
        if kind in (".bed", ".bedpe"):
            return _read_bed(path, _BEDPE if kind == ".bedpe" else _BED)
        sep = separator or _SEPARATORS.get(kind) or _guess_separator(path)
        table = pd.read_csv(path, sep=sep)
    except UnicodeDecodeError as error:
        raise FileError(path, "is not a text file") from error
    except (OSError, EOFError) as error:
        raise FileError(path, f"cannot be read: {error}") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise FileError(path, f"is not a table: {error}") from error
    if not isinstance(table.index, pd.RangeIndex):
        raise FileError(path, "has rows with more values than its header has names", line=1)
    return table


def match_rows(
    table: pd.DataFrame,
    regions: pd.DataFrame,
    by: str | Sequence[str] | Mapping[str, str] | None = None,
) -> Match:
    """Bring a table into the order of the regions.

    Parameters
    ----------
    table : DataFrame
    regions : DataFrame
        The region set, in its own order.
    by : str, sequence of str, or mapping of str to str, optional
        Key columns that both have, or names in the table to names in the regions, for
        example ``["chrom", "start", "end"]``. Without, row i belongs to region i.

    Raises
    ------
    InputError
        If the numbers of rows differ (without `by`), a key column is missing, a key is
        not unique in the table, or nothing matches at all.
    """
    if by is None:
        if len(table) != len(regions):
            raise InputError(
                f"the table has {len(table):,} rows, but there are {len(regions):,} regions; "
                "give the columns to match them by"
            )
        return Match(table.reset_index(drop=True), 0, 0)
    pairs = _pairs(by)
    for name, frame, what in (
        *((left, table, "table") for left in pairs),
        *((right, regions, "region set") for right in pairs.values()),
    ):
        if name not in frame.columns:
            known = ", ".join(map(str, frame.columns[:10]))
            raise InputError(f"the {what} has no column {name!r}; it has {known}")
    keys = _keys(table, list(pairs))
    wanted = _keys(regions, list(pairs.values()))
    if not keys.is_unique:
        example = keys[keys.duplicated()][0]
        shown = ", ".join(map(str, example)) if isinstance(example, tuple) else example
        raise InputError(f"the key {shown!r} stands in several rows of the table")
    places = keys.get_indexer(wanted)
    found = places >= 0
    if not found.any():
        raise InputError(
            f"no row of the table matches a region by {', '.join(pairs)}; "
            "are the names of chromosomes and the coordinates those of the region set?"
        )
    rest = table.drop(columns=list(pairs)).reset_index(drop=True)
    matched = rest.reindex(pd.Index(places).where(found, -1)).reset_index(drop=True)
    used = len(set(places[found].tolist()))
    return Match(matched, len(table) - used, int((~found).sum()))


def _pairs(by: str | Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(by, str):
        return {by: by}
    pairs = dict(by) if isinstance(by, Mapping) else {name: name for name in by}
    if not pairs:
        raise InputError("name at least one column to match by")
    return pairs


def _keys(frame: pd.DataFrame, columns: list[str]) -> pd.Index:
    parts = [_comparable(frame[name]) for name in columns]
    if len(parts) == 1:
        return cast("pd.Index[Any]", pd.Index(parts[0]))
    return cast("pd.Index[Any]", pd.MultiIndex.from_arrays(parts))


def _comparable(column: pd.Series) -> pd.Series:
    """Numbers as numbers, anything else as text: ``1`` and ``"1"`` are one chromosome."""
    numbers = pd.to_numeric(column, errors="coerce")
    return column.astype(str) if numbers.isna().any() else numbers.astype("float64")


def _read_bed(path: Path, names: Sequence[str]) -> pd.DataFrame:
    needed = 6 if names is _BEDPE else 3
    skipped = 0
    with _open(path) as file:
        for line in file:
            if line.strip() and not line.startswith(("#", "track", "browser")):
                break
            skipped += 1
    table = pd.read_csv(path, sep="\t", header=None, skiprows=skipped, comment="#")
    if table.shape[1] < needed:
        raise FileError(path, f"needs at least {needed} columns separated by tabs")
    table.columns = pd.Index(
        [names[i] if i < len(names) else f"column {i + 1}" for i in range(table.shape[1])]
    )
    return table


def _guess_separator(path: Path) -> str:
    with _open(path) as file:
        head = file.read(4096)
    first = head.splitlines()[0] if head else ""
    counts = {sep: first.count(sep) for sep in (",", ";", "\t")}
    best = max(counts, key=lambda sep: counts[sep])
    return best if counts[best] else ","


def _open(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return cast("IO[str]", gzip.open(path, "rt", encoding="utf-8"))
    return path.open(encoding="utf-8")
