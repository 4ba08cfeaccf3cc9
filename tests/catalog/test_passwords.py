"""A password of the catalog's address is in no picture, sentence, trace or log."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.cli.main import main
from hicognition_widgets.errors import CatalogError, InputError
from hicognition_widgets.hub.roles import Provisioner
from hicognition_widgets.settings import load_settings, shown_address
from hicognition_widgets.workspace import Workspace

SECRET = "-".join(("s3cret", "w0rd"))
NOWHERE = f"postgresql+psycopg://alice:{SECRET}@127.0.0.1:1/lab"


@pytest.mark.parametrize(
    "address",
    [
        NOWHERE,
        f"postgresql://alice:{SECRET}@host/lab?sslmode=require",
        f"postgresql://alice:p@{SECRET}@host/lab",
        f"postgresql://alice:p/{SECRET}@host/lab",
        f"postgresql://:{SECRET}@host/lab",
        f"postgresql://host/lab?user=alice&password={SECRET}",
        f"postgresql://host/lab?sslpassword={SECRET}&user=alice",
        f"mysql://alice:{SECRET}@host/lab",
        f"not an address://alice:{SECRET}@ at all",
    ],
)
def test_an_address_is_shown_without_its_password(address: str, tmp_path: Path) -> None:
    assert SECRET not in shown_address(address)
    settings = load_settings(
        catalog=address, store=tmp_path, environ={}, config_file=tmp_path / "none"
    )
    assert settings.catalog == address
    assert SECRET not in repr(settings)
    assert "alice" in repr(settings) or "alice" not in address
    try:
        shown = Database(address).shown
    except InputError as error:
        shown = str(error)
    assert SECRET not in shown


def test_paths_are_shown_as_they_are(tmp_path: Path) -> None:
    for path in ("/data/a:b@c/catalog.sqlite", "/data/password=x/catalog.sqlite"):
        assert shown_address(f"sqlite:///{path}") == f"sqlite:///{path}"


@pytest.mark.parametrize("what", ["catalog", "workspace", "hub"])
def test_a_failed_connection_does_not_tell_it(what: str, tmp_path: Path) -> None:
    attempts: dict[str, Callable[[], object]] = {
        "catalog": lambda: Catalog.open(NOWHERE),
        "workspace": lambda: Workspace(catalog=NOWHERE, store=tmp_path, scheduler="threads"),
        "hub": lambda: Provisioner(NOWHERE).may_too_much(),
    }
    with pytest.raises(CatalogError) as caught:
        attempts[what]()
    trace = "".join(traceback.format_exception(caught.value))
    assert SECRET not in trace
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    "command", [["doctor"], ["catalog", "check"], ["catalog", "upgrade"], ["--debug", "doctor"]]
)
def test_commands_do_not_tell_it(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HICOGNITION_CATALOG", NOWHERE)
    monkeypatch.setenv("HICOGNITION_STORE", str(tmp_path))
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code == 1
    said = ran.output + "".join(
        traceback.format_exception(ran.exception) if ran.exception else ()
    )
    assert SECRET not in said


@pytest.mark.postgres
def test_a_wrong_password_is_not_repeated(postgres_url: str, server_people) -> None:
    alice = server_people("alice")
    wrong = make_url(postgres_url).set(username=alice.user, password=SECRET)
    with pytest.raises(CatalogError, match="cannot be reached") as caught:
        Catalog.open(wrong.render_as_string(hide_password=False))
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.postgres
def test_the_log_of_lost_connections_does_not_hold_it(
    server_people, caplog: pytest.LogCaptureFixture
) -> None:
    alice = server_people("alice")
    feed = alice.on_change(lambda version: None, interval=0.1)
    right = alice._database.url
    alice._database.url = right.set(password=SECRET)
    with caplog.at_level(logging.DEBUG):
        stopped = Database(_administrator(alice))
        with stopped.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'hicognition feed' AND usename = %(user)s",
                {"user": alice.user},
            )
        stopped.close()
        end = time.monotonic() + 60
        while "not heard" not in caplog.text and time.monotonic() < end:
            time.sleep(0.05)
    alice._database.url = right
    feed.stop()
    assert "not heard" in caplog.text
    assert SECRET not in caplog.text


def _administrator(catalog: Catalog) -> str:
    url = catalog._database.url.set(username="postgres", password=None)
    return url.render_as_string(hide_password=False)
