"""Why a region was left out: one small code per region, one sentence per code."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd


class Reason(IntEnum):
    """Code stored per region (uint8); ``USED`` regions contribute to the result."""

    USED = 0
    UNKNOWN_CHROMOSOME = 1
    OFF_CHROMOSOME = 2
    ZERO_LENGTH = 3
    NO_ARM = 4
    CROSSES_ARM_END = 5
    CROSS_ARM = 6
    TRANS = 7
    NO_EXPECTED = 8
    NO_DATA = 9


SENTENCES: dict[Reason, str] = {
    Reason.USED: "used",
    Reason.UNKNOWN_CHROMOSOME: "chromosome is not in the file or assembly",
    Reason.OFF_CHROMOSOME: "position lies beyond the end of its chromosome",
    Reason.ZERO_LENGTH: "region has no length",
    Reason.NO_ARM: "region lies outside every chromosome arm",
    Reason.CROSSES_ARM_END: "window crosses the end of its chromosome arm",
    Reason.CROSS_ARM: "anchors lie on different arms",
    Reason.TRANS: "anchors lie on different chromosomes",
    Reason.NO_EXPECTED: "no expected values for this pair of arms",
    Reason.NO_DATA: "no data in the window",
}


def count_reasons(codes: npt.NDArray[np.uint8]) -> dict[str, int]:
    """Number of left-out regions per sentence, most frequent first."""
    counts = np.bincount(codes, minlength=len(Reason))
    order = np.argsort(-counts, kind="stable")
    return {
        SENTENCES[Reason(int(code))]: int(counts[code])
        for code in order
        if code != Reason.USED and counts[code] > 0
    }


def left_out_table(codes: npt.NDArray[np.uint8]) -> pd.DataFrame:
    """One row per left-out region: ``row`` (number in the region table) and ``reason``."""
    rows = np.flatnonzero(codes)
    sentences = [SENTENCES[Reason(int(codes[row]))] for row in rows]
    return pd.DataFrame({"row": rows.astype(np.int64), "reason": sentences})
