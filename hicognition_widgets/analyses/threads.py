"""Independent parts of one piece of work in threads, with one count of what is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")

Progress = Callable[[int, int], None]
"""Called with the data blocks read so far and in total; raise in it to stop the work."""


class Count:
    """What all parts have done together.

    Parameters
    ----------
    total : int
    progress : callable, optional
        Hears of every step, never from two threads at the same time.
    """

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()

    def add(self, more: int) -> None:
        """Tell of more; raises what the listener raises, in all parts from then on."""
        with self._lock:
            self._done += more
            if self._progress is not None:
                self._progress(self._done, self._total)


def in_threads(work: Callable[[T], None], parts: Iterable[T], threads: int) -> None:
    """Do all parts, so many at a time; after a failure no further part is begun.

    Raises
    ------
    Exception
        The first failure, once the parts that had begun are over.
    """
    if threads <= 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="hicognition-part") as pool:
        futures = [pool.submit(work, part) for part in parts]
        done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        for future in done:
            future.result()
