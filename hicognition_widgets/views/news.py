"""Comparisons that are open offer what has come into the catalog meanwhile."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.host import Host, Listener

_lock = threading.Lock()
_open: weakref.WeakKeyDictionary[Host, Readers] = weakref.WeakKeyDictionary()


class Readers:
    """The open comparisons of one catalog, and the one feed that they listen to."""

    def __init__(self, host: Host) -> None:
        self._comparisons: weakref.WeakSet[Comparison] = weakref.WeakSet()
        # the feed outlives no workspace: it holds this object, not the host
        self._feed: Listener = host.on_change(self._tell)

    @property
    def listening(self) -> bool:
        """False once the feed has ended."""
        return self._feed.alive

    def add(self, comparison: Comparison) -> None:
        """Keep a comparison up to date until it is closed or forgotten."""
        self._comparisons.add(comparison)

    def _tell(self, _version: int) -> None:
        living = [one for one in list(self._comparisons) if one.comm is not None]
        for comparison in living:
            comparison.look_again()
        if not living:
            self._feed.stop()


def follow(host: Host, comparison: Comparison) -> None:
    """Tell a comparison of changes in its catalog from now on."""
    with _lock:
        readers = _open.get(host)
        if readers is None or not readers.listening:
            readers = _open[host] = Readers(host)
        readers.add(comparison)
