"""Names and descriptions from other people are shown as text, whatever they are made of."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from lab import Lab
from playwright.sync_api import Page, expect

MARKUP = '<img src=x onerror="window.pwned=1"></script><script>window.pwned=2</script>'
REVERSED = "\u202egpj.exe\u2066"
CONTROL = "bell\x07escape\x1b[31m"
NAME = f"{MARKUP} & {REVERSED} {CONTROL}"
LONG = MARKUP + "long " * 2000

SETUP = f"""\
import os, tempfile
import numpy as np
import hicognition_widgets as hcw
from hicognition_widgets.demo.dataset import DATA
folder = tempfile.mkdtemp()
ws = hcw.Workspace(catalog=folder + "/catalog.sqlite", store=folder + "/store",
                   scheduler="threads")
NAME = {NAME!r}
LONG = {LONG!r}
loops = ws.add_regions(DATA / "CH12_loops_Rao.bedpe", assembly="mm9", name=NAME,
                       description=LONG)
wt = ws.add_feature(DATA / "Scc1-control.chr1-5.mcool", assembly="mm9", name=NAME,
                    description=LONG)
track = ws.add_feature(DATA / "derived_CTCF_site_count_10kb.bw", assembly="mm9",
                       name="track " + NAME, description=LONG)
other = ws.add_feature(DATA / "derived_CN_E1_1Mb.bw", assembly="mm9", name="other " + NAME)
ws.add_collection(NAME, [track, other], description=LONG)
ws.annotate(loops, {{NAME: ["<b>" + NAME, "plain"] * 506 + ["plain"]}})
c = ws.compare(loops, flank=200_000, title=NAME)
c.add("pileup", wt)
c.add("profile", [track])
c.add("stackup", track)
c.add("enrichment", [loops])
c.wait(120)
ws.save_session(NAME, c, description=LONG)
"""

INJECTED = """() => {
  // every element of the page, those inside of shadow roots included
  const all = root => [...root.querySelectorAll("*")].flatMap(
    one => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const found = all(document).filter(one => one.hasAttribute("onerror"));
  return [window.pwned ?? null, found.length];
}"""


# A file whose path is markup, gone after it was registered: the sentence about it has it.
PATHS = """\
import shutil
odd = os.path.join(folder, "<img src=x onerror=window.pwned=3>.bed")
shutil.copy(DATA / "Bonev_CTCF+.bed", odd)
sites = ws.add_regions(odd, assembly="mm9", name="sites")
os.remove(odd)
broken = hcw.LineProfile(ws, sites, [track], flank=200_000)
broken
"""

TABLES = """\
from IPython.display import display
for table in (ws.regions, ws.features, ws.collections, ws.sessions, ws.search(), ws.jobs,
              ws.assemblies, ws.shares, ws.annotations(loops), ws.annotation_table(loops)):
    display(table)
"""

CLOUD = """\
cloud = hcw.Embedding1D(ws, loops, [track, other], flank=200_000, overlay="annotation:" + NAME)
cloud
"""


def check(page: Page) -> None:
    assert page.evaluate(INJECTED) == [None, 0]


@pytest.mark.slow
def test_hostile_text_stays_text(lab: Lab, page: Page, tmp_path: Path) -> None:
    lab.write_notebook("hostile.ipynb", [SETUP, "c", PATHS, TABLES, CLOUD])
    # tall enough for all outputs: what is far away is not drawn
    page.set_viewport_size({"width": 1400, "height": 6000})
    notebook = lab.open(page, "hostile.ipynb")
    notebook.run_all()
    for kind in ("pileup", "profile", "stackup", "enrichment"):
        notebook.wait_ready(notebook.view(kind))
    # the first answer of an embedding is drawn while the second is computed
    expect(notebook.view("embedding1d").get_by_test_id("embedding")).to_be_visible(
        timeout=60_000
    )
    broken = notebook.view("profile", 1)
    expect(broken).to_have_attribute("data-status", "failed", timeout=60_000)
    expect(broken).to_contain_text("<img src=x onerror=window.pwned=3>.bed")
    tables = page.locator(".jp-OutputArea-output table")
    expect(tables.first).to_be_attached()
    assert "<img src=x onerror=" in "".join(tables.all_inner_texts())
    check(page)
    # Literally there, not only absent as markup.
    expect(page.get_by_text('<img src=x onerror="window.pwned=1">').first).to_be_attached()

    # The list of sessions, and the notice after saving one.
    page.get_by_test_id("save-session").click()
    expect(page.get_by_test_id("session-row").first).to_contain_text("<img src=x onerror=")
    page.get_by_test_id("session-name").fill(MARKUP)
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("notice").first).to_contain_text(
        "<img src=x onerror=", timeout=150_000
    )
    check(page)

    # A page of its own, and figures.
    out = tmp_path / "page.html"
    notebook.execute(f"c.to_html({str(out)!r})")
    source = out.read_text(encoding="utf-8")
    assert "<script>window.pwned" not in source
    assert "<img src=x onerror" not in source
    page.goto(out.as_uri())
    for kind in ("pileup", "profile", "stackup", "enrichment"):
        expect(page.get_by_test_id(f"view-{kind}")).to_be_visible(timeout=30_000)
    check(page)
    figure = tmp_path / "figure.svg"
    page.goto("about:blank")
    notebook.execute(f"c.save({str(figure)!r})")
    tags = {one.tag.rpartition("}")[2] for one in ET.parse(figure).iter()}  # noqa: S314
    assert "svg" in tags
    assert not tags & {"script", "img", "foreignObject"}
