"""What views may cost on screen, and what they do cost: one table of figures and limits.

    .venv/bin/python benchmarks/screen/bench_budgets.py [--only paint,hover] [--out FILE]

Views in a page of their own, in headless Chromium: first paint, dragging a colour limit,
hovering, colouring 50,000 points anew. Views in a real JupyterLab with a real kernel: what 50
re-runs of a cell leave behind, the size of a saved notebook of twelve views, and turning the
rows of a stackup of 50,000 regions. Medians unless a row says otherwise; what is over its
limit is marked. The figures are written to ``benchmarks/out/budgets.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import bench_clouds
import lab_page
import numpy as np
from bare_page import bare_page, chromium, keep
from playwright.sync_api import Browser

import hicognition_widgets as hcw
from hicognition_widgets.views.base import View

OUT = Path(__file__).parents[1] / "out" / "budgets.json"
REPEATS = 9
REGIONS = 50_000
FRAMES = 120
RERUNS = 50


@dataclass(frozen=True)
class Figure:
    """One measured number and what it may be.

    Attributes
    ----------
    what : str
        What was measured.
    value, limit : float
        In `unit`.
    unit : str
        Of both.
    least : bool
        Whether the limit is the least that is wanted; else the most that is allowed.
    note : str
        What else was seen.
    """

    what: str
    value: float
    limit: float
    unit: str
    least: bool = False
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the figure is inside its limit."""
        return self.value >= self.limit if self.least else self.value <= self.limit


def views() -> dict[str, View]:
    """A large view of each kind, ready."""
    rng = np.random.default_rng(1)
    group = rng.integers(0, 10, REGIONS)
    points = rng.normal(size=(REGIONS, 2)) + rng.normal(scale=4, size=(10, 2))[group]
    # one bin sits on the point, so their number is odd
    at = np.linspace(-3, 3, 1001)
    mean = 1 + np.exp(-(at[:, None] ** 2 + at[None, :] ** 2)) + rng.gamma(2, 0.1, (1001, 1001))
    lines = {f"track {i}": rng.gamma(2.0, size=400) for i in range(8)}
    signal = rng.gamma(2.0, size=(REGIONS, 400)).astype(np.float32)
    values = rng.normal(size=(REGIONS, 5)) + group[:, None]
    odds = np.exp2(rng.normal(0, 1, (500, 80)))
    some = 5000
    made: dict[str, View] = {
        "pileup": hcw.Pileup.from_array(
            mean, flank=1_000_000, n=REGIONS, width=1200, height=1100
        ),
        "profile": hcw.LineProfile.from_array(lines, flank=200_000, n=REGIONS),
        "stackup": hcw.Stackup.from_array(signal, flank=200_000),
        "embedding1d": hcw.Embedding1D.from_array(values, points=points, clusters=group),
        "embedding2d": hcw.Embedding2D.from_array(
            rng.gamma(2.0, size=(some, 11, 11)),
            flank=50_000,
            points=points[:some],
            clusters=group[:some],
        ),
        "enrichment": hcw.Enrichment.from_array(
            odds, 10.0 ** -(4 * np.abs(np.log2(odds))), flank=200_000, n=REGIONS
        ),
    }
    for view in made.values():
        view.wait(600)
    return made


def paint(browser: Browser) -> Iterator[Figure]:
    """From cached data to the first frame with the picture, per kind."""
    page = bare_page(browser, width=1300, height=1200)
    for kind, view in views().items():
        keep(page, kind, view)
        first, *times = (page.evaluate(f"bench.draw('{kind}')") for _ in range(REPEATS))
        note = f"the first {first:.0f}, the slowest later {max(times):.0f}"
        yield Figure(f"first paint, {kind}", statistics.median(times), 150, "ms", note=note)
    page.close()


def drag(browser: Browser) -> Iterator[Figure]:
    """A colour limit of 1,001 × 1,001 cells under the hand, one cell or more a pixel."""
    page = bare_page(browser, width=1300, height=1200)
    keep(page, "pileup", views()["pileup"])
    page.evaluate("bench.draw('pileup')")
    handle = page.get_by_test_id("color-high-handle").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + 4, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    found = page.evaluate(f"bench.drag('color-high-handle', {FRAMES})")
    page.mouse.up()
    if found["moved"] < FRAMES / 2:
        raise RuntimeError("the limit did not follow the hand")
    side = page.evaluate("bench.find('plot-canvas').getBoundingClientRect().width")
    rate = 1000 * found["frames"] / found["ms"]
    note = f"on {side:.0f} × {side:.0f} pixels"
    yield Figure("dragging a limit, 1,001 × 1,001", rate, 30, "frames/s", True, note)
    page.close()


