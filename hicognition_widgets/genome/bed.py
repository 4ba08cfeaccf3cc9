"""BED and BEDPE files: a quick way for sound files, a careful one that names the bad line."""

from __future__ import annotations

import gzip
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from hicognition_widgets.errors import FileError
from hicognition_widgets.genome import bed_lines
from hicognition_widgets.genome.tables import COLUMNS, RegionTable, regions_from_frame
from hicognition_widgets.genome.text import read_text

__all__ = ["RegionTable", "read_regions", "regions_from_frame", "write_bed"]

_MISSING = ("", "NA", "NaN", "nan", "NULL")
_STRANDS = {"+", "-", "."}
_PROBE = 1000
_NO_QUOTES: Final = 3  # csv.QUOTE_NONE: quotation marks are text like any other
_BED_TAIL = ("thickStart", "thickEnd", "itemRgb", "blockCount", "blockSizes", "blockStarts")
_PEAK_TAIL = ("signalValue", "pValue", "qValue", "peak")
_REMARK = re.compile(r"^[ \t\f\v]*(#|track\b|browser\b|$)", re.IGNORECASE | re.MULTILINE)


def read_regions(path: str | Path) -> RegionTable:
    """Regions of a BED or BEDPE file.

    Plain or gzipped (by content); comments, blank, ``track`` and ``browser`` lines
    anywhere; one header line with or without ``#``; any line ending; columns separated
    by tabs, or by white space where there is no tab. The coordinate columns come first,
    as the formats demand. It is a file of pairs if its name ends in ``.bedpe`` or if
    columns 4 to 6 are a second anchor. Further columns are kept: named by the header,
    else by the BED, BEDPE, narrowPeak or broadPeak standard where the values fit, else
    ``column4``, ``column5`` …

    Parameters
    ----------
    path : str or Path
        The file; it is read completely.

    Returns
    -------
    RegionTable
        Rows in the order of the file.

    Raises
    ------
    FileError
        If the file is missing, not text, empty, or a row lacks a column or has a
        coordinate that is not a whole number, negative or inverted; with line and column.
    """
    path = Path(path)
    text = read_text(path)
    lines = text.removesuffix("\n").split("\n")
    if _REMARK.search(text, 0, len(text) - text.endswith("\n")):
        lines = [line for line in lines if not bed_lines.is_remark(line)]
    if not lines:
        remarks = "holds only comments" if text.strip() else "is empty"
        raise FileError(path, f"this file {remarks}; give a BED or BEDPE file with regions")
    tabs = any("\t" in line for line in lines[:20])
    header = _header(text, lines, tabs)
    if header is not None and bed_lines.is_header(bed_lines.split(lines[0], tabs)):
        del lines[0]
    if not lines:
        raise FileError(path, "this file holds a header and no regions; add at least one row")
    dims = _dims(path, lines, tabs)
    frame = _parse(lines, tabs, dims)
    if frame is None or _unsound(frame, dims):
        frame = _parse_with_care(path, text, tabs, dims)
    return RegionTable(frame=_finish(frame, header, dims, path), dims=dims, path=str(path))


def write_bed(df: pd.DataFrame, path: str | Path) -> None:
    """Write regions as BED or BEDPE with a ``#chrom …`` header; gzipped if named ``.gz``.

    The file appears complete or not at all. :func:`read_regions` reads back the same
    coordinates and columns. Missing values are written as ``.``; tabs and line ends
    inside text become spaces.

    Raises
    ------
    InputError
        If the table is not sound (as :func:`regions_from_frame`).
    """
    path = Path(path)
    frame = regions_from_frame(df).frame
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            text = frame[name].astype(object).where(frame[name].notna(), ".").astype(str)
            frame[name] = text.str.replace(r"[\t\r\n]", " ", regex=True)
    body = frame.to_csv(
        sep="\t", header=False, index=False, na_rep=".", quoting=_NO_QUOTES,
        quotechar="\0", lineterminator="\n",
    )  # fmt: skip
    content = ("#" + "\t".join(str(c) for c in frame.columns) + "\n" + body).encode()
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _header(text: str, lines: list[str], tabs: bool) -> list[str] | None:
    """Names of a header line, or of the last comment before the data if it is one."""
    first = bed_lines.split(lines[0], tabs)
    if bed_lines.is_header(first):
        return bed_lines.header_names(first)
    before = text[: text.find(lines[0])].rstrip("\n").split("\n")[-1]
    cells = bed_lines.split(before.lstrip("# "), tabs)
    if before.startswith("#") and bed_lines.is_header(cells):
        return bed_lines.header_names(cells)
    return None


def _dims(path: Path, lines: list[str], tabs: bool) -> Literal[1, 2]:
    suffixes = [s.lower() for s in path.suffixes]
    if ".bedpe" in suffixes[-2:]:
        return 2
    probe = [bed_lines.split(line, tabs) for line in lines[:_PROBE]]
    return 2 if bed_lines.looks_like_pairs(probe) else 1


