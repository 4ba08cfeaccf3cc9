"""Rows of a stackup by mouse and keyboard in a real JupyterLab: fewer, single, chosen ones."""

from __future__ import annotations

from hands import box_of, draw, eventually, opened, selected
from lab import Lab
from playwright.sync_api import Page, expect

CELL = """\
import numpy as np
import hicognition_widgets as hcw
rng = np.random.default_rng(1)
signal = rng.gamma(2.0, size=(5000, 40))
v = hcw.Stackup.from_array(signal, flank=20_000, sort_by="input", ascending=True)
v"""


def test_rows_are_enlarged_by_strip_wheel_and_keys(bare_lab: Lab, page: Page) -> None:
    bare_lab.write_notebook("stackup.ipynb", [CELL])
    notebook = bare_lab.open(page, "stackup.ipynb")
    notebook.run_all()
    view = notebook.view("stackup")
    notebook.wait_ready(view)
    canvas = view.get_by_test_id("plot-canvas")
    box = canvas.bounding_box()
    assert box is not None
    # as many lines as the map has pixels
    expect(canvas).to_have_attribute("data-rows", str(round(box["height"])), timeout=60_000)
    strip = view.get_by_test_id("row-strip").bounding_box()
    assert strip is not None
    x = strip["x"] + 5
    page.mouse.move(x, strip["y"] + 40)
    page.mouse.down()
    page.mouse.move(x, strip["y"] + 60, steps=4)
    page.mouse.up()
    expect(view.get_by_test_id("all-rows")).to_be_visible()
    canvas.focus()
    page.mouse.move(box["x"] + 50, box["y"] + 60)
    for _ in range(20):
        page.mouse.wheel(0, -100)
    expect(view.get_by_test_id("readout")).to_contain_text("region ")
    expect(view.get_by_test_id("readout")).not_to_contain_text("mean")
    # the last turn of the wheel has reached the kernel
    shown = "f'rows {v.zoom[0] + 1:,} to {v.zoom[1]:,} of 5,000'"
    told = view.get_by_test_id("row-strip").get_attribute("aria-valuetext")
    eventually(notebook, shown, told)
    first, after = notebook.evaluate("v.zoom")
    assert 0 < first < after < 5000
    assert after - first < 20
    view.get_by_label("view menu").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Save as SVG").click()
    picture = saved.value.path().read_text()
    assert f">{first + 1:,}<" in picture, "the rows on screen are those in the figure"
    assert ">5,000<" not in picture
    canvas.focus()
    page.keyboard.press("Home")
    expect(view.get_by_test_id("all-rows")).to_have_count(0)


GROUPED = """\
import numpy as np
import hicognition_widgets as hcw
signal = np.random.default_rng(1).gamma(2.0, size=(3000, 40))
names = [f"site {i}" for i in range(3000)]
v = hcw.Stackup.from_array(signal, flank=20_000, sort_by="input", ascending=True,
    names=names, groups=[("strong", "weak", "none")[i % 3] for i in range(3000)])
v"""


def test_rows_are_brushed_while_enlarged_and_while_grouped(bare_lab: Lab, page: Page) -> None:
    notebook = opened(bare_lab, page, "brushed.ipynb", [GROUPED])
    view = notebook.view("stackup")
    notebook.wait_ready(view)
    canvas = view.get_by_test_id("plot-canvas")
    expect(view.get_by_test_id("group-block")).to_have_count(3)
    box = box_of(canvas)
    # blocks by name, "none" on top; the brush lies in the second one
    draw(page, box, [(0.5, 0.45), (0.5, 0.6)])
    selected(notebook, "v", "(v.selected % 3 == 0).all() and 350 < len(v.selected) < 550")
    expect(view.get_by_test_id("selected-block")).to_be_visible()
    notebook.execute("v.select(None); v.group_by = ''; v.zoom = [1000, 2000]")
    expect(view.get_by_test_id("group-block")).to_have_count(0)
    strip = view.get_by_test_id("row-strip")
    expect(strip).to_have_attribute("aria-valuetext", "rows 1,001 to 2,000 of 3,000")
    box = box_of(canvas)
    draw(page, box, [(0.5, 0.25), (0.5, 0.75)])
    selected(
        notebook,
        "v",
        "1200 < v.selected.min() < 1300 and 1700 < v.selected.max() < 1800"
        " and len(v.selected) == np.ptp(v.selected) + 1",
    )
    notebook.execute("v.select(None); v.zoom = [1000, 1010]")
    expect(strip).to_have_attribute("aria-valuetext", "rows 1,001 to 1,010 of 3,000")
    expect(canvas).to_have_attribute("data-rows", "10", timeout=60_000)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.55)
    expect(view.get_by_test_id("readout")).to_contain_text("site 1005", timeout=60_000)
