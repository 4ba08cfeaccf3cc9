"""The roles of people: who makes them, what they may do, how they go."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from elsewhere import elsewhere
from psycopg import sql
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.engine import driver_arguments
from hicognition_widgets.errors import CatalogError, InputError, NotAllowed, NotFound
from hicognition_widgets.hub import Provisioner, spawn_hook
from hicognition_widgets.hub.names import role_name

pytestmark = pytest.mark.postgres


@dataclass
class Hub:
    """A role as deploy/jupyterhub/roles.sql makes it, and the superuser's address."""

    url: str
    admin: str
    made: list[str]

    def person(self, start: str) -> str:
        name = f"{start}-{uuid.uuid4().hex[:6]}"
        self.made.append(name)
        return name


@pytest.fixture
def hub(postgres_url: str) -> Iterator[Hub]:
    name, password = f"hub_{uuid.uuid4().hex[:6]}", secrets.token_hex(8)
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    made: list[str] = []
    with engine.connect() as connection:
        for line in (
            f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{password}'",
            f"GRANT hicognition_people TO {name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
            f"GRANT hicognition_hub TO {name} WITH ADMIN FALSE, INHERIT TRUE, SET FALSE",
        ):
            connection.execute(text(line))
    url = make_url(postgres_url).set(username=name, password=password)
    yield Hub(url.render_as_string(hide_password=False), postgres_url, made)
    address = make_url(postgres_url).set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        for role in (*made, name):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
    engine.dispose()


def connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(**driver_arguments(make_url(url)), autocommit=True)


def test_a_new_person_has_a_catalog_and_no_more(hub: Hub) -> None:
    name = hub.person('Ana "quote"; DROP ROLE x -- ü')
    address = Provisioner(hub.url).add(name)
    with Catalog.open(address) as catalog:
        assert catalog.user == name
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 10})
    with connect(address) as raw:
        (row,) = raw.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,"
            " rolconnlimit FROM pg_roles WHERE rolname = session_user"
        ).fetchall()
        assert row == (False, False, False, False, False, 30)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("SET ROLE hicognition_people")


def test_the_password_changes_with_every_start(hub: Hub) -> None:
    name = hub.person("alice")
    first = Provisioner(hub.url).add(name)
    second = Provisioner(hub.url).add(name)
    assert first != second
    with connect(second) as raw:
        assert raw.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(first)


