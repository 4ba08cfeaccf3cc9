"""Time one case in this process and print a line of JSON: ``one_case.py SIDE CASE …``.

SIDE is ``ours`` (this project's Python) or ``peer`` (the oracle environment's). With
``--real`` the regions are those that ship with the project. Imports and compilation happen
before the clock starts; the cost of a first call is a case of its own. Called by
bench_pileup.py.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
import real_hic as real
import synthetic_hic as synthetic
from peak_memory import peak_mb

FLANK, FINE_FLANK = 200_000, 400_000
PERCENT = 2


def our_cases(uri: str, n: int, made: ModuleType) -> dict[str, Callable[[], object]]:
    from hicognition_widgets.analyses.expected import expected_cis
    from hicognition_widgets.analyses.pileup import pileup
    from hicognition_widgets.analyses.scaled_pileup import scaled_pileup
    from hicognition_widgets.analyses.snippets import snippets

    regions = made.make_points(n)
    kept = Path(tempfile.mkdtemp(prefix="hicognition-bench-"))
    some = np.random.default_rng(1).choice(n, min(n, 10_000), replace=False)

    def together() -> object:
        """Average, average over expected and the expected values, from nothing."""
        folder = Path(tempfile.mkdtemp(prefix="hicognition-bench-"))
        try:
            plain = pileup(uri, regions, flank=FLANK, cache=folder)
            divided = pileup(uri, regions, flank=FLANK, normalization="oe", cache=folder)
            return plain.mean, divided.mean, divided.expected
        finally:
            shutil.rmtree(folder)

    def with_all_expected() -> object:
        return together(), expected_cis(uri)

    return {
        "balanced": lambda: pileup(uri, regions, flank=FLANK),
        "together": together,
        "together_all": with_all_expected,
        "expected": lambda: expected_cis(uri),
        "cached": lambda: pileup(uri, regions, flank=FLANK, cache=kept),
        "subset": lambda: pileup(uri, regions, flank=FLANK, cache=kept, subset=some),
        "fine": lambda: pileup(uri, fine_points(n), flank=FINE_FLANK),
        "snippets": lambda: snippets(uri, regions, flank=FLANK),
        "pairs": lambda: pileup(uri, made.make_pairs(n), flank=FLANK),
        "scaled": lambda: scaled_pileup(
            uri, made.make_intervals(n), bin_percent=PERCENT, binsize=synthetic.BINSIZE
        ),
    }


def fine_points(n: int) -> pd.DataFrame:
    """Points on the chromosomes that the fine map has."""
    points = synthetic.make_points(12 * n)
    there = points["chrom"].isin(synthetic.NAMES[: synthetic.FINE_CHROMOSOMES])
    return points[there].iloc[::2][:n].reset_index(drop=True)


def peer_cases(uri: str, n: int, made: ModuleType) -> dict[str, Callable[[], object]]:
    import cooler
    import cooltools
    from coolpuppy import coolpup

    clr = cooler.Cooler(uri)
    regions = made.make_points(n)

    def mean(**options: object) -> np.ndarray:
        return np.nanmean(cooltools.pileup(clr, regions, flank=FLANK, **options), axis=0)

    def together() -> object:
        expected = cooltools.expected_cis(clr, smooth=False)
        return mean(), mean(expected_df=expected), expected

    def puppy(table: pd.DataFrame, kind: str, **options: object) -> object:
        return coolpup.pileup(clr, table, features_format=kind, flank=FLANK, nproc=1, **options)

    return {
        "balanced": mean,
        "balanced_coolpuppy": lambda: puppy(regions, "bed", local=True),
        "fine": lambda: np.nanmean(
            cooltools.pileup(clr, fine_points(n), flank=FINE_FLANK), axis=0
        ),
        "together": together,
        "expected": lambda: cooltools.expected_cis(clr, smooth=False),
        "pairs": lambda: np.nanmean(
            cooltools.pileup(clr, made.make_pairs(n), flank=FLANK), axis=0
        ),
        "scaled": lambda: puppy(
            made.make_intervals(n), "bed", local=True, rescale=True,
            rescale_flank=0.2, rescale_size=71,
        ),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=["ours", "peer"])
    parser.add_argument("case")
    parser.add_argument("uri")
    parser.add_argument("n", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--real", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    made = real if options.real else synthetic
    cases = our_cases if options.side == "ours" else peer_cases
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if options.side == "ours":
            cases(options.uri, 20, made)[options.case]()
        run = cases(options.uri, options.n, made)[options.case]
        if options.case in ("cached", "subset"):
            run()  # the band is kept by this call
        cpu, wall = [], []
        for _ in range(options.repeats):
            before_cpu, before = time.process_time(), time.perf_counter()
            run()
            cpu.append(time.process_time() - before_cpu)
            wall.append(time.perf_counter() - before)
            if sum(wall) > 30 * options.repeats:
                break  # a run of more than 30 s is not repeated as often
    print(json.dumps({"cpu": cpu, "wall": wall, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
