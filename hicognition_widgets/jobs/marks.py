"""Marks in the asker's folder by which running work is counted and stopped.

Workers on other machines share nothing with the asker but this folder, so a file is the
one signal that reaches all of them, whatever started them. A worker that is killed
leaves its mark behind: that is how a task's own failed tries are told from those of
others that happened to wait on the same worker. A try that has stored everything leaves
a mark too, until the asker knows: whoever repeats the task then has nothing to do.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hicognition_widgets.store.files import sentences
from hicognition_widgets.store.processes import process_name

_OLD_SECONDS = 24 * 3600


class Marks:
    """Marks of tasks in a folder.

    Parameters
    ----------
    folder : Path
        ``Store.control`` of the asker.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def trying(self, token: str) -> Iterator[int]:
        """Mark a try while it runs; gives the number of earlier ones that never ended.

        Raises
        ------
        StoreError
            If the mark cannot be made.
        """
        earlier = self.tries(token)
        mark = self.folder / f"{token}.try.{process_name()}"
        with sentences("beginning a task", self.folder):
            mark.touch(mode=0o600)
        try:
            yield earlier
        finally:
            mark.unlink(missing_ok=True)

    def complete(self, token: str) -> None:
        """A try has stored everything."""
        with suppress(OSError):  # at worst it is done again
            (self.folder / f"{token}.complete").touch(mode=0o600)

    def completed(self, token: str) -> bool:
        """Whether an earlier try has stored everything."""
        return (self.folder / f"{token}.complete").exists()

    def tries(self, token: str) -> int:
        """Tries that are running or whose worker died."""
        return sum(1 for _ in self.folder.glob(f"{token}.try.*"))

    def stop(self, token: str) -> None:
        """Ask whoever works on this task to stop."""
        (self.folder / f"{token}.stop").touch(mode=0o600)

    def stopped(self, token: str) -> bool:
        """Whether somebody asked to stop."""
        return (self.folder / f"{token}.stop").exists()

    def forget(self, token: str) -> None:
        """Remove all marks of a task that is over."""
        for mark in self.folder.glob(f"{token}.*"):
            mark.unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove marks that nobody removed within a day."""
        for mark in self.folder.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - mark.stat().st_mtime > _OLD_SECONDS:
                    mark.unlink()
