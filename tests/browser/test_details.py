"""One region by itself, opened and left by mouse and keyboard."""

from __future__ import annotations

import re

import pytest
from lab import Lab
from playwright.sync_api import Page, expect

# a stand-in for the package, since a real HiGlass loads its program from the network
HIGLASS = '''
import anywidget, traitlets

SHOWN = []

class Shown(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
        el.textContent = "HiGlass stands here: " + model.get("place"); } }"""
    place = traitlets.Unicode().tag(sync=True)

class View:
    def __init__(self, *tracks): self.tracks = tracks
    def domain(self, x, y): self.x, self.y = x, y; return self
    def viewconf(self): return self
    def widget(self):
        SHOWN.append(self)
        return Shown(place=f"{self.x[0]:.0f} {len(self.tracks)}")

class Tileset:
    def __init__(self, path): self.path = path
    def track(self, kind): return (self.path, kind)

view, cooler, bigwig = View, Tileset, Tileset
'''

CELLS = [
    "from hicognition_widgets.demo import open_demo\n"
    "demo = open_demo()\nws = demo.workspace\n"
    "hostile = '<img src=x onerror=document.title=1>'\n"
    'heights = [hostile if i % 2 else "plain" for i in range(1013)]\n'
    'ws.annotate("CH12 loops", {hostile: heights}, replace=True)\n'
    'ws.add_collection("sites", ["CTCF sites +", "CTCF sites −", "CH12 TADs"])',
    'c = ws.compare("CH12 loops", flank=200_000, columns=2)\n'
    'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
    's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
    "c",
    "for view in c.views:\n    view.wait(100)",
]


@pytest.fixture
def notebook(lab: Lab, page: Page):
    (lab.folder / "higlass.py").write_text(HIGLASS, encoding="utf-8")
    lab.write_notebook("details.ipynb", CELLS)
    opened = lab.open(page, "details.ipynb")
    opened.run_all()
    yield opened
    (lab.folder / "higlass.py").unlink()


def box_of(page: Page, view: str) -> dict[str, float]:
    canvas = page.get_by_test_id(view).get_by_test_id("plot-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    return box


def test_a_click_opens_the_region_and_keys_go_on(notebook):
    page: Page = notebook.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    panel = page.get_by_test_id("region-details")
    place = page.get_by_test_id("region-place")
    stackup = page.get_by_test_id("view-stackup")
    expect(stackup).to_have_attribute("data-status", "ready", timeout=60_000)

    # a drag selects rows and opens nothing
    box = box_of(page, "view-stackup")
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] / 4, steps=6)
    page.mouse.up()
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text(re.compile(r"^\d+ selected$"), timeout=60_000)
    expect(panel).to_have_count(0)
    selected = int(count.inner_text().split()[0])
    expect(stackup.get_by_test_id("selected-block")).to_be_visible(timeout=60_000)

    # a click on the first row opens its region
    page.mouse.click(x, box_of(page, "view-stackup")["y"] + 1)
    expect(panel).to_have_attribute("data-status", "ready", timeout=60_000)
    expect(page.get_by_test_id("region-map")).to_have_attribute(
        "data-status", "ready", timeout=120_000
    )
    top = notebook.evaluate("s.to_frame()['region'][:12].tolist()")  # several rows a pixel
    loci = notebook.evaluate(f"[c.details(row).loci[0].text for row in {top}]")
    locus = page.get_by_test_id("region-locus")
    expect(locus).to_contain_text(re.compile("|".join(map(re.escape, loci))))
    shown = locus.inner_text()
    first = next(row for row, text in zip(top, loci, strict=True) if text in shown)
    expect(place).to_have_text(re.compile(rf"^\d+ of {selected} selected$"))
    canvas = page.get_by_test_id("region-map").get_by_test_id("plot-canvas")
    expect(canvas).to_have_attribute("data-rows", "41")
    expect(page.get_by_test_id("region-members")).to_contain_text("CH12 TADs", timeout=60_000)
    expect(page.get_by_test_id("region-annotations")).to_contain_text("<img src=x")
    assert page.locator("img[src=x]").count() == 0
    link = page.get_by_test_id("ucsc-link").first
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("href", re.compile(r"^https://genome\.ucsc\.edu/.*db=mm9"))

    # another resolution by hand
    page.get_by_test_id("details-bin").select_option("50000")
    expect(canvas).to_have_attribute("data-rows", "9", timeout=60_000)
    assert notebook.evaluate(f"list(c.details({first}, binsize=50_000).snippet.shape)") == [
        9,
        9,
    ]

    # HiGlass, by a stand-in
    page.get_by_test_id("show-higlass").click()
    expect(page.get_by_test_id("higlass")).to_contain_text(
        "HiGlass stands here:", timeout=60_000
    )

    # keys go through the selection, Escape closes and gives the focus back
    panel.focus()
    page.keyboard.press("Home")
    expect(place).to_have_text(f"1 of {selected} selected", timeout=60_000)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(place).to_have_text(f"4 of {selected} selected", timeout=60_000)
    page.get_by_test_id("previous-region").click()
    expect(place).to_have_text(f"3 of {selected} selected", timeout=60_000)
    third = notebook.evaluate("c.details(int(c.selection[2])).loci[0].text")
    expect(page.get_by_test_id("region-locus")).to_contain_text(third)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)

    # a pixel of the pileup, by keyboard
    expect(page.get_by_test_id("view-pileup")).to_have_attribute(
        "data-status", "ready", timeout=60_000
    )
    page.get_by_test_id("view-pileup").get_by_test_id("plot-canvas").first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-status", "ready", timeout=60_000)
    expect(page.get_by_test_id("details-mark")).to_be_visible(timeout=60_000)
    page.get_by_test_id("close-details").click()
    expect(panel).to_have_count(0)
    assert not [url for url in asked if "ucsc" in url]
