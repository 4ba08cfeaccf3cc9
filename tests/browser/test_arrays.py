"""Views of arrays in a real JupyterLab, without a catalog or a workspace."""

from __future__ import annotations

import os

from lab import Lab
from playwright.sync_api import Page, expect

SETUP = """\
import numpy as np
import hicognition_widgets as hcw
rng = np.random.default_rng(1)
at = np.arange(-20, 21)
mean = 1 + np.exp(-(at[:, None] ** 2 + at[None, :] ** 2) / 30) + rng.normal(0, 0.05, (41, 41))
mean[10, :5] = np.nan
signal = rng.gamma(2.0, size=(3000, 40)) * (1 + np.exp(-(np.arange(40) - 19.5) ** 2 / 20))
line = signal.mean(axis=0)
"""
CELLS = [
    SETUP,
    'hcw.Pileup.from_array(mean, flank=200_000, n=1013, name="Hi-C", regions="loops")',
    'hcw.LineProfile.from_array({"CTCF": line, "Rad21": {"mean": line + 1, "low": line + 0.8,'
    ' "high": line + 1.2}}, flank=20_000, n=3000)',
    'hcw.Stackup.from_array(signal, flank=20_000, name="CTCF", regions="CTCF sites")',
]


def test_arrays_are_drawn_with_their_names_and_numbers(bare_lab: Lab, page: Page) -> None:
    bare_lab.write_notebook("arrays.ipynb", CELLS)
    notebook = bare_lab.open(page, "arrays.ipynb")
    notebook.run_all()
    assert notebook.errors() == ""
    for kind, name, count in (
        ("pileup", "Hi-C", "1,013"),
        ("profile", "Rad21", "3,000"),
        ("stackup", "CTCF", "3,000"),
    ):
        view = notebook.view(kind)
        view.scroll_into_view_if_needed()
        notebook.wait_ready(view)
        expect(view).to_contain_text(name)
        expect(view.get_by_test_id("status")).to_contain_text(count)
        if "HICOGNITION_SHOTS" in os.environ:
            view.screenshot(path=f"{os.environ['HICOGNITION_SHOTS']}/{kind}.png")


def test_two_averages_are_shown_in_relation(bare_lab: Lab, page: Page) -> None:
    shown = (
        'hcw.Pileup.from_array(mean, other=mean[::-1] + 1, other_name="KO", name="control",'
        " flank=200_000, n=1013)"
    )
    bare_lab.write_notebook("two.ipynb", [SETUP, shown])
    notebook = bare_lab.open(page, "two.ipynb")
    notebook.run_all()
    view = notebook.view("pileup")
    notebook.wait_ready(view)
    expect(view.get_by_test_id("versus-select")).to_contain_text("KO", timeout=60_000)
    expect(view.get_by_test_id("outline-note")).to_have_count(0)
    view.get_by_test_id("plot-canvas").hover()
    expect(view.get_by_test_id("readout")).to_contain_text("log2 ratio", timeout=60_000)
