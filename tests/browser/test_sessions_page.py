"""Sessions by hand in a real JupyterLab: kept, opened again pixel by pixel, asked before."""

from __future__ import annotations

import numpy as np
import pytest
from hands import eventually, once, save_notebook
from lab import Lab, Notebook
from playwright.sync_api import Page, expect

SETUP = """\
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
c = ws.compare("CH12 loops", flank=200_000, columns=2, title="Loops")
pileup = c.add("pileup", "Hi-C Scc1 control", binsize=10_000, vmin=-0.8, vmax=0.8)
line = c.add("profile", ["CTCF sites per 10 kb"], binsize=10_000)
c.wait(120)
"""

PIXELS = """canvas => {
  const { width, height } = canvas;
  return Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data);
}"""


@pytest.fixture
def notebook(lab: Lab, page: Page, request: pytest.FixtureRequest) -> Notebook:
    name = f"{request.node.name}.ipynb"
    lab.write_notebook(name, [SETUP, "c"])
    opened = lab.open(page, name)
    opened.run_all()
    for kind in ("pileup", "profile"):
        opened.wait_ready(opened.view(kind))
    return opened


def pixels(notebook: Notebook) -> np.ndarray:
    canvas = notebook.view("pileup").get_by_test_id("plot-canvas")
    return np.array(canvas.evaluate(PIXELS), dtype=np.uint8)


def shown_again(notebook: Notebook, before: np.ndarray) -> None:
    """The map looks as it did, pixel by pixel."""
    once(notebook.page, lambda: pixels(notebook), lambda now: np.array_equal(now, before))


def test_a_session_is_kept_and_comes_back_as_it_was(notebook: Notebook) -> None:
    page = notebook.page
    before = pixels(notebook)
    page.get_by_test_id("save-session").click()
    expect(page.get_by_test_id("session-name")).to_have_value("Loops")
    page.get_by_test_id("session-name").fill("figure <b>2</b>")
    page.get_by_label("description of the session").fill("loops with cohesin #paper")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("notice")).to_contain_text("Saved as “figure <b>2</b>”")
    assert notebook.evaluate("[s.tags for s in [ws.sessions['figure <b>2</b>']]]") == [
        ["paper"]
    ]

    # other work, which is in no session
    notebook.evaluate("[setattr(pileup, 'normalization', 'balanced'), c.add('pileup').kind][1]")
    expect(page.get_by_test_id("view-pileup")).to_have_count(2)
    page.get_by_test_id("save-session").click()
    row = page.get_by_test_id("session-row")
    expect(row).to_contain_text("figure <b>2</b>")
    row.hover()
    page.get_by_test_id("open-session").click()
    expect(row).to_contain_text("in no session")
    page.screenshot(path="tests/browser/out/sessions_panel.png")
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("view-pileup")).to_have_count(1)
    for kind in ("pileup", "profile"):
        notebook.wait_ready(notebook.view(kind))
    shown_again(notebook, before)

    # a link is shown as the code that opens it, and opens nothing once it is revoked
    page.get_by_test_id("save-session").click()
    row.hover()
    page.get_by_test_id("share-session").click()
    code = page.get_by_test_id("session-link").input_value()
    assert code.startswith("ws.open_session(token='")
    assert notebook.evaluate(f"len({code})") == 1
    assert notebook.evaluate("[ws.revoke(s).id for s in ws.shares] != []") is True
    row.hover()
    page.get_by_test_id("delete-session").click()
    page.get_by_test_id("confirm").click()
    expect(row).to_have_count(0)
    assert notebook.evaluate("list(ws.sessions)") == []


def test_a_page_is_saved_with_its_size_told_first(notebook: Notebook) -> None:
    page = notebook.page
    page.get_by_test_id("comparison-menu").click()
    page.get_by_text("Save as HTML …").click()
    size = page.get_by_test_id("page-size")
    expect(size).to_contain_text("about")
    small = size.inner_text()
    page.get_by_test_id("page-flank-100000").check()
    page.get_by_test_id("page-rows").check()
    expect(size).not_to_contain_text(small)
    expect(size).to_contain_text("about")
    page.screenshot(path="tests/browser/out/save_page.png")
    with page.expect_download(timeout=120_000) as waiting:
        page.get_by_test_id("page-save").click()
    assert waiting.value.suggested_filename == "Loops.html"
    text = waiting.value.path().read_text()
    assert "flank=100000" in text
    assert '"rows;feature=' in text
    expect(page.get_by_test_id("save-page")).to_have_count(0)


def test_a_figure_and_the_methods_are_taken_from_the_menu(notebook: Notebook) -> None:
    page = notebook.page
    for ending, start in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
        page.get_by_test_id("comparison-menu").click()
        page.get_by_text("Save figure …").click()
        page.get_by_test_id("figure-single").check()
        page.get_by_test_id(f"figure-{ending}").check()
        page.screenshot(path="tests/browser/out/save_figure.png")
        with page.expect_download(timeout=120_000) as waiting:
            page.get_by_test_id("figure-save").click()
        assert waiting.value.suggested_filename == f"Loops.{ending}"
        assert waiting.value.path().read_bytes().startswith(start)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_test_id("comparison-menu").click()
    page.get_by_text("Copy methods paragraph").click()
    expect(page.get_by_test_id("notice")).to_contain_text("copied")
    assert "1,013 pairs of regions" in page.evaluate("navigator.clipboard.readText()")


