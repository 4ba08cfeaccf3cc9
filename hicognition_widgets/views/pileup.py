"""Average contact map over the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.display_tables import unit
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.arrays import ArrayAxis, ArrayHost, numbers
from hicognition_widgets.views.base import View

_NORMALIZATIONS = ("oe", "balanced", "raw")


class Pileup(View):
    """Average contact map: balanced, observed/expected or raw.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    normalization : {"oe", "balanced", "raw"}
        What is averaged.
    scale : {"log2", "linear"}
        How it is shown; ``data`` is always the average itself.
    """

    analysis = "pileup"
    averages = True
    feature_kind = "contact_map"
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, "normalization")
    kept: ClassVar[tuple[str, ...]] = (*View.kept, "normalization")

    adopted: ClassVar[tuple[str, ...]] = ("normalization", "scale", "symmetric", "cmap")

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("pileup").tag(sync=True)
    normalization = traitlets.Enum(_NORMALIZATIONS, default_value="oe").tag(sync=True)
    normalization_options = traitlets.List(list(_NORMALIZATIONS)).tag(sync=True)
    scale = traitlets.Enum(("linear", "log2"), default_value="log2").tag(sync=True)
    symmetric = traitlets.Bool(True).tag(sync=True)

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
        if count is None:
            counts = np.where(np.isnan(values), 0, n).astype(np.int32)
        else:
            counts = numbers(count, 2, "count", np.float64).astype(np.int32)
            if counts.shape != values.shape:
                raise InputError(f"count has the shape {counts.shape}, not {values.shape}")
        axis = ArrayAxis.of(len(values), flank, middle=flank is not None)
        answers = {name: {"mean": values, "count": counts}}
        host = ArrayHost("contact_map", answers, axis, n, regions)
        view = cls(host, host.regions, host.features, **(axis.settings | settings))
        # the numbers are what they are: a menu must not call them something else
        view.normalization_options = [view.normalization]
        return view

    @traitlets.observe("normalization")
    def _forget_unit(self, change: Mapping[str, Any]) -> None:
        """Limits in the old unit mean nothing in the new one."""
        with self.one_message():
            self.vmin = self.vmax = None
            self.cmap = ""
            self.symmetric = change["new"] == "oe"

    @traitlets.observe("scale")
    def _forget_limits(self, _change: Mapping[str, Any]) -> None:
        self.vmin = self.vmax = None

    def scale_unit(self) -> str:
        """What the values of the picture are."""
        return unit(self.kind, self.normalization, self.scale)

    def scale_family(self) -> str:
        """All averages of contacts share: who takes shows the same normalization."""
        return "contacts"

    def _parameters(self) -> dict[str, Any]:
        return super()._parameters() | {"side": None, "normalization": self.normalization}

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
        arrays = {"mean": result.arrays["mean"], "count": result.arrays["count"]}
        axis = self.axis(len(result.arrays["mean"]))
        return dict(result.meta) | {"axis": axis}, arrays

    def _data(self) -> npt.NDArray[np.float64]:
        return np.asarray(self._results[0].arrays["mean"])

    def to_frame(self) -> pd.DataFrame:
        """Long table ``row, column, mean, count``."""
        mean = self.data
        count = self._results[0].arrays["count"]
        row, column = np.indices(mean.shape)
        return pd.DataFrame(
            {
                "row": row.ravel(),
                "column": column.ravel(),
                "mean": mean.ravel(),
                "count": np.asarray(count).ravel(),
            }
        )
