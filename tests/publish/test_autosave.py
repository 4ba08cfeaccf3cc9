"""Work that nobody saved survives the end of its process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from hicognition_widgets.errors import NotFound
from hicognition_widgets.views.autosave import Autosave
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.comparison_commands import comparison_commands

SCRIPT = """\
import os, sys, time
import hicognition_widgets as hcw
ws = hcw.Workspace()
c = ws.compare("loops", flank=100_000, title="not <b>saved</b>")
c.add("pileup", "control", vmin=-1)
c.wait(60)
c.views[0].vmax = 1
ws._autosave.write()
print("ready", flush=True)
time.sleep(600)
"""


def settings(ws):
    names = ("catalog", "store", "scheduler", "user")
    return {f"HICOGNITION_{name.upper()}": str(getattr(ws.settings, name)) for name in names}


def test_what_a_killed_process_showed_is_restored(ws):
    assert ws.unsaved == []
    with pytest.raises(NotFound, match="no unsaved work"):
        ws.restore()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], env=os.environ | settings(ws), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.kill()
    (found,) = ws.unsaved
    assert found.titles == ("not <b>saved</b>",)
    session = ws.restore(found)
    session.wait(60)
    (view,) = session[0].views
    assert (view.vmin, view.vmax, view.status) == (-1, 1, "ready")
    assert session[0].unsaved, "it still is in no session"
    assert ws.unsaved == [], "it is this process's own now"
    with pytest.raises(NotFound):
        ws.restore()


BOARD = """\
import time
import hicognition_widgets as hcw
from hicognition_widgets.views.board import Board
ws = hcw.Workspace()
alone = ws.compare("sites", flank=50_000, title="alone")
alone.add("profile", "E1")
loops = ws.compare("loops", flank=100_000, title="loops")
sites = ws.compare("sites", flank=100_000, title="sites")
first = loops.add("profile", "CTCF", vmin=0)
second = sites.add("profile", "CTCF")
board = Board(loops, sites)
ws._autosave.write()
board.link_flanks = board.link_bins = True
board.link_scale(first, second)
beside = board.compare("sites", like=sites)
loops.flank = 200_000
board.wait(60)
ws._autosave.write()
print("ready", flush=True)
time.sleep(600)
"""


def test_a_board_is_restored_with_what_is_linked_on_it(ws):
    with subprocess.Popen(
        [sys.executable, "-c", BOARD], env=os.environ | settings(ws), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.kill()
    found = {one.titles: one for one in ws.unsaved}
    assert set(found) == {("alone",), ("loops", "sites", "sites")}
    session = ws.restore(found["loops", "sites", "sites"])
    board = session.board
    assert (board.link_flanks, board.link_bins, board.link_scales) == (True, True, False)
    assert board.comparisons == list(session)
    assert [c.flank for c in session] == [200_000] * 3, "one flank for all"
    assert session[1].views[0].giver("scale") is session[0].views[0]
    assert session[0].views[0].vmin == 0
    session[2].flank = 100_000
    assert [c.flank for c in session] == [100_000] * 3, "linked still"
    assert [one.titles for one in ws.unsaved] == [("alone",)]
    assert ws.restore().board is None


def saved_in(folder):
    """Titles and board of each file, in any order."""
    read = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    return sorted((one["titles"], one["session"]["board"]) for one in read)


def test_what_stands_together_is_one_file(ws, tmp_path):
    autosave = Autosave(tmp_path / "kept", pause=1000)
    one, two = (ws.compare("sites", flank=100_000, title=title) for title in ("one", "two"))
    for c in (one, two):
        c.add("profile")
        autosave.follow(c)
    autosave.write()
    assert saved_in(autosave.folder) == [(["one", "two"], None)]
    assert autosave.found() == [], "one's own work is on screen"
    board = Board(one)
    autosave.write()
    assert saved_in(autosave.folder) == [(["one"], {}), (["two"], None)]
    board.add(two)
    board.link_bins = True
    autosave.write()
    assert saved_in(autosave.folder) == [(["one", "two"], {"link_bins": True})]
    board.remove(one)
    autosave.write()
    assert saved_in(autosave.folder) == [(["one"], None), (["two"], {"link_bins": True})]


def test_a_change_of_the_board_alone_is_written(ws, tmp_path):
    autosave = Autosave(tmp_path / "kept", pause=0.01)
    c = ws.compare("sites", flank=100_000)
    c.add("profile")
    board = Board(c)
    autosave.follow(c)
    deadline = time.monotonic() + 60
    for linked in (True, False, True):
        board.link_flanks = linked
        wanted = [([c.regions.name], {"link_flanks": True} if linked else {})]
        while saved_in(autosave.folder) != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    autosave.close()


def test_changes_are_written_after_a_moment(ws, tmp_path):
    autosave = Autosave(tmp_path / "kept", pause=0.05)
    c = ws.compare("sites", flank=100_000)
    autosave.follow(c)
    path = autosave.folder / f"{autosave.id}.json"

    def title():
        content = json.loads(path.read_text()) if path.exists() else {"titles": [None]}
        return content["titles"][0]

    view = c.add("profile", "CTCF")
    deadline = time.monotonic() + 60
    for change, wanted in (
        (lambda: setattr(c, "title", "one"), "one"),
        (lambda: setattr(view, "title", "two"), "one"),
        (lambda: setattr(c, "title", "three"), "three"),
    ):
        change()
        while title() != wanted:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    autosave.close()
    assert (
        json.loads(path.read_text())["session"]["comparisons"][0]["views"][0]["title"] == "two"
    )


def test_damaged_and_foreign_files_are_passed_over(ws, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text(json.dumps({"saved": "x", "titles": [], "session": {}}))
    (folder / "c.json").write_text("[" * 100_000)
    assert Autosave(folder).found() == []


def test_only_the_latest_are_kept(ws, tmp_path):
    c = ws.compare("sites", flank=100_000)
    c.add("profile")
    for _ in range(13):
        autosave = Autosave(tmp_path / "kept", pause=1000)
        autosave.follow(c)
        autosave.close()
    assert len(list((tmp_path / "kept").glob("*.json"))) == 10
    assert len(autosave.found()) == 9


def test_the_page_restores(ws, tmp_path):
    left = Autosave(ws._autosave.folder, pause=1000)
    gone = ws.compare("sites", flank=100_000, title="left behind")
    gone.add("profile", "CTCF")
    left.follow(gone)
    left.close()
    c = ws.compare("loops", flank=100_000)
    c.add("pileup")

    def ask(command, **args):
        message = {"kind": "command", "v": 1, "id": 1, "name": command, "args": args}
        return answer(message, comparison_commands(c))[0]["payload"]

    (row,) = ask("sessions")["unsaved"]
    assert row["title"] == "left behind"
    assert ask("restore", id=row["id"]) == {"unsaved": True}
    assert c.regions.name == "loops"
    assert ask("restore", id=row["id"], discard=True)["opened"]
    assert (c.title, c.regions.name, c.views[0].kind) == ("left behind", "sites", "profile")
    assert c.unsaved
    assert ask("sessions")["unsaved"] == [], "it is on screen here now"
