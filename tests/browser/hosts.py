"""Other places that show widgets: Notebook 7 and Voilà, with an older kernel."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from lab import TOKEN, Lab, Notebook, free_port
from playwright.sync_api import Page

PROJECT = Path(__file__).parents[2]
STARTS_WITHIN = 180


def hosts_python() -> Path:
    """Python of the environment with the other hosts; fails in CI where it is absent."""
    default = PROJECT / ".venv-hosts" / "bin" / "python"
    python = Path(os.environ.get("HICOGNITION_HOSTS_PYTHON", default))
    if not python.exists():
        message = f"there is no environment of other hosts at {python}: make test sets it up"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return python


@contextlib.contextmanager
def served(
    arguments: Sequence[str], folder: Path, environment: dict[str, str]
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server from a command with ``{port}`` in it; yields its address and its process."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    command = [str(hosts_python()), "-m", *(part.format(port=port) for part in arguments)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{arguments[0]} did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.3)
        yield address, process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        # Voilà runs the whole notebook before it answers for its own page
        urllib.request.urlopen(f"{address}/static/nothing", timeout=60).close()  # noqa: S310
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


class ClassicNotebook(Lab):
    """Notebook 7: one document a page."""

    def open(self, page: Page, name: str) -> Notebook:
        session = self.api(
            "POST",
            "sessions",
            {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}},
        )
        self.sessions.append(session["id"])
        page.goto(f"{self.url}/notebooks/{name}?token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        page.wait_for_selector('.jp-Toolbar-kernelName:has-text("ipykernel")', timeout=60_000)
        return Notebook(self, page, session["kernel"]["id"])


@contextlib.contextmanager
def running_jupyter(
    program: str, folder: Path, environment: dict[str, str]
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """JupyterLab or Notebook of the other environment."""
    settings = folder / ".settings"
    arguments = [
        program,
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
    ]
    own = {
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }
    with served(arguments, folder, environment | own) as running:
        yield running
