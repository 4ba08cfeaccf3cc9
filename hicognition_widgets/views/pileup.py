"""Average contact map over the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.analyses.scores import aggregate_scores
from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.export.display_tables import unit
from hicognition_widgets.jobs import Request
from hicognition_widgets.jobs.numbers import finite
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.against import Against
from hicognition_widgets.views.array_answers import AveragesInRelation
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import numbers
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.host import DatasetKind, Host

_NORMALIZATIONS = ("oe", "balanced", "raw")
_COMPARED = ("ratio", "difference", "p_corrected", "count", "count_two")
_TABLE = (
    "mean", "other", "ratio", "difference", "p_value", "p_corrected", "count", "count_two",
)  # fmt: skip
_LEAST_FOR_SCORES = 7
"""Bins of a window below which centre, background and corner are not apart."""


class Pileup(Against):
    """Average contact map: balanced, observed/expected or raw, alone or against another.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    normalization : {"oe", "balanced", "raw"}
        What is averaged.
    scale : {"log2", "linear"}
        How it is shown; ``data`` is always the average itself.
    versus : dataset, name or id
        A second contact map over the same regions, or a second region set on the same map.
        ``data`` is then the ratio or the difference.
    contrast : {"ratio", "difference"}
        How the two averages are put in relation.
    contour : bool
        Outline the pixels in which the two differ with p < 0.05, corrected for all pixels
        of the map: signs of region-wise differences are flipped at random for two maps,
        regions shuffled between the sets for two region sets.
    """

    analysis = "pileup"
    averages = True
    feature_kind = "contact_map"
    asks_for: ClassVar[tuple[str, ...]] = (*Against.asks_for, "normalization")
    kept: ClassVar[tuple[str, ...]] = (*Against.kept, "normalization", "contrast", "contour")
    versus_kinds: ClassVar[tuple[DatasetKind, ...]] = ("contact_map", "regions")

    adopted: ClassVar[tuple[str, ...]] = ("normalization", "scale", "symmetric", "cmap")

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("pileup").tag(sync=True)
    normalization = traitlets.Enum(_NORMALIZATIONS, default_value="oe").tag(sync=True)
    normalization_options = traitlets.List(list(_NORMALIZATIONS)).tag(sync=True)
    scale = traitlets.Enum(("linear", "log2"), default_value="log2").tag(sync=True)
    symmetric = traitlets.Bool(True).tag(sync=True)
    contrast = traitlets.Enum(("ratio", "difference"), default_value="ratio").tag(sync=True)
    contour = traitlets.Bool(True).tag(sync=True)

    @classmethod
    def from_array(
        cls,
        mean: npt.ArrayLike,
        *,
        flank: int | None = None,
        n: int,
        count: npt.ArrayLike | None = None,
        name: str = "average",
        regions: str = "regions",
        other: npt.ArrayLike | None = None,
        other_name: str = "other average",
        **settings: Any,
    ) -> Self:
        """Show an average map that is at hand, without a catalog.

        Parameters
        ----------
        mean : array_like (s, s)
            The average before any logarithm; NaN is missing. Rows are anchor 1.
        flank : int, optional
            bp on both sides of the points; the middle bin sits on them. Without it the bins
            are those of regions scaled to one length, a fifth of it added on both sides.
        n : int
            Number of regions in the average.
        count : array_like (s, s), optional
            Regions with a value per pixel; else `n` wherever there is a mean.
        name, regions : str
            What the map and the regions are called.
        other : array_like (s, s), optional
            A second average, like `mean`: shown is `mean` in relation to it (``contrast``).
            Two averages do not say which pixels differ significantly: nothing is outlined.
        other_name : str
            What the second map is called.
        **settings
            Any trait of the view; ``normalization`` says what `mean` is.

        Raises
        ------
        InputError
            If the arrays do not fit.
        """
        values = numbers(mean, 2, "the average", np.float64)
        if values.shape[0] != values.shape[1]:
            raise InputError(f"an average map is square, not {values.shape}")
        answers = {name: {"mean": values, "count": _counts(values, n, count)}}
        if other is not None:
            second = numbers(other, 2, "the other average", np.float64)
            if second.shape != values.shape:
                raise InputError(
                    f"the other average has the shape {second.shape}, not {values.shape}"
                )
            if other_name == name:
                raise InputError(f'both averages are called "{name}": give other_name')
            answers[other_name] = {"mean": second, "count": _counts(second, n)}
            settings = {"versus": [other_name], "contour": False} | settings
        axis = ArrayAxis.of(len(values), flank, middle=flank is not None)
        solve = AveragesInRelation([*answers.values()], n)
        host = ArrayHost("contact_map", answers, axis, n, regions, solve=solve)
        view = cls(host, host.regions, host.features[:1], **(axis.settings | settings))
        # the numbers are what they are: a menu must not call them something else
        view.normalization_options = [view.normalization]
        return view

    @traitlets.observe("normalization", "versus")
    def _forget_unit(self, _change: Mapping[str, Any]) -> None:
        """Limits in the old unit mean nothing in the new one."""
        with self.one_message():
            self.vmin = self.vmax = None
            self.cmap = ""
            self.symmetric = self.normalization == "oe" or bool(self.versus)

    @traitlets.observe("contrast")
    def _forget_contrast(self, _change: Mapping[str, Any]) -> None:
        self.vmin = self.vmax = None

    @traitlets.observe("scale")
    def _forget_limits(self, _change: Mapping[str, Any]) -> None:
        self.vmin = self.vmax = None

    def scale_unit(self) -> str:
        """What the values of the picture are."""
        if not self.versus:
            return unit(self.kind, self.normalization, self.scale)
        scale = "linear" if self.contrast == "difference" else self.scale
        return f"{unit(self.kind, self.contrast, scale)} of {self.normalization}"

    def scale_family(self) -> str:
        """All averages of contacts share: who takes shows the same normalization.

        Two averages in relation share with others in the same relation.
        """
        return self.contrast if self.versus else "contacts"

    def _setting_order(self, name: str) -> int:
        return super()._setting_order("scale" if name == "contrast" else name)

    def _parameters(self) -> dict[str, Any]:
        return super()._parameters() | {"side": None, "normalization": self.normalization}

    def _resolutions(self) -> tuple[int, ...] | None:
        """Bin sizes that both maps have."""
        sizes, other = super()._resolutions(), self.other
        if sizes is None or other is None or other.kind == "regions":
            return sizes
        return tuple(size for size in sizes if size in set(other.resolutions))

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """One request; with another map or region set one for both."""
        other = self.other
        if other is None:
            return super()._requests(host, regions)
        parameters = self._parameters()
        maps = self.datasets
        if other.kind == "regions":
            parameters["versus"] = other
        else:
            maps = [*maps, other]
        return [host.request(self.analysis, regions, maps, **parameters)]

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
        meta = dict(result.meta) | {"axis": self.axis(len(result.arrays["mean"]))}
        if "ratio" in result.arrays:
            return meta, {name: result.arrays[name] for name in _COMPARED}
        meta["numbers"] = dict(meta["numbers"]) | self._scores(result)
        return meta, {name: result.arrays[name] for name in ("mean", "count")}

    def _scores(self, result: StoredResult) -> dict[str, float | None]:
        """Named scores of the average; None where the window does not have what they need."""
        mean = np.asarray(result.arrays["mean"])
        if min(mean.shape) < _LEAST_FOR_SCORES:
            return {}
        expansion = result.meta.get("expansion") if self.mode == "interval" else None
        scores = aggregate_scores(mean, expansion=expansion)
        return {name: finite(value) for name, value in scores.items()}

    def _data(self) -> npt.NDArray[np.float64]:
        arrays = self._results[0].arrays
        return np.asarray(arrays[self.contrast if self.versus else "mean"])

    def to_frame(self) -> pd.DataFrame:
        """Long table ``row, column, mean, count``.

        Of two averages: ``row, column, mean, other, ratio, difference, p_value,
        p_corrected, count, count_two``.
        """
        shape = self.data.shape
        arrays = self._results[0].arrays
        row, column = np.indices(shape)
        # arrays that were given say nothing of single p values
        compared = [name for name in _TABLE if name in arrays]
        names = compared if "ratio" in arrays else ("mean", "count")
        values = {name: np.asarray(arrays[name]).ravel() for name in names}
        return pd.DataFrame({"row": row.ravel(), "column": column.ravel()} | values)


def _counts(
    values: npt.NDArray[np.float64], n: int, count: npt.ArrayLike | None = None
) -> npt.NDArray[np.int32]:
    """Regions with a value per pixel: those given, else all `n` wherever there is a mean."""
    if count is None:
        return np.where(np.isnan(values), 0, n).astype(np.int32)
    counts = numbers(count, 2, "count", np.float64).astype(np.int32)
    if counts.shape != values.shape:
        raise InputError(f"count has the shape {counts.shape}, not {values.shape}")
    return counts
