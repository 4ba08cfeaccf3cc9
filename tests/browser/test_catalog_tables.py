"""Tables of the catalog in a real notebook, and news from a second process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hands import eventually, once
from lab import Lab
from playwright.sync_api import Page, expect

HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"

SETUP = f"""\
import pandas as pd
from hicognition_widgets import Workspace
ws = Workspace(catalog="own.sqlite", store="own store", scheduler="threads", user="ann")
frame = pd.DataFrame({{"chrom": ["chr1", "chr1"], "start": [1000, 5000], "end": [1100, 5100]}})
peaks = ws.add_regions(frame, assembly="mm9", name="CTCF summits", description="merged",
                       metadata={{"protein": "CTCF", "cell_type": "ESC"}})
ws.add_regions(frame, assembly="mm9", name={HOSTILE!r}, kind="interval", public=True)
marks = ws.add_collection("both", [peaks, {HOSTILE!r}])
heard = []
feed = ws.on_change(lambda version: heard.append(sorted(ws.regions)))
"""

ELSEWHERE = """\
import sys, pandas as pd
from hicognition_widgets import Workspace
with Workspace(catalog=sys.argv[1], store=sys.argv[2], scheduler="threads", user="ann") as ws:
    ws.rename("CTCF summits", "renamed elsewhere")
"""


def test_tables_read_well_and_news_arrive(lab: Lab, page: Page) -> None:
    lab.write_notebook("tables.ipynb", [SETUP, "ws.search()", "peaks", "marks"])
    notebook = lab.open(page, "tables.ipynb")
    notebook.run_all()
    tables = page.locator(".jp-OutputArea-output table")
    expect(tables).to_have_count(4, timeout=60_000)  # a collection has facts and members
    for nth in (0, 2, 3):
        if nth != 2:
            expect(tables.nth(nth)).to_contain_text(HOSTILE)
    expect(tables.nth(0)).to_contain_text("protein CTCF")
    expect(tables.nth(1)).to_contain_text("CTCF")
    assert page.locator(".jp-OutputArea-output img").count() == 0
    assert "hacked" not in page.title()
    folder = Path(lab.folder)
    subprocess.run(
        [sys.executable, "-c", ELSEWHERE, folder / "own.sqlite", folder / "own store"],
        check=True,
        env=os.environ,
    )
    # Nobody calls the workspace here: the kernel's loop was told.
    eventually(notebook, "any('renamed elsewhere' in names for names in heard)")


TABLES = f"""\
import os
from IPython.display import display
os.makedirs(folder)
os.chdir(folder)
{SETUP}
pairs = pd.concat([frame.add_suffix("1"), frame.add_suffix("2")], axis=1)
ws.add_regions(pairs, assembly="mm9", name="loops", description="called at 10 kb and merged")
ws.add_repository("lab server", url="https://lab.example/{{href}}",
                  file_url="https://lab.example/{{id}}")
ws.share(peaks, user="bob")
display(ws.regions, ws.features, ws.collections, ws.sessions, ws.jobs, ws.assemblies)
display(ws.repositories, ws.shares, ws.search(), peaks, marks)
"""

# What is painted behind a text is the nearest background that is not transparent.
LEGIBLE = """(outputs) => {
  const parts = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [r, g, b] = parts(colour).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (parts(backgroundColor)[3] === 255) return backgroundColor;
    }
    return "white";
  };
  const found = [];
  for (const output of outputs) {
    for (const text of output.querySelectorAll("th, td, p, strong")) {
      if (text.textContent.trim() === "") continue;
      const ground = behind(text);
      const range = document.createRange();
      range.selectNodeContents(text);
      const [a, b] = [light(getComputedStyle(text).color), light(ground)].sort((x, y) => y - x);
      found.push({
        text: text.textContent, ground: light(ground),
        contrast: (a + 0.05) / (b + 0.05),
        lines: new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size,
        clipped: text.scrollWidth > text.clientWidth && text.clientWidth > 0,
      });
    }
  }
  return found;
}"""
ENOUGH = 4.5
"""Contrast that small text needs to be read."""


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_tables_are_legible_in_either_theme(bare_lab: Lab, page: Page, theme: str) -> None:
    name = f"tables-{theme.lower()}.ipynb"
    bare_lab.write_notebook(name, [f"folder = {theme!r}", TABLES])
    page.set_viewport_size({"width": 900, "height": 1600})
    notebook = bare_lab.open(page, name)
    notebook.run_all()
    assert notebook.errors() == ""
    page.click('.lm-MenuBar-item:has-text("Settings")')
    page.hover('.lm-Menu-item:has-text("Theme")')
    page.click(f'.lm-Menu-item:has-text("JupyterLab {theme}")')
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", f"JupyterLab {theme}")
    outputs = page.locator(".jp-OutputArea-output.jp-RenderedHTML")
    expect(outputs).to_have_count(11)
    dark = theme == "Dark"
    page.wait_for_function(
        f"""() => getComputedStyle(document.querySelector(".jp-OutputArea-output td")).color
          .match(/\\d+/g).slice(0, 3).map(Number).every((v) => v {">" if dark else "<"} 128)"""
    )
    # the old theme's colours go when the new one's have come
    texts = once(
        page,
        lambda: outputs.evaluate_all(LEGIBLE),
        lambda all_of: all(
            one["ground"] < 0.1 if dark else one["ground"] > 0.8 for one in all_of
        ),
    )
    assert len(texts) > 60
    pale = [one for one in texts if one["contrast"] < ENOUGH]
    assert not pale, pale
    # short words are not broken to make room, and none is cut off
    kinds = [one for one in texts if one["text"] == "pairs of points"]
    assert [one["lines"] for one in kinds] == [1, 1]
    assert not [one for one in texts if one["clipped"]]
