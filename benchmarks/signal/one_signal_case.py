"""Time one case in this process and print a line of JSON: ``one_signal_case.py CASE …``.

Imports and compilation happen before the clock starts. Called by bench_signal.py.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
import synthetic_signal as synthetic
from peak_memory import peak_mb

FLANK = 200_000
BINSIZE = 2_000
PEER_POSITIONS = 2
POSITIONS = 40


def middles(regions: pd.DataFrame) -> np.ndarray:
    return ((regions["start"] + regions["end"]) // 2).to_numpy()


def our_stackup(path: str, n: int) -> object:
    from hicognition_widgets.analyses import stackup

    return stackup(path, synthetic.make_points(n), flank=FLANK, binsize=BINSIZE)


def our_grid(path: str, n: int) -> object:
    from hicognition_widgets.analyses import stackups

    grid = [(FLANK, BINSIZE), (FLANK, 10_000), (100_000, 2_000), (50_000, 1_000)]
    return stackups(path, synthetic.make_points(n), grid)


def pybbi_stackup(path: str, n: int) -> object:
    import bbi

    regions = synthetic.make_points(n)
    point = middles(regions)
    with bbi.open(path) as track:
        return track.stackup(
            regions["chrom"].to_numpy(), point - FLANK, point + FLANK,
            bins=2 * FLANK // BINSIZE, exact=True, missing=np.nan, oob=np.nan,
        )  # fmt: skip


def pybigtools_stackup(path: str, n: int) -> object:
    import pybigtools

    regions = synthetic.make_points(n)
    track = pybigtools.open(path)
    bins = 2 * FLANK // BINSIZE
    return [
        track.values(
            chrom, point - FLANK, point + FLANK, bins=bins, exact=True, fillna=np.nan,
            oob=np.nan,
        )
        for chrom, point in zip(regions["chrom"], middles(regions).tolist(), strict=True)
    ]  # fmt: skip


def our_enrichment(_: str, n: int) -> object:
    from hicognition_widgets.analyses import enrichment

    return enrichment(
        synthetic.make_points(n), synthetic.make_targets(50, 30_000 if n > 100 else 50),
        chromsizes=synthetic.SIZES, flank=FLANK, binsize=2 * FLANK // POSITIONS,
    )  # fmt: skip


def bioframe_enrichment(_: str, n: int) -> object:
    """The counts of two positions, pair by pair; the caller scales them to all."""
    import bioframe

    width = 2 * FLANK // POSITIONS
    regions = synthetic.make_points(n)
    universe = bioframe.binnify(synthetic.SIZES, width)
    found = []
    targets = synthetic.make_targets(50, 30_000 if n > 100 else 50)
    for position in range(PEER_POSITIONS):
        start = (middles(regions) - FLANK) // width * width + position * width
        chunks = regions[["chrom"]].assign(start=start, end=start + width)
        chunks = chunks[chunks["start"] >= 0].drop_duplicates()
        for target in targets.values():
            a = (bioframe.count_overlaps(chunks, target)["count"] > 0).sum()
            b = (bioframe.count_overlaps(universe, target)["count"] > 0).sum()
            found.append((a, b))
    return found


def blobs(n: int, p: int = 20) -> np.ndarray:
    rng = np.random.default_rng(4)
    return rng.normal(scale=3, size=(12, p))[rng.integers(0, 12, n)] + rng.normal(size=(n, p))


def our_embedding(_: str, n: int) -> object:
    from hicognition_widgets.analyses import embed_signals

    return embed_signals(blobs(n))


def umap_embedding(_: str, n: int) -> object:
    import umap

    return umap.UMAP(random_state=42, n_jobs=1).fit_transform(blobs(n))


CASES: dict[str, Callable[[str, int], object]] = {
    "stackup": our_stackup,
    "grid": our_grid,
    "stackup_pybbi": pybbi_stackup,
    "stackup_pybigtools": pybigtools_stackup,
    "enrichment": our_enrichment,
    "enrichment_bioframe": bioframe_enrichment,
    "embedding": our_embedding,
    "embedding_umap": umap_embedding,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=sorted(CASES))
    parser.add_argument("track")
    parser.add_argument("n", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    run = CASES[options.case]
    # from 4,096 rows on umap-learn searches neighbours by other code, which compiles too
    run(options.track, 6_000 if options.case.startswith("embedding") else 100)
    if options.case.startswith("enrichment"):
        synthetic.make_targets = cached(synthetic.make_targets)
        synthetic.make_targets(50, 30_000)
    cpu, wall = [], []
    for _ in range(options.repeats):
        before_cpu, before = time.process_time(), time.perf_counter()
        run(options.track, options.n)
        cpu.append(time.process_time() - before_cpu)
        wall.append(time.perf_counter() - before)
        if wall[-1] > 30:
            break  # a run of more than 30 s is not repeated
    print(json.dumps({"cpu": cpu, "wall": wall, "peak_mb": peak_mb()}))


def cached(function: Callable[..., object]) -> Callable[..., object]:
    """Making the targets is not part of what is timed."""
    kept: dict[tuple[object, ...], object] = {}

    def call(*args: object) -> object:
        if args not in kept:
            kept[args] = function(*args)
        return kept[args]

    return call


if __name__ == "__main__":
    main()
