"""A made-up map of the size of a real one: hg38-like, 10 kb, more than 50 million pixels.

Contacts fall off with distance, bins differ in coverage, some are masked. The same seed
gives the same file. Run ``python benchmarks/synthetic_hic.py FOLDER`` to make it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

BINSIZE = 10_000
SEED = 20
MEGABASES = [
    248.96, 242.19, 198.30, 190.21, 181.54, 170.81, 159.35, 145.14, 138.39, 133.80, 135.09,
    133.28, 114.36, 107.04, 101.99, 90.34, 83.26, 80.37, 58.62, 64.44, 46.71, 50.82, 156.04,
]  # fmt: skip
NAMES = [f"chr{n}" for n in [*range(1, 23), "X"]]
SIZES = pd.Series([int(m * 1e6) for m in MEGABASES], index=NAMES)
FINE, FINE_CHROMOSOMES = 1_000, 3
NEAR = 400
"""Distances drawn one by one; farther pixels are scattered at random."""


def make_map(
    folder: Path, *, scale: float = 1.0, seed: int = SEED, binsize: int = BINSIZE,
    chromosomes: int = len(NAMES),
) -> Path:  # fmt: skip
    """Path of the map in the folder, made if it is missing; `scale` multiplies contacts."""
    import cooler

    usual = (binsize, chromosomes) == (BINSIZE, len(NAMES))
    kind = "" if usual else f"-{binsize}-{chromosomes}"
    path = folder / f"synthetic-{seed}-{scale:g}{kind}.mcool"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    bins = cooler.util.binnify(SIZES.iloc[:chromosomes], binsize)
    bias = rng.lognormal(0, 0.3, len(bins))
    masked = rng.random(len(bins)) < 0.01
    for start in bins.groupby("chrom", observed=True).head(1).index:
        masked[start : start + 20] = True
        masked[start + 1500 : start + 1700] = True
    bias[masked] = 0.02
    bins["weight"] = np.where(masked, np.nan, 0.05 / bias)
    part = path.with_suffix(".part")
    cooler.create_cooler(
        f"{part}::/resolutions/{binsize}", bins, pixels(bins, bias, scale, rng), ordered=True
    )
    part.replace(path)
    return path


def pixels(
    bins: pd.DataFrame, bias: np.ndarray, scale: float, rng: np.random.Generator
) -> Iterator[pd.DataFrame]:
    n = len(bins)
    for _, chrom in bins.groupby("chrom", observed=True, sort=False):
        lo, hi = int(chrom.index[0]), int(chrom.index[-1]) + 1
        rows, columns, counts = [], [], []
        for d in range(min(NEAR, hi - lo)):
            mean = 60 * scale / (1 + d) * bias[lo : hi - d] * bias[lo + d : hi]
            count = rng.poisson(mean)
            found = np.flatnonzero(count)
            rows.append(found + lo)
            columns.append(found + lo + d)
            counts.append(count[found])
        far = int(60 * scale * (hi - lo))
        row = rng.integers(lo, hi, far)
        column = rng.integers(0, n, far)
        column = np.where(rng.random(far) < 0.5, rng.integers(lo, hi, far), column)
        kept = column - row >= NEAR
        keys = np.unique(row[kept] * n + column[kept])
        rows.append(keys // n)
        columns.append(keys % n)
        counts.append(np.ones(len(keys), dtype=np.int64))
        table = pd.DataFrame(
            {
                "bin1_id": np.concatenate(rows),
                "bin2_id": np.concatenate(columns),
                "count": np.concatenate(counts).astype(np.int32),
            }
        )
        yield table.sort_values(["bin1_id", "bin2_id"], ignore_index=True)


def make_fine_map(folder: Path) -> str:
    """Address of a map of three chromosomes in bins of 1 kb, made if it is missing."""
    path = make_map(folder, scale=0.05, binsize=FINE, chromosomes=FINE_CHROMOSOMES)
    return f"{path}::/resolutions/{FINE}"


def make_points(n: int, *, seed: int = SEED) -> pd.DataFrame:
    """Random points, sorted, of length 200 bp."""
    rng = np.random.default_rng(seed)
    chrom = np.sort(rng.choice(len(SIZES), n, p=SIZES / SIZES.sum()))
    start = (rng.random(n) * (SIZES.to_numpy()[chrom] - 200)).astype(np.int64)
    points = pd.DataFrame({"chrom": np.array(NAMES)[chrom], "start": start, "end": start + 200})
    return points.iloc[np.lexsort((start, chrom))].reset_index(drop=True)


def make_intervals(n: int, *, seed: int = SEED) -> pd.DataFrame:
    """Random intervals of 200 kb to 1.5 Mb, like domains."""
    rng = np.random.default_rng(seed + 1)
    points = make_points(n, seed=seed + 2)
    length = np.clip(rng.lognormal(np.log(450_000), 0.5, n), 200_000, 1_500_000)
    sizes = SIZES[points["chrom"]].to_numpy()
    length = length.astype(np.int64)
    points["start"] = np.minimum(points["start"], sizes - length)
    points["end"] = points["start"] + length
    return points


def make_pairs(n: int, *, seed: int = SEED) -> pd.DataFrame:
    """Random pairs of points 100 kb to 2 Mb apart, like loops."""
    rng = np.random.default_rng(seed + 3)
    left = make_points(n, seed=seed + 4)
    distance = np.exp(rng.uniform(np.log(1e5), np.log(2e6), n)).astype(np.int64)
    sizes = SIZES[left["chrom"]].to_numpy()
    left["start"] = np.clip(left["start"], 0, np.maximum(sizes - distance - 300, 0))
    left["end"] = left["start"] + 200
    return pd.DataFrame(
        {
            "chrom1": left["chrom"], "start1": left["start"], "end1": left["end"],
            "chrom2": left["chrom"], "start2": left["start"] + distance,
            "end2": left["end"] + distance,
        }
    )  # fmt: skip


if __name__ == "__main__":
    print(make_map(Path(sys.argv[1])))
