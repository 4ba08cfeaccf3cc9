"""What is stale, lost, copied, saved and zero, by mouse in a real JupyterLab."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hands import box_of, eventually, middle, once, opened
from lab import Lab, running_lab
from playwright.sync_api import Locator, Page, expect

SETUP = """\
import shutil
import warnings
import numpy as np
import pandas as pd
from pathlib import Path
import hicognition_widgets as hcw
from hicognition_widgets.errors import DatasetNotice
warnings.simplefilter("ignore", DatasetNotice)
data, folder = Path({data!r}), Path({folder!r})
first = data / "derived_CTCF_site_count_10kb.bw"
second = data / "derived_Scc1-KO_insulation_250kb_at50kb.bw"
file = folder / "{name}.bw"
shutil.copy(first, file)
ws = hcw.Workspace(
    catalog=folder / "{name}.sqlite", store=folder / "store {name}",
    scheduler="threads", user="ann",
)
loops = pd.read_csv(data / "CH12_loops_Rao.bedpe", sep="\\t", header=None, usecols=range(3))
loops.columns = ["chrom", "start", "end"]
ws.add_regions(loops[:150], assembly="mm9", name="sites")
ws.add_feature(file, assembly="mm9", name="Signal")
"""
FILES = """\
s = hcw.Stackup(ws, "sites", "Signal", flank=200_000, binsize=10_000)
s.wait(200)
s"""
ORDERS = """\
ws.add_feature(data / "Scc1-KO.chr1-5.mcool", assembly="mm9", name="Hi-C")
other = ws.add_feature(second, assembly="mm9", name="Insulation")
c = ws.compare("sites", flank=200_000, columns=2)
s = c.add("stackup", "Signal", binsize=10_000)
e = c.add("embedding1d", [ws.dataset("Signal"), other], binsize=50_000, n_clusters=3)
s.wait(200)
c"""
SPARSE = """\
import numpy as np
import hicognition_widgets as hcw
mean = np.zeros((41, 41))
mean[::4, ::4] = 2.0
mean[0, 1] = np.nan
v = hcw.Pileup.from_array(mean, flank=200_000, n=220, name="Hi-C", regions="far pairs")
v"""
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"


@pytest.fixture(scope="module")
def bare_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("states")
    settings = folder / ".user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    chosen = {
        "adaptive-theme": True,
        "preferred-light-theme": LIGHT,
        "preferred-dark-theme": DARK,
    }
    (settings / "themes.jupyterlab-settings").write_text(json.dumps(chosen), encoding="utf-8")
    with running_lab(folder, os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}) as running:
        yield running


def brightness(colour: str) -> int:
    """Sum of the parts of `rgb(…)`."""
    return sum(int(part) for part in colour[4:-1].split(","))


def choose(view: Locator, label: str) -> None:
    view.get_by_test_id("view-menu").click()
    view.get_by_role("menu").get_by_text(label, exact=True).click()


def test_changed_and_lost_files_are_told_of_and_numbers_are_saved(
    bare_lab: Lab, page: Page, demo_data: Path, tmp_path: Path
) -> None:
    setup = SETUP.format(data=str(demo_data), folder=str(bare_lab.folder), name="files")
    notebook = opened(bare_lab, page, "files.ipynb", [setup + FILES])
    view = notebook.view("stackup")
    notebook.wait_ready(view)

    # the file changes: what is shown stays and says so, one click takes the new content
    before = notebook.evaluate("float(np.nanmean(s.data))")
    notebook.execute("shutil.copy(second, file); s.check_files()")
    status = view.get_by_test_id("status")
    expect(status).to_contain_text("file changed")
    expect(view).to_have_attribute("data-status", "ready")
    view.get_by_role("button", name="recompute").click()
    expect(status).not_to_contain_text("file changed")
    eventually(notebook, "s.status == 'ready' and not s.stale")
    assert notebook.evaluate("float(np.nanmean(s.data))") != before

    # the file is lost: the reason, its details, and another try once it is back
    notebook.execute("file.rename(folder / 'elsewhere.bw'); s.binsize = 20_000")
    alert = view.get_by_role("alert")
    expect(alert).to_contain_text('the file of "Signal" is gone; put it back')
    expect(alert).not_to_contain_text("Traceback")
    view.get_by_test_id("details").click()
    expect(alert).to_contain_text("Traceback")
    notebook.execute("(folder / 'elsewhere.bw').rename(file)")
    view.get_by_test_id("retry").click()
    notebook.wait_ready(view)
    expect(alert).to_have_count(0)

    # the numbers behind the picture, as the kernel has them
    with page.expect_download(
        lambda one: one.suggested_filename.endswith(".npy"), timeout=60_000
    ) as saved:
        choose(view, "Save data as NPY")
    saved.value.save_as(tmp_path / "rows.npy")
    rows = np.load(tmp_path / "rows.npy")
    assert list(rows.shape) == notebook.evaluate("list(s.data.shape)") == [150, 20]
    assert float(np.nansum(rows)) == pytest.approx(
        notebook.evaluate("float(np.nansum(s.data))"), rel=1e-6
    )


def test_zeros_are_values_and_pictures_are_copied_in_either_theme(
    bare_lab: Lab, page: Page
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.emulate_media(color_scheme="light")
    notebook = opened(bare_lab, page, "sparse.ipynb", [SPARSE])
    view = notebook.view("pileup")
    notebook.wait_ready(view)
    canvas, readout = view.get_by_test_id("plot-canvas"), view.get_by_test_id("readout")
    opacity = canvas.evaluate(
        "c => [[0, 0], [1, 0], [2, 2]].map(([x, y]) =>"
        " c.getContext('2d').getImageData(x, y, 1, 1).data[3])"
    )
    assert opacity == [255, 0, 255], "a number, a missing one, and a zero"
    assert ", 93\u2009% zero, less than 1\u2009% missing" in (
        canvas.get_attribute("aria-label") or ""
    )
    box_of(view)
    page.mouse.move(*middle(canvas, 2.5 / 41, 2.5 / 41))
    expect(readout).to_contain_text("0 (log2 −∞)")
    page.mouse.move(*middle(canvas, 1.5 / 41, 0.5 / 41))
    expect(readout).to_contain_text("no data")

    # the picture is copied at twice its size
    choose(view, "Copy picture")
    expect(view.get_by_test_id("status")).to_contain_text("Picture copied.")
    view.get_by_role("button", name="ok").click()
    size = page.evaluate(
        "async () => { const [item] = await navigator.clipboard.read();"
        " const image = await createImageBitmap(await item.getType('image/png'));"
        " return [image.width, image.height] }"
    )
    plot = box_of(view.locator(".hcw-plot"))
    assert size == [round(2 * plot["width"]), round(2 * plot["height"])]

    # the theme changes under an open menu, which follows
    view.get_by_test_id("view-menu").click()
    menu = view.get_by_role("menu")
    colour = "menu => getComputedStyle(menu).backgroundColor"
    assert brightness(menu.evaluate(colour)) > 600
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    expect(page.locator(".hicognition-widget [data-theme]").first).to_have_attribute(
        "data-theme", "dark"
    )
    expect(menu).to_be_visible()
    once(page, lambda: brightness(menu.evaluate(colour)), lambda dark: dark < 200)
    menu.get_by_text("greys", exact=True).click()
    eventually(notebook, "v.cmap", "Greys")


def test_rows_stand_in_the_clusters_beside_them_and_by_a_score_of_a_map(
    bare_lab: Lab, page: Page, demo_data: Path
) -> None:
    setup = SETUP.format(data=str(demo_data), folder=str(bare_lab.folder), name="orders")
    notebook = opened(bare_lab, page, "orders.ipynb", [setup + ORDERS])
    view = notebook.view("stackup")
    notebook.wait_ready(view)
    choose(view, "Clusters as in Signal, Insulation")
    blocks = view.get_by_test_id("group-block")
    expect(blocks).to_have_count(3)
    expect(view.get_by_test_id("block-legend")).to_contain_text("cluster 0")
    eventually(notebook, "[s.group_clusters, s.group_binsize]", [3, 50_000])
    notebook.wait_ready(view)

    # within every block, the strongest in the map on top
    view.get_by_test_id("sort-select").select_option(label="insulation, Hi-C")
    eventually(notebook, "s.sort_by.startswith('map:') and s.status == 'ready'")
    notebook.wait_ready(view)
    expect(blocks).to_have_count(3)
    tops = notebook.evaluate("[len(rows) for _, rows in s.blocks]")
    assert sum(tops) == 150

    # another flank, which the embedding's bins do not divide, has bins of its own
    notebook.execute("c.flank = 20_000; s.wait(200)")
    expect(view).to_contain_text("+20 kb")
    notebook.wait_ready(view)
    expect(blocks).to_have_count(3)
    notebook.execute("c.flank = 200_000; s.wait(200)")
    expect(view).to_contain_text("+200 kb")
    notebook.wait_ready(view)

    # the embedding has finer bins since; chosen once more, the entry takes the blocks away
    finer = str(notebook.evaluate("e.binsize"))
    expect(notebook.view("embedding1d").get_by_test_id("bin-select")).to_have_value(finer)
    choose(view, "Clusters as in Signal, Insulation")
    eventually(notebook, "s.group_binsize == e.binsize and s.status == 'ready'")
    notebook.wait_ready(view)
    choose(view, "Clusters as in Signal, Insulation")
    expect(blocks).to_have_count(0)
    eventually(notebook, "s.group_by", "")
