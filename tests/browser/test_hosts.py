"""The same comparison in every host: drawn, and heard by Python, without another host."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hosts import ClassicNotebook, hosts_python, running_jupyter, served
from lab import Lab, Notebook, browser_path
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect

SETUP = """\
import ipykernel
from hicognition_widgets.demo import open_demo
demo = open_demo()
c = demo.workspace.compare("CH12 loops", flank=200_000, columns=2)
control = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)
line = c.add("profile", ["CTCF sites per 10 kb"], binsize=10_000)
c.wait(120)
"""
MARIMO = """\
import marimo
app = marimo.App()

@app.cell
def _():
    import marimo as mo
{setup}
    return mo, c

@app.cell
def _(mo, c):
    {shown}
    return
"""
# what a widget needs of a page's policy: no eval, but modules from blobs and sheets of its own
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; connect-src 'self' ws:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:"
)
TRY_EVAL = """
setTimeout(() => {
  try { new Function(""); window.evaluated = "allowed"; }
  catch { window.evaluated = "refused"; }
});
"""
# Notebook 7 looks for the settings of an extension that is only in JupyterLab
ERRORS_OF_HOSTS = ("Cannot read properties of undefined (reading 'schema')",)
SHOWN = 180_000


@pytest.fixture
def environment(demo_folder: Path) -> dict[str, str]:
    return os.environ | {
        "HICOGNITION_DEMO": str(demo_folder),
        "HICOGNITION_SCHEDULER": "threads",
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def choose_balanced(page: Page) -> None:
    """By hand: what is drawn comes from Python, so that the answer went both ways."""
    view = page.get_by_test_id("view-pileup").first
    expect(view).to_have_attribute("data-status", "ready", timeout=SHOWN)
    expect(page.get_by_test_id("view-profile").first).to_have_attribute(
        "data-status", "ready", timeout=SHOWN
    )
    expect(view.get_by_label("normalization")).to_be_visible()
    view.get_by_label("normalization").select_option("balanced")
    expect(view.get_by_text("log2 O/E")).to_have_count(0, timeout=SHOWN)
    expect(view).to_have_attribute("data-status", "ready", timeout=SHOWN)


def choose(view: Locator, item: str) -> None:
    """An entry of a view's menu, by its words."""
    view.get_by_test_id("view-menu").click()
    view.page.get_by_role("menuitem", name=item, exact=True).click()


@pytest.mark.parametrize("program", ["notebook", "jupyterlab"])
def test_notebook_and_lab_with_the_older_kernel(
    page: Page, tmp_path: Path, environment: dict[str, str], program: str
) -> None:
    with running_jupyter(program, tmp_path, environment) as (address, process):
        port = int(address.rpartition(":")[2])
        kind = ClassicNotebook if program == "notebook" else Lab
        host = kind(tmp_path, port, process, tmp_path / "server.log")
        host.write_notebook("host.ipynb", [SETUP, "c"])
        notebook: Notebook = host.open(page, "host.ipynb")
        notebook.run_all()
        choose_balanced(page)
        assert notebook.evaluate("control.normalization") == "balanced"
        assert notebook.evaluate("ipykernel.version_info[0]") == 6


def voila(notebook: Path) -> list[str]:
    """The command that serves a notebook with this package's template."""
    return [
        "voila",
        "--no-browser",
        "--Voila.ip=127.0.0.1",
        "--port={port}",
        "--template=hicognition",
        str(notebook),
    ]


def test_voila_with_a_page_that_fetches_nothing(
    page: Page, tmp_path: Path, environment: dict[str, str], lab: Lab
) -> None:
    """The page's guard fails the test if the template asks another host for anything."""
    notebook = lab.write_notebook("voila.ipynb", [SETUP, "c"])
    with served(voila(notebook), tmp_path, environment) as (address, _):
        page.goto(address, timeout=SHOWN)
        choose_balanced(page)


def test_voila_by_plain_http_under_a_policy_without_eval(
    browser: Browser, tmp_path: Path, environment: dict[str, str], lab: Lab
) -> None:
    """No secure context: no clipboard and no random UUIDs; modules from blobs alone."""
    notebook = lab.write_notebook("plain.ipynb", [SETUP, "c"])
    # a page that is handed over with another policy counts as one from another network
    own = ["--host-resolver-rules=MAP voila.test 127.0.0.1"]
    own += ["--disable-features=LocalNetworkAccessChecks"]
    elsewhere = browser.browser_type.launch(executable_path=browser_path(), args=own)
    refused: list[str] = []
    with served(voila(notebook), tmp_path, environment) as (here, _):
        page = elsewhere.new_page(viewport={"width": 1400, "height": 1000})
        page.on("console", lambda said: refused.append(said.text) if _refuses(said) else None)

        def under_policy(route: Route) -> None:
            answer = route.fetch(url=f"{here}/", timeout=SHOWN)
            headers = answer.headers | {"content-security-policy": POLICY}
            route.fulfill(response=answer, headers=headers)

        address = here.replace("127.0.0.1", "voila.test")
        page.route(f"{address}/", under_policy)
        page.goto(f"{address}/", timeout=SHOWN)
        choose_balanced(page)
        assert page.evaluate("isSecureContext") is False
        assert page.evaluate("navigator.clipboard") is None
        # by the page, and later: what the test itself runs is under no policy
        page.add_script_tag(content=TRY_EVAL)
        page.wait_for_function("window.evaluated", timeout=SHOWN)
        assert page.evaluate("evaluated") == "refused"
        view = page.get_by_test_id("view-pileup").first
        choose(view, "Copy code")
        expect(view.get_by_text("Code copied.")).to_be_visible(timeout=SHOWN)
        choose(view, "Copy picture")
        expect(view.get_by_text("save it as PNG instead")).to_be_visible(timeout=SHOWN)
        with page.expect_download(timeout=SHOWN) as saved:
            choose(view, "Save as SVG")
        assert saved.value.suggested_filename.endswith(".svg")
    elsewhere.close()
    assert not [text for text in refused if "hicognition" in text], refused


def _refuses(said: ConsoleMessage) -> bool:
    return said.type == "error" and "Content Security Policy" in said.text


@pytest.mark.parametrize("shown", ["c", "mo.ui.anywidget(c)"])
def test_marimo(page: Page, tmp_path: Path, environment: dict[str, str], shown: str) -> None:
    setup = "".join(f"    {line}\n" for line in SETUP.splitlines() if "ipykernel" not in line)
    notebook = tmp_path / "notebook.py"
    notebook.write_text(MARIMO.format(setup=setup.rstrip(), shown=shown))
    arguments = [
        "marimo",
        "run",
        str(notebook),
        "--headless",
        "--no-token",
        "--host=127.0.0.1",
        "--port={port}",
    ]
    with served(arguments, tmp_path, environment) as (address, _):
        page.goto(address, timeout=SHOWN)
        choose_balanced(page)
        with page.expect_download(timeout=SHOWN) as saved:
            choose(page.get_by_test_id("view-pileup").first, "Save as SVG")
        assert saved.value.suggested_filename.endswith(".svg")


def test_the_kernels_are_an_old_and_a_new_one() -> None:
    """What the tests above and all others run in, so that neither is left out by a lock."""
    import ipykernel

    assert ipykernel.version_info[0] >= 7
    asked = "import ipykernel; print(ipykernel.version_info[0])"
    found = subprocess.run(
        [str(hosts_python()), "-c", asked], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "6"
