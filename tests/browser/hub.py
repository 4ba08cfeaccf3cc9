"""A real JupyterHub with its proxy, whose servers are database roles of one catalog each."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, free_port
from playwright.sync_api import Page

PROXY = Path(__file__).parents[2] / "js/node_modules/configurable-http-proxy/bin"
PASSWORD = "a-password-for-tests"  # noqa: S105 - the hub listens on loopback for one test

CONFIG = """\
from pathlib import Path
from hicognition_widgets.hub import spawn_hook

c = get_config()
folder = Path({folder!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.JupyterHub.db_url = f"sqlite:///{{folder / 'hub.sqlite'}}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie")
c.JupyterHub.pid_file = str(folder / "hub.pid")
c.ConfigurableHTTPProxy.command = [{node!r}, {proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.auth_token = {token!r}
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.cleanup_servers = False
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "home" / "{{username}}")
c.Spawner.args = ["--allow-root"]
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.http_timeout = c.Spawner.start_timeout = 150
c.Spawner.environment = {{
    "HICOGNITION_SCHEDULER": "threads",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "JUPYTERHUB_SINGLEUSER_EXTENSION": "1",
}}
hook = spawn_hook(
    (folder / "catalog-address").read_text(), store=folder / "store"
)


async def prepare(spawner):
    await hook(spawner)
    runtime = folder / "home" / spawner.user.name / "runtime"
    spawner.environment["JUPYTER_RUNTIME_DIR"] = str(runtime)


c.Spawner.pre_spawn_hook = prepare
c.JupyterHub.services = [{{"name": "test", "api_token": {token!r}}}]
c.JupyterHub.load_roles = [
    {{"name": "test", "services": ["test"],
      "scopes": ["admin:users", "admin:servers", "access:servers"]}}
]
"""


@dataclass
class UserLab(Lab):
    """One person's server, reached through the hub's proxy."""

    user: str = ""
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/user/{self.user}"

    @property
    def runtime(self) -> Path:
        return self.folder / "runtime"

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return ask(f"{self.url}/api/{path}", self.token, method, body)


@dataclass
class Hub:
    """A hub that can be stopped and started while its servers go on."""

    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    hub_port: int = field(default_factory=free_port)
    proxy_port: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    proxy: subprocess.Popen[bytes] | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / "hub.log"

    def start_proxy(self) -> None:
        node = shutil.which("node")
        if node is None or not PROXY.is_dir():
            pytest.fail("no configurable-http-proxy: run `make setup` with the tools for tests")
        command = [
            node, str(PROXY / "configurable-http-proxy"),
            "--ip", "127.0.0.1", "--port", str(self.port),
            "--api-ip", "127.0.0.1", "--api-port", str(self.proxy_port),
            "--default-target", f"http://127.0.0.1:{self.hub_port}",
            "--error-target", f"http://127.0.0.1:{self.hub_port}/hub/error",
        ]  # fmt: skip
        environment = self.environment | {"CONFIGPROXY_AUTH_TOKEN": self.token}
        with self.log.open("ab") as stream:
            self.proxy = subprocess.Popen(
                command, env=environment, stdout=stream, stderr=subprocess.STDOUT
            )
        config = CONFIG.format(
            folder=str(self.folder), port=self.port, hub_port=self.hub_port, node=node,
            proxy=str(PROXY / "configurable-http-proxy"), proxy_port=self.proxy_port,
            token=self.token, password=PASSWORD, python=sys.executable,
        )  # fmt: skip
        (self.folder / "jupyterhub_config.py").write_text(config, encoding="utf-8")

    def start(self) -> None:
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", "jupyterhub_config.py"],
                cwd=self.folder, env=self.environment, stdout=stream,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        self._wait(lambda: self.ask("GET", "users"), 120)

    def restart(self) -> None:
        """Stop the hub alone and start it anew."""
        assert self.process is not None
        stop(self.process)
        self.start()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return ask(f"http://127.0.0.1:{self.port}/hub/api/{path}", self.token, method, body)

    def serve(self, user: str) -> UserLab:
        """Start somebody's server."""
        home = self.folder / "home" / user
        home.mkdir(parents=True, exist_ok=True)
        self.ask("POST", f"users/{user}")
        self.ask("POST", f"users/{user}/server")
        assert self.process is not None
        lab = UserLab(home, self.port, self.process, self.log, user=user, token=self.token)
        self._wait(
            lambda: self.ask("GET", f"users/{user}")["servers"][""]["ready"] or 1 / 0, 150
        )
        return lab

    def log_in(self, page: Page, user: str) -> None:
        page.goto(f"http://127.0.0.1:{self.port}/hub/login")
        page.fill("#username_input", user)
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        page.wait_for_url("**/user/**", timeout=90_000)

    def _wait(self, ready: Any, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                ready()
                return
            except (urllib.error.URLError, OSError, ZeroDivisionError, KeyError):
                assert self.process is not None
                if self.process.poll() is not None or time.monotonic() > deadline:
                    tail = self.log.read_text(errors="replace")[-4000:]
                    raise RuntimeError(f"the hub is not ready:\n{tail}") from None
                time.sleep(0.3)


def ask(url: str, token: str, method: str, body: Any) -> Any:
    request = urllib.request.Request(  # noqa: S310 - loopback
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310 - loopback
        text = answer.read()
    return json.loads(text) if text else None


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running_hub(folder: Path, address: str) -> Iterator[Hub]:
    """A hub whose own role has this address; ends with all its servers."""
    secret = folder / "catalog-address"
    secret.touch(mode=0o600)
    secret.write_text(address, encoding="utf-8")
    hub = Hub(folder, dict(os.environ))
    try:
        hub.start_proxy()
        hub.start()
        yield hub
    finally:
        if hub.process is not None:
            with contextlib.suppress(urllib.error.URLError, OSError):
                for user in hub.ask("GET", "users"):
                    if user["servers"]:
                        hub.ask("DELETE", f"users/{user['name']}/server")
            stop(hub.process)
        if hub.proxy is not None:
            stop(hub.proxy)
