"""The one thread that carries answers into widgets, and traits that travel together.

Workers, databases and other threads never touch a widget: they hand a function to
:func:`post`, and one thread runs these in order. A view therefore stays alive while a cell
runs, and a cell may wait for a view.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any

import ipywidgets

_log = logging.getLogger(__name__)
_PREFIX = "hicognition-views"


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=_PREFIX)


def post(function: Callable[..., None], *args: object) -> None:
    """Run `function` on the views' thread, after all that was posted before."""
    try:
        future = _executor().submit(function, *args)
    except RuntimeError:  # the interpreter is ending: nobody looks at views any more
        _log.debug("a view is not updated: the program is ending")
        return
    future.add_done_callback(_report)


def on_delivery_thread() -> bool:
    """True on the thread that :func:`post` uses; waiting there would never end."""
    return threading.current_thread().name.startswith(_PREFIX)


def _report(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        _log.error("a view could not be updated", exc_info=error)


class MessageBatch(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """Mix-in: several traits set inside ``one_message()`` reach the browser in one message.

    ipywidgets' own ``hold_sync`` keeps its state on the widget, so that a trait set by
    another thread meanwhile could be lost; here the state belongs to the thread.
    """

    def __init__(self, **traits: object) -> None:
        self._batches = threading.local()
        super().__init__(**traits)

    @property
    def batching(self) -> bool:
        """True on a thread that is inside ``one_message()``."""
        return getattr(self._batches, "names", None) is not None

    @contextmanager
    def one_message(self) -> Iterator[None]:
        """Collect trait changes of this thread and send them together at the end."""
        if self.batching:
            yield
            return
        names: set[str] = set()
        self._batches.names = names
        try:
            yield
        finally:
            self._batches.names = None
            if names and self.comm is not None:
                self.send_state(sorted(names))

    def notify_change(self, change: Any) -> None:
        """Tell the browser now, or at the end of the running batch."""
        names = getattr(self._batches, "names", None)
        if names is not None and change["name"] in self.keys:
            names.add(change["name"])
            super(ipywidgets.Widget, self).notify_change(change)
        else:
            super().notify_change(change)
