"""Average signal of one or more tracks along the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.against import Against
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import numbers
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.line_keys import HIDDEN, line_of, numbered, still_there
from hicognition_widgets.views.payload import merge_reasons
from hicognition_widgets.views.traits import LineKeys

_CURVES = ("mean", "low", "high")
_FACTS = ("n_used", "n_left_out", "reasons", "numbers")


_WHOLE: tuple[tuple[list[str], None]] = (([], None),)


@dataclass(frozen=True)
class _Line:
    """One line of the plot and the question it answers."""

    id: str
    name: str
    short: str
    dataset: DatasetRecord
    regions: DatasetRecord
    #: Of the view's own region set, not of the one beside it.
    own: bool
    side: str
    subset: tuple[int, ...] | None


class LineProfile(Against):
    """Mean of each track over the regions with its band.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    normalized : bool
        Bring each line to 0…1 for comparing shapes.
    band : {"ci95", "quartiles", "none"}
        Drawn around the mean: its 95 % bootstrap band, or the first and third quartile of
        the regions at each position.
    side : {"left", "right", "both"}
        Anchor of pairs; both are lines in one plot.
    versus : dataset, name or id
        A second region set whose lines stand in the same plot.
    hidden : list of datasets, names or ids
        Lines that are not drawn: a dataset, and where it has several lines which of them,
        as in ``"CTCF:right"``, ``"CTCF:versus:left"`` (of the second region set) or
        ``"CTCF:rest"`` (of the regions that are not selected). :attr:`data` has all lines.
    """

    analysis = "profile"
    feature_kind = "signal_track"
    asks_for: ClassVar[tuple[str, ...]] = (*Against.asks_for, "band")
    kept: ClassVar[tuple[str, ...]] = (*Against.kept, "normalized", "band", "hidden")

    adopted: ClassVar[tuple[str, ...]] = ("normalized",)

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("profile").tag(sync=True)
    normalized = traitlets.Bool(False).tag(sync=True)
    band = traitlets.Enum(("ci95", "quartiles", "none"), default_value="ci95").tag(sync=True)
    side = traitlets.Enum(("", "left", "right", "both"), default_value="").tag(sync=True)
    hidden = LineKeys().tag(sync=True, schema=HIDDEN)

    @traitlets.validate("hidden")
    def _as_lines(self, proposal: Mapping[str, Any]) -> list[str]:
        """Names become numbers; a line that is not there now may come back."""
        return numbered(self._host, proposal["value"])

    def _follow_settings(self, change: Mapping[str, Any]) -> None:
        """A track or a second region set that is chosen anew is seen."""
        name = change["name"]
        chosen = name in ("features", "versus") and name not in self.lost_by
        if chosen and self.hidden:
            self.hidden = still_there(self.hidden, self.features, new=name == "versus")
        super()._follow_settings(change)

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

    def _plan(self) -> list[_Line]:
        """Lines of the plot: each track at each set, anchor and part of a selection."""
        mine, other = self.regions, self.other  # once: another thread may bring a newer record
        if mine is None:
            return []
        sides = ("left", "right") if self.side == "both" else (self.side,)
        sets = [(mine, True)] if other is None else [(mine, True), (other, False)]
        parts = self._parts(mine)
        lines = []
        for dataset in self.datasets:
            for regions, own in sets:
                names = [dataset.name] if len(sets) == 1 else [dataset.name, regions.name]
                for side in sides:
                    place = [side] if len(sides) > 1 else []
                    more = [*names[1:], *place]
                    lines += [
                        _Line(
                            id=line_of(
                                dataset.id, other=not own, place=place, rest=part == ["rest"]
                            ),
                            name=" · ".join([*names, *place, *part]),
                            short=" · ".join([*more, *part]) if more else "",
                            dataset=dataset,
                            regions=regions,
                            own=own,
                            side=side,
                            subset=subset,
                        )
                        for part, subset in (parts if own else _WHOLE)
                    ]
        return lines

    def _parts(
        self, regions: DatasetRecord
    ) -> Sequence[tuple[list[str], tuple[int, ...] | None]]:
        """The selected regions and the rest of them, or all."""
        chosen = self._subset()
        if chosen is None:
            return _WHOLE
        rest = np.ones(regions.n_regions or 0, dtype=bool)
        rest[list(chosen)] = False
        others = tuple(np.flatnonzero(rest).tolist())
        return [(["selected"], chosen), *([(["rest"], others)] if others else [])]

    def _requests(self, host: Host, _regions: DatasetRecord) -> list[Request]:
        """One request per line."""
        common = self._parameters()
        if self.band == "quartiles":
            common["options"] = (("band", "quartiles"),)
        requests = []
        for line in self._plan():
            parameters = common | {"side": line.side or None}
            if line.subset is not None:
                parameters["subset"] = line.subset
            requests.append(
                host.request(self.analysis, line.regions, [line.dataset], **parameters)
            )
        return requests

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        plan = self._plan()
        alone = len(self.features) == 1
        if len(plan) != len(results):  # and the next question is on its way
            raise InputError("the selection changed while its profile was being drawn")
        tracks = [
            _called(line, alone) | {name: result.meta[name] for name in _FACTS}
            for line, result in zip(plan, results, strict=True)
        ]
        own = _together(
            [
                ((line.dataset.id, line.side), track)
                for line, track in zip(plan, tracks, strict=True)
                if line.own
            ]
        )
        meta = {
            "axis": self.axis(len(results[0].arrays["mean"])),
            "tracks": tracks,
            "n_used": max(track["n_used"] for track in own),
            "n_left_out": min(track["n_left_out"] for track in own),
            "reasons": merge_reasons(own),
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
        for line, result in zip(self._plan(), self._results, strict=True):
            columns = {name: np.asarray(result.arrays[name]) for name in (*_CURVES, "count")}
            frame = pd.DataFrame(columns)
            frame.insert(0, "bin", np.arange(len(frame)))
            frame.insert(0, "track", line.name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)


def _together(
    tracks: Sequence[tuple[tuple[int, str], Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """Counts by track and anchor: those of selected regions and of the rest add up."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for key, track in tracks:
        one = found.setdefault(key, {"n_used": 0, "n_left_out": 0, "reasons": {}})
        one["n_used"] += track["n_used"]
        one["n_left_out"] += track["n_left_out"]
        for reason, n in track["reasons"].items():
            one["reasons"][reason] = one["reasons"].get(reason, 0) + n
    return list(found.values())


def _called(line: _Line, alone: bool) -> dict[str, str]:
    """What a line is called; of one track alone it is enough to say what else it is of."""
    short = {"short": line.short} if alone and line.short else {}
    return {"id": line.id, "name": line.name} | short


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
