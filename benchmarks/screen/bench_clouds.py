"""How long an embedding of 50,000 regions takes to be coloured anew in headless Chromium.

    .venv/bin/python benchmarks/screen/bench_clouds.py [--points 50000] [--out times.json]

The browser bundle draws a view of arrays in a page of its own. Each time is from the change of
a setting, or the arrival of a new result, to the next frame after everything was drawn; up to
one frame (17 ms) of it is waiting for the screen.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import numpy as np
from bare_page import bare_page, chromium, keep
from playwright.sync_api import Page

from hicognition_widgets.views.embedding import Embedding1D

BUDGET = 50.0
REPEATS = 15


def view_of(points: int) -> Embedding1D:
    """A view of five groups with three values each, placed already."""
    rng = np.random.default_rng(1)
    group = rng.integers(0, 5, points)
    values = rng.normal(size=(points, 3)) + group[:, None]
    at = rng.normal(size=(points, 2)) + rng.normal(scale=4, size=(5, 2))[group]
    view = Embedding1D.from_array(
        values, points=at, clusters=group, annotations={"state": group.astype(str)}
    )
    view.wait(600)
    return view


def measure(page: Page, points: int) -> dict[str, float]:
    """Median times in ms."""
    view = view_of(points)
    keep(page, "first", view)
    for name, overlay in (("numbers", "feature:0"), ("states", "annotation:state")):
        view.overlay = overlay
        keep(page, name, view)
    times: dict[str, list[float]] = {}
    times["first paint"] = [page.evaluate("bench.draw('first')")]

    def repeated(name: str, change: str) -> None:
        found = [page.evaluate(change.replace("$i", str(i))) for i in range(REPEATS)]
        times[name] = found[3:]

    for drawn in ("density", "points"):
        page.evaluate(f"bench.change({{drawn: '{drawn}'}})")
        repeated(f"{drawn}: new limits", "bench.change({vmin: -1 - 0.01 * $i})")
        repeated(
            f"{drawn}: another map",
            "bench.change({cmap: ['viridis', 'magma', 'Reds'][$i % 3]})",
        )
        repeated(f"{drawn}: another overlay", "bench.show(['numbers', 'first'][$i % 2])")
        repeated(f"{drawn}: categories", "bench.show(['states', 'first'][$i % 2])")
        repeated(f"{drawn}: zoom", "bench.change({extent: [-4, 4 + 0.01 * $i, -4, 4]})")
        page.evaluate("bench.change({extent: []})")
    return {name: round(statistics.median(found), 1) for name, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with chromium() as browser:
        times = measure(bare_page(browser), options.points)
    for name, value in times.items():
        over = "  over the budget" if value > BUDGET and name != "first paint" else ""
        print(f"{name:28} {value:7.1f} ms{over}")
    if options.out:
        options.out.write_text(json.dumps({"points": options.points, "ms": times}, indent=1))


if __name__ == "__main__":
    main()
