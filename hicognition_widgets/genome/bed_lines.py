"""BED and BEDPE line by line: what is a header, and which line is wrong and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from hicognition_widgets.genome.names import bare_name

_NUMBER = re.compile(r"\s*[+-]?\d+\s*")
_STARTS = re.compile(r"(?i)\W*(.*start.*|.*begin.*|beg|from.*|left.*|pos(ition)?1?|[xs]1)\W*")
_CHROMS = re.compile(
    r"(?i)\W*(chr|chrom(osome)?s?([_ ]?(name|id))?[_ ]?1?|seq(name|id|names|uence)?|contig"
    r"|scaffold|reference)\W*"
)
_SCIENTIFIC = re.compile(r"\s*[+-]?\d+(\.\d*)?[eE][+-]?\d+\s*")
_THOUSANDS = re.compile(r"\s*[+-]?\d{1,3}(([,' _\u00a0\u2009\u202f]\d{3})+|(\.\d{3}){2,})\s*")
_FLOAT = re.compile(r"\s*[+-]?\d*\.\d*\s*")
_UCSC = re.compile(r"\s*\S+:[\d,]+-[\d,]+\s*")
_OTHER_SEPARATORS = ((",", "commas"), (";", "semicolons"), ("|", "bars"))
_LARGEST = 2**62


class Problem(NamedTuple):
    """What is wrong with a line; `column` counts from 1, None = the line as a whole."""

    sentence: str
    column: int | None


def is_remark(line: str) -> bool:
    """True for a blank line, a comment, a ``track`` or a ``browser`` line."""
    stripped = line.lstrip()
    if not stripped or stripped[0] == "#":
        return True
    if stripped[0] not in "tTbB":
        return False
    words = stripped.split(None, 2)
    return words[0].lower() in ("track", "browser") and not (
        len(words) > 2 and _NUMBER.fullmatch(words[1])
    )


def split(line: str, tabs: bool) -> list[str]:
    """Cells of a line, at tabs or at any white space."""
    return line.split("\t") if tabs else line.split()


def is_header(cells: list[str]) -> bool:
    """True if the cells name columns: known words stand where the numbers belong."""
    if len(cells) < 3 or any(re.match(r"\s*[+-]?[\d.,]", cell) for cell in cells[1:3]):
        return False
    starts = _STARTS.fullmatch(cells[1]) is not None
    return starts or (_CHROMS.fullmatch(cells[0]) is not None and len(cells[1].split()) == 1)


def header_names(cells: list[str]) -> list[str]:
    """Column names of a header or of a comment that is one."""
    names = [cell.strip() for cell in cells]
    names[0] = names[0].lstrip("#").strip()
    return names


def looks_like_pairs(rows: list[list[str]]) -> bool:
    """True if columns 4 to 6 are a second anchor in every one of these rows."""
    if not rows or any(len(cells) < 6 for cells in rows):
        return False
    firsts = {bare_name(cells[0].strip()) for cells in rows}
    return all(
        (bare_name(cells[3].strip()) in firsts or cells[3].lower().startswith("chr"))
        and _NUMBER.fullmatch(cells[4]) is not None
        and _NUMBER.fullmatch(cells[5]) is not None
        for cells in rows
    )


def find_problem(cells: list[str], dims: Literal[1, 2]) -> Problem | None:
    """What is wrong with one row, or None."""
    needed = 3 * dims
    kind = "BED" if dims == 1 else "BEDPE"
    if len(cells) < needed:
        names = "chromosome, start and end"
        if dims == 2:
            names += " of both anchors"
        if len(cells) == 1:
            if _UCSC.fullmatch(cells[0]):
                fix = "write chromosome, start and end in three columns separated by tabs"
                return Problem(f'"{cells[0].strip()}" is a position, not a row; {fix}', None)
            separated = next((n for c, n in _OTHER_SEPARATORS if cells[0].count(c) >= 2), None)
            if separated is not None:
                return Problem(f"columns are separated by {separated}; save it with tabs", None)
        found = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        return Problem(
            f"found {found} where {kind} needs at least {needed} ({names}); add what is "
            "missing, separated by tabs",
            None,
        )
    for first in range(0, needed, 3):
        problem = _anchor_problem(cells, first)
        if problem is not None:
            return problem
    return None


def _anchor_problem(cells: list[str], first: int) -> Problem | None:
    if cells[first].strip() == "." and "-1" in (
        cells[first + 1].strip(),
        cells[first + 2].strip(),
    ):
        return Problem("this anchor is unknown; remove the row", first + 1)
    if not cells[first].strip():
        return Problem("the chromosome is empty; fill it in or remove the row", first + 1)
    for column, word in ((first + 1, "start"), (first + 2, "end")):
        sentence = _number_problem(cells[column], word)
        if sentence is not None:
            return Problem(sentence, column + 1)
    if int(cells[first + 2]) < int(cells[first + 1]):
        return Problem(
            f"the end {cells[first + 2].strip()} is smaller than the start "
            f"{cells[first + 1].strip()}; exchange the two",
            first + 3,
        )
    return None


def _number_problem(cell: str, word: str) -> str | None:
    shown = cell.strip()[:40]
    if _NUMBER.fullmatch(cell):
        if int(cell) < 0:
            return f"the {word} {shown} is negative; positions begin at 0"
        if int(cell) > _LARGEST:
            return f"the {word} {shown} is larger than any chromosome; correct it"
        return None
    if not shown:
        return f"the {word} is empty; fill it in or remove the row"
    if _SCIENTIFIC.fullmatch(cell):
        value = float(cell)
        plain = f"{value:.0f}" if value < _LARGEST else "a whole number"
        return f'the {word} "{shown}" is in scientific notation; write {plain}'
    if _THOUSANDS.fullmatch(cell):
        plain = re.sub(r"\D", "", shown)
        return f'the {word} "{shown}" has thousands separators; write {plain}'
    if _FLOAT.fullmatch(cell) and any(c.isdigit() for c in cell):
        return f'the {word} "{shown}" is not a whole number; write {float(cell):.0f}'
    return (
        f'the {word} "{shown}" is not a whole number; correct it, or begin the line with # '
        "if it is not a region"
    )


def content_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are not remarks, with their number counted from 1."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not is_remark(line):
            yield number, line
