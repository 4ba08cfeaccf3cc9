"""Changes are heard; many writers lose nothing; a killed writer breaks nothing."""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.engine import Database
from hicognition_widgets.catalog.feed import Feed

WAIT = 60.0  # how long a loaded machine may need; the promise is two seconds


def test_a_change_of_somebody_else_is_heard(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    heard: queue.Queue[int] = queue.Queue()
    feed = catalog.on_change(heard.put, interval=0.1)
    make.regions(bob, "new", public=True)
    assert heard.get(timeout=WAIT) == bob.version()
    assert catalog.dataset("new").owner == bob.user
    bob.update_dataset(catalog.dataset("new").id, name="newer")
    assert heard.get(timeout=WAIT) == bob.version()
    feed.stop()
    assert not feed.alive
    bob.add_group("after", [])
    assert heard.empty()


CHANGING = """
import sys
from hicognition_widgets.catalog import Catalog
user = "bob" if sys.argv[1].startswith("sqlite") else None
with Catalog.open(sys.argv[1], user=user) as catalog:
    for line in sys.stdin:
        catalog.add_group(line.strip(), [])
        print(catalog.version(), flush=True)
"""


class Changer:
    """Changes a catalog from another process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def change(self, name: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def changer(url: str) -> Iterator[Changer]:
    with subprocess.Popen(
        [sys.executable, "-c", CHANGING, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Changer(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0


def test_changes_of_another_process_are_looked_for_twice_a_second(any_url: str, people) -> None:
    heard: queue.Queue[int] = queue.Queue()
    feed = people("alice").on_change(heard.put)
    assert 0 < feed.interval <= 1  # half of the two seconds that are promised
    with changer(any_url) as other:
        for name in ("first", "second"):
            version = other.change(name)
            while heard.get(timeout=60) < version:
                pass
    feed.stop()


@pytest.mark.postgres
def test_a_message_of_another_process_needs_no_look(postgres_url: str) -> None:
    heard: queue.Queue[int] = queue.Queue()
    with Catalog.open(postgres_url) as catalog, changer(postgres_url) as other:
        catalog.on_change(heard.put, interval=3600)
        # The first may be what was found at the beginning; after it only messages tell.
        for name in ("first", "second", "third"):
            version = other.change(name)
            while heard.get(timeout=60) < version:
                pass


def test_nothing_is_heard_without_a_change(catalog: Catalog) -> None:
    heard: queue.Queue[int] = queue.Queue()
    catalog.on_change(heard.put, interval=0.02)
    catalog.datasets()
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.3)
    catalog.close()


def test_closing_stops_the_feeds(catalog: Catalog) -> None:
    feeds = [catalog.on_change(print) for _ in range(2)]
    catalog.close()
    assert [feed.alive for feed in feeds] == [False, False]
    assert catalog.assemblies() != []


def test_a_feed_can_be_stopped_by_its_own_callback(catalog: Catalog, people) -> None:
    called = threading.Event()
    feeds: list[Feed] = []

    def once(_version: int) -> None:
        feeds[0].stop()
        called.set()

    feeds.append(catalog.on_change(once, interval=0.05))
    people("bob").add_group("g", [])
    assert called.wait(WAIT)
    feeds[0].stop()
    assert not feeds[0].alive


def test_many_feeds_share_one_thread(catalog: Catalog, people) -> None:
    bob = people("bob")
    before = threading.active_count()
    heard: queue.Queue[str] = queue.Queue()

    def listen(name: str) -> Feed:
        return catalog.on_change(lambda _version: heard.put(name), interval=0.05)

    feeds = [listen(name) for name in "abc"]
    assert threading.active_count() == before + 1
    bob.add_group("g", [])
    assert {heard.get(timeout=WAIT) for _ in feeds} == {"a", "b", "c"}
    feeds[0].stop()
    bob.add_group("h", [])
    assert {heard.get(timeout=WAIT) for _ in feeds[1:]} == {"b", "c"}
    for feed in feeds:
        feed.stop()
    assert threading.active_count() == before
    again = listen("again")
    bob.add_group("i", [])
    assert heard.get(timeout=WAIT) == "again"
    again.stop()
    assert heard.empty()


def test_stopping_waits_for_a_call_on_its_way(catalog: Catalog, people) -> None:
    begun, go, done = threading.Event(), threading.Event(), threading.Event()

    def slow(_version: int) -> None:
        begun.set()
        go.wait(WAIT)
        done.set()

    feed = catalog.on_change(slow, interval=0.05)
    people("bob").add_group("g", [])
    assert begun.wait(WAIT)
    threading.Timer(0.2, go.set).start()
    feed.stop()
    assert done.is_set()


@pytest.mark.postgres
def test_a_feed_takes_what_an_address_says(postgres_url: str) -> None:
    named = make_url(postgres_url).update_query_dict(
        {"application_name": "mine", "connect_timeout": "5"}
    )
    heard = threading.Event()
    with Catalog.open(named.render_as_string(hide_password=False)) as catalog:
        catalog.on_change(lambda _version: heard.set(), interval=0.1)
        catalog.add_group("lab")
        assert heard.wait(60)


@pytest.mark.postgres
def test_many_feeds_share_one_connection(postgres_url: str) -> None:
    with Catalog.open(postgres_url) as catalog:
        heard: queue.Queue[int] = queue.Queue()
        for _ in range(4):
            catalog.on_change(heard.put, interval=0.1)
        catalog.add_group("g", [])
        for _ in range(4):
            assert heard.get(timeout=WAIT) == catalog.version()
        with catalog._read() as session:
            found = session.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND application_name = 'hicognition feed'"
                )
            )
            assert found.scalar_one() == 1


def test_a_failing_callback_does_not_end_the_feed(
    catalog: Catalog, people, caplog: pytest.LogCaptureFixture
) -> None:
    heard: queue.Queue[int] = queue.Queue()

    def fail(version: int) -> None:
        heard.put(version)
        raise RuntimeError("a broken view")

    catalog.on_change(fail, interval=0.05)
    bob = people("bob")
    with caplog.at_level(logging.ERROR):
        for name in ("first", "second"):
            bob.add_group(name, [])
            assert heard.get(timeout=WAIT) > 0
    catalog.close()
    assert "a broken view" in caplog.text


@pytest.mark.postgres
def test_the_feed_survives_a_lost_connection_and_lies(postgres_url: str) -> None:
    heard: queue.Queue[int] = queue.Queue()
    with Catalog.open(postgres_url) as catalog:
        catalog.on_change(heard.put, interval=0.1)
        other = Database(postgres_url)
        with other.engine.connect() as connection:
            connection.execute(text("SELECT pg_notify('hicognition_catalog', '999999')"))
            connection.execute(text("SELECT pg_notify('hicognition_catalog', 'nonsense')"))
            connection.commit()
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'hicognition feed' "
                    "AND datname = current_database()"
                )
            )
            connection.commit()
        other.close()
        catalog.add_group("g", [])
        assert heard.get(timeout=WAIT) == catalog.version()


@pytest.mark.postgres
def test_messages_carry_only_the_version(postgres_url: str) -> None:
    database = Database(postgres_url)
    with Catalog.open(postgres_url) as catalog:
        connection = database.engine.raw_connection()
        driver = connection.driver_connection
        assert driver is not None
        driver.autocommit = True
        driver.execute("LISTEN hicognition_catalog")
        catalog.add_group("a secret name", [])
        (message,) = driver.notifies(timeout=WAIT, stop_after=1)
        connection.close()
        assert message.payload == str(catalog.version())
    database.close()


WRITERS, WRITES = 4, 15


def test_many_processes_lose_nothing_and_never_deadlock(any_url: str) -> None:
    if any_url.startswith("sqlite"):
        Catalog.open(any_url, user="alice").close()
    with Catalog.open(any_url, user="alice") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
        shared = catalog.add_job(title="shared", total=0, request={})
        before = catalog.version()
        context = multiprocessing.get_context("spawn")
        with context.Pool(WRITERS) as pool:
            pool.starmap(
                _write_many, [(any_url, number, shared.id) for number in range(WRITERS)]
            )
        names = {record.name for record in catalog.datasets()}
        assert names == {f"{i}-{j}" for i in range(WRITERS) for j in range(WRITES)}
        assert len(catalog.tasks(shared.id)) == WRITERS * WRITES
        assert len(catalog.results(limit=1000)) == WRITES  # the same keys by everybody
        changes = WRITERS * WRITES * 3 + WRITES
        assert catalog.version() == before + changes


def _write_many(url: str, number: int, job: int) -> None:
    with Catalog.open(url, user="alice") as catalog:
        for i in range(WRITES):
            record = catalog.add_dataset(
                kind="signal_track",
                name=f"{number}-{i}",
                assembly="mm9",
                path="/x",
                fingerprint=f"{number}-{i}",
            )
            catalog.update_job(job, message=f"{number}-{i}")
            catalog.add_task(job, key=f"{number}-{i}")
            catalog.add_result(
                key=f"result {i}",
                analysis="profile",
                request={},
                meta={},
                inputs=[record.id],
                payload=b"x",
                digest="d",
            )


VICTIM = """
import sys
from hicognition_widgets.catalog import Catalog
catalog = Catalog.open(sys.argv[1], user="victim")
catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
number = 0
while True:
    catalog.add_assembly(
        name=f"a{number}", chromsizes={f"s{i}": i + 1 for i in range(300)}
    )
    print(number, flush=True)
    number += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("after", [0, 2, 7])
def test_a_killed_writer_leaves_a_catalog_that_opens(sqlite_url: str, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, sqlite_url], stdout=subprocess.PIPE, text=True
    ) as victim:
        assert victim.stdout is not None
        said = -1
        while said < after:
            said = int(victim.stdout.readline())
        time.sleep(0.002 * after)
        os.kill(victim.pid, signal.SIGKILL)
        rest = victim.stdout.read().split()
    told = max([said, *map(int, rest)])
    with Catalog.open(sqlite_url, user="alice") as catalog:
        found = {record.name: len(record.chromsizes) for record in catalog.assemblies()}
        catalog.add_group("writing goes on", [])
        assert catalog.path is not None
        with closing(sqlite3.connect(catalog.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # Everything it told of is there, and nothing is there by half.
    assert {f"a{i}" for i in range(told + 1)} <= set(found)
    assert {size for name, size in found.items() if name != "mm9"} == {300}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_catalog_whose_creation_was_killed_can_be_used(sqlite_url: str) -> None:
    program = (
        "import os, sys\n"
        "from hicognition_widgets.catalog import Catalog, revisions\n"
        "run = revisions._run_migrations\n"
        "def die(connection):\n"
        "    run(connection)\n"
        "    os.kill(os.getpid(), 9)\n"
        "revisions._run_migrations = die\n"
        "Catalog.open(sys.argv[1], user='victim')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, sqlite_url], check=False)
    assert done.returncode == -signal.SIGKILL
    with Catalog.open(sqlite_url, user="alice") as catalog:
        assert catalog.assemblies() == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_processes_lose_nothing(any_url: str) -> None:
    if any_url.startswith("sqlite"):
        Catalog.open(any_url, user="alice").close()
    with Catalog.open(any_url, user="alice") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
        before = catalog.version()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["hicognition_widgets.catalog"])
        with context.Pool(50) as pool:
            pool.starmap(_add_datasets, [(any_url, n, 200) for n in range(50)], chunksize=1)
        assert catalog.count_datasets() == 50 * 200
        assert catalog.version() == before + 50 * 200


def _add_datasets(url: str, number: int, count: int) -> None:
    with Catalog.open(url, user="alice") as catalog:
        for i in range(count):
            catalog.add_dataset(
                kind="signal_track",
                name=f"{number}-{i}",
                assembly="mm9",
                path="/x",
                fingerprint=f"{number}-{i}",
            )
