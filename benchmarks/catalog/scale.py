"""How fast is the first page of a table with 100,000 datasets and a million results?

Run: python benchmarks/catalog/scale.py [sqlite:///path | postgresql://…] [--small] [--plans]

Without an address a SQLite file in a temporary folder is used. Prints milliseconds of wall time
(median of 15) and of processor time, on a server of this machine also its own: on a busy
machine that says how long it takes on a free one. --plans prints what the database does.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, create_engine, event, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from hicognition_widgets.catalog import Catalog, upgrade_catalog
from hicognition_widgets.catalog.models import (
    Collection,
    CollectionMember,
    Dataset,
    DatasetMetadata,
    Result,
    ResultInput,
    Share,
    now,
)
from hicognition_widgets.catalog.text import search_text, sort_key

PROTEINS = ["CTCF", "Rad21", "H3K4me3", "H3K27ac", "Pol II", "Nipbl", "Wapl", "Scc1"]
PEOPLE = [f"person{i}" for i in range(40)]
CHUNK = 5000
ASKER = "asker"


def fill(catalog: Catalog, datasets: int, results: int) -> None:
    """Made-up rows: 40 people, one dataset in five public, the rest private."""
    rng = np.random.default_rng(1)
    place = catalog.add_assembly(name="mm9", chromsizes={"chr1": 197_195_432})
    owners = [*PEOPLE, catalog.user]
    with catalog._write() as session:
        for start in range(0, datasets, CHUNK):
            rows, fields = [], []
            for i in range(start + 1, min(start + CHUNK, datasets) + 1):
                protein, owner = PROTEINS[rng.integers(8)], owners[i % len(owners)]
                kind = ("regions", "signal_track", "contact_map")[i % 3]
                name = f"{protein} replicate {i} of {PROTEINS[rng.integers(8)]}"
                rows.append(
                    {
                        "owner": owner, "created": now(), "updated": now(), "name": name,
                        "name_key": sort_key(name), "kind": kind, "assembly_id": place.id,
                        "public": i % 5 == 0, "path": f"/data/{i}", "fingerprint": f"{i:064}",
                        "managed": False, "size": int(rng.integers(10**9)), "modified": 0.0,
                        "dims": 1 if kind == "regions" else None,
                        "region_kind": "point" if kind == "regions" else None,
                        "n_regions": 1000 if kind == "regions" else None, "resolutions": [],
                        "description": "a made-up dataset", "origin": None,
                        "search_text": search_text(name, owner, "a made-up dataset", protein),
                    }
                )  # fmt: skip
                fields += [
                    (i - start, "protein", "text", protein, sort_key(protein)),
                    (i - start, "replicate", "integer", str(i % 4), str(i % 4)),
                ]
            numbers = list(session.scalars(insert(Dataset).returning(Dataset.id), rows))
            session.execute(
                insert(DatasetMetadata),
                [
                    {"dataset_id": numbers[at - 1], "key": key, "type": kind, "value": value,
                     "value_key": value_key}
                    for at, key, kind, value, value_key in fields
                ],
            )  # fmt: skip
        first = session.execute(text("SELECT min(id) FROM datasets")).scalar_one()
        if catalog.path is None:
            add_results_on_server(session, owners, results, datasets, first)
        else:
            add_results(session, owners, results, datasets, first, rng)
        share_some(session, catalog.user, first, datasets, rng)
    if catalog.path is None:
        engine = catalog._database.engine
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with catalog._write() as session:
            session.execute(text("ANALYZE"))


def add_results(
    session: Session,
    owners: list[str],
    results: int,
    datasets: int,
    first: int,
    rng: np.random.Generator,
) -> None:
    """Small results of two datasets each."""
    for start in range(0, results, CHUNK):
        batch = range(start, min(start + CHUNK, results))
        numbers = list(
            session.scalars(
                insert(Result).returning(Result.id),
                [
                    {
                        "owner": owners[i % len(owners)], "created": now(),
                        "key": f"{i:064}", "analysis": "pileup", "request": {"flank": i},
                        "meta": {"n_used": i}, "artifact": None, "digest": "d", "size": 10,
                        "payload": b"0123456789",
                    }
                    for i in batch
                ],
            )
        )  # fmt: skip
        session.execute(
            insert(ResultInput),
            [
                {"result_id": number, "position": p, "dataset_id": first + pick}
                for number in numbers
                for p, pick in enumerate(distinct(rng, datasets, 2))
            ],
        )


def add_results_on_server(
    session: Session, owners: list[str], results: int, datasets: int, first: int
) -> None:
    """The same, made up by the server, as a million rows take long to send."""
    session.execute(
        text(
            "INSERT INTO results (owner, created, key, analysis, request, meta, digest, size, "
            "payload) SELECT (CAST(:owners AS text[]))[1 + i % :people], now(), "
            "lpad(CAST(i AS text), 64, '0'), 'pileup', json_build_object('flank', i), "
            "json_build_object('n_used', i), 'd', 10, CAST('0123456789' AS bytea) "
            "FROM generate_series(0, :last) AS i"
        ),
        {"owners": owners, "people": len(owners), "last": results - 1},
    )
    session.execute(
        text(
            "INSERT INTO result_inputs (result_id, position, dataset_id) "
            "SELECT r.id, p, :first + (r.id * 7919 + p * 4729) % :datasets "
            "FROM results AS r, generate_series(0, 1) AS p"
        ),
        {"first": first, "datasets": datasets},
    )


def distinct(rng: np.random.Generator, below: int, count: int) -> list[int]:
    """Different numbers; a few fewer where some came twice."""
    return np.unique(rng.integers(below, size=count)).tolist()


def share_some(
    session: Session, user: str, first: int, datasets: int, rng: np.random.Generator
) -> None:
    """A few hundred shares with the one who asks, and 200 collections."""
    session.execute(
        insert(Share),
        [
            {"owner": PEOPLE[0], "kind": "dataset", "object_id": first + i, "user": user}
            for i in distinct(rng, datasets, 600)
        ],
    )
    groups = list(
        session.scalars(
            insert(Collection).returning(Collection.id),
            [
                {"owner": user, "name": f"group {i}", "name_key": f"group {i}",
                 "kind": "signal_tracks", "assembly_id": 1, "public": False,
                 "search_text": f"group {i}"}
                for i in range(200)
            ],
        )
    )  # fmt: skip
    session.execute(
        insert(CollectionMember),
        [
            {"collection_id": group, "position": p, "dataset_id": first + pick}
            for group in groups
            for p, pick in enumerate(distinct(rng, datasets, 8))
        ],
    )


def questions(catalog: Catalog) -> dict[str, Callable[[], Any]]:
    """What a person looks at first."""
    page: dict[str, Any] = {"limit": 50}
    some = catalog.datasets(owner=catalog.user, limit=1)[0]
    return {
        "all, by name": lambda: catalog.datasets(**page),
        "all, newest first": lambda: catalog.datasets(
            order_by="created", descending=True, **page
        ),
        "all, largest first": lambda: catalog.datasets(
            order_by="size", descending=True, **page
        ),
        "own, by name": lambda: catalog.datasets(owner=catalog.user, **page),
        "region sets, by name": lambda: catalog.datasets(kind="regions", **page),
        "features, by name": lambda: catalog.datasets(
            kind=("signal_track", "contact_map"), **page
        ),
        "features, newest first": lambda: catalog.datasets(
            kind=("signal_track", "contact_map"), order_by="created", descending=True, **page
        ),
        "one assembly, by name": lambda: catalog.datasets(assembly="mm9", **page),
        "protein and replicate": lambda: catalog.datasets(
            metadata={"protein": "CTCF", "replicate": 2}, **page
        ),
        "search a frequent word": lambda: catalog.datasets(search="rad21", **page),
        "search a rare word": lambda: catalog.datasets(search="71234", **page),
        "a sample": lambda: catalog.datasets(sample_id="absent", **page),
        "a repository": lambda: catalog.datasets(repository="4dn", **page),
        "two fields, newest first": lambda: catalog.datasets(
            metadata={"protein": "CTCF", "replicate": 2}, order_by="created", **page
        ),
        "suggested values": lambda: catalog.metadata_values("protein"),
        "search nothing": lambda: catalog.datasets(search="absent words", **page),
        "page 20": lambda: catalog.datasets(limit=50, offset=950),
        "how many": catalog.count_datasets,
        "one by name": lambda: catalog.dataset(some.name),
        "one by number": lambda: catalog.dataset(some.id),
        "collections": lambda: catalog.collections(**page),
        "own results": lambda: catalog.results(**page),
        "results of one dataset": lambda: catalog.results(dataset=some.id, own=False),
        "a result by key": lambda: catalog.find_result(f"{40:064}"),
        "a result that is not there": lambda: catalog.find_result("absent"),
        "version": catalog.version,
    }


def show_plans(engine: Engine) -> None:
    """Print what the database does for each query."""

    @event.listens_for(engine, "before_cursor_execute")
    def explain(_c: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            sqlite = engine.dialect.name == "sqlite"
            cursor.execute(
                ("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (ANALYZE, COSTS OFF) ")
                + statement,
                values,
            )
            for row in cursor.fetchall():
                print("     ", row[-1])


def asking_url(url: str) -> str:
    """On a server: the address of a role that row security holds for."""
    if url.startswith("sqlite"):
        return url
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": ASKER}
        )
        if found.first() is None:
            connection.exec_driver_sql(f"CREATE ROLE {ASKER} LOGIN PASSWORD '{ASKER}'")
        connection.exec_driver_sql(f"GRANT hicognition_people TO {ASKER}")
    engine.dispose()
    role = make_url(url).set(username=ASKER, password=ASKER)
    return role.render_as_string(hide_password=False)


RUNS = 15


def server_process(catalog: Catalog) -> Path | None:
    """What the system knows of the server's process for us; None for a file or far away."""
    if catalog.path is not None:
        return None
    with catalog._read() as session:
        number = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    found = Path(f"/proc/{number}/stat")
    return found if found.exists() else None


