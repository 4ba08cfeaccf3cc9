"""A job of 200 tasks while workers are killed, the database goes away and the disk is full."""

from __future__ import annotations

import os
import random
import signal
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from hicognition_widgets.catalog import Catalog, upgrade_catalog
from hicognition_widgets.jobs import Broker, Request
from hicognition_widgets.store import Store

SEED = 20
SETS = 66
PATIENCE = 800.0
"""Seconds for what takes one minute on two free processors."""
DISK_FULL_SECONDS = 4.0
DATABASE_AWAY_SECONDS = 2.0
FILES_OF_THE_STORE = ("unfinished", "control", "results")

FULL_DISK = """
    # Every process that finds this file on its path sees a full disk while a flag is there,
    # and stays a moment in the middle of each task, so that it can be killed there.
    import errno
    import os
    import time

    FLAG, ROOT = os.environ["CHAOS_FLAG"], os.environ["CHAOS_ROOT"]
    real_fsync, real_open, real_mkdir = os.fsync, os.open, os.mkdir


    def full(path):
        inside = path is None or os.fspath(path).startswith(ROOT)
        if inside and os.path.exists(FLAG):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


    def fsync(descriptor):
        full(None)
        return real_fsync(descriptor)


    def open_(path, flags, *args, **kwargs):
        if flags & os.O_CREAT:
            full(path)
        opened = real_open(path, flags, *args, **kwargs)
        if ".try." in os.fsdecode(path):
            time.sleep(0.25)
        return opened


    def mkdir(path, *args, **kwargs):
        full(path)
        return real_mkdir(path, *args, **kwargs)


    os.fsync, os.open, os.mkdir = fsync, open_, mkdir
"""


