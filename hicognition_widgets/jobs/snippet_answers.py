"""Averages of a selection of pairs or intervals, from a file of the snippets of all.

Windows of points along the diagonal come quickly from the band of the map. Pairs lie
anywhere and intervals are rescaled one by one, so their snippets are kept once, and each
selection only adds up some of them.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hicognition_widgets.errors import Cancelled, FileError
from hicognition_widgets.jobs import numbers, work
from hicognition_widgets.jobs.request import FeatureInput, RegionsInput, Request
from hicognition_widgets.jobs.sizes import bins_of
from hicognition_widgets.jobs.solvers import PILEUP_OPTIONS, SCALED_OPTIONS, resolution
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    from hicognition_widgets.analyses.snippet_file import SnippetFile
    from hicognition_widgets.jobs.work import Solution

_log = logging.getLogger(__name__)
_OPEN: Final = 4
"""Files that stay mapped in this process."""


def suits(request: Request) -> bool:
    """Whether selections of these regions are averaged from their snippets."""
    if request.analysis != "pileup" or request.compares or request.option("controls"):
        return False
    return request.regions.dims == 2 or request.bin_percent is not None


class SnippetAnswers:
    """Answers about selections from kept snippets; safe from any thread.

    Parameters
    ----------
    store : Store
        Where the files are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._open: OrderedDict[str, SnippetFile] = OrderedDict()

    def answer(self, request: Request, whole: StoredResult) -> Solution | None:
        """Arrays and meta for the selected regions; None while no file is kept.

        Parameters
        ----------
        request : Request
            A pileup with a subset that :func:`suits`.
        whole : StoredResult
            The answer to the same question about all regions.

        Raises
        ------
        FileError
            If a file changed since it was registered, as when it is read.
        """
        key = _key(whole)
        windows = self._remembered(key)
        if windows is None:
            from hicognition_widgets.analyses.snippet_cache import find_snippets

            size, n = bins_of(request), request.regions.n
            windows = find_snippets(self._store.snippet_cache, key, n, size)
            if windows is None:
                return None
            self._remember(key, windows)
        _check_files(request)
        return _solution(request, windows, whole)

    def keep(self, request: Request, whole: StoredResult, stopped: Callable[[], bool]) -> bool:
        """Write the snippets of all regions, unless they are kept already.

        Returns
        -------
        bool
            False if they are too large to be kept.

        Raises
        ------
        Cancelled
            If `stopped` says so between two batches.
        """
        from hicognition_widgets.analyses.snippet_cache import cached_snippets
        from hicognition_widgets.analyses.snippet_file import TooLarge

        key = _key(whole)
        make = snippet_maker(request, whole, self._store.band_cache)

        def batch(subset: Any) -> Any:
            if stopped():
                raise Cancelled("stopped before the snippets were kept")
            return make(subset=subset)

        try:
            windows = cached_snippets(
                self._store.snippet_cache,
                key,
                request.regions.n,
                size=bins_of(request),
                make=batch,
            )
        except TooLarge as error:
            _log.info("not kept: %s", error)
            return False
        self._remember(key, windows)
        return True

    def _remembered(self, key: str) -> SnippetFile | None:
        with self._lock:
            windows = self._open.get(key)
            if windows is not None:
                self._open.move_to_end(key)
            return windows

    def _remember(self, key: str, windows: SnippetFile) -> None:
        with self._lock:
            self._open[key] = windows
            self._open.move_to_end(key)
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)


def snippet_maker(
    request: Request, whole: StoredResult, cache: Path | None
) -> Callable[..., Any]:
    """What reads the single windows of a pileup: ``make(subset=rows)``, float32 (n, s, s).

    Parameters
    ----------
    request : Request
        A pileup without controls.
    whole : StoredResult
        Its answer about all regions.
    cache : Path or None
        Folder of the bands.

    Raises
    ------
    FileError
        If a file changed since it was registered.
    """
    regions = work.regions_of(request)
    feature = request.features[0]
    work.check_unchanged(feature.path, feature.fingerprint, feature.name)
    common: dict[str, Any] = {
        "view_df": work.view_of(request.assembly),
        "normalization": request.normalization,
        "flip": request.flip,
    }
    if request.bin_percent is not None:
        from hicognition_widgets.analyses.scaled_pileup import scaled_snippets

        options = work.options_of(request, SCALED_OPTIONS)
        # a batch of intervals alone would choose a resolution of its own
        options["binsize"] = whole.meta["binsize"]
        percent = request.bin_percent
        return partial(
            scaled_snippets, feature.path, regions, bin_percent=percent, **common, **options
        )
    from hicognition_widgets.analyses.snippets import snippets

    anchor: Any = request.anchor  # checked by Request
    options = work.options_of(request, PILEUP_OPTIONS)
    for name in ("controls", "seed"):  # they only matter to averages with controls
        options.pop(name, None)
    return partial(
        snippets,
        resolution(feature.path, request.binsize or 0),
        regions,
        flank=request.flank or 0,
        anchor=anchor,
        cache=cache,
        **common,
        **options,
    )


def _key(whole: StoredResult) -> str:
    """Name of the file: the question about all regions, and the resolution it was read at."""
    text = f"snippets 1 {whole.key} {whole.meta.get('binsize')}"
    return hashlib.sha256(text.encode()).hexdigest()


def _check_files(request: Request) -> None:
    inputs: list[RegionsInput | FeatureInput] = [request.regions, *request.features]
    for one in inputs:
        work.check_unchanged(one.path, one.fingerprint, one.name)


def _solution(request: Request, windows: SnippetFile, whole: StoredResult) -> Solution:
    from hicognition_widgets.analyses.results import RegionCounts

    rows = work.subset_of(request)
    reasons = np.asarray(whole.arrays["reasons"])
    if len(reasons) != len(windows.stack):
        raise FileError(
            request.regions.path, f'"{request.regions.name}" has another number of regions now'
        )
    mean, count = windows.average(rows)
    meta = work.about(request) | work.counts(RegionCounts(reasons=reasons, rows=rows))
    meta["binsize"] = whole.meta["binsize"]
    meta["expansion"] = whole.meta["expansion"]
    meta["numbers"] = numbers.pileup_numbers(mean)
    return {"mean": mean, "count": count, "reasons": reasons}, meta
