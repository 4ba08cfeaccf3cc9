"""Rows of a stackup by mouse and keyboard in a real JupyterLab: fewer, single, all again."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from lab import Lab, running_lab
from playwright.sync_api import Page, expect

CELL = """\
import numpy as np
import hicognition_widgets as hcw
rng = np.random.default_rng(1)
signal = rng.gamma(2.0, size=(5000, 40))
v = hcw.Stackup.from_array(signal, flank=20_000, sort_by="input", ascending=True)
v"""


@pytest.fixture(scope="module")
def bare_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
    with running_lab(tmp_path_factory.mktemp("stackup"), environment) as running:
        yield running


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
    expect(canvas).to_have_attribute("data-rows", str(round(box["height"])), timeout=30_000)
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
    expect(view.get_by_test_id("readout")).to_contain_text("region ", timeout=30_000)
    expect(view.get_by_test_id("readout")).not_to_contain_text("mean", timeout=30_000)
    page.wait_for_timeout(1000)
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
