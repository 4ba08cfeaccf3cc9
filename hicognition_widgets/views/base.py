"""What all views share: settings in, request out, answer in, picture out.

A view's settings are traits that the browser and Python both write. When they change, the
view asks for the matching result and, once it is there, shows it. Every change of settings
starts a new *generation*; an answer that belongs to an older one is dropped, so that the
picture never shows anything but the current settings.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError, NotFound
from hicognition_widgets.jobs import Ask, Progress, Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import choices, delivery
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.freshness import changed_inputs, take_changes, watch
from hicognition_widgets.views.host import DatasetKind, Host
from hicognition_widgets.views.payload import result_key, result_payload
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.spec import missing_sentence
from hicognition_widgets.views.tables import safe_stem, table_files
from hicognition_widgets.views.traits import (
    FeatureIds,
    Finite,
    PositiveInt,
    feature_json,
    regions_json,
)

_log = logging.getLogger(__name__)
_PROGRESS_SECONDS = 0.2

_WORDS: dict[DatasetKind, str] = {
    "contact_map": "contact map",
    "signal_track": "signal track",
    "regions": "region set",
}

Picked = Callable[[npt.NDArray[np.int64] | None, "View"], None]
"""Takes the row numbers that a person picked in a view, or None; and the view."""

Analysis = Literal["pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"]


class View(delivery.MessageBatch, BundledWidget):
    """Base of the views; use one of its children.

    Parameters
    ----------
    ws : Workspace
        Where datasets and answers come from.
    regions : dataset, name or id
        The region set.
    features : dataset, name or id, or a list of them
        What to look at; may be chosen later.
    lost : mapping of str to str, optional
        Features that were chosen but are gone: number to name.
    **settings
        Any other trait of the view: ``flank``, ``binsize``, ``vmin``, ``cmap``, …

    Raises
    ------
    NotFound
        If a name fits no dataset.
    TypeError
        If a setting does not exist.
    """

    analysis: ClassVar[Analysis]
    feature_kind: ClassVar[DatasetKind]
    #: Whether the answer is about the selected regions alone.
    averages: ClassVar[bool] = False
    #: Traits whose change needs another result.
    asks_for: ClassVar[tuple[str, ...]] = (
        "features",
        "flank",
        "binsize",
        "bin_percent",
        "side",
    )
    #: Traits that make up the view's settings, in the order of :attr:`settings`.
    kept: ClassVar[tuple[str, ...]] = (
        "features",
        "title",
        "flank",
        "binsize",
        "bin_percent",
        "side",
        "vmin",
        "vmax",
        "cmap",
        "scale",
        "symmetric",
        "width",
        "height",
    )

    kind = traitlets.Unicode().tag(sync=True)
    view_id = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    mode = traitlets.Enum(("point", "interval"), default_value="point").tag(sync=True)
    pairs = traitlets.Bool(False).tag(sync=True)
    regions = traitlets.Instance(DatasetRecord, allow_none=True).tag(
        sync=True, to_json=regions_json
    )
    features = FeatureIds().tag(sync=True)
    feature_options = traitlets.List[Any]().tag(sync=True)
    flank = PositiveInt().tag(sync=True)
    flank_options = traitlets.List[Any]().tag(sync=True)
    binsize = PositiveInt().tag(sync=True)
    bin_percent = Finite().tag(sync=True)
    bin_options = traitlets.List[Any]().tag(sync=True)
    side = traitlets.Enum(("", "left", "right"), default_value="").tag(sync=True)
    vmin = Finite().tag(sync=True)
    vmax = Finite().tag(sync=True)
    cmap = traitlets.Enum(
        ("", "fall", "coolwarm", "viridis", "magma", "Reds", "Greys"), default_value=""
    ).tag(sync=True)
    scale = traitlets.Enum(("linear", "log2"), default_value="linear").tag(sync=True)
    symmetric = traitlets.Bool(False).tag(sync=True)
    width = traitlets.Int(0, min=0).tag(sync=True)
    height = traitlets.Int(0, min=0).tag(sync=True)
    status = traitlets.Enum(
        ("empty", "computing", "ready", "failed"), default_value="empty"
    ).tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    detail = traitlets.Unicode().tag(sync=True)
    progress = Finite().tag(sync=True)
    elapsed = traitlets.Float(0.0).tag(sync=True)
    result = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def __init__(
        self,
        ws: Host | None = None,
        regions: DatasetRecord | str | int | None = None,
        features: Any = (),
        *,
        lost: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        self._host = ws
        #: Names of chosen features that are gone, by their number.
        self.lost: dict[str, str] = dict(lost or {})
        self._lock = threading.RLock()
        self._generation = 0
        self._asked: tuple[str, ...] = ()
        self._asks: list[Ask] = []
        self._early: list[Ask] = []
        self._selected: npt.NDArray[np.int64] | None = None
        self._picked: Picked | None = None
        self._results: list[StoredResult] = []
        #: Region set and features as they were when the picture was asked for.
        self.inputs: tuple[DatasetRecord, ...] = ()
        self._error: Exception | None = None
        self._delivering: int | None = None
        self._settled = threading.Event()
        self._settled.set()
        self._started = self._last_progress = 0.0
        super().__init__()
        # hold_trait_notifications would cross-validate before the bin size follows the flank
        unknown = sorted(set(settings) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no setting {unknown[0]!r}")
        if ws is not None:
            self.set_regions(ws.dataset(regions) if regions is not None else None)
            self.features = self._resolve(features)
        for name in sorted(settings, key=self._setting_order):
            setattr(self, name, settings[name])
        self.observe(self._follow_settings, names=list(self.asks_for))
        self.on_msg(self._on_message)
        self._update_choices()
        self.refresh()

    def _setting_order(self, name: str) -> int:
        """What decides about units comes first: limits belong to a unit."""
        first = ("flank", *self.asks_for, "scale")
        return first.index(name) if name in first else len(first)

    # -- what is asked -----------------------------------------------------------------

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set; settings that stay valid are kept."""
        with self.one_message():
            self.regions = regions
            if regions is None:
                return
            self.mode = regions.region_kind or "point"
            self.pairs = regions.dims == 2
            if not self._takes_sides:
                self.side = ""
            elif self.side == "":
                self.side = "left"
            if self._host is not None:
                options = self._host.datasets_on(regions.assembly, self.feature_kind)
                self.feature_options = [feature_json(option) for option in options]
            self._update_choices()

    @property
    def _takes_sides(self) -> bool:
        """1D views of pairs look at one anchor at a time."""
        return self.pairs and self.feature_kind != "contact_map"

    def _resolve(self, features: Any) -> list[str]:
        if self._host is None:
            return []
        if isinstance(features, DatasetRecord | str | int):
            features = [features]
        return [str(self._host.dataset(feature).id) for feature in features]

    @property
    def datasets(self) -> list[DatasetRecord]:
        """The chosen features as datasets of the catalog."""
        if self._host is None:
            return []
        return [self._host.dataset(int(number)) for number in self.features]

    def _resolutions(self) -> tuple[int, ...] | None:
        """Bin sizes the chosen contact maps share; None for views of tracks."""
        if self.feature_kind != "contact_map":
            return None
        sets = [set(dataset.resolutions) for dataset in self.datasets]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    def _update_choices(self) -> None:
        """Bin sizes follow flank and feature; a choice that stays valid is kept."""
        if self._host is None or self.regions is None:
            return
        if isinstance(self._host, ArrayHost):
            with self.one_message():
                self.flank_options = self._host.flank_options
                self.bin_options = self._host.bin_options
            return
        with self.one_message():
            if self.mode == "interval":
                self.flank, self.binsize = None, None
                self.flank_options, self.bin_options = [], list(choices.BIN_PERCENTS)
                if self.bin_percent is None:
                    self.bin_percent = choices.DEFAULT_BIN_PERCENT
                return
            self.bin_percent = None
            resolutions = self._resolutions()
            self.flank_options = choices.flank_stops(resolutions or None)
            if self.flank is None:
                return
            if resolutions is None or resolutions:
                self.bin_options = self.bin_stops(self.flank)
                self.binsize = self.bin_for(self.flank)

    def bin_stops(self, flank: int) -> list[int]:
        """Usual bin sizes in bp at a flank."""
        resolutions = self._resolutions()
        if resolutions is None:
            return choices.track_bins(flank)
        return choices.map_bins(flank, resolutions)

    def bin_for(self, flank: int) -> int | None:
        """Bin size in bp that the view takes at a flank; None if none divides it."""
        choose = (
            choices.choose_map_bin
            if self.feature_kind == "contact_map"
            else choices.choose_track_bin
        )
        return choose(self.binsize, flank, self.bin_stops(flank))

    def _follow_settings(self, change: Mapping[str, Any]) -> None:
        if change["name"] == "features":
            self.lost = {}
        if change["name"] in ("flank", "features"):
            self._update_choices()
        # whoever changes several settings at once asks when all are set and sent
        if not self.batching:
            self.refresh()

    def _parameters(self) -> dict[str, Any]:
        """Parameters of the request beyond region set and feature."""
        parameters: dict[str, Any] = {"side": self.side or None}
        if self.averages and self._selected is not None:
            parameters["subset"] = self._subset()
        if self.mode == "interval":
            parameters["bin_percent"] = self.bin_percent
        else:
            parameters |= {"flank": self.flank, "binsize": self.binsize}
        return parameters

    def _missing(self) -> str:
        """What still has to be chosen, as a sentence; empty if nothing."""
        what = _WORDS[self.feature_kind]
        if self.regions is None:
            return "Choose a region set."
        if not self.features:
            return missing_sentence(self.lost.values()) or f"Choose a {what}."
        if self.mode == "point" and self.flank is None:
            return "Choose a flank."
        if self.mode == "point" and self.binsize is None:
            return (
                f"No bin size of this {what} divides ±{self.flank:,} bp; choose another flank."
            )
        return ""

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """One request per feature."""
        parameters = self._parameters()
        return [
            host.request(self.analysis, regions, [dataset], **parameters)
            for dataset in self.datasets
        ]

    def _previews(self, _host: Host, _regions: DatasetRecord, /) -> list[Request]:
        """Requests whose quicker answer is shown until the real one is there."""
        return []

    def requests(self) -> list[Request]:
        """What the settings ask for, one request per result; empty while something lacks."""
        if self._host is None or self.regions is None or self._missing():
            return []
        return self._requests(self._host, self.regions)

    @property
    def host(self) -> Host | None:
        """Where datasets and answers come from."""
        return self._host

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions, when and by whom, as plain data; waits for the view."""
        from hicognition_widgets.views.provenance import provenance

        return provenance(self)

    def axis(self, size: int) -> dict[str, Any]:
        """What `size` bins along the picture's edge mean, for ticks and read-outs."""
        if self.mode == "interval":
            return {
                "mode": "interval",
                "bin_percent": self.bin_percent,
                "expansion": choices.EXPANSION,
                "size": size,
            }
        flank = [self.flank, self.flank]
        return {"mode": "point", "flank": flank, "binsize": self.binsize, "size": size}

    def body(self, bins: int) -> tuple[int, int]:
        """First bin of the region itself among so many, and the one after its last."""
        if self.mode != "interval" or not self.bin_percent:
            return 0, bins
        first = round(100 * choices.EXPANSION / self.bin_percent)
        return first, first + round(100 / self.bin_percent)

    # -- some of the regions -----------------------------------------------------------

    @property
    def selected(self) -> npt.NDArray[np.int64] | None:
        """Row numbers of the selected regions, sorted; None if nothing is selected."""
        return self._selected

    def select(self, rows: npt.NDArray[np.int64] | None) -> None:
        """Show these regions, or all again; a comparison does that for all its views."""
        if rows is not None and len(rows) == 0:
            rows = None
        self._selected = rows
        self._follow_selection()

    def _follow_selection(self) -> None:
        """The picture is an average of the selected regions: ask for another one."""
        self.refresh()

    def _subset(self) -> tuple[int, ...] | None:
        return None if self._selected is None else tuple(self._selected.tolist())

    def on_pick(self, picked: Picked | None) -> None:
        """Call `picked` when a person picks regions; without, the view selects them itself."""
        self._picked = picked

    def _pick(self, args: Mapping[str, Any]) -> None:
        rows = args.get("rows")
        found: npt.NDArray[np.int64] | None = None
        if rows is not None:
            total = 0 if self.regions is None else self.regions.n_regions or 0
            if not isinstance(rows, list) or not all(
                isinstance(row, int) and 0 <= row < total for row in rows
            ):
                raise InputError("a selection is a list of row numbers of the region set")
            found = np.unique(np.asarray(rows, dtype=np.int64))
        if self._picked is None:
            self.select(found)
        else:
            self._picked(found, self)

    # -- asking and showing ------------------------------------------------------------

    def refresh(self, *, again: bool = False) -> None:
        """Ask for what the settings say; `again` asks even if that was asked before."""
        host, regions = self._host, self.regions
        if host is None:
            return
        missing = self._missing()
        if regions is None or missing:
            self._show_empty(missing)
            return
        try:
            requests = self._requests(host, regions)
            previews = self._previews(host, regions)
        except HiCognitionError as error:
            with self._lock:
                generation = self._next_generation(())
            self._show_failure(generation, error)
            return
        keys = tuple(request.key for request in requests)
        with self._lock:
            if keys == self._asked and not again:
                return
            generation = self._next_generation(keys)
            self._asks = asks = [host.ask(request) for request in requests]
            finished = all(ask.done() for ask in asks)
            # asked in the same breath, so that both share what they read
            self._early = [] if finished else [host.ask(request) for request in previews]
            early = list(self._early)
        if not finished:
            with self.one_message():
                self.message = self.detail = ""
                self.progress = None
                self.status = "computing"
            for ask in asks:
                ask.on_progress(lambda progress: self._on_progress(generation, progress))
        waiting = _Countdown(len(asks))
        for ask in asks:
            ask.add_done_callback(lambda _: self._one_done(generation, waiting))
        if early:
            shown = _Countdown(len(early))
            for ask in early:
                ask.add_done_callback(lambda _: self._one_early(generation, shown))

    def _next_generation(self, keys: tuple[str, ...]) -> int:
        self._generation += 1
        self._asked = keys
        self._started = time.monotonic()
        self._settled.clear()
        for ask in [*self._asks, *self._early]:
            if not ask.done() and ask.key not in keys:
                ask.cancel()
        self._asks, self._early = [], []
        return self._generation

    def _one_done(self, generation: int, waiting: _Countdown) -> None:
        if waiting.last():
            if threading.current_thread() is threading.main_thread():
                self._deliver(generation)
            else:
                delivery.post(self._deliver, generation)

    def _one_early(self, generation: int, waiting: _Countdown) -> None:
        if waiting.last():
            delivery.post(self._deliver_early, generation)

    def _deliver_early(self, generation: int) -> None:
        """Show the quicker answer, unless the real one is there or another is asked."""
        with self._lock:
            early = list(self._early)
            if generation != self._generation or self.status != "computing" or not early:
                return
        try:
            results = [ask.result(timeout=0) for ask in early]
            meta, arrays = self._present(results)
            payload = result_payload(
                ";".join(ask.key for ask in early), meta | {"preview": True}, arrays
            )
        except (HiCognitionError, OSError):
            _log.info("no early answer for a %s view", self.kind, exc_info=True)
            return
        with self._lock:
            if generation == self._generation and self.status == "computing":
                self.result = payload

    def _on_progress(self, generation: int, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last_progress >= _PROGRESS_SECONDS:
            self._last_progress = now
            delivery.post(self._show_progress, generation, progress)

    def _show_progress(self, generation: int, progress: Progress) -> None:
        if generation == self._generation and self.status == "computing":
            with self.one_message():
                self.progress = progress.fraction
                self.elapsed = time.monotonic() - self._started

    def _deliver(self, generation: int) -> None:
        with self._lock:
            asks = list(self._asks)
            if generation != self._generation:
                return
        try:
            results = [ask.result(timeout=0) for ask in asks]
            payload = self.payload(results)
            regions = () if self.regions is None else (self.regions,)
            self.inputs = (*regions, *self.datasets)
        except (HiCognitionError, OSError) as error:
            self._show_failure(generation, error)
            return
        self._show(
            generation,
            results,
            result=payload,
            stale=False,
            message="",
            detail="",
            progress=None,
            elapsed=time.monotonic() - self._started,
            status="ready",
        )
        watch().add(self)

    def payload(self, results: Sequence[StoredResult]) -> dict[str, Any]:
        """What the browser gets for these results, drawn as the settings say."""
        meta, arrays = self._present(results)
        meta["answers"] = result_key(
            {name: getattr(self, name) for name in ("kind", *self.kept)}
        )
        return result_payload(";".join(result.key for result in results), meta, arrays)

    def _show_failure(self, generation: int, error: Exception) -> None:
        remote = getattr(error, "remote_traceback", "")
        self._show(
            generation,
            [],
            error=error,
            message=str(error),
            detail=remote or "".join(traceback.format_exception(error)),
            progress=None,
            status="failed",
        )

    def _show_empty(self, sentence: str) -> None:
        with self._lock:
            generation = self._next_generation(())
        self._show(
            generation,
            [],
            result=None,
            message=sentence,
            detail="",
            progress=None,
            status="empty",
        )

    def _show(
        self,
        generation: int,
        results: list[StoredResult],
        *,
        error: Exception | None = None,
        **traits: Any,
    ) -> None:
        """Set what the view shows, unless its settings have moved on meanwhile.

        The lock is held throughout, so that an older answer cannot overwrite a newer one
        between the check and the last trait.
        """
        with self._lock:
            if generation != self._generation:
                return
            self._results, self._error = results, error
            self._delivering = threading.get_ident()
            try:
                with self.one_message():
                    for name, value in traits.items():
                        setattr(self, name, value)
            finally:
                self._delivering = None
                self._settled.set()

    def check_files(self) -> bool:
        """Mark the view as stale if one of its input files changed; returns whether it is."""
        with self._lock:
            generation = self._generation
        changed = bool(changed_inputs(self))
        with self._lock:
            # what was looked at has to be what is shown
            if generation == self._generation and self.status == "ready":
                delivery.post(setattr, self, "stale", changed)
        return changed

    def recompute(self) -> None:
        """Read changed input files again and ask for new results."""
        take_changes(self)
        self.refresh(again=True)

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Meta and arrays the browser gets for these results."""
        raise NotImplementedError

    # -- from Python -------------------------------------------------------------------

    @property
    def file_stem(self) -> str:
        """Name for files made from this view."""
        names = [dataset.name for dataset in self.datasets]
        regions = self.regions.name if self.regions is not None else ""
        return safe_stem(self.kind, regions, *names)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the view shows what its settings say.

        Raises
        ------
        TimeoutError
            If that takes longer than `timeout` seconds.
        HiCognitionError
            If the computation failed; the sentence says why.
        """
        inside = self._delivering == threading.get_ident() or delivery.on_delivery_thread()
        if not inside and not self._settled.wait(timeout):
            raise TimeoutError(f"the {self.kind} view was not ready after {timeout} s")
        if self._error is not None:
            raise self._error

    @property
    def results(self) -> list[StoredResult]:
        """The stored results behind the picture, one per feature; waits for them."""
        self.wait()
        return list(self._results)

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array behind the picture, before colours and log; waits for it."""
        self.wait()
        if not self._results:
            raise NotFound(f"the {self.kind} view shows nothing yet: {self.message}")
        return self._data()

    def _data(self) -> npt.NDArray[Any]:
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """The numbers behind the picture as a table; waits for them."""
        raise NotImplementedError

    @property
    def settings(self) -> dict[str, Any]:
        """The view as plain data: everything needed to show it again."""
        return {"kind": self.kind} | {
            name: value
            for name in self.kept
            if (value := getattr(self, name)) != self.traits()[name].default()
        }

    def save(self, path: str | Path, *, preset: str = "single") -> Path:
        """Write the view as a figure; the ending chooses PNG, SVG or PDF."""
        from hicognition_widgets.views.picture import write_view

        return write_view(self, Path(path), preset=preset)

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, once all of it is ready; see :class:`BundledWidget`."""
        from hicognition_widgets.views.picture import saved_picture

        return saved_picture(self)

    def save_data(self, path: str | Path) -> list[Path]:
        """Write the numbers behind the picture, with where they come from beside them.

        Parameters
        ----------
        path : str or Path
            Ends in ``.csv`` (:meth:`to_frame`) or ``.npy`` (:attr:`data`). The origin goes
            to the same name with ``.json`` added.

        Returns
        -------
        list of Path
            The data file and its JSON.
        """
        from hicognition_widgets.views.tables import save_numbers

        return save_numbers(self, Path(path))

    def to_code(self) -> str:
        """A short cell that shows this view by itself."""
        from hicognition_widgets.views.code import standalone_code

        return standalone_code(self)

    def twin(self, **settings: Any) -> Self:
        """Another view with these settings changed, not part of any comparison."""
        kept = {name: value for name, value in self.settings.items() if name != "kind"}
        features = [int(number) for number in kept.pop("features", [])]
        return type(self)(self._host, self.regions, features, **(kept | settings))

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        return {
            "retry": self._retry,
            "recompute": lambda _args: self.recompute(),
            "cancel": self._cancel,
            "save_data": self._save_data,
            "select": self._pick,
            "code": lambda _args: Reply({"code": self.to_code()}),
        }

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = answer(content, self._commands())
        if reply is not None:
            self.send(*reply)

    def _retry(self, _args: Mapping[str, Any]) -> None:
        self.refresh(again=True)

    def _cancel(self, _args: Mapping[str, Any]) -> None:
        with self._lock:
            asks = [*self._asks, *self._early]
        for ask in asks:
            ask.cancel()

    def _save_data(self, args: Mapping[str, Any]) -> Reply:
        if self.status != "ready":
            raise InputError("there is nothing to save yet; wait until the view is ready")
        name, content = table_files(self, str(args.get("format", "csv")))
        return Reply({"name": name}, (content,))

    def close(self) -> None:
        """Stop waiting for answers and release the widget."""
        watch().drop(self)
        with self._lock:
            self._next_generation(())
            self._settled.set()
        super().close()


class _Countdown:
    """Counts finished answers; ``last()`` is true exactly once."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = threading.Lock()

    def last(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0


def nan_to_none(value: float) -> float | None:
    """JSON knows no NaN."""
    return float(value) if np.isfinite(value) else None
