"""A real JupyterLab with a real kernel, driven by mouse and keyboard."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

TOKEN = "a-token-for-tests"  # noqa: S105 - the server listens on loopback for one test run
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def browser_path() -> str | None:
    """Chromium as the machine has it; HICOGNITION_CHROMIUM overrides."""
    chosen = os.environ.get("HICOGNITION_CHROMIUM")
    return chosen or next((p for p in map(shutil.which, BROWSERS) if p), None)


def free_port() -> int:
    """A port below those that systems hand out themselves, so that it is still free later."""
    while True:
        port = 12_000 + secrets.randbelow(20_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Lab:
    """A running server and the folder it serves."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    sessions: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def runtime(self) -> Path:
        """Folder of the kernels' connection files."""
        from jupyter_core.paths import jupyter_runtime_dir

        return Path(os.environ.get("JUPYTER_RUNTIME_DIR") or jupyter_runtime_dir())

    def api(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            text = answer.read()
        return json.loads(text) if text else None

    def write_notebook(self, name: str, cells: list[str]) -> Path:
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {
                "kernelspec": {
                    "name": "python3",
                    "display_name": "Python 3",
                    "language": "python",
                }
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = self.folder / name
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return path

    def open(self, page: Page, name: str) -> Notebook:
        """Open a notebook with its kernel already running, in a workspace of its own."""
        session = self.api(
            "POST",
            "sessions",
            {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}},
        )
        self.sessions.append(session["id"])
        self.show(page, name)
        return Notebook(self, page, session["kernel"]["id"])

    def show(self, page: Page, name: str) -> None:
        """Show a notebook whose kernel runs already in a page, in a workspace of its own."""
        workspace = f"{Path(name).stem}-{time.monotonic_ns()}"
        address = f"{self.url}/lab/workspaces/{workspace}/tree/{name}?token={TOKEN}"
        page.goto(address, timeout=90_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        # before its kernel is attached, running a cell asks which one to take
        page.wait_for_selector('.jp-Toolbar-kernelName:has-text("ipykernel")', timeout=60_000)
        page.wait_for_selector(
            '.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000
        )

    def stop(self) -> None:
        for session in self.sessions:
            with contextlib.suppress(urllib.error.URLError, OSError):
                self.api("DELETE", f"sessions/{session}")
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Notebook:
    """One open notebook."""

    lab: Lab
    page: Page
    kernel: str

    def run_all(self, timeout: float = 120) -> None:
        """Run all cells and wait for the last; asks again if the first request was lost."""
        prompts = self.page.locator(".jp-CodeCell .jp-InputArea-prompt")
        # the numbers of an earlier run say nothing about this one
        prompts.evaluate_all("all => all.forEach((one) => { one.textContent = '[ ]:' })")
        deadline = time.monotonic() + timeout
        started = False
        while not started:
            if self.page.locator(".jp-Dialog").count():
                self.page.keyboard.press("Escape")
            self.page.click('.lm-MenuBar-item:has-text("Run")')
            self.page.click('.lm-Menu-item:has-text("Run All Cells") >> nth=0')
            for _ in range(60):
                texts = prompts.all_inner_texts()
                started = any(t.strip() not in ("", "[ ]:") for t in texts)
                if started:
                    break
                self.page.wait_for_timeout(250)
            if time.monotonic() > deadline:
                raise TimeoutError("the notebook's cells never started")
        while True:
            texts = [t.strip() for t in prompts.all_inner_texts()]
            if texts and all(t not in ("", "[ ]:", "[*]:") for t in texts):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"cells still run: {texts}; {self.errors()}")
            self.page.wait_for_timeout(100)

    def run_again(self, cell: int) -> None:
        """Run one cell once more and wait until it has ended."""
        prompt = self.page.locator(".jp-Cell").nth(cell).locator(".jp-InputArea-prompt")
        before = prompt.inner_text()
        prompt.click()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).not_to_contain_text("*", timeout=120_000)

    def errors(self) -> str:
        """Text of the tracebacks in the outputs."""
        found = self.page.locator(
            '[data-mime-type="application/vnd.jupyter.stderr"], .jp-mod-error'
        )
        return "\n".join(found.all_inner_texts())

    def evaluate(self, code: str) -> Any:
        """Value of a Python expression in the notebook's kernel, through JSON."""
        from jupyter_client.blocking.client import BlockingKernelClient

        runtime = self.lab.runtime
        client = BlockingKernelClient(
            connection_file=str(runtime / f"kernel-{self.kernel}.json")
        )
        client.load_connection_file()
        # the answer alone: what the kernel tells everybody may be missed by who has just come
        client.start_channels(iopub=False, stdin=False, hb=False, control=False)
        try:
            reply = client.execute(
                "",
                user_expressions={"value": f"__import__('json').dumps({code})"},
                allow_stdin=False,
                reply=True,
                timeout=120,
            )
        finally:
            client.stop_channels()
        value = reply["content"]["user_expressions"]["value"]
        if value["status"] != "ok":
            raise RuntimeError("\n".join(value.get("traceback", [str(value)])))
        return json.loads(eval_text(value["data"]["text/plain"]))

    def execute(self, code: str) -> None:
        """Run a statement in the notebook's kernel, as another cell would."""
        self.evaluate(f"(exec({code!r}, globals()), None)[1]")

    def view(self, kind: str, nth: int = 0) -> Locator:
        return self.page.get_by_test_id(f"view-{kind}").nth(nth)

    def wait_ready(self, view: Locator, timeout: float = 60_000) -> None:
        expect(view).to_have_attribute("data-status", "ready", timeout=timeout)


def eval_text(text: str) -> str:
    """The string behind its repr."""
    import ast

    value = ast.literal_eval(text)
    if not isinstance(value, str):
        raise TypeError(f"not a string: {text[:80]}")
    return value


@contextlib.contextmanager
def running_lab(folder: Path, environment: dict[str, str]) -> Iterator[Lab]:
    """JupyterLab on a free port, without news, updates or network."""
    port = free_port()
    settings = folder / ".settings"
    overrides = settings / "lab" / "settings"
    overrides.mkdir(parents=True, exist_ok=True)
    log = folder / "jupyter.log"
    user_settings = folder / ".user-settings" / "@jupyterlab" / "apputils-extension"
    user_settings.mkdir(parents=True, exist_ok=True)
    (user_settings / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}', encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.user_settings_dir={folder / '.user-settings'}",
        f"--LabApp.workspaces_dir={folder / '.workspaces'}",
    ]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
    lab = Lab(folder, port, process, log)
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                lab.api("GET", "status")
                break
            except (urllib.error.URLError, OSError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"JupyterLab did not start:\n{log.read_text()[-3000:]}"
                    ) from None
                time.sleep(0.3)
        yield lab
    finally:
        lab.stop()
