"""A session of every kind of view, from the command line without a display, as every file."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hicognition_widgets.export.html import data_digest

pytestmark = pytest.mark.timeout(900)
KINDS = ("pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment")
INPUTS = ("loops", "sites", "control", "CTCF", "E1")


@pytest.fixture
def shown(ws, placed_at_once):
    c = ws.compare("loops", flank=100_000, title="All six", columns=3)
    c.add("pileup", "control")
    c.add("profile", ["CTCF", "E1"])
    c.add("stackup", "CTCF")
    c.add("embedding1d", ["CTCF", "E1"], n_clusters=3)
    c.add("embedding2d", "control", n_clusters=3, normalization="oe", binsize=20_000)
    c.add("enrichment", ["sites", "loops"], binsize=20_000)
    c.wait(250)
    assert [view.kind for view in c.views] == list(KINDS)
    assert [view.status for view in c.views] == ["ready"] * 6
    ws.save_session("six", c)
    return c


RENDER = """\
import sys
from hicognition_widgets.cli.main import main
for path in sys.argv[1:]:
    main(["render", "six", "--out", path], standalone_mode=False)
"""


def rendered(ws, folder, endings):
    """Every ending by the command line in one other process, which has no display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    for name in ("catalog", "store", "scheduler", "user"):
        environment[f"HICOGNITION_{name.upper()}"] = str(getattr(ws.settings, name))
    paths = [str(folder / f"six{ending}") for ending in endings]
    done = subprocess.run(
        [sys.executable, "-c", RENDER, *paths],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for line in done.stdout.splitlines():
        assert Path(line.removeprefix("wrote ")).exists()


def fingerprints(ws):
    return {ws.dataset(name).fingerprint for name in INPUTS}


def told(origin):
    """Fingerprints in the provenance of a picture of all views."""
    return {
        one["fingerprint"]
        for view in origin["views"]
        for result in view["results"]
        for one in (result["regions"], *result["features"])
    }


def test_a_session_of_every_kind_becomes_every_file(ws, shown, tmp_path):
    rendered(ws, tmp_path, (".png", ".svg", ".pdf", ".html", ".csv", ".npy"))
    keys = {result.key for view in shown.views for result in view.results}

    with Image.open(tmp_path / "six.png") as picture:
        assert told(json.loads(picture.text["Description"])) == fingerprints(ws)
        there = np.asarray(picture.convert("RGB"))
    shown.save(tmp_path / "here.png")
    with Image.open(tmp_path / "here.png") as picture:
        np.testing.assert_array_equal(there, np.asarray(picture.convert("RGB")))
    # two rows of three panels, all with something on them
    height, width, _ = there.shape
    for row in range(2):
        for column in range(3):
            top, left = row * height // 2, column * width // 3
            part = there[top : top + height // 3, left : left + width // 3]
            assert (part < 200).any(axis=-1).mean() > 0.02, (row, column)

    root = ET.parse(tmp_path / "six.svg").getroot()  # noqa: S314 - written by this test
    texts = [text for text in root.itertext() if text.strip()]
    assert {"a", "b", "c", "d", "e", "f"} <= {text.strip() for text in texts}
    assert any("log2 odds" in text for text in texts)
    assert all(key in (tmp_path / "six.svg").read_text() for key in keys)

    content = (tmp_path / "six.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert b"/FontFile2" in content, "its fonts are embedded"
    assert all(one.encode() in _whole(content) for one in fingerprints(ws))

    text = (tmp_path / "six.html").read_text()
    data = json.loads(text.split('id="hicognition-data">')[1].split("</script>")[0])
    (part,) = data["comparisons"]
    assert [view["kind"] for view in part["views"]] == list(KINDS)
    assert {key.split(";")[0] for key in part["results"]} == set(KINDS)
    origin = data.pop("origin")
    assert {one["fingerprint"] for one in origin["inputs"]} == fingerprints(ws)
    assert origin["data_sha256"] == data_digest(data)

    for number, view in enumerate(shown.views, start=1):
        table, values = (tmp_path / f"six-{number}{end}" for end in (".csv", ".npy"))
        pd.testing.assert_frame_equal(
            pd.read_csv(table), view.to_frame(), check_dtype=False, rtol=1e-6
        )
        np.testing.assert_array_equal(np.load(values, allow_pickle=False), view.data)
        for path in (table, values):
            facts = json.loads(path.with_name(f"{path.name}.json").read_text())
            assert facts["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert told(facts["provenance"]) == told(view.provenance)
            assert told(facts["provenance"]) <= fingerprints(ws)


def _whole(content):
    """A PDF with its streams and texts as they read."""
    parts = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"".join(parts).replace(b"\\\n", b"").replace(b"\\", b"")
