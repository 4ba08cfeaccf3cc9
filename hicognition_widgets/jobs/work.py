"""What a worker does: plain functions of paths and plain data. No database, no scheduler.

A task's requests share what is read: a signal track is decoded once for all its flanks
and bin sizes, a contact map's bands once per resolution. Each request succeeds or fails
for itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import (
    Cancelled,
    FileError,
    HiCognitionError,
    InputError,
    JobError,
    StoreFull,
)
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.numbers import plain
from hicognition_widgets.jobs.outcome import Failure, Known, Outcome, Stored
from hicognition_widgets.jobs.plan import Task
from hicognition_widgets.jobs.request import AssemblyInput, RegionsInput, Request
from hicognition_widgets.software import versions
from hicognition_widgets.store import Store, StoredResult

if TYPE_CHECKING:
    import pandas as pd

    from hicognition_widgets.analyses.results import RegionCounts

MAX_TRIES: Final = 3
"""Workers that one task may lose before it counts as failed."""
_STOP_SECONDS: Final = 0.1
_FULL_SECONDS: Final = 30.0
"""How long a worker waits for space when the disk is full, before its work is lost."""

T = TypeVar("T")
Say = Callable[[dict[str, Any]], None]
Solution = tuple[Mapping[str, npt.NDArray[Any]], dict[str, Any]]
"""Arrays and plain JSON of one result."""


@dataclass(frozen=True)
class Order:
    """A task with where to put its results.

    Attributes
    ----------
    task : Task
    root : str
        Folder of the store.
    owner : str
        Whose folder in it.
    shared : bool
        As :class:`~hicognition_widgets.store.Store` takes it.
    threads : int
        Cores that nobody else needs when the task is sent.
    """

    task: Task
    root: str
    owner: str
    shared: bool = False
    threads: int = 1

    def store(self) -> Store:
        """The asker's store."""
        return Store(Path(self.root), self.owner, shared=self.shared)


class Watch:
    """Progress out, and the wish to stop in.

    Parameters
    ----------
    token : str
        The task.
    stopped : callable
        Whether somebody asked to stop.
    say : callable
        Takes small plain dictionaries, all with the task's ``token``.
    """

    def __init__(self, token: str, stopped: Callable[[], bool], say: Say) -> None:
        self._token = token
        self._stopped = stopped
        self._say = say
        self._last_look = self._last_word = 0.0
        self.message = ""

    def check(self) -> None:
        """Raise :class:`Cancelled` if somebody asked to stop; cheap enough for every chunk."""
        now = time.monotonic()
        if now - self._last_look >= _STOP_SECONDS:
            self._last_look = now
            if self._stopped():
                raise Cancelled("stopped before it was finished")

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is, at most ten times per second, and check for a stop."""
        self.check()
        now = time.monotonic()
        if now - self._last_word >= _STOP_SECONDS or done >= total:
            self._last_word = now
            self._say(
                {
                    "token": self._token,
                    "done": int(done),
                    "total": int(total),
                    "message": self.message,
                }
            )

    def began(self, tries: int) -> None:
        """Tell that a worker is at it, for the `tries`-th time."""
        self._say({"token": self._token, "try": tries})

    def patiently(self, write: Callable[[], T]) -> T:
        """Write to the store; if its disk is full, wait for space for a while.

        Raises
        ------
        StoreFull
            If there is none in half a minute.
        Cancelled
            If somebody asked to stop meanwhile.
        """
        latest = time.monotonic() + _FULL_SECONDS
        while True:
            try:
                return write()
            except StoreFull:
                if time.monotonic() >= latest:
                    raise
            self.message = "waiting for space: the disk of the store is full"
            self.progress(0, 0)
            time.sleep(_STOP_SECONDS)

    def outcome(self, outcome: Outcome) -> None:
        """Tell that one request is dealt with, before the others are."""
        if isinstance(outcome, Stored):
            self._say(
                {
                    "token": self._token,
                    "key": outcome.key,
                    "path": outcome.path,
                    "digest": outcome.digest,
                }
            )


def run(order: Order, say: Say) -> list[Outcome]:
    """Answer all requests of a task.

    Parameters
    ----------
    order : Order
    say : callable
        Hears of progress and of finished requests.

    Returns
    -------
    list of Stored or Failure
        One per request.
    """
    store = order.store()
    marks = Marks(store.control)
    token = order.task.token
    watch = Watch(token, lambda: marks.stopped(token), say)
    with ExitStack() as stack:
        try:
            earlier = watch.patiently(lambda: stack.enter_context(marks.trying(token)))
        except HiCognitionError as error:
            return _all_failed(order.task, error)
        if earlier >= MAX_TRIES:
            return _all_failed(order.task, _lost(earlier))
        watch.began(earlier + 1)
        run = _Run(order.task, store, watch, order.threads)
        run.take_over(earlier > 0, complete=marks.completed(token))
        outcomes = run.outcomes()
        if not any(isinstance(outcome, Failure) for outcome in outcomes):
            marks.complete(token)
        return outcomes


def _lost(tries: int) -> JobError:
    return JobError(
        f"the worker process died {tries} times while working on this, probably for lack of "
        "memory; use fewer regions or larger bins, or give the workers more memory"
    )


def lost_outcomes(task: Task, tries: int) -> list[Outcome]:
    """Failures of a task whose workers died."""
    return _all_failed(task, _lost(tries))


def _all_failed(task: Task, error: HiCognitionError) -> list[Outcome]:
    return [Failure.of(request.key, error) for request in task.requests]


class _Run:
    """One try of a task."""

    def __init__(self, task: Task, store: Store, watch: Watch, threads: int = 1) -> None:
        self.task = task
        self.threads = threads
        self.store = store
        self.watch = watch
        self.found: dict[str, Outcome] = {}
        self.given: Mapping[str, StoredResult] = {}
        """Stackups that are in memory already, by key."""

    def take_over(self, again: bool, *, complete: bool) -> None:
        """Start from what earlier tries have stored.

        Parameters
        ----------
        again : bool
            Whether there were any that never ended.
        complete : bool
            Whether one stored everything, and what is not there is with the asker already.
        """
        if not again and not complete:
            return
        self.store.clean()
        for request in self.task.requests:
            manifest = self.store.find(request.key)
            if manifest is not None:
                self.settle(Stored(key=request.key, path=manifest.path, digest=manifest.digest))
            elif complete:
                self.settle(Known(key=request.key))

    def settle(self, outcome: Outcome) -> None:
        self.found[outcome.key] = outcome
        self.watch.outcome(outcome)

    def outcomes(self) -> list[Outcome]:
        from hicognition_widgets.jobs.solvers import solver

        left = [request for request in self.task.requests if request.key not in self.found]
        try:
            self.watch.check()
            if left:
                regions = regions_of(left[0])
                for feature in left[0].features:
                    check_unchanged(feature.path, feature.fingerprint, feature.name)
                solver(left[0].analysis)(self, left, regions)
        except Exception as error:  # noqa: BLE001  every failure becomes an outcome
            for request in left:
                if request.key not in self.found:
                    self.settle(Failure.of(request.key, error))
        return [self.found[request.key] for request in self.task.requests]

    def attempt(self, request: Request, solve: Callable[[], Solution]) -> None:
        """Solve and store one request; its failure stays its own."""
        try:
            self.watch.check()
            arrays, meta = solve()
            self.watch.check()
            self.store_result(request, arrays, meta)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001  the next request has its own chance
            self.settle(Failure.of(request.key, error))

    def store_result(
        self, request: Request, arrays: Mapping[str, Any], meta: dict[str, Any]
    ) -> None:
        """Write one result to the asker's folder."""
        manifest = self.watch.patiently(
            lambda: self.store.write(
                arrays,
                plain(meta) | {"software": versions()},
                key=request.key,
                request=request.to_json(),
            )
        )
        self.settle(Stored(key=request.key, path=manifest.path, digest=manifest.digest))


