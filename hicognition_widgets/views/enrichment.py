"""Overlap with other region sets at every position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.many import ManyFeatures

_TABLES = ("odds_ratio", "p_value", "q_value", "overlap")


class Enrichment(ManyFeatures):
    """Which region sets overlap these regions more, or less, than chance, and where.

    Takes what :class:`~hicognition_widgets.views.base.View` takes; `features` are region
    sets, or a collection of them.
    """

    analysis = "enrichment"
    averages = True
    feature_kind = "regions"
    kind = traitlets.Unicode("enrichment").tag(sync=True)

    def _options(self) -> dict[str, Any]:
        """Selected regions are compared with the others of their set."""
        return {} if self._selected is None else {"universe": "rest"}

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
        arrays: dict[str, npt.NDArray[Any]] = {
            name: np.asarray(result.arrays[name], dtype=np.float64) for name in _TABLES
        }
        meta = dict(result.meta) | {
            "axis": self.axis(arrays["odds_ratio"].shape[1]),
            "tracks": self._tracks(),
        }
        return meta, arrays

    def _data(self) -> npt.NDArray[np.float64]:
        return np.asarray(self._results[0].arrays["odds_ratio"])

    def to_frame(self) -> pd.DataFrame:
        """Long table ``target, bin, odds_ratio, p_value, q_value, overlap``."""
        self.wait()
        arrays = self._results[0].arrays
        targets, bins = np.asarray(arrays["odds_ratio"]).shape
        names = [track["name"] for track in self._tracks()]
        frame = pd.DataFrame({name: np.asarray(arrays[name]).ravel() for name in _TABLES})
        frame.insert(0, "bin", np.tile(np.arange(bins), targets))
        frame.insert(0, "target", np.repeat(np.array(names, dtype=object), bins))
        return frame
