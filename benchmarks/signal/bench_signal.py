"""1D analyses side by side with pybbi, pybigtools, bioframe and umap-learn.

``python benchmarks/signal/bench_signal.py`` makes the synthetic track if it is missing,
runs every case in a process of its own, prints medians and ratios and writes them to
``benchmarks/out/signal.json``. Peers that are not installed here run with the Python named
by ``HICOGNITION_ORACLE_PYTHON``.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import synthetic_signal as synthetic

HERE = Path(__file__).parent
OUT = HERE.parent / "out"

MODULES = {"pybbi": "bbi", "pybigtools": "pybigtools", "bioframe": "bioframe", "umap": "umap"}

# name, regions, our case, the peer's case, its part of the work, floor for peer ÷ ours
ROWS = [
    ("exact stackup, vs pybbi", 50_000, "stackup", "stackup_pybbi", 1.0, 10),
    ("exact stackup, vs pybigtools", 50_000, "stackup", "stackup_pybigtools", 1.0, 7),
    ("exact stackup, vs pybbi", 1_000, "stackup", "stackup_pybbi", 1.0, 1),
    ("exact stackup, vs pybigtools", 1_000, "stackup", "stackup_pybigtools", 1.0, 1),
    ("4 flanks and bin sizes in one decode, vs 1 by pybbi", 50_000, "grid", "stackup_pybbi",
     1.0, None),
    ("enrichment 40 × 50, vs bioframe (extrapolated from 2)", 50_000, "enrichment",
     "enrichment_bioframe", 2 / 40, 100),
    ("embedding 20 tracks, vs umap-learn seeded", 50_000, "embedding", "embedding_umap",
     1.0, 1),
]  # fmt: skip


def python_for(case: str) -> str:
    peer = case.rpartition("_")[2]
    if peer in MODULES and importlib.util.find_spec(MODULES[peer]) is None:
        return os.environ.get("HICOGNITION_ORACLE_PYTHON", sys.executable)
    return sys.executable


def run(case: str, track: Path, n: int, repeats: int) -> dict:
    done = subprocess.run(
        [python_for(case), str(HERE / "one_signal_case.py"), case, str(track), str(n),
         "--repeats", str(repeats)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{case} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def first_call(track: Path) -> float:
    """Wall seconds of stackup, profile and enrichment with no compiled code on disk."""
    code = (
        "import sys, time; t = time.perf_counter(); sys.path.insert(0, sys.argv[2]);"
        "from hicognition_widgets.analyses import enrichment, profile, stackup;"
        "import synthetic_signal as s; p = s.make_points(1000);"
        "profile(stackup(sys.argv[1], p, flank=200_000, binsize=10_000));"
        "enrichment(p, [p], chromsizes=s.SIZES, flank=200_000, binsize=10_000);"
        "print(time.perf_counter() - t)"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code, str(track), str(HERE.parent)], capture_output=True,
            text=True, check=True, env={**os.environ, "NUMBA_CACHE_DIR": folder},
        )  # fmt: skip
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", type=Path, default=OUT / "data")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    options = parser.parse_args()
    track = synthetic.make_track(options.data)
    known: dict[tuple[str, int], dict] = {}
    results = []
    print(f"load average {os.getloadavg()[0]:.1f}; CPU seconds, medians; one process each\n")
    print(f"{'':56}{'regions':>8}{'ours':>9}{'peer':>9}{'ratio':>8}{'floor':>7}{'memory':>8}")
    for name, n, ours, theirs, part, floor in ROWS:
        if options.only not in name:
            continue
        for case in (ours, theirs):
            if (case, n) not in known:
                known[case, n] = run(case, track, n, options.repeats)
        one, two = known[ours, n], known[theirs, n]
        mine = statistics.median(one["cpu"])
        other = statistics.median(two["cpu"]) / part
        row = {
            "work": name, "regions": n, "floor": floor, "ours": one, "peer": two,
            "peer_part_timed": part, "cpu_ratio": other / mine,
            "wall_ratio":
                statistics.median(two["wall"]) / part / statistics.median(one["wall"]),
            "memory_ratio": two["peak_mb"] / one["peak_mb"],
        }  # fmt: skip
        results.append(row)
        print(
            f"{name:56}{n:>8,}{mine:>9.3f}{other:>9.2f}{row['cpu_ratio']:>7.1f}×"
            f"{floor or '':>7}{row['memory_ratio']:>7.1f}×",
            flush=True,
        )
    first = first_call(track)
    print(f"\nfirst calls with nothing compiled: {first:.1f} s wall (at most 5)")
    OUT.mkdir(parents=True, exist_ok=True)
    report = {
        "rows": results, "first_call_wall": first, "track": track.name,
        "python": platform.python_version(), "machine": platform.processor(),
        "cpus": os.cpu_count(), "load": os.getloadavg(),
    }  # fmt: skip
    (OUT / "signal.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
