"""Dask Gateway with its own local backend: a real server, proxy, scheduler and workers."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dask_gateway", reason="Dask Gateway is not installed")
pytest.importorskip("dask_gateway_server", reason="its server runs on Linux alone")

SIZE = {"flank": 100_000, "binsize": 10_000}
PATIENCE = 200.0
BACKEND = "dask_gateway_server.backends.local.UnsafeLocalBackend"
"""The server's local backend, with clusters of the account that runs the server. Its sibling
``LocalBackend`` hands every cluster to the account of who asked: the server has to run as the
superuser, and (as of 2026.3) fails when it takes the paths to hand over apart into letters."""

WORKER = [
    sys.executable, "-m", "distributed.cli.dask_worker", "--resources", "bulk=1 interactive=1",
]  # fmt: skip
SCHEDULER = [sys.executable, "-m", "distributed.cli.dask_scheduler"]


@dataclass
class GatewayServer:
    """Where it is, and what lets one in."""

    address: str
    password: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def gateway_server(folder: Path) -> Iterator[GatewayServer]:
    """Start the server and its proxy, wait until it answers, and end it with its clusters."""
    public, private = free_port(), free_port()
    password = secrets.token_hex(8)
    clusters = folder / "clusters"
    clusters.mkdir(mode=0o700)
    config = folder / "dask_gateway_config.py"
    config.write_text(
        textwrap.dedent(f"""
            c.DaskGateway.backend_class = "{BACKEND}"
            c.DaskGateway.address = "127.0.0.1:{private}"
            c.Proxy.address = "127.0.0.1:{public}"
            c.SimpleAuthenticator.password = "{password}"
            c.LocalBackend.clusters_directory = "{clusters}"
            c.LocalBackend.sigint_timeout = 5
            c.ClusterConfig.scheduler_cmd = {SCHEDULER}
            c.ClusterConfig.worker_cmd = {WORKER}
            c.ClusterConfig.worker_cores = 1
            c.ClusterConfig.worker_threads = 2
            c.ClusterConfig.worker_memory = "2 G"
            c.ClusterConfig.scheduler_memory = "1 G"
        """)
    )
    programs = Path(sys.executable).parent
    root = Path(__file__).parents[2]
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(root),
    }
    environment.pop("PYTHONWARNINGS", None)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "dask-gateway-server"), "-f", str(config)],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{public}"
        _wait_until_it_answers(address, server, folder / "server.log")
        yield GatewayServer(address, password)
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    latest = time.monotonic() + 120
    while time.monotonic() < latest:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"the gateway server did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayServer]:
    with gateway_server(tmp_path_factory.mktemp("gateway")) as server:
        yield server


NOTEBOOK = """
    import sys
    import dask
    import dask_gateway
    import hicognition_widgets as hcw

    folder, data, address, password = sys.argv[1:]
    dask.config.set({
        "gateway.address": address,
        "gateway.auth.type": "basic",
        "gateway.auth.kwargs": {"username": "ann", "password": password},
        "hicognition.workers": 1,
    })
    with hcw.Workspace(
        catalog=folder + "/catalog.sqlite", store=folder + "/store", user="ann",
        scheduler="gateway",
    ) as ws:
        peaks = ws.add_regions(data + "/Bonev_CTCF+.bed", assembly="mm9", name="peaks")
        track = ws.add_feature(
            data + "/derived_CTCF_site_count_10kb.bw", assembly="mm9", name="track"
        )
        size = {"flank": 100_000, "binsize": 10_000}
        try:
            mean = ws.profile(peaks, track, **size).mean
        except hcw.errors.JobError as error:
            print("refused:", error)
            sys.exit()
        print("mean", [float(value) for value in mean])
        job = ws.preprocess(peaks, track, flanks=[50_000, 200_000], binsizes=[10_000]).wait(200)
        print("job", job.state, job.progress.done, job.errors)
        connection = ws._broker._workshop.runner._connection
        print("lanes", sorted(connection.lanes))
        name = connection.cluster.name
        client = dask_gateway.Gateway()
        print("made", [each.name for each in client.list_clusters()] == [name])
    print("ended", client.list_clusters() == [])
    client.close()
"""
"""What a person does, in a process of its own as theirs is."""


def notebook(folder: Path, data: Path, server: GatewayServer, password: str) -> list[str]:
    ended = subprocess.run(
        [
            sys.executable, "-c", textwrap.dedent(NOTEBOOK), str(folder), str(data),
            server.address, password,
        ],
        capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


@pytest.mark.slow
def test_a_cluster_of_the_gateway_is_made_used_and_ended(
    tmp_path: Path, demo_data: Path, gateway: GatewayServer, rooms: Any
) -> None:
    mean, *rest = notebook(tmp_path, demo_data, gateway, gateway.password)
    assert rest == [
        "job finished 4 []",
        "lanes ['bulk', 'interactive']",  # as its workers are started
        "made True",
        "ended True",
    ]
    alike = rooms.broker().ask(rooms.request("profile", "peaks", "ctcf", **SIZE)).result(60)
    np.testing.assert_array_equal(json.loads(mean.removeprefix("mean ")), alike.arrays["mean"])


@pytest.mark.slow
def test_who_is_not_let_in_hears_why(
    tmp_path: Path, demo_data: Path, gateway: GatewayServer
) -> None:
    (line,) = notebook(tmp_path, demo_data, gateway, "not the password")
    assert line.startswith("refused: the scheduler 'gateway' cannot be reached (")
