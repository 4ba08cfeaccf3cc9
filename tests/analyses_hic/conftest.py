"""A small made-up map whose whole matrix fits in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cooler
import numpy as np
import pandas as pd
import pytest

BINSIZE = 1000
SIZES = {"chr1": 40_300, "chr2": 25_000, "chrX": 9_001}


@dataclass(frozen=True)
class SmallMap:
    """The file and everything it says, dense: counts, weights, first bins."""

    path: Path
    counts: np.ndarray
    weights: np.ndarray
    offset: dict[str, int]

    @property
    def balanced(self) -> np.ndarray:
        return self.counts * self.weights * self.weights[:, None]


def make_map(path: Path, *, dtype: str = "int32", seed: int = 1) -> SmallMap:
    rng = np.random.default_rng(seed)
    bins = cooler.util.binnify(pd.Series(SIZES), BINSIZE)
    n = len(bins)
    far = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    upper = np.triu(rng.poisson(8 / (1 + far / 4)) + rng.poisson(0.1, (n, n)))
    upper[3, 4] = 70_000  # more than 16 bits hold
    if np.dtype(dtype).kind == "f":
        upper = upper * 0.37
    weights = rng.uniform(0.5, 2, n)
    weights[rng.choice(n, 9, replace=False)] = np.nan
    bins["weight"] = weights
    i, j = np.nonzero(upper)
    pixels = pd.DataFrame({"bin1_id": i, "bin2_id": j, "count": upper[i, j]})
    cooler.create_cooler(str(path), bins, pixels, dtypes={"count": dtype}, ordered=True)
    starts = bins.groupby("chrom", observed=True).apply(lambda part: part.index[0])
    counts = upper + np.triu(upper, 1).T
    return SmallMap(path, counts, weights, {str(k): int(v) for k, v in starts.items()})


@pytest.fixture(scope="session")
def small_map(tmp_path_factory) -> SmallMap:
    return make_map(tmp_path_factory.mktemp("map") / "small.cool")


@pytest.fixture(scope="session")
def map_maker():
    return make_map
