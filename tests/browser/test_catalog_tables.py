"""Tables of the catalog in a real notebook, and news from a second process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
    for _ in range(20):
        page.wait_for_timeout(500)
        if any("renamed elsewhere" in names for names in notebook.evaluate("heard")):
            break
    assert any("renamed elsewhere" in names for names in notebook.evaluate("heard"))
