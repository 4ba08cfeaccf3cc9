"""Answers for a selection of regions: at once, in this process, and not kept.

Somebody who draws a lasso asks many questions that nobody asks again. When the answer for
all regions is there, what it was made from is cached (the band of a map, the signal of every
region), and the answer for some of them takes less time than a way to a worker and back.
For pairs and intervals the first selection is computed directly; meanwhile the snippets of
all regions are kept, and the next selections are added up from those. The first selection of a
profile has the stackup kept that it and the next ones are made from.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from hicognition_widgets.errors import Cancelled, HiCognitionError, JobError
from hicognition_widgets.jobs import snippet_answers, work
from hicognition_widgets.jobs.ask import Ask, Computation
from hicognition_widgets.jobs.numbers import plain
from hicognition_widgets.jobs.outcome import Failure, Stored
from hicognition_widgets.jobs.plan import Task
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.jobs.snippet_answers import SnippetAnswers
from hicognition_widgets.software import versions
from hicognition_widgets.store import Store, StoredResult

_log = logging.getLogger(__name__)
_QUICK = frozenset({"pileup", "profile", "stackup", "enrichment"})
REST = ("universe", "rest")
"""Option of an enrichment that compares the selected regions with the others of the set."""
HITS = ("hits", True)
"""Option of an enrichment that asks which regions overlap which targets at which position."""


def whole(request: Request) -> Request:
    """The same question about all regions of the set."""
    options = tuple(option for option in request.options if option not in (REST, HITS))
    return request.replace(subset=None, options=options)


class Selections:
    """Computes answers for selections: maps one after the other, all else beside them.

    Parameters
    ----------
    store : Store
        Where bands, stackups and snippets are cached; no result is written to it.
    prepare : callable
        Adds to a task what is stored already and can be started from.
    finish : callable
        Takes the computation and its result or failure.
    ask : callable
        Has a whole stackup computed and stored.
    """

    def __init__(
        self,
        store: Store,
        prepare: Callable[[Task], Task],
        finish: Callable[[Computation, StoredResult | Exception], None],
        ask: Callable[[Request], Ask],
    ) -> None:
        self._store = store
        self._prepare = prepare
        self._finish = finish
        self._ask = ask
        self._maps = ThreadPoolExecutor(1, thread_name_prefix="hicognition-selection-maps")
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="hicognition-selection")
        self._snippets = SnippetAnswers(store)
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="hicognition-snippets")
        self._keeping: set[str] = set()
        self._lock = threading.Lock()
        self._closed = False

    @staticmethod
    def suits(request: Request) -> bool:
        """Whether this is a question about some regions that may be answered here."""
        return request.subset is not None and request.analysis in _QUICK

    def submit(self, computation: Computation, of_all: StoredResult) -> None:
        """Answer soon; dropped if nobody waits any more when its turn comes.

        Parameters
        ----------
        computation : Computation
        of_all : StoredResult
            The answer to the same question about all regions.
        """
        # profiles and enrichments take a moment and do not wait behind a pileup
        pool = self._maps if computation.request.analysis == "pileup" else self._pool
        self._soon(pool, computation, of_all)

    def _soon(
        self,
        pool: ThreadPoolExecutor,
        computation: Computation,
        of_all: StoredResult,
        given: Mapping[str, StoredResult] | None = None,
    ) -> None:
        try:
            pool.submit(self._answer, computation, of_all, given)
        except RuntimeError:  # closed since it was asked; who waits has to hear of it
            self._finish(computation, JobError("the workspace is closed; open a new one"))

    def _answer(
        self,
        computation: Computation,
        of_all: StoredResult,
        given: Mapping[str, StoredResult] | None,
    ) -> None:
        request = computation.request
        if computation.closed:
            return
        end: StoredResult | Exception
        try:
            if given is None and request.analysis == "profile" and not request.compares:
                self._answer_from_stackups(computation, of_all)
                return
            solution = None
            if snippet_answers.suits(request):
                solution = self._snippets.answer(request, of_all)
                if solution is None:
                    self._keep_soon(request, of_all)
            if solution is not None:
                end = _result(request, *solution)
            else:
                end = self._computed(computation, given or {})
        except Cancelled:
            return
        except HiCognitionError as error:
            end = error
        except Exception as error:  # noqa: BLE001  who waits has to hear of it
            _log.exception("a selection could not be answered")
            end = JobError(f"{type(error).__name__}: {error}")
        self._finish(computation, end)

    def _answer_from_stackups(self, computation: Computation, of_all: StoredResult) -> None:
        """Ask for the stackups that a profile is made from; answer when they are there."""
        from hicognition_widgets.jobs.solvers import stackup_of

        request = computation.request
        asks = [
            self._ask(stackup_of(request.replace(analysis="stackup", features=(feature,))))
            for feature in request.features
        ]
        left = set(asks)

        def there(ask: Ask) -> None:
            with self._lock:
                left.discard(ask)
                if left:
                    return
            # should one have failed, the track itself is asked, and says why
            given = {each.key: each.result(0) for each in asks if each.exception() is None}
            self._soon(self._pool, computation, of_all, given)

        for ask in asks:
            ask.on_progress(computation.tell)
            ask.add_done_callback(there)

    def _computed(
        self, computation: Computation, given: Mapping[str, StoredResult]
    ) -> StoredResult | Exception:
        """The answer from the files themselves, or from what is cached of them."""
        request = computation.request
        task = Task(token=secrets.token_hex(12), requests=(request,))
        if not given:
            task = self._prepare(task)

        def say(word: Mapping[str, Any]) -> None:
            if "done" in word:
                computation.tell(Progress(word["done"], word["total"], word["message"]))

        watch = work.Watch(task.token, lambda: computation.closed, say)
        run = _Unkept(task, self._store, watch)
        run.given = given
        (outcome,) = run.outcomes()
        if isinstance(outcome, Failure):
            return outcome.error()
        return run.answers[request.key]

    def _keep_soon(self, request: Request, of_all: StoredResult) -> None:
        """Have the snippets of all regions kept, once, while nobody waits for that."""
        with self._lock:
            if self._closed or of_all.key in self._keeping:
                return
            self._keeping.add(of_all.key)
            self._keeper.submit(self._keep, whole(request), of_all)

    def _keep(self, request: Request, of_all: StoredResult) -> None:
        try:
            if self._snippets.keep(request, of_all, lambda: self._closed):
                with self._lock:  # should the file have to go, it is made again
                    self._keeping.discard(of_all.key)
        except Cancelled:
            return
        except (HiCognitionError, OSError) as error:
            # selections are answered all the same, only not as quickly
            _log.warning("the snippets of %s are not kept: %s", request.title, error)
        except Exception:  # noqa: BLE001  a thread of a pool has nobody to raise to
            _log.exception("the snippets of %s could not be kept", request.title)

    def close(self) -> None:
        """Answer no more."""
        with self._lock:
            self._closed = True
        for pool in (self._maps, self._pool):
            pool.shutdown(wait=False, cancel_futures=True)
        self._keeper.shutdown(wait=False, cancel_futures=True)


def _result(request: Request, arrays: Mapping[str, Any], meta: dict[str, Any]) -> StoredResult:
    """An answer as if it had been stored."""
    return StoredResult(
        key=request.key,
        analysis=request.analysis,
        meta=plain(meta) | {"software": versions()},
        arrays={name: np.asarray(values) for name, values in arrays.items()},
    )


class _Unkept(work.TaskRun):
    """A run whose results stay in memory."""

    def __init__(self, task: Task, store: Store, watch: work.Watch) -> None:
        super().__init__(task, store, watch)
        self.answers: dict[str, StoredResult] = {}

    def store_result(
        self, request: Request, arrays: Mapping[str, Any], meta: dict[str, Any]
    ) -> None:
        self.answers[request.key] = _result(request, arrays, meta)
        self.settle(Stored(key=request.key, path="", digest=""))
