"""What hands do to cards: menus, drags, and what the kernel hears of it."""

from __future__ import annotations

from lab import Notebook
from playwright.sync_api import Locator, Page

Point = tuple[float, float]


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


def brush(page: Page, canvas: Locator, part: tuple[float, float]) -> None:
    """Drag down a picture, from one part of its height to another."""
    box = box_of(canvas)
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + part[0] * box["height"] + 1)
    page.mouse.down()
    page.mouse.move(x, box["y"] + part[1] * box["height"], steps=8)
    page.mouse.up()


def eventually(notebook: Notebook, code: str, wanted: object) -> None:
    """What a hand did reaches the kernel in a moment."""
    found: object = None
    for _ in range(240):
        found = notebook.evaluate(code)
        if found == wanted:
            return
        notebook.page.wait_for_timeout(250)
    raise AssertionError(f"{code} is {found}, not {wanted}")
