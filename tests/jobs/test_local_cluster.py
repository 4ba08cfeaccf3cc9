"""The broker with processes of this machine: slow to start, so few tests do much."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from hicognition_widgets.errors import Cancelled
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.local_cluster import LocalCluster
from hicognition_widgets.jobs.marks import Marks
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.resources import Machine, this_machine
from hicognition_widgets.jobs.work import Order

SIZE = {"flank": 100_000, "binsize": 10_000}


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def family(cluster: LocalCluster) -> list[psutil.Process]:
    host = psutil.Process(cluster._process.pid)
    return [host, *host.children(recursive=True)]


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    cluster = LocalCluster(Machine(cores=1, memory=4 * 2**30))
    cluster.start("interactive")
    yield cluster
    cluster.close()


@pytest.mark.slow
def test_nothing_listens_but_on_the_loopback_with_tls(cluster: LocalCluster) -> None:
    assert cluster.address.startswith("tls://127.0.0.1:")
    listening = [
        connection.laddr
        for process in family(cluster)
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    # the scheduler, and a worker with its nanny
    assert len(listening) == 3
    assert {address.ip for address in listening} == {"127.0.0.1"}
    host, port = cluster.address.removeprefix("tls://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as plain:
        plain.sendall(b"hello without TLS\n\n")
        plain.settimeout(10)
        try:
            answer = plain.recv(1000)
        except ConnectionResetError:
            answer = b""
    assert b"compression" not in answer  # what the scheduler would greet a friend with


@pytest.mark.slow
def test_strangers_are_not_let_in(cluster: LocalCluster) -> None:
    import distributed

    stranger = distributed.Security.temporary()
    with pytest.raises(OSError, match=r".+"):
        distributed.Client(cluster.address, security=stranger, timeout=3, set_as_default=False)


@pytest.mark.slow
def test_secrets_are_neither_arguments_nor_environment(cluster: LocalCluster) -> None:
    secret = str(cluster.security.tls_worker_key).splitlines()[3]
    for process in family(cluster):
        assert secret not in " ".join(process.cmdline())
        assert secret not in " ".join(process.environ().values())


@pytest.mark.slow
def test_a_killed_worker_costs_a_try_and_changes_nothing(rooms: Any) -> None:
    broker = rooms.broker("local")
    quick = broker.ask(rooms.request("profile", "peaks", "ctcf", **SIZE))
    assert quick.result(120).meta["n_used"] > 0
    runner = broker._workshop.runner
    workers = [p for p in family(runner._connection.local) if "spawn_main" in str(p.cmdline())]
    assert workers
    plain = rooms.request("pileup", "peaks", "control", normalization="oe", **SIZE)
    ask = broker.ask(plain)
    marks = Marks(rooms.store.control)
    # looked at once: a quick worker has taken its mark away by the next look
    marked: list[Path] = []
    wait_for(lambda: bool(marked.extend(rooms.store.control.glob("*.try.*")) or marked))
    (mark,) = marked
    victim = int(mark.name.split(".try.")[1].split("-")[1])
    assert victim in {worker.pid for worker in workers}
    os.kill(victim, signal.SIGKILL)
    result = ask.result(120)
    other = rooms.broker("threads", store=type(rooms.store)(rooms.store.root, "other"))
    other._recorder.look_up = lambda _request: None
    undisturbed = other.ask(plain).result(60)
    np.testing.assert_array_equal(result.arrays["mean"], undisturbed.arrays["mean"])
    wait_for(lambda: not list(rooms.store.control.iterdir()))
    assert marks.tries(mark.name.split(".")[0]) == 0
    processes = family(runner._connection.local)
    broker.close()
    gone, alive = psutil.wait_procs(processes, timeout=60)
    assert not alive
    assert len(gone) == len(processes)


@pytest.mark.slow
def test_a_lost_cluster_is_started_again(rooms: Any) -> None:
    broker = rooms.broker("local")
    broker.ask(rooms.request("profile", "peaks", "ctcf", **SIZE)).result(120)
    first = broker._workshop.runner._connection.local
    workers = family(first)
    ask = broker.ask(rooms.request("pileup", "minus", "control", normalization="oe", **SIZE))
    wait_for(lambda: any(rooms.store.control.glob("*.try.*")))
    os.kill(first._process.pid, signal.SIGKILL)
    assert ask.result(120).meta["n_used"] > 0
    assert broker._workshop.runner._connection.local is not first
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive


@pytest.mark.slow
def test_cancelling_stops_a_worker_in_two_seconds(rooms: Any) -> None:
    broker = rooms.broker("local")
    request = rooms.request("embedding2d", "peaks", "control", **SIZE)
    ask = broker.ask(request)
    wait_for(lambda: ask.progress.message == "laying out the map", 120)
    began = time.monotonic()
    ask.cancel()
    with pytest.raises(Cancelled):
        ask.result()
    wait_for(lambda: not list(rooms.store.control.iterdir()), 20)
    assert time.monotonic() - began < 5
    assert not list(rooms.store.folder.glob("unfinished/*"))
    assert rooms.store.artifacts() == []


def test_a_task_that_kills_its_workers_fails_after_three(rooms: Any) -> None:
    request = rooms.request("profile", "peaks", "ctcf", **SIZE)
    (task,) = make_plan([request]).tasks
    order = Order(task=task, root=str(rooms.store.root), owner="ann")
    for number in range(3):
        assert Marks(rooms.store.control).tries(task.token) == number
        (rooms.store.control / f"{task.token}.try.dead-{number}-1-ab").touch()
    (outcome,) = work.run(order, lambda _: None)
    assert outcome.key == request.key
    assert "died 3 times" in outcome.sentence
    assert outcome.type == "JobError"


def test_a_second_try_takes_over_what_the_first_finished(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [
        rooms.request("profile", "peaks", "ctcf", flank=f, binsize=10_000)
        for f in (100_000, 200_000)
    ]
    (task,) = make_plan(requests).tasks
    arrays = {"mean": np.zeros(20)}
    first = rooms.store.write(arrays, {}, key=requests[0].key, request=requests[0].to_json())
    (rooms.store.control / f"{task.token}.try.dead-1-1-ab").touch()
    words: list[dict[str, Any]] = []
    outcomes = work.run(Order(task=task, root=str(rooms.store.root), owner="ann"), words.append)
    assert {o.key for o in outcomes} == {r.key for r in requests}
    assert first.path in {o.path for o in outcomes}
    assert len(rooms.store.artifacts()) == 2


SCRIPT = """
    import os
    from hicognition_widgets.jobs.local_cluster import LocalCluster
    from hicognition_widgets.jobs.resources import Machine
    print("main runs")
    cluster = LocalCluster(Machine(cores=1, memory=4 * 2**30))
    cluster.start("bulk")
    from distributed import Client
    with Client(cluster.address, security=cluster.security, set_as_default=False) as client:
        print("sum", client.submit(sum, [1, 2], resources={"bulk": 1}).result())
        # the caller's folder, with a module that would be in the way, is not the workers'
        print("clean", "random.py" not in client.submit(os.listdir, ".").result())
    cluster.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["command", "file"])
