"""Several comparisons on a board in a real JupyterLab, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from hands import eventually
from lab import Lab, Notebook
from playwright.sync_api import Page, expect

SETUP = """\
from hicognition_widgets import Board
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
one = ws.compare("CH12 loops", flank=200_000, columns=1)
two = ws.compare("CH12 loops", flank=100_000, columns=1)
view = one.add("pileup", "Hi-C Scc1 control", binsize=10_000)
board = Board(one, two)
board.wait(120)
"""


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, [SETUP, "board"])
    opened = lab.open(page, name)
    opened.run_all()
    opened.wait_ready(opened.view("pileup"))
    return opened


def test_a_card_is_copied_by_mouse_duplicated_by_keyboard_and_undone(
    notebook: Notebook,
) -> None:
    page = notebook.page
    there = page.get_by_test_id("comparison").nth(1)
    expect(there).to_contain_text("Add a view")
    first = notebook.view("pileup")
    first.hover()
    grip = first.locator(".grip").bounding_box()
    target = there.bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] + 80, target["y"] + target["height"] / 2, steps=8)
    # with the key held a copy goes over, and the view stays too
    page.keyboard.down("Control")
    page.mouse.up()
    page.keyboard.up("Control")
    copy = there.get_by_test_id("view-pileup")
    notebook.wait_ready(copy)
    assert notebook.evaluate("[v.kind for v in one.views]") == ["pileup"]
    assert notebook.evaluate("[two.views[0].flank, two.views[0].binsize]") == [100_000, 10_000]
    assert notebook.evaluate("two.views[0].features == view.features") is True

    page.get_by_test_id("link-flanks").check()
    expect(there.get_by_test_id("view-pileup")).to_contain_text("200 kb")
    eventually(notebook, "[one.flank, two.flank]", [200_000, 200_000])

    copy.get_by_test_id("view-menu").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("duplicate-view").focus()
    page.keyboard.press("Enter")
    expect(there.get_by_test_id("view-pileup")).to_have_count(2)
    copy.first.focus()
    page.keyboard.press("Control+z")
    expect(there.get_by_test_id("view-pileup")).to_have_count(1)
    assert notebook.evaluate("len(two.views)") == 1
