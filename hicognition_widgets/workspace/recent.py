"""What the catalog has just said: kept for a moment, and only while nothing changes in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Final, TypeVar, cast

_T = TypeVar("_T")

SECONDS: Final = 1.0
"""How long an answer is kept at most: what may be seen can also end by the clock."""
_MOST: Final = 256


class Recent:
    """Answers of the catalog that several views ask for in the same breath.

    Safe from any thread.

    Parameters
    ----------
    version : callable
        The catalog's counter of committed changes.
    """

    def __init__(self, version: Callable[[], int]) -> None:
        self._version = version
        self._lock = threading.Lock()
        self._known: dict[Hashable, tuple[int, float, object]] = {}

    def get(self, what: Hashable, ask: Callable[[], _T]) -> _T:
        """The answer to a question, asked anew if anything may have changed.

        Parameters
        ----------
        what : hashable
            Names the question.
        ask : callable
            Asks it; what it raises is raised.
        """
        # the version is read first: what changes while it is asked is asked for again
        version = self._version()
        with self._lock:
            known = self._known.get(what)
        if known is not None and known[0] == version and time.monotonic() < known[1]:
            return cast("_T", known[2])
        answer = ask()
        with self._lock:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[what] = version, time.monotonic() + SECONDS, answer
        return answer