TaskRun = _Run


def check_unchanged(path: str, fingerprint: str, name: str) -> None:
    """Refuse a file that is not the one that was registered.

    Raises
    ------
    FileError
    """
    from hicognition_widgets.sources.fingerprint import remembered_fingerprint

    if not Path(path).is_file():
        raise FileError(path, f'the file of "{name}" is gone; put it back or register it anew')
    if remembered_fingerprint(path) != fingerprint:
        raise FileError(
            path,
            f'the file of "{name}" has changed since it was registered; register it anew',
        )


def regions_of(request: Request) -> pd.DataFrame:
    """Table of the request's regions, checked against the number that was registered."""
    return table_of(request.regions)


def table_of(regions: RegionsInput) -> pd.DataFrame:
    """Table of a region set."""
    check_unchanged(regions.path, regions.fingerprint, regions.name)
    return _read(regions.path, regions.fingerprint)


def read_table(path: str, fingerprint: str) -> pd.DataFrame:
    """Regions of a file that is known to have this fingerprint."""
    return _read(path, fingerprint)


@lru_cache(maxsize=4)
def _read(path: str, _fingerprint: str) -> pd.DataFrame:
    from hicognition_widgets.genome.bed import read_regions

    return read_regions(path).frame


@lru_cache(maxsize=8)
def view_of(assembly: AssemblyInput) -> pd.DataFrame:
    """Arms as a bioframe view."""
    import pandas as pd

    return pd.DataFrame(list(assembly.arms), columns=["chrom", "start", "end", "name"])


def subset_of(request: Request) -> npt.NDArray[np.int64] | None:
    """Row numbers, or None for all."""
    return None if request.subset is None else np.asarray(request.subset, dtype=np.int64)


def spread(
    reasons: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64] | None, n: int
) -> npt.NDArray[np.uint8]:
    """Reasons of a subset as reasons of all regions; the others count as used."""
    if rows is None:
        return reasons
    everything = np.zeros(n, dtype=np.uint8)
    everything[rows] = reasons
    return everything


def options_of(request: Request, known: Sequence[str]) -> dict[str, Any]:
    """The request's options, refused if the analysis does not know one.

    Raises
    ------
    InputError
    """
    options = dict(request.options)
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(
            f'{request.analysis} has no option "{unknown[0]}"; it has {", ".join(known)}'
        )
    return options


def counts(result: RegionCounts) -> dict[str, Any]:
    """How many regions contribute, and why others do not."""
    return {
        "n_used": result.n_used,
        "n_left_out": result.n_left_out,
        "reasons": result.reason_counts,
    }


def about(request: Request) -> dict[str, Any]:
    """What every result tells of itself."""
    return {
        "analysis": request.analysis,
        "flank": request.flank,
        "binsize": request.binsize,
        "bin_percent": request.bin_percent,
        "normalization": request.normalization,
        "side": request.side,
        "names": [feature.name for feature in request.features],
    }
