"""Which revision a catalog has, and how it gets to the one this program needs.

SQLite is created, backed up and upgraded when it is opened. A PostgreSQL catalog is
upgraded by its administrator, as people who use it cannot change its tables.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from hicognition_widgets.catalog.engine import Database, sentence
from hicognition_widgets.errors import CatalogError

REVISIONS = ("0001", "0002", "0003")
"""All revisions up to the one this program needs, oldest first."""

HEAD = REVISIONS[-1]

_APPLICATION_ID = 0x48694347  # "HiCG" in the header of the SQLite file


def prepare(database: Database) -> Path | None:
    """Create or upgrade a SQLite catalog; check a PostgreSQL one.

    Returns
    -------
    Path or None
        The backup, if an older SQLite catalog was upgraded.

    Raises
    ------
    CatalogError
        If the file is something else, or the catalog needs a newer program, or (on
        PostgreSQL) its administrator.
    """
    if not database.is_sqlite:
        with _connection(database) as connection:
            _check_server(database, current_revision(connection))
        return None
    _make_folder(database)
    _refuse_read_only(database)
    with _connection(database) as connection:
        found = current_revision(connection)
        if found is None:
            _refuse_foreign_tables(database, connection)
    _choose_journal(database)
    if found == HEAD:
        return None
    return upgrade(database)


def upgrade(database: Database) -> Path | None:
    """Bring a catalog to the revision of this program, in one transaction.

    Returns
    -------
    Path or None
        The backup of an older SQLite catalog.

    Raises
    ------
    CatalogError
        If the catalog was made by a newer program, or cannot be changed.
    """
    backup: Path | None = None
    if database.is_sqlite:
        _make_folder(database)
        _refuse_read_only(database)
        with _connection(database) as connection:
            found = current_revision(connection)
        _refuse_newer(database, found)
        if found is not None and found != HEAD:
            backup = _back_up(database, found)
    with _connection(database, write=True) as connection:
        # Whoever waited here for another process may find the work done.
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(4725218)"))
        found = current_revision(connection)
        _refuse_newer(database, found)
        if found != HEAD:
            if not database.is_sqlite:
                _refuse_person(database, connection)
            _run_migrations(connection)
            if database.is_sqlite:
                connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.commit()
    return backup


def upgrade_catalog(url: str) -> Path | None:
    """Create or upgrade the catalog at an address: what an administrator runs.

    Parameters
    ----------
    url : str
        On PostgreSQL with a role that owns the tables, or may make them.

    Returns
    -------
    Path or None
        The backup of an older SQLite catalog.

    Raises
    ------
    CatalogError, InputError
    """
    database = Database(url)
    try:
        return upgrade(database)
    finally:
        database.close()


def current_revision(connection: Connection) -> str | None:
    """Revision that a database says it has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _run_migrations(connection: Connection, to: str = "head") -> None:
    # Imported here: opening an up-to-date catalog does not need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    config.attributes["connection"] = connection
    command.upgrade(config, to)


@contextmanager
def _connection(database: Database, *, write: bool = False) -> Iterator[Connection]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine = database.engine
        if write:
            engine = engine.execution_options(hicognition_write=True)
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise sentence(error, database) from error


def _make_folder(database: Database) -> None:
    assert database.path is not None  # noqa: S101 - SQLite has one
    try:
        database.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogError(
            f"the folder of the catalog {database.shown} cannot be made: {error.strerror}"
        ) from error


def _refuse_read_only(database: Database) -> None:
    """Leave a file alone that one may only read.

    SQLite would put files of its log beside it, which only the owner of the catalog could
    take away again; if they are somebody else's, they keep its owner from writing.
    """
    assert database.path is not None  # noqa: S101 - SQLite has one
    effective = os.access in os.supports_effective_ids
    if database.path.exists() and not os.access(
        database.path, os.W_OK, effective_ids=effective
    ):
        raise CatalogError(
            f"the catalog {database.shown} cannot be changed: its file is read-only; "
            "make it writable, or use a copy of it"
        )


def _refuse_foreign_tables(database: Database, connection: Connection) -> None:
    tables = [
        name for name in inspect(connection).get_table_names() if name != "alembic_version"
    ]
    if tables:
        raise CatalogError(
            f"{database.shown} is a database of something else "
            f"(it has a table {tables[0]!r}); choose another file for the catalog"
        )


def _refuse_newer(database: Database, found: str | None) -> None:
    if found is not None and found not in REVISIONS:
        raise CatalogError(
            f"the catalog {database.shown} was made by a newer version of "
            f"hicognition-widgets (it has revision {found}, this program knows {HEAD}); "
            "install the newer version to use it"
        )


def _check_server(database: Database, found: str | None) -> None:
    _refuse_newer(database, found)
    if found != HEAD:
        state = "has no tables yet" if found is None else f"has the older revision {found}"
        raise CatalogError(
            f"the catalog {database.shown} {state}; its administrator has to run "
            "`hicognition catalog upgrade`"
        )


def _refuse_person(database: Database, connection: Connection) -> None:
    """Only the role that owns the tables, or may make them, changes them."""
    owner = connection.execute(
        text(
            "SELECT pg_get_userbyid(c.relowner) FROM pg_class c "
            "WHERE c.relname = 'alembic_version' "
            "AND c.relnamespace = CAST(current_schema() AS regnamespace)"
        )
    ).scalar()
    if owner is None:
        may = "SELECT has_schema_privilege(current_schema(), 'CREATE')"
        allowed = connection.execute(text(may)).scalar()
    else:
        may = "SELECT pg_has_role(CAST(:owner AS name), 'USAGE')"
        allowed = connection.execute(text(may), {"owner": owner}).scalar()
    if not allowed:
        raise CatalogError(
            f"you are {database.url.username} in the catalog {database.shown} and may not "
            f"change its tables; its administrator has to run `hicognition catalog upgrade` "
            f"with HICOGNITION_CATALOG=postgresql+psycopg://{owner or 'the owner'}@"
            f"{database.url.host or 'localhost'}/{database.url.database}"
        )


def _choose_journal(database: Database) -> None:
    """Write-ahead log on local disks, rollback journal on network file systems."""
    wanted = "delete" if database.network else "wal"
    with _connection(database) as connection:
        # The mode cannot be changed inside the transaction that SQLAlchemy began.
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - path exists
        driver.rollback()
        (mode,) = driver.execute("PRAGMA journal_mode").fetchone()
        if mode == wanted:
            return
        try:
            driver.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
        except sqlite3.OperationalError as error:
            # In use elsewhere: whoever opens it next alone will change it. Both modes are
            # safe on a local disk; a log on a network file system is not.
            if wanted == "delete" and "locked" in str(error):
                raise CatalogError(
                    f"the catalog {database.shown} is on a network file system "
                    f"({database.network}) and in use in a way that is unsafe there; "
                    "close the other notebooks and open it again"
                ) from error
            if "locked" not in str(error):
                raise CatalogError(
                    f"the catalog {database.shown} cannot be changed: {error}"
                ) from error


def _back_up(database: Database, found: str) -> Path:
    assert database.path is not None  # noqa: S101 - SQLite has one
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    target = database.path.with_name(f"{database.path.name}.{found}.{stamp}.backup")
    try:
        with (
            closing(sqlite3.connect(database.path, timeout=database.busy_seconds)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    except (sqlite3.Error, OSError) as error:
        target.unlink(missing_ok=True)
        raise CatalogError(
            f"the catalog {database.shown} needs an upgrade, but its backup cannot be "
            f"written: {error}"
        ) from error
    return target