HOVERED = {
    "pileup": "plot-canvas",
    "profile": "plot-canvas",
    "stackup": "plot-canvas",
    "embedding1d": "embedding",
    "embedding2d": "embedding",
    "enrichment": "plot-canvas",
}


def hover(browser: Browser) -> Iterator[Figure]:
    """Work of a frame in which the cursor moves: handlers, layout and paint."""
    page = bare_page(browser, width=1300, height=1200)
    for kind, view in views().items():
        keep(page, kind, view)
        page.evaluate(f"bench.draw('{kind}')")
        page.evaluate(f"bench.hover('{HOVERED[kind]}', 20)")
        times = sorted(page.evaluate(f"bench.hover('{HOVERED[kind]}', {FRAMES})"))
        note = f"95 % below {times[int(0.95 * len(times))]:.1f}"
        yield Figure(f"hover, {kind}", statistics.median(times), 16, "ms", note=note)
    page.close()


def recolour(browser: Browser) -> Iterator[Figure]:
    """An embedding of 50,000 points in other colours; see bench_clouds.py for each way."""
    page = bare_page(browser)
    times = bench_clouds.measure(page, REGIONS)
    del times["first paint"]
    slowest = max(times, key=times.__getitem__)
    yield Figure(
        "50,000 points re-coloured", times[slowest], bench_clouds.BUDGET, "ms", note=slowest
    )
    page.close()


def leaks(browser: Browser) -> Iterator[Figure]:
    """What re-runs of a cell leave in the page, beyond those of one with a mere picture."""
    left = lab_page.reruns(browser, RERUNS)
    own = left.pop("picture")
    lab = own["heap"] + own["buffers"]
    for name, found in left.items():
        what = "showing a view again" if name == "shown" else f"making anew: {name}"
        more = {key: found[key] - own[key] for key in found}
        note = (
            f"{more['nodes']:+.0f} nodes, {more['listeners']:+.0f} listeners; "
            f"the picture alone {lab:.1f}"
        )
        grown = more["heap"] + more["buffers"]
        yield Figure(f"{RERUNS} × {what}", grown, 1, "MB left", note=note)


def notebook(browser: Browser) -> Iterator[Figure]:
    """A saved notebook of two views of each kind, 10,000 regions."""
    for keep_state in (False, True):
        found = lab_page.saved(browser, regions=10_000, keep_state=keep_state)
        state = "with the widgets' state" if keep_state else "as usual"
        note = f"{found['pictures']} pictures, {found['drawn']} drawn by a fresh kernel"
        yield Figure(f"12 views saved {state}", found["mb"], 5, "MB", note=note)
        if not keep_state:
            yield Figure("outputs with a PNG", found["pictures"], 12, "of 12", True)
            yield Figure("drawn by a fresh kernel", found["drawn"], 12, "of 12", True)


def turning(browser: Browser) -> Iterator[Figure]:
    """Rows of a stackup of 50,000 × 400 under the wheel, finer ones coming from the kernel."""
    found = lab_page.turning(browser, regions=REGIONS, bins=400, frames=2 * FRAMES)
    for name, seen in found.items():
        note = f"slowest frame {seen['slowest']:.0f} ms"
        yield Figure(f"{name} rows, 50,000 × 400", seen["fps"], 30, "frames/s", True, note)


PARTS: dict[str, Callable[[Browser], Iterator[Figure]]] = {
    "paint": paint,
    "drag": drag,
    "hover": hover,
    "recolour": recolour,
    "turning": turning,
    "leaks": leaks,
    "notebook": notebook,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    figures: list[Figure] = []
    print(f"{'':38}{'measured':>9}{'limit':>8}")
    for part in options.only.split(","):
        with chromium() as browser:
            for one in PARTS[part](browser):
                sign = "≥" if one.least else "≤"
                over = "" if one.kept else "  OVER THE LIMIT"
                print(
                    f"{one.what:38}{one.value:>9.1f} {sign}{one.limit:>6.0f} {one.unit:10}"
                    f"{one.note}{over}",
                    flush=True,
                )
                figures.append(one)
    load = os.getloadavg()
    missed = sum(not one.kept for one in figures)
    print(f"\n{missed} of {len(figures)} over their limits; load average {load[0]:.1f}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(one) | {"kept": one.kept} for one in figures]
    report = {"figures": rows, "load": load, "cpus": os.cpu_count()}
    options.out.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
