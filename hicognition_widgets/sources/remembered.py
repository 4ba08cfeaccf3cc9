"""What was read from a file, for those who look at the same files many times a second."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Final, Generic, TypeVar

T = TypeVar("T")

SETTLED_NS: Final = 2 * 10**9
"""A file written more recently may be written again without its time showing it."""


class Remembered(Generic[T]):
    """Read again only if size, time of change or place of the file differ.

    Safe from any thread; two that ask at once may both read.

    Parameters
    ----------
    most : int
        How many are kept; the least recently used go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path, what: Hashable, read: Callable[[], T]) -> T:
        """What `read` returns for this file; raises what it raises.

        Parameters
        ----------
        path : Path
        what : hashable
            Which part of the file.
        read : callable
            Reads it, and says what is wrong with a file that is not there.
        """
        try:
            stat = path.stat()
        except OSError:
            return read()
        state = (str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino, what)
        with self._lock:
            if state in self._known:
                self._known.move_to_end(state)
                return self._known[state]
        found = read()
        if time.time_ns() - stat.st_mtime_ns > SETTLED_NS:
            with self._lock:
                self._known[state] = found
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
        return found
