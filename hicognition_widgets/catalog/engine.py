"""The database behind a catalog: connections, transactions, and errors as sentences.

One SQLAlchemy session per operation. Safe from any thread and after a fork.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, func, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from hicognition_widgets.catalog.filesystem import network_filesystem
from hicognition_widgets.catalog.models import CatalogState
from hicognition_widgets.catalog.turns import begin_writing
from hicognition_widgets.errors import (
    CatalogError,
    HiCognitionError,
    InputError,
    NotAllowed,
)
from hicognition_widgets.settings import shown_address

BUSY_SECONDS = 60.0
"""How long a write waits for other processes before it gives up."""

CHANNEL = "hicognition_catalog"
"""PostgreSQL channel that carries the version number of each change."""

_ALIVE = {
    "connect_timeout": 10,  # s
    "keepalives_idle": 30,  # s
    "keepalives_interval": 10,  # s
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # ms
}

_WRITE = "hicognition_write"
_UNCHANGED = "hicognition_unchanged"


class Database:
    """Connections to one catalog.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql+psycopg://…``.
    busy_seconds : float
        How long a write waits for other writers on SQLite.

    Raises
    ------
    InputError
        For other databases, and for SQLite without a file.
    """

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.url = _checked_url(url)
        self.busy_seconds = busy_seconds
        self.path: Path | None = None
        self.network: str | None = None
        if self.is_sqlite:
            assert self.url.database is not None  # noqa: S101 - _checked_url saw to it
            self.path = Path(self.url.database).expanduser().absolute()
            self.url = self.url.set(database=str(self.path))
            self.network = network_filesystem(self.path)
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._pid = os.getpid()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file, not a server."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def shown(self) -> str:
        """How sentences name this catalog; without a password."""
        if self.path is not None:
            return str(self.path)
        return shown_address(self.url.render_as_string(hide_password=True))

    @property
    def engine(self) -> Engine:
        """The connection pool; a new one after a fork, as connections do not survive it."""
        with self._lock:
            if self._engine is not None and self._pid != os.getpid():
                self._engine.dispose(close=False)
                self._engine = None
            if self._engine is None:
                self._pid = os.getpid()
                self._engine = self._make_engine()
                event.listen(self._engine, "checkin", self._closer_of(self._engine))
            return self._engine

    def _closer_of(self, engine: Engine) -> Callable[[Any, ConnectionPoolEntry], None]:
        def close_if_left(_connection: object, entry: ConnectionPoolEntry) -> None:
            # its pool was given back meanwhile: nobody would close it
            if self._engine is not engine:
                entry.invalidate()

        return close_if_left

    def close(self) -> None:
        """Give all connections back; one that is in use, by another thread, when it is not."""
        with self._lock:
            engine, self._engine = self._engine, None
            if engine is not None:
                engine.dispose(close=self._pid == os.getpid())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for questions; sees one state of the catalog."""
        with self._sentences(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together, or not at all.

        The version counter is raised last, so that its row is never held while another
        lock is waited for. Nothing is flushed behind one's back: what a row must not
        contradict is asked for before the row is written.
        """
        engine = self.engine.execution_options(**{_WRITE: True})
        with (
            self._sentences(),
            Session(engine, expire_on_commit=False, autoflush=False) as session,
        ):
            yield session
            session.flush()
            if session.info.get(_UNCHANGED):
                session.rollback()
                return
            bump_version(session)
            session.commit()

    def version(self) -> int:
        """The counter of committed changes."""
        with self.read() as session:
            return session.scalar(select(CatalogState.version)) or 0

    def _make_engine(self) -> Engine:
        if self.is_sqlite:
            engine = create_engine(
                self.url,
                pool_size=5,
                max_overflow=20,
                connect_args={"timeout": self.busy_seconds},
            )
            synchronous = "FULL" if self.network else "NORMAL"

            @event.listens_for(engine, "connect")
            def prepare(connection: Any, _record: object) -> None:
                connection.isolation_level = None  # transactions are begun below
                cursor = connection.cursor()
                cursor.execute("PRAGMA foreign_keys = ON")
                cursor.execute(f"PRAGMA synchronous = {synchronous}")
                cursor.close()

            @event.listens_for(engine, "begin")
            def begin(connection: Connection) -> None:
                # A transaction that starts by reading and writes later can fail at once
                # when others write; one that says so at its start waits for its turn.
                if connection.get_execution_options().get(_WRITE):
                    begin_writing(connection, self.busy_seconds)
                else:
                    connection.exec_driver_sql("BEGIN")

            return engine
        return create_engine(
            self.url,
            pool_size=2,
            max_overflow=0,
            pool_timeout=self.busy_seconds,
            pool_pre_ping=True,
            connect_args={**alive(self.url), "application_name": "hicognition"},
        )

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except HiCognitionError:
            raise
        except exc.SQLAlchemyError as error:
            raise sentence(error, self) from error


def alive(url: URL) -> dict[str, Any]:
    """How soon a server that has gone silent is noticed, unless the address says otherwise.

    By default a system asks after two hours, and a question to a server that lost its network
    would wait as long.
    """
    return {name: value for name, value in _ALIVE.items() if name not in url.query}


def driver_arguments(url: URL) -> dict[str, Any]:
    """What psycopg connects with; as an address, names with spaces would not get through."""
    named: dict[str, Any] = url.translate_connect_args(username="user", database="dbname")
    return {**named, **url.query}


def bump_version(session: Session) -> None:
    """Raise the counter of committed changes; on PostgreSQL also tell the listeners."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(update(CatalogState).values(version=CatalogState.version + 1))
    else:
        session.execute(select(func.hicognition_bump()))


def nothing_changed(session: Session) -> None:
    """Tell :meth:`Database.write` that there is nothing to commit or to announce."""
    session.info[_UNCHANGED] = True


_FULL = re.compile("too many (clients|connections)|connection slots")  # at connecting, no code
_STATES = {
    "25006": "cannot be changed: its server is read-only now",
    "40001": "was changed by others at the same moment; try again",
    "40P01": "was changed by others at the same moment; try again",
    "53100": "cannot be changed: the disk of its server is full; free some space and try again",
    "53200": "cannot answer: its server is out of memory; try again",
    "53300": "has no free connection; try again",
    "55P03": "is busy: somebody else is changing the same; try again",
    "57014": "took too long to answer; try again",
}
"""What PostgreSQL's codes of errors mean, where the driver's text does not say it well."""


def sentence(error: exc.SQLAlchemyError, database: Database) -> HiCognitionError:
    """What a driver's error means for a user."""
    where = f"the catalog {database.shown}"
    text = str(getattr(error, "orig", None) or error).strip()
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state == "42501":
        return NotAllowed(
            f"{where} does not allow this: it belongs to somebody else ({_first_line(text)})"
        )
    if state in _STATES:
        return CatalogError(f"{where} {_STATES[state]}")
    known = {
        "database is locked": (
            f"{where} is busy: other processes have been writing for more than "
            f"{database.busy_seconds:g} s; try again"
        ),
        "readonly database": f"{where} cannot be changed: its file or folder is read-only",
        "unable to open database file": (
            f"{where} cannot be opened: its folder does not exist, or is not writable"
        ),
        "database or disk is full": (
            f"the disk that holds {where} is full; free some space and try again"
        ),
        "disk I/O error": f"{where} cannot be read or written: the disk reports an error",
        "file is not a database": f"{where} is not a SQLite file",
        "malformed": f"{where} is damaged; restore a backup, which lies beside it",
    }
    for part, meaning in known.items():
        if part in text:
            return CatalogError(meaning)
    if isinstance(error, StaleDataError):  # the database held it back: no row was changed
        return NotAllowed(
            f"{where} did not change it: it belongs to somebody else, or was deleted just now"
        )
    if isinstance(error, exc.TimeoutError) or _FULL.search(text):
        return CatalogError(f"{where} has no free connection; try again")
    if not database.is_sqlite and isinstance(error, exc.OperationalError | exc.InterfaceError):
        return CatalogError(f"{where} cannot be reached: {_first_line(text)}; try again")
    if isinstance(error, exc.IntegrityError):
        return CatalogError(
            f"{where} refused a change that contradicts what it holds: {_first_line(text)}"
        )
    return CatalogError(f"{where} reports: {_first_line(text)}")


def _first_line(text: str) -> str:
    return text.splitlines()[0].rstrip(".;: ") if text else "no reason given"


def _checked_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise InputError(
            f"{shown_address(str(url))!r} is not the address of a catalog; "
            "use sqlite:///path or postgresql+psycopg://user:password@host/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise InputError(f"a catalog lives in SQLite or PostgreSQL, not in {backend}")
    if not parsed.database or parsed.database == ":memory:":
        raise InputError("a catalog needs a file: sqlite:///path/to/catalog.sqlite")
    return parsed
