"""The comparison in a real JupyterLab: every click reaches Python, every trait the screen."""

from __future__ import annotations

import numpy as np
import pytest
from hands import eventually, once
from lab import Lab, Notebook
from playwright.sync_api import Locator, Page, expect

from hicognition_widgets.export import display

SETUP = """\
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
c = ws.compare("CH12 loops", flank=200_000, columns=3)
control = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)
knock_out = c.add("pileup", "Hi-C Scc1 KO", binsize=10_000)
line = c.add("profile", ["CTCF sites per 10 kb"], binsize=10_000)
stack = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)
c.wait(120)
"""

PIXELS = """canvas => {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  return { width, height, rows: +canvas.dataset.rows, cols: +canvas.dataset.cols,
           bytes: Array.from(context.getImageData(0, 0, width, height).data) };
}"""


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, [SETUP, "c"])
    opened = lab.open(page, name)
    opened.run_all()
    for kind, nth in (("pileup", 0), ("pileup", 1), ("profile", 0), ("stackup", 0)):
        opened.wait_ready(opened.view(kind, nth))
    return opened


def cells(view: Locator) -> np.ndarray:
    """Colours of the canvas's cells, uint8 (rows, cols, 4)."""
    picture = view.get_by_test_id("plot-canvas").evaluate(PIXELS)
    pixels = np.array(picture["bytes"], dtype=np.uint8).reshape(
        picture["height"], picture["width"], 4
    )
    step_y = picture["height"] // picture["rows"]
    step_x = picture["width"] // picture["cols"]
    assert step_y * picture["rows"] == picture["height"]
    assert step_x * picture["cols"] == picture["width"]
    return pixels[step_y // 2 :: step_y, step_x // 2 :: step_x]


def expected_cells(notebook: Notebook, view: str) -> np.ndarray:
    """The same colours from the array in the kernel and the rules both sides share."""
    data = np.array(notebook.evaluate(f"{view}.data.tolist()"), dtype=np.float32)
    vmin, vmax, scale, symmetric, normalization, cmap = notebook.evaluate(
        f"[{view}.vmin, {view}.vmax, {view}.scale, {view}.symmetric, "
        f"{view}.normalization, {view}.cmap]"
    )
    shown = display.to_display(data, scale)
    low, high = display.limits(shown, vmin, vmax, symmetric=symmetric)
    table = cmap or ("coolwarm" if normalization == "oe" else "fall")
    return display.colours(shown, low, high, table)


def assert_same_picture(notebook: Notebook, view: Locator, name: str) -> None:
    """The screen shows what Python has; what Python alone has set arrives a moment later."""
    wanted = expected_cells(notebook, name)
    there = wanted[..., 3] == 255
    assert there.any()

    def same(drawn: np.ndarray) -> bool:
        if drawn.shape[:2] != wanted.shape[:2]:
            return False
        apart = np.abs(drawn[there][:, :3].astype(int) - wanted[there][:, :3].astype(int))
        # float32 on one side, float64 on the other: neighbouring colours may swap
        return bool(np.percentile(apart, 99) <= 3)

    once(notebook.page, lambda: cells(view), same)


def test_pixels_are_the_array(notebook: Notebook) -> None:
    for nth, name in enumerate(("control", "knock_out")):
        assert_same_picture(notebook, notebook.view("pileup", nth), name)
    centre = cells(notebook.view("pileup", 0))[19:22, 19:22, :3].astype(int)
    assert (centre[..., 0] - centre[..., 2]).mean() > 80, "enriched is red"


def test_choices_made_by_hand_reach_python(notebook: Notebook) -> None:
    page = notebook.page
    view = notebook.view("pileup", 0)

    view.get_by_test_id("normalization-select").select_option("balanced")
    notebook.wait_ready(view)
    assert notebook.evaluate("control.normalization") == "balanced"
    assert_same_picture(notebook, view, "control")

    view.get_by_test_id("bin-select").select_option("50000")
    notebook.wait_ready(view)
    expect(view.get_by_test_id("plot-canvas")).to_have_attribute("data-rows", "9")
    assert notebook.evaluate("[control.binsize, control.data.shape[0]]") == [50_000, 9]

    view.get_by_test_id("feature-select").select_option(label="Hi-C Scc1 KO")
    notebook.wait_ready(view)
    assert notebook.evaluate("[d.name for d in control.datasets]") == ["Hi-C Scc1 KO"]
    assert_same_picture(notebook, view, "control")

    slider = page.get_by_test_id("comparison").get_by_test_id("flank-select")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    for kind, nth in (("pileup", 0), ("pileup", 1), ("profile", 0), ("stackup", 0)):
        notebook.wait_ready(notebook.view(kind, nth))
    assert notebook.evaluate("[c.flank, *(v.flank for v in c.views)]") == [100_000] * 5
    assert notebook.evaluate("control.binsize") == 50_000
    assert notebook.evaluate("knock_out.binsize") == 10_000


def test_colour_limits_by_typing_dragging_and_resetting(notebook: Notebook) -> None:
    page = notebook.page
    view = notebook.view("pileup", 0)
    view.get_by_test_id("color-high").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.5")
    page.keyboard.press("Enter")
    eventually(notebook, "control.vmax", 0.5)
    assert_same_picture(notebook, view, "control")

    before = cells(view)
    handle = view.get_by_test_id("color-low-handle")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=5)
    # the picture follows the hand
    once(page, lambda: cells(view), lambda during: bool((before != during).any()))
    page.mouse.up()
    low = handle.get_attribute("aria-valuenow")
    assert low is not None
    # of all that was passed, the kernel knows where the hand let go
    eventually(notebook, f"control.vmin == {low}")
    assert_same_picture(notebook, view, "control")

    handle.dblclick()
    eventually(notebook, "control.vmin", None)


