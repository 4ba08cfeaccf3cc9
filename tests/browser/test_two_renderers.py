"""The browser and matplotlib draw the same picture of each kind of view."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from conftest import AllKinds
from matplotlib.axes import Axes
from playwright.sync_api import Browser, Locator, Page, expect

from hicognition_widgets.errors import DatasetNotice
from hicognition_widgets.export.clouds import cloud_of
from hicognition_widgets.export.figure import comparison_figure
from hicognition_widgets.export.odds import listed
from hicognition_widgets.export.panels import Panel
from hicognition_widgets.workspace import Workspace

# two embeddings are computed for one of the pages
pytestmark = pytest.mark.timeout(900)
VIEWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "pileup": [
        ("control", {}),
        ("control", {"normalization": "balanced", "vmin": -12, "vmax": -6}),
        ("control", {"normalization": "raw", "scale": "linear", "cmap": "viridis"}),
    ],
    "profile": [
        ("CTCF", {}),
        ("CTCF", {"normalized": True, "band": "none"}),
        ("CTCF", {"vmin": 0.0, "vmax": 2.0}),
    ],
    "stackup": [
        ("CTCF", {}),
        ("CTCF", {"sort_by": "input", "ascending": True, "cmap": "magma", "vmax": 3}),
    ],
}
CELLS = """canvas => {
  const { width, height, dataset } = canvas;
  const bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return { width, height, rows: +dataset.rows, cols: +dataset.cols, bytes: Array.from(bytes) };
}"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, demo_data: Path):
    """A page of many views, and the panel of each."""
    folder = tmp_path_factory.mktemp("two")
    with Workspace(
        catalog=folder / "catalog.sqlite",
        store=folder / "store",
        scheduler="threads",
        user="ann",
    ) as ws:
        starts = np.arange(20_000_000, 60_000_000, 1_000_000)
        table = pd.DataFrame({"chrom": "chr3", "start": starts, "end": starts + 10_000})
        ws.add_regions(table, assembly="mm9", name="sites")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DatasetNotice)
            for name, file in (
                ("control", "Scc1-control.chr1-5.mcool"),
                ("CTCF", "derived_CTCF_site_count_10kb.bw"),
            ):
                ws.add_feature(demo_data / file, assembly="mm9", name=name)
        c = ws.compare("sites", flank=100_000, columns=3)
        for kind, settings in VIEWS.items():
            for feature, more in settings:
                c.add(kind, feature, binsize=10_000, **more)
        c.wait(120)
        path = c.to_html(folder / "page.html")
        panels = [Panel.from_wire(view.get_state(), view.result) for view in c.views]
        c.close()
    return path, panels


@pytest.fixture
def page(browser: Browser, drawn, request: pytest.FixtureRequest):
    context = browser.new_context(offline=True, viewport={"width": 1300, "height": 1600})
    opened = context.new_page()
    opened.goto(drawn[0].as_uri())
    yield opened
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    opened.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()


def nth(page: Page, kind: str, number: int) -> Locator:
    view = page.get_by_test_id(f"view-{kind}").nth(number)
    expect(view).to_have_attribute("data-status", "ready")
    return view


def panels_of(drawn: tuple[Path, list[Panel]], kind: str) -> list[Panel]:
    return [panel for panel in drawn[1] if panel.kind == kind]


def on_screen(view: Locator) -> npt.NDArray[np.int64]:
    """Colour in the middle of every cell of the browser's canvas, (rows, columns, 3)."""
    found = view.get_by_test_id("plot-canvas").evaluate(CELLS)
    pixels = np.array(found["bytes"]).reshape(found["height"], found["width"], 4)
    y = ((np.arange(found["rows"]) + 0.5) * found["height"] / found["rows"]).astype(int)
    x = ((np.arange(found["cols"]) + 0.5) * found["width"] / found["cols"]).astype(int)
    return pixels[np.ix_(y, x)][..., :3]


def on_paper(panel: Panel, rows: int, columns: int) -> npt.NDArray[np.int64]:
    """The same of matplotlib's figure."""
    figure = comparison_figure([panel], preset="single")
    figure.set_dpi(600)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba()).astype(int)
    boxes = [axes.get_window_extent() for axes in figure.axes]
    box = max(boxes, key=lambda one: one.width * one.height)
    y = len(pixels) - (box.y1 - (np.arange(rows) + 0.5) * box.height / rows)
    x = box.x0 + (np.arange(columns) + 0.5) * box.width / columns
    return pixels[np.ix_(y.astype(int), x.astype(int))][..., :3]


@pytest.mark.parametrize("kind", ["pileup", "stackup"])
def test_cells_have_the_same_colours(page: Page, drawn, kind: str) -> None:
    panels = panels_of(drawn, kind)
    assert panels
    for number, panel in enumerate(panels):
        screen = on_screen(nth(page, kind, number))
        paper = on_paper(panel, *screen.shape[:2])
        array = panel.arrays["mean" if kind == "pileup" else "image"]
        assert screen.shape[:2] == array.shape
        known = np.isfinite(array)
        if panel.scale == "log2":
            known &= array > 0
        difference = np.abs(screen - paper)[known]
        # float32 on one side, float64 on the other: neighbouring colours may swap
        assert np.percentile(difference, 99) <= 4
        assert difference.mean() < 1
        assert len(np.unique(screen[known], axis=0)) > 3, "a picture has several colours"


