"""What the scheduler costs: 10,000 tasks of real size on 100 simulated workers.

The workers are real Dask workers in one process, so that connections, messages and
bookkeeping are real and only the work is not: a task sleeps not at all and returns an
outcome. Printed are the time per task, scheduling alone, and the scheduler's memory.

``python benchmarks/jobs/bench_scheduler.py [--workers 100] [--tasks 10000]``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import time
from pathlib import Path
from typing import Any

import dask
import psutil
from distributed import Client, Scheduler, Worker

from hicognition_widgets.jobs.outcome import Outcome, Stored
from hicognition_widgets.jobs.plan import make_plan
from hicognition_widgets.jobs.request import (
    AssemblyInput,
    FeatureInput,
    RegionsInput,
    Request,
)
from hicognition_widgets.jobs.work import Order

OUT = Path(__file__).parents[1] / "out" / "jobs_scheduler.json"
AT_ONCE = 100
SIZES = [(flank, size) for flank in (10_000, 50_000, 100_000) for size in (1_000, 5_000)]


def orders(number: int) -> list[Order]:
    """Orders as a job sends them: a region set, a track, its flanks and bin sizes."""
    assembly = AssemblyInput(
        name="hg38",
        chromsizes=tuple((f"chr{i}", 100_000_000) for i in range(1, 24)),
        arms=tuple(
            (f"chr{i}", a, a + 50_000_000, f"chr{i}_{a}")
            for i in range(1, 24)
            for a in (0, 50_000_000)
        ),
    )
    found = []
    for i in range(number):
        regions = RegionsInput(
            id=str(i), name=f"peaks {i}", fingerprint=secrets.token_hex(32),
            path=f"/data/peaks/{i}.bed", dims=1, kind="point", n=20_000,
        )  # fmt: skip
        track = FeatureInput(
            id="1", name="track", fingerprint="f" * 64, path="/data/track.bw",
            kind="signal_track",
        )  # fmt: skip
        plan = make_plan(
            Request(
                analysis="profile", regions=regions, features=(track,), assembly=assembly,
                flank=flank, binsize=size,
            )
            for flank, size in SIZES
        )  # fmt: skip
        found += [
            Order(task=task, root="/shared/store", owner="ann", shared=True)
            for task in plan.tasks
        ]
    return found


def outcome(order: Order) -> list[Outcome]:
    """What a worker gives back."""
    return [
        Stored(key=r.key, path="ann/results/" + "0" * 32, digest="0" * 64)
        for r in order.task.requests
    ]


async def measure(workers: int, tasks: int) -> dict[str, Any]:
    """Run the tasks once on simulated workers."""
    process = psutil.Process()
    given = orders(tasks)
    async with Scheduler(host="127.0.0.1", port=0, dashboard=False) as scheduler:
        crew = [
            Worker(scheduler.address, nthreads=1, resources={"bulk": 1}, dashboard=False)
            for _ in range(workers)
        ]
        await asyncio.gather(*crew)
        async with Client(scheduler.address, asynchronous=True, timeout=300) as client:
            await client.gather(client.map(outcome, given[:100], resources={"bulk": 1}))
            before = process.memory_info().rss
            began, used = time.perf_counter(), time.process_time()
            futures = []
            for first in range(0, tasks, AT_ONCE):  # as a job hands them out
                some = given[first : first + AT_ONCE]
                futures += client.map(outcome, some, pure=False, resources={"bulk": 1})
            await client.gather(futures)
            took, cpu = time.perf_counter() - began, time.process_time() - used
            grown = process.memory_info().rss - before
            # Their connections end one by one; each end is news to the scheduler.
            logging.getLogger("distributed").setLevel(logging.CRITICAL)
            await asyncio.gather(*(worker.close(nanny=False) for worker in crew))
    return {
        "workers": workers,
        "tasks": tasks,
        "ms_per_task": 1000 * took / tasks,
        "cpu_ms_per_task": 1000 * cpu / tasks,
        "memory_mb": grown / 1e6,
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=10_000)
    options, _ = parser.parse_known_args()
    logging.getLogger("distributed").setLevel(logging.WARNING)
    dask.config.set(
        {
            "distributed.worker.memory.target": False,
            # A hundred workers in one process answer late on a busy machine.
            "distributed.comm.timeouts.connect": "300s",
            "distributed.comm.timeouts.tcp": "300s",
            "distributed.scheduler.worker-ttl": None,
            "distributed.admin.tick.limit": "300s",
        }
    )
    found = asyncio.run(measure(options.workers, options.tasks))
    print(
        f"{found['tasks']:,} tasks on {found['workers']} simulated workers, load "
        f"{os.getloadavg()[0]:.1f}: {found['ms_per_task']:.2f} ms per task on the clock, "
        f"{found['cpu_ms_per_task']:.2f} ms of one processor (scheduler, workers and client "
        f"together), {found['memory_mb']:.0f} MB more memory"
    )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
