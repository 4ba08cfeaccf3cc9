"""What embeddings share: places, clusters, and what colours the points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import overlays
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.loci import LOCUS, Table
from hicognition_widgets.views.many import ManyFeatures
from hicognition_widgets.views.overlays import Overlay
from hicognition_widgets.views.payload import encode

USUAL_CLUSTERS = (10, 20)
"""Numbers of clusters that every stored embedding has."""
MOST_CLUSTERS = 100
_EXTENT_SCHEMA = {"type": "array", "items": {"type": "number"}, "maxItems": 4}


class Embedding(ManyFeatures):
    """What both embeddings share; use :class:`Embedding1D` or :class:`Embedding2D`.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, 1 to 100; fewer where there are fewer regions.
    overlay : str
        What colours the points: ``""`` for their density, ``"clusters"``, ``"feature:0"``
        for a feature, ``"annotation:name"`` for an annotation of the region set,
        ``"track:owner/name"`` for the mean of any signal track of the catalog over
        the regions.
    drawn : {"auto", "points", "density"}
        One dot per region or the density of them; points while there is room.
    extent : list of float
        Left, right, bottom and top of the part that is shown; empty for all.
    """

    kept: ClassVar[tuple[str, ...]] = (*View.kept, "n_clusters", "overlay", "drawn", "extent")
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, "n_clusters", "overlay")
    adopted: ClassVar[tuple[str, ...]] = ("cmap",)
    shareable = traitlets.Bool(True).tag(sync=True)

    n_clusters = traitlets.Int(10, min=1, max=MOST_CLUSTERS).tag(sync=True)
    overlay = traitlets.Unicode().tag(sync=True)
    overlay_options = traitlets.List[Any]().tag(sync=True)
    drawn = traitlets.Enum(("auto", "points", "density"), default_value="auto").tag(sync=True)
    extent = traitlets.List[float]().tag(sync=True, schema=_EXTENT_SCHEMA)
    highlighted = traitlets.Any(None).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("extent")
    def _check_extent(self, proposal: Mapping[str, Any]) -> list[float]:
        """Four finite numbers the right way round, or none."""
        value = proposal["value"]
        numbers = [float(one) for one in value if isinstance(one, int | float | np.number)]
        whole = len(value) == len(numbers) == 4 and bool(np.isfinite(numbers).all())
        if value and not (whole and value[0] < value[1] and value[2] < value[3]):
            raise traitlets.TraitError("extent is [left, right, bottom, top], or empty for all")
        return numbers

    def _follow_settings(self, change: Mapping[str, Any]) -> None:
        if self._asked and change["name"] not in ("n_clusters", "overlay"):
            # another map has other places
            self.extent = []
        super()._follow_settings(change)

    def scale_unit(self) -> str:
        """What colours the points: their density, or the values of one overlay."""
        names = {option["id"]: option["label"] for option in self.overlay_options}
        return names.get(self.overlay, "density") if self.overlay else "density"

    # -- asking ------------------------------------------------------------------------

    def _options(self) -> dict[str, Any]:
        usual = self.n_clusters in USUAL_CLUSTERS
        return {} if usual else {"n_clusters": self.n_clusters}

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """The map of the regions, and the signal that colours it."""
        return [*super()._requests(host, regions), *self._track_requests(host, regions)]

    def _previews(self, host: Host, regions: DatasetRecord, /) -> list[Request]:
        """The same regions placed by PCA, which is there at once."""
        return [self._request(host, regions, self._options() | {"method": "pca"})]

    def _track(self) -> DatasetRecord | None:
        """The track of the catalog that colours the points, if it is there."""
        name = self.overlay.removeprefix(overlays.TRACK)
        if self._host is None or name == self.overlay:
            return None
        try:
            track = self._host.dataset(name)
        except (NotFound, InputError):
            return None
        return track if track.kind == "signal_track" else None

    def _track_requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        track = self._track()
        if track is None:
            return []
        where: dict[str, Any] = {"flank": self.flank, "binsize": self.binsize}
        if self.mode == "interval":
            where = {"bin_percent": self.bin_percent}
        both = self.pairs and not self._takes_sides
        sides = ("left", "right") if both else (self.side or None,)
        return [host.request("stackup", regions, [track], side=side, **where) for side in sides]

    def _sources(self) -> list[DatasetRecord]:
        track = self._track()
        return super()._sources() + ([] if track is None else [track])

    # -- showing -----------------------------------------------------------------------

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        result, *signals = results
        clusters = np.asarray(result.arrays[f"clusters_{self.n_clusters}"])
        sizes = np.bincount(
            clusters[clusters >= 0], minlength=int(clusters.max(initial=-1)) + 1
        )
        arrays: dict[str, npt.NDArray[Any]] = {
            "points": np.asarray(result.arrays["points"], dtype=np.float32),
            "clusters": clusters.astype(np.int32),
            "cluster_sizes": sizes.astype(np.int32),
            "cluster_means": self._cluster_means(result),
        }
        self._offer_overlays(result)
        meta = dict(result.meta) | {
            "axis": self.axis(1),
            "tracks": self._named_features(result),
            "method": result.meta["method"],
        }
        shown = self._overlay(result, signals)
        if shown is not None:
            meta["overlay"], arrays["overlay"] = shown.meta, shown.numbers
        return meta, arrays

    def _follow_selection(self) -> None:
        """All points stay; the selected ones are marked."""
        rows = self._selected
        self.highlighted = None if rows is None else encode(rows.astype(np.int32))

    @traitlets.observe("overlay")
    def _recolour(self, change: Mapping[str, Any]) -> None:
        """The points are at hand: only their colours are new, unless a track has to be read."""
        with self.one_message():
            # limits belong to what was shown
            self.vmin = self.vmax = None
        if not any(str(change[at]).startswith(overlays.TRACK) for at in ("old", "new")):
            self._draw_again()

    def _cluster_means(self, result: StoredResult) -> npt.NDArray[np.float32]:
        raise NotImplementedError

    def _named_features(self, result: StoredResult, /) -> list[dict[str, str]]:
        raise NotImplementedError

    def _offer_overlays(self, result: StoredResult) -> None:
        names: list[str] = []
        tracks: list[DatasetRecord] = []
        if self._host is not None and self.regions is not None:
            names = self._host.annotation_names(self.regions)
            if not isinstance(self._host, ArrayHost):
                tracks = self._host.datasets_on(self.regions.assembly, "signal_track")
        features = [track["name"] for track in self._named_features(result)]
        self.overlay_options = overlays.options(features, names, tracks)

    def _overlay(self, result: StoredResult, signals: Sequence[StoredResult]) -> Overlay | None:
        """What colours the points; None for their density, with a word where that is why."""
        found = self._overlay_found(result, signals)
        lacks = self.overlay != "" and found is None
        # the quick answer comes without the signal of other tracks
        waits = self._track() is not None
        self.note = "" if waits or not lacks else self._gone()
        return found

    def _gone(self) -> str:
        what = self.overlay.removeprefix(overlays.ANNOTATION)
        if what != self.overlay:
            return f'the annotation "{what}" is gone, so colours show the density'
        thing = "track" if self.overlay.startswith(overlays.TRACK) else "feature"
        return f"the {thing} that coloured the points is gone, so colours show the density"

    def _overlay_found(
        self, result: StoredResult, signals: Sequence[StoredResult]
    ) -> Overlay | None:
        chosen = self.overlay
        if chosen == overlays.CLUSTERS:
            return overlays.of_clusters(
                np.asarray(result.arrays[f"clusters_{self.n_clusters}"])
            )
        track = self._track()
        if track is not None and signals:
            rows = [signal.arrays["rows"] for signal in signals]
            return overlays.of_signal(track.name, rows, self.body(rows[0].shape[1]))
        known = {option["id"]: option["label"] for option in self.overlay_options}
        if chosen not in known:
            return None
        if chosen.startswith(overlays.FEATURE):
            column = int(chosen.removeprefix(overlays.FEATURE))
            values = np.asarray(result.arrays["features"])[:, column]
            return Overlay(known[chosen], values.astype(np.float32))
        name = chosen.removeprefix(overlays.ANNOTATION)
        if name == chosen or self._host is None or self.regions is None:
            return None
        levels, numbers = self._host.annotation_values(self.regions, name)
        return Overlay(name, numbers.astype(np.float32), tuple(levels))

    # -- from Python -------------------------------------------------------------------

    def _data(self) -> npt.NDArray[np.float32]:
        return np.asarray(self._results[0].arrays["points"])

    @property
    def clusters(self) -> npt.NDArray[np.int32]:
        """Cluster of every region ``(n,)``, -1 without data; waits for the answer."""
        self.wait()
        return np.asarray(self._results[0].arrays[f"clusters_{self.n_clusters}"])

    def to_frame(self) -> pd.DataFrame:
        """One row per region: where it lies, ``x, y, cluster``, then standardised features.

        First ``chrom, start, end`` (of pairs ``chrom1`` to ``end2``), ``name`` and ``strand``
        where the region set has them, unless the view was made of arrays. Where the region
        file is gone or has changed, a :class:`~hicognition_widgets.errors.DatasetNotice` says
        so. A feature that is called like another column gets a number.
        """
        return self.table().told()

    def table(self) -> Table:
        """:meth:`to_frame` before the regions of its rows are looked up."""
        points = self.data
        result = self._results[0]
        frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "cluster": self.clusters})
        features = np.asarray(result.arrays["features"])
        names = [track["name"] for track in self._named_features(result)]
        if len(names) != features.shape[1]:
            names = [str(name) for name in result.meta["columns"]]
        loci = () if isinstance(self._host, ArrayHost) else LOCUS[2 if self.pairs else 1]
        values = pd.DataFrame(features, columns=_unique(names, [*loci, *frame.columns]))
        frame = pd.concat([frame, values], axis=1)
        return Table(frame, np.arange(len(frame)), self._host, self.regions)


def _unique(names: list[str], taken: list[str]) -> list[str]:
    """Column names of a table: a name that comes again gets a number."""
    seen = dict.fromkeys(taken, 1)
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
