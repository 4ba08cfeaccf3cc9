"""A workspace with region sets and features small enough to compute at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hicognition_widgets.analyses import embed_signals, embed_snippets, embedding_process
from hicognition_widgets.analyses.results import EmbeddingResult
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


class _Placed:
    """An embedding that is there at once."""

    def __init__(self, result: EmbeddingResult) -> None:
        self._result = result

    def __enter__(self) -> _Placed:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def result(self, timeout: float | None = None) -> EmbeddingResult:
        return self._result


@pytest.fixture
def placed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Regions are placed by PCA, where it does not matter where they lie.

    UMAP is tested elsewhere; its process takes half a minute to begin.
    """

    def place(values: Any, *, kind: str = "signals", **options: Any) -> _Placed:
        embed: Any = embed_signals if kind == "signals" else embed_snippets
        return _Placed(embed(values, **(options | {"method": "pca"})))

    monkeypatch.setattr(embedding_process, "embed_in_process", place)


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
