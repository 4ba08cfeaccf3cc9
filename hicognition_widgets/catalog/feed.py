"""Hearing of changes: on PostgreSQL by LISTEN, on SQLite by looking at a counter.

A message carries nothing but the version number, and even that is not believed, as any
role can send one: whoever hears of a change asks the catalog again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog.engine import CHANNEL, Database, alive, driver_arguments
from hicognition_widgets.errors import CatalogError

if TYPE_CHECKING:
    import psycopg

INTERVAL = 0.5
"""Seconds between two looks at the counter."""

_LONGEST_PAUSE = 10.0

log = logging.getLogger(__name__)


class Feed:
    """Calls a function after every change of a catalog, until it is stopped.

    Parameters
    ----------
    source : FeedSource
    callback : callable
        Called with the new version number, on the source's thread, never twice at the
        same time. Several changes in a row may be one call. What it raises is logged.
    interval : float
        Seconds between two looks at the counter; a message comes sooner.
    version : int
        What is known already.
    """

    def __init__(
        self,
        source: FeedSource,
        callback: Callable[[int], object],
        *,
        interval: float,
        version: int,
    ) -> None:
        self.interval = interval
        self._source = source
        self._callback = callback
        self._version = version
        self._stopped = threading.Event()
        self._calling = threading.RLock()

    @property
    def alive(self) -> bool:
        """Whether changes are still heard."""
        return not self._stopped.is_set()

    def stop(self) -> None:
        """Stop; when this returns, no call comes any more.

        Called from the callback itself, it returns at once.
        """
        self._stopped.set()
        with self._calling:  # a call that is on its way ends first
            pass
        self._source.remove(self)

    def tell(self, version: int) -> None:
        """Call the function, if the version is news."""
        with self._calling:
            if version == self._version or self._stopped.is_set():
                return
            self._version = version
            try:
                self._callback(version)
            except Exception:  # a broken view must not deafen the others
                log.exception("what was to happen after a change of the catalog failed")


class FeedSource:
    """One thread, and on PostgreSQL one connection, for all feeds of a catalog.

    The thread starts with the first feed and ends with the last.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._feeds: list[Feed] = []
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()

    def add(self, callback: Callable[[int], object], interval: float) -> Feed:
        """Hear of changes from now on."""
        feed = Feed(self, callback, interval=interval, version=self._database.version())
        with self._lock:
            self._feeds.append(feed)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="hicognition catalog feed", daemon=True
                )
                self._thread.start()
        self._wake.set()  # it may want to be told sooner than the others
        return feed

    def remove(self, feed: Feed) -> None:
        """Hear of changes for this feed no more; the last one waits for the thread to end."""
        with self._lock:
            if feed in self._feeds:
                self._feeds.remove(feed)
            ending = None if self._feeds else self._thread
        self._wake.set()
        if ending is not None and ending is not threading.current_thread():
            ending.join()

    def stop(self) -> None:
        """Stop all feeds."""
        for feed in self._current():
            feed.stop()

    def _current(self) -> list[Feed]:
        with self._lock:
            return list(self._feeds)

    @property
    def _interval(self) -> float:
        return min((feed.interval for feed in self._current()), default=INTERVAL)

    def _over(self) -> bool:
        """Whether nobody listens any more; then the thread is as good as gone."""
        with self._lock:
            if self._feeds:
                return False
            self._thread = None
            return True

    def _pause(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()

    def _run(self) -> None:
        follow = self._poll if self._database.is_sqlite else self._listen
        pause = self._interval
        troubled = False
        while not self._over():
            try:
                for version in follow():
                    pause = self._interval
                    if troubled:
                        log.warning("the catalog %s is back", self._database.shown)
                        troubled = False
                    for feed in self._current():
                        feed.tell(version)
            except CatalogError as error:
                if not troubled:
                    log.warning("changes are not heard for now: %s", error)
                    troubled = True
                self._pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _poll(self) -> Iterator[int]:
        while self._current():
            yield self._database.version()
            self._pause(self._interval)

    def _listen(self) -> Iterator[int]:
        import psycopg

        try:
            # Named once each: an address may name the program too.
            how = {
                **driver_arguments(self._database.url),
                **alive(self._database.url),
                "application_name": "hicognition feed",
            }
            with psycopg.connect(**how, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())
                while self._current():
                    # Also without a message: one may be lost while another is answered.
                    yield _server_version(connection)
                    self._await_message(connection)
        except psycopg.Error as error:
            raise CatalogError(
                f"the catalog {self._database.shown} cannot be reached: {error}"
            ) from error

    def _await_message(self, connection: psycopg.Connection[Any]) -> None:
        """Return at a message, after the interval, or soon after the last feed has ended."""
        latest = time.monotonic() + self._interval
        while self._current() and (left := latest - time.monotonic()) > 0:
            for _ in connection.notifies(timeout=min(left, INTERVAL), stop_after=1):
                return


def _server_version(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT version FROM catalog_state").fetchone()
    return 0 if row is None else int(row[0])
