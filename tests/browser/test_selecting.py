"""One selection in all views of a real notebook: by threshold, kept, combined, made a set."""

from __future__ import annotations

import re

import pytest
from hands import brush, eventually, menu
from lab import Lab, Notebook
from playwright.sync_api import Page, expect

CELLS = [
    "from hicognition_widgets.demo import open_demo\n"
    "demo = open_demo()\nws = demo.workspace\n"
    'ws.annotate("CH12 loops", {"rank": list(range(1013))}, replace=True)',
    'c = ws.compare("CH12 loops", flank=200_000, columns=2)\n'
    'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
    's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
    'e = c.add("enrichment", ws.collections["Sites and domains"], binsize=50_000)\n'
    "c",
    "c.wait(300)",
]


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    page.set_viewport_size({"width": 1500, "height": 2400})
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, CELLS)
    opened = lab.open(page, name)
    opened.run_all(timeout=300)
    for kind in ("pileup", "stackup", "enrichment"):
        opened.wait_ready(opened.view(kind))
    return opened


def choose(page: Page, text: str) -> None:
    """An entry of the comparison's menu, by its words."""
    page.get_by_test_id("comparison-menu").first.click()
    page.get_by_role("menuitem", name=text, exact=True).click()


def keep(page: Page, name: str) -> None:
    choose(page, "Keep selection as …")
    page.get_by_test_id("rename").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("selection-select")).to_have_value(name, timeout=60_000)


def rows(notebook: Notebook) -> list[int]:
    found: list[int] = notebook.evaluate("c.selection.tolist()")
    return found


def test_thresholds_are_kept_combined_and_become_a_region_set_beside(
    notebook: Notebook,
) -> None:
    page = notebook.page
    count = page.get_by_test_id("selection-count").first
    expect(count).to_have_text("nothing selected")

    # by a threshold: what is no number is said, and cannot be sent
    choose(page, "Select by a value …")
    panel = page.get_by_test_id("threshold")
    expect(panel.get_by_test_id("threshold-annotation")).to_have_value("rank", timeout=60_000)
    expect(panel.get_by_test_id("threshold-select")).to_be_disabled()
    panel.get_by_test_id("threshold-least").fill("many")
    expect(panel).to_contain_text("not a number")
    expect(panel.get_by_test_id("threshold-select")).to_be_disabled()
    panel.get_by_test_id("threshold-least").fill("100")
    panel.get_by_test_id("threshold-most").fill("299,5")
    panel.get_by_test_id("threshold-select").click()
    expect(panel).to_have_count(0, timeout=60_000)
    expect(count).to_have_text("200 selected", timeout=60_000)
    assert rows(notebook) == list(range(100, 300))
    pileup = notebook.view("pileup").get_by_test_id("status")
    expect(pileup).to_contain_text("200 ", timeout=60_000)
    expect(notebook.view("stackup").get_by_test_id("selected-block")).to_be_visible(
        timeout=60_000
    )
    keep(page, "middle")

    # another one from Python, kept by hand too
    notebook.execute("c.selection = list(range(250, 500))")
    expect(count).to_have_text("250 selected", timeout=60_000)
    keep(page, "upper")

    for words, name, wanted in (
        ("Only those in", "middle", range(250, 300)),
        ("Also those in", "upper", range(250, 500)),
        ("Not those in", "middle", range(300, 500)),
    ):
        choose(page, f"{words} “{name}”")
        expect(count).to_have_text(f"{len(wanted)} selected", timeout=60_000)
        assert rows(notebook) == list(wanted)
    choose(page, "Only those in “middle”")
    expect(page.get_by_test_id("notice")).to_contain_text("no region would be left")
    assert rows(notebook) == list(range(300, 500))

    # kept ones are chosen from the header; a next choice may follow at once
    chosen = page.get_by_test_id("selection-select")
    chosen.select_option("middle")
    chosen.select_option("")
    expect(count).to_have_text("nothing selected", timeout=60_000)
    expect(chosen).to_have_value("")
    notebook.view("pileup").focus()
    page.keyboard.press("Control+z")
    # as many as were combined before, so the name tells that it is the kept one
    expect(count).to_have_attribute("title", "middle", timeout=60_000)
    expect(count).to_have_text("200 selected")
    assert rows(notebook) == list(range(100, 300))

    # a region set of them, shown beside with views like these
    page.get_by_test_id("create-region-set").click()
    page.get_by_test_id("rename").fill("middle ranks")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("notice")).to_contain_text("middle ranks", timeout=60_000)
    page.get_by_test_id("notice-act").click()
    both = page.get_by_test_id("comparison")
    expect(both).to_have_count(2, timeout=60_000)
    beside = both.nth(1)
    expect(beside).to_contain_text("200 pairs", timeout=60_000)
    for kind in ("pileup", "stackup", "enrichment"):
        notebook.wait_ready(beside.get_by_test_id(f"view-{kind}"), timeout=120_000)
    assert notebook.evaluate("ws.regions['middle ranks'].n_regions") == 200
    # the average of the new set is that of the selected regions
    assert notebook.evaluate(
        "bool(__import__('numpy').allclose(c.board.comparisons[1].views[0].data, p.data, "
        "equal_nan=True))"
    )
    notebook.execute("ws.delete('middle ranks')")


