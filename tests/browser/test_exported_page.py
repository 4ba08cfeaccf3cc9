"""Exported pages: open without a network, draw, keep hostile names as text, reach nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hands import once
from playwright.sync_api import Page, expect

from hicognition_widgets.export import display
from hicognition_widgets.export.html import comparison_html
from hicognition_widgets.views.payload import result_key
from hicognition_widgets.views.runtime import page_source

HOSTILE = "</script><script>window.stolen = 1</script><img src=x onerror='window.stolen = 2'>"
SIZE = 21


def _matrix(seed: int) -> npt.NDArray[np.float32]:
    matrix = np.random.default_rng(seed).lognormal(size=(SIZE, SIZE)).astype(np.float32)
    matrix[3, 4] = np.nan
    return matrix


def _wire(array: npt.NDArray[Any]) -> dict[str, Any]:
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    regions = {"id": "1", "name": HOSTILE, "n": 50, "pairs": True, "mode": "point"}
    view = {
        "kind": "pileup", "view_id": "v", "title": "", "mode": "point", "pairs": True,
        "regions": regions, "features": ["7"], "side": "",
        "feature_options": [{"id": "7", "name": HOSTILE, "kind": "contact_map", "detail": ""}],
        "flank": 100_000, "flank_options": [100_000], "binsize": 10_000, "bin_percent": None,
        "bin_options": [10_000], "vmin": None, "vmax": None, "cmap": "", "scale": "log2",
        "symmetric": True, "width": 0, "height": 0, "status": "ready", "stale": False,
        "message": "", "detail": "", "progress": None, "elapsed": 0.0, "normalization": "oe",
        "normalization_options": ["oe", "balanced", "raw"],
    }  # fmt: skip
    axis = {"mode": "point", "flank": [100_000, 100_000], "binsize": 10_000, "size": SIZE}
    meta = {"n_used": 50, "n_left_out": 0, "reasons": {}, "numbers": {"ratio": 2.0}}
    results = {}
    for seed, normalization in enumerate(("oe", "balanced")):
        key = result_key(view | {"normalization": normalization})
        arrays = {
            "mean": _wire(_matrix(seed)),
            "count": _wire(np.full((SIZE, SIZE), 50, dtype=np.int32)),
        }
        results[key] = {"key": key, "meta": meta | {"axis": axis}, "arrays": arrays}
    comparison = {
        "kind": "comparison", "title": HOSTILE, "regions": regions, "region_options": [],
        "flank": 100_000, "flank_options": [100_000], "mode": "point",
        "views": ["anywidget:v"], "columns": 0, "add_options": [],
        "selection": {"count": None, "total": 50, "name": ""}, "status": "ready",
        "message": "", "can_undo": False, "can_redo": False,
    }  # fmt: skip
    part = {"comparison": comparison, "views": [view], "results": results}
    data = {"version": 2, "comparisons": [part]}
    path = tmp_path / "comparison.html"
    path.write_text(comparison_html(data, page_source(), HOSTILE), encoding="utf-8")
    return path


def _cells(page: Page) -> npt.NDArray[np.uint8]:
    """Colour in the middle of every cell, (rows, columns, 4)."""
    width, height, pixels = page.get_by_test_id("plot-canvas").evaluate(
        "c => [c.width, c.height,"
        " Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)]"
    )
    image = np.array(pixels, dtype=np.uint8).reshape(height, width, 4)
    step = width // SIZE
    return image[step // 2 :: step, step // 2 :: step]


def test_the_page_draws_the_matrix_without_a_network(page: Page, exported: Path) -> None:
    page.context.set_offline(True)
    page.goto(exported.as_uri())
    expect(page.get_by_test_id("plot-canvas")).to_be_visible()
    expect(page.get_by_test_id("status")).to_contain_text("50")
    values = display.to_display(_matrix(0), "log2")
    lo, hi = display.limits(values, symmetric=True)
    expected = display.colours(values, lo, hi, "coolwarm")
    present = expected[..., 3] > 0
    once(
        page, lambda: _cells(page), lambda now: np.array_equal(now[present], expected[present])
    )


def test_names_stay_text(page: Page, exported: Path) -> None:
    page.goto(exported.as_uri())
    expect(page.get_by_test_id("plot-canvas")).to_be_visible()
    assert page.title() == HOSTILE
    assert page.evaluate("window.stolen") is None
    assert page.locator("img").count() == 0
    expect(page.locator("body")).to_contain_text("window.stolen = 1")


def test_the_page_can_reach_nothing(page: Page, exported: Path) -> None:
    page.goto(exported.as_uri())
    expect(page.get_by_test_id("plot-canvas")).to_be_visible()
    refused = page.evaluate(
        """async () => {
          const seen = [];
          document.addEventListener("securitypolicyviolation",
            (event) => seen.push(event.effectiveDirective));
          await fetch("https://example.org/").catch(() => {});
          const image = document.createElement("img");
          image.src = "https://example.org/a.png";
          document.body.append(image);
          const script = document.createElement("script");
          script.textContent = "window.stolen = 3";
          document.body.append(script);
          await new Promise((done) => setTimeout(done, 300));
          return seen.sort();
        }"""
    )
    assert refused == ["connect-src", "img-src", "script-src-elem"]
    assert page.evaluate("window.stolen") is None


def test_settings_change_among_the_embedded_results(page: Page, exported: Path) -> None:
    page.context.set_offline(True)
    page.goto(exported.as_uri())
    chooser = page.get_by_test_id("normalization-select")
    expect(chooser).to_have_value("oe")
    before = _cells(page)
    offered = chooser.locator("option").evaluate_all("all => all.map((one) => one.value)")
    assert sorted(offered) == ["balanced", "oe"]
    chooser.select_option("balanced")
    expect(page.get_by_test_id("view-pileup")).to_contain_text("balanced contacts")
    values = display.to_display(_matrix(1), "log2")
    drawn = once(page, lambda: _cells(page), lambda now: bool((now != before).any()))
    # light where contacts are few, dark where they are many
    brightness = drawn[..., :3].astype(int).sum(axis=2)
    present = np.isfinite(values)
    order = np.argsort(values[present])
    few, many = order[:40], order[-40:]
    assert brightness[present][few].min() > brightness[present][many].max()
