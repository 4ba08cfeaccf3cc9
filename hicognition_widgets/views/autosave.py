"""Comparisons that nobody saved, kept in a file all the same until they are.

Each process writes files of its own, a moment after something was changed: one for each
board, and one for the comparisons that stand alone. What a kernel that died had on screen
can so be shown again, with what was linked on it.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import secrets
import socket
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.errors import HiCognitionError, InputError, NotFound
from hicognition_widgets.views.session_spec import checked_session, session_spec

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board
    from hicognition_widgets.views.comparison import Comparison

_log = logging.getLogger(__name__)
_PAUSE = 2.0
_KEPT = 10
_LARGEST = 20_000_000


@dataclass(frozen=True)
class Unsaved:
    """Work that was on screen in some process.

    Attributes
    ----------
    id : str
        Name of its file without the ending.
    when : datetime
        Last change, in UTC.
    titles : tuple of str
        Of the comparisons.
    spec : dict
        As a session has it.
    """

    id: str
    when: datetime
    titles: tuple[str, ...]
    spec: dict[str, Any]


class Autosave:
    """Writes what is on screen to a file; safe from any thread.

    Parameters
    ----------
    folder : Path
        Made when first written to.
    pause : float
        Seconds between a change and the writing.
    """

    def __init__(self, folder: Path, pause: float = _PAUSE) -> None:
        self.folder = folder
        self.pause = pause
        self.id = f"{_plain(socket.gethostname())}-{os.getpid()}-{secrets.token_hex(4)}"
        self._lock = threading.Lock()
        #: One writes at a time; edits meanwhile only start the next pause.
        self._writing = threading.Lock()
        self._numbers: weakref.WeakKeyDictionary[Board, int] = weakref.WeakKeyDictionary()
        self._count = itertools.count(1)
        self._written: dict[str, dict[str, Any]] = {}
        self._followed: list[weakref.ref[Comparison]] = []
        self._timer: threading.Timer | None = None
        self._closed = False

    def follow(self, comparison: Comparison) -> None:
        """Keep this comparison from now on, and the board that it may come to stand on."""
        with self._lock:
            if any(ref() is comparison for ref in self._followed):
                return
            self._followed.append(weakref.ref(comparison))
        comparison.on_edit(self._soon)
        self._soon()

    def _soon(self) -> None:
        with self._lock:
            if self._timer is not None or self._closed:
                return
            self._timer = threading.Timer(self.pause, self._write_later)
            self._timer.daemon = True
            self._timer.start()

    def _write_later(self) -> None:
        try:
            self.write()
        except (HiCognitionError, OSError) as error:
            # nobody waits for this; the next change tries again
            _log.warning("what is on screen could not be kept: %s", error)

    def write(self) -> None:
        """Write what is on screen now, if there is anything."""
        with self._writing:
            with self._lock:
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
            groups = self._groups()
            if not groups:
                return
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, content in groups.items():
                self._write_one(name, content)
            for name in set(self._written) - set(groups):
                (self.folder / f"{name}.json").unlink(missing_ok=True)
                del self._written[name]
            self._prune()

    def _write_one(self, name: str, content: dict[str, Any]) -> None:
        # the date of a file is that of its last change, so that the latest is offered first
        target = self.folder / f"{name}.json"
        if self._written.get(name) == content and target.exists():
            return
        fresh = target.with_suffix(".new")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        fresh.write_text(json.dumps({"saved": now} | content, allow_nan=False), "utf-8")
        fresh.replace(target)
        self._written[name] = content

    def _groups(self) -> dict[str, dict[str, Any]]:
        """What each file of this process holds, by its name."""
        with self._lock:
            alive = [(ref, ref()) for ref in self._followed]
            self._followed = [ref for ref, one in alive if one is not None]
        alone: list[Comparison] = []
        boards: list[Board] = []
        for _, one in alive:
            board = None if one is None else one.board
            if one is not None and board is None:
                alone.append(one)
            elif board is not None and board not in boards:
                boards.append(board)
        for board in boards:
            for one in board.comparisons:  # others may have come onto it
                self.follow(one)
        found = {f"{self.id}-{self._number(b)}": _content(b.comparisons, b) for b in boards}
        found[self.id] = _content(alone, None)
        return {name: content for name, content in found.items() if content is not None}

    def _number(self, board: Board) -> int:
        if board not in self._numbers:
            self._numbers[board] = next(self._count)
        return self._numbers[board]

    def _prune(self) -> None:
        for path in _newest_first(self.folder)[_KEPT:]:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Write a last time what is still waiting to be written."""
        with self._lock:
            waiting = self._timer is not None
            self._closed = True
        if waiting:
            self._write_later()

    def found(self) -> list[Unsaved]:
        """Work of other processes, the latest first."""
        names = [
            path for path in _newest_first(self.folder) if not path.stem.startswith(self.id)
        ]
        read = [_read(path) for path in names]
        return [one for one in read if one is not None]

    def pick(self, wanted: str | None = None) -> Unsaved:
        """One of :meth:`found` by its id, or the latest.

        Raises
        ------
        NotFound
            If there is none.
        """
        for one in self.found():
            if wanted is None or one.id == wanted:
                return one
        raise NotFound("there is no unsaved work of another notebook to restore")

    def forget(self, unsaved: Unsaved) -> None:
        """Delete what was restored."""
        (self.folder / f"{unsaved.id}.json").unlink(missing_ok=True)


def _content(comparisons: Sequence[Comparison], board: Board | None) -> dict[str, Any] | None:
    """What a file says of comparisons that stand together; None if nothing is on screen."""
    shown = [one for one in comparisons if one.views and one.comm]
    if not shown:
        return None
    return {
        "titles": [one.title or (one.regions.name if one.regions else "") for one in shown],
        "session": session_spec(shown, None if board is None else board.settings),
    }


def _newest_first(folder: Path) -> Sequence[Path]:
    dated = []
    for path in folder.glob("*.json"):
        try:
            dated.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:  # another process tidied up
            continue
    return [path for _, path in sorted(dated, reverse=True)]


def _read(path: Path) -> Unsaved | None:
    """The file's content; None for what is no such file."""
    try:
        if path.stat().st_size > _LARGEST:
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
        checked_session(content["session"])
        return Unsaved(
            path.stem,
            datetime.fromisoformat(content["saved"]),
            tuple(str(title) for title in content["titles"]),
            content["session"],
        )
    except (OSError, ValueError, KeyError, TypeError, InputError, RecursionError) as error:
        _log.info("%s holds no unsaved work: %s", path.name, error)
        return None


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name)[:40] or "host"
