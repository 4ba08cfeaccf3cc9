"""Writers of one SQLite file take turns."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, exc, pool

from hicognition_widgets.catalog.turns import begin_writing, pause_after


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE numbers (number INTEGER)")
    return path


@pytest.fixture
def connection(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{file}", poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.connection.driver_connection.isolation_level = None
        yield connection


def timeout_of(connection: Connection) -> int:
    (found,) = connection.connection.driver_connection.execute("PRAGMA busy_timeout").fetchone()
    return int(found)


def test_who_has_waited_longer_asks_more_often() -> None:
    pauses = [pause_after(seconds) for seconds in (0, 0.5, 1, 2, 5, 60)]
    assert pauses == sorted(pauses, reverse=True)
    assert pauses[0] == 0.025
    assert pauses[-1] == 0.003


def test_a_writer_waits_until_the_other_has_written(file: Path, connection: Connection) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO numbers VALUES (1)")
        threading.Timer(0.2, other.execute, ["COMMIT"]).start()
        begin_writing(connection, 60)
        driver = connection.connection.driver_connection
        assert driver.in_transaction
        assert driver.execute("SELECT number FROM numbers").fetchall() == [(1,)]
        assert timeout_of(connection) == 60_000  # what follows waits as SQLite does
        driver.execute("ROLLBACK")


def test_who_waits_in_vain_hears_that_the_file_is_locked(
    file: Path, connection: Connection
) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(exc.OperationalError, match="database is locked"):
            begin_writing(connection, 0.3)
        assert time.monotonic() - began >= 0.3
        assert timeout_of(connection) == 300
        other.execute("ROLLBACK")
        begin_writing(connection, 0)  # asks once, whatever the patience
        assert connection.connection.driver_connection.in_transaction


def test_another_failure_is_not_waited_for(connection: Connection) -> None:
    begin_writing(connection, 60)
    with pytest.raises(exc.OperationalError, match="within a transaction"):
        begin_writing(connection, 3600)
