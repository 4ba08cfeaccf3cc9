"""Fixtures for tests in a real browser: one server and one prepared demo per run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from lab import Lab, browser_path, running_lab

if TYPE_CHECKING:
    from hicognition_widgets.export.panels import Panel

OUT = Path(__file__).parent / "out"
PATIENCE = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    if path is None:
        pytest.fail("no Chromium found: install the package chromium")
    # a busy machine is slow, not wrong: every state of a page is waited for so long
    expect.set_options(timeout=PATIENCE)
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


@dataclass(frozen=True)
class AllKinds:
    """A page with a view of every kind, and what Python has of each."""

    path: Path
    told: int
    data: dict[str, npt.NDArray[Any]]
    panels: dict[str, Panel]


@pytest.fixture(scope="session")
def all_kinds(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AllKinds:
    """All six kinds of view of the same regions, with the signal of every region."""
    from hicognition_widgets.demo import open_demo
    from hicognition_widgets.demo.dataset import CONTROL, CTCF_TRACK, LOOPS
    from hicognition_widgets.export.panels import Panel

    target = tmp_path_factory.mktemp("page") / "all.html"
    demo = open_demo(demo_folder, scheduler="threads")
    with demo.workspace as ws:
        c = ws.compare(LOOPS, flank=200_000, title="All kinds", columns=3)
        c.add("pileup", CONTROL, binsize=10_000)
        c.add("stackup", CTCF_TRACK, binsize=10_000)
        c.add("profile", CTCF_TRACK, binsize=10_000)
        c.add("embedding1d", ws.collections["Signal at loops"], binsize=50_000)
        c.add("embedding2d", CONTROL, binsize=50_000)
        c.add("enrichment", ws.collections["Sites and domains"], binsize=50_000)
        c.selection = np.arange(100)
        c.keep_selection("strong ones")
        c.selection = None
        c.wait(800)
        options: dict[str, Any] = {"rows": True}
        told = c.html_size(**options)
        c.to_html(target, **options)
        found = AllKinds(
            target,
            told,
            {view.kind: np.array(view.data) for view in c.views},
            {view.kind: Panel.from_wire(view.get_state(), view.result) for view in c.views},
        )
        c.close()
    return found


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


@pytest.fixture(scope="module")
def bare_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of a file's own, without the demo."""
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
    with running_lab(tmp_path_factory.mktemp("bare"), environment) as running:
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
    opened.set_default_timeout(PATIENCE)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    OUT.mkdir(exist_ok=True)
    opened.screenshot(path=OUT / f"{request.node.name}.png")
    context.close()
    assert not foreign, f"the page asked other hosts: {foreign}"
    # what a host says by itself, without any widget
    expected = getattr(request.module, "ERRORS_OF_HOSTS", ())
    problems = [problem for problem in problems if problem not in expected]
    assert not problems, f"errors in the page: {problems}"