class Database:
    """A database that can be taken away from who uses it."""

    def __init__(self, admin: Engine, name: str, url: str) -> None:
        self._admin = admin
        self._name = name
        self.url = url

    def cut(self, seconds: float) -> int:
        """End all connections and refuse new ones for a while; how many were ended."""
        with self._admin.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false'))
            ended = connection.execute(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = :name"
                ),
                {"name": self._name},
            ).scalar_one()
            time.sleep(seconds)
            connection.execute(text(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true'))
        return int(ended)


@contextmanager
def database(server: str) -> Iterator[Database]:
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"chaos_{uuid.uuid4().hex[:12]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        address = url.set(database=name).render_as_string(hide_password=False)
        upgrade_catalog(address)
        yield Database(admin, name, address)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def region_sets(rooms: Any, folder: Path) -> list[str]:
    """Many small region sets, drawn from one that is real."""
    draw = random.Random(SEED)  # noqa: S311  nothing secret
    lines = (rooms.data / "Bonev_CTCF+.bed").read_text().splitlines()
    names = []
    for number in range(SETS):
        path = folder / f"set{number}.bed"
        path.write_text("\n".join(draw.sample(lines, draw.randint(30, 150))) + "\n")
        rooms.add("regions", path, path.stem, region_kind="point", dims=1)
        names.append(path.stem)
    return names


def table(rooms: Any, sets: list[str]) -> list[Request]:
    """What 200 tasks answer: tracks and maps of every set, embeddings of two."""
    size: dict[str, Any] = {"flank": 100_000, "binsize": 10_000}
    requests = [
        rooms.request("embedding1d", sets[0], "ctcf", "e1", **size),
        rooms.request("embedding2d", sets[1], "control", **size),
    ]
    for name in sets:
        requests += [
            rooms.request(analysis, name, track, **size)
            for track in ("ctcf", "e1")
            for analysis in ("profile", "stackup")
        ]
        requests.append(rooms.request("pileup", name, "control", **size))
    return requests


class Chaos:
    """What goes wrong, in an order that the seed decides, each at a part of the job done."""

    def __init__(self, store: Store, outage: Database, flag: Path) -> None:
        self._draw = random.Random(SEED)  # noqa: S311  nothing secret
        self._store = store
        self._database = outage
        self._flag = flag
        self.killed: list[int] = []
        self.cut: list[int] = []
        self.filled = 0
        self.events: list[tuple[float, Callable[[], bool]]] = sorted(
            [(self._draw.uniform(0.02, 0.8), self._kill) for _ in range(8)]
            + [(0.25, self._cut), (0.6, self._cut), (0.45, self._fill)],
            key=lambda event: event[0],
        )

    def step(self, fraction: float) -> None:
        """Do what is due; what cannot be done yet stays due, and holds up nothing else."""
        waiting = [event for event in self.events if event[0] > fraction]
        due = [event for event in self.events if event[0] <= fraction]
        self.events = sorted(
            [event for event in due if not event[1]()] + waiting, key=lambda event: event[0]
        )

    def _kill(self) -> bool:
        """Kill a worker in the middle of a task that has not lost one before."""
        tries: dict[str, list[str]] = {}
        for mark in self._store.control.glob("*.try.*"):
            token, process = mark.name.split(".try.")
            tries.setdefault(token, []).append(process)
        busy = [processes[0] for processes in tries.values() if len(processes) == 1]
        victims = sorted({int(process.split("-")[-3]) for process in busy} - set(self.killed))
        if not victims:
            return False
        victim = self._draw.choice(victims)
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:  # its mark is that of an earlier kill
            return False
        self.killed.append(victim)
        return True

    def _cut(self) -> bool:
        self.cut.append(self._database.cut(DATABASE_AWAY_SECONDS))
        return True

    def _fill(self) -> bool:
        self._flag.touch()
        time.sleep(DISK_FULL_SECONDS)
        self._flag.unlink()
        self.filled += 1
        return True


def stored(catalog: Catalog, store: Store, requests: list[Request]) -> dict[str, Any]:
    """Arrays and meta of all results."""
    broker = Broker(catalog=catalog, store=store, scheduler="threads")
    try:
        return {request.key: broker._recorder.look_up(request) for request in requests}
    finally:
        broker.close()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1500)
def test_a_job_ends_complete_whatever_happens_on_its_way(
    rooms: Any, postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hicognition_widgets.jobs.recorder.SMALL_BYTES", 8_000)
    for name in ("OMP", "MKL", "OPENBLAS", "NUMBA"):
        monkeypatch.setenv(f"{name}_NUM_THREADS", "1")
    injected = tmp_path / "injected"
    injected.mkdir()
    (injected / "sitecustomize.py").write_text(textwrap.dedent(FULL_DISK))
    flag = tmp_path / "disk-is-full"
    store = Store(tmp_path / "chaos", "postgres")
    monkeypatch.setenv("PYTHONPATH", str(injected))
    monkeypatch.setenv("CHAOS_FLAG", str(flag))
    monkeypatch.setenv("CHAOS_ROOT", str(store.root))

    with database(postgres_server) as outage:
        calm_catalog, calm_store = rooms.catalog, rooms.store
        rooms.catalog = Catalog.open(outage.url)
        try:
            rooms.catalog.add_assembly(
                name="mm9",
                chromsizes=dict(rooms.assembly.chromsizes),
                arms=rooms.assembly.arms,
            )
            sets = region_sets(rooms, tmp_path)
            requests = table(rooms, sets)
            broker = rooms.broker("local", store=store)
            plan = broker.plan(requests)
            assert len(plan.tasks) == 200
            chaos = Chaos(store, outage, flag)
            job = broker.submit(plan, title="chaos")
            latest = time.monotonic() + PATIENCE
            while not job.done():
                assert time.monotonic() < latest, (
                    job, chaos.events, sorted(p.name for p in store.control.iterdir())
                )  # fmt: skip
                chaos.step(job.progress.fraction)
                time.sleep(0.02)

            assert (job.state, job.errors) == ("finished", [])
            assert job.progress.done == job.progress.total == len(requests)
            assert chaos.events == []
            assert (len(chaos.killed), len(chaos.cut), chaos.filled) == (8, 2, 1)
            assert min(chaos.cut) > 0

            record = rooms.catalog.job(job.id)
            assert (record.state, record.done) == ("finished", len(requests))
            assert rooms.catalog.task_counts(job.id) == {"finished": 200}
            assert any(task.tries > 1 for task in rooms.catalog.tasks(job.id))
            broker.close()
            rows = rooms.catalog.results(limit=10_000)
            assert len(rows) == len(requests)
            kept = {row.artifact for row in rows} - {None}
            assert 0 < len(kept) < len(rows)
            assert {manifest.path for manifest in store.artifacts()} == kept
            on_disk = {
                path.relative_to(store.folder).parts[:2]
                for name in FILES_OF_THE_STORE
                for path in (store.folder / name).rglob("*")
            }
            assert on_disk == {("results", path.split("/")[-1]) for path in kept}
            disturbed = stored(rooms.catalog, store, requests)

            calm = Broker(catalog=rooms.catalog, store=calm_store, scheduler="threads")
            calm._recorder.look_up = lambda _request: None  # type: ignore[method-assign]
            answers = [(request, calm.ask(request)) for request in requests]
            for request, ask in answers:
                undisturbed = ask.result(PATIENCE)
                found = disturbed[request.key]
                assert set(found.arrays) == set(undisturbed.arrays)
                for name, values in undisturbed.arrays.items():
                    np.testing.assert_array_equal(found.arrays[name], values, request.title)
                assert found.meta == undisturbed.meta
            calm.close()
        finally:
            rooms.catalog.close()
            rooms.catalog = calm_catalog
