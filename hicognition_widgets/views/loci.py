"""Where the regions of a table lie, in columns that stand before its numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import DatasetNotice, FileError, HiCognitionError
from hicognition_widgets.genome.tables import COLUMNS
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.host import Host

LOCUS = {1: (*COLUMNS[1], "name", "strand"), 2: (*COLUMNS[2], "name", "strand1", "strand2")}
"""Columns that say where a region or a pair lies, those that a set has."""


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers that are at hand, and which regions their rows are about.

    Attributes
    ----------
    frame : DataFrame
        The numbers.
    rows : int64 (n,) or None
        Row number of the region of each row; None if rows are not regions.
    host, regions : Host and DatasetRecord, or None
        Who knows where the regions lie.
    """

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64] | None = None
    host: Host | None = None
    regions: DatasetRecord | None = None

    def whole(self) -> tuple[pd.DataFrame, str]:
        """The numbers behind the loci of their regions, and why there are none, if so.

        Reads the file of the region set, which may take a moment. Numbers are worth having
        without it: if it is gone, or another by now, the sentence says so.
        """
        if self.rows is None or self.host is None or self.regions is None:
            return self.frame, ""
        try:
            known = _known(self.host, self.regions)
        except HiCognitionError as error:
            # without the file's folder, which stays private
            why = error.problem if isinstance(error, FileError) else str(error)
            return self.frame, f"regions without their loci: {why}"
        if known is None:
            return self.frame, ""
        frame = self.frame.copy(deep=False)  # the numbers may be many
        for place, name in enumerate(known.columns):
            frame.insert(place, name, known[name].array.take(self.rows))
        return frame, ""

    def told(self) -> pd.DataFrame:
        """The whole table, with a warning where loci are missing."""
        frame, missing = self.whole()
        if missing and self.regions is not None:
            warnings.warn(DatasetNotice(self.regions.name, missing), stacklevel=3)
        return frame


def locus_columns(frame: pd.DataFrame) -> list[str]:
    """Which of the columns of a region set say where a region lies."""
    wanted = LOCUS[2 if "chrom1" in frame.columns else 1]
    return [name for name in wanted if name in frame.columns]


def _known(host: Host, regions: DatasetRecord) -> pd.DataFrame | None:
    """Loci of all regions; names alone, or nothing, where only arrays were given."""
    if isinstance(host, ArrayHost):
        frame = host.region_frame(regions)
    else:
        frame = host.region_table(regions)
    return None if frame is None else frame[locus_columns(frame)]
