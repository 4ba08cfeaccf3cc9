"""Which results a folder holds, by their keys."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from hicognition_widgets.errors import StoreError
from hicognition_widgets.store.manifest import Manifest


class Index:
    """The newest manifest of every key in a folder, kept up to date from any thread.

    Parameters
    ----------
    folder : Path
        One sub-folder per artifact; it need not exist yet.
    read : callable
        Gives the manifest in a sub-folder; raises StoreError where it is damaged.
    """

    def __init__(self, folder: Path, read: Callable[[Path], Manifest]) -> None:
        self._folder = folder
        self._read = read
        self._lock = threading.Lock()
        self._newest: dict[str, Manifest] = {}
        self._keys: dict[str, str] = {}
        """Key of each artifact that was read, by the name of its folder."""
        self._changed = -1

    def all(self) -> list[Manifest]:
        """The newest sound manifest of every key."""
        with self._lock:
            self._refresh()
            return list(self._newest.values())

    def find(self, key: str) -> Manifest | None:
        """The newest sound manifest of a key."""
        with self._lock:
            self._refresh()
            return self._newest.get(key)

    def _refresh(self) -> None:
        """Read what is new; costs one look at the folder if nothing changed."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if changed == self._changed:
            return
        names = {entry.name for entry in os.scandir(self._folder)} if changed else set()
        known = {name: key for name, key in self._keys.items() if name in names}
        found = {one.path: one for one in self._newest.values()}
        for name in names - set(known):
            with suppress(StoreError):
                new = self._read(self._folder / name)
                found[new.path] = new
                known[name] = new.key
        self._newest = {}
        for one in sorted(found.values(), key=lambda manifest: manifest.created):
            if PurePosixPath(one.path).name in names:
                self._newest[one.key] = one
        self._keys = known
        # A folder that changed just now may change again within the clock's grain.
        fresh = time.time_ns() - changed < 2_000_000_000
        self._changed = -1 if fresh and changed else changed
