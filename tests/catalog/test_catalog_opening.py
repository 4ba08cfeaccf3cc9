"""A catalog is created, opened again, upgraded, or refused with a sentence."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url

import hicognition_widgets.catalog as room
from hicognition_widgets.catalog import Catalog, revisions
from hicognition_widgets.catalog import engine as engine_module
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.catalog.filesystem import network_filesystem
from hicognition_widgets.catalog.models import Base
from hicognition_widgets.catalog.revisions import REVISIONS
from hicognition_widgets.errors import CatalogError, InputError


def test_file_is_made_with_its_folder(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        assert catalog.user == "alice"
        assert catalog.url == sqlite_url
        assert catalog.datasets() == []
        assert catalog.path is not None
        assert catalog.path.is_file()
        assert catalog.warning is None


def test_sqlite_uses_a_write_ahead_log_and_foreign_keys(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog, catalog._read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_network_file_system_means_rollback_journal_and_a_warning(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog.open(sqlite_url, user="alice").close()
    monkeypatch.setattr(engine_module, "network_filesystem", lambda _path: "nfs4")
    with Catalog.open(sqlite_url, user="alice") as catalog, catalog._read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "delete"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert catalog.warning is not None
        assert "nfs4" in catalog.warning


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/ann/catalog.sqlite", "nfs4"),
        ("/home/ann/scratch/catalog.sqlite", None),
        ("/data disk/x", "cifs"),
        ("/homeless/x", None),
    ],
)
def test_network_file_systems_are_found_in_the_mount_table(
    path: str, expected: str | None
) -> None:
    mounts = (
        "/dev/sda / ext4 rw 0 0\n"
        "server:/h /home nfs4 rw 0 0\n"
        "/dev/sdb /home/ann/scratch xfs rw 0 0\n"
        "//smb/x /data\\040disk cifs rw 0 0\n"
    )
    assert network_filesystem(Path(path), mounts) == expected


def test_other_databases_are_refused() -> None:
    with pytest.raises(InputError, match="not in mysql"):
        Catalog.open("mysql://localhost/x", user="alice")
    with pytest.raises(InputError, match="needs a file"):
        Catalog.open("sqlite://", user="alice")
    with pytest.raises(InputError, match="not the address"):
        Catalog.open("nonsense", user="alice")


def test_a_user_is_needed(sqlite_url: str) -> None:
    with pytest.raises(InputError, match="who asks"):
        Catalog.open(sqlite_url)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to have a header" * 10)
    before = path.read_bytes()
    with pytest.raises(CatalogError, match="is not a SQLite file"):
        Catalog.open(f"sqlite:///{path}", user="alice")
    assert path.read_bytes() == before


def test_somebody_elses_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(CatalogError, match="'recipes'"):
        Catalog.open(f"sqlite:///{path}", user="alice")
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_catalog(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.touch()
    with Catalog.open(f"sqlite:///{path}", user="alice") as catalog:
        assert catalog.datasets() == []


def test_failed_creation_leaves_a_file_that_can_be_used(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = revisions._run_migrations

    def fail_at_the_end(connection: object) -> None:
        run(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(revisions, "_run_migrations", fail_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        Catalog.open(sqlite_url, user="alice")
    path = Database(sqlite_url).path
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    monkeypatch.undo()
    with Catalog.open(sqlite_url, user="alice") as catalog:
        assert catalog.assemblies() == []


def test_many_processes_create_one_catalog_at_once(sqlite_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        versions = pool.starmap(_open_and_add, [(sqlite_url, f"user{i}") for i in range(6)])
    assert len(versions) == 6
    with Catalog.open(sqlite_url, user="alice") as catalog:
        names = {record.name for record in catalog.assemblies()}
    assert names == {f"assembly of user{i}" for i in range(6)}


def _open_and_add(url: str, user: str) -> int:
    with Catalog.open(url, user=user) as catalog:
        catalog.add_assembly(name=f"assembly of {user}", chromsizes={"chr1": 1000})
        return catalog.version()


def test_newer_catalog_is_refused(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog, catalog._write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogError, match=r"newer version.*revision 9999"):
        Catalog.open(sqlite_url, user="alice")


def test_older_catalog_is_backed_up_and_upgraded(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog.open(sqlite_url, user="alice").close()
    monkeypatch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
    monkeypatch.setattr(revisions, "HEAD", "9999")

    def migrate(connection: object) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))  # type: ignore[attr-defined]

    monkeypatch.setattr(revisions, "_run_migrations", migrate)
    with Catalog.open(sqlite_url, user="alice") as catalog:
        backup = catalog.backup
    assert backup is not None
    with closing(sqlite3.connect(backup)) as connection:
        (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        (name,) = connection.execute("SELECT name FROM users").fetchone()
    assert (found, name) == (REVISIONS[-1], "alice")
    with Catalog.open(sqlite_url, user="alice") as catalog:
        assert catalog.backup is None


def test_failed_upgrade_changes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Catalog.open(sqlite_url, user="alice").close()

    def fail(connection: object) -> None:
        connection.execute(text("DROP TABLE annotations"))  # type: ignore[attr-defined]
        connection.execute(text("DROP TABLE absent"))  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
        patch.setattr(revisions, "HEAD", "9999")
        patch.setattr(revisions, "_run_migrations", fail)
        with pytest.raises(CatalogError, match="reports: no such table: absent"):
            Catalog.open(sqlite_url, user="alice")
    with Catalog.open(sqlite_url, user="alice") as catalog, catalog._read() as session:
        assert session.execute(text("SELECT count(*) FROM annotations")).scalar() == 0


def test_folder_that_is_a_file_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogError, match="cannot be made"):
        Catalog.open(f"sqlite:///{tmp_path / 'file' / 'catalog.sqlite'}", user="alice")


def test_full_disk_gives_a_sentence_and_the_next_attempt_works(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        engine = catalog._database.engine
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            (pages,) = driver.execute("PRAGMA page_count").fetchone()
            driver.execute(f"PRAGMA max_page_count = {pages}")
        big = {f"scaffold_{i}": 1000 + i for i in range(5000)}
        with pytest.raises(CatalogError, match="is full; free some space"):
            catalog.add_assembly(name="big", chromsizes=big)
        catalog.close()  # the limit belongs to the connection
        assert catalog.assemblies() == []
        assert len(catalog.add_assembly(name="big", chromsizes=big).chromsizes) == 5000


def test_busy_catalog_gives_a_sentence_and_the_next_attempt_works(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice", busy_seconds=0.1) as catalog:
        assert catalog.path is not None
        with closing(sqlite3.connect(catalog.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(CatalogError, match="is busy"):
                catalog.add_assembly(name="mm9", chromsizes={"chr1": 1})
            assert catalog.assemblies() == []  # reading goes on
            other.execute("ROLLBACK")
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1})


def test_a_catalog_works_from_any_thread(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        errors: list[Exception] = []

        def add(number: int) -> None:
            try:
                catalog.add_assembly(name=f"a{number}", chromsizes={"chr1": number + 1})
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                errors.append(error)

        threads = [threading.Thread(target=add, args=(i,)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(catalog.assemblies()) == 12


def test_a_connection_in_use_is_closed_once_it_is_not(any_url: str) -> None:
    if any_url.startswith("sqlite"):
        Catalog.open(any_url, user="alice").close()
    database = Database(any_url)
    asked, closed = threading.Event(), threading.Event()
    used: list[object] = []

    def read() -> None:
        with database.read() as session:
            fairy = session.connection().connection
            used.append(fairy.driver_connection)
            asked.set()
            assert closed.wait(60)

    reader = threading.Thread(target=read)
    reader.start()
    assert asked.wait(60)
    database.close()
    closed.set()
    reader.join(60)
    (connection,) = used
    if isinstance(connection, psycopg.Connection):
        assert connection.closed
    else:
        assert isinstance(connection, sqlite3.Connection)
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            connection.execute("SELECT 1")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_catalog_survives_a_fork(sqlite_url: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        pid = os.fork()
        if pid == 0:
            try:
                catalog.add_assembly(name="of the child", chromsizes={"chr1": 1})
                os._exit(0)
            except BaseException:  # noqa: BLE001 - a child must not run pytest's end
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert [record.name for record in catalog.assemblies()] == ["of the child"]


def test_migrations_make_exactly_the_tables_of_the_models(any_url: str) -> None:
    if any_url.startswith("sqlite"):
        Catalog.open(any_url, user="alice").close()
    database = Database(any_url)
    with database.engine.connect() as connection:
        # An index of an expression, for PostgreSQL alone; models do without.
        options = {
            "compare_type": True,
            "include_name": lambda name, _kind, _of: name != "ix_datasets_trigrams",
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, Base.metadata)
    database.close()
    assert differences == []


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    config = Config()
    folder = Path(room.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    script = ScriptDirectory.from_config(config)
    found = [revision.revision for revision in script.walk_revisions()][::-1]
    assert tuple(found) == revisions.REVISIONS
    assert script.get_heads() == [revisions.HEAD]


@pytest.mark.postgres
def test_empty_postgres_names_the_administrators_command(empty_postgres: str) -> None:
    with pytest.raises(CatalogError, match="hicognition catalog upgrade"):
        Catalog.open(empty_postgres)


@pytest.mark.postgres
def test_postgres_user_is_the_role(postgres_url: str) -> None:
    with Catalog.open(postgres_url, user="mallory") as catalog:
        assert catalog.user == "postgres"
        assert "mallory" not in [user.name for user in catalog.users()]


@pytest.mark.postgres
def test_older_and_newer_postgres_are_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(revisions, "REVISIONS", (*revisions.REVISIONS, "9999"))
        patch.setattr(revisions, "HEAD", "9999")
        with pytest.raises(
            CatalogError, match=rf"older revision {REVISIONS[-1]}.*administrator"
        ):
            Catalog.open(postgres_url)
    with Catalog.open(postgres_url) as catalog, catalog._write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogError, match="newer version"):
        Catalog.open(postgres_url)


@pytest.mark.postgres
def test_lost_connection_gives_a_sentence_and_the_next_attempt_works(postgres_url: str) -> None:
    with Catalog.open(postgres_url) as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1})
        with pytest.raises(CatalogError, match="cannot be reached"):
            _lose_the_connection(catalog, postgres_url)
        assert [record.name for record in catalog.assemblies()] == ["mm9"]


def _lose_the_connection(catalog: Catalog, url: str) -> None:
    with catalog._write() as session:
        session.execute(text("SELECT 1"))
        address = make_url(url).set(drivername="postgresql")
        with psycopg.connect(address.render_as_string(hide_password=False)) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        session.execute(text("SELECT 1"))


@pytest.mark.postgres
def test_a_silent_server_is_noticed_within_a_minute(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        said = driver.info.get_parameters()
    database.close()
    assert (said["keepalives_idle"], said["tcp_user_timeout"]) == ("30", "60000")
    # Whoever runs the server may know better.
    patient = make_url(postgres_url).update_query_dict({"keepalives_idle": "300"})
    database = Database(patient.render_as_string(hide_password=False))
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.info.get_parameters()["keepalives_idle"] == "300"
    database.close()


def test_unreachable_server_gives_a_sentence() -> None:
    with pytest.raises(CatalogError, match="cannot be reached"):
        Catalog.open("postgresql+psycopg://bob:secret@127.0.0.1:1/none")


def test_the_password_is_never_shown() -> None:
    database = Database("postgresql+psycopg://bob:secret@127.0.0.1:1/none")
    assert "secret" not in database.shown
    with pytest.raises(CatalogError) as error:
        Catalog.open("postgresql+psycopg://bob:secret@127.0.0.1:1/none")
    assert "secret" not in str(error.value)


def test_backups_are_catalogs_themselves(sqlite_url: str, tmp_path: Path) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1})
        copy = revisions._back_up(catalog._database, REVISIONS[-1])
    moved = tmp_path / "moved.sqlite"
    shutil.move(copy, moved)
    with Catalog.open(f"sqlite:///{moved}", user="alice") as catalog:
        assert [record.name for record in catalog.assemblies()] == ["mm9"]
