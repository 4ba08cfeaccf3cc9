"""How long an answer about a selection takes: 50,000 regions, everything already kept.

``python benchmarks/hic/bench_selection.py`` makes the synthetic map if it is missing, keeps
what a comparison keeps (band of the map, stackup, hit matrix, snippets of pairs), and times
what is done anew for each selection. The largest of all selections of one kind is printed
and written to ``benchmarks/out/selection.json``; the limit is 300 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
OUT = HERE.parents[1] / "benchmarks" / "out"
sys.path.insert(0, str(HERE.parent))
import synthetic_hic as synthetic  # noqa: E402 - found beside this folder

N = 50_000
PARTS = (0.001, 0.1, 0.5, 0.9, 1.0)
LIMIT = 0.3
Answer = Callable[[np.ndarray], object]


def answers(uri: str, folder: Path) -> dict[str, Answer]:
    from hicognition_widgets.analyses import (
        enrichment_hits,
        keep_snippets,
        pileup,
        profile_split,
        snippets,
    )

    regions, pairs = synthetic.make_points(N), synthetic.make_pairs(N)
    rng = np.random.default_rng(2)
    found: dict[str, Answer] = {}
    for flank in (200_000, 400_000):
        bins = 2 * flank // synthetic.BINSIZE + 1
        whole = pileup(uri, regions, flank=flank, normalization="oe", cache=folder)
        plain = partial(pileup, uri, regions, flank=flank, cache=folder)
        found[f"pileup, {bins} bins, balanced"] = lambda rows, call=plain: call(subset=rows)
        divided = partial(plain, normalization="oe")
        found[f"pileup, {bins} bins, O/E"] = lambda rows, call=divided: call(subset=rows)
        given = partial(plain, expected_df=whole.expected)
        found[f"the same, expected values given, {bins} bins"] = lambda rows, call=given: call(
            subset=rows
        )
        make = partial(snippets, uri, pairs, flank=flank, cache=folder)
        kept = keep_snippets(folder / f"{bins}.npy", N, size=bins, make=make)
        found[f"pairs, {bins} bins, selected and rest"] = kept.split
    for bins in (40, 200):
        stack = rng.normal(size=(N, bins)).astype(np.float32)
        stack[rng.random(stack.shape) < 0.05] = np.nan
        np.save(folder / f"stack{bins}.npy", stack)
        mapped = np.load(folder / f"stack{bins}.npy", mmap_mode="r")
        codes = np.zeros(N, dtype=np.uint8)
        split = partial(profile_split, mapped, reasons=codes)
        found[f"profile, {bins} bins, selected against rest, bands"] = split
        found[f"stackup, {bins} bins, selected block first"] = lambda rows, m=mapped: m[
            np.concatenate([rows, np.setdiff1d(np.arange(N), rows, assume_unique=True)])
        ]
    targets = {f"set {i}": synthetic.make_points(20_000, seed=100 + i) for i in range(50)}
    hits = enrichment_hits(
        regions, targets, chromsizes=synthetic.SIZES, flank=200_000, binsize=10_000
    )
    found["enrichment, 50 targets x 40 bins, selected against rest"] = hits.enrichment
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--data", type=Path, default=OUT / "data")
    options = parser.parse_args()
    uri = f"{synthetic.make_map(options.data)}::/resolutions/{synthetic.BINSIZE}"
    rng = np.random.default_rng(1)
    selections = [np.sort(rng.choice(N, int(N * part), replace=False)) for part in PARTS]
    print(
        f"load average {os.getloadavg()[0]:.1f}; slowest of {len(PARTS)} selections, medians\n"
    )
    print(f"{'':58}{'CPU ms':>8}{'wall ms':>9}{'limit':>7}")
    rows = []
    with tempfile.TemporaryDirectory(prefix="hicognition-bench-") as folder:
        for name, answer in answers(uri, Path(folder)).items():
            answer(selections[0])  # compiled, and read into memory
            slowest = {"cpu": 0.0, "wall": 0.0}
            for chosen in selections:
                cpu, wall = [], []
                for _ in range(options.repeats):
                    before = time.process_time(), time.perf_counter()
                    answer(chosen)
                    cpu.append(time.process_time() - before[0])
                    wall.append(time.perf_counter() - before[1])
                slowest["cpu"] = max(slowest["cpu"], float(np.median(cpu)))
                slowest["wall"] = max(slowest["wall"], float(np.median(wall)))
            rows.append({"work": name, "limit": LIMIT, **slowest})
            cpu_ms, wall_ms = slowest["cpu"] * 1000, slowest["wall"] * 1000
            print(f"{name:58}{cpu_ms:>8.0f}{wall_ms:>9.0f}{LIMIT * 1000:>7.0f}", flush=True)
    OUT.mkdir(parents=True, exist_ok=True)
    report = {"regions": N, "rows": rows, "load": os.getloadavg(), "cpus": os.cpu_count()}
    (OUT / "selection.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