def test_scripts_without_a_main_guard_start_workers(tmp_path: Path, how: str) -> None:
    text = textwrap.dedent(SCRIPT)
    (tmp_path / "random.py").write_text("raise RuntimeError('a module of the user')")
    (tmp_path / "script").mkdir()
    script = tmp_path / "script" / "job.py"
    script.write_text(text)
    arguments = (
        ["-P", "-W", "error", "-c", text] if how == "command" else ["-W", "error", str(script)]
    )
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.stderr.decode() == ""
    assert ended.stdout.decode().split("\n") == ["main runs", "sum 3", "clean True", ""]
    assert ended.returncode == 0


@pytest.mark.slow
def test_no_process_outlives_a_caller_that_is_killed(tmp_path: Path) -> None:
    text = textwrap.dedent("""
        import time
        from hicognition_widgets.jobs.local_cluster import LocalCluster
        from hicognition_widgets.jobs.resources import Machine
        cluster = LocalCluster(Machine(cores=1, memory=4 * 2**30))
        cluster.start("interactive")
        print("ready", flush=True)
        time.sleep(600)
    """)
    caller = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"ready\n"
    processes = psutil.Process(caller.pid).children(recursive=True)
    assert len(processes) >= 2
    caller.kill()
    caller.wait()
    caller.stdout.close()
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert not alive


def test_what_a_container_grants(tmp_path: Path) -> None:
    free = this_machine(tmp_path)
    assert free.cores >= 1
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    (tmp_path / "memory.max").write_text(f"{2**30}\n")
    limited = this_machine(tmp_path)
    assert limited.cores <= 2
    assert limited.memory == 2**30
    assert limited.workers == 1
    assert limited.memory_limit == 2**29
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert this_machine(tmp_path) == free
    (tmp_path / "cpu.max").unlink()
    (tmp_path / "memory.max").unlink()
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("50000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text(f"{2**31}\n")
    assert this_machine(tmp_path) == Machine(cores=1, memory=2**31)
    assert Machine(cores=64, memory=256 * 2**30).workers == 64
