"""One builder at a time, across threads and processes, also when a builder was killed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _acquire(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is created; wait until it is free.

    The operating system releases the lock when its holder ends, however it ends. Where
    the file system has no locks, builders may do the same work twice, but each puts a
    complete file in place.
    """
    with path.open("ab") as file:
        try:
            _acquire(file)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
        yield


def _unsupported() -> frozenset[int]:
    import errno

    return frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})


_UNSUPPORTED = _unsupported()
