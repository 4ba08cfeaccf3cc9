"""What the permutations of two average maps cost, without reading the maps.

    python benchmarks/hic/bench_compare.py --regions 50000 --bins 41

Windows are drawn from a small pool in memory, so that time and memory are those of the test
itself: sums per group of regions, 1,000 permutations, p of every pixel.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses import compare_windows

POOL = 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--regions", type=int, default=50_000)
    parser.add_argument("--bins", type=int, default=41)
    given = parser.parse_args()
    random = np.random.default_rng(0)
    pool = random.gamma(4, 0.25, (POOL, given.bins, given.bins)).astype(np.float32)

    def one(subset: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        return pool[subset % POOL]

    def two(subset: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        return pool[(7 * subset + 1) % POOL]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    for what, other in (
        ("two maps", None),
        ("two sets", given.regions),
        ("against 1,000", 1000),
    ):
        start = time.process_time()
        compare_windows(one, two, given.regions, other, size=given.bins)
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3 - before
        print(f"{what:>14}: {seconds:5.1f} CPU s, {peak:,.0f} MB more at most")


if __name__ == "__main__":
    main()
