"""Who computes what right now, among the processes of one owner.

Two notebooks that ask the same at the same time share no scheduler, but the owner's
folder: a file there says that somebody is at it, and the others wait for the result.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from hicognition_widgets.store.processes import is_dead, process_name

_FOREIGN_SECONDS: Final = 900
"""Age after which a claim of another machine is not believed any more."""


class Claims:
    """Claims of one broker in a folder.

    Parameters
    ----------
    folder : Path
        ``Store.control`` of the owner.
    kind : str
        Claims of different kinds do not see each other.
    """

    def __init__(self, folder: Path, kind: str = "claim") -> None:
        self._folder = folder
        self._kind = kind
        self._name = process_name()

    def take(self, key: str) -> bool:
        """Claim a key; False if somebody who lives has claimed it."""
        claim = self._path(key)
        if claim.exists() and self._holds(claim):
            return self._owner(claim) == self._name
        mine = self._folder / f"{self._name}.{key[:16]}.new"
        mine.write_text(self._name, encoding="ascii")
        try:
            for _ in range(3):
                try:
                    os.link(mine, claim)  # complete at once, and only if there is none
                except FileExistsError:
                    if self._holds(claim):
                        return self._owner(claim) == self._name
                    claim.unlink(missing_ok=True)
                else:
                    return True
            return False
        finally:
            mine.unlink(missing_ok=True)

    def release(self, key: str) -> None:
        """Give a key back; nothing happens if somebody else holds it."""
        claim = self._path(key)
        if self._owner(claim) == self._name:
            claim.unlink(missing_ok=True)

    def refresh(self, key: str) -> None:
        """Say that a claim of one's own is alive."""
        with suppress(FileNotFoundError):
            os.utime(self._path(key))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.{self._kind}"

    def _holds(self, claim: Path) -> bool:
        """Whether who made a claim still works on it."""
        try:
            age = time.time() - claim.stat().st_mtime
        except FileNotFoundError:
            return False
        dead = is_dead(self._owner(claim))
        return age < _FOREIGN_SECONDS if dead is None else not dead

    @staticmethod
    def _owner(claim: Path) -> str:
        try:
            return claim.read_text(encoding="ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return ""