def test_the_password_is_not_sent_to_the_server(hub: Hub) -> None:
    name = hub.person("alice")
    password = make_url(Provisioner(hub.url).add(name)).password
    assert password is not None
    with connect(hub.admin) as raw:
        (kept,) = raw.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (name,)
        ).fetchall()
    assert kept[0].startswith("SCRAM-SHA-256$")
    assert password not in kept[0]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "must not be empty"), ("x" * 64, "at most 63"), ("ü" * 32, "63 bytes"),
        ("a\x00b", "NUL"), ("a\nb", "cannot be seen"), ("a\u202eb", "cannot be seen"),
        ("pg_monitor", "reserved"), ("PUBLIC", "reserved"), ("hicognition_owner", "reserved"),
        (" a", "white space"),
    ],
)  # fmt: skip
def test_names_that_cannot_be_roles_are_refused(name: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        role_name(name)


def test_the_longest_name_stays_whole(hub: Hub) -> None:
    name = hub.person("ü" * 28)
    assert len(name.encode()) == 63
    with Catalog.open(Provisioner(hub.url).add(name)) as catalog:
        assert catalog.user == name


def test_a_role_that_is_no_person_is_not_taken_over(hub: Hub) -> None:
    for name in ("postgres", make_url(hub.url).username or ""):
        with pytest.raises(InputError, match="not a person"):
            Provisioner(hub.url).add(name)
        with pytest.raises(InputError, match="not a person"):
            Provisioner(hub.url).remove(name)


def test_the_hub_cannot_become_the_owner(hub: Hub) -> None:
    me = make_url(hub.url).username
    with connect(hub.url) as raw:
        for attempt in (
            f"GRANT postgres TO {me}", "SET ROLE postgres", f"ALTER ROLE {me} SUPERUSER",
            f"ALTER ROLE {me} BYPASSRLS", "ALTER ROLE postgres PASSWORD 'x'",
            "CREATE ROLE mighty SUPERUSER", "SELECT * FROM datasets", "DELETE FROM datasets",
            "CREATE ROLE helper IN ROLE postgres", "SET ROLE hicognition_people",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(attempt.encode())


def test_the_hook_takes_no_credential_that_may_too_much(hub: Hub) -> None:
    with pytest.raises(NotAllowed, match="superuser"):
        spawn_hook(hub.admin)
    with pytest.raises(InputError, match="PostgreSQL"):
        spawn_hook("sqlite:///x.sqlite")


def test_the_hook_gives_each_server_its_own_role(hub: Hub) -> None:
    hook = spawn_hook(hub.url, store="/srv/store", scheduler="threads")
    shared = {"COMMON": "1"}
    found = {}
    for name in (hub.person("alice"), hub.person("bob")):
        spawner = SimpleNamespace(user=SimpleNamespace(name=name), environment=shared)
        elsewhere(partial(asyncio.run, hook(spawner)))  # type: ignore[arg-type]
        found[name] = spawner.environment
        with Catalog.open(spawner.environment["HICOGNITION_CATALOG"]) as catalog:
            assert catalog.user == name
        assert spawner.environment["HICOGNITION_STORE"] == "/srv/store"
        assert spawner.environment["HICOGNITION_SCHEDULER"] == "threads"
    assert shared == {"COMMON": "1"}  # what spawners have in common stays free of passwords


def test_a_person_may_not_add_people(hub: Hub) -> None:
    address = Provisioner(hub.url).add(hub.person("alice"))
    with pytest.raises(NotAllowed, match=r"may not do this.*roles\.sql"):
        Provisioner(address).add(hub.person("friend"))


def _leave(hub: Hub, make: Any) -> tuple[str, str, Catalog]:
    """Alice with data that Bob uses; her name, his, and his catalog."""
    people = Provisioner(hub.url)
    alice, bob = hub.person("alice"), hub.person("bob")
    his = Catalog.open(people.add(bob))
    with Catalog.open(people.add(alice)) as hers:
        hers.add_assembly(name="mm9", chromsizes={"chr1": 10})
        make.track(hers, "private")
        used = make.track(hers, "used", public=True)
        group = hers.add_collection(name="pair", kind="signal_tracks", members=[used.id])
        saved = hers.save_session("figure", {}, datasets=[used.id], collections=[group.id])
        hers.share("session", saved.id, user=bob)
        make.result(hers, "key", used.id)
    make.track(his, "private")
    his.save_session("mine", {}, datasets=[used.id])
    return alice, bob, his


def test_removing_somebody_can_hand_over_their_data(hub: Hub, make: Any) -> None:
    alice, bob, his = _leave(hub, make)
    with his:
        done = Provisioner(hub.url).remove(alice, heir=bob)
        assert (done.user, done.heir) == (alice, bob)
        assert done.rows >= 5
        names = sorted(one.name for one in his.datasets(owner=bob))
        assert names[0] == "private"
        assert names[1].startswith(f"private ({alice}")
        assert names[2] == "used"
        assert his.session("figure").owner == bob
        assert his.collection("pair").owner == bob
        assert his.results() == []
        assert [one.name for one in his.users()] == [bob]
    with pytest.raises(NotFound, match="nobody"):
        Provisioner(hub.url).remove(alice)


def test_removing_somebody_can_delete_their_data(hub: Hub, make: Any) -> None:
    alice, _bob, his = _leave(hub, make)
    with his:
        done = Provisioner(hub.url).remove(alice)
        assert done.heir is None
        assert [one.name for one in his.datasets()] == ["private"]
        (gone,) = his.session("mine").datasets
        assert (gone.name, gone.deleted, gone.path) == ("used", True, "")
        assert his.collections() == []
        assert [one.name for one in his.sessions()] == ["mine"]
    with connect(hub.admin) as raw:
        for table in ("shares", "results", "collections", "sessions"):
            (left,) = raw.execute(
                f"SELECT count(*) FROM {table} WHERE owner = %s".encode(),  # noqa: S608
                (alice,),
            ).fetchall()
            assert left == (0,), table


def test_a_new_person_of_an_old_name_finds_nothing(hub: Hub, make: Any) -> None:
    alice, _, his = _leave(hub, make)
    his.close()
    Provisioner(hub.url).remove(alice)
    with Catalog.open(Provisioner(hub.url).add(alice)) as catalog:
        assert catalog.datasets() == []


def test_who_was_removed_is_out_at_once(hub: Hub) -> None:
    name = hub.person("alice")
    address = Provisioner(hub.url).add(name)
    with connect(address) as raw:
        assert raw.execute("SELECT count(*) FROM datasets").fetchone() == (0,)
        Provisioner(hub.url).remove(name)
        with pytest.raises(psycopg.Error):
            raw.execute("SELECT count(*) FROM datasets")
    with pytest.raises(psycopg.OperationalError):
        connect(address)


def test_the_command_line_adds_and_removes(hub: Hub) -> None:
    name = hub.person("carol")

    def run(*arguments: str, catalog: str = hub.url) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hicognition_widgets", "hub", *arguments],
            env={**os.environ, "HICOGNITION_CATALOG": catalog},
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    added = run("add-user", name)
    assert added.returncode == 0, added.stderr
    address = added.stdout.strip().removeprefix("HICOGNITION_CATALOG=")
    with Catalog.open(address) as catalog:
        assert catalog.user == name
    unclear = run("remove-user", name)
    assert unclear.returncode == 2
    assert "--transfer-to PERSON or --delete-data" in unclear.stderr
    removed = run("remove-user", name, "--delete-data")
    assert removed.returncode == 0, removed.stderr
    assert f"removed {name}" in removed.stdout
    absent = run("remove-user", name, "--delete-data")
    assert absent.returncode == 1
    assert absent.stderr.startswith("hicognition: there is nobody")
    assert "Traceback" not in absent.stderr


def test_a_server_that_is_away_gives_a_sentence() -> None:
    nowhere = "postgresql+psycopg://hub:x@127.0.0.1:1/none"
    with pytest.raises(CatalogError, match="reports"):
        Provisioner(nowhere).add("alice")
