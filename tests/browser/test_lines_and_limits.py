"""Lines, limits, crosshair and full screen by mouse and keyboard in a real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from hands import box_of, eventually, middle, once, opened
from lab import Lab
from playwright.sync_api import Browser, Locator, Page, expect

LINES = """\
import numpy as np
import pandas as pd
import warnings
import hicognition_widgets as hcw
from hicognition_widgets.errors import DatasetNotice
from pathlib import Path
warnings.simplefilter("ignore", DatasetNotice)
data = Path({data!r})
ws = hcw.Workspace(
    catalog=Path({folder!r}) / "lines.sqlite", store=Path({folder!r}) / "lines",
    scheduler="threads", user="ann",
)
loops = pd.read_csv(data / "CH12_loops_Rao.bedpe", sep="\\t", header=None, usecols=range(6))
loops.columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
for name, part in (("near", loops[:150]), ("far", loops[150:300])):
    ws.add_regions(part, assembly="mm9", name=name)
for name, file in (
    ("CTCF", "derived_CTCF_site_count_10kb.bw"),
    ("Insulation", "derived_Scc1-control_insulation_250kb_at50kb.bw"),
):
    ws.add_feature(data / file, assembly="mm9", name=name)
line = hcw.LineProfile(ws, "near", ["CTCF", "Insulation"], flank=200_000, binsize=10_000)
line.wait(200)
line"""
KEPT = """\
import hicognition_widgets as hcw
from pathlib import Path
ws = hcw.Workspace(
    catalog=Path({folder!r}) / "lines.sqlite", store=Path({folder!r}) / "lines",
    scheduler="threads", user="ann",
)
again = ws.open_session("figure")
again"""
GAPS = """\
mean = 1 + np.arange(40) / 10
mean[10:15] = np.nan
gaps = hcw.LineProfile.from_array({"holes": mean, "whole": np.ones(40)}, flank=20_000, n=3000)
gaps"""
MAP = """\
import numpy as np
import hicognition_widgets as hcw
at = np.arange(-20, 21)
mean = 2.0 ** (3 * np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / 40) - at[:, None] / 40)
v = hcw.Pileup.from_array(mean, flank=200_000, n=1013, name="Hi-C", regions="loops")
v"""
ROWS = """\
signal = np.random.default_rng(1).gamma(2.0, size=(3000, 40))
s = hcw.Stackup.from_array(signal, flank=20_000)
s"""


def pieces(view: Locator, number: int) -> int:
    """How many pieces a line is drawn in."""
    drawn = view.locator("path.hcw-line").nth(number).get_attribute("d") or ""
    return drawn.count("M")


def entered(view: Locator, field: str, text: str) -> None:
    """Type over a limit and press Enter."""
    number = view.get_by_test_id(field)
    number.click()
    number.fill(text)
    number.press("Enter")


def choose(view: Locator, label: str) -> None:
    """Choose an entry of a view's menu, which closes it."""
    view.get_by_test_id("view-menu").click()
    view.get_by_role("menu").get_by_text(label, exact=True).click()
    expect(view.get_by_role("menu")).to_have_count(0)


def mark(view: Locator, label: str) -> None:
    """Change what is marked in a view's menu, which stays, and leave it."""
    view.get_by_test_id("view-menu").click()
    view.get_by_role("menu").get_by_text(label, exact=True).click()
    view.page.keyboard.press("Escape")
    expect(view.get_by_role("menu")).to_have_count(0)


def becomes(canvas: Locator, code: str, size: float) -> None:
    """Wait until the width of a picture has a relation to a size."""
    canvas.page.wait_for_function(
        f"([element, size]) => (width => {code})(element.getBoundingClientRect().width)",
        arg=[canvas.element_handle(), size],
        timeout=60_000,
    )