def test_lines_run_the_same_way(page: Page, drawn) -> None:
    for number, panel in enumerate(panels_of(drawn, "profile")):
        view = nth(page, "profile", number)
        path = view.locator("path.hcw-line").first.get_attribute("d") or ""
        points = np.array(re.findall(r"(-?[\d.]+)[ ,](-?[\d.]+)", path), dtype=float)
        left, top, width, height = view.get_by_test_id("plot-canvas").evaluate(
            "e => ['left', 'top', 'width', 'height'].map((n) => parseFloat(e.style[n]))"
        )
        screen = np.column_stack([(points[:, 0] - left) / width, (points[:, 1] - top) / height])
        figure = comparison_figure([panel], preset="single")
        axes = max(
            (one for one in figure.axes if one.lines),
            key=lambda one: max(len(line.get_xdata()) for line in one.lines),
        )
        line = max(axes.lines, key=lambda one: len(one.get_xdata()))
        paper = axes.transAxes.inverted().transform(
            axes.transData.transform(np.asarray(line.get_xydata()))
        )
        paper[:, 1] = 1 - paper[:, 1]
        assert len(screen) == len(paper) == panel.arrays["mean"].shape[-1]
        np.testing.assert_allclose(screen, paper, atol=0.01)
        assert np.ptp(screen[:, 1]) > 0.05, "a line that moves"


BOXES = """all => all.map(
  (rect) => ["x", "y", "width", "height"].map((name) => +rect.getAttribute(name))
)"""


@pytest.fixture
def everything(browser: Browser, all_kinds: AllKinds, request: pytest.FixtureRequest):
    """The page with a view of every kind."""
    context = browser.new_context(offline=True, viewport={"width": 1500, "height": 1400})
    opened = context.new_page()
    opened.goto(all_kinds.path.as_uri())
    yield opened
    out = Path(__file__).parent / "out"
    out.mkdir(exist_ok=True)
    opened.screenshot(path=out / f"{request.node.name}.png", full_page=True)
    context.close()


def drawn_axes(panel: Panel) -> list[Axes]:
    figure = comparison_figure([panel], preset="single")
    figure.set_dpi(600)
    figure.canvas.draw()
    return list(figure.axes)


@pytest.mark.parametrize("kind", ["embedding1d", "embedding2d"])
def test_points_lie_and_look_alike(everything: Page, all_kinds: AllKinds, kind: str) -> None:
    panel = all_kinds.panels[kind]
    places = vars(cloud_of(panel))["at"]
    at = places[np.isfinite(places[:, 0])]
    found = nth(everything, kind, 0).get_by_test_id("plot-canvas").first.evaluate(CELLS)
    width, height = found["width"], found["height"]
    screen = np.array(found["bytes"]).reshape(height, width, 4)
    x = np.clip((at[:, 0] * width).astype(int), 0, width - 1)
    y = np.clip(((1 - at[:, 1]) * height).astype(int), 0, height - 1)
    assert (screen[y, x, 3] == 255).all(), "a dot where Python says that a point is"
    empty = screen[..., 3] == 0
    assert empty.mean() > 0.3, "and ground where there is none"

    axes = drawn_axes(panel)
    dots = next(one for one in axes if one.collections)
    (scattered,) = (c for c in dots.collections if len(c.get_offsets()) == len(at))
    place = dots.transAxes.inverted().transform(
        dots.transData.transform(np.asarray(scattered.get_offsets()))
    )
    np.testing.assert_allclose(place, at, atol=1e-6)
    paper = np.round(scattered.get_facecolors()[:, :3] * 255).astype(int)
    # a point that no later one covers shows its own colour
    pixels = np.column_stack([x, y])
    touching = np.abs(pixels[:, None] - pixels[None]).max(axis=2) < 6
    free = ~np.triu(touching, k=1).any(axis=1)
    assert free.sum() > 20
    same = (np.abs(screen[y, x, :3] - paper) <= 4).all(axis=1)
    assert same[free].mean() > 0.9
    assert len(np.unique(paper, axis=0)) > 3


def test_bars_and_dots_of_enrichments_agree(everything: Page, all_kinds: AllKinds) -> None:
    panel = all_kinds.panels["enrichment"]
    view = nth(everything, "enrichment", 0)
    plot = view.get_by_test_id("plot-canvas")
    left, top, width, height = plot.evaluate(
        "e => ['left', 'top', 'width', 'height'].map((n) => parseFloat(e.style[n]))"
    )
    stems = np.array(view.locator("rect.hcw-stem").evaluate_all(BOXES))
    axes = drawn_axes(panel)
    bars = next(one for one in axes if len(one.patches) == len(stems))
    corners = np.array([[p.get_x(), 0, p.get_width(), p.get_height()] for p in bars.patches])
    lo, hi = bars.get_ylim()
    middle = (corners[:, 0] + corners[:, 2] / 2 - bars.get_xlim()[0]) / np.ptp(bars.get_xlim())
    np.testing.assert_allclose(
        (stems[:, 0] + stems[:, 2] / 2 - left) / width, middle, atol=0.01
    )
    reach = np.abs(corners[:, 3]) / (hi - lo)
    np.testing.assert_allclose(stems[:, 3] / height, reach, atol=1.5 / height)
    zero = 1 - (0 - lo) / (hi - lo)
    upper = zero - np.maximum(corners[:, 3], 0) / (hi - lo)
    np.testing.assert_allclose((stems[:, 1] - top) / height, upper, atol=1.5 / height)

    names = view.locator(".hcw-member > span").all_inner_texts()
    members = listed(panel)
    assert names == [member.name for member in members]
    filled = view.locator(".hcw-member circle").evaluate_all(
        "all => all.map((c) => c.classList.contains('hcw-significant'))"
    )
    assert filled == [member.significant for member in members]
    paper = [
        line.get_markerfacecolor() != "white"
        for one in axes
        for line in one.lines
        if line.get_marker() == "o"
    ]
    assert paper == filled
