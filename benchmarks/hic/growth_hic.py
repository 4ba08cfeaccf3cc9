"""How time and memory of a pileup grow with the number of regions and of pixels.

``python benchmarks/hic/growth_hic.py`` makes maps of about 1 to 200 million pixels (the
largest takes some minutes and 0.3 GB), runs every size in a process of its own and writes
``benchmarks/out/hic_growth.json`` and a plot beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import synthetic_hic as synthetic

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "benchmarks" / "out"
REGIONS = (1_000, 10_000, 100_000, 1_000_000)
SCALES = (0.008, 0.1, 1, 10)
CASES = ("balanced", "cached", "together")


def run(case: str, uri: str, n: int, repeats: int) -> dict:
    command = [sys.executable, str(HERE / "one_case.py"), "ours", case, uri, str(n)]
    command += ["--repeats", str(repeats)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{case} failed:\n{done.stderr[-3000:]}")
    result = json.loads(done.stdout.strip().splitlines()[-1])
    return {
        "case": case, "regions": n, "cpu": statistics.median(result["cpu"]),
        "wall": statistics.median(result["wall"]), "peak_mb": result["peak_mb"],
    }  # fmt: skip


def pixels(path: Path) -> int:
    from hicognition_widgets.sources.contact_map import open_map

    return open_map(path, binsize=synthetic.BINSIZE).n_pixels


def plot(by_regions: list[dict], by_pixels: list[dict], target: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    names = {
        "balanced": "nothing cached", "cached": "from the cache",
        "together": "balanced, O/E and expected, nothing cached",
    }  # fmt: skip
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained", sharey=True)
    for axis, rows, key, label in (
        (axes[0], by_regions, "regions", "regions (50 M pixels)"),
        (axes[1], by_pixels, "pixels", "pixels of the map (50,000 regions)"),
    ):
        for case, name in names.items():
            here = [row for row in rows if row["case"] == case]
            axis.loglog([r[key] for r in here], [r["cpu"] for r in here], "o-", label=name)
        axis.set_xlabel(label)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("CPU seconds, one process")
    axes[0].legend(frameon=False, fontsize=8)
    figure.suptitle("Pileup, ±200 kb at 10 kb", fontsize=10)
    figure.savefig(target, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--data", type=Path, default=OUT / "data")
    options = parser.parse_args()
    by_regions, by_pixels = [], []
    usual = synthetic.make_map(options.data)
    for n in REGIONS:
        for case in CASES:
            uri = f"{usual}::/resolutions/{synthetic.BINSIZE}"
            by_regions.append(run(case, uri, n, options.repeats))
            print(f"{n:>12,} regions  {show(by_regions[-1])}", flush=True)
    for scale in SCALES:
        path = synthetic.make_map(options.data, scale=scale)
        for case in CASES:
            uri = f"{path}::/resolutions/{synthetic.BINSIZE}"
            row = run(case, uri, 50_000, options.repeats) | {"pixels": pixels(path)}
            by_pixels.append(row)
            print(f"{row['pixels']:>12,} pixels   {show(row)}", flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    report = {"by_regions": by_regions, "by_pixels": by_pixels}
    (OUT / "hic_growth.json").write_text(json.dumps(report, indent=1))
    plot(by_regions, by_pixels, OUT / "hic_growth.png")


def show(row: dict) -> str:
    return (
        f"{row['case']:10} {row['cpu']:8.3f} s CPU {row['wall']:8.3f} s wall"
        f" {row['peak_mb']:7.0f} MB"
    )


if __name__ == "__main__":
    main()
