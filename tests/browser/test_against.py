"""A second map, scores and percentiles of a pileup, by mouse and keyboard."""

from __future__ import annotations

import pytest
from hands import eventually
from lab import Lab, Notebook
from playwright.sync_api import Locator, Page, expect

SETUP = """\
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
c = ws.compare("CH12 loops", flank=200_000, columns=2)
alone = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)
line = c.add("profile", ["CTCF sites per 10 kb"], binsize=10_000)
c.wait(200)
"""


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, [SETUP, "c"])
    opened = lab.open(page, name)
    opened.run_all(300)
    for kind in ("pileup", "profile"):
        opened.wait_ready(opened.view(kind))
    return opened


def choose(view: Locator, item: str) -> None:
    view.get_by_test_id("view-menu").click()
    view.get_by_role("menu").get_by_text(item, exact=True).click()


def test_a_pileup_is_compared_by_hand(notebook: Notebook) -> None:
    page, view = notebook.page, notebook.view("pileup")
    choose(view, "Compare with…")
    other = view.get_by_test_id("versus-select")
    expect(other).to_be_focused()
    other.select_option(label="Hi-C Scc1 KO (contact map)")
    notebook.wait_ready(view, timeout=200_000)
    expect(view.get_by_test_id("outline-note")).to_contain_text("p < 0.05", timeout=200_000)
    eventually(notebook, "ws.dataset(int(alone.versus[0])).name", "Hi-C Scc1 KO")

    canvas = view.get_by_test_id("plot-canvas")
    canvas.hover()
    expect(view.get_by_test_id("readout")).to_contain_text("log2 ratio")
    expect(view.get_by_test_id("readout")).to_contain_text("p ")

    view.get_by_test_id("contrast-select").focus()
    page.keyboard.press("ArrowDown")
    expect(view.get_by_test_id("contrast-select")).to_have_value("difference")
    expect(view).to_contain_text("difference")
    eventually(notebook, "alone.contrast", "difference")

    choose(view, "Outline significant pixels")
    page.keyboard.press("Escape")
    expect(view.get_by_test_id("outline-note")).to_have_count(0)
    eventually(notebook, "alone.contour", False)

    choose(view, "Show alone")
    notebook.wait_ready(view, timeout=100_000)
    expect(view.get_by_test_id("scores")).to_be_visible(timeout=100_000)
    eventually(notebook, "alone.versus", [])


def test_scores_and_percentiles(notebook: Notebook) -> None:
    page, view = notebook.page, notebook.view("pileup")
    view.get_by_test_id("scores").click()
    table = view.get_by_role("dialog", name="scores")
    expect(table.get_by_role("row", name="loop ratio")).to_contain_text("divided by")
    page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    expect(view.get_by_test_id("scores")).to_be_focused()

    high = view.get_by_test_id("color-high")
    high.click()
    high.fill("90 %")
    page.keyboard.press("Enter")
    expect(high).to_have_attribute("data-set", "")
    eventually(notebook, "alone.vmax is None", False)
    vmax, wanted = notebook.evaluate(
        "(lambda np, x: [alone.vmax, float(np.nanpercentile(np.log2("
        "np.where(x > 0, x, np.nan)), 90))])(__import__('numpy'), alone.data)"
    )
    assert vmax == pytest.approx(wanted, abs=1e-4)
    view.get_by_role("group", name="Colour limits").dblclick(position={"x": 6, "y": 60})
    choose(view, "Limits at 5\u2009% and 95\u2009%")
    page.keyboard.press("Escape")
    eventually(notebook, "[alone.clip, alone.vmax]", [5, None])
