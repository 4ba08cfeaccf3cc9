"""Average signal of one or more tracks along the regions."""

from __future__ import annotations

from collections.abc import Sequence
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

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """One request per track; with a selection one for it and one for the rest."""
        parameters = self._parameters()
        chosen = self._subset()
        if chosen is None:
            return super()._requests(host, regions)
        rest = np.ones(regions.n_regions or 0, dtype=bool)
        rest[list(chosen)] = False
        subsets = [chosen, tuple(np.flatnonzero(rest).tolist())]
        return [
            host.request(self.analysis, regions, [dataset], **parameters, subset=subset)
            for dataset in self.datasets
            for subset in subsets
            if subset
        ]

    def _lines(self, results: Sequence[StoredResult]) -> list[tuple[str, str, StoredResult]]:
        """Id, name and answer of every line."""
        datasets = self.datasets
        if len(results) == len(datasets):
            parts = [""] if self._selected is None else [" · selected"]
        else:
            parts = [" · selected", " · rest"]
        ids = ["", ":rest"]
        lines = [
            (f"{dataset.id}{ids[i]}", f"{dataset.name}{part}")
            for dataset in datasets
            for i, part in enumerate(parts)
        ]
        return [(*line, result) for line, result in zip(lines, results, strict=True)]

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        tracks = [
            {"id": number, "name": label} | {name: result.meta[name] for name in _FACTS}
            for number, label, result in self._lines(results)
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
        for _, label, result in self._lines(self._results):
            columns = {name: np.asarray(result.arrays[name]) for name in (*_CURVES, "count")}
            frame = pd.DataFrame(columns)
            frame.insert(0, "bin", np.arange(len(frame)))
            frame.insert(0, "track", label)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)
