"""Keeps a folder of files that can be made again within a size."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

_LEFT_OVER_SECONDS = 24 * 3600
"""Builders take seconds to minutes; what is a day behind was left by one that was killed."""


def make_room(files: Iterable[Path], limit: int, *, keep: Path) -> None:
    """Remove the least recently used files until the rest fits; several processes may.

    Parameters
    ----------
    files : iterable of Path
        What may be removed; the time of modification says when it was used last.
    limit : int
        Bytes that may stay.
    keep : Path
        The file that was just made; it stays whatever its size.
    """
    found: list[tuple[float, int, Path]] = []
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # another process makes room as well
            stat = path.stat()
            found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= limit:
            break
        if path == keep:
            continue
        with contextlib.suppress(PermissionError):  # open files stay on some systems
            path.unlink(missing_ok=True)
            total -= size


def drop_leftovers(parts: Iterable[Path], *, newest: Path) -> None:
    """Remove unfinished files that are a day older than the one that was just made."""
    now = newest.stat().st_mtime
    for path in parts:
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if now - path.stat().st_mtime > _LEFT_OVER_SECONDS:
                path.unlink()
