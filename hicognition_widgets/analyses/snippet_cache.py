"""A folder of snippet files, bounded in sum and shared by processes.

Who asks for the average of a selection again and again finds the snippets of all regions
here. A file appears when it is complete, one process writes it while others wait, and the
least recently used files go when room is needed.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from hicognition_widgets.analyses._folder_lock import locked
from hicognition_widgets.analyses._folder_room import drop_leftovers, make_room
from hicognition_widgets.analyses.results import Floats32
from hicognition_widgets.analyses.snippet_file import (
    LARGEST_FILE,
    SnippetFile,
    keep_snippets,
    open_snippets,
)
from hicognition_widgets.errors import FileError, InputError

FOLDER_BYTES = 8 * 2**30
"""Size a folder of snippet files may have."""
_KEY = re.compile(r"[0-9a-f]{64}")


def find_snippets(folder: Path, key: str, n: int, size: int) -> SnippetFile | None:
    """The kept snippets of this key, marked as used; None if there are none.

    Parameters
    ----------
    folder : Path
    key : str
        64 hex characters that stand for everything the snippets depend on.
    n, size : int
        Regions, and rows of a snippet; a file of another shape is damaged and removed.
    """
    path = _path(folder, key)
    if not path.exists():
        return None
    try:
        windows = open_snippets(path)
    except FileError:
        windows = None
    if windows is None or windows.stack.shape != (n, size, size):
        with contextlib.suppress(OSError):  # cut off, as after a crash of the machine
            path.unlink()
        return None
    with contextlib.suppress(OSError):  # a folder may be shared read-only
        os.utime(path)
    return windows


def cached_snippets(
    folder: Path,
    key: str,
    n: int,
    *,
    size: int,
    make: Callable[..., Floats32],
    largest: int = LARGEST_FILE,
    limit: int = FOLDER_BYTES,
) -> SnippetFile:
    """The snippets from the folder; they are computed and put there if they are missing.

    Parameters
    ----------
    folder : Path
        Created if it does not exist.
    key, n, size
        As for :func:`find_snippets`.
    make : callable
        As for :func:`~hicognition_widgets.analyses.keep_snippets`.
    largest, limit : int
        Bytes that one file, and all files together, may take.

    Raises
    ------
    TooLarge
        If the file would take more than `largest`; nothing is computed then.
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, key)
    with locked(folder / f"{key}.lock"):
        # another process may have written it while this one waited
        kept = find_snippets(folder, key, n, size)
        if kept is not None:
            return kept
        kept = keep_snippets(path, n, size=size, make=make, limit=largest)
        make_room(folder.glob("*.npy"), limit, keep=path)
        drop_leftovers(folder.glob("snippets-*.part"), newest=path)
        return kept


def _path(folder: Path, key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise InputError(f"{key!r} is no key of kept snippets")
    return folder / f"{key}.npy"
