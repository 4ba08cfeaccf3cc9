"""Tables of regions that stand alone: where each row lies stands before its numbers."""

from __future__ import annotations

import hashlib
import io
import json
import threading

import numpy as np
import pandas as pd
import pytest

import hicognition_widgets as hcw
from hicognition_widgets.errors import DatasetNotice
from hicognition_widgets.views import delivery
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.page import page_data
from hicognition_widgets.views.page_plan import PageOptions

POINT = ["chrom", "start", "end", "name", "strand"]
PAIR = ["chrom1", "start1", "end1", "chrom2", "start2", "end2", "name", "strand1", "strand2"]


def named(table, *strands):
    """The regions with names, of which one lacks its, and strands."""
    signs = np.where(np.arange(len(table)) % 3, "+", "-")
    names = [f"region, {i}" for i in range(len(table))]
    names[1] = None
    return table.assign(name=names, score=0, **dict.fromkeys(strands, signs))


@pytest.fixture
def sets(ws):
    """Points, intervals and pairs that are called something."""
    loops = ws.region_table(ws.dataset("loops"))
    sites = ws.region_table(ws.dataset("sites"))
    wide = sites.assign(start=sites["start"] - 30_000, end=sites["end"] + 30_000)
    ws.add_regions(named(sites, "strand"), assembly="mm9", name="points")
    ws.add_regions(named(wide, "strand"), assembly="mm9", name="wide", kind="interval")
    ws.add_regions(named(loops, "strand1", "strand2"), assembly="mm9", name="pairs")
    return ws


def told(ws, name, rows):
    """What the region set itself says of these rows."""
    table = ws.region_table(ws.dataset(name))
    columns = PAIR if "chrom1" in table else POINT
    return table[columns].iloc[rows].reset_index(drop=True)


@pytest.mark.parametrize("name", ["points", "wide", "pairs"])
def test_a_sorted_grouped_and_selected_stackup_keeps_rows_and_loci_together(sets, name):
    ws = sets
    order = np.random.default_rng(3).permutation(40)
    heights = np.argsort(order).astype(float)
    ws.annotate(name, {"kind": ["a", "b"] * 20, "height": list(heights)})
    c = ws.compare(name, flank=None if name == "wide" else 100_000)
    view = c.add("stackup", "CTCF", sort_by="annotation:height")
    c.wait(60)
    columns = PAIR if name == "pairs" else POINT
    for ascending in (False, True):
        view.ascending = ascending
        frame = view.to_frame()
        bins = [str(i) for i in range(view.data.shape[1])]
        assert list(frame.columns) == [*columns, "region", *bins]
        assert frame["region"].tolist() == order[:: 1 if ascending else -1].tolist()
        pd.testing.assert_frame_equal(frame[columns], told(ws, name, frame["region"]))
        np.testing.assert_array_equal(frame[bins], view.data[frame["region"]])
    view.group_by = "annotation:kind"
    c.selection = [3, 8, 21]
    c.wait(60)
    frame = view.to_frame()
    assert frame["group"].tolist() == ["selected"] * 3 + ["a"] * 19 + ["b"] * 18
    assert sorted(frame["region"][:3]) == [3, 8, 21]
    assert (frame["region"][3:22] % 2 == 0).all()
    pd.testing.assert_frame_equal(frame[columns], told(ws, name, frame["region"]))
    np.testing.assert_array_equal(frame[bins], view.data[frame["region"]])
    assert (frame["name"] == ".").sum() == 1


@pytest.mark.parametrize("name", ["points", "pairs"])
def test_an_embedding_says_where_its_points_lie(sets, name, placed_at_once):
    ws = sets
    c = ws.compare(name, flank=100_000)
    tracks = c.add("embedding1d", ["CTCF", "E1"], n_clusters=3)
    maps = c.add("embedding2d", "control", n_clusters=3, binsize=20_000)
    c.wait(250)
    columns = PAIR if name == "pairs" else POINT
    for view in (tracks, maps):
        frame = view.to_frame()
        assert list(frame.columns[: len(columns) + 3]) == [*columns, "x", "y", "cluster"]
        pd.testing.assert_frame_equal(frame[columns], told(ws, name, range(40)))
        np.testing.assert_array_equal(frame[["x", "y"]], view.data)
        np.testing.assert_array_equal(frame["cluster"], view.clusters)


def test_a_set_without_names_has_only_places(ws):
    c = ws.compare("sites", flank=100_000)
    view = c.add("stackup", "CTCF")
    c.wait(60)
    assert list(view.to_frame().columns[:4]) == ["chrom", "start", "end", "region"]


def test_a_track_that_is_called_like_a_column_is_told_apart(sets, demo_data, placed_at_once):
    ws = sets
    for name in ("start", "x"):
        with pytest.warns(DatasetNotice, match="chromosomes of the assembly"):
            ws.add_feature(demo_data / "derived_CN_E1_1Mb.bw", assembly="mm9", name=name)
    c = ws.compare("points", flank=100_000)
    view = c.add("embedding1d", ["start", "x"], n_clusters=3)
    c.wait(250)
    frame = view.to_frame()
    assert list(frame.columns) == [*POINT, "x", "y", "cluster", "start (2)", "x (2)"]
    np.testing.assert_array_equal(
        frame[["start (2)", "x (2)"]], view.results[0].arrays["features"]
    )


