"""Views in a real JupyterLab: what stays behind, what is saved, how it moves."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from lab import Lab, Notebook, running_lab  # noqa: E402 - found beside the tests

WARM_UP = 20
"""Runs until the code of a page is compiled and stays as large as it is."""
KINDS = ("pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment")

SETUP = """\
import numpy as np
import hicognition_widgets as hcw
rng = np.random.default_rng(1)
n = {regions}
at = np.arange(-20, 21)
mean = 1 + np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / 30) + rng.normal(0, 0.05, (41, 41))
line = 1 + np.exp(-np.linspace(-3, 3, 100) ** 2)
signal = rng.gamma(2.0, size=(n, 100)).astype("float32")
group = rng.integers(0, 5, n)
values = rng.normal(size=(n, 4)) + group[:, None]
points = rng.normal(size=(n, 2)) + 4 * rng.normal(size=(5, 2))[group]
maps = rng.gamma(2.0, size=(1000, 11, 11))
odds = np.exp2(rng.normal(0, 1, (100, 40)))
chance = 10.0 ** -(np.abs(np.log2(odds)) * 4)
"""
VIEWS = {
    "pileup": "hcw.Pileup.from_array(mean, flank=200_000, n=n)",
    "profile": "hcw.LineProfile.from_array({'one': line, 'two': line + 1}, flank=50_000, n=n)",
    "stackup": "hcw.Stackup.from_array(signal, flank=50_000)",
    "embedding1d": "hcw.Embedding1D.from_array(values, points=points, clusters=group)",
    "embedding2d": "hcw.Embedding2D.from_array("
    "maps, flank=50_000, points=points[:1000], clusters=group[:1000])",
    "enrichment": "hcw.Enrichment.from_array(odds, chance, flank=100_000, n=n)",
}


@contextmanager
def lab_in(*, keep_state: bool) -> Iterator[Lab]:
    """JupyterLab in a folder of its own; whether it saves the state of widgets is a setting."""
    with tempfile.TemporaryDirectory(prefix="hicognition-bench-") as folder:
        settings = Path(folder) / ".user-settings" / "@jupyter-widgets" / "jupyterlab-manager"
        settings.mkdir(parents=True)
        (settings / "plugin.jupyterlab-settings").write_text(
            json.dumps({"saveState": keep_state})
        )
        with running_lab(
            Path(folder), os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
        ) as running:
            yield running


def lab_page(browser: Browser) -> Page:
    """A page so tall that no cell is out of sight."""
    return browser.new_page(viewport={"width": 1300, "height": 3000})


# -- what stays behind --------------------------------------------------------------------


def heap_of(session: CDPSession) -> dict[str, float]:
    """What the page holds after garbage was collected: MB and numbers."""
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    counted = session.send("Memory.getDOMCounters")
    return {
        "heap": usage["usedSize"] / 1e6,
        "buffers": usage.get("backingStorageSize", 0) / 1e6,
        "nodes": counted["nodes"],
        "listeners": counted["jsEventListeners"],
    }


def run_again(notebook: Notebook, cell: int, kind: str) -> None:
    """Run one cell once more, and wait until its view is drawn."""
    notebook.run_again(cell)
    if kind:
        notebook.wait_ready(notebook.view(kind))


def reruns(browser: Browser, runs: int) -> dict[str, dict[str, float]]:
    """What cells leave in the page when they run so often, each beside one without a widget.

    ``shown`` shows the same pileup once more; under the name of a kind a cell makes such a
    view anew. JupyterLab remembers outputs for undoing, so ``picture`` shows a mere PNG.
    """
    cells = {"picture": ("", "picture"), "shown": ("pileup", "v")}
    cells |= {kind: (kind, code) for kind, code in VIEWS.items()}
    left = {}
    with lab_in(keep_state=False) as lab:
        for name, (kind, code) in cells.items():
            page = lab_page(browser)
            file = f"{name}.ipynb"
            setup = (
                SETUP.format(regions=2000)
                + f"from IPython.display import Image\nv = {VIEWS['pileup']}\n"
                + f"picture = Image({VIEWS['stackup']}.saved_picture())"
            )
            lab.write_notebook(file, [setup, code])
            notebook = lab.open(page, file)
            notebook.run_all()
            session = page.context.new_cdp_session(page)
            session.send("HeapProfiler.enable")
            for _ in range(WARM_UP):
                run_again(notebook, 1, kind)
            before = heap_of(session)
            for _ in range(runs):
                run_again(notebook, 1, kind)
            after = heap_of(session)
            left[name] = {key: after[key] - before[key] for key in after}
            page.close()
    return left


# -- what is saved ------------------------------------------------------------------------


def saved(browser: Browser, *, regions: int, keep_state: bool) -> dict[str, float]:
    """Size of a saved notebook of two views of each kind, and what it shows again.

    ``mb`` of the file, ``pictures`` in its outputs, views ``drawn`` with a fresh kernel.
    """
    codes = [code for code in VIEWS.values() for _ in range(2)]
    with lab_in(keep_state=keep_state) as lab:
        page = lab_page(browser)
        path = lab.write_notebook("saved.ipynb", [SETUP.format(regions=regions), *codes])
        notebook = lab.open(page, "saved.ipynb")
        notebook.run_all(timeout=300)
        drawn_in(notebook)
        page.locator(".jp-Cell").first.locator(".jp-InputArea-prompt").click()
        page.keyboard.press("Control+s")
        text, outputs = saved_outputs(path, len(codes))
        page.close()
        pictures = sum("image/png" in one.get("data", {}) for one in outputs)
        for session in lab.api("GET", "sessions"):
            lab.api("DELETE", f"sessions/{session['id']}")
        again = lab.open(lab_page(browser), "saved.ipynb")
        again.run_all(timeout=300)
        drawn = drawn_in(again)
        again.page.close()
    return {"mb": len(text.encode()) / 1e6, "pictures": pictures, "drawn": drawn}


def saved_outputs(path: Path, wanted: int) -> tuple[str, list[dict[str, Any]]]:
    """Text of a notebook and its outputs, once all are in the file."""
    for _ in range(300):
        text = path.read_text(encoding="utf-8")
        # while it is written it may end anywhere
        with contextlib.suppress(json.JSONDecodeError):
            outputs = [one for cell in json.loads(text)["cells"] for one in cell["outputs"]]
            if len(outputs) >= wanted:
                return text, outputs
        time.sleep(0.2)
    raise RuntimeError(f"{path.name} was not saved with {wanted} outputs")


def drawn_in(notebook: Notebook) -> int:
    """Number of views that are there and ready; waits for two of each kind."""
    for kind in KINDS:
        for nth in range(2):
            notebook.wait_ready(notebook.view(kind, nth), timeout=120_000)
    return notebook.page.locator('[data-testid^="view-"][data-status="ready"]').count()


# -- how it moves -------------------------------------------------------------------------

TURN = """
async (canvas, [shift, frames]) => {
  canvas.focus();
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = { clientX: left + width / 2, clientY: top + height / 3 };
  const gaps = [];
  let last = performance.now();
  const start = last;
  for (let i = 0; i < frames; i++) {
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    gaps.push(now - last);
    last = now;
    canvas.dispatchEvent(new WheelEvent("wheel", {
      ...at, deltaY: shift ? 40 : i % 120 < 60 ? -30 : 30, shiftKey: shift,
      bubbles: true, composed: true, cancelable: true,
    }));
  }
  gaps.sort((a, b) => a - b);
  return { fps: (1000 * frames) / (last - start), slowest: gaps.at(-1) };
}
"""


def turning(browser: Browser, *, regions: int, bins: int, frames: int) -> dict[str, Any]:
    """Frames per second while rows of a stackup are enlarged and moved by the wheel."""
    code = (
        "import numpy as np\nimport hicognition_widgets as hcw\n"
        f"many = np.random.default_rng(1).gamma(2.0, size=({regions}, {bins}))\n"
        'v = hcw.Stackup.from_array(many.astype("float32"), flank=100_000)\nv'
    )
    with lab_in(keep_state=False) as lab:
        page = lab_page(browser)
        lab.write_notebook("turning.ipynb", [code])
        notebook = lab.open(page, "turning.ipynb")
        notebook.run_all(timeout=300)
        view = notebook.view("stackup")
        notebook.wait_ready(view, timeout=120_000)
        canvas = view.get_by_test_id("plot-canvas")
        canvas.evaluate(TURN, [False, 60])
        zooming = canvas.evaluate(TURN, [False, frames])
        notebook.execute(f"v.zoom = [0, {regions // 20}]")
        expect(view.get_by_test_id("all-rows")).to_be_visible(timeout=60_000)
        moving = canvas.evaluate(TURN, [True, frames])
        page.close()
    return {"zooming": zooming, "moving": moving}
