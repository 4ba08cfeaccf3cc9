"""Fixtures for tests in a real browser: one server and one prepared demo per run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from lab import Lab, browser_path, running_lab

OUT = Path(__file__).parent / "out"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.fail("no Chromium found: install the package chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path)
        yield running
        running.close()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo registered and computed."""
    from hicognition_widgets.demo import open_demo
    from hicognition_widgets.demo.job import compute

    folder = tmp_path_factory.mktemp("demo")
    demo = open_demo(folder, scheduler="threads")
    with demo.workspace:
        compute(demo, lambda _: None)
    return folder


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    environment = os.environ | {
        "HICOGNITION_DEMO": str(demo_folder),
        "HICOGNITION_SCHEDULER": "threads",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONWARNINGS": "default",
    }
    with running_lab(folder, environment) as running:
        yield running


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that may talk to this machine only; pictures of it are kept."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    foreign: list[str] = []

    def guard(route: object, asked: object) -> None:
        url = asked.url  # type: ignore[attr-defined]
        if url.startswith(("http://127.0.0.1", "blob:", "data:", "file:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            foreign.append(url)
            route.abort()  # type: ignore[attr-defined]

    context.route("**/*", guard)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    OUT.mkdir(exist_ok=True)
    opened.screenshot(path=OUT / f"{request.node.name}.png")
    context.close()
    assert not foreign, f"the page asked other hosts: {foreign}"
    assert not problems, f"errors in the page: {problems}"
