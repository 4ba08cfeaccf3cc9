"""The progress of a job, in JupyterLab."""

from __future__ import annotations

from pathlib import Path

from lab import Lab
from playwright.sync_api import Page, expect

import hicognition_widgets as hcw

OUT = Path(__file__).parent / "out"
DATA = Path(hcw.__file__).parent / "demo" / "data"

SETUP = f"""
import shutil, tempfile, warnings
from pathlib import Path
warnings.simplefilter("ignore")
import hicognition_widgets as hcw
data, folder = Path({str(DATA)!r}), Path(tempfile.mkdtemp())
ws = hcw.Workspace(
    catalog=folder / "c.sqlite", store=folder / "s", scheduler="threads", user="a"
)
peaks = ws.add_regions(data / "Bonev_CTCF+.bed", assembly="mm9", name="CTCF peaks")
track = ws.add_feature(
    data / "derived_CTCF_site_count_10kb.bw", assembly="mm9", name="CTCF sites"
)
lost = folder / "lost.bw"
shutil.copy(data / "derived_CN_E1_1Mb.bw", lost)
gone = ws.add_feature(lost, assembly="mm9", name="<b>compartments</b>")
lost.rename(folder / "away.bw")
"""
SHOW = """
job = ws.preprocess(
    peaks, [track, gone], flanks=[50_000, 100_000], binsizes=[10_000], title="<i>peaks</i>"
)
job
"""


def test_a_job_is_shown_with_what_failed_and_tried_again(lab: Lab, page: Page) -> None:
    OUT.mkdir(exist_ok=True)
    lab.write_notebook("job.ipynb", [SETUP, SHOW])
    notebook = lab.open(page, "job.ipynb")
    notebook.run_all()
    card = page.get_by_test_id("job")
    expect(card.get_by_test_id("job-state")).to_have_text("4 of 8 failed", timeout=90_000)
    expect(card.locator(".job-title")).to_have_text("<i>peaks</i>")  # names are text
    expect(card.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "8")
    reason = card.locator("summary")
    expect(reason).to_contain_text("is gone; put it back")
    reason.click()
    expect(card.locator("pre")).to_contain_text("FileError")
    card.screenshot(path=OUT / "job-failed.png")
    page.evaluate("document.querySelector('.hicognition-widget').style.width = '240px'")
    card.screenshot(path=OUT / "job-narrow.png")
    page.evaluate("document.querySelector('.hicognition-widget').style.width = ''")
    card.get_by_test_id("job-retry").click()
    expect(card.get_by_test_id("job-state")).to_have_text("4 of 8 failed", timeout=90_000)
    lab_theme(page)
    page.wait_for_timeout(500)
    card.screenshot(path=OUT / "job-dark.png")
    # with the file back, the same click makes what is missing
    notebook.execute("(folder / 'away.bw').rename(lost)")
    card.get_by_test_id("job-retry").click()
    expect(card.get_by_test_id("job-state")).to_have_text("finished")
    expect(card.get_by_test_id("job-retry")).to_have_count(0)


def lab_theme(page: Page) -> None:
    page.click('.lm-MenuBar-item:has-text("Settings")')
    page.hover('.lm-Menu-item:has-text("Theme")')
    page.click('.lm-Menu-item:has-text("JupyterLab Dark")')
