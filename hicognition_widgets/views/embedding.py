"""Regions as points of a map: alike ones lie together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.errors import InputError
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.array_answers import MapsOfRegions, names_of
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import numbers
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.embedding_base import Embedding
from hicognition_widgets.views.traits import Finite


class Embedding1D(Embedding):
    """Regions by their values in several signal tracks.

    Takes what :class:`~hicognition_widgets.views.base.View` and :class:`Embedding` take;
    `features` are the tracks, or a collection of them.
    """

    analysis = "embedding1d"
    feature_kind = "signal_track"
    kind = traitlets.Unicode("embedding1d").tag(sync=True)

    @classmethod
    def from_array(
        cls,
        values: npt.ArrayLike,
        *,
        names: Sequence[str] | None = None,
        points: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
        annotations: Mapping[str, npt.ArrayLike] | None = None,
        regions: str = "regions",
        **settings: Any,
    ) -> Self:
        """Show regions by values that are at hand, without a catalog.

        Parameters
        ----------
        values : array_like (regions, features)
            One value per region and feature, at least two features; NaN is missing.
        names : sequence of str, optional
            Names of the features.
        points : array_like (regions, 2), optional
            Where the regions lie. Without, they are placed by UMAP, and by PCA meanwhile.
        clusters : array_like of int (regions,), optional
            Cluster of every region, -1 for none. Without, k-means.
        annotations : mapping of str to array_like (regions,), optional
            Numbers or categories that can colour the points.
        regions : str
            What the regions are called.
        **settings
            Any trait of the view.

        Raises
        ------
        InputError
            If the arrays do not fit.
        """
        matrix = numbers(values, 2, "values", np.float32)
        columns = names_of(names, matrix.shape[1], "feature")
        answers = {name: {"values": matrix[:, i]} for i, name in enumerate(columns)}
        axis = ArrayAxis(bin_percent=100.0)
        solve = MapsOfRegions("signals", matrix, points, clusters)
        host = ArrayHost(
            "signal_track", answers, axis, len(matrix), regions,
            solve=solve, annotations=annotations,
        )  # fmt: skip
        return cls(
            host, host.regions, host.features, **(axis.settings | solve.settings | settings)
        )

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
    scale : {"log2", "linear"}
        How average maps of clusters are shown.
    common_limits : bool
        Average maps of all clusters on the same limits; else each on its own.
    card_vmin, card_vmax : float or None
        Limits of average maps, in displayed units; None is automatic.
    """

    analysis = "embedding2d"
    feature_kind = "contact_map"
    kept: ClassVar[tuple[str, ...]] = (
        *Embedding.kept, "normalization", "common_limits", "card_vmin", "card_vmax",
    )  # fmt: skip
    asks_for: ClassVar[tuple[str, ...]] = (*Embedding.asks_for, "normalization")

    kind = traitlets.Unicode("embedding2d").tag(sync=True)
    normalization = traitlets.Enum(("balanced", "oe", "raw"), default_value="oe").tag(sync=True)
    normalization_options = traitlets.List[Any](["balanced", "oe", "raw"]).tag(sync=True)

    @classmethod
    def from_array(
        cls,
        snippets: npt.ArrayLike,
        *,
        flank: int | None = None,
        points: npt.ArrayLike | None = None,
        clusters: npt.ArrayLike | None = None,
        annotations: Mapping[str, npt.ArrayLike] | None = None,
        name: str = "snippets",
        regions: str = "regions",
        **settings: Any,
    ) -> Self:
        """Show regions by snippets that are at hand, without a catalog.

        Parameters
        ----------
        snippets : array_like (regions, s, s)
            One snippet of a contact map per region; NaN is missing. Rows are anchor 1.
        flank : int, optional
            bp on both sides of the points; the middle bin sits on them. Without it the bins
            are those of regions scaled to one length, a fifth of it added on both sides.
        points, clusters, annotations, regions
            As in :meth:`Embedding1D.from_array`.
        name : str
            What the map is called.
        **settings
            Any trait of the view; ``normalization`` says what the snippets are.

        Raises
        ------
        InputError
            If the arrays do not fit.
        """
        stack = numbers(snippets, 3, "snippets", np.float32)
        if stack.shape[1] != stack.shape[2]:
            raise InputError(f"snippets are square, not {stack.shape[1:]}")
        axis = ArrayAxis.of(stack.shape[1], flank, middle=flank is not None)
        solve = MapsOfRegions("snippets", stack, points, clusters)
        host = ArrayHost(
            "contact_map", {name: {"snippets": stack}}, axis, len(stack), regions,
            solve=solve, annotations=annotations,
        )  # fmt: skip
        view = cls(
            host, host.regions, host.features, **(axis.settings | solve.settings | settings)
        )
        # the numbers are what they are: a menu must not call them something else
        view.normalization_options = [view.normalization]
        return view

    scale = traitlets.Enum(("linear", "log2"), default_value="log2").tag(sync=True)
    common_limits = traitlets.Bool(True).tag(sync=True)
    card_vmin = Finite().tag(sync=True)
    card_vmax = Finite().tag(sync=True)

    @traitlets.observe("normalization", "scale")
    def _forget_unit(self, _change: Mapping[str, Any]) -> None:
        """Limits in the old unit mean nothing in the new one."""
        with self.one_message():
            self.card_vmin = self.card_vmax = None

    def _parameters(self) -> dict[str, Any]:
        return super()._parameters() | {"normalization": self.normalization}

    def _cluster_means(self, result: StoredResult) -> npt.NDArray[np.float32]:
        return np.asarray(result.arrays[f"thumbnails_{self.n_clusters}"], dtype=np.float32)

    def _named_features(self, _result: StoredResult, /) -> list[dict[str, str]]:
        return []
