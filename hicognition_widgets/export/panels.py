"""Panels: what a figure shows, as plain data, and what follows from it before any ink."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.export import display

Kind = Literal["pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"]
Floats = npt.NDArray[np.float64]
KINDS: tuple[Kind, ...] = (
    "pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment",
)  # fmt: skip
_TAKEN = (
    "normalization", "scale", "symmetric", "vmin", "vmax", "cmap",
    "clip", "normalized", "band", "contrast", "contour", "message", "hidden",
)  # fmt: skip
_OWN = (
    "chart", "position", "overall", "search", "max_q", "rank_by", "rank_ascending",
    "drawn", "extent",
)  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Panel:
    """One view as it is on screen.

    Attributes
    ----------
    kind : {"pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"}
        What is drawn.
    title : str
        Usually the feature's name.
    meta : mapping
        ``n_used``, ``n_left_out``, ``axis`` (see `axis_ticks`), for profiles ``tracks``,
        for stackups ``n_rows``, ``blocks`` (name, n, lines, role, colour) and, where not
        all rows are drawn, ``window``.
    arrays : mapping of arrays
        pileup: ``mean`` (s, s), or of two ``ratio``, ``difference`` and ``p_corrected``;
        profile: ``mean``, ``low``, ``high`` (tracks, bins);
        stackup: ``image`` (lines, bins) in the order shown, ``profile`` (blocks, bins),
        ``overview`` (lines, bins) of all rows where the image is of some;
        embeddings: ``points`` (n, 2) and ``overlay`` (n,) if one is chosen; enrichment:
        ``odds_ratio``, ``log10_p``, ``log10_q``, ``overlap`` (targets, bins), and the sums
        of its 2x2 tables. Empty if
        there is no result; `message` then says why.
    normalization, scale, symmetric, vmin, vmax, cmap
        As the view's traits; limits in displayed units, None and ``""`` are automatic.
    clip : float
        Percent of the values beyond each automatic limit of colours.
    normalized, band, hidden
        As the traits of a line profile.
    contrast, contour
        As the traits of a pileup.
    settings : mapping
        Further traits that single kinds have: which position of an enrichment, how listed;
        which part of an embedding.
    """

    kind: Kind
    title: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    normalization: str | None = None
    scale: str = "linear"
    symmetric: bool = False
    vmin: float | None = None
    vmax: float | None = None
    cmap: str = ""
    clip: float = 1.0
    normalized: bool = False
    band: str = "ci95"
    hidden: Sequence[str] = ()
    contrast: str = "ratio"
    contour: bool = True
    message: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                f'figures of "{self.kind}" cannot be drawn; remove this view or save its data'
            )

    @property
    def compares(self) -> bool:
        """Whether two averages are shown in relation."""
        return "p_corrected" in self.arrays

    @property
    def variant(self) -> str | None:
        """What decides about colours and units: the normalization or the contrast."""
        return self.contrast if self.compares else self.normalization

    @property
    def drawn_scale(self) -> str:
        """Differences have no logarithm."""
        return "linear" if self.variant == "difference" else self.scale

    @property
    def heat(self) -> npt.NDArray[np.float64]:
        """Values of a pileup or stackup in displayed units."""
        name = "image" if self.kind == "stackup" else "mean"
        name = self.contrast if self.compares else name
        return display.to_cells(self.arrays[name], self.drawn_scale)

    @property
    def significant(self) -> npt.NDArray[np.bool_] | None:
        """Pixels to outline; None if nothing is compared or no outline wanted."""
        if not (self.compares and self.contour):
            return None
        outlined: npt.NDArray[np.bool_] = (
            self.arrays["p_corrected"] < display.rules()["significant"]
        )
        return outlined

    @classmethod
    def from_wire(cls, traits: Mapping[str, Any], result: Mapping[str, Any] | None) -> Panel:
        """Panel of a view's synced traits and its ``result`` (buffers or base64 text)."""
        names = [
            str(option.get("name", "")) for feature in traits.get("features") or ()
            for option in traits.get("feature_options") or ()
            if str(option.get("id")) == str(feature)
        ]  # fmt: skip
        given = {name: traits[name] for name in _TAKEN if traits.get(name) is not None}
        found = result or {}
        return cls(
            kind=traits["kind"],
            title=traits.get("title") or ", ".join(names),
            meta=dict(found.get("meta", {})),
            arrays={name: _decode(wire) for name, wire in found.get("arrays", {}).items()},
            settings={name: traits[name] for name in _OWN if traits.get(name) is not None},
            **given,
        )


