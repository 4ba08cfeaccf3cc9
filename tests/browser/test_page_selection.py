"""A page of every kind of view: lasso and brush reach all of them with the network cut."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import AllKinds
from hands import once
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

# two embeddings are computed for the page
pytestmark = pytest.mark.timeout(900)
KINDS = ("pileup", "stackup", "profile", "embedding1d", "embedding2d", "enrichment")
STRONG = "strong ones"
CURVE = """(view, n) => {
  const path = view.querySelectorAll("path.hcw-line")[n].getAttribute("d");
  return path.match(/-?[0-9.]+[ ,]-?[0-9.]+/g).map((pair) => Number(pair.split(/[ ,]/)[1]));
}"""


@pytest.fixture
def offline(browser: Browser, all_kinds: AllKinds, request: pytest.FixtureRequest):
    context = browser.new_context(offline=True, viewport={"width": 1500, "height": 1400})
    asked: list[str] = []
    problems: list[str] = []
    page = context.new_page()
    page.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(all_kinds.path.as_uri())
    yield page
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    page.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked), asked
    assert not problems


def view(page: Page, kind: str) -> Locator:
    found = page.get_by_test_id(f"view-{kind}")
    expect(found).to_have_attribute("data-status", "ready")
    return found


def selected(page: Page) -> int:
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text(re.compile(r"^[\d,]+ selected$"))
    return int(count.inner_text().split()[0].replace(",", ""))


def lasso(page: Page, cloud: Locator) -> None:
    """Draw around the left half."""
    box = cloud.bounding_box()
    assert box is not None
    left, top, width, height = box["x"], box["y"], box["width"], box["height"]
    middle = left + width / 2
    page.mouse.move(middle, top + 2)
    page.mouse.down()
    for x, y in ((middle, top + height - 2), (left + 2, top + height - 2), (left + 2, top + 2)):
        page.mouse.move(x, y, steps=6)
    page.mouse.up()


def test_every_kind_is_shown_and_the_size_was_told(offline: Page, all_kinds: AllKinds) -> None:
    for kind in KINDS:
        view(offline, kind)
    real = all_kinds.path.stat().st_size
    assert abs(all_kinds.told - real) < 0.15 * real


def test_a_lasso_averages_its_regions_in_the_page(offline: Page, all_kinds: AllKinds) -> None:
    signal, points = all_kinds.data["stackup"], all_kinds.data["embedding1d"]
    before = view(offline, "profile").evaluate(CURVE, 0)
    lasso(offline, view(offline, "embedding1d").get_by_test_id("embedding"))
    n = selected(offline)
    x = points[:, 0]
    middle = (np.nanmin(x) + np.nanmax(x)) / 2
    inside = x < middle
    assert abs(n - inside.sum()) <= 0.03 * len(x), "those left of the middle"
    expect(view(offline, "stackup").get_by_test_id("selected-block")).to_be_visible()
    profile = view(offline, "profile")
    expect(profile).to_contain_text("selected")
    expect(profile).to_contain_text("rest")
    drawn = np.array(profile.evaluate(CURVE, 0))
    assert len(drawn) == len(before)
    # up on the screen is small in pixels; both curves share one axis
    wanted = np.nanmean(signal[inside].astype(float), axis=0)
    assert np.corrcoef(drawn, -wanted)[0, 1] > 0.99
    status = view(offline, "pileup").get_by_test_id("status")
    expect(status).to_contain_text(f"{n}"[:1])
    expect(status).not_to_contain_text("1,013")
    expect(view(offline, "enrichment")).to_contain_text("selected regions against the others")
    offline.get_by_test_id("clear-selection").click()
    expect(offline.get_by_test_id("selection-count")).to_have_text("nothing selected")
    once(offline, lambda: profile.evaluate(CURVE, 0), lambda curve: curve == before)
    view(offline, "pileup")


def test_brushed_rows_are_marked_in_the_embeddings(offline: Page, all_kinds: AllKinds) -> None:
    n_regions = len(all_kinds.data["stackup"])
    canvas = view(offline, "stackup").get_by_test_id("plot-canvas").first
    box = canvas.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    offline.mouse.move(x, box["y"] + 1)
    offline.mouse.down()
    offline.mouse.move(x, box["y"] + box["height"] / 4, steps=6)
    offline.mouse.up()
    n = selected(offline)
    assert abs(n - n_regions / 4) <= 0.03 * n_regions
    for kind in ("embedding1d", "embedding2d"):
        expect(view(offline, kind).get_by_test_id("embedding").locator("canvas")).to_have_count(
            2
        )
    expect(view(offline, "profile")).to_contain_text("rest")


def test_a_cluster_is_selected_by_a_click(offline: Page, all_kinds: AllKinds) -> None:
    cloud = view(offline, "embedding2d").get_by_test_id("embedding")
    box = cloud.bounding_box()
    assert box is not None
    points = all_kinds.data["embedding2d"]
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    at = (points - low + 0.02 * (high - low)) / (1.04 * (high - low))
    x, y = at[np.flatnonzero(np.isfinite(at[:, 0]))[0]]
    cloud.click(position={"x": float(x * box["width"]), "y": float((1 - y) * box["height"])})
    n = selected(offline)
    assert 0 < n < len(points)
    expect(view(offline, "profile")).to_contain_text("selected")


def test_a_named_selection_reaches_every_kind(offline: Page) -> None:
    chooser = offline.get_by_test_id("selection-select")
    chooser.select_option(STRONG)
    assert selected(offline) == 100
    for kind in KINDS:
        view(offline, kind)
    status = view(offline, "pileup").get_by_test_id("status")
    expect(status).to_contain_text(re.compile(r"^(99|100) pairs"))
    chooser.select_option("")
    expect(status).to_contain_text("1,0")


def saved(page: Page, act: Callable[[], None], folder: Path) -> tuple[str, bytes, dict]:
    """Name and content of a file that the page saves, and what lies beside it."""
    downloads: list[Download] = []

    def take(one: Download) -> None:
        downloads.append(one)

    page.on("download", take)
    act()
    once(page, lambda: len(downloads), lambda n: n == 2)
    page.remove_listener("download", take)
    for one in downloads:
        one.save_as(folder / one.suggested_filename)
    (name,) = {one.suggested_filename.removesuffix(".json") for one in downloads}
    facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return name, (folder / name).read_bytes(), facts


def test_files_of_the_page_say_where_they_come_from(
    offline: Page, all_kinds: AllKinds, tmp_path: Path
) -> None:
    def take(kind: str, label: str) -> Callable[[], None]:
        def act() -> None:
            view(offline, kind).get_by_test_id("view-menu").click()
            offline.get_by_role("menuitem", name=label).click()

        return act

    name, content, origin = saved(offline, take("enrichment", "Save data as CSV"), tmp_path)
    table = pd.read_csv(io.BytesIO(content))
    assert list(table.columns)[:3] == ["target", "bin", "odds_ratio"]
    assert len(table) == all_kinds.data["enrichment"].size

    lasso(offline, view(offline, "embedding1d").get_by_test_id("embedding"))
    n = selected(offline)
    name, content, origin = saved(offline, take("embedding2d", "Save data as NPY"), tmp_path)
    assert name.endswith(".npy")
    points = np.load(io.BytesIO(content), allow_pickle=False)
    np.testing.assert_array_equal(points, all_kinds.data["embedding2d"])
    assert origin["view"]["results"][0]["analysis"] == "embedding2d"
    assert origin["view"]["results"][0]["features"][0]["fingerprint"]
    assert len(origin["selection"]) == n
    assert origin["software"]["hicognition-widgets"]

    def regions() -> None:
        offline.get_by_test_id("comparison-menu").click()
        offline.get_by_role("menuitem", name="Save selected regions as BEDPE").click()

    name, content, origin = saved(offline, regions, tmp_path)
    assert name.endswith("_selected.bedpe")
    table = pd.read_csv(io.BytesIO(content), sep="\t")
    assert len(table) == n
    assert list(table.columns)[6:12] == [
        "name", "score", "strand1", "strand2", "cluster_1", "cluster_2",
    ]  # fmt: skip
    assert origin["labels"]["cluster_1"]["view"] == "embedding1d"

    # pictures carry it in themselves
    with offline.expect_download() as waiting:
        take("stackup", "Save as PNG")()
    picture = tmp_path / "picture.png"
    waiting.value.save_as(picture)
    with Image.open(picture) as image:
        assert json.loads(image.text["Description"])["view"]["view"] == "stackup"
    with offline.expect_download() as waiting:
        take("stackup", "Save as SVG")()
    drawing = tmp_path / "drawing.svg"
    waiting.value.save_as(drawing)
    note = offline.evaluate(
        "text => new DOMParser().parseFromString(text, 'image/svg+xml')"
        ".querySelector('metadata').textContent",
        drawing.read_text(encoding="utf-8"),
    )
    assert json.loads(note)["view"]["view"] == "stackup"
