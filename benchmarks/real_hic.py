"""The real data that ship with the project, by the same names as the made-up ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

BINSIZE = 10_000
DATA = Path(__file__).parents[1] / "hicognition_widgets" / "demo" / "data"
MAP = f"{DATA / 'Scc1-control.chr1-5.mcool'}::/resolutions/{BINSIZE}"


def _read(name: str, columns: str, n: int) -> pd.DataFrame:
    table = pd.read_csv(DATA / name, sep="\t", header=None, comment="#")
    names = columns.split()
    table = table.iloc[:n, : len(names)]
    table.columns = pd.Index(names)
    return table


def make_points(n: int) -> pd.DataFrame:
    """The first CTCF sites, 12,350 at most."""
    return _read("Bonev_CTCF+.bed", "chrom start end", n)


def make_pairs(n: int) -> pd.DataFrame:
    """The first loops, 1,013 at most."""
    return _read("CH12_loops_Rao.bedpe", "chrom1 start1 end1 chrom2 start2 end2", n)


def make_intervals(n: int) -> pd.DataFrame:
    """The first contact domains, 940 at most."""
    return _read("CH12_TADs_Rao.bed", "chrom start end", n)
