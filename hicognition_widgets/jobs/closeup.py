"""One region by itself, read from the files at once: no worker, no result to keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import GenomeMismatch, InputError
from hicognition_widgets.genome.nearby import NearbyIndex
from hicognition_widgets.genome.reasons import SENTENCES, Reason
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.sizes import bins_of
from hicognition_widgets.jobs.solvers import average_map, check_stackup


@dataclass(frozen=True, eq=False)
class Closeup:
    """What a feature has at one region.

    Attributes
    ----------
    array : float32 (size, size) or (bins,)
        The snippet of a contact map, rows = anchor 1, or the signal of a track.
    binsize : int or None
        bp of the bins that were read; None for a track along an interval.
    reason : str
        Why there are no values, as a sentence; empty if there are.
    """

    array: npt.NDArray[np.float32]
    binsize: int | None
    reason: str


def read_closeup(request: Request, row: int, *, cache: Path | None = None) -> Closeup:
    """Read one region of a request's region set.

    Parameters
    ----------
    request : Request
        A pileup gives the region's snippet of the contact map, a stackup its signal. A
        window over the end of a chromosome arm keeps its inside part.
    row : int
        Number of the region.
    cache : Path, optional
        Folder of the bands; it saves reading a whole map for its expected values again.

    Raises
    ------
    InputError
        If there is no such region, or the analysis is another one.
    FileError
        If a file is gone, damaged, or not the one that was registered.
    """
    regions = work.regions_of(request)
    if not 0 <= row < len(regions):
        raise InputError(f"there is no region {row:,}: the set has {len(regions):,}, from 0")
    one = regions.iloc[[row]].reset_index(drop=True)
    feature = request.features[0]
    work.check_unchanged(feature.path, feature.fingerprint, feature.name)
    request = request.replace(subset=None)
    if request.analysis not in ("pileup", "stackup"):
        raise InputError(f"one region of {request.analysis} cannot be looked at by itself")
    try:
        if request.analysis == "pileup":
            return _snippet(request, one, cache)
        return _signal(request, one)
    except GenomeMismatch:  # among others it would only be left out
        size = bins_of(request)
        shape = (size, size) if request.analysis == "pileup" else (size,)
        nothing = np.full(shape, np.nan, dtype=np.float32)
        return Closeup(nothing, request.binsize, SENTENCES[Reason.UNKNOWN_CHROMOSOME])


def _snippet(request: Request, one: pd.DataFrame, cache: Path | None) -> Closeup:
    if request.bin_percent is None and request.option("edges") is None:
        request = request.replace(options=(*request.options, ("edges", "pad")))
    # the band of a whole map is only worth its time where expected values need it
    folder = cache if request.normalization == "oe" else None
    result = average_map(request, one, folder)
    values = result.mean.astype(np.float32)
    return Closeup(values, result.binsize, _reason(result.reasons))


def _signal(request: Request, one: pd.DataFrame) -> Closeup:
    from hicognition_widgets.analyses.stackup import scaled_stackups, stackups

    check_stackup(request)
    common: dict[str, Any] = {
        "side": request.side,
        "flip": request.flip,
        **dict(request.options),
    }
    path = request.features[0].path
    if request.bin_percent is not None:
        percent = request.bin_percent
        stack = scaled_stackups(path, one, [percent], **common)[percent]
    else:
        anchor: Any = request.anchor  # checked by Request
        grid = (request.flank or 0, request.binsize or 0)
        common.pop("expansion", None)
        stack = stackups(path, one, [grid], anchor=anchor, **common)[grid]
    return Closeup(np.asarray(stack.stack[0]), request.binsize, _reason(stack.reasons))


def _reason(codes: npt.NDArray[np.uint8]) -> str:
    code = Reason(int(codes[0]))
    return "" if code == Reason.USED else SENTENCES[code]


def region_table(path: str, fingerprint: str, name: str) -> pd.DataFrame:
    """Regions of a registered file, checked to be the one that was registered.

    Raises
    ------
    FileError
    """
    work.check_unchanged(path, fingerprint, name)
    return work.read_table(path, fingerprint)


def nearby_index(path: str, fingerprint: str, name: str) -> NearbyIndex:
    """Regions of a registered file by chromosome; remembered, the file being checked.

    Raises
    ------
    FileError
    """
    work.check_unchanged(path, fingerprint, name)
    return _index(path, fingerprint)


@lru_cache(maxsize=64)
def _index(path: str, _fingerprint: str) -> NearbyIndex:
    from hicognition_widgets.genome.bed import read_regions

    return NearbyIndex.of(read_regions(path).frame)
