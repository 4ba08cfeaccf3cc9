"""Contact-map analyses side by side with cooltools and coolpuppy, one process each.

``python benchmarks/hic/bench_pileup.py`` makes the synthetic map if it is missing, runs
every case in a process of its own (so that peak memory is its own), prints medians and
ratios and writes them to ``benchmarks/out/hic_pileup.json``. The peers run with the Python
of the oracle environment: ``HICOGNITION_ORACLE_PYTHON``, or ``.venv-oracle``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
OUT = PROJECT / "benchmarks" / "out"
sys.path.insert(0, str(HERE.parent))
import real_hic as real  # noqa: E402 - found beside this folder
import synthetic_hic as synthetic  # noqa: E402 - found beside this folder

# name, regions, our case, the peer's case, floor for peer ÷ ours (None: for information)
ROWS = [
    ("pileup, nothing cached, vs cooltools", 50_000, "balanced", "balanced", 20),
    ("pileup, nothing cached, vs coolpuppy", 50_000, "balanced", "balanced_coolpuppy", 20),
    ("pileup, nothing cached, vs cooltools", 1_000, "balanced", "balanced", 25),
    ("pileup, nothing cached, vs coolpuppy", 1_000, "balanced", "balanced_coolpuppy", 25),
    ("balanced + O/E + its expected, vs cooltools", 50_000, "together", "together", 50),
    ("the same with expected at all distances", 50_000, "together_all", "together", None),
    ("pileup from the cache, vs cooltools", 50_000, "cached", "balanced", 100),
    ("10,000-row subset from the cache, vs cooltools", 50_000, "subset", "balanced", 100),
    ("expected alone, vs cooltools", 1_000, "expected", "expected", None),
    ("pairs 0.1-2 Mb apart, vs cooltools", 10_000, "pairs", "pairs", None),
    ("scaled pileup, vs coolpuppy rescale", 5_000, "scaled", "scaled", 10),
    ("1 kb bins, ±400 kb, vs cooltools", 200, "fine", "fine", None),
    ("1 kb bins, ±400 kb", 20_000, "fine", None, None),
]
# on the map, CTCF sites, loops and domains that ship with the project
REAL = [
    ("real: pileup, nothing cached, vs cooltools", 12_350, "balanced", "balanced", None),
    ("real: the same, vs coolpuppy", 12_350, "balanced", "balanced_coolpuppy", None),
    ("real: balanced + O/E + expected, vs cooltools", 12_350, "together", "together", None),
    ("real: pileup from the cache, vs cooltools", 12_350, "cached", "balanced", None),
    ("real: loops, vs cooltools", 1_013, "pairs", "pairs", None),
    ("real: scaled pileup of domains, vs coolpuppy", 940, "scaled", "scaled", None),
]


def run(python: str, side: str, case: str, uri: str, n: int, *more: str) -> dict:
    done = subprocess.run(
        [python, str(HERE / "one_case.py"), side, case, uri, str(n), *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{side} {case} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def compared(one: dict, two: dict | None) -> dict:
    """Both measurements and their ratios, peer ÷ ours; without a peer ours alone."""
    if two is None:
        return {"ours": one}
    return {
        "ours": one, "peer": two,
        "cpu_ratio": statistics.median(two["cpu"]) / statistics.median(one["cpu"]),
        "wall_ratio": statistics.median(two["wall"]) / statistics.median(one["wall"]),
        "memory_ratio": two["peak_mb"] / one["peak_mb"],
    }  # fmt: skip


def line(row: dict) -> str:
    """A row of the printed table."""
    mine = statistics.median(row["ours"]["cpu"])
    start = f"{row['work']:52}{row['regions']:>8,}{mine:>9.3f}"
    if "peer" not in row:
        return f"{start}{'':24}{row['ours']['peak_mb']:>6.0f} MB"
    return (
        f"{start}{statistics.median(row['peer']['cpu']):>9.2f}{row['cpu_ratio']:>7.0f}×"
        f"{row['floor'] or '':>7}{row['memory_ratio']:>7.1f}×"
    )


def first_call(uri: str) -> dict[str, float]:
    """Seconds of one pileup in a new process with no compiled code on disk, with imports."""
    code = (
        "import sys, time; t = time.perf_counter(); sys.path.insert(0, sys.argv[2]);"
        "from hicognition_widgets.analyses.pileup import pileup; import synthetic_hic as s;"
        "pileup(sys.argv[1], s.make_points(1000), flank=200_000);"
        "print(time.perf_counter() - t, time.process_time())"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code, uri, str(HERE.parent)], capture_output=True,
            text=True, check=True, env={**os.environ, "NUMBA_CACHE_DIR": folder},
        )  # fmt: skip
    wall, cpu = done.stdout.split()
    return {"wall": float(wall), "cpu": float(cpu)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", type=Path, default=OUT / "data")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    options = parser.parse_args()
    oracle = os.environ.get(
        "HICOGNITION_ORACLE_PYTHON", str(PROJECT / ".venv-oracle" / "bin" / "python")
    )
    if not Path(oracle).exists():
        sys.exit(f"there is no oracle environment at {oracle}; see requirements/oracle.in")
    map_path = synthetic.make_map(options.data)
    uri = f"{map_path}::/resolutions/{synthetic.BINSIZE}"
    known: dict[tuple[str, str, str, int], dict] = {}
    results = []
    print(f"load average {os.getloadavg()[0]:.1f}; CPU seconds, medians; one process each\n")
    print(f"{'':52}{'regions':>8}{'ours':>9}{'peer':>9}{'ratio':>8}{'floor':>7}{'memory':>8}")
    for name, n, ours, theirs, floor in [*ROWS, *REAL]:
        if options.only not in name:
            continue
        more = ["--repeats", str(options.repeats)]
        here = uri
        if name.startswith("real"):
            here, more = real.MAP, [*more, "--real"]
        elif ours == "fine":
            here = synthetic.make_fine_map(options.data)
        for side, case in (("ours", ours), ("peer", theirs)):
            if case is not None and (here, side, case, n) not in known:
                python = sys.executable if side == "ours" else oracle
                known[here, side, case, n] = run(python, side, case, here, n, *more)
        one = known[here, "ours", ours, n]
        two = None if theirs is None else known[here, "peer", theirs, n]
        results.append({"work": name, "regions": n, "floor": floor, **compared(one, two)})
        print(line(results[-1]), flush=True)
    first = first_call(uri)
    print(
        f"\nfirst call with nothing compiled: {first['cpu']:.1f} s CPU, "
        f"{first['wall']:.1f} s wall (at most 5)"
    )
    OUT.mkdir(parents=True, exist_ok=True)
    report = {
        "rows": results, "first_call": first, "map": map_path.name,
        "python": platform.python_version(), "machine": platform.processor(),
        "cpus": os.cpu_count(), "load": os.getloadavg(),
    }  # fmt: skip
    (OUT / "hic_pileup.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
