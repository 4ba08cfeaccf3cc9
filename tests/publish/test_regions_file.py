"""Regions written with labels: standard columns first, readable by the field's tools."""

from __future__ import annotations

import json

import bioframe
import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.regions import labelled_regions


def test_pairs_are_bedpe_with_labels_after_the_standard_columns(ws, tmp_path):
    c = ws.compare("loops", flank=100_000)
    clusters = np.arange(40) % 3
    path, sidecar = c.save_regions(
        tmp_path / "loops.bedpe", rows=clusters == 1, cluster=clusters
    )
    header, first, *rest = path.read_text().splitlines()
    assert header.lstrip("#").split("\t") == [
        "chrom1", "start1", "end1", "chrom2", "start2", "end2",
        "name", "score", "strand1", "strand2", "cluster",
    ]  # fmt: skip
    assert first.split("\t")[6:] == ["region_2", "0", ".", ".", "1"]
    assert len(rest) == 12
    facts = json.loads(sidecar.read_text())
    assert (facts["rows"], facts["of"]) == (13, 40)
    assert facts["regions"]["fingerprint"] == ws.dataset("loops").fingerprint
    again = ws.add_regions(path, assembly="mm9", name="cluster 1")
    assert (again.dims, again.n_regions) == (2, 13)


def test_regions_are_bed6_for_other_tools(ws, tmp_path):
    c = ws.compare("sites", flank=100_000)
    path, _ = c.save_regions(tmp_path / "sites.bed", rows=[3, 1], cluster=np.arange(40))
    found = bioframe.read_table(path, schema="bed6", comment="#", usecols=range(6))
    assert found["name"].tolist() == ["region_4", "region_2"]
    table, _ = c.save_regions(tmp_path / "sites.csv", score_of_mine=np.linspace(0, 1, 40))
    assert pd.read_csv(table)["score_of_mine"].iloc[-1] == 1
    with pytest.raises(InputError, match=r'not "x\.bedpe"'):
        c.save_regions(tmp_path / "x.bedpe")


def test_own_columns_are_kept_behind():
    frame = pd.DataFrame(
        {
            "chrom": ["chr1"],
            "start": [1],
            "end": [2],
            "strand": ["-"],
            "q": [0.5],
            "name": ["n"],
        }
    )
    table = labelled_regions(frame, {"cluster": [7]})
    assert list(table) == ["chrom", "start", "end", "name", "score", "strand", "cluster", "q"]
    assert table.iloc[0].tolist() == ["chr1", 1, 2, "n", 0, "-", 7, 0.5]


@pytest.mark.parametrize(
    ("labels", "rows", "sentence"),
    [
        ({"cluster": [1, 2]}, None, "one value for each"),
        ({"strand": [1]}, None, "column of BED"),
        ({}, [5], "numbers from 0 to 0"),
        ({}, [-1], "numbers from 0"),
        ({}, [[0]], "mask of 1"),
        ({}, [0.5], "numbers from 0"),
    ],
)
def test_what_does_not_fit_is_refused(labels, rows, sentence):
    frame = pd.DataFrame({"chrom": ["chr1"], "start": [1], "end": [2]})
    with pytest.raises(InputError, match=sentence):
        labelled_regions(frame, labels, rows)
