"""Catalogs to test with: a file, or a real PostgreSQL server."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, DateTime, MetaData, create_engine, insert, text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog, DatasetRecord, ResultRecord, upgrade_catalog
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.catalog.revisions import _run_migrations

MM9 = {"chr1": 197_195_432, "chr2": 181_748_087, "chrX": 166_650_296}


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """Address of an empty database of its own."""
    with _database(postgres_server, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of a database with the catalog's tables, to be copied."""
    with _database(postgres_server, "template1") as url:
        upgrade_catalog(url)
        yield str(make_url(url).database)


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_template: str) -> Iterator[str]:
    """Address of a database with the catalog's tables."""
    with _database(postgres_server, _postgres_template) as url:
        yield url


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Address of a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'new folder' / 'catalog.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest) -> str:
    """A catalog on each database in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url = request.getfixturevalue(name)
    assert isinstance(url, str)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def any_empty(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """Where a catalog can be made, on each database in turn."""
    if request.param == "sqlite":
        return sqlite_url
    url = request.getfixturevalue("empty_postgres")
    assert isinstance(url, str)
    return url


People = Callable[[str], Catalog]


@pytest.fixture
def people(any_url: str) -> Iterator[People]:
    """One catalog, opened as whoever is named.

    On PostgreSQL each is a role of its own, with a longer name; use `catalog.user`.
    """
    with _entering(any_url) as enter:
        yield enter


@pytest.fixture
def server_people(postgres_url: str) -> Iterator[People]:
    """The same on PostgreSQL alone."""
    with _entering(postgres_url) as enter:
        yield enter


@contextmanager
def _entering(url: str) -> Iterator[People]:
    opened: dict[str, Catalog] = {}
    roles: list[str] = []

    def enter(name: str) -> Catalog:
        if name not in opened:
            if url.startswith("sqlite"):
                opened[name] = Catalog.open(url, user=name)
            else:
                role = f"{name}_{uuid.uuid4().hex[:6]}"
                _make_role(url, role)
                roles.append(role)
                address = make_url(url).set(username=role, password=role)
                opened[name] = Catalog.open(address.render_as_string(hide_password=False))
        return opened[name]

    yield enter
    for catalog in opened.values():
        catalog.close()
    for role in roles:
        _drop_role(url, role)


def _make_role(url: str, name: str) -> None:
    """A person's role, as somebody with least rights has it."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{name}'"))
        connection.execute(text(f'GRANT hicognition_people TO "{name}"'))
    engine.dispose()


def _drop_role(url: str, name: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP ROLE "{name}"'))
    engine.dispose()


@pytest.fixture
def catalog(people: People) -> Catalog:
    """Alice's view of a catalog with the assembly mm9."""
    alice = people("alice")
    alice.add_assembly(name="mm9", organism="Mus musculus", chromsizes=MM9)
    return alice


class Maker:
    """Adds datasets with made-up file facts."""

    def regions(self, catalog: Catalog, name: str, **more: object) -> DatasetRecord:
        facts: dict[str, object] = {
            "kind": "regions",
            "name": name,
            "assembly": "mm9",
            "path": f"/data/{name}.bed",
            "fingerprint": hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
            "size": 100,
            "modified": 1.5,
            "dims": 1,
            "region_kind": "point",
            "n_regions": 3,
        }
        return catalog.add_dataset(**(facts | more))  # type: ignore[arg-type]

    def track(self, catalog: Catalog, name: str, **more: object) -> DatasetRecord:
        facts: dict[str, object] = {
            "kind": "signal_track",
            "name": name,
            "assembly": "mm9",
            "path": f"/data/{name}.bw",
            "fingerprint": hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
        }
        return catalog.add_dataset(**(facts | more))  # type: ignore[arg-type]

    def result(self, catalog: Catalog, key: str, *inputs: int, **more: object) -> ResultRecord:
        facts: dict[str, object] = {
            "key": key,
            "analysis": "pileup",
            "request": {"flank": 100_000},
            "meta": {"n_used": 3},
            "inputs": inputs,
            "digest": "abc",
            "payload": b"numbers",
        }
        if "artifact" in more:
            del facts["payload"]
        return catalog.add_result(**(facts | more))  # type: ignore[arg-type]


@pytest.fixture
def make() -> Maker:
    return Maker()


DUMPS = Path(__file__).parent / "revisions"


@pytest.fixture
def load_dump() -> Callable[[str, str], None]:
    """Makes a database of a released revision, with data in it."""
    return _load


def _load(url: str, revision: str) -> None:
    """A database at a revision, with the rows of its dump."""
    rows: dict[str, list[dict[str, Any]]] = json.loads((DUMPS / f"{revision}.json").read_text())
    database = Database(url)
    with database.engine.connect() as connection:
        _run_migrations(connection, revision)
        tables = MetaData()
        tables.reflect(connection)
        for table in reversed(tables.sorted_tables):
            if table.name in rows:
                connection.execute(table.delete())
        for table in tables.sorted_tables:
            values = [
                {name: _fitting(table.c[name].type, value) for name, value in row.items()}
                for row in rows.get(table.name, ())
            ]
            if values:
                connection.execute(insert(table), values)
            if values and "id" in table.c and make_url(url).get_backend_name() != "sqlite":
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                        f"(SELECT max(id) FROM {table.name}))"
                    )
                )
        connection.commit()
    database.close()


def _fitting(kind: object, value: Any) -> Any:
    """A value of the dump as the column wants it."""
    if isinstance(value, dict) and set(value) == {"bytes"}:
        return base64.b64decode(value["bytes"])
    if isinstance(value, dict) and set(value) == {"time"}:
        time = datetime.fromisoformat(value["time"])
        zoned = isinstance(kind, DateTime) and kind.timezone
        return time.replace(tzinfo=UTC) if zoned else time
    if isinstance(kind, JSON) and isinstance(value, str):
        return json.loads(value)
    if str(kind) == "BOOLEAN" and value is not None:
        return bool(value)
    return value
