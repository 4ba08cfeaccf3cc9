"""Whose turn it is to write to an SQLite file.

SQLite asks for a lock that is held less and less often, so whoever comes last asks most often
and whoever has just written is the first to write again. Among dozens of writers one could
wait for minutes. Here those who have waited longer ask more often.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Final

from sqlalchemy import Connection

_BEGIN: Final = "BEGIN IMMEDIATE"
_FIRST: Final = 0.025
_SHORTEST: Final = 0.003


def pause_after(waited: float) -> float:
    """Seconds until whoever has waited so long asks again, on average."""
    return max(_SHORTEST, _FIRST / (1 + waited))


def begin_writing(connection: Connection, patience: float) -> None:
    """Begin a transaction that writes, when it is its turn.

    Parameters
    ----------
    connection : Connection
        To an SQLite file, without a transaction.
    patience : float
        Seconds to wait for others at most.

    Raises
    ------
    sqlalchemy.exc.OperationalError
        If others have not let go until then, or the file cannot be written to.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"not a connection to SQLite: {driver!r}")
    began = time.monotonic()
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while (waited := time.monotonic() - began) < patience:
            try:
                driver.execute(_BEGIN)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            else:
                return
            time.sleep(random.uniform(0, 2) * pause_after(waited))  # noqa: S311 - no secret
        connection.exec_driver_sql(_BEGIN)  # fails in SQLAlchemy's words, or is lucky
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
