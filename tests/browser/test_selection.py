"""One selection in every view, by hand."""

from __future__ import annotations

import re

import pytest
from hands import box_of, opened
from lab import Lab
from playwright.sync_api import Page, expect

CELLS = [
    "from hicognition_widgets.demo import open_demo\ndemo = open_demo()\nws = demo.workspace",
    'c = ws.compare("CH12 loops", flank=200_000, columns=3)\n'
    'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
    'l = c.add("profile", "CTCF sites per 10 kb", binsize=10_000)\n'
    's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
    "c",
    "for view in c.views:\n    view.wait(100)",
]


@pytest.fixture
def notebook(lab: Lab, page: Page):
    lab.write_notebook("selection.ipynb", CELLS)
    opened = lab.open(page, "selection.ipynb")
    opened.run_all()
    return opened


def test_brushed_rows_are_selected_in_every_view_and_become_a_region_set(notebook):
    page: Page = notebook.page
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text("nothing selected")
    stackup = page.get_by_test_id("view-stackup")
    expect(stackup).to_have_attribute("data-status", "ready")
    canvas = stackup.get_by_test_id("plot-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(x, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    expect(count).to_have_text(re.compile(r"^\d+ selected$"))
    selected = int(count.inner_text().split()[0])
    assert 400 < selected < 620
    pileup = page.get_by_test_id("view-pileup").get_by_test_id("status")
    expect(pileup).not_to_contain_text("1,013", timeout=60_000)
    expect(stackup.get_by_test_id("selected-block")).to_be_visible()
    profile = page.get_by_test_id("view-profile")
    expect(profile).to_contain_text("rest", timeout=60_000)
    page.get_by_test_id("create-region-set").click()
    page.keyboard.type("brushed rows")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("notice")).to_contain_text("brushed rows")
    page.get_by_test_id("clear-selection").click()
    expect(count).to_have_text("nothing selected")
    expect(pileup).to_contain_text("1,013", timeout=60_000)
    assert notebook.evaluate("ws.regions['brushed rows'].n_regions") == selected


LINKED = [
    CELLS[0],
    'c = ws.compare("CH12 loops", flank=200_000, columns=2)\n'
    'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
    's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
    'r = c.add("enrichment", ws.collections["Sites and domains"], binsize=50_000)\n'
    "c.wait(200)\nc",
]


def test_an_enriched_position_and_its_regions_are_shown_by_the_other_views(
    lab: Lab, page: Page
) -> None:
    notebook = opened(lab, page, "linked.ipynb", LINKED)
    view, pileup, stackup = (
        notebook.view(kind) for kind in ("enrichment", "pileup", "stackup")
    )
    for one in (view, pileup, stackup):
        notebook.wait_ready(one)
    bars = box_of(view.get_by_test_id("plot-canvas"))
    page.mouse.click(bars["x"] + 0.7 * bars["width"], bars["y"] + 0.5 * bars["height"])
    expect(view.get_by_test_id("enrichment-said")).to_contain_text("+75")
    for one in (pileup, stackup):
        expect(one.get_by_test_id("place-mark")).to_have_count(1)
    view.locator(".hcw-member").first.click()
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text(re.compile(r"^\d+ selected$"), timeout=60_000)
    n = int(count.inner_text().split()[0])
    assert notebook.evaluate("len(c.selection)") == n
    expect(stackup.get_by_test_id("selected-block")).to_be_visible(timeout=60_000)
    expect(pileup.get_by_test_id("status")).not_to_contain_text("1,013", timeout=60_000)
    # it goes on to say what the regions were found in, not what they have in common
    expect(view.get_by_test_id("enrichment-said")).not_to_contain_text("against the others")
    page.get_by_test_id("clear-selection").click()
    expect(pileup).to_contain_text("1,013", timeout=60_000)
