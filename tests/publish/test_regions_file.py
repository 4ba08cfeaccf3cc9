"""Regions written with labels: standard columns first, readable by the field's tools."""

from __future__ import annotations

import hashlib
import json

import bioframe
import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.regions import labelled_regions
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.comparison_commands import comparison_commands


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


@pytest.mark.usefixtures("placed_at_once")
def test_clusters_that_are_shown_are_labels_by_themselves(ws, tmp_path):
    c = ws.compare("sites", flank=100_000)
    c.add("profile", "CTCF")
    tracks = c.add("embedding1d", ["CTCF", "E1"], n_clusters=3)
    c.wait(250)
    path, sidecar = c.save_regions(tmp_path / "one.bed")
    header, *lines = path.read_text().splitlines()
    assert header.split("\t")[6:] == ["cluster"]
    assert [int(line.split("\t")[6]) for line in lines] == tracks.clusters.tolist()
    facts = json.loads(sidecar.read_text())
    assert facts["labels"]["cluster"]["settings"]["n_clusters"] == 3
    # a label given by hand takes its place
    path, sidecar = c.save_regions(tmp_path / "two.bed", cluster=np.zeros(40, int))
    assert {line.split("\t")[6] for line in path.read_text().splitlines()[1:]} == {"0"}
    assert json.loads(sidecar.read_text())["labels"] == {}
    # two embeddings are told apart in the order shown
    c.add("embedding1d", ["CTCF", "E1"], n_clusters=2)
    c.wait(250)
    c.selection = [2, 5]
    (payload, (content, origin)) = ask(c, "save_regions", selected=True)
    assert payload["name"] == "sites_selected.bed"
    header, *lines = content.decode().splitlines()
    assert header.split("\t")[6:] == ["cluster_1", "cluster_2"]
    assert len(lines) == 2
    assert lines[0].split("\t")[6] == str(tracks.clusters[2])
    assert json.loads(origin)["sha256"] == hashlib.sha256(content).hexdigest()
    c.selection = None
    with pytest.raises(InputError, match="nothing is selected"):
        ask(c, "save_regions", selected=True)


def ask(c, command, **args):
    """What the browser gets for a command."""
    message = {"kind": "command", "v": 1, "id": 1, "name": command, "args": args}
    content, buffers = answer(message, comparison_commands(c))
    if not content["ok"]:
        raise InputError(content["error"]["message"])
    return content["payload"], buffers


def test_numbers_leave_for_the_page_with_their_origin(ws):
    c = ws.compare("sites", flank=100_000)
    view = c.add("profile", "CTCF")
    c.wait(60)
    message = {"kind": "command", "v": 1, "id": 1, "name": "save_data", "args": {}}
    content, (table, origin) = answer(message, view._commands())
    facts = json.loads(origin)
    assert facts["file"] == content["payload"]["name"]
    assert facts["sha256"] == hashlib.sha256(table).hexdigest()
    (result,) = facts["provenance"]["views"][0]["results"]
    assert result["features"][0]["name"] == "CTCF"
    told, _ = answer(message | {"name": "provenance"}, view._commands())
    assert json.loads(told["payload"]["text"])["views"] == facts["provenance"]["views"]
