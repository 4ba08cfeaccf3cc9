"""What tests with mouse and keyboard have in common."""

from __future__ import annotations

from lab import Lab, Notebook
from playwright.sync_api import Locator, Page


def opened(lab: Lab, page: Page, name: str, cells: list[str]) -> Notebook:
    """A notebook of these cells on a tall page, all of them run."""
    page.set_viewport_size({"width": 1300, "height": 2400})
    lab.write_notebook(name, cells)
    notebook = lab.open(page, name)
    notebook.run_all(timeout=400)
    assert notebook.errors() == ""
    return notebook


def box_of(element: Locator) -> dict[str, float]:
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box


def draw(page: Page, box: dict[str, float], path: list[tuple[float, float]]) -> None:
    """Drag along a path whose corners are shares of a box."""
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def eventually(notebook: Notebook, code: str) -> None:
    """Wait until a Python expression is true in the kernel, a minute at most."""
    for _ in range(200):
        if notebook.evaluate(f"bool({code})"):
            return
        notebook.page.wait_for_timeout(300)
    raise AssertionError(f"never true: {code}")


def selected(notebook: Notebook, view: str, wanted: str) -> None:
    """Wait until the kernel knows a selection for which an expression of its rows holds."""
    eventually(notebook, f"{view}.selected is not None and bool({wanted})")
