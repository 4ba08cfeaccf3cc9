"""Where numbers and figures come from, said in files, in a paragraph, and on the screen."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.methods import REFERENCES, methods_text
from hicognition_widgets.views.render import render_session


@pytest.fixture
def shown(ws):
    c = ws.compare("loops", flank=100_000, title="Loops & </metadata>")
    c.add("pileup", "control")
    c.add("pileup", "KO")
    c.add("profile", ["CTCF", "E1"])
    c.wait(60)
    return c


def test_every_result_says_what_it_was_made_of(ws, shown):
    origin = shown.provenance
    assert origin["by"] == "ann"
    assert origin["software"]["hicognition-widgets"]
    pileup, _, profile = origin["views"]
    (result,) = pileup["results"]
    control = ws.dataset("control")
    assert result["features"] == [
        {
            "name": "control",
            "fingerprint": control.fingerprint,
            "kind": "contact_map",
            "file": "Scc1-control.chr1-5.mcool",
        }
    ]
    assert result["regions"]["fingerprint"] == ws.dataset("loops").fingerprint
    assert result["regions"]["n"] == 40
    assert result["parameters"]["normalization"] == "oe"
    assert result["parameters"]["flank"] == 100_000
    assert (result["by"], result["computed"][:2]) == ("ann", "20")
    assert result["software"]["numpy"] == np.__version__
    assert [r["features"][0]["name"] for r in profile["results"]] == ["CTCF", "E1"]
    text = json.dumps(origin, allow_nan=False)
    assert str(Path(control.path).parent) not in text, "folders stay private"


def test_numbers_are_saved_with_their_origin(shown, tmp_path):
    view = shown.views[0]
    data, sidecar = view.save_data(tmp_path / "control.npy")
    np.testing.assert_array_equal(np.load(data), view.data)
    facts = json.loads(sidecar.read_text())
    assert sidecar.name == "control.npy.json"
    assert facts["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert facts["shape"] == [21, 21]
    assert facts["provenance"]["views"][0]["results"][0]["key"] == view.results[0].key
    table, _ = shown.views[2].save_data(tmp_path / "tracks.csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(table), shown.views[2].to_frame(), check_dtype=False
    )
    with pytest.raises(InputError, match="csv"):
        view.save_data(tmp_path / "x.xlsx")


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_carries_its_origin(shown, tmp_path, ending):
    path = shown.save(tmp_path / f"figure.{ending}", preset="single")
    key = shown.views[0].results[0].key
    if ending == "png":
        with Image.open(path) as picture:
            assert (
                json.loads(picture.text["Description"])["views"][0]["results"][0]["key"] == key
            )
            assert picture.text["Title"] == "Loops & </metadata>"
    elif ending == "svg":
        text = path.read_text()
        assert key in text
        assert text.count("</metadata>") == 1
    else:
        assert b"/Subject" in path.read_bytes()


def test_the_methods_paragraph_names_everything_once(shown):
    text = shown.methods()
    body, _, references = text.partition("References\n")
    assert "40 pairs of regions of “loops” (mm9)" in body
    assert "Contact maps of “control” and “KO”" in body
    assert "±100 kb of their midpoint in bins of 10 kb" in body
    assert "95 % bootstrap" in body
    assert body.count("Contact maps of") == 1
    cited = sorted(
        {int(n) for group in re.findall(r"\[([\d, ]+)\]", body) for n in group.split(",")}
    )
    listed = [int(n) for n in re.findall(r"^\[(\d+)\]", references, re.MULTILINE)]
    assert cited == listed == list(range(1, len(listed) + 1))
    assert "Cooler" in references
    assert "LOLA" not in references


def test_methods_of_every_analysis():
    result = {
        "algorithm": 1,
        "assembly": "mm9",
        "regions": {"name": "TADs", "fingerprint": "f", "n": 1000},
        "features": [{"name": "x"}],
        "parameters": {"bin_percent": 2.0, "subset": [1, 2, 3]},
        "n_left_out": 2,
        "reasons": {"no data": 2},
    }
    kinds = {
        "embedding1d": "umap",
        "embedding2d": "sklearn",
        "enrichment": "lola",
        "stackup": "bigwig",
    }
    for kind, cited in kinds.items():
        origin = {
            "software": {"python": "3.12"},
            "views": [{"results": [result | {"analysis": kind}]}],
        }
        text = methods_text(origin, noun="regions")
        assert REFERENCES[cited] in text
        assert "2 % of the region" in text
        assert "2 regions were left out (no data: 2)" in text


RENDER = """\
import sys
from hicognition_widgets.cli.main import main
token, folder = sys.argv[1:]
main(["render", token, "--token", "--out", f"{folder}/page.html"], standalone_mode=False)
main(["render", "two", "--out", f"{folder}/two.svg"], standalone_mode=False)
"""


def test_a_session_is_drawn_from_the_command_line(ws, shown, tmp_path):
    ws.save_session("figure 2", shown)
    ws.save_session("two", shown, ws.compare("sites", flank=100_000), shown)
    names = ("catalog", "store", "scheduler", "user")
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment = clean | {
        f"HICOGNITION_{name.upper()}": str(getattr(ws.settings, name)) for name in names
    }

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    token = ws.share(ws.sessions["figure 2"])
    done = run("-c", RENDER, token, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "hicognition-data" in (tmp_path / "page.html").read_text()
    # all comparisons of a session, in one file
    assert (tmp_path / "two.svg").read_text().count("control") >= 2
    out = tmp_path / "out.png"
    done = run("-m", "hicognition_widgets", "render", "nowhere", "--out", out)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "there is no session 'nowhere'" in done.stderr
    with pytest.raises(InputError, match=r"use \.png, \.svg, \.pdf, \.html, \.csv or \.npy"):
        render_session(ws.open_session("figure 2"), tmp_path / "x.gif")


def test_a_figure_of_an_empty_comparison_is_refused(ws, tmp_path):
    c = ws.compare("sites", flank=100_000)
    with pytest.raises(InputError, match="add a view"):
        c.save(tmp_path / "x.png")
    view = c.add("pileup")
    with pytest.raises(NotFound, match="Choose a contact map"):
        view.save_data(tmp_path / "x.npy")
