"""What can be looked at of one region: loci, choices, and the requests that read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.ucsc import ucsc_link
from hicognition_widgets.genome.windows import is_pairs, sided_columns
from hicognition_widgets.views import choices
from hicognition_widgets.views.host import Host

if TYPE_CHECKING:
    from hicognition_widgets.jobs import Request
    from hicognition_widgets.views.base import View

Side = Literal["left", "right"]
LARGEST_SNIPPET = 1001
"""Bins along an edge that a single snippet may have."""
_COORDINATES = frozenset({"chrom", "start", "end"})
_ANCHORS = {None: "", "left": "left anchor", "right": "right anchor"}


@dataclass(frozen=True)
class Locus:
    """One region, or one anchor of a pair.

    Attributes
    ----------
    side : {"left", "right"} or None
        Anchor of a pair.
    chrom : str
    start, end : int
        0-based, half-open.
    window : (int, int)
        What is looked at around it.
    """

    side: Side | None
    chrom: str
    start: int
    end: int
    window: tuple[int, int]

    @property
    def text(self) -> str:
        """As people write it, counted from 1: ``chr1:1,001-2,000``."""
        return f"{self.chrom}:{self.start + 1:,}-{max(self.end, self.start + 1):,}"

    @property
    def label(self) -> str:
        """Which anchor; empty for a single region."""
        return _ANCHORS[self.side]


@dataclass(frozen=True)
class Track:
    """A signal track of a comparison and the bins its view has."""

    record: DatasetRecord
    binsize: int | None
    bin_percent: float | None


@dataclass(frozen=True, eq=False)
class Scene:
    """A comparison at the moment somebody looks at one of its regions.

    Attributes
    ----------
    host : Host
    regions : DatasetRecord
    flank : int or None
        bp; None for intervals.
    selection : int64 array or None
        Selected rows, sorted.
    pictures, lines, targets : tuple of View
        Views of contact maps, of signal tracks, and of region sets.
    """

    host: Host
    regions: DatasetRecord
    flank: int | None
    selection: npt.NDArray[np.int64] | None
    pictures: tuple[View, ...] = field(repr=False, default=())
    lines: tuple[View, ...] = field(repr=False, default=())
    targets: tuple[View, ...] = field(repr=False, default=())

    @classmethod
    def of(
        cls,
        host: Host,
        regions: DatasetRecord | None,
        flank: int | None,
        selection: npt.NDArray[np.int64] | None,
        views: Sequence[View],
    ) -> Scene:
        """The scene of a comparison.

        Raises
        ------
        InputError
            If there is no region set.
        """
        if regions is None:
            raise InputError("choose a region set first")
        kinds = {
            kind: tuple(view for view in views if view.feature_kind == kind)
            for kind in ("contact_map", "signal_track", "regions")
        }
        return cls(
            host,
            regions,
            None if regions.region_kind == "interval" else flank,
            selection,
            kinds["contact_map"],
            kinds["signal_track"],
            kinds["regions"],
        )

    # -- which region ------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many regions next and previous go through."""
        return self._count if self.selection is None else len(self.selection)

    @property
    def _count(self) -> int:
        return self.regions.n_regions or 0

    def check_row(self, row: int) -> int:
        """The row, if there is such a region; raises InputError."""
        if not 0 <= row < self._count:
            raise InputError(
                f"there is no region {row:,}: the set has {self._count:,}, numbered from 0"
            )
        return row

    def place_of(self, row: int) -> int | None:
        """Place of a region among those that next and previous go through, from 0."""
        if self.selection is None:
            return row
        place = int(np.searchsorted(self.selection, row))
        return place if place < self.total and self.selection[place] == row else None

    def row_at(self, place: int) -> int:
        """Region at a place, the first or last beyond the ends."""
        place = min(max(place, 0), self.total - 1)
        return place if self.selection is None else int(self.selection[place])

    def step(self, row: int | None, by: int) -> int:
        """The region `by` places on, from a region that need not be among them."""
        if self.total == 0:
            raise InputError("there is no region to look at")
        if row is None:
            return self.row_at(0)
        if self.selection is None:
            return self.row_at(row + by)
        place = int(np.searchsorted(self.selection, row))
        if self.place_of(row) is None and by > 0:
            by -= 1  # the place found is the next one already
        return self.row_at(place + by)

    def loci(self, frame: pd.DataFrame, row: int) -> tuple[Locus, ...]:
        """Where a region is; two for a pair."""
        sides: tuple[Side | None, ...] = ("left", "right") if is_pairs(frame) else (None,)
        return tuple(self._locus(frame, row, side) for side in sides)

    def _locus(self, frame: pd.DataFrame, row: int, side: Side | None) -> Locus:
        chrom, first, last, _ = sided_columns(frame, side)
        start, end = int(frame[first].iloc[row]), int(frame[last].iloc[row])
        if self.flank is not None:
            middle = (start + end) // 2
            window = max(middle - self.flank, 0), middle + self.flank
        else:
            more = round((end - start) * choices.EXPANSION)
            window = max(start - more, 0), end + more
        return Locus(side, str(frame[chrom].iloc[row]), start, end, window)

    def links(self, loci: Sequence[Locus]) -> dict[str, str]:
        """Addresses of the UCSC browser by what to call them; empty if it knows none."""
        found = {}
        for locus in loci:
            link = ucsc_link(self.regions.assembly, locus.chrom, *locus.window)
            if link is not None:
                found[locus.label or "UCSC browser"] = link
        return found

    # -- contact maps ------------------------------------------------------------------

    def maps(self) -> list[DatasetRecord]:
        """Contact maps to choose from; those of the views first."""
        own = _datasets(self.pictures)
        others = self.host.datasets_on(self.regions.assembly, "contact_map")
        known = {record.id for record in own}
        return [*own, *(record for record in others if record.id not in known)]

    def bins(self, record: DatasetRecord) -> list[float]:
        """Bin sizes that a snippet of this map can have: bp, or percent for intervals."""
        if self.flank is None:
            return list(choices.BIN_PERCENTS)
        most = LARGEST_SNIPPET // 2
        return sorted(r for r in record.resolutions if -(-self.flank // r) <= most)

    def first_choice(self, view_id: str = "") -> tuple[DatasetRecord, float, str] | None:
        """Map, bin size and normalization of a view; of the first one with a map else."""
        chosen = sorted(self.pictures, key=lambda view: view.view_id != view_id)
        for view in chosen:
            for record in view.datasets:
                bins = self.bins(record)
                own = view.bin_percent if self.flank is None else view.binsize
                if bins:
                    normalization = str(getattr(view, "normalization", "balanced"))
                    return record, own if own in bins else self._usual(bins), normalization
        return None

    def _usual(self, bins: Sequence[float]) -> float:
        if self.flank is None:
            return choices.DEFAULT_BIN_PERCENT
        wanted = choices.choose_map_bin(None, self.flank, [int(one) for one in bins])
        return bins[0] if wanted is None else wanted

    def usual_bin(self, record: DatasetRecord) -> float | None:
        """Bin size for a map that no view shows; None if it has none that fits."""
        bins = self.bins(record)
        return self._usual(bins) if bins else None

    def snippet_flank(self, bin_size: float) -> int | None:
        """The flank in whole bins, at least as wide as the comparison's; None for intervals."""
        if self.flank is None:
            return None
        binsize = int(bin_size)
        return -(-self.flank // binsize) * binsize

    def map_request(
        self, record: DatasetRecord, bin_size: float, normalization: str
    ) -> Request:
        """The request whose rows are snippets of this map.

        Around points the flank becomes the next multiple of the bin size, so that every
        resolution of the map can be looked at.

        Raises
        ------
        InputError
            If the map has no such bin size, or the snippet would be too large.
        """
        if record.kind != "contact_map":
            raise InputError(f'"{record.name}" is not a contact map')
        if bin_size not in self.bins(record):
            there = ", ".join(f"{size:,g}" for size in self.bins(record)) or "none that fits"
            raise InputError(f'"{record.name}" has no such bin size here; it has {there}')
        size: dict[str, Any]
        if self.flank is None:
            size = {"bin_percent": bin_size}
        else:
            size = {"flank": self.snippet_flank(bin_size), "binsize": int(bin_size)}
        return self.host.request(
            "pileup", self.regions, [record], normalization=normalization, side=None, **size
        )

    # -- signal tracks -----------------------------------------------------------------

    def tracks(self) -> list[Track]:
        """Signal tracks of the views, each once, with the bins of the first that shows it."""
        found: dict[int, Track] = {}
        for view in self.lines:
            for record in view.datasets:
                if record.id in found:
                    continue
                track = Track(record, view.binsize, view.bin_percent)
                found[record.id] = self._fitting(track)
        return list(found.values())

    def _fitting(self, track: Track) -> Track:
        if self.flank is None:
            percent = track.bin_percent or choices.DEFAULT_BIN_PERCENT
            return replace(track, binsize=None, bin_percent=percent)
        binsize = choices.choose_track_bin(
            track.binsize, self.flank, choices.track_bins(self.flank)
        )
        return replace(track, binsize=binsize, bin_percent=None)

    def track_request(self, track: Track, side: Side | None) -> Request:
        """The request whose rows are the signal of this track at the regions."""
        size: dict[str, Any]
        if self.flank is None:
            size = {"bin_percent": track.bin_percent}
        else:
            size = {"flank": self.flank, "binsize": track.binsize}
        return self.host.request("stackup", self.regions, [track.record], side=side, **size)

    # -- region sets -------------------------------------------------------------------

    def sources(self) -> dict[str, str]:
        """Groups of region sets to look for, by their id: the views' own, and collections."""
        groups = self.host.collections_on(self.regions.assembly, "regions")
        own = {"views": "enrichment views here"} if _datasets(self.targets) else {}
        return own | {str(group.id): group.name for group in groups}

    def members(self, source: str) -> list[DatasetRecord]:
        """Region sets of a group; empty if there is no group at all."""
        if source == "":
            source = next(iter(self.sources()), "")
        if source == "":
            return []
        if source == "views":
            return _datasets(self.targets)
        group = self.host.collection(int(source))
        return [member for member in group.members if not member.deleted]


def _datasets(views: Sequence[View]) -> list[DatasetRecord]:
    """Features of views, each once, in the order of the views."""
    found: dict[int, DatasetRecord] = {}
    for view in views:
        for record in view.datasets:
            found.setdefault(record.id, record)
    return list(found.values())


def other_columns(frame: pd.DataFrame, row: int) -> dict[str, str]:
    """What the file says of a region beside its place, as text."""
    named = [
        str(column) for column in frame.columns if str(column).rstrip("12") not in _COORDINATES
    ]
    values = {column: frame[column].iloc[row] for column in named}
    return {column: "" if pd.isna(value) else str(value) for column, value in values.items()}
