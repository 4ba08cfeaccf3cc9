"""Input files that change: noticed, marked, and computed anew with one click."""

from __future__ import annotations

import os
import shutil
import time

import pandas as pd
import pytest

from hicognition_widgets.errors import FileError, NotAllowed
from hicognition_widgets.views import delivery
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.freshness import Watch


def until(condition, seconds=30):
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def bed(tmp_path):
    path = tmp_path / "sites.bed"
    write(path, 30)
    return path


def write(path, n):
    starts = range(10_000_000, 10_000_000 + n * 1_000_000, 1_000_000)
    frame = pd.DataFrame({"chrom": "chr3", "start": starts})
    frame.assign(end=frame["start"] + 100).to_csv(path, sep="\t", header=False, index=False)


def test_a_changed_file_marks_the_view_and_one_click_recomputes(ws, bed):
    ws.add_regions(bed, assembly="mm9", name="mine")
    c = ws.compare("mine", flank=100_000)
    view = c.add("profile", "CTCF")
    c.wait(60)
    assert not view.check_files()
    old = view.results[0].key
    write(bed, 20)
    assert view.check_files()
    until(lambda: view.stale)
    assert view.status == "ready", "the old picture stays until it is computed anew"
    command = {"kind": "command", "v": 1, "id": 1, "name": "recompute", "args": {}}
    content, _ = answer(command, view._commands())
    assert content["ok"], content
    view.wait(60)
    assert view.results[0].key != old
    assert (view.stale, view.result["meta"]["n_used"]) == (False, 20)
    assert not view.check_files()
    assert ws.dataset("mine").n_regions == 20


def test_touching_or_copying_back_changes_nothing(ws, bed, tmp_path):
    record = ws.add_regions(bed, assembly="mm9", name="mine")
    os.utime(bed, (1, 1))
    assert not ws.file_changed(record)
    shutil.move(bed, tmp_path / "away")
    assert ws.file_changed(record)
    shutil.copy(tmp_path / "away", bed)
    assert not ws.file_changed("mine")


def test_what_cannot_be_taken_says_why(ws, bed, another, demo_data):
    record = ws.add_regions(bed, assembly="mm9", name="mine", public=True)
    bed.write_text("chr3\t1\t2\tchr3\t5\t6\n")
    with pytest.raises(FileError, match="other columns"):
        ws.reread(record)
    shutil.copy(demo_data / "derived_CN_E1_1Mb.bw", bed)
    with pytest.raises(FileError, match="this is a bigWig file"):
        ws.reread(record)
    write(bed, 5)
    with pytest.raises(NotAllowed):
        another("bob").reread("ann/mine")
    bed.unlink()
    with pytest.raises(FileError, match="no such file"):
        ws.reread(record)


def test_the_watch_looks_at_living_views_again_and_again():
    class Looked:
        times = 0

        def check_files(self):
            self.times += 1
            raise FileError("x", "is gone")

    watch, view = Watch(every=0.01), Looked()
    watch.add(view)
    until(lambda: view.times > 2)
    watch.drop(view)
    watch.every = 1000.0
    time.sleep(0.1)
    seen = view.times
    time.sleep(0.1)
    assert view.times <= seen + 1


def test_a_new_answer_is_looked_at_by_itself(ws, bed, monkeypatch):
    ws.add_regions(bed, assembly="mm9", name="mine")
    c = ws.compare("mine", flank=100_000)
    view = c.add("profile", "CTCF")
    c.wait(60)
    write(bed, 25)
    # another view of the same regions is answered from what is known, and marked
    again = c.add("profile", "CTCF")
    again.wait(60)
    until(lambda: again.stale)
    assert not delivery.on_delivery_thread()
    view.close()