def test_regions_found_by_enrichment_are_looked_at_one_by_one(notebook: Notebook) -> None:
    page = notebook.page
    enrichment = notebook.view("enrichment")
    member = enrichment.locator(".hcw-member").first
    member.scroll_into_view_if_needed()
    member.click()
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text(re.compile(r"^[\d,]+ selected$"), timeout=60_000)
    found = rows(notebook)
    expect(notebook.view("stackup").get_by_test_id("selected-block")).to_be_visible(
        timeout=60_000
    )
    notebook.wait_ready(enrichment)
    enrichment.get_by_test_id("look-at-hits").click()
    place = page.get_by_test_id("region-place")
    expect(place).to_have_text(f"1 of {len(found)} selected", timeout=60_000)
    first = notebook.evaluate(f"c.details({found[0]}).loci[0].text")
    expect(page.get_by_test_id("region-locus")).to_contain_text(first, timeout=60_000)
    # the package is not installed here, so nothing is offered
    expect(page.get_by_test_id("region-members")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("show-higlass")).to_have_count(0)
    page.get_by_test_id("next-region").click()
    expect(place).to_have_text(f"2 of {len(found)} selected", timeout=60_000)
    second = notebook.evaluate(f"c.details({found[1]}).loci[0].text")
    expect(page.get_by_test_id("region-locus")).to_contain_text(second, timeout=60_000)
    page.get_by_test_id("previous-region").click()
    expect(place).to_have_text(f"1 of {len(found)} selected", timeout=60_000)


def test_a_scale_is_taken_by_keyboard_without_waiting_for_anything(notebook: Notebook) -> None:
    page = notebook.page
    notebook.execute('q = c.add("pileup", "Hi-C Scc1 KO", binsize=10_000)')
    taker = notebook.view("pileup", 1)
    notebook.wait_ready(taker)
    taker.get_by_test_id("view-menu").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("share-scale").focus()
    # the second Enter comes before the kernel has said who can give
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("share-mark-scale")).to_have_count(2, timeout=60_000)
    eventually(notebook, "q.giver('scale') is p", True)
    # and given up by Escape, nothing is taken
    menu(taker, "release-scale")
    expect(page.get_by_test_id("share-mark-scale")).to_have_count(0, timeout=60_000)
    menu(taker, "share-scale")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("pick")).to_have_count(0)
    assert notebook.evaluate("q.giver('scale') is None") is True


def test_a_kernel_restarted_behind_the_page_is_told_of(notebook: Notebook) -> None:
    page = notebook.page
    sentence = "the kernel was restarted; run the cell again"
    notebook.lab.api("POST", f"kernels/{notebook.kernel}/restart", {})
    # the new kernel answers, and knows nothing of the views
    assert notebook.evaluate("'c' in globals()") is False
    pileup = notebook.view("pileup")
    pileup.get_by_test_id("bin-select").select_option("50000")
    expect(pileup.get_by_test_id("status")).to_contain_text(sentence, timeout=60_000)
    # the picture that is there stays
    expect(pileup).to_have_attribute("data-status", "ready")
    page.get_by_test_id("add-view").click()
    page.get_by_test_id("add-profile").click()
    expect(page.get_by_test_id("notice")).to_contain_text(sentence, timeout=60_000)
    # and so it is
    notebook.run_all(timeout=300)
    notebook.wait_ready(notebook.view("pileup"), timeout=120_000)
    expect(page.get_by_test_id("notice")).not_to_contain_text(sentence)


