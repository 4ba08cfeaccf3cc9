"""Cards over several cells of the grid, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from hands import box_of, eventually, once
from lab import Lab, Notebook
from playwright.sync_api import Locator, Page, expect

CELLS = [
    "from hicognition_widgets.demo import open_demo\ndemo = open_demo()\nws = demo.workspace",
    'c = ws.compare("CH12 loops", flank=200_000, columns=2)\n'
    'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
    'l = c.add("profile", "CTCF sites per 10 kb", binsize=10_000)\n'
    's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
    "c",
    "c.wait(120)",
]


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    page.set_viewport_size({"width": 1500, "height": 2400})
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, CELLS)
    opened = lab.open(page, name)
    opened.run_all()
    for kind in ("pileup", "profile", "stackup"):
        opened.wait_ready(opened.view(kind))
    return opened


def spans(notebook: Notebook, name: str, columns: int, rows: int) -> None:
    eventually(notebook, f"[{name}.span_columns, {name}.span_rows]", [columns, rows])


def becomes(card: Locator, width: float, height: float) -> dict[str, float]:
    """Place of a card once it has this size."""
    wanted = {"width": pytest.approx(width, abs=2), "height": pytest.approx(height, abs=2)}
    return once(
        card.page,
        lambda: box_of(card),
        lambda box: all(box[side] == size for side, size in wanted.items()),
    )


def cell_of(view: Locator) -> Locator:
    return view.locator("xpath=ancestor::*[@data-slot]")


def test_a_card_is_dragged_over_several_cells_and_back(notebook: Notebook) -> None:
    page = notebook.page
    card = notebook.view("pileup")
    one = box_of(card)
    small = box_of(card.get_by_test_id("plot-canvas").first)
    card.hover()
    handle = card.get_by_test_id("resize")
    corner = box_of(handle)
    x, y = corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    # first to the right, then down; what was reached meanwhile is shown at once
    page.mouse.move(x + one["width"] + 8, y, steps=6)
    expect(cell_of(card)).to_have_css("grid-column", "span 2")
    page.mouse.move(x + one["width"] + 8, y + one["height"] + 8, steps=6)
    expect(cell_of(card)).to_have_css("grid-row", "span 2")
    page.mouse.up()
    spans(notebook, "p", 2, 2)
    notebook.wait_ready(card)
    large = becomes(card, 2 * one["width"] + 8, 2 * one["height"] + 8)
    once(
        page,
        lambda: box_of(card.get_by_test_id("plot-canvas").first),
        lambda drawn: all(drawn[side] > 1.8 * small[side] for side in ("width", "height")),
    )
    # the others stand below, in one row
    once(
        page,
        lambda: {round(box_of(notebook.view(kind))["y"]) for kind in ("profile", "stackup")},
        lambda tops: len(tops) == 1 and min(tops) >= large["y"] + large["height"],
    )
    assert notebook.evaluate(
        "[v['span_rows'] for v in c.spec['views'] if 'span_rows' in v]"
    ) == [2]

    # one drag is one step: it is taken back whole, and done again whole
    card.focus()
    page.keyboard.press("Control+z")
    spans(notebook, "p", 1, 1)
    expect(cell_of(card)).to_have_css("grid-row", "span 1")
    becomes(card, one["width"], one["height"])
    page.keyboard.press("Control+Shift+z")
    spans(notebook, "p", 2, 2)
    becomes(card, 2 * one["width"] + 8, 2 * one["height"] + 8)

    # two clicks on the corner: one cell again
    card.hover()
    handle.dblclick()
    spans(notebook, "p", 1, 1)


def test_arrow_keys_on_the_corner_change_one_cell_at_a_time(notebook: Notebook) -> None:
    page = notebook.page
    card = notebook.view("stackup")
    one = box_of(card)
    handle = card.get_by_test_id("resize")
    handle.focus()
    for key, columns, rows in (
        ("ArrowRight", 2, 1),
        ("ArrowDown", 2, 2),
        ("ArrowDown", 2, 3),
        ("ArrowRight", 2, 3),  # there are two columns
        ("ArrowUp", 2, 2),
        ("ArrowLeft", 1, 2),
    ):
        page.keyboard.press(key)
        spans(notebook, "s", columns, rows)
        expect(cell_of(card)).to_have_css("grid-row", f"span {rows}")
        expect(cell_of(card)).to_have_css("grid-column", f"span {columns}")
        expect(handle).to_be_focused()
    becomes(card, one["width"], 2 * one["height"] + 8)
    notebook.wait_ready(card)
