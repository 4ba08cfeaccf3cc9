"""Embeddings and enrichment in a real JupyterLab by mouse and keyboard."""

from __future__ import annotations

import re

from hands import box_of, draw, eventually, once, opened, selected
from lab import Lab
from pictures import assert_looks_like
from playwright.sync_api import Page, expect

SETUP = """\
import numpy as np
import hicognition_widgets as hcw
rng = np.random.default_rng(1)
n = 900
group = np.arange(n) % 3
centres = np.array([[0, 0], [6, 1], [3, 6]])
points = centres[group] + rng.normal(0, 0.7, (n, 2))
signal = np.eye(3)[group] * 3 + rng.normal(0, 0.5, (n, 3))
at = np.arange(-10, 11)
dot = np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / 12)
maps = 1 + rng.gamma(1.0, 0.2, (n, 21, 21)) + group[:, None, None] * dot
"""
MAPS = [
    SETUP,
    "m = hcw.Embedding2D.from_array(maps, flank=100_000, points=points, clusters=group,"
    ' name="Hi-C", regions="sites", width=620)\nm.wait(200)\nm',
]
SIGNALS = [
    SETUP,
    "m = hcw.Embedding1D.from_array(signal, points=points, clusters=group,"
    ' names=["one", "two", "three"], regions="sites", width=620)\nm.wait(200)\n'
    "values = signal[:, 0]\nm",
]
TABLES = """\
names = [f"set {i:02d}" for i in range(40)]
odds = np.exp2(rng.normal(0, 1, (40, 20)))
odds[3] = np.exp2(3 - np.abs(np.arange(20) - 9.5) / 3)
chance = 10.0 ** -(np.abs(np.log2(odds)) * 4)
"""
ENRICHMENT = [
    SETUP + TABLES,
    "r = hcw.Enrichment.from_array(odds, chance, overlap=np.full((40, 20), 12), names=names,"
    ' flank=100_000, n=n, regions="sites", width=560)\nr.wait(200)\nr',
]


def test_average_maps_stand_beside_the_points(bare_lab: Lab, page: Page) -> None:
    notebook = opened(bare_lab, page, "maps.ipynb", MAPS)
    view = notebook.view("embedding2d")
    notebook.wait_ready(view)
    cloud = view.get_by_test_id("embedding")
    box = box_of(cloud)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    card = view.get_by_test_id("cluster-card")
    expect(card).to_contain_text("300 of 900")
    card_box = box_of(card)
    assert card_box["x"] >= box["x"] + box["width"], "the card covers what is looked at"
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    selected(notebook, "m", "(m.selected % 3 == 2).all() and len(m.selected) == 300")
    assert_looks_like(view, "embedding2d")
    high = card.get_by_test_id("card_vmax")
    high.click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    eventually(notebook, "m.card_vmax", 1)
    card.get_by_test_id("common-limits").click()
    eventually(notebook, "m.common_limits", False)
    notebook.execute("m.width = 330")
    expect(view.get_by_test_id("cluster-card")).to_have_class(re.compile("hcw-floats"))
    assert_looks_like(view, "embedding2d-narrow")


def test_regions_are_taken_by_lasso_rectangle_zoom_and_threshold(
    bare_lab: Lab, page: Page
) -> None:
    notebook = opened(bare_lab, page, "signals.ipynb", SIGNALS)
    view = notebook.view("embedding1d")
    notebook.wait_ready(view)
    expect(view.get_by_test_id("cluster-tile")).to_have_count(3)
    cloud = view.get_by_test_id("embedding")
    box = box_of(cloud)
    third = "(m.selected % 3 == 2).all() and len(m.selected) == 300"
    draw(page, box, [(0.25, 0.01), (0.75, 0.01), (0.75, 0.42), (0.25, 0.42), (0.25, 0.05)])
    selected(notebook, "m", third)
    expect(view.get_by_test_id("cluster-tile")).to_have_count(3)
    page.keyboard.press("Escape")
    eventually(notebook, "m.selected is None")
    page.keyboard.down("Shift")
    draw(page, box, [(0.25, 0.01), (0.75, 0.42)])
    page.keyboard.up("Shift")
    selected(notebook, "m", third)
    # off the groups: where one is looked at, Escape closes that first
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] - 40)
    page.keyboard.press("Escape")
    eventually(notebook, "m.selected is None")
    # one group fills the map; what lies beyond its edge is not meant
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(view.get_by_test_id("show-all")).to_be_visible()
    # all four steps: what is told later would take the place of what Python sets
    part = "(m.extent[1] - m.extent[0]) / (1.04 * np.ptp(points[:, 0]))"
    eventually(notebook, f"bool(m.extent and abs({part} - 0.8**4) < 1e-3)")
    drawn, dots = "c => c.toDataURL()", cloud.get_by_test_id("plot-canvas").first
    wheeled = dots.evaluate(drawn)
    notebook.execute("m.extent = [1.0, 5.0, 3.5, 8.5]")
    once(page, lambda: dots.evaluate(drawn), lambda now: now != wheeled)
    draw(page, box, [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.1)])
    selected(notebook, "m", "(m.selected % 3 == 2).all() and len(m.selected) > 250")
    view.get_by_test_id("show-all").click()
    eventually(notebook, "m.extent == []")
    cloud.focus()
    page.keyboard.press("Escape")
    eventually(notebook, "m.selected is None")
    notebook.execute("m.overlay = 'feature:0'")
    handle = view.get_by_test_id("threshold-low-handle")
    expect(handle).to_be_visible()
    low = box_of(handle)
    page.mouse.move(low["x"] + low["width"] / 2, low["y"] + 6)
    page.mouse.down()
    page.mouse.move(low["x"] + 120, low["y"] + 6, steps=6)
    page.mouse.up()
    rest = "np.setdiff1d(np.arange(900), m.selected)"
    selected(notebook, "m", f"values[m.selected].min() >= values[{rest}].max()")
    field = view.get_by_test_id("threshold-low")
    field.click()
    # features are standardised
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    selected(notebook, "m", "(m.selected % 3 == 0).all() and len(m.selected) > 290")
    assert_looks_like(view, "embedding1d-threshold")


