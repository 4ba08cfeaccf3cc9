"""A workspace with region sets and features small enough to compute at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.errors import DatasetNotice
from hicognition_widgets.workspace import Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def ws(folder: Path, demo_data: Path) -> Iterator[Workspace]:
    """Ann's workspace: loops, sites, domains, two maps and a track."""
    with Workspace(
        catalog=folder / "catalog.sqlite",
        store=folder / "store",
        scheduler="threads",
        user="ann",
    ) as workspace:
        table = pd.read_csv(demo_data / "CH12_loops_Rao.bedpe", sep="\t", header=None)
        table = table[table[0] == "chr3"].iloc[:40, :6].reset_index(drop=True)
        table.columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
        workspace.add_regions(table, assembly="mm9", name="loops")
        sites = table[["chrom1", "start1", "end1"]].set_axis(["chrom", "start", "end"], axis=1)
        workspace.add_regions(sites, assembly="mm9", name="sites")
        for name, file in {
            "control": "Scc1-control.chr1-5.mcool",
            "KO": "Scc1-KO.chr1-5.mcool",
            "CTCF": "derived_CTCF_site_count_10kb.bw",
            "E1": "derived_CN_E1_1Mb.bw",
        }.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DatasetNotice)
                workspace.add_feature(demo_data / file, assembly="mm9", name=name)
        yield workspace


@pytest.fixture
def another(folder: Path) -> Iterator[Callable[[str], Workspace]]:
    """Opens the same catalog as somebody else."""
    opened: list[Workspace] = []

    def enter(user: str) -> Workspace:
        opened.append(
            Workspace(
                catalog=folder / "catalog.sqlite",
                store=folder / "store",
                scheduler="threads",
                user=user,
            )
        )
        return opened[-1]

    yield enter
    for workspace in opened:
        workspace.close()
