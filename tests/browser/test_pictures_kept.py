"""Views look as they did, and nothing in a comparison keeps anybody out.

The pictures are of an exported page: the same components as in a notebook, without the host's
own fonts around them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hands import box_of, once
from pictures import assert_looks_like
from playwright.sync_api import Browser, Locator, Page, expect

import hicognition_widgets as hcw
from hicognition_widgets.export.html import comparison_html
from hicognition_widgets.export.packing import as_text
from hicognition_widgets.views.payload import result_key, result_payload
from hicognition_widgets.views.runtime import page_source

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
OWN = ("result", "layout", "tooltip", "tabbable", "comm", "keys")
SERIOUS = ("serious", "critical")
VIOLATIONS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help, where: nodes.slice(0, 5).map((node) => node.html.slice(0, 160)),
  }));
}"""


def bump(size: int, height: float = 1.0, width: float = 0.12) -> np.ndarray:
    at = (np.arange(size) - (size - 1) / 2) / size
    around: np.ndarray = height * np.exp(-((at / width) ** 2))
    return around


def against(view: hcw.Pileup, flank: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Traits and result of a pileup against another map."""
    random = np.random.default_rng(4)
    size = 21
    ratio = np.exp2(np.outer(bump(size), bump(size)) + random.normal(0, 0.12, (size, size)))
    ratio[3, :4] = np.nan
    p = np.where(np.outer(bump(size), bump(size)) > 0.3, 0.01, 0.6)
    p[15:17, 4] = 0.02
    counts = np.full((size, size), 1013)
    arrays = {
        "ratio": ratio, "difference": ratio - 1, "p_corrected": p,
        "count": counts, "count_two": counts,
    }  # fmt: skip
    side = {"feature": "control", "regions": "loops", "n_used": 1013, "n_left_out": 31}
    meta = dict(view.result["meta"]) | {
        "axis": {
            "mode": "point",
            "flank": [flank, flank],
            "binsize": flank // 10,
            "size": size,
        },
        "n_left_out": 31,
        "reasons": {"crosses the end of its chromosome arm": 31},
        "numbers": {"centre_ratio": 1.9},
        "comparison": {"paired": True, "permutations": 1000, "one": side, "two": side},
    }
    option = {
        "id": "9",
        "name": "Hi-C KO",
        "kind": "contact_map",
        "detail": "contact map · mm9",
    }
    traits = traits_of(view) | {
        "binsize": flank // 10, "versus": ["9"], "versus_options": [option], "view_id": "7",
    }  # fmt: skip
    return traits, result_payload("against", meta, arrays)


def traits_of(view: Any) -> dict[str, Any]:
    return {k: v for k, v in view.get_state().items() if k[0] != "_" and k not in OWN}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of made-up numbers: all six kinds of view, and a pileup against another map."""
    random = np.random.default_rng(1)
    flank, n = 200_000, 300
    mean = 1 + np.outer(bump(41), bump(41)) + random.normal(0, 0.05, (41, 41))
    mean[5, :6] = np.nan
    line = 1 + bump(40, 3.0) + random.normal(0, 0.05, 40)
    line[8] = np.nan
    band = {"mean": line, "low": line - 0.2, "high": line + 0.2}
    places = random.normal(0, 1, (n, 2)) + 4 * np.eye(2)[random.integers(0, 2, n)]
    groups = (places[:, 0] > 2).astype(int) + 2 * (places[:, 1] > 2)
    names = ["CTCF", "Rad21", "H3K27ac"]
    odds = np.exp2(random.normal(0, 0.4, (3, 20)) + bump(20, 2.0)) * np.array([[2], [1], [0.5]])
    views = [
        hcw.Pileup.from_array(mean, flank=flank, n=1013, name="Hi-C control", regions="loops"),
        hcw.LineProfile.from_array(
            {"CTCF": band, "Rad21": {k: 0.6 * v + 0.5 for k, v in band.items()}},
            flank=flank, n=1013, regions="loops",
        ),
        hcw.Stackup.from_array(
            random.gamma(2, 0.3, (n, 40)) + np.outer(np.linspace(2, 0, n), bump(40)),
            flank=flank, name="CTCF", regions="loops",
        ),
        hcw.Embedding1D.from_array(
            random.normal(0, 1, (n, 3)), names=names, points=places, clusters=groups,
            regions="loops",
        ),
        hcw.Embedding2D.from_array(
            random.normal(1, 0.2, (n, 11, 11)), flank=flank, points=places, clusters=groups,
            name="Hi-C control", regions="loops",
        ),
        hcw.Enrichment.from_array(
            odds, 10.0 ** -np.log2(odds).clip(0), names=names, flank=flank, n=1013,
            regions="loops",
        ),
    ]  # fmt: skip
    shown = []
    for view in views:
        view.wait(200)
        shown.append((traits_of(view), view.result))
    shown.insert(1, against(views[0], flank))
    part = {
        "comparison": {
            "kind": "comparison", "title": "", "mode": "point", "flank": flank, "columns": 0,
            "regions": {"id": "1", "name": "loops", "n": 1013, "pairs": False, "mode": "point"},
            "flank_options": [flank], "views": [], "add_options": [], "status": "ready",
            "selection_facts": {"count": None, "total": 1013, "name": ""},
        },
        "views": [traits for traits, _ in shown],
        "results": {
            result_key(traits): {
                **result,
                "arrays": {
                    name: as_text(array, quantise=False)
                    for name, array in result["arrays"].items()
                },
            }
            for traits, result in shown
        },
    }  # fmt: skip
    data = {"version": 2, "comparisons": [part]}
    path = tmp_path_factory.mktemp("six") / "page.html"
    path.write_text(comparison_html(data, page_source(), "loops"), encoding="utf-8")
    for view in views:
        view.close()
    return path


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, exported: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme: Any = request.param
    context = browser.new_context(
        offline=True,
        bypass_csp=True,  # for axe, which is not the page's
        viewport={"width": 1500, "height": 1900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    opened = context.new_page()
    opened.goto(exported.as_uri())
    opened.wait_for_selector('[data-testid="view-enrichment"][data-status="ready"]')
    opened.scheme = scheme
    yield opened
    context.close()


def test_views_look_as_they_did(page: Page) -> None:
    for kind, nth, name in (
        ("pileup", 0, "pileup"),
        ("pileup", 1, "pileup-against"),
        ("profile", 0, "profile"),
        ("stackup", 0, "stackup"),
        ("embedding1d", 0, "embedding1d"),
        ("embedding2d", 0, "embedding2d"),
        ("enrichment", 0, "enrichment"),
    ):
        view = page.get_by_test_id(f"view-{kind}").nth(nth)
        expect(view).to_have_attribute("data-status", "ready")
        assert_looks_like(view, f"{name}-{page.scheme}")


def fits(view: Locator, width: int) -> None:
    """Wait until a view ends within a page that was made narrower."""
    once(view.page, lambda: box_of(view), lambda box: box["x"] + box["width"] <= width)


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_clouds_and_rows_fit_a_narrow_dark_page(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 3600})
    for kind in ("stackup", "embedding1d", "embedding2d", "enrichment"):
        view = page.get_by_test_id(f"view-{kind}")
        fits(view, 360)
        assert_looks_like(view, f"{kind}-dark-narrow")


@pytest.mark.parametrize("page", ["light"], indirect=True)
def test_they_fit_a_narrow_page(page: Page) -> None:
    page.set_viewport_size({"width": 420, "height": 1900})
    for kind, nth, name in (("pileup", 1, "pileup-against"), ("profile", 0, "profile")):
        view = page.get_by_test_id(f"view-{kind}").nth(nth)
        fits(view, 420)
        assert_looks_like(view, f"{name}-narrow")


def test_nothing_keeps_anybody_out(page: Page) -> None:
    assert AXE.is_file(), "axe-core is missing: npm ci in js/"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(VIOLATIONS)
    serious = [one for one in found if one["impact"] in SERIOUS]
    assert not serious, "\n".join(
        f"{one['id']}: {one['help']} {one['where']}" for one in serious
    )
    page.get_by_test_id("view-pileup").nth(0).get_by_test_id("view-menu").click()
    page.get_by_role("menu").wait_for()
    found = page.evaluate(VIOLATIONS)
    serious = [one for one in found if one["impact"] in SERIOUS]
    assert not serious, "\n".join(
        f"{one['id']}: {one['help']} {one['where']}" for one in serious
    )
    if "HICOGNITION_SHOTS" in os.environ:
        page.screenshot(path=f"{os.environ['HICOGNITION_SHOTS']}/six-{page.scheme}.png")


@pytest.mark.parametrize("page", ["light"], indirect=True)
@pytest.mark.parametrize("width", [270, 400, 1500])
def test_what_is_read_out_moves_nothing_and_is_whole(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 3600})
    for kind, nth in (
        ("pileup", 0),
        ("pileup", 1),
        ("profile", 0),
        ("stackup", 0),
        ("embedding1d", 0),
        ("embedding2d", 0),
        ("enrichment", 0),
    ):
        page.mouse.move(0, 0)
        view = page.get_by_test_id(f"view-{kind}").nth(nth)
        readout = view.get_by_test_id("readout")
        expect(readout).to_be_empty()
        before = view.bounding_box()
        if kind.startswith("embedding"):
            view.get_by_test_id("embedding").press("ArrowRight")
        else:
            view.get_by_test_id("plot-canvas").hover()
        expect(readout).not_to_be_empty()
        assert view.bounding_box() == before, kind
        room = readout.evaluate("(e) => [e.scrollWidth, e.clientWidth]")
        assert room[0] <= room[1], f"{kind}: {readout.inner_text()}"
