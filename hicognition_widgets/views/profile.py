"""Average signal of one or more tracks along the regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.base import View
from hicognition_widgets.views.payload import merge_reasons

_CURVES = ("mean", "low", "high")
_FACTS = ("n_used", "n_left_out", "reasons", "numbers")


class LineProfile(View):
    """Mean of each track over the regions with its 95 % band.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    normalized : bool
        Bring each line to 0…1 for comparing shapes.
    band : {"ci95", "none"}
        Uncertainty drawn around the mean.
    """

    analysis = "profile"
    feature_kind = "signal_track"
    kept: ClassVar[tuple[str, ...]] = (*View.kept, "normalized", "band")

    kind = traitlets.Unicode("profile").tag(sync=True)
    normalized = traitlets.Bool(False).tag(sync=True)
    band = traitlets.Enum(("ci95", "none"), default_value="ci95").tag(sync=True)

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        tracks = [
            {"id": str(dataset.id), "name": dataset.name}
            | {
                name: result.meta[name]
                for name in ("n_used", "n_left_out", "reasons", "numbers")
            }
            for dataset, result in zip(self.datasets, results, strict=True)
        ]
        meta = {
            "axis": self.axis(len(results[0].arrays["mean"])),
            "tracks": tracks,
            "n_used": max(track["n_used"] for track in tracks),
            "n_left_out": min(track["n_left_out"] for track in tracks),
            "reasons": merge_reasons(tracks),
            "numbers": tracks[0]["numbers"] if len(tracks) == 1 else {},
        }
        arrays = {
            name: np.stack([result.arrays[name] for result in results])
            for name in (*_CURVES, "count")
        }
        return meta, arrays

    def _data(self) -> npt.NDArray[np.float64]:
        return np.stack([result.arrays["mean"] for result in self._results])

    def to_frame(self) -> pd.DataFrame:
        """Long table ``track, bin, mean, low, high, count``; waits for the answer."""
        self.wait()
        frames = []
        for dataset, result in zip(self.datasets, self._results, strict=True):
            columns = {name: np.asarray(result.arrays[name]) for name in (*_CURVES, "count")}
            frame = pd.DataFrame(columns)
            frame.insert(0, "bin", np.arange(len(frame)))
            frame.insert(0, "track", dataset.name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)
