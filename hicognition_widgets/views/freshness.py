"""Views whose input files changed: marked, and computed anew on request.

One thread looks at the files of all living views now and then. Looking is a stat per file,
the content is read only where size or time of change differ.
"""

from __future__ import annotations

import logging
import threading
import weakref
from functools import cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View

_log = logging.getLogger(__name__)
_EVERY = 30.0


@runtime_checkable
class FileHost(Protocol):
    """A host whose datasets are files."""

    def file_changed(self, dataset: DatasetRecord) -> bool:
        """Whether the file is gone or has another content."""
        ...

    def reread(self, dataset: DatasetRecord) -> DatasetRecord:
        """Take the file as it is now."""
        ...


def changed_inputs(view: View) -> list[DatasetRecord]:
    """Datasets of a view whose files are not what they were when its picture was asked for."""
    host: object = view.host
    if not isinstance(host, FileHost):
        return []
    return [record for record in view.inputs if host.file_changed(record)]


def take_changes(view: View) -> None:
    """Read the changed files of a view again, so that it can ask for new results.

    Raises
    ------
    NotAllowed
        If a file belongs to somebody else; only the owner can take its new content.
    """
    host: object = view.host
    if view.host is None or not isinstance(host, FileHost):
        return
    for record in changed_inputs(view):
        now = view.host.dataset(record.id)
        if host.file_changed(now):  # and not only since this picture was asked for
            host.reread(now)
    if view.regions is not None:
        view.set_regions(view.host.dataset(view.regions.id))


class Watch:
    """Looks at the files of views until the process ends; safe from any thread."""

    def __init__(self, every: float = _EVERY) -> None:
        self.every = every
        self._views: weakref.WeakSet[View] = weakref.WeakSet()
        self._new: weakref.WeakSet[View] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, view: View) -> None:
        """Look at the files of this view soon, and again while it lives."""
        with self._lock:
            self._views.add(view)
            self._new.add(view)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="hicognition-files", daemon=True
                )
                self._thread.start()
        self._wake.set()

    def drop(self, view: View) -> None:
        """Look no longer."""
        with self._lock:
            self._views.discard(view)
            self._new.discard(view)

    def _run(self) -> None:
        while True:
            some = self._wake.wait(self.every)
            self._wake.clear()
            self._look(only_new=some)

    def _look(self, *, only_new: bool) -> None:
        """Look once; while the thread waits for the next time it keeps no view alive."""
        with self._lock:
            views = list(self._new if only_new else self._views)
            self._new.clear()
        for view in views:
            try:
                view.check_files()
            except (HiCognitionError, OSError) as error:
                _log.info("the files of a view cannot be checked: %s", error)


@cache
def watch() -> Watch:
    """The one watch of this process."""
    return Watch()
