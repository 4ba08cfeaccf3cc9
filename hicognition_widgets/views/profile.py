"""Average signal of one or more tracks along the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.arrays import ArrayAxis, ArrayHost, numbers
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

    adopted: ClassVar[tuple[str, ...]] = ("normalized",)

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("profile").tag(sync=True)
    normalized = traitlets.Bool(False).tag(sync=True)
    band = traitlets.Enum(("ci95", "none"), default_value="ci95").tag(sync=True)

    @classmethod
    def from_array(
        cls,
        lines: Mapping[str, npt.ArrayLike | Mapping[str, npt.ArrayLike]],
        *,
        flank: int | None = None,
        n: int,
        regions: str = "regions",
        **settings: Any,
    ) -> Self:
        """Show average signals that are at hand, without a catalog.

        Parameters
        ----------
        lines : mapping of str to array_like (bins,) or to mapping
            Name of each line to its mean, NaN where there is no data; or to ``mean`` with
            the ends ``low`` and ``high`` of its band.
        flank : int, optional
            bp on both sides of the points. Without it the bins are those of regions scaled
            to one length, a fifth of it added on both sides.
        n : int
            Number of regions in the averages.
        regions : str
            What the regions are called.
        **settings
            Any trait of the view.

        Raises
        ------
        InputError
            If the arrays do not fit.
        """
        answers = {name: _line(name, line, n) for name, line in lines.items()}
        sizes = {len(line["mean"]) for line in answers.values()}
        if len(sizes) != 1:
            raise InputError(f"all lines of a plot need as many bins, not {sorted(sizes)}")
        axis = ArrayAxis.of(sizes.pop(), flank, middle=False)
        host = ArrayHost("signal_track", answers, axis, n, regions)
        return cls(host, host.regions, host.features, **(axis.settings | settings))

    def scale_unit(self) -> str:
        """What the values of the picture are."""
        return "signal from 0 to 1" if self.normalized else "signal"

    def scale_family(self) -> str:
        """Lines and rows of one signal share."""
        return "signal"

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


def _line(
    name: str, given: npt.ArrayLike | Mapping[str, npt.ArrayLike], n: int
) -> dict[str, npt.NDArray[Any]]:
    """Mean, band and counts of one line; a band that was not given is missing."""
    parts = given if isinstance(given, Mapping) else {"mean": given}
    if "mean" not in parts or set(parts) - set(_CURVES):
        raise InputError(f'"{name}" takes mean, low and high, not {", ".join(map(str, parts))}')
    curves = {key: numbers(part, 1, f'"{name}"', np.float64) for key, part in parts.items()}
    mean = curves["mean"]
    if any(curve.shape != mean.shape for curve in curves.values()):
        raise InputError(f'"{name}" needs as many bins in its band as in its mean')
    missing = np.full(mean.shape, np.nan)
    return {key: curves.get(key, missing) for key in _CURVES} | {
        "count": np.where(np.isnan(mean), 0, n).astype(np.int32)
    }
