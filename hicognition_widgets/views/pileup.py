"""Average contact map over the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.store import StoredResult
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

    kind = traitlets.Unicode("pileup").tag(sync=True)
    normalization = traitlets.Enum(_NORMALIZATIONS, default_value="oe").tag(sync=True)
    normalization_options = traitlets.List(list(_NORMALIZATIONS)).tag(sync=True)
    scale = traitlets.Enum(("linear", "log2"), default_value="log2").tag(sync=True)
    symmetric = traitlets.Bool(True).tag(sync=True)

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
