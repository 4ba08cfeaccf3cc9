"""Regions as points of a map: alike ones lie together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.many import ManyFeatures
from hicognition_widgets.views.payload import encode

USUAL_CLUSTERS = (10, 20)
"""Numbers of clusters that every stored embedding has."""
MOST_CLUSTERS = 100
_FEATURE = "feature:"
_ANNOTATION = "annotation:"


class Embedding(ManyFeatures):
    """What both embeddings share; use :class:`Embedding1D` or :class:`Embedding2D`.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, 1 to 100; fewer where there are fewer regions.
    overlay : str
        What colours the points: ``""`` for their density, ``"feature:0"`` for a feature,
        ``"annotation:name"`` for an annotation of the region set.
    """

    kept: ClassVar[tuple[str, ...]] = (*View.kept, "n_clusters", "overlay")
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, "n_clusters")
    adopted: ClassVar[tuple[str, ...]] = ("cmap",)
    shareable = traitlets.Bool(True).tag(sync=True)

    n_clusters = traitlets.Int(10, min=1, max=MOST_CLUSTERS).tag(sync=True)
    overlay = traitlets.Unicode().tag(sync=True)
    overlay_options = traitlets.List[Any]().tag(sync=True)
    highlighted = traitlets.Any(None).tag(sync=True)

    def scale_unit(self) -> str:
        """What colours the points: their density, or the values of one overlay."""
        names = {option["id"]: option["label"] for option in self.overlay_options}
        return names.get(self.overlay, "density") if self.overlay else "density"

    # -- asking ------------------------------------------------------------------------

    def _options(self) -> dict[str, Any]:
        usual = self.n_clusters in USUAL_CLUSTERS
        return {} if usual else {"n_clusters": self.n_clusters}

    def _previews(self, host: Host, regions: DatasetRecord, /) -> list[Request]:
        """The same regions placed by PCA, which is there at once."""
        return [self._request(host, regions, self._options() | {"method": "pca"})]

    # -- showing -----------------------------------------------------------------------

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
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
        shown = self._overlay_values(result)
        if shown is not None:
            meta["overlay"], arrays["overlay"] = shown
        return meta, arrays

    def _follow_selection(self) -> None:
        """All points stay; the selected ones are marked."""
        rows = self._selected
        self.highlighted = None if rows is None else encode(rows.astype(np.int32))

    @traitlets.observe("overlay")
    def _recolour(self, _change: Mapping[str, Any]) -> None:
        """The points are at hand: only their colours are new."""
        self._draw_again()

    def _cluster_means(self, result: StoredResult) -> npt.NDArray[np.float32]:
        raise NotImplementedError

    def _named_features(self, result: StoredResult, /) -> list[dict[str, str]]:
        raise NotImplementedError

    def _offer_overlays(self, result: StoredResult) -> None:
        options = [{"id": "", "label": "density"}]
        options += [
            {"id": f"{_FEATURE}{i}", "label": track["name"]}
            for i, track in enumerate(self._named_features(result))
        ]
        if self._host is not None and self.regions is not None:
            names = self._host.annotation_names(self.regions)
            options += [{"id": f"{_ANNOTATION}{name}", "label": name} for name in names]
        self.overlay_options = options

    def _overlay_values(
        self, result: StoredResult
    ) -> tuple[dict[str, Any], npt.NDArray[np.float32]] | None:
        """Name and values per region of what colours the points; None for the density."""
        known = {option["id"]: option["label"] for option in self.overlay_options}
        if self.overlay == "" or self.overlay not in known:
            return None
        name = known[self.overlay]
        if self.overlay.startswith(_FEATURE):
            column = int(self.overlay.removeprefix(_FEATURE))
            values = np.asarray(result.arrays["features"])[:, column]
            return {"name": name, "levels": []}, values.astype(np.float32)
        if self._host is None or self.regions is None:
            return None
        levels, values = self._host.annotation_values(
            self.regions, self.overlay.removeprefix(_ANNOTATION)
        )
        return {"name": name, "levels": list(levels)}, values.astype(np.float32)

    # -- from Python -------------------------------------------------------------------

    def _data(self) -> npt.NDArray[np.float32]:
        return np.asarray(self._results[0].arrays["points"])

    @property
    def clusters(self) -> npt.NDArray[np.int32]:
        """Cluster of every region ``(n,)``, -1 without data; waits for the answer."""
        self.wait()
        return np.asarray(self._results[0].arrays[f"clusters_{self.n_clusters}"])

    def to_frame(self) -> pd.DataFrame:
        """One row per region: ``x, y, cluster``, then the standardised features."""
        points = self.data
        result = self._results[0]
        frame = pd.DataFrame({"x": points[:, 0], "y": points[:, 1], "cluster": self.clusters})
        features = np.asarray(result.arrays["features"])
        names = [track["name"] for track in self._named_features(result)]
        if len(names) != features.shape[1]:
            names = [str(name) for name in result.meta["columns"]]
        values = pd.DataFrame(features, columns=_unique(names))
        return pd.concat([frame, values], axis=1)


class Embedding1D(Embedding):
    """Regions by their values in several signal tracks.

    Takes what :class:`~hicognition_widgets.views.base.View` and :class:`Embedding` take;
    `features` are the tracks, or a collection of them.
    """

    analysis = "embedding1d"
    feature_kind = "signal_track"
    kind = traitlets.Unicode("embedding1d").tag(sync=True)

    def _missing(self) -> str:
        missing = super()._missing()
        if not missing and len(self.features) < 2:
            return "Choose at least two signal tracks."
        return missing

    def _cluster_means(self, result: StoredResult) -> npt.NDArray[np.float32]:
        return np.asarray(result.arrays[f"averages_{self.n_clusters}"], dtype=np.float32)

    def _named_features(self, result: StoredResult, /) -> list[dict[str, str]]:
        return self._tracks(result.meta["columns"])


class Embedding2D(Embedding):
    """Regions by their snippets of a contact map.

    Takes what :class:`~hicognition_widgets.views.base.View` and :class:`Embedding` take,
    and

    Parameters
    ----------
    normalization : {"balanced", "oe", "raw"}
        Of the snippets.
    """

    analysis = "embedding2d"
    feature_kind = "contact_map"
    kept: ClassVar[tuple[str, ...]] = (*Embedding.kept, "normalization")
    asks_for: ClassVar[tuple[str, ...]] = (*Embedding.asks_for, "normalization")

    kind = traitlets.Unicode("embedding2d").tag(sync=True)
    normalization = traitlets.Enum(("balanced", "oe", "raw"), default_value="oe").tag(sync=True)
    normalization_options = traitlets.List[Any](["balanced", "oe", "raw"]).tag(sync=True)

    def _parameters(self) -> dict[str, Any]:
        return super()._parameters() | {"normalization": self.normalization}

    def _cluster_means(self, result: StoredResult) -> npt.NDArray[np.float32]:
        return np.asarray(result.arrays[f"thumbnails_{self.n_clusters}"], dtype=np.float32)

    def _named_features(self, _result: StoredResult, /) -> list[dict[str, str]]:
        return []


def _unique(names: list[str]) -> list[str]:
    """Column names of a table: a name that comes again gets a number."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