def _parse(lines: list[str], tabs: bool, dims: Literal[1, 2]) -> pd.DataFrame | None:
    """All columns by position, or None if a coordinate is not a whole number."""
    needed = COLUMNS[dims]
    if tabs:
        width = max(line.count("\t") for line in lines) + 1
    else:
        lines = ["\t".join(line.split()) for line in lines]
        width = max(line.count("\t") for line in lines) + 1
    if width < len(needed):
        return None
    # Coordinates are left to inference: asked for int64, 1.5e6 would pass as a whole number.
    # Chromosomes, and names (the first further column), are text even if they are digits.
    types = {str(i): "str" for i in range(0, len(needed) + 1, 3)}
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(lines)),
            sep="\t",
            header=None,
            names=[str(i) for i in range(width)],
            dtype=types,
            index_col=False,
            quoting=_NO_QUOTES,
            keep_default_na=False,
            na_values={str(i): list(_MISSING) for i in range(len(needed), width)},
            low_memory=False,
            skip_blank_lines=False,
        )
    except (ValueError, OverflowError):
        return None
    frame.columns = pd.RangeIndex(width)
    numbers = [frame[i].dtype for i in range(len(needed)) if i % 3]
    return frame if all(dtype == np.int64 for dtype in numbers) else None


def _unsound(frame: pd.DataFrame, dims: Literal[1, 2]) -> bool:
    for first in range(0, 3 * dims, 3):
        start, end = frame[first + 1].to_numpy(), frame[first + 2].to_numpy()
        if (start < 0).any() or (end < start).any():
            return True
        if any(not str(name).strip() for name in frame[first].unique()):
            return True
    return False


def _parse_with_care(path: Path, text: str, tabs: bool, dims: Literal[1, 2]) -> pd.DataFrame:
    """Line by line, to name the first bad line; else the table that was asked for."""
    rows: list[list[str]] = []
    for number, line in bed_lines.content_lines(text):
        cells = bed_lines.split(line, tabs)
        if not rows and bed_lines.is_header(cells):
            continue
        problem = bed_lines.find_problem(cells, dims)
        if problem is not None:
            raise FileError(path, problem.sentence, line=number, column=problem.column)
        rows.append(cells)
    frame = pd.DataFrame(rows).replace(dict.fromkeys(_MISSING, np.nan))
    for i in range(3 * dims):
        frame[i] = frame[i].astype(str) if i % 3 == 0 else frame[i].map(int)
    return frame


def _finish(
    frame: pd.DataFrame, header: list[str] | None, dims: Literal[1, 2], path: Path
) -> pd.DataFrame:
    """Named columns, plain types, no trailing columns without a value."""
    needed = COLUMNS[dims]
    while frame.shape[1] > len(needed) and frame[frame.shape[1] - 1].isna().all():
        frame = frame.drop(columns=frame.shape[1] - 1)
    extra = {i: _plain(frame[i]) for i in range(len(needed), frame.shape[1])}
    names = _extra_names(extra, header, dims, path)
    columns: dict[str, pd.Series] = {}
    for i, name in enumerate(needed):
        column = frame[i]
        if i % 3 == 0:
            padded = {str(value): str(value).strip() for value in column.unique()}
            if any(value != name for value, name in padded.items()):
                column = column.map(padded)
        columns[name] = column
    for i, column in extra.items():
        columns[names[i]] = frame[i] if names[i] == "name" else column
    return pd.DataFrame(columns)


def _plain(column: pd.Series) -> pd.Series:
    """Numbers where all values but ``.`` are numbers, else the text as it is."""
    if pd.api.types.is_numeric_dtype(column):
        return column
    dots = column == "."
    if dots.all():
        return column
    try:
        return pd.to_numeric(column.mask(dots))
    except ValueError:
        return column


def _extra_names(
    extra: dict[int, pd.Series], header: list[str] | None, dims: Literal[1, 2], path: Path
) -> dict[int, str]:
    standard = _standard_names(extra, dims, path)
    taken = set(COLUMNS[dims])
    names: dict[int, str] = {}
    for i in extra:
        name = standard.get(i, "")
        # A header in another order than its columns would give values a wrong name.
        if header is not None and i < len(header) and not _out_of_order(header, dims):
            name = header[i]
        if not name or name in taken:
            name = f"column{i + 1}"
        names[i] = name
        taken.add(name)
    return names


def _out_of_order(header: list[str], dims: Literal[1, 2]) -> bool:
    known = set(COLUMNS[dims])
    return any(name in known for name in header[3 * dims :])


def _standard_names(
    extra: dict[int, pd.Series], dims: Literal[1, 2], path: Path
) -> dict[int, str]:
    """Names of the standard's columns, only where the values can be what they say."""
    first = 3 * dims
    numeric = {i: pd.api.types.is_numeric_dtype(column) for i, column in extra.items()}
    strands = [first + 2] if dims == 1 else [first + 2, first + 3]
    stranded = [i for i in strands if i in extra and set(extra[i].dropna()) <= _STRANDS]
    names: dict[int, str] = {}
    for n, i in enumerate(stranded, start=1):
        names[i] = "strand" if dims == 1 else f"strand{n + stranded[0] - strands[0]}"
    if first in extra and (stranded or not numeric[first]):
        names[first] = "name"
        if first + 1 in extra and numeric[first + 1]:
            names[first + 1] = "score"
    if dims == 1 and first + 2 in names:
        peaks = any(s.lower() in (".narrowpeak", ".broadpeak") for s in path.suffixes[-2:])
        tail = _PEAK_TAIL if peaks else _BED_TAIL if len(extra) in (6, 9) else ()
        names |= {6 + n: name for n, name in enumerate(tail) if 6 + n in extra}
    return names
