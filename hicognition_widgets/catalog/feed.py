"""Hearing of changes: on PostgreSQL by LISTEN, on SQLite by looking at a counter.

A message carries nothing but the version number, and even that is not believed, as any
role can send one: whoever hears of a change asks the catalog again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.engine import CHANNEL, Database
from hicognition_widgets.errors import CatalogError

if TYPE_CHECKING:
    import psycopg

INTERVAL = 0.5
"""Seconds between two looks at the counter."""

_LONGEST_PAUSE = 10.0

log = logging.getLogger(__name__)


class Feed:
    """A thread that calls a function after every change of a catalog.

    Parameters
    ----------
    database : Database
    callback : callable
        Called with the new version number, on the feed's own thread, never twice at the
        same time. Several changes in a row may be one call. What it raises is logged.
    interval : float
        Seconds between two looks at the counter; a message comes sooner.
    """

    def __init__(
        self,
        database: Database,
        callback: Callable[[int], object],
        *,
        interval: float = INTERVAL,
    ) -> None:
        self._database = database
        self._callback = callback
        self._interval = interval
        self._stop = threading.Event()
        self._version = database.version()
        self._thread = threading.Thread(
            target=self._run, name="hicognition catalog feed", daemon=True
        )
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether changes are still heard."""
        return self._thread.is_alive() and not self._stop.is_set()

    def stop(self) -> None:
        """Stop; when this returns, no call comes any more.

        Called from the callback itself, it returns at once.
        """
        self._stop.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        follow = self._poll if self._database.is_sqlite else self._listen
        pause = self._interval
        troubled = False
        while not self._stop.is_set():
            try:
                for version in follow():
                    pause = self._interval
                    if troubled:
                        log.warning("the catalog %s is back", self._database.shown)
                        troubled = False
                    self._tell(version)
            except CatalogError as error:
                if not troubled:
                    log.warning("changes are not heard for now: %s", error)
                    troubled = True
                self._stop.wait(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _tell(self, version: int) -> None:
        if version == self._version or self._stop.is_set():
            return
        self._version = version
        try:
            self._callback(version)
        except Exception:  # a broken view must not deafen the others
            log.exception("what was to happen after a change of the catalog failed")

    def _poll(self) -> Iterator[int]:
        while not self._stop.is_set():
            yield self._database.version()
            self._stop.wait(self._interval)

    def _listen(self) -> Iterator[int]:
        import psycopg

        address = self._database.url.set(drivername="postgresql")
        try:
            with psycopg.connect(
                address.render_as_string(hide_password=False),
                autocommit=True,
                connect_timeout=10,
                application_name="hicognition feed",
            ) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                while not self._stop.is_set():
                    # Also without a message: one may be lost while another is answered.
                    yield _server_version(connection)
                    for _ in connection.notifies(timeout=self._interval, stop_after=1):
                        pass
        except psycopg.Error as error:
            raise CatalogError(
                f"the catalog {self._database.shown} cannot be reached: {error}"
            ) from error


class FeedCalls(CatalogCore):
    """How a notebook hears of changes that others make."""

    def on_change(
        self, callback: Callable[[int], object], *, interval: float = INTERVAL
    ) -> Feed:
        """Call `callback` with the version number after every change of anybody.

        Parameters
        ----------
        callback : callable
            Called on a thread of its own; post to your loop from there.
        interval : float
            Seconds between two looks at the counter.

        Returns
        -------
        Feed
            Stop it with :meth:`Feed.stop`; :meth:`close` stops all of this catalog.
        """
        feed = Feed(self._database, callback, interval=interval)
        self._feeds.append(feed)
        return feed


def _server_version(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT version FROM catalog_state").fetchone()
    return 0 if row is None else int(row[0])