def seconds_of(process: Path | None) -> float:
    """Processor seconds that a process has taken."""
    if process is None:
        return 0.0
    fields = process.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(name: str, ask: Callable[[], Any], server: Path | None) -> str:
    """One line of the table."""
    ask()
    wall = []
    before, served = time.process_time(), seconds_of(server)
    for _ in range(RUNS):
        start = time.perf_counter()
        found = ask()
        wall.append(time.perf_counter() - start)
    here = (time.process_time() - before) / RUNS
    there = (seconds_of(server) - served) / RUNS
    size = len(found) if isinstance(found, list) else ""
    return (
        f"{name:28} here {here * 1e3:7.1f} ms   server {there * 1e3:7.1f} ms   "
        f"wall {statistics.median(wall) * 1e3:7.1f} ms   {size}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?")
    parser.add_argument("--small", action="store_true", help="a tenth of the datasets")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--fill", action="store_true", help="fill it and stop")
    options = parser.parse_args()
    datasets, results = (10_000, 50_000) if options.small else (100_000, 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'catalog.sqlite'}"
        upgrade_catalog(url)
        with Catalog.open(url, user=ASKER) as catalog:
            if catalog.count_datasets() == 0:
                start = time.perf_counter()
                # On a server the administrator fills it, and somebody without rights asks.
                catalog.user = ASKER
                fill(catalog, datasets, results)
                print(f"filled in {time.perf_counter() - start:.0f} s")
        if options.fill:
            return
        with Catalog.open(asking_url(url), user=ASKER) as catalog:
            asked = questions(catalog)
            server = server_process(catalog)
            for name, ask in asked.items():
                print(timed(name, ask, server))
            if options.plans:
                show_plans(catalog._database.engine)
                for name, ask in asked.items():
                    print(name)
                    ask()


if __name__ == "__main__":
    main()
