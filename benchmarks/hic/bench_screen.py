"""How long a selection takes to the screen: 50,000 regions, JupyterLab, a real kernel.

``python benchmarks/hic/bench_screen.py`` opens a comparison of a pileup (81 × 81 bins), a
profile, a stackup and an enrichment in headless Chromium, once everything for all regions is
kept. Rows are brushed in the stackup with the mouse. Per view it prints the time

* in the kernel: from ``c.selection = rows`` until the view has its new result, and
* to the screen: from the mouse going up until the first frame with the new picture,

as medians over the picks, and writes them to ``benchmarks/out/screen.json``. The limits are
300 and 600 ms. It needs Chromium and the packages of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OUT = ROOT / "benchmarks" / "out"
sys.path[:0] = [str(HERE.parent), str(ROOT / "tests" / "browser")]
import synthetic_hic as synthetic  # noqa: E402 - found beside this folder
import synthetic_signal as signal  # noqa: E402

N = 50_000
TARGETS = 50
FLANK, BINSIZE = 400_000, 10_000
KINDS = ("pileup", "profile", "stackup", "enrichment")
KERNEL_LIMIT, SCREEN_LIMIT = 0.3, 0.6
#: Parts of the stackup that are brushed, from its top.
BRUSHES = (
    (0.02, 0.12),
    (0.3, 0.8),
    (0.0, 0.5),
    (0.4, 0.42),
    (0.05, 0.95),
    (0.6, 0.9),
    (0.2, 0.3),
)

CELLS = [
    "import os, json, time\n"
    "import numpy as np\n"
    "import hicognition_widgets as hcw\n"
    "ws = hcw.Workspace()\n"
    'features = json.loads(os.environ["BENCH_FEATURES"])',
    f'c = ws.compare("points", flank={FLANK}, columns=2)\n'
    f'c.add("pileup", "map", binsize={BINSIZE})\n'
    f'c.add("profile", "track", binsize={BINSIZE})\n'
    f'c.add("stackup", "track", binsize={BINSIZE})\n'
    f'c.add("enrichment", features, binsize={BINSIZE})\n'
    "c.wait(1200)\n"
    "c",
    # what a view answers with is noted when it is there, on whatever thread that is
    "shown = {}\n"
    "def note(change):\n"
    "    shown[change['owner'].kind] = time.perf_counter()\n"
    "for view in c.views:\n"
    '    view.observe(note, names="result")\n'
    "def select(part, seed):\n"
    f"    rows = np.sort(np.random.default_rng(seed).choice({N}, int(part * {N}), False))\n"
    "    shown.clear()\n"
    "    before, spent = time.perf_counter(), time.process_time()\n"
    "    c.selection = rows\n"
    "    returned = time.perf_counter()\n"
    "    c.wait(120)\n"
    "    cpu = time.process_time() - spent\n"
    "    times = {k: at - before for k, at in shown.items()}\n"
    "    return times | {'call': returned - before, 'cpu': cpu}",
]

#: Watches all cards from the moment the mouse goes up; what counts is what is drawn.
WATCH = """
() => {
  const roots = [...document.querySelectorAll(".hicognition-widget")].map((e) => e.shadowRoot);
  const find = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  const hash = (canvas) => {
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 3) sum = (sum * 31 + data[i]) | 0;
    return sum;
  };
  const text = (element) => element && new XMLSerializer().serializeToString(element);
  const paths = (card) =>
    [...card.querySelectorAll("svg.hcw-svg path, svg.hcw-svg rect, svg circle")]
      .map((e) => ["d", "x", "y", "height", "cx"].map((n) => e.getAttribute(n)).join())
      .join(";");
  const looks = {
    pileup: (card) => hash(card.querySelector("[data-testid=plot-canvas]")),
    profile: paths,
    stackup: (card) =>
      text(card.querySelector("[data-testid=selected-block]"))
      + "|" + card.querySelector("path.hcw-line").getAttribute("d"),
    enrichment: paths,
  };
  // looked up in every frame: JupyterLab takes cells out of the page and puts them back
  const card = (kind) => find(`[data-testid=view-${kind}]`)[0];
  const kinds = Object.keys(looks);
  const before = Object.fromEntries(
    kinds.map((kind) => [kind, String(looks[kind](card(kind)))]),
  );
  window.bench = new Promise((resolve) => {
    window.addEventListener("pointerup", (event) => {
      const times = {};
      const frame = (now) => {
        for (const kind of kinds) {
          const at = card(kind);
          if (kind in times || at?.dataset.status !== "ready") continue;
          if (String(looks[kind](at)) !== before[kind]) times[kind] = now - event.timeStamp;
        }
        const over = Object.keys(times).length === kinds.length;
        if (over || now - event.timeStamp > 30000) resolve(times);
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    }, { capture: true, once: true });
  });
}
"""


def prepare(folder: Path, data: Path) -> dict[str, str]:
    """A catalog with everything in it; the environment that finds it."""
    import hicognition_widgets as hcw

    environment = {
        "HICOGNITION_CATALOG": f"sqlite:///{folder}/catalog.sqlite",
        "HICOGNITION_STORE": str(folder / "store"),
        "HICOGNITION_SCHEDULER": "threads",
    }
    paths: dict[str, Path] = {"points": folder / "points.bed"}
    synthetic.make_points(N).iloc[:, :3].to_csv(
        paths["points"], sep="\t", header=False, index=False
    )
    for number in range(TARGETS):
        name = f"set {number}"
        paths[name] = folder / f"{name}.bed"
        targets = synthetic.make_points(20_000, seed=100 + number).iloc[:, :3]
        targets.to_csv(paths[name], sep="\t", header=False, index=False)
    with hcw.Workspace(
        catalog=environment["HICOGNITION_CATALOG"],
        store=environment["HICOGNITION_STORE"],
        scheduler="threads",
    ) as ws:
        ws.add_assembly("synthetic", chromsizes=synthetic.SIZES)
        for name, path in paths.items():
            ws.add_regions(path, assembly="synthetic", name=name, kind="point")
        ws.add_feature(synthetic.make_map(data), assembly="synthetic", name="map")
        ws.add_feature(signal.make_track(data), assembly="synthetic", name="track")
    environment["BENCH_FEATURES"] = json.dumps([name for name in paths if name != "points"])
    return environment


def brush(page: Any, part: tuple[float, float]) -> dict[str, float]:
    """Brush rows of the stackup; seconds until each view shows them."""
    canvas = page.get_by_test_id("view-stackup").get_by_test_id("plot-canvas").first
    box = canvas.bounding_box()
    x = box["x"] + box["width"] / 2
    ends = [box["y"] + min(max(one, 0.004), 0.996) * box["height"] for one in part]
    page.evaluate(WATCH)
    page.mouse.move(x, ends[0])
    page.mouse.down()
    page.mouse.move(x, ends[1], steps=5)
    page.mouse.up()
    times = page.evaluate("window.bench")
    late = [kind for kind in KINDS if kind not in times]
    if late:
        cards = [page.get_by_test_id(f"view-{kind}").first for kind in late]
        said = [f"{card.get_attribute('data-status')}: {card.inner_text()}" for card in cards]
        raise RuntimeError(f"no new picture of {', '.join(late)} within 30 s; {said}")
    return {kind: times[kind] / 1000 for kind in KINDS}


def measure(folder: Path, environment: dict[str, str], picks: int) -> dict[str, Any]:
    from lab import browser_path, running_lab
    from playwright.sync_api import expect, sync_playwright

    lab_folder = folder / "lab"
    lab_folder.mkdir()
    with (
        running_lab(lab_folder, os.environ | environment) as lab,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=browser_path())
        page = chromium.new_page(viewport={"width": 1400, "height": 1500})
        lab.write_notebook("bench.ipynb", CELLS)
        notebook = lab.open(page, "bench.ipynb")
        notebook.run_all(timeout=1200)
        for kind in KINDS:
            notebook.wait_ready(notebook.view(kind), timeout=120_000)
        # compiled and read once, as after the first selection of a session
        for seed in (1, 2):
            notebook.evaluate(f"select(0.3, {seed})")
        parts = (0.001, 0.1, 0.5, 0.9, 0.3, 0.7, 0.2)[:picks]
        kernel = [notebook.evaluate(f"select({p}, {i})") for i, p in enumerate(parts, 10)]
        screen = []
        # the first brush is that of a session, and not counted
        for part in ((0.1, 0.2), *BRUSHES[:picks]):
            # selected rows stand first, so the same brush could select what is selected
            notebook.execute("c.selection = None")
            count = page.get_by_test_id("selection-count")
            expect(count).to_have_text("nothing selected", timeout=60_000)
            notebook.evaluate("c.wait(120)")
            page.wait_for_timeout(1000)
            screen.append(brush(page, part))
        page.screenshot(path=OUT / "screen.png")
        chromium.close()
    return {"kernel": kernel, "screen": screen[1:]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picks", type=int, default=7)
    parser.add_argument("--data", type=Path, default=OUT / "data")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hicognition-bench-") as folder:
        environment = prepare(Path(folder), options.data)
        times = measure(Path(folder), environment, options.picks)
    load = os.getloadavg()
    print(f"load average {load[0]:.1f}; median (slowest) of {options.picks} selections, ms\n")
    print(f"{'':12}{'kernel':>8}{'':>9}{'limit':>7} {'screen':>8}{'':>9}{'limit':>7}")
    rows = []
    for kind in KINDS:
        row: dict[str, Any] = {"view": kind}
        for where in ("kernel", "screen"):
            values = [one[kind] for one in times[where]]
            row |= {where: float(np.median(values)), f"{where}_slowest": max(values)}
        rows.append(row)
        words = [f"{kind:12}"]
        for where, limit in (("kernel", KERNEL_LIMIT), ("screen", SCREEN_LIMIT)):
            slowest = f"({row[f'{where}_slowest'] * 1000:.0f})"
            words.append(f"{row[where] * 1000:>8.0f}{slowest:>9}{limit * 1000:>7.0f} ")
        print("".join(words))
    cpu = np.median([one["cpu"] for one in times["kernel"]])
    call = np.median([one["call"] for one in times["kernel"]])
    print(f"\nall four in the kernel: {cpu * 1000:.0f} ms of CPU; c.selection = … returns")
    print(f"after {call * 1000:.0f} ms")
    report = {"regions": N, "rows": rows, "times": times, "load": load, "cpus": os.cpu_count()}
    (OUT / "screen.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
