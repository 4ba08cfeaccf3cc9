"""The exported page: opens from a file, draws, stays alive, asks nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def page_file(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from hicognition_widgets.demo import open_demo
    from hicognition_widgets.demo.job import comparison

    target = tmp_path_factory.mktemp("page") / "comparison.html"
    demo = open_demo(demo_folder, scheduler="threads")
    with demo.workspace:
        shown = comparison(demo)
        shown.to_html(target, flanks=[100_000])
        shown.close()
    return target


@pytest.fixture
def offline(browser: Browser, page_file: Path, request: pytest.FixtureRequest) -> Page:
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 1100})
    asked: list[str] = []
    problems: list[str] = []
    page = context.new_page()
    page.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None
    )
    page.goto(page_file.as_uri())
    yield page
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    page.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked), asked
    assert not problems


def test_the_page_draws_and_switches_without_a_kernel(offline: Page) -> None:
    pileups = offline.get_by_test_id("view-pileup")
    expect(pileups).to_have_count(4)
    for nth in range(4):
        expect(pileups.nth(nth)).to_have_attribute("data-status", "ready")
    canvas = pileups.nth(0).get_by_test_id("plot-canvas")
    expect(canvas).to_have_attribute("data-rows", "41")
    count = canvas.evaluate(
        """canvas => {
          const { width, height } = canvas;
          const bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
          const colours = new Set();
          for (let i = 0; i < bytes.length; i += 4)
            colours.add(`${bytes[i]},${bytes[i + 1]},${bytes[i + 2]}`);
          return colours.size;
        }"""
    )
    assert count > 50, "a picture has many colours"

    pileups.nth(0).get_by_test_id("normalization-select").select_option("balanced")
    expect(pileups.nth(0)).to_have_attribute("data-status", "ready")

    flank = offline.get_by_test_id("comparison").get_by_test_id("flank-select")
    flank.focus()
    offline.keyboard.press("ArrowLeft")
    expect(canvas).to_have_attribute("data-rows", "21")
    for nth in range(4):
        expect(pileups.nth(nth)).to_have_attribute("data-status", "ready")


def test_what_is_not_embedded_says_so(offline: Page) -> None:
    view = offline.get_by_test_id("view-stackup").first
    view.get_by_test_id("side-select").select_option("right")
    expect(view).to_contain_text("this file does not carry what was asked for")
    # what was drawn before stays, as the page has nothing else to show
    expect(view).to_have_attribute("data-status", "ready")
    expect(view.get_by_test_id("plot-canvas").first).to_be_visible()
