"""The local cluster on the made-up files of real size: scaling, waiting, memory.

* How much faster two worker processes are than one.
* How soon a view's request starts, and is answered, while a job fills the queue.
* How much memory a worker takes at most, beside its limit.

Run it alone on the machine: ``python benchmarks/jobs/bench_local.py [--sets 8]``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import psutil

import hicognition_widgets as hcw
from hicognition_widgets.jobs.resources import Machine, this_machine

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import synthetic_hic  # noqa: E402
import synthetic_signal  # noqa: E402

OUT = ROOT / "out" / "jobs_local.json"
WAITING = "waiting"


@contextmanager
def workspace(options: argparse.Namespace, machine: Machine) -> Iterator[dict[str, Any]]:
    """An empty workspace with the two large files, on a cluster for this machine."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        mock.patch("hicognition_widgets.jobs.local_cluster.this_machine", return_value=machine),
    ):
        folder = Path(scratch)
        with hcw.Workspace(
            catalog=folder / "catalog.sqlite", store=folder / "store", scheduler="local",
            user="bench",
        ) as ws:  # fmt: skip
            sizes = {name: int(size) for name, size in synthetic_hic.SIZES.items()}
            ws.add_assembly("synthetic", chromsizes=sizes)
            add: dict[str, Any] = {"assembly": "synthetic"}
            track = synthetic_signal.make_track(options.data, millions=options.millions)
            yield {
                "ws": ws,
                "folder": folder,
                "track": ws.add_feature(track, name="track", **add),
                "map": ws.add_feature(synthetic_hic.make_map(options.data), name="map", **add),
            }


def points(given: dict[str, Any], n: int, seed: int) -> Any:
    """A set of regions unlike the others."""
    path = given["folder"] / f"points-{n}-{seed}.bed"
    table = synthetic_hic.make_points(n + seed)
    table.to_csv(path, sep="\t", header=False, index=False)
    return given["ws"].add_regions(path, name=path.stem, assembly="synthetic")


def processes(ws: hcw.Workspace) -> list[psutil.Process]:
    """The workers, each with the processes of its embeddings."""
    host = psutil.Process(ws._broker._workshop.runner._connection.local._process.pid)
    return [p for p in host.children(recursive=True) if "spawn_main" in " ".join(p.cmdline())]


def scaling(options: argparse.Namespace, machine: Machine) -> dict[str, Any]:
    """Seconds of the same job with one and with two workers."""
    took = {}
    for workers in (1, 2):
        with workspace(options, Machine(cores=workers, memory=machine.memory)) as given:
            ws = given["ws"]
            small = points(given, 50, 0)
            ws.preprocess(small, [given["track"], given["map"]], binsizes=[10_000]).wait()
            sets = [points(given, options.regions, seed) for seed in range(1, options.sets + 1)]
            began = time.perf_counter()
            job = ws.preprocess(sets, given["track"]).wait()
            took[workers] = time.perf_counter() - began
            if job.state != "finished":
                raise SystemExit(f"the job {job.state}: {job.errors[:1]}")
            print(f"{len(job.plan.tasks)} tasks on {workers} worker(s): {took[workers]:.1f} s")
    efficiency = took[1] / took[2] / 2
    print(f"efficiency from 1 to 2 worker processes: {efficiency:.2f}")
    return {"seconds": took, "efficiency": efficiency}


def waiting(options: argparse.Namespace, machine: Machine) -> dict[str, Any]:
    """When a view's request starts and is answered beside a full queue, seconds."""
    with workspace(options, machine) as given:
        ws = given["ws"]
        first = points(given, 50, 0)
        began = time.perf_counter()
        ws.profile(first, given["track"], flank=100_000, binsize=10_000)
        print(f"first question, workers started for it: {time.perf_counter() - began:.1f} s")
        sets = [points(given, 10 * options.regions, seed) for seed in range(1, 13)]
        job = ws.preprocess(sets, [given["track"], given["map"]], binsizes=[10_000, 20_000])
        while job.progress.running == 0 and not job.done():
            time.sleep(0.05)
        starts, answers = [], []
        for number in range(10):
            begun: list[float] = []
            request = ws.request(
                "profile", first, [given["track"]], flank=200_000 + 10_000 * number,
                binsize=10_000,
            )  # fmt: skip
            asked = time.perf_counter()
            ask = ws._broker.ask(request)

            def heard(progress: Any, begun: list[float] = begun) -> None:
                if not progress.message.startswith(WAITING):
                    begun.append(time.perf_counter())

            ask.on_progress(heard)
            ask.result()
            answered = time.perf_counter()
            starts.append(min([*begun, answered]) - asked)
            answers.append(answered - asked)
        busy = not job.done()
        job.cancel()
    print(
        f"beside a {'full' if busy else 'finished (too small)'} queue a request starts after "
        f"{statistics.median(starts):.2f} s (most {max(starts):.2f} s) and is answered after "
        f"{statistics.median(answers):.2f} s (most {max(answers):.2f} s)"
    )
    return {"queue_was_full": busy, "starts": starts, "answers": answers}


def memory(options: argparse.Namespace, machine: Machine) -> dict[str, Any]:
    """The most memory that a worker takes with the largest files, bytes."""
    with workspace(options, machine) as given:
        ws = given["ws"]
        regions = points(given, options.largest, 0)
        most: dict[int, int] = {}
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.05):
                try:
                    workers = processes(ws)
                    for worker in workers:
                        used = worker.memory_info().rss
                        most[worker.pid] = max(most.get(worker.pid, 0), used)
                except (AttributeError, psutil.NoSuchProcess):
                    continue  # they are starting or ending

        watcher = threading.Thread(target=look)
        watcher.start()
        job = ws.preprocess(
            regions, [given["track"], given["map"]], normalizations=("balanced", "oe")
        ).wait()
        tries = max(task.tries for task in ws._catalog.tasks(job.id))
        over.set()
        watcher.join()
        if job.state != "finished":
            raise SystemExit(f"the job {job.state}: {job.errors[:1]}")
    limit = machine.memory_limit
    print(
        f"{options.largest:,} regions: a worker took at most "
        f"{max(most.values()) / 1e9:.2f} GB; the limit is {limit / 1e9:.2f} GB; "
        f"tries per task: {tries}"
    )
    return {"most": max(most.values()), "limit": limit, "tries": tries}


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "out" / "data")
    parser.add_argument("--sets", type=int, default=8, help="region sets of the scaling job")
    parser.add_argument("--regions", type=int, default=2_000, help="in each of them")
    parser.add_argument("--largest", type=int, default=50_000, help="regions for the memory")
    parser.add_argument("--millions", type=float, default=36.0, help="intervals of the track")
    parser.add_argument("--only", choices=("scaling", "waiting", "memory"))
    options, _ = parser.parse_known_args()
    warnings.simplefilter("ignore")
    machine = this_machine()
    print(
        f"{machine.cores} cores, {machine.memory / 1e9:.0f} GB, load {os.getloadavg()[0]:.1f} "
        "at the start"
    )
    parts = {"scaling": scaling, "waiting": waiting, "memory": memory}
    found = {
        name: measure(options, machine)
        for name, measure in parts.items()
        if options.only in (None, name)
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