def test_arrays_have_no_loci():
    values = np.arange(12.0).reshape(3, 4)
    bare = hcw.Stackup.from_array(values, flank=100, sort_by="input")
    assert list(bare.to_frame().columns) == ["region", "0", "1", "2", "3"]
    called = hcw.Stackup.from_array(values, flank=100, names=["a", "b", "c"])
    frame = called.to_frame()
    assert list(frame.columns) == ["name", "region", "0", "1", "2", "3"]
    assert frame["name"].tolist() == ["c", "b", "a"]
    cloud = hcw.Embedding1D.from_array(
        values[:, :2], names=["start", "b"], points=values[:, :2], clusters=[0, 0, 1]
    )
    assert list(cloud.to_frame().columns) == ["x", "y", "cluster", "start", "b"]


def test_numbers_outlive_the_file_of_their_regions(sets, tmp_path):
    ws = sets
    own = tmp_path / "own.bed"
    own.write_text("chr3\t1000000\t1000100\tA\nchr3\t2000000\t2000100\tB\n")
    ws.add_regions(own, assembly="mm9", name="own")
    c = ws.compare("own", flank=100_000)
    view = c.add("stackup", "CTCF", sort_by="input", ascending=True)
    c.wait(60)
    assert view.to_frame()["name"].tolist() == ["A", "B"]
    # regions that have moved are not where the numbers were read
    own.write_text("chr3\t1500000\t1500100\tA\nchr3\t2500000\t2500100\tB\n")
    with pytest.warns(DatasetNotice, match="own: regions without their loci: .* has changed"):
        frame = view.to_frame()
    assert list(frame.columns[:2]) == ["region", "0"]
    own.unlink()
    _, sidecar = view.save_data(tmp_path / "numbers.csv")
    facts = json.loads(sidecar.read_text())
    assert facts["missing"].endswith(
        'the file of "own" is gone; put it back or register it anew'
    )
    assert str(tmp_path) not in sidecar.read_text()
    _, sidecar = view.save_data(tmp_path / "numbers.npy")
    assert "missing" not in json.loads(sidecar.read_text())


def asked_to_save(view):
    """Content of the reply to the browser, and of which thread it came."""
    message = {"kind": "command", "v": 1, "id": 1, "name": "save_data", "args": {}}
    came = threading.Event()
    found = []

    def later(content, buffers):
        found.append((content, buffers, threading.current_thread()))
        came.set()

    assert answer(message, view._commands(), later) is None
    return came, found


def test_the_kernel_goes_on_while_a_file_is_written_of_what_was_shown(sets, monkeypatch):
    ws = sets
    c = ws.compare("points", flank=100_000)
    view = c.add("stackup", "CTCF", sort_by="input", ascending=True)
    c.wait(60)
    wanted = view.to_frame()
    go_on = threading.Event()
    table = type(ws).region_table

    def slowly(self, regions):
        assert go_on.wait(30)
        return table(self, regions)

    monkeypatch.setattr(type(ws), "region_table", slowly)
    came, found = asked_to_save(view)
    # somebody turns the rows round before the file is made
    view.ascending = False
    c.wait(60)
    assert not came.is_set()
    go_on.set()
    assert came.wait(60)
    ((content, (text, origin), thread),) = found
    assert thread is not threading.current_thread()
    assert content["payload"]["note"] == ""
    got = pd.read_csv(io.BytesIO(text))
    pd.testing.assert_frame_equal(got, wanted, check_dtype=False, rtol=1e-6)
    facts = json.loads(origin)
    assert facts["sha256"] == hashlib.sha256(text).hexdigest()
    (shown,) = facts["provenance"]["views"]
    assert shown["results"][0]["regions"]["name"] == "points"


def test_a_view_answers_over_its_own_comm(sets, monkeypatch):
    ws = sets
    c = ws.compare("points", flank=100_000)
    view = c.add("stackup", "CTCF")
    c.wait(60)
    sent = []
    came = threading.Event()

    def send(content, buffers=None):
        sent.append((content, buffers, delivery.on_delivery_thread()))
        came.set()

    monkeypatch.setattr(view, "send", send)
    message = {"kind": "command", "v": 1, "id": 7, "name": "save_data", "args": {}}
    view._on_message(view, message, [])
    assert came.wait(60)
    ((content, (text, _), on_thread),) = sent
    assert (content["id"], content["ok"], on_thread) == (7, True, True)
    assert text.startswith(b"chrom,start,end,name,strand,region,0,")


def test_a_page_knows_where_the_rows_of_a_small_stackup_lie(sets):
    ws = sets
    c = ws.compare("points", flank=100_000)
    c.add("stackup", "CTCF")
    c.wait(60)
    (part,) = page_data(c, PageOptions())["comparisons"]
    assert part["regions"]["loci"] == POINT
    assert part["regions"]["text"].splitlines()[1].split("\t")[3] == "region, 0"
    c = ws.compare("loops", flank=100_000)
    c.add("stackup", "CTCF")
    c.wait(60)
    (part,) = page_data(c, PageOptions())["comparisons"]
    assert part["regions"]["loci"] == PAIR[:6]
    # a line of many regions lies nowhere; nor does an average
    c = ws.compare("sites", flank=100_000)
    c.add("profile", "CTCF")
    c.wait(60)
    (part,) = page_data(c, PageOptions())["comparisons"]
    assert part["regions"] is None
