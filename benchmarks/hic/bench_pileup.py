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
]


def run(python: str, side: str, case: str, uri: str, n: int, repeats: int) -> dict:
    done = subprocess.run(
        [python, str(HERE / "one_case.py"), side, case, uri, str(n), "--repeats", str(repeats)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{side} {case} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


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
    known: dict[tuple[str, str, int], dict] = {}
    results = []
    print(f"load average {os.getloadavg()[0]:.1f}; CPU seconds, medians; one process each\n")
    print(f"{'':52}{'regions':>8}{'ours':>9}{'peer':>9}{'ratio':>8}{'floor':>7}{'memory':>8}")
    for name, n, ours, theirs, floor in ROWS:
        if options.only not in name:
            continue
        for key in (("ours", ours, n), ("peer", theirs, n)):
            if key not in known:
                python = sys.executable if key[0] == "ours" else oracle
                known[key] = run(python, *key[:2], uri, n, options.repeats)
        one, two = known["ours", ours, n], known["peer", theirs, n]
        row = {
            "work": name, "regions": n, "floor": floor, "ours": one, "peer": two,
            "cpu_ratio": statistics.median(two["cpu"]) / statistics.median(one["cpu"]),
            "wall_ratio": statistics.median(two["wall"]) / statistics.median(one["wall"]),
            "memory_ratio": two["peak_mb"] / one["peak_mb"],
        }  # fmt: skip
        results.append(row)
        print(
            f"{name:52}{n:>8,}{statistics.median(one['cpu']):>9.3f}"
            f"{statistics.median(two['cpu']):>9.2f}{row['cpu_ratio']:>7.0f}×"
            f"{floor or '':>7}{row['memory_ratio']:>7.1f}×",
            flush=True,
        )
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