def test_traits_set_in_python_reach_the_screen(notebook: Notebook) -> None:
    view = notebook.view("pileup", 1)
    notebook.execute("knock_out.normalization = 'balanced'; knock_out.wait(60)")
    expect(view.get_by_test_id("normalization-select")).to_have_value("balanced")
    notebook.wait_ready(view)
    assert_same_picture(notebook, view, "knock_out")
    notebook.execute("knock_out.cmap = 'viridis'; knock_out.vmin = -12; knock_out.vmax = -6")
    assert_same_picture(notebook, view, "knock_out")
    notebook.execute("c.flank = 100_000; c.wait(60)")
    expect(view.get_by_test_id("plot-canvas")).to_have_attribute("data-rows", "21")
    notebook.execute("c.set_regions('CTCF sites +'); c.wait(60)")
    expect(notebook.page.get_by_test_id("region-select")).to_have_value(
        str(notebook.evaluate("c.regions.id"))
    )


def test_cursor_tells_offset_value_and_regions(notebook: Notebook) -> None:
    view = notebook.view("pileup", 0)
    view.get_by_test_id("plot-canvas").hover()
    readout = view.get_by_test_id("readout")
    expect(readout).to_contain_text("regions")
    centre = notebook.evaluate("float(control.data[20, 20])")
    expect(readout).to_contain_text(f"{np.log2(centre):.2f}")


def test_views_are_added_moved_and_removed(notebook: Notebook) -> None:
    page = notebook.page
    comparison = page.get_by_test_id("comparison")
    comparison.get_by_test_id("add-view").click()
    comparison.get_by_test_id("add-pileup").click()
    added = notebook.view("pileup", 2)
    expect(added).to_have_attribute("data-status", "empty")
    added.get_by_test_id("feature-select").select_option(label="Hi-C Scc1 control")
    notebook.wait_ready(added)
    assert notebook.evaluate("len(c.views)") == 5
    added.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("view-pileup")).to_have_count(2)
    assert notebook.evaluate("len(c.views)") == 4
    notebook.view("pileup", 0).focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("view-pileup")).to_have_count(3)


def test_a_failing_view_says_why_and_recovers(notebook: Notebook) -> None:
    view = notebook.view("pileup", 0)
    notebook.execute("c.flank = 1_000")
    expect(view).to_have_attribute("data-status", "empty")
    expect(view).to_contain_text("another flank")
    notebook.execute("c.flank = 200_000; c.wait(60)")
    notebook.wait_ready(view)


def test_running_the_cell_again_sends_no_second_bundle(lab: Lab, page: Page) -> None:
    name = "again.ipynb"
    lab.write_notebook(name, [SETUP, "c"])
    received: list[bool] = []

    def hear(data: str | bytes) -> None:
        whole = data.encode() if isinstance(data, str) else data
        # a name out of the program: the cell's picture for saved notebooks is as long
        received.append(b"row-strip" in whole)

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    notebook = lab.open(page, name)
    notebook.run_all()
    for kind, nth in (("pileup", 0), ("pileup", 1), ("profile", 0), ("stackup", 0)):
        notebook.wait_ready(notebook.view(kind, nth))
    assert any(received)
    received.clear()
    notebook.run_again(1)
    # what the kernel says now comes after all that it said about the cell
    notebook.execute("c.title = 'drawn anew'")
    expect(page.get_by_test_id("comparison")).to_contain_text("drawn anew")
    for kind, nth in (("pileup", 0), ("pileup", 1), ("profile", 0), ("stackup", 0)):
        notebook.wait_ready(notebook.view(kind, nth))
    assert received
    assert not any(received)


def test_a_long_title_leaves_room_for_the_region_set_and_the_flank(
    lab: Lab, page: Page
) -> None:
    made = f"""\
from hicognition_widgets.demo import open_demo
ws = open_demo().workspace
c = ws.compare("CH12 loops", flank=200_000, title={"title of the comparison " * 9!r})
c"""
    lab.write_notebook("title.ipynb", [made])
    notebook = lab.open(page, "title.ipynb")
    notebook.run_all()
    assert notebook.errors() == ""
    header = page.locator(".comparison-header")
    expect(header.locator(".given")).to_contain_text("title of the comparison")
    name = header.get_by_test_id("region-select")
    expect(name).to_contain_text("CH12 loops")
    assert name.evaluate(
        """(e) => [e, ...e.querySelectorAll("*")].every(
          ({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth || clientWidth === 0)"""
    )
    assert header.locator(".track").evaluate("(e) => e.clientWidth") == 180
    assert header.evaluate("(e) => e.scrollWidth <= e.clientWidth")
