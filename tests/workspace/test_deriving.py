from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.bed import read_regions


@pytest.fixture
def wide(ws):
    frame = pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [15, 460], "end": [100, 480]})
    return ws.add_regions(frame, assembly="toy", name="wide")


def names(record) -> list[str]:
    return read_regions(record.path).frame["name"].tolist()


def test_a_selection_remembers_where_it_comes_from(ws, peaks):
    ws.annotate(peaks, {"height": [1, 2, 3, 4]})
    mask = np.array([False, True, False, True])
    part = ws.select_regions(peaks, mask, name="tall", origin={"view": "stackup"})
    assert names(part) == ["b", "d"]
    assert part.origin == {
        "parents": [peaks.id], "operation": "selection", "n": 2, "view": "stackup",
    }  # fmt: skip
    assert ws.annotation_table(part)["height"].tolist() == [2, 4]
    assert part.region_kind == "point"


@pytest.mark.parametrize("rows", [[], [4], [-1]])
def test_rows_that_are_not_there(ws, peaks, rows):
    with pytest.raises(InputError):
        ws.select_regions(peaks, rows, name="none")
    assert len(ws.regions) == 1


def test_set_operations_choose_rows(ws, peaks, wide):
    assert names(ws.intersect(peaks, wide)) == ["a"]
    assert names(ws.subtract(peaks, wide)) == ["b", "c", "d"]
    near = ws.within(peaks, wide, distance=20, name="near")
    assert names(near) == ["a", "d"]
    assert near.origin["distance"] == 20
    both = ws.union(peaks, wide)
    assert both.n_regions == 6
    assert both.origin["parents"] == [peaks.id, wide.id]


def test_nothing_in_common_adds_nothing(ws, peaks):
    far = ws.add_regions(
        pd.DataFrame({"chrom": ["chr1"], "start": [900], "end": [901]}),
        assembly="toy",
        name="far",
    )
    with pytest.raises(InputError, match="no regions in peaks on far"):
        ws.intersect(peaks, far)
    assert len(ws.regions) == 2


def test_both_have_to_be_on_one_assembly(ws, peaks):
    ws.add_assembly("other", chromsizes={"chr1": 1000})
    elsewhere = ws.add_regions(
        pd.DataFrame({"chrom": ["chr1"], "start": [1], "end": [2]}),
        assembly="other",
        name="elsewhere",
    )
    with pytest.raises(InputError, match="one assembly"):
        ws.union(peaks, elsewhere)
