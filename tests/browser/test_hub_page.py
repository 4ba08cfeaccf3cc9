"""Two people on one JupyterHub: what Alice shares Bob sees drawn, and nothing else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub import Hub, running_hub
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import upgrade_catalog

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

SETUP = "import hicognition_widgets as hcw\nws = hcw.Workspace()"
ALICE = """\
loops = ws.add_regions({data!r} + "/{regions}", assembly="mm9", name="loops")
wt = ws.add_feature({data!r} + "/{map}", assembly="mm9", name="wild type")
secret = ws.add_regions({data!r} + "/{regions}", assembly="mm9", name="secret")
c = ws.compare(loops, flank=200_000, title="Figure")
pileup = c.add("pileup", wt)
c.wait(120)
token = ws.share(ws.save_session("figure 2", c), expires="30d")
"""
DRAWN = """canvas => {
  const { width, height } = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    seen.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
  }
  return seen.size;
}"""


@pytest.fixture
def hub(postgres_server: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub on a database of its own, with a role as deploy/jupyterhub/roles.sql makes it."""
    url = make_url(postgres_server).set(drivername="postgresql+psycopg")
    name, password = f"hub_{secrets.token_hex(4)}", secrets.token_hex(16)
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        upgrade_catalog(url.set(database=name).render_as_string(hide_password=False))
        for line in (
            f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{password}'",
            f"GRANT hicognition_people TO {name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
            f"GRANT hicognition_hub TO {name} WITH ADMIN FALSE, INHERIT TRUE, SET FALSE",
        ):
            connection.execute(text(line))
    address = url.set(database=name, username=name, password=password)
    try:
        with running_hub(tmp_path, address.render_as_string(hide_password=False)) as running:
            yield running
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            for role in ("alice", "bob", name):
                connection.execute(text(f"DROP ROLE IF EXISTS {role}"))
        admin.dispose()


@pytest.fixture
def second_page(browser: Browser) -> Iterator[Page]:
    """Another person's browser."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def test_two_people_share_a_session_and_nothing_else(
    hub: Hub, page: Page, second_page: Page, demo_data: Path
) -> None:
    files = {
        "data": str(demo_data),
        "regions": next(demo_data.glob("*.bedpe*")).name,
        "map": next(demo_data.glob("*.mcool")).name,
    }
    alice = hub.serve("alice")
    alice.write_notebook("figure.ipynb", [SETUP, ALICE.format(**files), "c"])
    hub.log_in(page, "alice")
    hers = alice.open(page, "figure.ipynb")
    hers.run_all()
    hers.wait_ready(hers.view("pileup"))
    assert hers.evaluate("ws.user") == "alice"
    token = hers.evaluate("token")
    secret = hers.evaluate("secret.id")
    centre = hers.evaluate("float(pileup.data[20, 20])")

    hub.restart()

    bob = hub.serve("bob")
    bob.write_notebook(
        "open.ipynb",
        [SETUP, f"s = ws.open_session(token={token!r})\nc = s[0]\nc.wait(120)", "c"],
    )
    hub.log_in(second_page, "bob")
    his = bob.open(second_page, "open.ipynb")
    assert (
        his.evaluate("__import__('os').environ['HICOGNITION_CATALOG'].split(':')[1]") == "//bob"
    )
    his.run_all()
    his.wait_ready(his.view("pileup"))
    canvas = his.view("pileup").get_by_test_id("plot-canvas")
    assert canvas.evaluate(DRAWN) > 50
    second_page.screenshot(path=Path(__file__).parent / "out" / "hub-bob.png")
    assert his.evaluate("float(c.views[0].data[20, 20])") == centre
    assert his.evaluate("(ws.user, sorted(ws.regions), list(ws.features))") == [
        "bob", ["alice/loops"], ["alice/wild type"],
    ]  # fmt: skip

    # His own attempts, from the kernel, with a raw connection.
    his.execute(
        "import os, psycopg\n"
        "from sqlalchemy.engine import make_url\n"
        "from hicognition_widgets.catalog.engine import driver_arguments\n"
        "raw = psycopg.connect(**driver_arguments(make_url(os.environ['HICOGNITION_CATALOG'])),"
        " autocommit=True)\n"
        "def attempt(query, *values):\n"
        "    try:\n"
        "        return raw.execute(query, values).rowcount\n"
        "    except psycopg.errors.InsufficientPrivilege:\n"
        "        return 'refused'\n"
    )
    for query, outcome in (
        ("SET ROLE alice", "refused"),
        ("SELECT hicognition_forget('alice')", "refused"),
        ("UPDATE datasets SET public = true", 0),
        ("DELETE FROM sessions", 0),
        (f"SELECT name FROM datasets WHERE id = {secret}", 0),  # noqa: S608 - a number
        (
            "INSERT INTO shares (owner, kind, object_id, grantee, created)"
            " SELECT 'alice', 'dataset', id, 'bob', now() FROM datasets",
            "refused",
        ),
        ("ALTER ROLE alice PASSWORD 'x'", "refused"),
    ):
        assert his.evaluate(f"attempt({query!r})") == outcome, query
    refused = second_page.request.get(f"http://127.0.0.1:{hub.port}/user/alice/api/contents")
    assert refused.status == 403

    # Alice's server went on all the while, as the role it was.
    assert hers.evaluate("[ws.user, [s.opened_by for s in ws.shares]]") == ["alice", [["bob"]]]
    hers.execute("ws.revoke(list(ws.shares)[0])")
    assert his.evaluate("[sorted(ws.regions), list(ws.features)]") == [[], []]
