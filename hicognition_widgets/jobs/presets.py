"""What preprocessing asks for by default: a table of flanks and bin sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs.request import Request

Table = Mapping[int, tuple[int, ...]]

MAP_BINS: Final[Table] = {
    10_000: (1_000,),
    20_000: (1_000,),
    50_000: (1_000, 5_000),
    100_000: (1_000, 5_000),
    400_000: (10_000,),
    1_000_000: (20_000,),
    2_000_000: (50_000,),
}
"""Bin sizes of contact maps per flank, bp."""

TRACK_BINS: Final[Table] = {
    1_000: (100, 500),
    2_000: (100, 500),
    5_000: (100, 500),
    10_000: (100, 500),
    20_000: (200, 500, 1_000),
    50_000: (500, 1_000, 2_000),
    100_000: (1_000, 2_000, 5_000, 10_000),
    400_000: (2_000, 5_000, 10_000, 20_000),
    1_000_000: (10_000, 20_000, 50_000, 100_000),
    2_000_000: (20_000, 50_000, 100_000, 200_000),
}
"""Bin sizes of signal tracks."""

REGION_COLLECTION_BINS: Final[Table] = {
    1_000: (1_000,),
    2_000: (1_000,),
    5_000: (1_000,),
    10_000: (1_000,),
    20_000: (1_000,),
    50_000: (2_000,),
    100_000: (5_000,),
    400_000: (10_000, 20_000),
    1_000_000: (20_000, 50_000),
    2_000_000: (50_000, 100_000, 200_000),
}
"""Bin sizes of collections of region sets."""

TRACK_COLLECTION_BINS: Final[Table] = {
    1_000: (100, 500),
    2_000: (100, 500),
    5_000: (100, 500),
    10_000: (100, 500),
    20_000: (2_000, 5_000, 10_000),
    50_000: (1_000, 2_000),
    100_000: (2_000, 5_000, 10_000),
    400_000: (5_000, 10_000, 20_000),
    1_000_000: (20_000, 50_000, 100_000),
    2_000_000: (50_000, 100_000, 200_000),
}
"""Bin sizes of collections of signal tracks."""

BIN_PERCENTS: Final = (1.0, 2.0, 5.0)
"""Bin sizes of intervals in percent of the interval."""

STACKUP_BYTES: Final = 2**23
"""Stackups above this size are computed when they are looked at, not before."""

_ANALYSES: Final[dict[str, tuple[str, ...]]] = {
    "contact_map": ("pileup", "embedding2d"),
    "signal_track": ("profile", "stackup"),
    "regions": ("enrichment",),
    "signal_tracks": ("embedding1d",),
}
DEFAULT_ANALYSES: Final = ("pileup", "profile", "stackup", "enrichment")
"""Embeddings take long and are planned only when asked for."""

_TABLES: Final[dict[str, Table]] = {
    "contact_map": MAP_BINS,
    "signal_track": TRACK_BINS,
    "regions": REGION_COLLECTION_BINS,
    "signal_tracks": TRACK_COLLECTION_BINS,
}


class MakeRequest(Protocol):
    """``Workspace.request`` or something like it."""

    def __call__(
        self, analysis: str, regions: Any, features: Sequence[Any], /, **parameters: Any
    ) -> Request:
        """The request for one analysis of a region set."""
        ...


def preprocess_requests(
    make: MakeRequest,
    regions: Any,
    features: Sequence[Any],
    *,
    flanks: Sequence[int] | None = None,
    binsizes: Sequence[int] | None = None,
    bin_percents: Sequence[float] | None = None,
    normalizations: Sequence[str] = ("balanced", "oe"),
    analyses: Sequence[str] = DEFAULT_ANALYSES,
) -> list[Request]:
    """Requests for one region set with many features.

    Parameters
    ----------
    make : callable
        Makes a request of ``(analysis, regions, features, **parameters)``.
    regions : DatasetRecord
        The region set.
    features : sequence of DatasetRecord or CollectionRecord
        Contact maps and signal tracks; collections of region sets or of signal tracks.
    flanks, binsizes : sequence of int, optional
        Take these, in all combinations that fit, instead of the usual table. With only
        one of the two, the table's rows or entries that agree with it.
    bin_percents : sequence of float, optional
        The same for intervals.
    normalizations : sequence of str
        For contact maps.
    analyses : sequence of str
        Which analyses; embeddings only if named here.

    Returns
    -------
    list of Request
        In the order of the features. Bin sizes that a contact map lacks are left out.

    Raises
    ------
    InputError
        If a name of an analysis is unknown, or nothing is left to do for a feature.
    """
    unknown = set(analyses) - {name for names in _ANALYSES.values() for name in names}
    if unknown:
        raise InputError(f'there is no analysis "{sorted(unknown)[0]}"')
    requests: list[Request] = []
    for feature in features:
        members = getattr(feature, "members", None)
        kind = str(feature.kind)
        wanted = [name for name in _ANALYSES.get(kind, ()) if name in analyses]
        if kind == "regions" and members is None:
            members = (feature,)
        inputs = [feature] if members is None else [m for m in members if not m.deleted]
        sizes = list(_sizes(regions, feature, kind, flanks, binsizes, bin_percents))
        if wanted and not sizes:
            raise InputError(
                f'no flank and bin size fit "{feature.name}" with "{regions.name}"; '
                "give flanks and binsizes that divide them and that the file has"
            )
        for analysis in wanted:
            for size in sizes:
                if analysis == "stackup" and _stack_bytes(regions, size) > STACKUP_BYTES:
                    continue
                requests += [
                    make(analysis, regions, inputs, **size, **extra)
                    for extra in _variants(regions, analysis, normalizations)
                ]
    return requests


def _sizes(
    regions: Any,
    feature: Any,
    kind: str,
    flanks: Sequence[int] | None,
    binsizes: Sequence[int] | None,
    bin_percents: Sequence[float] | None,
) -> Iterator[dict[str, Any]]:
    """Flank and bin size, or percent, of everything that is wanted."""
    if regions.region_kind == "interval":
        for percent in bin_percents or BIN_PERCENTS:
            yield {"bin_percent": float(percent)}
        return
    table = _TABLES.get(kind, {})
    if flanks is not None and binsizes is not None:
        pairs = [(flank, size) for flank in flanks for size in binsizes if flank % size == 0]
    elif flanks is not None:
        pairs = [(flank, size) for flank in flanks for size in table.get(flank, ())]
    else:
        wanted = None if binsizes is None else set(binsizes)
        pairs = [
            (flank, size)
            for flank, sizes in table.items()
            for size in sizes
            if wanted is None or size in wanted
        ]
    there = set(getattr(feature, "resolutions", None) or ()) if kind == "contact_map" else None
    for flank, size in pairs:
        if not there or size in there:
            yield {"flank": int(flank), "binsize": int(size)}


def _variants(
    regions: Any, analysis: str, normalizations: Sequence[str]
) -> Iterator[dict[str, Any]]:
    if analysis in ("pileup", "embedding2d"):
        for normalization in normalizations:
            yield {"normalization": normalization}
    elif regions.dims == 2:
        yield {"side": "left"}
        yield {"side": "right"}
    else:
        yield {}


def _stack_bytes(regions: Any, size: Mapping[str, Any]) -> int:
    if "bin_percent" in size:
        bins = int(140 / size["bin_percent"])
    else:
        bins = 2 * size["flank"] // size["binsize"]
    return 4 * bins * int(regions.n_regions or 0)
