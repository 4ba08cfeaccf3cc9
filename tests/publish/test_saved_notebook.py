"""A saved notebook shows its views to those who have no kernel."""

from __future__ import annotations

import base64
import io

import nbclient
import nbformat
import numpy as np
from PIL import Image

CELLS = (
    "import hicognition_widgets as hcw\n"
    "ws = hcw.Workspace()\n"
    'c = ws.compare("loops", flank=100_000, columns=2)\n'
    'view = c.add("pileup", "control", vmin=-1, vmax=1)\n'
    'c.add("profile", "CTCF")\n'
    "c.wait(60)",
    "c",
    "view",
    'ws.compare("loops", flank=100_000)',
)


def picture(output):
    data = base64.b64decode(output["data"]["image/png"])
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def test_the_picture_of_a_saved_notebook_is_the_view(ws, tmp_path, monkeypatch):
    for name in ("catalog", "store", "scheduler", "user"):
        monkeypatch.setenv(f"HICOGNITION_{name.upper()}", str(getattr(ws.settings, name)))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown, alone, empty = (notebook.cells[i].outputs[-1] for i in (1, 2, 3))
    for output in (shown, alone, empty):
        assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert "image/png" not in empty["data"], "there is nothing to see yet"

    c = ws.compare("loops", flank=100_000, columns=2)
    view = c.add("pileup", "control", vmin=-1, vmax=1)
    c.add("profile", "CTCF")
    c.wait(60)
    for output, widget in ((shown, c), (alone, view)):
        with Image.open(io.BytesIO(widget.saved_picture())) as image:
            np.testing.assert_array_equal(picture(output), np.asarray(image.convert("RGB")))
    view.vmax = 0.5
    with Image.open(io.BytesIO(view.saved_picture())) as image:
        assert (picture(alone) != np.asarray(image.convert("RGB"))).any()
