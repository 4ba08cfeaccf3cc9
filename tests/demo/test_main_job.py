"""The main job, as the command line runs it, on the data that ships."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

COMMAND = [sys.executable, "-m", "hicognition_widgets", "demo"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of one complete run on a local Dask cluster."""
    folder = tmp_path_factory.mktemp("demo")
    target = folder / "out"
    done = subprocess.run(
        [*COMMAND, "--headless", "--out", str(target), "--folder", str(folder / "ws")],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def results(out: Path) -> list[dict]:
    return json.loads((out / "summary.json").read_text())["results"]


def loops(results, feature, flank, normalization="oe"):
    (found,) = [
        r
        for r in results
        if (r["analysis"], r["region_set"], r["feature"]) == ("pileup", "CH12 loops", feature)
        and r["parameters"]["flank"] == flank
        and r["parameters"]["binsize"] == 10_000
        and r["parameters"]["normalization"] == normalization
    ]
    return found


@pytest.mark.parametrize("flank", [100_000, 200_000])
def test_loops_need_cohesin(results, flank):
    control = loops(results, "Hi-C Scc1 control", flank)["numbers"]
    knock_out = loops(results, "Hi-C Scc1 KO", flank)["numbers"]
    assert control["ratio"] >= 1.6
    assert knock_out["ratio"] <= 1.3


def test_every_loop_is_accounted_for(results):
    for flank in (100_000, 200_000):
        found = loops(results, "Hi-C Scc1 control", flank)
        assert found["n_used"] + found["n_left_out"] == 1013
        assert sum(found["reasons"].values()) == found["n_left_out"]
        size = 2 * flank // 10_000 + 1
        assert found["shape"] == [size, size]


def test_the_summary_is_what_the_files_hold(out, results):
    for result in results:
        file = out / result["file"]
        if file.suffix == ".npy":
            array = np.load(file, allow_pickle=False)
            assert list(array.shape) == result["shape"]
        if result["analysis"] == "pileup" and result["parameters"]["flank"]:
            middle = len(array) // 2
            centre = np.nanmean(array[middle - 1 : middle + 2, middle - 1 : middle + 2])
            assert result["numbers"]["centre"] == pytest.approx(centre)
            first, last = slice(None, 4), slice(-4, None)
            corners = [array[i, j] for i in (first, last) for j in (first, last)]
            assert result["numbers"]["corners"] == pytest.approx(np.nanmean(corners))


def test_ctcf_sites_sit_at_loop_anchors(results):
    for side in ("left", "right"):
        (found,) = [
            r
            for r in results
            if r["analysis"] == "profile"
            and r["region_set"] == "CH12 loops"
            and r["parameters"]["flank"] == 200_000
            and r["parameters"]["side"] == side
        ]
        assert found["numbers"]["centre"] > 1.5 * found["numbers"]["flanks"]


def test_pictures_are_pictures(out):
    assert (out / "figure.png").read_bytes().startswith(b"\x89PNG")
    svg = (out / "figure.svg").read_text()
    assert svg.lstrip().startswith("<?xml")
    assert "Hi-C Scc1 control" in svg, "text stays text"


def test_the_page_asks_no_other_host(out):
    page = (out / "comparison.html").read_text()
    assert "hicognition-data" in page
    assert not re.findall(r"(?:src|href)\s*=\s*[\"']https?:", page)


def test_a_second_run_computes_nothing(tmp_path, out):
    from hicognition_widgets.demo import open_demo
    from hicognition_widgets.demo.job import _request, questions

    with open_demo(out.parent / "ws", scheduler="threads").workspace as workspace:
        demo = open_demo(out.parent / "ws", scheduler="threads")
        asks = [workspace.ask(_request(demo, question)) for question in questions()]
        demo.workspace.close()
        assert all(ask.done() for ask in asks)


def test_an_interrupted_run_finishes_the_next_time(tmp_path):
    target, folder = tmp_path / "out", tmp_path / "ws"
    command = [*COMMAND, "--headless", "--out", str(target), "--folder", str(folder)]
    environment = os.environ | {"HICOGNITION_SCHEDULER": "threads"}
    for patience in (0.5, 2.0):
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(patience)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((target / "summary.json").read_text())
    assert loops(summary["results"], "Hi-C Scc1 control", 100_000)["numbers"]["ratio"] >= 1.6


def test_a_damaged_demo_file_is_named(tmp_path, demo_data, monkeypatch):
    from hicognition_widgets.demo import dataset
    from hicognition_widgets.errors import FileError

    copy = tmp_path / "data"
    shutil.copytree(demo_data, copy)
    with (copy / "CH12_TADs_Rao.bed").open("a") as stream:
        stream.write("oops\n")
    monkeypatch.setattr(dataset, "DATA", copy)
    monkeypatch.setattr(dataset, "CHECKSUMS", copy / "SHA256SUMS")
    with pytest.raises(FileError, match=r"CH12_TADs_Rao\.bed: .*damaged"):
        dataset.open_demo(tmp_path / "ws")
    assert not (tmp_path / "ws").exists()


def test_headless_without_a_folder_is_a_usage_error():
    done = subprocess.run(
        [*COMMAND, "--headless"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "--out" in done.stderr
