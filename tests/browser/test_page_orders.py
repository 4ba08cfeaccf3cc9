"""A page of a board, from a file with the network cut: orders, blocks, scales, overlaps."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hands import once
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from hicognition_widgets.demo import dataset
from hicognition_widgets.errors import DatasetNotice
from hicognition_widgets.views.board import Board
from hicognition_widgets.workspace import Workspace

pytestmark = pytest.mark.timeout(900)
PATIENCE = 60_000
N = 120


@dataclass(frozen=True)
class Exported:
    """The page, and what Python has for what is done in it."""

    path: Path
    #: Strongest to weakest middle, and the other way round.
    falling: list[int]
    rising: list[int]
    #: What Python writes of the same stackup, strongest first.
    table: pd.DataFrame
    #: Rows behind the first region set at the point.
    found: list[int]
    kinds: dict[str, int]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("orders")
    data = Path(dataset.__file__).parent / "data"
    table = pd.read_csv(data / "CH12_loops_Rao.bedpe", sep="\t", header=None)
    table = table[table[0] == "chr3"].iloc[:N, :6].reset_index(drop=True)
    table.columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
    kinds = np.where(np.arange(N) % 3 == 0, "early", "late").astype(object)
    kinds[:10] = None
    score = np.random.default_rng(4).normal(size=N)
    with Workspace(
        catalog=folder / "catalog.sqlite", store=folder / "store", scheduler="threads"
    ) as ws:
        strands = np.where(np.arange(N) % 2, "+", "-")
        named = table.assign(name=[f"loop {i}" for i in range(N)], strand1=strands)
        ws.add_regions(named, assembly="mm9", name="loops")
        sites = table[["chrom1", "start1", "end1"]].iloc[::2]
        ws.add_regions(
            sites.set_axis(["chrom", "start", "end"], axis=1), assembly="mm9", name="half"
        )
        for name, file in {
            "control": "Scc1-control.chr1-5.mcool",
            "KO": "Scc1-KO.chr1-5.mcool",
            "CTCF": "derived_CTCF_site_count_10kb.bw",
            "E1": "derived_CN_E1_1Mb.bw",
        }.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DatasetNotice)
                ws.add_feature(data / file, assembly="mm9", name=name)
        ws.annotate("loops", {"kind": list(kinds), "score": list(score)})
        left = ws.compare("loops", flank=100_000, title="rows", columns=2)
        rows = left.add("stackup", "CTCF", binsize=10_000, sort_by="center")
        other = left.add("stackup", "E1", binsize=10_000)
        left.add("enrichment", ["half", "loops"], binsize=20_000)
        right = ws.compare("loops", flank=100_000, title="maps", columns=2)
        giver = right.add("pileup", "control", binsize=10_000)
        taker = right.add("pileup", "KO", binsize=10_000)
        board = Board(left, right)
        board.link_order(rows, other)
        board.link_scale(giver, taker)
        board.wait(250)
        options: dict[str, Any] = {"flanks": [50_000], "bins": "all", "rows": True}
        told = board.html_size(**options)
        path = board.to_html(folder / "orders.html", **options)
        assert abs(told - path.stat().st_size) < 0.15 * told
        orders = []
        frame = rows.to_frame()
        for ascending in (False, True):
            rows.ascending = ascending
            board.wait(60)
            orders.append(np.asarray(rows.given_order()).tolist())
        found = left.views[2].hits("half", None).tolist()
        board.close()
        yield Exported(path, *orders, frame, found, {"early": 36, "late": 74, "no value": 10})


@pytest.fixture
def offline(
    browser: Browser, exported: Exported, request: pytest.FixtureRequest
) -> Iterator[Page]:
    context = browser.new_context(offline=True, viewport={"width": 1700, "height": 1300})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    problems: list[str] = []
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(exported.path.as_uri())
    for kind, count in (("stackup", 2), ("pileup", 2), ("enrichment", 1)):
        found = page.get_by_test_id(f"view-{kind}")
        expect(found).to_have_count(count, timeout=PATIENCE)
        for nth in range(count):
            ready(found.nth(nth))
    yield page
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    page.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()
    assert all(url.startswith(("file:", "blob:", "data:")) for url in asked), asked
    assert not problems


def ready(view: Locator) -> None:
    expect(view).to_have_attribute("data-status", "ready", timeout=PATIENCE)


def picture(view: Locator) -> str:
    return str(view.get_by_test_id("plot-canvas").first.evaluate("c => c.toDataURL()"))


def changes(view: Locator, before: str) -> str:
    """The picture once it is another."""
    canvas = view.get_by_test_id("plot-canvas").first
    canvas.page.wait_for_function(
        "([c, before]) => c.toDataURL() !== before",
        arg=[canvas.element_handle(), before],
        timeout=PATIENCE,
    )
    ready(view)
    return picture(view)


def saved_order(page: Page, view: Locator) -> list[int]:
    """Row numbers from the top, as the page writes them into a file."""
    return [int(row) for row in saved_table(page, view)["region"]]


def saved_table(page: Page, view: Locator) -> pd.DataFrame:
    """What the page writes into a file."""
    waiting = None
    for tries_left in (2, 1, 0):
        try:
            with page.expect_download(
                predicate=lambda one: one.suggested_filename.endswith(".csv"),
                timeout=PATIENCE / 2,
            ) as waiting:
                view.get_by_test_id("view-menu").click()
                page.get_by_role("menuitem", name="Save data as CSV").click()
            break
        except PlaywrightTimeout:
            # a browser with much to do has been seen to drop one of many downloads in a row
            if tries_left == 0:
                raise
    assert waiting is not None
    return pd.read_csv(waiting.value.path())


def test_orders_are_made_in_the_page_and_followed(offline: Page, exported: Exported) -> None:
    rows, other = (offline.get_by_test_id("view-stackup").nth(i) for i in range(2))
    assert saved_order(offline, rows) == exported.falling
    assert saved_order(offline, other) == exported.falling, "taken from the first"
    first, second = picture(rows), picture(other)
    rows.get_by_test_id("sort-direction").click()
    first, second = changes(rows, first), changes(other, second)
    assert saved_order(offline, rows) == exported.rising
    assert saved_order(offline, other) == exported.rising
    for key in ("input", "random", "annotation:score"):
        rows.get_by_test_id("sort-select").select_option(key)
        first, second = changes(rows, first), changes(other, second)
        assert saved_order(offline, rows) == saved_order(offline, other)


def test_rows_are_written_with_their_loci(offline: Page, exported: Exported) -> None:
    rows = offline.get_by_test_id("view-stackup").first
    table = saved_table(offline, rows)
    wanted = exported.table
    assert list(table.columns[:8]) == [
        "chrom1", "start1", "end1", "chrom2", "start2", "end2", "name", "strand1",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table, wanted, check_dtype=False, rtol=1e-5)
    # where rows are in blocks, they still are where they lie
    before = picture(rows)
    rows.get_by_test_id("rows-panel").click()
    offline.get_by_test_id("group-select").select_option("annotation:kind")
    offline.keyboard.press("Escape")
    changes(rows, before)
    grouped = saved_table(offline, rows)
    assert grouped["group"].value_counts().to_dict() == exported.kinds
    assert grouped["region"].tolist() != exported.falling
    again = grouped.drop(columns="group").set_index("region").loc[exported.falling]
    pd.testing.assert_frame_equal(
        again.reset_index()[list(wanted)], wanted, check_dtype=False, rtol=1e-5
    )


def test_blocks_are_made_in_the_page(offline: Page, exported: Exported) -> None:
    rows = offline.get_by_test_id("view-stackup").first
    before = picture(rows)
    rows.get_by_test_id("rows-panel").click()
    groups = offline.get_by_test_id("group-select")
    assert groups.locator("option").evaluate_all("all => all.map(one => one.value)") == [
        "",
        "annotation:kind",
    ]
    groups.select_option("annotation:kind")
    offline.keyboard.press("Escape")
    changes(rows, before)
    expect(rows.get_by_test_id("group-block")).to_have_count(3, timeout=PATIENCE)
    legend = rows.get_by_test_id("block-legend")
    for name, n in exported.kinds.items():
        expect(legend).to_contain_text(re.compile(rf"{name}\D*{n}"), timeout=PATIENCE)
    # at another flank and bin size, too
    rows.get_by_test_id("bin-select").select_option("5000")
    ready(rows)
    expect(rows.get_by_test_id("group-block")).to_have_count(3, timeout=PATIENCE)
    flank = offline.get_by_test_id("comparison").first.get_by_test_id("flank-select")
    flank.focus()
    offline.keyboard.press("ArrowLeft")
    expect(rows).to_contain_text("+50", timeout=PATIENCE)
    ready(rows)
    expect(rows.get_by_test_id("group-block")).to_have_count(3, timeout=PATIENCE)


def test_takers_follow_who_gives_the_scale(offline: Page) -> None:
    giver, taker = (offline.get_by_test_id("view-pileup").nth(i) for i in range(2))

    def limits(view: Locator) -> list[str]:
        return [view.get_by_test_id(f"color-{end}").input_value() for end in ("low", "high")]

    def agree(view: Locator, before: list[str]) -> list[str]:
        """Limits of both once they are the same, and neither is what it was."""
        return once(
            offline,
            lambda: (limits(view), limits(taker)),
            lambda both: (
                both[0] == both[1]
                and all(now != old for now, old in zip(both[0], before, strict=True))
            ),
        )[0]

    seen = agree(giver, ["", ""])
    bins = giver.get_by_test_id("bin-select")
    offered = bins.locator("option").evaluate_all("all => all.map(one => one.value)")
    bins.select_option(next(one for one in offered if one != "10000"))
    seen = agree(giver, seen)
    giver.get_by_test_id("normalization-select").select_option("balanced")
    expect(taker.get_by_test_id("normalization-select")).to_have_value(
        "balanced", timeout=PATIENCE
    )
    ready(taker)
    agree(giver, seen)


def test_overlaps_select_and_are_compared(offline: Page, exported: Exported) -> None:
    enrichment = offline.get_by_test_id("view-enrichment")
    said = enrichment.get_by_test_id("enrichment-said")
    # a region set's dot selects the regions behind it, which the view goes on to show
    enrichment.get_by_role("option", name=re.compile("^half")).click()
    count = offline.get_by_test_id("selection-count").first
    expect(count).to_have_text(f"{len(exported.found)} selected", timeout=PATIENCE)
    assert 0 < len(exported.found) < N
    expect(said).not_to_contain_text("against the others")
    stackup = offline.get_by_test_id("view-stackup").first
    expect(stackup.get_by_test_id("selected-block")).to_be_visible(timeout=PATIENCE)
    enrichment.get_by_test_id("compare-rest").click()
    expect(said).to_contain_text("selected regions against the others", timeout=PATIENCE)
    ready(enrichment)
    expect(enrichment.get_by_test_id("status")).to_contain_text(f"{len(exported.found)} pairs")


def test_what_is_not_there_keeps_the_picture(offline: Page) -> None:
    board = offline.get_by_test_id("comparison").nth(1)
    pileup = board.get_by_test_id("view-pileup").first
    stackup = offline.get_by_test_id("view-stackup").first
    canvas = stackup.get_by_test_id("plot-canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    offline.mouse.move(x, box["y"] + 1)
    offline.mouse.down()
    offline.mouse.move(x, box["y"] + box["height"] / 4, steps=6)
    offline.mouse.up()
    count = offline.get_by_test_id("selection-count").first
    expect(count).to_have_text(re.compile(r"^\d+ selected$"), timeout=PATIENCE)
    enrichment = offline.get_by_test_id("view-enrichment")
    ready(enrichment)
    expect(enrichment).to_contain_text("against the others", timeout=PATIENCE)
    # the maps of the other comparison are its own business
    expect(pileup.get_by_test_id("note")).to_have_count(0)


def test_the_page_says_where_it_comes_from(offline: Page) -> None:
    offline.get_by_test_id("comparison-menu").first.click()
    offline.get_by_role("menuitem", name="Copy provenance").click()
    offline.wait_for_function(
        "navigator.clipboard.readText().then(text => text.includes('data_sha256'))",
        timeout=PATIENCE,
    )
    origin = json.loads(offline.evaluate("navigator.clipboard.readText()"))
    assert re.fullmatch(r"[0-9a-f]{64}", origin["data_sha256"])
    assert {one["name"] for one in origin["inputs"]} == {
        "loops", "half", "control", "KO", "CTCF", "E1",
    }  # fmt: skip
    assert [one["view"]["view"] for one in origin["views"]] == [
        "stackup", "stackup", "enrichment",
    ]  # fmt: skip