def test_a_reload_of_the_page_brings_it_back(notebook: Notebook) -> None:
    page = notebook.page
    before = pixels(notebook)
    save_notebook(notebook, "test_a_reload_of_the_page_brings_it_back.ipynb")
    page.reload()
    notebook.wait_ready(notebook.view("pileup"), timeout=120_000)
    notebook.wait_ready(notebook.view("profile"), timeout=60_000)
    shown_again(notebook, before)
    # and it answers: the kernel is the same
    notebook.view("pileup").get_by_test_id("normalization-select").select_option("balanced")
    notebook.wait_ready(notebook.view("pileup"))
    assert notebook.evaluate("pileup.normalization") == "balanced"


def test_what_a_dead_kernel_showed_is_offered_again(notebook: Notebook) -> None:
    page = notebook.page
    notebook.evaluate("[c.add('stackup', 'CTCF sites per 10 kb').kind, c.wait(100)][0]")
    kept = "any('stackup' in p.read_text() for p in ws._autosave.folder.glob('*.json'))"
    eventually(notebook, kept)
    # by the menu: what restarts it behind JupyterLab's back leaves it sending to the old one
    page.click('.lm-MenuBar-item:has-text("Kernel")')
    page.click('.lm-Menu-item:has-text("Restart Kernel and Run All Cells")')
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.get_by_test_id("view-stackup")).to_have_count(0, timeout=60_000)
    notebook.wait_ready(notebook.view("profile"), timeout=120_000)
    page.get_by_test_id("save-session").click()
    left = page.get_by_test_id("unsaved").first
    left.get_by_text("restore", exact=True).click()
    # the views that the cells made are in no session either
    page.get_by_test_id("confirm").click()
    notebook.wait_ready(notebook.view("stackup"), timeout=120_000)
    assert notebook.evaluate("[view.kind for view in c.views]") == [
        "pileup",
        "profile",
        "stackup",
    ]


BOARD = """\
from hicognition_widgets import Board
from hicognition_widgets.demo import open_demo
demo = open_demo()
ws = demo.workspace
c = ws.compare("CH12 loops", flank=200_000, columns=1, title="Loops")
giver = c.add("pileup", "Hi-C Scc1 control", binsize=10_000, vmin=-0.8, vmax=0.8)
d = ws.compare("CH12 loops", flank=200_000, columns=1, title="Loops without cohesin")
taker = d.add("pileup", "Hi-C Scc1 KO", binsize=10_000)
board = Board(c, d, link_flanks=True)
board.link_scale(giver, taker)
board.wait(120)
"""


def test_a_board_is_kept_and_comes_back_as_one(lab: Lab, page: Page) -> None:
    lab.write_notebook("board_session.ipynb", [BOARD, "board"])
    notebook = lab.open(page, "board_session.ipynb")
    notebook.run_all()

    def maps() -> list[np.ndarray]:
        found = []
        for nth in range(2):
            notebook.wait_ready(notebook.view("pileup", nth), timeout=120_000)
            canvas = notebook.view("pileup", nth).get_by_test_id("plot-canvas")
            found.append(np.array(canvas.evaluate(PIXELS), dtype=np.uint8))
        return found

    before = maps()
    save_notebook(notebook, "board_session.ipynb")
    page.get_by_test_id("save-session").first.click()
    page.get_by_test_id("session-name").fill("both on a board")
    page.get_by_test_id("save").click()
    said = page.get_by_test_id("notice").first
    expect(said).to_contain_text("Saved as “both on a board”", timeout=60_000)

    # other work on the board, still there after a reload
    assert notebook.evaluate(
        "[board.unlink_scale(), setattr(board, 'link_flanks', False),"
        " setattr(taker, 'normalization', 'balanced'), setattr(d, 'flank', 100_000), 1][-1]"
    )
    page.reload()
    notebook.wait_ready(notebook.view("pileup", 1), timeout=120_000)
    taker = notebook.view("pileup", 1).get_by_test_id("normalization-select")
    expect(taker).to_have_value("balanced", timeout=60_000)

    page.get_by_test_id("save-session").first.click()
    row = page.get_by_test_id("session-row").filter(has_text="both on a board")
    row.hover()
    row.get_by_test_id("open-session").click()
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("sessions")).to_have_count(0, timeout=60_000)
    expect(notebook.view("pileup", 1).get_by_test_id("normalization-select")).to_have_value(
        "oe", timeout=60_000
    )
    once(
        page,
        maps,
        lambda after: all(map(np.array_equal, before, after)),
    )
    page.screenshot(path="tests/browser/out/board_session.png")
    expect(page.get_by_test_id("link-flanks")).to_be_checked()
    assert notebook.evaluate("[one.flank for one in board.comparisons]") == [200_000, 200_000]
    assert notebook.evaluate(
        "board.comparisons[1].views[0].giver('scale') is board.comparisons[0].views[0]"
    )
    # a flank is one for all again
    assert notebook.evaluate(
        "[setattr(c, 'flank', 100_000), board.comparisons[1].flank][1]"
    ) == (100_000)
