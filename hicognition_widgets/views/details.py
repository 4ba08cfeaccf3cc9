"""One region by itself: where it is, what the features have there, what lies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError
from hicognition_widgets.genome.nearby import Nearby, both
from hicognition_widgets.views.looking import Locus, Scene, Side, Track, other_columns

Value = float | str | None
MEMBER_COLUMNS = ("name", "overlaps", "in_window", "nearest", "problem")


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionDetails:
    """One region of a comparison.

    Attributes
    ----------
    row : int
        Number of the region in its set.
    loci : tuple of Locus
        Where it is (``chrom, start, end``); two for a pair, ``side`` says which.
    columns : dict of str to str
        What its file says beside that: name, strand, …
    annotations : dict of str to float, str or None
        Its annotations; None where it has no value.
    snippet : float32 (size, size) or None
        Its own contact map, rows = anchor 1; None if no map was chosen.
    contact_map, normalization : str
        What `snippet` is of; empty if there is none.
    binsize : int or None
        bp of the bins that the snippet was read with.
    tracks : DataFrame
        Long table ``track, side, position, value``: the signal of every track of the
        comparison. Positions are the centres of bins, in bp from the region's point, or in
        percent from an interval's start.
    members : DataFrame
        Region sets that were looked for: ``name``, ``overlaps`` (with the region itself),
        ``in_window``, ``nearest`` (bp), ``problem`` (a sentence if a file is gone).
    links : dict of str to str
        Addresses of the UCSC browser; empty where it does not know the assembly.
    problems : dict of str to str
        What could not be read, and why.
    """

    row: int
    loci: tuple[Locus, ...]
    columns: Mapping[str, str]
    annotations: Mapping[str, Value]
    snippet: npt.NDArray[np.float32] | None = field(repr=False)
    contact_map: str
    normalization: str
    binsize: int | None
    tracks: pd.DataFrame = field(repr=False)
    members: pd.DataFrame = field(repr=False)
    links: Mapping[str, str] = field(repr=False)
    problems: Mapping[str, str]
    scene: Scene = field(repr=False)
    map_record: DatasetRecord | None = field(repr=False, default=None)

    def higlass(self) -> Any:
        """A HiGlass view at this region; needs the package ``higlass-python``.

        Raises
        ------
        InputError
            If the package is not installed, or there is neither map nor track.
        """
        from hicognition_widgets.views.higlass_view import higlass_view

        tracks = [track.record for track in self.scene.tracks()]
        return higlass_view(self.loci, self.map_record, tracks)


@dataclass(frozen=True, eq=False)
class TrackPart:
    """The signal of one track at a region, or why there is none."""

    track: Track
    side: Side | None
    signal: npt.NDArray[np.float32]
    problem: str


def annotation_values(scene: Scene, row: int) -> dict[str, Value]:
    """Annotations of a region; None where it has no value."""
    found: dict[str, Value] = {}
    for name in scene.host.annotation_names(scene.regions):
        levels, values = scene.host.annotation_values(scene.regions, name)
        value = float(values[row])
        if not np.isfinite(value):
            found[name] = None
        else:
            found[name] = levels[int(value)] if levels else value
    return found


def track_parts(scene: Scene, row: int) -> list[TrackPart]:
    """Signal of every track of the comparison; what fails fails for itself."""
    sides: tuple[Side | None, ...]
    sides = ("left", "right") if scene.regions.dims == 2 else (None,)
    parts = []
    for track in scene.tracks():
        for side in sides:
            try:
                closeup = scene.host.closeup(scene.track_request(track, side), row)
            except HiCognitionError as error:
                nothing = np.zeros(0, dtype=np.float32)
                parts.append(TrackPart(track, side, nothing, str(error)))
            else:
                parts.append(TrackPart(track, side, closeup.array, closeup.reason))
    return parts


def member_rows(scene: Scene, row: int, source: str) -> list[dict[str, Any]]:
    """What each region set of a group has at a region, as rows of a table."""
    loci = scene.loci(scene.host.region_table(scene.regions), row)
    found: list[dict[str, Any]] = []
    for member in scene.members(source):
        entry: dict[str, Any] = {"name": member.name, "problem": ""}
        try:
            index = scene.host.nearby_index(member)
        except HiCognitionError as error:
            near = Nearby((), (), None)
            entry["problem"] = str(error)
        else:
            each = [
                index.around(locus.chrom, locus.start, locus.end, locus.window)
                for locus in loci
            ]
            near = each[0] if len(each) == 1 else both(*each)
        entry["overlaps"] = len(near.rows)
        entry["in_window"] = len(near.inside)
        entry["nearest"] = near.nearest
        found.append(entry)
    return sorted(found, key=_closeness)


def _closeness(entry: Mapping[str, Any]) -> tuple[int, float]:
    nearest = entry["nearest"]
    return -entry["overlaps"], np.inf if nearest is None else nearest


def region_details(
    scene: Scene,
    row: int,
    *,
    feature: DatasetRecord | None = None,
    bin_size: float | None = None,
    normalization: str | None = None,
    members: str = "",
) -> RegionDetails:
    """All there is about one region; reads files and takes a moment.

    Raises
    ------
    InputError
        If there is no such region, or the choice of map, bins and normalization does not
        fit.
    """
    scene.check_row(row)
    frame = scene.host.region_table(scene.regions)
    loci = scene.loci(frame, row)
    first = scene.first_choice()
    problems: dict[str, str] = {}
    snippet, binsize = None, None
    if feature is None and first is not None:
        feature = first[0]
    if feature is not None:
        if bin_size is None:
            same = first is not None and first[0].id == feature.id
            bin_size = first[1] if same and first is not None else scene.usual_bin(feature)
        if bin_size is None:
            raise InputError(f'"{feature.name}" has no bin size that fits here')
        normalization = normalization or (first[2] if first is not None else "balanced")
        closeup = scene.host.closeup(scene.map_request(feature, bin_size, normalization), row)
        snippet, binsize = closeup.array, closeup.binsize
        if closeup.reason:
            problems[feature.name] = closeup.reason
    parts = track_parts(scene, row)
    problems |= {part.track.record.name: part.problem for part in parts if part.problem}
    return RegionDetails(
        row=row,
        loci=loci,
        columns=other_columns(frame, row),
        annotations=annotation_values(scene, row),
        snippet=snippet,
        contact_map="" if feature is None else feature.name,
        normalization=(normalization or "") if feature is not None else "",
        binsize=binsize,
        tracks=_track_table(parts, scene.flank),
        members=pd.DataFrame(member_rows(scene, row, members), columns=list(MEMBER_COLUMNS)),
        links=scene.links(loci),
        problems=problems,
        scene=scene,
        map_record=feature,
    )


def _track_table(parts: list[TrackPart], flank: int | None) -> pd.DataFrame:
    tables = []
    for part in parts:
        bins = len(part.signal)
        if flank is not None:
            position = (np.arange(bins) + 0.5) * (part.track.binsize or 0) - flank
        else:
            percent = part.track.bin_percent or 0.0
            position = (np.arange(bins) + 0.5) * percent - 20
        tables.append(
            pd.DataFrame(
                {
                    "track": part.track.record.name,
                    "side": part.side or "",
                    "position": position,
                    "value": part.signal,
                }
            )
        )
    if not tables:
        return pd.DataFrame(columns=["track", "side", "position", "value"])
    return pd.concat(tables, ignore_index=True)
