"""How large a result is, and what it takes to make it, before anything is read.

The numbers were measured with ``benchmarks/jobs/bench_plan.py`` on files of real size; it
prints how far a plan is off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hicognition_widgets.jobs.request import Request

EXPANSION: Final = 0.2

_TASK_SECONDS: Final = 0.05
_TRACK_BYTES_PER_SECOND: Final = 55e6
_TRACK_BLOCK: Final = 15_000
"""Bases that are decoded beside every window, since a file comes in blocks."""
_MAP_BLOCK: Final = 100_000
_MAP_BYTES_PER_SECOND: Final = 120e6
_SIGNAL_CELL_SECONDS: Final = 4e-8
_MAP_SECONDS: Final = 0.05
_MAP_CELL_SECONDS: Final = 4e-10
_APART_SECONDS: Final = 1e-4
"""Per pair or interval: its window lies off the band that is kept."""
_ENRICHMENT_SECONDS: Final = 0.044
_ENRICHMENT_REGION_SECONDS: Final = 6e-7
_EMBEDDING_SECONDS: Final = 15.0
_EMBEDDED_SECONDS: Final = 2e-3


def bins_of(request: Request) -> int:
    """Bins along one side of the result."""
    if request.bin_percent is not None:
        expansion = float(request.option("expansion", EXPANSION))
        return max(int(round((100 + 200 * expansion) / request.bin_percent, 9)), 1)
    bins = 2 * (request.flank or 0) // (request.binsize or 1)
    return bins + 1 if request.features[0].kind == "contact_map" else bins


def stored_bytes(request: Request) -> int:
    """Estimated space of one result."""
    bins, n = bins_of(request), request.regions.n
    match request.analysis:
        case "pileup":
            return 16 * bins * bins + n
        case "stackup":
            return 4 * n * bins + n
        case "profile":
            return 32 * bins + n
        case "enrichment" if request.option("hits"):
            return (len(request.features) + 1) * bins * (n // 8 + 8) + n
        case "enrichment":
            return 32 * bins * len(request.features) + n
        case "embedding1d":
            return n * (4 * bins * len(request.features) + 16)
        case _:
            return n * (4 * min(bins * bins, 2500) + 16)


def seconds(requests: Sequence[Request]) -> float:
    """Estimated time of requests that one worker answers together.

    Parameters
    ----------
    requests : sequence of Request
        About one region set and the same features.
    """
    reading = sum(map_readings(requests).values()) + _track_reading(requests)
    return _TASK_SECONDS + reading + sum(_work(request) for request in requests)


def map_readings(requests: Sequence[Request]) -> dict[tuple[str, int | None], float]:
    """Estimated time to read each resolution of a contact map, by file and bin size."""
    paths = {f.path for r in requests for f in r.features if f.kind == "contact_map"}
    sizes = {request.binsize for request in requests}
    # How a file's bytes are shared among its resolutions is not known before it is opened;
    # most of them belong to the finest.
    part = _part_read(requests, _MAP_BLOCK)
    return {
        (path, size): part * _size(path) / len(sizes) / _MAP_BYTES_PER_SECOND
        for path in paths
        for size in sizes
    }


def _track_reading(requests: Sequence[Request]) -> float:
    """Estimated time to decode the parts of signal tracks that lie in any window."""
    first = requests[0]
    tracks = {feature.path for feature in first.features if feature.kind == "signal_track"}
    if not tracks:
        return 0.0
    part = _part_read(requests, _TRACK_BLOCK)
    return part * sum(_size(path) for path in tracks) / _TRACK_BYTES_PER_SECOND


def _part_read(requests: Sequence[Request], block: int) -> float:
    """Part of the genome in the windows of regions that lie anywhere, and a block beside."""
    genome = sum(length for _, length in requests[0].assembly.chromsizes)
    spans = [request.flank for request in requests if request.flank is not None]
    if not spans or not genome:
        return 1.0
    return 1 - math.exp(-requests[0].regions.n * (2 * max(spans) + block) / genome)


def _work(request: Request) -> float:
    """Estimated time of one request once the files are read."""
    bins, chosen = bins_of(request), request.subset
    rows = request.regions.n if chosen is None else len(chosen)
    if request.analysis == "enrichment":
        return _ENRICHMENT_SECONDS + rows * _ENRICHMENT_REGION_SECONDS
    if request.features[0].kind == "contact_map":
        apart = request.regions.dims == 2 or request.bin_percent is not None
        needed = _MAP_SECONDS + rows * bins * bins * _MAP_CELL_SECONDS
        needed += rows * _APART_SECONDS if apart else 0.0
    else:
        needed = rows * bins * len(request.features) * _SIGNAL_CELL_SECONDS
    if request.analysis.startswith("embedding") and request.option("method") != "pca":
        needed += _EMBEDDING_SECONDS + rows * _EMBEDDED_SECONDS
    return needed


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # the task itself will say what is wrong with the file
        return 0