def test_a_view_of_an_earlier_run_leaves_the_page_and_comes_back(
    bare_lab: Lab, page: Page
) -> None:
    making = "m = hcw.Stackup.from_array(signal @ np.ones((3, 40)), flank=20_000)\nm"
    cells = [SETUP, making, "kept = [m]", "kept[0]"]
    notebook = opened(bare_lab, page, "again.ipynb", cells)
    models = "len([w for w in __import__('ipywidgets').widgets.widget._instances.values() "
    models += "if isinstance(w, hcw.Stackup)])"
    assert notebook.evaluate(models) == 1
    for _ in range(3):
        notebook.run_again(1)
    # the first one is still shown by the last cell
    eventually(notebook, f"{models} == 2")
    page.locator(".jp-Cell").nth(3).locator(".jp-InputArea-prompt").click()
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(3)
    page.locator(".jp-Cell").nth(2).locator(".jp-InputArea-prompt").click()
    page.keyboard.press("Control+Enter")
    eventually(notebook, f"{models} == 1 and kept[0] is m")
    notebook.wait_ready(notebook.view("stackup"))
    expect(notebook.view("stackup")).to_have_count(1)


def test_enrichment_is_ranked_searched_sorted_and_sorted_again(
    bare_lab: Lab, page: Page
) -> None:
    notebook = opened(bare_lab, page, "enrichment.ipynb", ENRICHMENT)
    view = notebook.view("enrichment")
    notebook.wait_ready(view)
    assert_looks_like(view, "enrichment")
    bars = box_of(view.get_by_test_id("plot-canvas"))
    page.mouse.click(bars["x"] + 0.03 * bars["width"], bars["y"] + 0.5 * bars["height"])
    expect(view.get_by_test_id("enrichment-said")).to_contain_text("−95")
    page.keyboard.press("ArrowRight")
    eventually(notebook, "r.position", -85_000)
    view.get_by_test_id("enrichment-search").click()
    page.keyboard.type("set 03")
    expect(view.locator(".hcw-member")).to_have_count(1)
    view.get_by_test_id("overall").click()
    expect(view.get_by_test_id("enrichment-said")).to_contain_text("most significant")
    view.get_by_test_id("ranking").focus()
    page.keyboard.press("ArrowDown")
    expect(view.get_by_test_id("readout")).to_contain_text("set 03")
    view.get_by_test_id("enrichment-search").fill("")
    view.get_by_test_id("chart-table").click()
    view.get_by_test_id("sort-q_value").click()
    heads = view.locator('th[aria-sort="ascending"]')
    expect(heads).to_have_text(re.compile("^q"))
    assert_looks_like(view, "enrichment-table")
    view.get_by_test_id("chart-volcano").click()
    view.get_by_test_id("overall").click()
    volcano = view.get_by_test_id("volcano")
    volcano.focus()
    page.keyboard.press("ArrowDown")
    expect(view.get_by_test_id("readout")).to_contain_text("q ")
    page.mouse.move(0, 0)
    view.get_by_test_id("enrichment-max-q").fill("0.05")
    page.keyboard.press("Enter")
    wanted = ["volcano", 0.05, False, "q_value"]
    eventually(notebook, "(r.chart, r.max_q, r.overall, r.rank_by)", wanted)
    assert_looks_like(view, "enrichment-volcano")
