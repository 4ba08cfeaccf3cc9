"""Two browsers on one kernel: what one does, the other shows; and one hand on many views."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import drag, eventually, menu, middle, save_notebook
from lab import Lab, Notebook
from playwright.sync_api import Browser, Page, expect

SETUP = """\
from hicognition_widgets import Board
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
one = ws.compare("CH12 loops", flank=200_000, columns=2)
two = ws.compare("CTCF sites +", flank=200_000, columns=1)
control = one.add("pileup", "Hi-C Scc1 control", binsize=10_000)
knock_out = one.add("pileup", "Hi-C Scc1 KO", binsize=10_000)
stack = one.add("stackup", "CTCF sites per 10 kb", binsize=10_000)
other = two.add("pileup", "Hi-C Scc1 control", binsize=10_000)
board = Board(one, two)
board.wait(120)
"""


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    page.set_viewport_size({"width": 1500, "height": 2200})
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, [SETUP, "board"])
    opened = lab.open(page, name)
    opened.run_all()
    for nth in range(3):
        opened.wait_ready(opened.view("pileup", nth))
    return opened


@pytest.fixture
def second(lab: Lab, notebook: Notebook, browser: Browser) -> Iterator[Page]:
    """Another browser on the same notebook and kernel."""
    name = notebook.page.url.split("/tree/")[1].split("?")[0]
    save_notebook(notebook, name)
    context = browser.new_context(viewport={"width": 1500, "height": 2200})
    opened = context.new_page()
    lab.show(opened, name)
    expect(opened.get_by_test_id("view-pileup").nth(2)).to_have_attribute(
        "data-status", "ready", timeout=90_000
    )
    yield opened
    context.close()


def kinds(comparison: str) -> str:
    return f"[v.kind + v.features[0] for v in {comparison}.views]"


def test_a_link_made_in_one_browser_is_followed_in_the_other_and_taken_back(
    notebook: Notebook, second: Page
) -> None:
    page = notebook.page
    taker = notebook.view("pileup", 1)
    menu(taker, "share-scale")
    # the donor may also stand in the other comparison of the board
    expect(page.get_by_test_id("pick")).to_have_count(2)
    page.get_by_test_id("pick").first.click()
    for each in (page, second):
        marks = each.get_by_test_id("share-mark-scale")
        expect(marks).to_have_count(2)
        expect(marks.nth(0)).to_have_attribute("data-role", "donor")
        expect(marks.nth(1)).to_have_attribute("data-role", "recipient")
    assert notebook.evaluate("[(l.shared, l.donor is control) for l in board.links]") == [
        ["scale", True]
    ]

    # a drag in the second browser moves both views in the first, and is one step
    there = second.get_by_test_id("view-pileup").nth(0)
    handle = there.get_by_test_id("color-high-handle")
    x, y = middle(handle)
    second.mouse.move(x, y)
    second.mouse.down()
    for i in range(1, 7):
        second.mouse.move(x, y + 6 * i)
        second.wait_for_timeout(120)
    second.mouse.up()
    texts = [second.get_by_test_id("view-pileup").nth(n) for n in (0, 1)]
    shown = texts[0].get_by_test_id("color-high").input_value()
    expect(texts[1].get_by_test_id("color-high")).to_have_value(shown)
    for nth in (0, 1):
        high = notebook.view("pileup", nth).get_by_test_id("color-high")
        expect(high).to_have_value(shown)
    assert notebook.evaluate("knock_out.vmax == control.vmax is not None") is True
    there.focus()
    second.keyboard.press("Control+z")
    high = notebook.view("pileup", 1).get_by_test_id("color-high")
    expect(high).not_to_have_value(shown)
    eventually(notebook, "control.vmax", None)

    # released by keyboard in the first
    taker.get_by_test_id("view-menu").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("release-scale").focus()
    page.keyboard.press("Enter")
    expect(second.get_by_test_id("share-mark-scale")).to_have_count(0)


def test_cards_swap_go_between_and_go_over_by_mouse_and_keyboard(notebook: Notebook) -> None:
    page = notebook.page
    before: list[str] = notebook.evaluate(kinds("one"))
    first = notebook.view("pileup", 0)
    first.hover()
    drag(page, first.locator(".grip"), middle(notebook.view("pileup", 1)))
    eventually(notebook, kinds("one"), [before[1], before[0], before[2]])

    stack = notebook.view("stackup")
    stack.hover()
    drag(page, stack.locator(".grip"), middle(notebook.view("pileup", 0), across=0.04))
    eventually(notebook, kinds("one"), [before[2], before[1], before[0]])

    card = notebook.view("pileup", 1)
    card.focus()
    page.keyboard.press("Alt+ArrowUp")
    eventually(notebook, kinds("one"), [before[0], before[2], before[1]])
    for places in ((2, 1, 0), (1, 0, 2), (0, 1, 2)):
        page.keyboard.press("Control+z")
        eventually(notebook, kinds("one"), [before[place] for place in places])

    # to the other comparison: it leaves its place and computes for the region set there
    there = page.get_by_test_id("comparison").nth(1)
    knock_out = notebook.view("pileup", 1)
    knock_out.hover()
    drag(
        page, knock_out.locator(".grip"), middle(there.get_by_test_id("view-pileup"), 0.5, 0.9)
    )
    expect(there.get_by_test_id("view-pileup")).to_have_count(2)
    notebook.wait_ready(there.get_by_test_id("view-pileup").nth(1))
    assert notebook.evaluate("[len(one.views), two.views[1].regions.name]") == [
        2,
        "CTCF sites +",
    ]
    assert notebook.evaluate("[d.name for d in two.views[1].datasets]") == ["Hi-C Scc1 KO"]
    there.get_by_test_id("view-pileup").nth(1).focus()
    page.keyboard.press("Control+z")
    expect(there.get_by_test_id("view-pileup")).to_have_count(1)
    eventually(notebook, kinds("one"), before)
