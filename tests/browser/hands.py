"""What hands do to cards: menus, drags, paths, and what the kernel hears of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from lab import Lab, Notebook
from playwright.sync_api import Locator, Page

Point = tuple[float, float]
T = TypeVar("T")


def opened(lab: Lab, page: Page, name: str, cells: list[str]) -> Notebook:
    """A notebook of these cells on a tall page, all of them run."""
    page.set_viewport_size({"width": 1300, "height": 2400})
    lab.write_notebook(name, cells)
    notebook = lab.open(page, name)
    notebook.run_all(timeout=400)
    assert notebook.errors() == ""
    return notebook


def menu(view: Locator, item: str) -> None:
    """Choose an entry of a view's menu."""
    view.hover()
    view.get_by_test_id("view-menu").click()
    view.page.get_by_test_id(item).click()


def box_of(view: Locator) -> dict[str, float]:
    """Where something is on the page, scrolled to."""
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[call-overload]


def middle(view: Locator, across: float = 0.5, down: float = 0.5) -> Point:
    """A point of something, by parts of its width and height."""
    box = view.bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drag(page: Page, start: Locator, to: Point) -> None:
    """Press in the middle of something and let go elsewhere."""
    page.mouse.move(*middle(start))
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def draw(page: Page, box: dict[str, float], path: Sequence[Point]) -> None:
    """Drag along a path whose corners are shares of a box."""
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def brush(page: Page, canvas: Locator, part: tuple[float, float]) -> None:
    """Drag down a picture, from one part of its height to another."""
    box = box_of(canvas)
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + part[0] * box["height"] + 1)
    page.mouse.down()
    page.mouse.move(x, box["y"] + part[1] * box["height"], steps=8)
    page.mouse.up()


def once(page: Page, read: Callable[[], T], good: Callable[[T], bool]) -> T:
    """What is read, as soon as it is good: sizes and pictures follow a hand a moment later."""
    deadline = time.monotonic() + 60
    while not good(found := read()):
        assert time.monotonic() < deadline, f"it stays as it is: {str(found)[:500]}"
        page.wait_for_timeout(50)
    return found


def save_notebook(notebook: Notebook, name: str) -> None:
    """Save with what its outputs show, and wait until the file has it."""
    page = notebook.page
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    path = notebook.lab.folder / name
    once(page, path.read_text, lambda text: "widget-view+json" in text)


def eventually(notebook: Notebook, code: str, wanted: object = True) -> None:
    """Wait until the kernel says that an expression is this; what a hand did takes a moment."""
    found: object = None
    for _ in range(240):
        found = notebook.evaluate(code)
        if found == wanted:
            return
        notebook.page.wait_for_timeout(250)
    raise AssertionError(f"{code} is {found}, not {wanted}")


def selected(notebook: Notebook, view: str, wanted: str) -> None:
    """Wait until the kernel knows a selection for which an expression of its rows holds."""
    eventually(notebook, f"{view}.selected is not None and bool({wanted})")
