"""Who computes what right now, among the processes of one owner and of those they trust.

Two notebooks that ask the same at the same time share no scheduler, but the owner's
folder: a file there says that somebody is at it, and the others wait for the result. Where
people use each other's results, they also look whether one of them is at it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
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
        The owner's, made already.
    kind : str
        Claims of different kinds do not see each other.
    others : sequence of Path
        Folders of people whose results are used; they need not be there.
    """

    def __init__(
        self, folder: Path, kind: str = "claim", *, others: Sequence[Path] = ()
    ) -> None:
        self._folder = folder
        self._kind = kind
        self._others = tuple(others)
        self._name = process_name()

    def take(self, key: str) -> bool:
        """Claim a key; False if somebody who lives has claimed it."""
        if not self._take(key):
            return False
        # Whoever claimed before goes on; two who see each other agree on who that is.
        mine = self._said(self._path(key))
        for folder in self._others:
            claim = folder / self._path(key).name
            if self._holds(claim) and self._said(claim) < mine:
                self.release(key)
                return False
        return True

    def _take(self, key: str) -> bool:
        claim = self._path(key)
        if claim.exists() and self._holds(claim):
            return self._owner(claim) == self._name
        mine = self._write(claim, f"{self._name} {time.time_ns()}")
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

    def _write(self, claim: Path, text: str) -> Path:
        """What becomes a claim, under another name."""
        path = self._folder / f"{self._name}.{claim.stem[:16]}.new"
        path.write_text(text, encoding="ascii")
        if self._others:  # they are to read it, whatever the person's own habits are
            path.chmod(0o644)
        return path

    def release(self, key: str) -> None:
        """Give a key back; nothing happens if somebody else holds it."""
        claim = self._path(key)
        if self._owner(claim) == self._name:
            claim.unlink(missing_ok=True)

    def announce(self, key: str, end: float) -> None:
        """Say of a claim of one's own that it is worked on, and until when at the latest.

        Parameters
        ----------
        key : str
        end : float
            Expected end, in seconds since the epoch.
        """
        claim = self._path(key)
        when, name = self._said(claim)
        if name == self._name:
            self._write(claim, f"{name} {when} {end:.0f}").replace(claim)

    def announced(self, key: str) -> float | None:
        """Expected end of what another process works on; None if none says so.

        In seconds since the epoch; of several the first.
        """
        ends = []
        for folder in (self._folder, *self._others):
            claim = folder / self._path(key).name
            end = self._words(claim)[2]
            if end and self._owner(claim) != self._name and self._holds(claim):
                ends.append(float(end))
        return min(ends, default=None)

    def clean(self) -> None:
        """Remove what dead processes have left in the folder, of every kind."""
        for path in self._folder.iterdir():
            if not self._holds(path):
                path.unlink(missing_ok=True)

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
        except OSError:  # it is not there, or not for us
            return False
        dead = is_dead(self._owner(claim))
        return age < _FOREIGN_SECONDS if dead is None else not dead

    def _owner(self, claim: Path) -> str:
        return self._said(claim)[1]

    def _said(self, claim: Path) -> tuple[int, str]:
        """When a claim was made, and by whom."""
        name, when, _ = self._words(claim)
        return when, name

    @staticmethod
    def _words(claim: Path) -> tuple[str, int, int]:
        """Who made a claim, when, and the expected end if it was announced."""
        try:
            name, *numbers = claim.read_text(encoding="ascii").split(" ")
        except (OSError, UnicodeDecodeError):
            return "", 0, 0
        when, end = (int(each) if each.isdecimal() else 0 for each in (*numbers, "", "")[:2])
        return name, when, end
