"""Reference numbers of cooltools and coolpuppy for contact maps.

Run with the Python of the oracle environment: ``python make_hic.py DEMO_FOLDER OUT``.
Writes ``OUT/<case>.npz`` with float64 arrays; regions and arms come from the files, so
that both sides read the same rows.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import cooler
import cooltools
import numpy as np
import pandas as pd
from coolpuppy import coolpup
from coolpuppy.lib import numutils

ONE = ["chrom", "start", "end"]
TWO = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]

# Arms are made up (mm9 chromosomes have one arm); their ends do not fit the bins.
ARMS = pd.read_csv(Path(__file__).with_name("arms.csv"))


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    table = pd.read_csv(path, sep="\t", header=None, comment="#").iloc[:, : len(columns)]
    table.columns = columns
    return table


def points(demo: Path) -> pd.DataFrame:
    return read(demo / "Bonev_CTCF+.bed", ONE).iloc[::4].reset_index(drop=True)


def loops(demo: Path) -> pd.DataFrame:
    return read(demo / "CH12_loops_Rao.bedpe", TWO)


def tads(demo: Path) -> pd.DataFrame:
    return read(demo / "CH12_TADs_Rao.bed", ONE)


def pileup(
    clr: cooler.Cooler, regions: pd.DataFrame, **options: object
) -> dict[str, np.ndarray]:
    stack = cooltools.pileup(clr, regions.copy(), **options)
    return {
        "mean": np.nanmean(stack, axis=0),
        "count": np.isfinite(stack).sum(axis=0),
        "stack": stack[::7],
    }


def cooltools_cases(demo: Path, out: Path) -> None:
    for name, size, flank in (("control", 10_000, 100_000), ("KO", 50_000, 500_000)):
        clr = cooler.Cooler(f"{demo}/Scc1-{name}.chr1-5.mcool::/resolutions/{size}")
        for view_name, view in (("whole", None), ("arms", ARMS)):
            expected = cooltools.expected_cis(clr, view_df=view, smooth=True)
            raw = cooltools.expected_cis(clr, view_df=view, smooth=False, clr_weight_name=None)
            expected.to_csv(out / f"expected.{name}.{view_name}.csv", index=False)
            raw.to_csv(out / f"expected_raw.{name}.{view_name}.csv", index=False)
            for kind, regions in (("points", points(demo)), ("loops", loops(demo))):
                shared = {"view_df": view, "flank": flank}
                cases = {
                    "balanced": pileup(clr, regions, **shared),
                    "raw": pileup(clr, regions, clr_weight_name=None, **shared),
                    "oe": pileup(clr, regions, expected_df=expected, **shared),
                }
                for normalization, arrays in cases.items():
                    np.savez(out / f"{name}.{view_name}.{kind}.{normalization}.npz", **arrays)


def coolpuppy_cases(demo: Path, out: Path) -> None:
    clr = cooler.Cooler(f"{demo}/Scc1-control.chr1-5.mcool::/resolutions/10000")
    expected = cooltools.expected_cis(clr, smooth=False)
    domains = tads(demo)
    large = domains[domains["end"] - domains["start"] >= 500_000].reset_index(drop=True)
    for name, table in (("all", domains), ("large", large)):
        scaled = coolpup.pileup(
            clr, table, features_format="bed", local=True,
            rescale=True, rescale_flank=0.2, rescale_size=35, nproc=1,
        )  # fmt: skip
        np.savez(out / f"rescaled.{name}.npz", mean=scaled["data"].iloc[0])
    loop = coolpup.pileup(
        clr, loops(demo), features_format="bedpe", expected_df=expected, flank=100_000, nproc=1
    )
    np.savez(out / "coolpuppy.loops.oe.npz", mean=loop["data"].iloc[0], n=loop["n"].iloc[0])


def score_cases(out: Path) -> None:
    """Scores of constructed maps; the maps go along, so that both sides see the same."""
    random = np.random.default_rng(11)
    maps = random.lognormal(size=(6, 21, 21))
    maps += maps.transpose(0, 2, 1)
    maps[1, 8:13, 8:13] *= 3  # a loop
    maps[2, :10, :10] *= 2  # a boundary
    maps[2, 11:, 11:] *= 2
    maps[3, 7:14, 7:14] *= 4  # a domain
    holes = maps.copy()
    holes[random.random(maps.shape) < 0.1] = np.nan
    np.savez(
        out / "scores.npz",
        maps=maps,
        holes=holes,
        loop_center=[numutils.get_enrichment(m.copy(), 3) for m in holes],
        insulation=[
            numutils.get_insulation_strength(m.copy(), ignore_central=3) for m in holes
        ],
        domain=[numutils.get_domain_score(m.copy(), flank=1) for m in maps],
    )


def main() -> None:
    demo, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    cooltools_cases(demo, out)
    coolpuppy_cases(demo, out)
    score_cases(out)


if __name__ == "__main__":
    main()
