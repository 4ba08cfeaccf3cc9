"""How good a plan's estimates of time and space are, task by task.

Each task of the usual table (and some others) is done once in this process with one thread,
on the made-up files of real size. Printed are the seconds of processor time and the bytes
stored, the plan's estimates, and their ratio. Processor time and not the clock, so that
other work on the machine does not count.

``python benchmarks/jobs/bench_plan.py [--regions 1000 20000]``
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numba

import hicognition_widgets as hcw
from hicognition_widgets.jobs import work
from hicognition_widgets.jobs.plan import Plan, Task

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import synthetic_hic  # noqa: E402
import synthetic_signal  # noqa: E402

OUT = ROOT / "out" / "jobs_plan.json"
HIC = {"flanks": [100_000, 400_000, 1_000_000], "binsizes": [10_000]}


def processor_seconds() -> float:
    """Of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(workspace: hcw.Workspace, task: Task, what: str) -> dict[str, Any]:
    """One task, done here."""
    order = workspace._broker._workshop.order(task)
    shutil.rmtree(order.store().band_cache)  # as if nobody had read the map before
    began = processor_seconds()
    outcomes = work.run(order, lambda _word: None)
    took = processor_seconds() - began
    failed = [outcome for outcome in outcomes if hasattr(outcome, "sentence")]
    if failed:
        raise SystemExit(failed[0].sentence)
    size = sum(order.store().manifest(outcome.path).bytes for outcome in outcomes)
    return {
        "task": what,
        "regions": task.requests[0].regions.n,
        "results": len(task.requests),
        "seconds": took,
        "planned_seconds": task.seconds,
        "bytes": size,
        "planned_bytes": task.bytes,
    }


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All tasks."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with hcw.Workspace(
            catalog=folder / "catalog.sqlite", store=folder / "store", scheduler="threads",
            user="bench",
        ) as workspace:  # fmt: skip
            sizes = {name: int(size) for name, size in synthetic_hic.SIZES.items()}
            workspace.add_assembly("synthetic", chromsizes=sizes)
            add: dict[str, Any] = {"assembly": "synthetic"}
            track = workspace.add_feature(
                synthetic_signal.make_track(options.data, millions=options.millions),
                name="track", **add,
            )  # fmt: skip
            contacts = workspace.add_feature(
                synthetic_hic.make_map(options.data), name="map", **add
            )
            targets = []
            for name, table in synthetic_signal.make_targets(10).items():
                path = folder / f"{name}.bed"
                table.to_csv(path, sep="\t", header=False, index=False)
                targets.append(workspace.add_regions(path, name=name, **add))
            sets = workspace.add_collection("sets", targets)
            marks = workspace.add_collection("marks", [track])
            for n in (min(options.regions), *options.regions):  # the first one only warms up
                path = folder / f"points-{time.monotonic_ns()}.bed"
                synthetic_hic.make_points(n).to_csv(path, sep="\t", header=False, index=False)
                points = workspace.add_regions(path, name=path.stem, **add)
                plans: dict[str, Plan] = {
                    "track, usual table": workspace.plan(points, track),
                    "track, one size": workspace.plan(
                        points, track, flanks=[10_000], binsizes=[500]
                    ),
                    "map, 6 averages": workspace.plan(points, contacts, **HIC),
                    "region sets, usual table": workspace.plan(points, sets),
                }
                if options.embeddings and n <= 20_000:
                    size = {"flanks": [100_000], "binsizes": [10_000]}
                    plans |= {
                        "embedding by tracks": workspace.plan(
                            points, marks, analyses=("embedding1d",), **size
                        ),
                        "embedding by snippets": workspace.plan(
                            points, contacts, analyses=("embedding2d",),
                            normalizations=("balanced",), **size,
                        ),
                    }  # fmt: skip
                rows.append(
                    [measure(workspace, t, what) for what, p in plans.items() for t in p.tasks]
                )
    return [row for measured in rows[1:] for row in measured]


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "out" / "data")
    parser.add_argument("--regions", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--millions", type=float, default=36.0, help="intervals of the track")
    parser.add_argument("--no-embeddings", dest="embeddings", action="store_false")
    options, _ = parser.parse_known_args()
    warnings.simplefilter("ignore")
    numba.set_num_threads(1)  # as the workers have it
    rows = run(options)
    print(f"\n{'':<26}{'regions':>8}{'planned':>10}{'took':>9}{'ratio':>7}", end="")
    print(f"{'planned':>11}{'stored':>10}{'ratio':>7}")
    worst = 1.0
    for row in rows:
        time_ratio = row["planned_seconds"] / max(row["seconds"], 1e-3)
        space_ratio = row["planned_bytes"] / max(row["bytes"], 1)
        worst = max(worst, math.exp(abs(math.log(time_ratio))))
        print(
            f"{row['task']:<26}{row['regions']:>8,}{row['planned_seconds']:>8.1f} s"
            f"{row['seconds']:>7.1f} s{time_ratio:>7.1f}{row['planned_bytes'] / 1e6:>8.1f} MB"
            f"{row['bytes'] / 1e6:>7.1f} MB{space_ratio:>7.1f}"
        )
    print(f"the time of a task is planned within a factor of {worst:.1f}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
