"""Answers for a selection of regions: at once, in this process, and not kept.

Somebody who draws a lasso asks many questions that nobody asks again. When the answer for
all regions is there, what it was made from is cached (the band of a map, the signal of every
region), and the answer for some of them takes less time than a way to a worker and back.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hicognition_widgets.errors import Cancelled, HiCognitionError, JobError
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.jobs.numbers import plain
from hicognition_widgets.jobs.outcome import Failure, Stored
from hicognition_widgets.jobs.plan import Task
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.software import versions
from hicognition_widgets.store import Store, StoredResult

_log = logging.getLogger(__name__)
_QUICK = frozenset({"pileup", "profile", "stackup", "enrichment"})
REST = ("universe", "rest")
"""Option of an enrichment that compares the selected regions with the others of the set."""


def whole(request: Request) -> Request:
    """The same question about all regions of the set."""
    options = tuple(option for option in request.options if option != REST)
    return request.replace(subset=None, options=options)


class Selections:
    """Computes answers for selections, one after the other.

    Parameters
    ----------
    store : Store
        Where bands and stackups are cached; nothing is written to it as a result.
    prepare : callable
        Adds to a task what is stored already and can be started from.
    finish : callable
        Takes the computation and its result or failure.
    """

    def __init__(
        self,
        store: Store,
        prepare: Callable[[Task], Task],
        finish: Callable[[Computation, StoredResult | Exception], None],
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._finish = finish
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hicognition-selection")

    @staticmethod
    def suits(request: Request) -> bool:
        """Whether this is a question about some regions that may be answered here."""
        return request.subset is not None and request.analysis in _QUICK

    def submit(self, computation: Computation) -> None:
        """Answer soon; dropped if nobody waits any more when its turn comes."""
        self._pool.submit(self._answer, computation)

    def _answer(self, computation: Computation) -> None:
        request = computation.request
        if computation.closed:
            return
        try:
            task = self._prepare(Task(token=secrets.token_hex(12), requests=(request,)))
            watch = work.Watch(task.token, lambda: computation.closed, lambda _word: None)
            run = _Unkept(task, self._store, watch)
            (outcome,) = run.outcomes()
            end: StoredResult | Exception
            end = outcome.error() if isinstance(outcome, Failure) else run.answers[request.key]
        except Cancelled:
            return
        except HiCognitionError as error:
            end = error
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            _log.exception("a selection could not be answered")
            end = JobError(f"{type(error).__name__}: {error}")
        self._finish(computation, end)

    def close(self) -> None:
        """Answer no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Unkept(work.TaskRun):
    """A run whose results stay in memory."""

    def __init__(self, task: Task, store: Store, watch: work.Watch) -> None:
        super().__init__(task, store, watch, again=False)
        self.answers: dict[str, StoredResult] = {}

    def store_result(
        self, request: Request, arrays: Mapping[str, Any], meta: dict[str, Any]
    ) -> None:
        self.answers[request.key] = StoredResult(
            key=request.key,
            analysis=request.analysis,
            meta=plain(meta) | {"software": versions()},
            arrays={name: np.asarray(values) for name, values in arrays.items()},
        )
        self.settle(Stored(key=request.key, path="", digest=""))