@dataclass(frozen=True)
class AxisTick:
    """A tick: `at` 0 is the outer edge of the first bin, 1 that of the last."""

    at: float
    text: str
    mark: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Line:
    """One line of a profile in displayed units, float64 (bins,)."""

    name: str
    mean: Floats
    low: Floats | None
    high: Floats | None
    colour: str
    dash: tuple[float, ...]


def scale_bar(axis: Mapping[str, Any]) -> tuple[float, str] | None:
    """Part of a map's edge and the length that it stands for; None for intervals.

    The length is 1, 2 or 5 times a power of ten and at most a quarter of the edge.
    """
    if axis["mode"] == "interval":
        return None
    whole = axis["binsize"] * axis["size"]
    power = 10 ** math.floor(math.log10(whole / 4))
    length = max(n * power for n in (1, 2, 5) if n * power <= whole / 4)
    return length / whole, display.format_bp(length)


def axis_ticks(
    axis: Mapping[str, Any], *, centred: bool, detailed: bool = False
) -> list[AxisTick]:
    """Where along the bins the ends and the point (or start and end) lie.

    Parameters
    ----------
    axis : mapping
        ``{mode: "point", flank: [up, down], binsize, size}`` in bp, or ``{mode:
        "interval", bin_percent, expansion, size}`` in percent of the region.
    centred : bool
        True for maps, whose middle bin holds the point; bins of signals meet at it.
    detailed : bool
        Also half way.
    """
    if axis["mode"] == "interval":
        whole = axis["bin_percent"] * axis["size"]
        outside = 100 * axis["expansion"]
        ends = [
            AxisTick(outside / whole, "Start", mark=True),
            AxisTick((100 + outside) / whole, "End", mark=True),
        ]
        middle = AxisTick((50 + outside) / whole, display.format_percent(50))
        return [ends[0], middle, ends[1]] if detailed else ends
    size, binsize = axis["size"], axis["binsize"]
    up, down = axis["flank"]
    if centred:
        up = down = size // 2 * binsize
    places = [-up, -up / 2, 0, down / 2, down] if detailed else [-up, 0, down]
    zero = size / 2 if centred else up / binsize
    return [
        AxisTick((place / binsize + zero) / size, display.format_offset(place), mark=place == 0)
        for place in dict.fromkeys(places)
    ]


