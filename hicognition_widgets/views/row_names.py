"""What the regions of rows are called: name, locus and strand, in one line of text."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.views.host import Host

_log = logging.getLogger(__name__)
_LONGEST = 80


def row_names(
    host: Host | None, regions: DatasetRecord | None, rows: npt.NDArray[np.int64]
) -> list[str] | None:
    """Names of regions by row number; None where nobody knows them.

    The picture is worth showing without names, so a region file that cannot be read is
    only noted.
    """
    if host is None or regions is None:
        return None
    try:
        frame = host.region_frame(regions)
    except (HiCognitionError, OSError):
        _log.info("no names for the rows of a stackup", exc_info=True)
        return None
    if frame is None or (len(rows) and int(rows.max()) >= len(frame)):
        return None
    return described(frame.iloc[rows])


def described(frame: pd.DataFrame) -> list[str]:
    """“name · chr1:1,000–2,000 (+)” of each region; both anchors of a pair.

    Parameters
    ----------
    frame : DataFrame
        ``chrom, start, end`` or both anchors; ``name``, ``strand`` where there are any.
        Or names alone, where nobody knows more.
    """
    if "chrom" not in frame.columns and "chrom1" not in frame.columns:
        return [_short(name) if _known(name) else "" for name in frame["name"].tolist()]
    pairs = "chrom1" in frame.columns
    anchors = ("1", "2") if pairs else ("",)
    loci = [_loci(frame, anchor) for anchor in anchors]
    texts = [" – ".join(parts) for parts in zip(*loci, strict=True)]
    if "name" not in frame.columns:
        return texts
    return [
        f"{_short(name)} · {text}" if _known(name) else text
        for name, text in zip(frame["name"].tolist(), texts, strict=True)
    ]


def _loci(frame: pd.DataFrame, anchor: str) -> list[str]:
    strand = f"strand{anchor}"
    strands = frame[strand].tolist() if strand in frame.columns else [None] * len(frame)
    columns = (frame[f"{name}{anchor}"].tolist() for name in ("chrom", "start", "end"))
    return [
        f"{_short(chrom)}:{start:,}–{end:,}" + (f" ({sign})" if sign in ("+", "-") else "")
        for chrom, start, end, sign in zip(*columns, strands, strict=True)
    ]


def _known(name: Any) -> bool:
    return isinstance(name, str) and name.strip() not in ("", ".")


def _short(text: object) -> str:
    shown = str(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