def test_fifty_thousand_regions_follow_one_hand(lab: Lab, page: Page) -> None:
    page.set_viewport_size({"width": 1500, "height": 2400})
    cells = [
        "import numpy as np\nfrom hicognition_widgets.demo import open_demo\n"
        "demo = open_demo()\nws = demo.workspace\n"
        'sites = ws.region_frame(ws.regions["CTCF sites +"])[["chrom", "start", "end"]]\n'
        "rng = np.random.default_rng(5)\n"
        "many = sites.iloc[rng.integers(0, len(sites), 50_000)].reset_index(drop=True)\n"
        "shift = rng.integers(-40_000, 40_000, len(many))\n"
        'many["start"] = (many["start"] + shift).clip(lower=1_000_000)\n'
        'many["end"] = many["start"] + 200\n'
        'big = ws.add_regions(many, assembly="mm9", name="many sites", kind="point")',
        'c = ws.compare("many sites", flank=200_000, columns=2)\n'
        'p = c.add("pileup", "Hi-C Scc1 control", binsize=10_000)\n'
        'l = c.add("profile", "CTCF sites per 10 kb", binsize=10_000)\n'
        's = c.add("stackup", "CTCF sites per 10 kb", binsize=10_000)\n'
        'e = c.add("enrichment", ws.collections["Sites and domains"], binsize=50_000)\n'
        "c",
        "c.wait(300)",
    ]
    lab.write_notebook("fifty.ipynb", cells)
    notebook = lab.open(page, "fifty.ipynb")
    notebook.run_all(timeout=400)
    kinds = ("pileup", "profile", "stackup", "enrichment")
    for kind in kinds:
        notebook.wait_ready(notebook.view(kind), timeout=120_000)
    status = notebook.view("pileup").get_by_test_id("status")
    expect(status).to_contain_text(re.compile(r"^(50,000|\d\d,\d\d\d) "))

    brush(page, notebook.view("stackup").get_by_test_id("plot-canvas").first, (0.1, 0.6))
    count = page.get_by_test_id("selection-count")
    expect(count).to_have_text(re.compile(r"^2[\d,]+ selected$"), timeout=60_000)
    n = int(count.inner_text().split()[0].replace(",", ""))
    assert 22_000 < n < 28_000
    expect(notebook.view("stackup").get_by_test_id("selected-block")).to_be_visible(
        timeout=60_000
    )
    expect(notebook.view("profile")).to_contain_text("rest", timeout=60_000)
    expect(notebook.view("enrichment")).to_contain_text("against the others", timeout=60_000)
    eventually(notebook, "sum(v.status == 'ready' for v in c.views)", 4)
    for kind in kinds:
        notebook.wait_ready(notebook.view(kind))
    # what each view averages are the brushed rows and no others
    notebook.execute(
        "rows = s.data[c.selection]\n"
        "gap = float(np.nanmax(np.abs(np.nanmean(rows, axis=0) - l.data[0])))\n"
        "used = [p.result['meta'][k] for k in ('n_used', 'n_left_out')]\n"
        "first = s.row_order()[:len(c.selection)]"
    )
    assert notebook.evaluate("gap") < 1e-5
    assert notebook.evaluate("sum(used)") == n
    assert notebook.evaluate("bool(np.array_equal(np.sort(first), c.selection))") is True

    # and from Python to the screen
    notebook.execute("c.selection = np.arange(50_000) % 5 == 0")
    expect(count).to_have_text("10,000 selected", timeout=60_000)
    expect(notebook.view("profile")).to_contain_text("rest")
    page.get_by_test_id("clear-selection").click()
    expect(count).to_have_text("nothing selected", timeout=60_000)
    expect(notebook.view("profile")).not_to_contain_text("rest", timeout=60_000)
    notebook.execute("c.close(); ws.delete('many sites')")