def lines_of(panel: Panel) -> list[Line]:
    """Lines of a profile with colours, dashes and, if wanted, each brought to 0…1.

    Hidden ones are left out; the others keep their colours.
    """
    rules = display.rules()
    categories, dashes = rules["categories"], rules["dashes"]
    means = np.atleast_2d(np.asarray(panel.arrays["mean"]))
    tracks: Sequence[Mapping[str, Any]] = panel.meta.get("tracks") or [{"name": panel.title}]
    lines = []
    for i, (track, values) in enumerate(zip(tracks, means, strict=True)):
        if track.get("id") in panel.hidden:
            continue
        mean = display.to_display(values, panel.scale)
        band: list[Floats | None] = [None, None]
        if panel.band != "none" and {"low", "high"} <= panel.arrays.keys():
            edges = (np.atleast_2d(panel.arrays[edge])[i] for edge in ("low", "high"))
            band = [_normalised(display.to_display(edge, panel.scale), mean, panel.normalized)
                    for edge in edges]  # fmt: skip
        dash = dashes[i // len(categories) % len(dashes)]
        lines.append(
            Line(
                name=str(track.get("name", "")),
                mean=_normalised(mean, mean, panel.normalized),
                low=band[0],
                high=band[1],
                colour=categories[i % len(categories)],
                dash=tuple(float(length) for length in dash.split()),
            )
        )
    return lines


def y_limits(
    lines: Sequence[Line], vmin: float | None, vmax: float | None
) -> tuple[float, float]:
    """Limits of y as the screen has them; see :func:`display.value_limits`."""
    parts = [part for line in lines for part in (line.mean, line.low, line.high)]
    values = np.concatenate([np.empty(0), *(part for part in parts if part is not None)])
    return display.value_limits(values, vmin, vmax)


def caption(panels: Sequence[Panel], letters: Sequence[str], title: str, noun: str) -> str:
    """What the figure is of: name, numbers of regions, window, uncertainty."""
    shown = [
        (panel, letter) for panel, letter in zip(panels, letters, strict=True) if panel.meta
    ]
    parts = [f"{title}: {_numbers(shown, noun)}" if title else _numbers(shown, noun)]
    spans = list(dict.fromkeys(_span(panel.meta["axis"]) for panel, _ in shown))
    parts += spans if len(spans) <= 2 else []
    with_band = [p for p, _ in shown if p.kind == "profile" and p.band != "none"]
    if any(panel.band == "ci95" for panel in with_band):
        parts.append(f"mean with {display.format_percent(95)} confidence band")
    if any(panel.band == "quartiles" for panel in with_band):
        parts.append("mean with first and third quartile of the regions")
    parts += list(dict.fromkeys(text for panel, _ in shown if (text := outline_text(panel))))
    return " · ".join(part for part in parts if part)


def outline_text(panel: Panel) -> str:
    """What the outlines of a comparison mean; empty where there are none."""
    outlined = panel.significant
    if outlined is None:
        return ""
    told = panel.meta.get("comparison")
    if told is None:
        return "nothing outlined: averages alone give no p"
    shuffled = "sign flips" if told["paired"] else "label shuffles"
    how = f"max-T over all pixels, {display.format_count(told['permutations'])} {shuffled}"
    level = f"p < {display.format_number(display.rules()['significant'])}"
    return f"outlined: {level} ({how})" if outlined.any() else f"no pixel with {level} ({how})"


def _numbers(shown: Sequence[tuple[Panel, str]], noun: str) -> str:
    groups: dict[tuple[int, int], list[str]] = {}
    for panel, letter in shown:
        used, left_out = int(panel.meta["n_used"]), int(panel.meta["n_left_out"])
        groups.setdefault((used, used + left_out), []).append(letter)
    texts = []
    for (used, total), letters in groups.items():
        text = display.format_count(used)
        if used != total:
            text += f" of {display.format_count(total)}"
        texts.append(text if len(groups) == 1 else f"{text} ({', '.join(letters)})")
    return f"n = {', '.join(texts)} {noun}" if texts else ""


def _span(axis: Mapping[str, Any]) -> str:
    if axis["mode"] == "interval":
        outside = display.format_percent(100 * axis["expansion"])
        bins = display.format_percent(axis["bin_percent"])
        return f"start to end and {outside} on each side in bins of {bins}"
    up, down = axis["flank"]
    span = display.format_flank(up)
    if up != down:
        span = f"{display.format_offset(-up)} to {display.format_offset(down)}"
    return f"{span} in bins of {display.format_bp(axis['binsize'])}"


def _normalised(values: Floats, by: Floats, wanted: bool) -> Floats:
    if not wanted or not np.isfinite(by).any():
        return values
    lo = float(np.nanmin(by))
    return (values - lo) / (float(np.nanmax(by)) - lo or 1.0)


def _decode(wire: Mapping[str, Any]) -> npt.NDArray[Any]:
    data = wire["data"]
    content = base64.b64decode(data) if isinstance(data, str) else bytes(data)
    dtype = np.dtype(wire["dtype"]).newbyteorder("<")
    return np.frombuffer(content, dtype=dtype).reshape(wire["shape"])
