"""The same comparison in every host: drawn, and heard by Python, without another host."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hosts import ClassicNotebook, hosts_python, running_jupyter, served
from lab import Lab, Notebook
from playwright.sync_api import Page, expect

SETUP = """\
import ipykernel
from hicognition_widgets.demo import open_demo
demo = open_demo()
c = demo.workspace.compare("CH12 loops", flank=200_000, columns=2)
control = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)
line = c.add("profile", ["CTCF sites per 10 kb"], binsize=10_000)
c.wait(120)
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


def test_voila_with_a_page_that_fetches_nothing(
    page: Page, tmp_path: Path, environment: dict[str, str], lab: Lab
) -> None:
    """The page's guard fails the test if the template asks another host for anything."""
    notebook = lab.write_notebook("voila.ipynb", [SETUP, "c"])
    arguments = [
        "voila",
        "--no-browser",
        "--Voila.ip=127.0.0.1",
        "--port={port}",
        "--template=hicognition",
        str(notebook),
    ]
    with served(arguments, tmp_path, environment) as (address, _):
        page.goto(address, timeout=SHOWN)
        choose_balanced(page)


def test_the_kernels_are_an_old_and_a_new_one() -> None:
    """What the tests above and all others run in, so that neither is left out by a lock."""
    import ipykernel

    assert ipykernel.version_info[0] >= 7
    asked = "import ipykernel; print(ipykernel.version_info[0])"
    found = subprocess.run(
        [str(hosts_python()), "-c", asked], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "6"
