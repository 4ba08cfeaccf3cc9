"""A page with more to choose: driven in Chromium from a file, with the network cut."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hands import once
from playwright.sync_api import Browser, Locator, Page, expect

from hicognition_widgets.views import rows

HOSTILE = "</script><script>window.stolen = 1</script>"


@pytest.fixture(scope="module")
def exported(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """A page with all bin sizes, every region, in half the size; and the signal itself."""
    from hicognition_widgets.demo import open_demo

    target = tmp_path_factory.mktemp("page") / "rich.html"
    demo = open_demo(demo_folder, scheduler="threads")
    with demo.workspace as ws:
        c = ws.compare("CH12 loops", flank=200_000, title=HOSTILE, columns=2)
        c.add("pileup", "Hi-C Scc1 control", binsize=10_000)
        c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)
        c.add("profile", "CTCF sites per 10 kb", binsize=10_000, title=HOSTILE)
        c.wait(120)
        signal = np.array(c.views[1].data)
        options = {
            "flanks": [100_000],
            "bins": "all",
            "rows": True,
            "quantise": True,
            "selections": {HOSTILE: np.arange(100)},
        }
        told = c.html_size(**options)
        c.to_html(target, **options)
        c.close()
    return target, signal, told


@pytest.fixture
def offline(browser: Browser, exported, request: pytest.FixtureRequest):
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 1000})
    asked: list[str] = []
    problems: list[str] = []
    page = context.new_page()
    page.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(exported[0].as_uri())
    yield page
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    page.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked), asked
    assert not problems


def ready(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "ready")


def test_everything_embedded_can_be_chosen(offline: Page, exported) -> None:
    path, signal, told = exported
    real = path.stat().st_size
    assert abs(told - real) < 0.15 * real
    assert offline.evaluate("window.stolen") is None
    pileup = offline.get_by_test_id("view-pileup")
    stackup = offline.get_by_test_id("view-stackup")
    profile = offline.get_by_test_id("view-profile")
    for view in (pileup, stackup, profile):
        ready(view)

    # bin sizes and normalizations
    pileup.get_by_test_id("bin-select").select_option("50000")
    expect(pileup.get_by_test_id("plot-canvas")).to_have_attribute("data-rows", "9")
    pileup.get_by_test_id("normalization-select").select_option("balanced")
    ready(pileup)
    bins = stackup.get_by_test_id("bin-select").locator("option")
    assert bins.count() >= 4

    # every order of rows, made in the page
    sort = stackup.get_by_test_id("sort-select")
    offered = sort.locator("option").evaluate_all("found => found.map(one => one.value)")
    assert offered[:4] == rows.sort_keys("point")
    assert all(one.startswith("annotation:") for one in offered[4:])
    canvas = stackup.get_by_test_id("plot-canvas")
    before = canvas.evaluate("c => c.toDataURL()")
    sort.select_option("random")
    ready(stackup)
    once(offline, lambda: canvas.evaluate("c => c.toDataURL()"), lambda drawn: drawn != before)

    # a named selection, and all again
    chooser = offline.get_by_test_id("selection-select")
    assert chooser.locator("option").all_inner_texts() == ["all regions", HOSTILE]
    chooser.select_option(HOSTILE)
    expect(offline.get_by_test_id("selection-count")).to_have_text("100 selected")
    for view in (pileup, stackup, profile):
        ready(view)
    # one of the first hundred lies off the map
    expect(pileup.get_by_test_id("status")).to_contain_text(re.compile(r"^(99|100) pairs"))
    expect(stackup.get_by_test_id("selected-block")).to_be_visible()
    expect(profile).to_contain_text("rest")
    chooser.select_option("")
    expect(stackup.get_by_test_id("status")).to_contain_text("1,013")

    # another flank, in all views
    flank = offline.get_by_test_id("comparison").get_by_test_id("flank-select")
    flank.focus()
    offline.keyboard.press("ArrowLeft")
    for view in (pileup, stackup, profile):
        ready(view)
    assert len(signal) == 1013
