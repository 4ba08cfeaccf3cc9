from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(
        catalog=tmp_path / "catalog.sqlite",
        store=tmp_path / "store",
        scheduler="threads",
        user="ann",
    ) as workspace:
        workspace.add_assembly("toy", chromsizes={"chr1": 1000, "chr2": 500})
        yield workspace


@pytest.fixture
def other(tmp_path: Path, ws: Workspace) -> Iterator[Workspace]:
    """Somebody else at the same catalog."""
    with Workspace(
        catalog=tmp_path / "catalog.sqlite",
        store=tmp_path / "store",
        scheduler="threads",
        user="bob",
    ) as workspace:
        yield workspace


@pytest.fixture
def peaks(ws: Workspace):
    frame = pd.DataFrame(
        {
            "chrom": ["chr1", "chr1", "chr2", "chr2"],
            "start": [10, 300, 50, 400],
            "end": [20, 340, 80, 450],
            "name": ["a", "b", "c", "d"],
        }
    )
    return ws.add_regions(frame, assembly="toy", name="peaks")
