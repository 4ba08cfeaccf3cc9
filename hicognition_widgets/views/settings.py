"""What a view shows, as settings: region set, features, window, colours, size.

Settings are traits that the browser and Python both write. What can be chosen follows from
the region set and the features; a choice that stays valid is kept.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.views import choices
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.host import DatasetKind, Host
from hicognition_widgets.views.menus import beyond
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.sharing import Shareable
from hicognition_widgets.views.tables import safe_stem
from hicognition_widgets.views.traits import (
    FeatureIds,
    Finite,
    PositiveInt,
    feature_json,
    regions_json,
)

Analysis = Literal["pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"]


class ViewSettings(Shareable, BundledWidget):
    """The traits of a view and what may be chosen for them; part of :class:`View`."""

    analysis: ClassVar[Analysis]
    feature_kind: ClassVar[DatasetKind]
    #: Whether the answer is about the selected regions alone.
    averages: ClassVar[bool] = False
    #: Whether a selection is drawn by the thread that makes it, from what is at hand.
    drawn_at_once: ClassVar[bool] = False
    #: Traits whose change needs another result.
    asks_for: ClassVar[tuple[str, ...]] = (
        "features",
        "flank",
        "binsize",
        "bin_percent",
        "side",
    )
    #: Traits that make up the view's settings, in the order of :attr:`settings`.
    kept: ClassVar[tuple[str, ...]] = (
        "features",
        "title",
        "flank",
        "binsize",
        "bin_percent",
        "side",
        "vmin",
        "vmax",
        "cmap",
        "scale",
        "symmetric",
        "clip",
        "width",
        "height",
        "span_columns",
        "span_rows",
    )

    #: Traits that hold numbers of datasets.
    refers: ClassVar[tuple[str, ...]] = ("features",)

    kind = traitlets.Unicode().tag(sync=True)
    view_id = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    mode = traitlets.Enum(("point", "interval"), default_value="point").tag(sync=True)
    pairs = traitlets.Bool(False).tag(sync=True)
    regions = traitlets.Instance(DatasetRecord, allow_none=True).tag(
        sync=True, to_json=regions_json
    )
    features = FeatureIds().tag(sync=True)
    feature_options = traitlets.List[Any]().tag(sync=True)
    feature_more = traitlets.Int(0).tag(sync=True)
    flank = PositiveInt().tag(sync=True)
    flank_options = traitlets.List[Any]().tag(sync=True)
    binsize = PositiveInt().tag(sync=True)
    bin_percent = Finite().tag(sync=True)
    bin_options = traitlets.List[Any]().tag(sync=True)
    side = traitlets.Enum(("", "left", "right"), default_value="").tag(sync=True)
    vmin = Finite().tag(sync=True)
    vmax = Finite().tag(sync=True)
    cmap = traitlets.Enum(
        ("", "fall", "coolwarm", "viridis", "magma", "Reds", "Greys"), default_value=""
    ).tag(sync=True)
    scale = traitlets.Enum(("linear", "log2"), default_value="linear").tag(sync=True)
    symmetric = traitlets.Bool(False).tag(sync=True)
    #: Percent of the shown values beyond each automatic limit of colours.
    clip = traitlets.Float(1.0, min=0.0, max=49.0).tag(sync=True)
    width = traitlets.Int(0, min=0).tag(sync=True)
    height = traitlets.Int(0, min=0).tag(sync=True)
    span_columns = traitlets.Int(1, min=1, max=12).tag(sync=True)
    span_rows = traitlets.Int(1, min=1, max=12).tag(sync=True)
    shareable = traitlets.Bool(False).tag(sync=True)
    status = traitlets.Enum(
        ("empty", "computing", "ready", "failed"), default_value="empty"
    ).tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
    progress = Finite().tag(sync=True)
    elapsed = traitlets.Float(0.0).tag(sync=True)
    #: Place that another view looks at: bp from the point or percent of the region.
    marked = Finite().tag(sync=True)
    result = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    _host: Host | None
    #: Names of chosen features that are gone, by their number.
    lost: dict[str, str]
    #: The same for other traits of :attr:`refers`, by trait.
    lost_by: dict[str, dict[str, str]]
    _selected: npt.NDArray[np.int64] | None
    #: Bin size in bp that was chosen before a flank came that none divides.
    _bin_before: int | None = None

    def undone(self) -> tuple[str, ...]:
        """Names of the traits whose changes can be taken back."""
        return self.kept

    def _setting_order(self, name: str) -> int:
        """What decides about units comes first: limits belong to a unit."""
        first = ("flank", *self.asks_for, "scale")
        return first.index(name) if name in first else len(first)

    def place(self) -> float | None:
        """Place that this view looks at, for the views beside it to mark; None for none."""
        return None

    @property
    def host(self) -> Host | None:
        """Where datasets and answers come from."""
        return self._host

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set; settings that stay valid are kept."""
        with self.one_message():
            self.regions = regions
            if regions is None:
                return
            self.mode = regions.region_kind or "point"
            self.pairs = regions.dims == 2
            if not self._takes_sides:
                self.side = ""
            elif self.side == "":
                self.side = "left"
            if self._host is not None:
                options = self._host.datasets_on(regions.assembly, self.feature_kind)
                self.feature_options = [feature_json(option) for option in options]
                self.feature_more = beyond(
                    self._host, regions.assembly, self.feature_kind, len(options)
                )
                self._offer_chosen()
            self._update_choices()

    @traitlets.observe("features")
    def _offer_chosen(self, _change: object = None) -> None:
        """What was found beyond the menu stands in it from then on."""
        if self._host is None or self.feature_more == 0:
            return
        offered = {option["id"] for option in self.feature_options}
        chosen = [number for number in self.features if number not in offered]
        found = [
            self._host.dataset(int(number)) for number in chosen if number not in self.lost
        ]
        if found:
            self.feature_options = [*self.feature_options, *map(feature_json, found)]

    @property
    def _takes_sides(self) -> bool:
        """1D views of pairs look at one anchor at a time."""
        return self.pairs and self.feature_kind != "contact_map"

    def _resolve(self, features: Any) -> list[str]:
        if self._host is None:
            return []
        if isinstance(features, DatasetRecord | str | int):
            features = [features]
        return [str(self._host.dataset(feature).id) for feature in features]

    @property
    def datasets(self) -> list[DatasetRecord]:
        """The chosen features as datasets of the catalog."""
        if self._host is None:
            return []
        return self._host.datasets_by_number([int(number) for number in self.features])

    def _resolutions(self) -> tuple[int, ...] | None:
        """Bin sizes the chosen contact maps share; None for views of tracks."""
        if self.feature_kind != "contact_map":
            return None
        sets = [set(dataset.resolutions) for dataset in self.datasets]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    def _update_choices(self) -> None:
        """Bin sizes follow flank and feature; a choice that stays valid is kept."""
        if self._host is None or self.regions is None:
            return
        if isinstance(self._host, ArrayHost):
            with self.one_message():
                self.flank_options = self._host.flank_options
                self.bin_options = self._host.bin_options
            return
        with self.one_message():
            if self.mode == "interval":
                self.flank, self.binsize = None, None
                self.flank_options, self.bin_options = [], list(choices.BIN_PERCENTS)
                if self.bin_percent is None:
                    self.bin_percent = choices.DEFAULT_BIN_PERCENT
                return
            self.bin_percent = None
            resolutions = self._resolutions()
            self.flank_options = choices.flank_stops(resolutions or None)
            if self.flank is None:
                return
            if resolutions is None or resolutions:
                chosen = self.bin_for(self.flank)
                if chosen is None:
                    self._bin_before = self.binsize or self._bin_before
                self.bin_options = self.bin_stops(self.flank)
                self.binsize = chosen

    def bin_stops(self, flank: int) -> list[int]:
        """Usual bin sizes in bp at a flank."""
        resolutions = self._resolutions()
        if resolutions is None:
            return choices.track_bins(flank)
        return choices.map_bins(flank, resolutions)

    def bin_for(self, flank: int) -> int | None:
        """Bin size in bp that the view takes at a flank; None if none divides it.

        One of the usual stops gives way to another where it would make thousands of bins, or
        too few; one that somebody typed beside them stays wherever it divides the flank.
        """
        stops = self.bin_stops(flank)
        if self.feature_kind == "contact_map":
            return choices.choose_map_bin(self.binsize or self._bin_before, flank, stops)
        now = self.binsize
        if now is not None and now in self.bin_options and now not in stops:
            return choices.nearest_bin(now, stops)
        return choices.choose_track_bin(now, flank, stops)

    def axis(self, size: int) -> dict[str, Any]:
        """What `size` bins along the picture's edge mean, for ticks and read-outs."""
        if self.mode == "interval":
            return {
                "mode": "interval",
                "bin_percent": self.bin_percent,
                "expansion": choices.EXPANSION,
                "size": size,
            }
        flank = [self.flank, self.flank]
        return {"mode": "point", "flank": flank, "binsize": self.binsize, "size": size}

    def body(self, bins: int) -> tuple[int, int]:
        """First bin of the region itself among so many, and the one after its last."""
        if self.mode != "interval" or not self.bin_percent:
            return 0, bins
        first = round(100 * choices.EXPANSION / self.bin_percent)
        return first, first + round(100 / self.bin_percent)

    @property
    def selected(self) -> npt.NDArray[np.int64] | None:
        """Row numbers of the selected regions, sorted; None if nothing is selected."""
        return self._selected

    def _subset(self) -> tuple[int, ...] | None:
        return None if self._selected is None else tuple(self._selected.tolist())

    @property
    def settings(self) -> dict[str, Any]:
        """The view as plain data: everything needed to show it again."""
        return {"kind": self.kind} | {
            name: value
            for name in self.kept
            if (value := getattr(self, name)) != self.traits()[name].default()
        }

    @property
    def file_stem(self) -> str:
        """Name for files made from this view."""
        return self._stem()

    def _stem(self, *more: str) -> str:
        names = [dataset.name for dataset in self.datasets]
        regions = self.regions.name if self.regions is not None else ""
        return safe_stem(self.kind, regions, *names, *more)
