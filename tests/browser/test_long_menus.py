"""Menus over a catalog of thousands, by keyboard alone, in a real notebook."""

from __future__ import annotations

import re

from hands import eventually
from lab import Lab
from playwright.sync_api import Page, expect

SETUP = """\
import pandas as pd
from sqlalchemy import insert
from hicognition_widgets import Workspace
from hicognition_widgets.catalog.models import Dataset
ws = Workspace(catalog="many.sqlite", store="many store", scheduler="threads", user="ann")
frame = pd.DataFrame({"chrom": ["chr1", "chr1"], "start": [1000, 5000], "end": [1100, 5100]})
peaks = ws.add_regions(frame, assembly="mm9", name="CTCF summits")
place = ws.assemblies["mm9"].id
def rows(kind, word, **more):
    return [
        dict(owner="ann", name=f"{word} {i}", name_key=f"{word} {i:05}", kind=kind, path="/x",
             assembly_id=place, fingerprint=f"{word}{i}", search_text=f"{word} {i}",
             resolutions=[10_000] if kind == "contact_map" else [], **more)
        for i in range(1500)
    ]
with ws._catalog._write() as session:
    session.execute(insert(Dataset), rows("contact_map", "map"))
    session.execute(insert(Dataset), rows("regions", "set", dims=1, region_kind="point",
                                          n_regions=10))
c = ws.compare(peaks, flank=100_000)
view = c.add("pileup")
"""


def test_what_a_menu_has_no_room_for_is_found_by_keyboard(lab: Lab, page: Page) -> None:
    lab.write_notebook("many.ipynb", [SETUP, "c"])
    notebook = lab.open(page, "many.ipynb")
    notebook.run_all()
    chooser = page.get_by_test_id("feature-select")
    expect(chooser).to_be_visible(timeout=120_000)
    chooser.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("status")).to_have_text("and 500 more; search finds them too")
    expect(panel.get_by_role("radio")).to_have_count(1000)
    page.keyboard.type("map 1499")
    expect(panel.get_by_role("radio")).to_have_count(1, timeout=60_000)
    page.keyboard.press("Enter")
    expect(panel).to_have_count(0)
    expect(chooser).to_be_focused()
    expect(chooser).to_have_text("map 1499", timeout=60_000)
    eventually(notebook, "[one.name for one in view.datasets]", ["map 1499"])
    regions = page.get_by_test_id("region-select")
    regions.focus()
    page.keyboard.press("Space")
    expect(panel.get_by_role("status")).to_have_text(re.compile("and 501 more"))
    page.keyboard.type("set 149")
    # 149 itself, then 1149 and ten more that only the catalog knows
    expect(panel.get_by_role("radio")).to_have_count(12, timeout=60_000)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(regions).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("set 1498")
    expect(panel.get_by_role("radio")).to_have_count(1, timeout=60_000)
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("radio")).to_be_focused()
    page.keyboard.press("Enter")
    expect(regions).to_have_text("set 1498", timeout=60_000)
    eventually(notebook, "c.regions.name", "set 1498")
