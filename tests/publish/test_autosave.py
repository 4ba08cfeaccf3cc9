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


def test_changes_are_written_after_a_moment(ws, tmp_path):
    autosave = Autosave(tmp_path / "kept", pause=0.05)
    c = ws.compare("sites", flank=100_000)
    autosave.follow(c)
    path = autosave.folder / f"{autosave.id}.json"

    def title():
        content = json.loads(path.read_text()) if path.exists() else {"titles": [None]}
        return content["titles"][0]

    view = c.add("profile", "CTCF")
    deadline = time.monotonic() + 20
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
