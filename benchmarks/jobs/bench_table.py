"""The original's own table of preprocessing times, measured here from submit to shown.

HiCognition's documentation gives minutes per feature for 1,000 and 50,000 regions on its
server. Each row here is a whole job on the made-up files of real size: planned, run on the
local cluster, recorded in the catalog, and its last result read back as a view reads it.
The workers are started before, as they are in a notebook; nothing else is stored before a
row. A 1D collection holds 5 tracks, a region collection 10 sets. Embeddings are left out,
as the table's are, and timed each by itself.

Run it alone on the machine: ``python benchmarks/jobs/bench_table.py [--regions 1000]``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import hicognition_widgets as hcw
from hicognition_widgets.jobs.resources import this_machine

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import synthetic_hic  # noqa: E402
import synthetic_signal  # noqa: E402

PUBLISHED = {
    "1D feature": {1_000: 0.1, 50_000: 0.5},
    "2D feature": {1_000: 0.6, 50_000: 3.0},
    "1D collection": {1_000: 0.5, 50_000: 2.5},
    "region collection": {1_000: 0.5, 50_000: 2.5},
}
"""Minutes, as the original's documentation states them."""
FACTOR = 10
MAP_FLANKS = [
    100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 800_000, 1_000_000, 2_000_000,
]  # fmt: skip
"""The map has one resolution, 10 kb: nine flanks instead of the table's nine cells."""


def measure(workspace: hcw.Workspace, regions: Any, feature: Any, **how: Any) -> dict[str, Any]:
    """Seconds of one job from submit to the last result read back."""
    began = time.perf_counter()
    job = workspace.preprocess(regions, [feature], **how).wait()
    if job.state != "finished":
        raise SystemExit(f"the job {job.state}: {job.errors[:1]}")
    workspace.result(job.plan.requests[-1])
    return {
        "seconds": time.perf_counter() - began,
        "results": len(job.plan.requests),
        "tasks": len(job.plan.tasks),
    }


def measure_collection(workspace: hcw.Workspace, regions: Any, marks: Any) -> dict[str, Any]:
    """What the original makes of a 1D collection: the stackups of every member."""
    began = time.perf_counter()
    job = workspace.preprocess(regions, list(marks.members)).wait()
    if job.state != "finished":
        raise SystemExit(f"the job {job.state}: {job.errors[:1]}")
    workspace.result(job.plan.requests[-1])
    return {
        "seconds": time.perf_counter() - began,
        "results": len(job.plan.requests),
        "tasks": len(job.plan.tasks),
    }


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All rows of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        workspace = hcw.Workspace(
            catalog=folder / "catalog.sqlite", store=folder / "store", scheduler="local",
            user="bench",
        )  # fmt: skip
        with workspace:
            sizes = {name: int(size) for name, size in synthetic_hic.SIZES.items()}
            workspace.add_assembly("synthetic", chromsizes=sizes)
            add: dict[str, Any] = {"assembly": "synthetic"}
            track_path = synthetic_signal.make_track(options.data, millions=options.millions)
            tracks = [workspace.add_feature(track_path, name="track", **add)]
            for number in range(1, 5):
                path = synthetic_signal.make_track(
                    options.data, millions=options.millions / 4, seed=100 + number
                )
                tracks.append(workspace.add_feature(path, name=f"track {number}", **add))
            map_path = synthetic_hic.make_map(options.data)
            contacts = workspace.add_feature(map_path, name="map", **add)
            marks = workspace.add_collection("marks", tracks)
            targets = []
            for name, table in synthetic_signal.make_targets(10).items():
                path = folder / f"{name}.bed"
                table.to_csv(path, sep="\t", header=False, index=False)
                targets.append(workspace.add_regions(path, name=name, **add))
            sets = workspace.add_collection("sets", targets)
            warm = _points(workspace, folder, 100, add)
            workspace.preprocess(warm, tracks[1], flanks=[10_000], binsizes=[500]).wait()
            for n in options.regions:
                points = _points(workspace, folder, n, add)
                measured = {
                    "1D feature": measure(workspace, points, tracks[0]),
                    "2D feature": measure(
                        workspace, points, contacts, flanks=MAP_FLANKS, binsizes=[10_000]
                    ),
                    "region collection": measure(workspace, points, sets),
                    "1D collection": measure_collection(workspace, points, marks),
                }
                for row, took in measured.items():
                    rows.append({"row": row, "regions": n, **took})
                if options.embeddings:
                    size: dict[str, Any] = {"flanks": [100_000], "binsizes": [10_000]}
                    for analysis, what in (("embedding1d", marks), ("embedding2d", contacts)):
                        took = measure(
                            workspace, points, what, analyses=(analysis,),
                            normalizations=("balanced",), **size,
                        )  # fmt: skip
                        rows.append({"row": analysis, "regions": n, **took})
    return rows


def _points(workspace: hcw.Workspace, folder: Path, n: int, add: dict[str, Any]) -> Any:
    path = folder / f"points-{n}.bed"
    synthetic_hic.make_points(n).to_csv(path, sep="\t", header=False, index=False)
    return workspace.add_regions(path, name=f"{n} points", **add)


def show(rows: list[dict[str, Any]]) -> bool:
    """Print the table; whether every published figure was beaten tenfold."""
    print(f"\n{'':<20}{'regions':>9}{'original':>11}{'here':>9}{'faster':>9}  results, tasks")
    good = True
    for row in rows:
        minutes = PUBLISHED.get(row["row"], {}).get(row["regions"])
        original = "" if minutes is None else f"{minutes * 60:.0f} s"
        faster = "" if minutes is None else f"{minutes * 60 / row['seconds']:.0f}x"
        if minutes is not None and minutes * 60 / row["seconds"] < FACTOR:
            good = False
            faster += " !"
        print(
            f"{row['row']:<20}{row['regions']:>9,}{original:>11}{row['seconds']:>7.1f} s"
            f"{faster:>9}  {row['results']}, {row['tasks']}"
        )
    return good


def main() -> int:
    """Measure, print, keep; 0 whatever the figures are, which depend on the machine."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT / "out" / "data")
    parser.add_argument("--regions", type=int, nargs="+", default=[1_000, 50_000])
    parser.add_argument("--millions", type=float, default=36.0, help="intervals of the track")
    parser.add_argument("--no-embeddings", dest="embeddings", action="store_false")
    options, _ = parser.parse_known_args()
    warnings.simplefilter("ignore")
    machine = this_machine()
    hardware = (
        f"{machine.cores} cores ({platform.processor() or platform.machine()}), "
        f"{machine.memory / 1e9:.0f} GB, load {os.getloadavg()[0]:.1f} at the start"
    )
    print(hardware)
    rows = run(options)
    good = show(rows)
    print("every row at least" if good else "NOT every row", f"{FACTOR} times as fast")
    out = ROOT / "out" / "jobs_table.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"hardware": hardware, "rows": rows}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
