"""Do 50 processes with 200 writes each lose nothing, and how long do they take?

Run: python benchmarks/catalog/writers.py [sqlite:///path | postgresql://…] [processes] [writes]

On PostgreSQL every process holds a connection: the server has to allow as many.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from hicognition_widgets.catalog import Catalog, upgrade_catalog


def write(url: str, number: int, writes: int) -> float:
    """Add datasets one by one; the longest one took this many seconds."""
    longest = 0.0
    with Catalog.open(url, user="alice") as catalog:
        for i in range(writes):
            start = time.perf_counter()
            catalog.add_dataset(
                kind="signal_track",
                name=f"{number}-{i}",
                assembly="mm9",
                path="/x",
                fingerprint=f"{number}-{i}",
            )
            longest = max(longest, time.perf_counter() - start)
    return longest


def main() -> None:
    arguments = sys.argv[1:]
    url = arguments.pop(0) if arguments and "://" in arguments[0] else None
    processes, writes = (
        int(arguments[i]) if i < len(arguments) else (50, 200)[i] for i in (0, 1)
    )
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{Path(folder) / 'catalog.sqlite'}"
        upgrade_catalog(url)
        with Catalog.open(url, user="alice") as catalog:
            catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
            before, had = catalog.version(), catalog.count_datasets()
            start = time.perf_counter()
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["hicognition_widgets.catalog"])
            with context.Pool(processes) as pool:
                work = [(url, number, writes) for number in range(processes)]
                longest = max(pool.starmap(write, work, chunksize=1))
            seconds = time.perf_counter() - start
            added = catalog.count_datasets() - had
            print(
                f"{processes} x {writes}: {added:,} of {processes * writes:,} kept, "
                f"{catalog.version() - before:,} versions, {seconds:.1f} s, "
                f"{added / seconds:.0f} per second, longest write {longest:.1f} s"
            )
            if added != processes * writes:
                sys.exit(1)


if __name__ == "__main__":
    main()