def test_lines_are_chosen_framed_and_set_side_by_side(
    bare_lab: Lab, page: Page, demo_data: Path
) -> None:
    setup = LINES.format(data=str(demo_data), folder=str(bare_lab.folder))
    notebook = opened(bare_lab, page, "lines.ipynb", [setup, GAPS])
    view, gaps = notebook.view("profile"), notebook.view("profile", 1)
    for shown in (view, gaps):
        notebook.wait_ready(shown)
    lines, names = view.locator("path.hcw-line"), view.locator(".hcw-name")
    expect(lines).to_have_count(2)
    expect(view.get_by_test_id("readout")).not_to_contain_text("CTCF")

    # a gap where there is no data, here and in what is read there
    assert [pieces(gaps, number) for number in (0, 1)] == [2, 1]
    canvas = gaps.get_by_test_id("plot-canvas")
    box_of(canvas)
    page.mouse.move(*middle(canvas, 0.31))
    expect(gaps.get_by_test_id("readout")).to_contain_text("holes no data")
    expect(gaps.get_by_test_id("readout")).to_contain_text("whole 1")

    # the legend hides a line and shows it again, by mouse and by keyboard
    names.filter(has_text="CTCF").click()
    expect(lines).to_have_count(1)
    expect(names.filter(has_text="CTCF")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Space")
    expect(lines).to_have_count(2)

    # the y range as typed: axis, Python, and automatic again
    entered(view, "color-high", "2.5")
    entered(view, "color-low", "-1")
    eventually(notebook, "(line.vmin, line.vmax) == (-1, 2.5)")
    expect(view.get_by_test_id("color-low")).to_have_value("−1")
    entered(view, "color-low", "many")
    expect(view.get_by_test_id("color-low")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(view.get_by_test_id("color-low")).to_have_value("−1")
    choose(view, "Automatic limits")
    eventually(notebook, "(line.vmin, line.vmax) == (None, None)")

    # quartiles for the band of the mean, and none
    mark(view, "Quartiles of the regions")
    eventually(notebook, "line.band == 'quartiles' and line.status == 'ready'")
    notebook.wait_ready(view)
    expect(view.locator("path[fill-opacity]")).to_have_count(2)
    quartiles = view.locator("path[fill-opacity]").first.get_attribute("d")
    mark(view, "95 % band of the mean")
    eventually(notebook, "line.band == 'ci95' and line.status == 'ready'")
    expect(view.locator("path[fill-opacity]").first).not_to_have_attribute("d", quartiles or "")
    mark(view, "No band")
    expect(view.locator("path[fill-opacity]")).to_have_count(0)
    mark(view, "Each line from 0 to 1")
    eventually(notebook, "line.normalized and line.band == 'none'")
    expect(view).to_contain_text("signal, each line 0–1")

    # both anchors of the pairs, then a second region set, all in one plot
    view.get_by_test_id("side-select").select_option("both")
    expect(lines).to_have_count(4, timeout=200_000)
    expect(names.filter(has_text="right")).to_have_count(2)
    choose(view, "Second region set…")
    view.get_by_test_id("versus-select").select_option(label="far")
    expect(lines).to_have_count(8, timeout=200_000)
    notebook.wait_ready(view)
    frame = notebook.evaluate("sorted(set(line.to_frame()['track']))")
    assert len(frame) == 8
    assert "CTCF · far · left" in frame
    choose(view, "Show alone")
    expect(lines).to_have_count(4, timeout=60_000)


def test_a_hidden_line_stays_hidden(
    bare_lab: Lab, page: Page, demo_data: Path, browser: Browser
) -> None:
    folder = bare_lab.folder / "kept"
    folder.mkdir()
    setup = LINES.format(data=str(demo_data), folder=str(folder))
    compared = """\
c = ws.compare("near", flank=200_000)
line = c.add("profile", ["CTCF", "Insulation"], binsize=10_000)
c.wait(200)
c"""
    notebook = opened(
        bare_lab, page, "hidden.ipynb", [setup.rpartition("\nline = ")[0], compared]
    )
    view = notebook.view("profile")
    notebook.wait_ready(view)
    lines, names = view.locator("path.hcw-line"), view.locator(".hcw-name")
    expect(lines).to_have_count(2)

    # a click on the legend is a setting in the kernel, one in Python is seen on screen
    names.filter(has_text="CTCF").click()
    eventually(notebook, "line.hidden == line.features[:1]")
    expect(lines).to_have_count(1)
    notebook.execute("line.hidden = ['Insulation']")
    expect(names.filter(has_text="Insulation")).to_have_attribute("aria-pressed", "false")
    expect(names.filter(has_text="CTCF")).to_have_attribute("aria-pressed", "true")
    expect(lines).to_have_count(1)
    expect(lines.locator("xpath=..")).to_have_attribute(
        "data-line", str(notebook.evaluate("line.features[0]"))
    )
    notebook.execute("c.undo()")
    expect(names.filter(has_text="Insulation")).to_have_attribute("aria-pressed", "true")
    notebook.execute("line.hidden = ['Insulation']")

    # the menu shows all again; a duplicate is like its original
    choose(view, "Show all lines")
    eventually(notebook, "line.hidden == []")
    expect(lines).to_have_count(2)
    names.filter(has_text="CTCF").click()
    expect(lines).to_have_count(1)
    # hosts hold a second change back until the kernel is done with the first
    eventually(notebook, "line.hidden == line.features[:1]")
    choose(view, "Duplicate")
    copy = notebook.view("profile", 1)
    notebook.wait_ready(copy)
    expect(copy.locator("path.hcw-line")).to_have_count(1)

    # kept in a session, for another kernel; and in a page, where names still answer
    notebook.execute("ws.save_session('figure', c)")
    target = folder / "page.html"
    notebook.execute(f"c.to_html({str(target)!r})")
    bare_lab.write_notebook("kept.ipynb", [KEPT.format(folder=str(folder))])
    later = bare_lab.open(page, "kept.ipynb")
    later.run_all(timeout=400)
    assert later.errors() == ""
    kept = later.view("profile")
    later.wait_ready(kept)
    expect(kept.locator("path.hcw-line")).to_have_count(1)
    expect(kept.locator(".hcw-name").filter(has_text="CTCF")).to_have_attribute(
        "aria-pressed", "false"
    )
    context = browser.new_context(offline=True)
    alone = context.new_page()
    alone.goto(target.as_uri())
    drawn = alone.get_by_test_id("view-profile").first
    expect(drawn.locator("path.hcw-line")).to_have_count(1)
    drawn.locator(".hcw-name").filter(has_text="CTCF").click()
    expect(drawn.locator("path.hcw-line")).to_have_count(2)
    context.close()


def number_of(field: Locator) -> float:
    return float(field.input_value().replace("−", "-"))


def test_limits_crosshair_and_full_screen_of_a_map(bare_lab: Lab, page: Page) -> None:
    notebook = opened(bare_lab, page, "limits.ipynb", [MAP, ROWS])
    view = notebook.view("pileup")
    notebook.wait_ready(view)
    high, low = view.get_by_test_id("color-high"), view.get_by_test_id("color-low")
    automatic = (number_of(low), number_of(high))
    assert automatic[0] == -automatic[1]

    # symmetric: one limit mirrors the other
    entered(view, "color-high", "2")
    expect(low).to_have_value("−2")
    eventually(notebook, "v.vmax == 2 and v.vmin is None")
    mark(view, "Symmetric limits")
    eventually(notebook, "not v.symmetric")
    entered(view, "color-low", "0.5")
    expect(high).to_have_value("2")
    eventually(notebook, "(v.vmin, v.vmax) == (0.5, 2)")

    # a handle applies while it is dragged, in the picture and in the kernel
    canvas, handle = (
        view.get_by_test_id("plot-canvas"),
        view.get_by_test_id("color-high-handle"),
    )
    box_of(view)
    before = canvas.evaluate("element => element.toDataURL()")
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=6)
    expect(handle).to_have_attribute("data-held", "")
    expect(high).not_to_have_value("2")
    drawn = "element => element.toDataURL()"
    once(page, lambda: canvas.evaluate(drawn), lambda now: now != before)
    eventually(notebook, "v.vmax < 2")
    page.mouse.up()
    expect(handle).not_to_have_attribute("data-held", "")
    handle.focus()
    dragged = handle.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowUp")
    eventually(notebook, f"v.vmax > {dragged}")

    # reset by a double click on the bar, percentiles and log2 by the menu
    view.get_by_role("group", name="Colour limits").dblclick(position={"x": 6, "y": 60})
    eventually(notebook, "(v.vmin, v.vmax) == (None, None)")
    mark(view, "Limits at 0\u2009% and 100\u2009%")
    eventually(notebook, "v.clip == 0")
    expect(high).to_have_value("3")
    view.focus()
    page.keyboard.press("l")
    eventually(notebook, "v.scale == 'linear'")
    expect(high).to_have_value(re.compile(r"^[78]"))
    page.keyboard.press("l")
    eventually(notebook, "v.scale == 'log2'")

    # arrows move the crosshair, the status line tells value and place, Escape takes both away
    canvas.focus()
    readout, cross = view.get_by_test_id("readout"), view.locator(".hcw-cross")
    page.keyboard.press("ArrowRight")
    expect(readout).to_have_text("0, 0 · log2 3 · 1,013 regions")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    expect(readout).to_contain_text("−100 kb, +10 kb · log2")
    expect(cross).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(cross).to_have_count(0)
    expect(readout).not_to_contain_text("log2")

    # full screen and back by key and by menu
    small = box_of(canvas)["width"]
    view.focus()
    page.keyboard.press("f")
    expect(view).to_have_class(re.compile(r"\bfull\b"))
    expect(view.get_by_test_id("resize")).to_have_count(0)
    becomes(canvas, "width > 1.5 * size", small)
    choose(view, "Leave full screen")
    expect(view).not_to_have_class(re.compile(r"\bfull\b"))
    becomes(canvas, "Math.abs(width - size) < 1", small)

    # the wheel scrolls the page; over a view with the focus that has something to enlarge, not
    rows = notebook.view("stackup")
    notebook.wait_ready(rows)
    page.evaluate(
        "() => addEventListener('wheel', event => (window.taken ??= []).push("
        "event.defaultPrevented))"
    )
    canvas.focus()
    box_of(rows)
    for number, taken in enumerate((False, True)):
        page.mouse.move(*middle(rows.get_by_test_id("plot-canvas")))
        page.mouse.wheel(0, -100)
        page.wait_for_function("n => window.taken?.length > n", arg=number, timeout=60_000)
        assert page.evaluate("() => window.taken")[number] is taken
        eventually(notebook, f"(s.zoom is not None) is {taken}")
        rows.get_by_test_id("plot-canvas").focus()
