"""How long an embedding of 50,000 regions takes to be coloured anew in headless Chromium.

    .venv/bin/python benchmarks/screen/bench_clouds.py [--points 50000] [--out times.json]

The browser bundle draws a view of arrays in a page of its own. Each time is from the change of
a setting, or the arrival of a new result, to the next frame after everything was drawn; up to
one frame (17 ms) of it is waiting for the screen.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import statistics
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from hicognition_widgets.views.embedding import Embedding1D
from hicognition_widgets.views.runtime import bundle_source

BUDGET = 50.0
REPEATS = 15

PAGE = """
async ([source, states]) => {
  const text = new Blob([source], { type: "text/javascript" });
  const module = await import(URL.createObjectURL(text));
  const decode = (state) => {
    const read = (one) => {
      const text = atob(one.data);
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      return { ...one, data: new DataView(bytes.buffer) };
    };
    const arrays = state.result.arrays;
    const made = Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, read(v)]));
    return { ...state, result: { ...state.result, arrays: made } };
  };
  const decoded = Object.fromEntries(Object.entries(states).map(([k, v]) => [k, decode(v)]));
  let traits = { ...decoded.first };
  const listeners = new Map();
  const model = {
    get: (name) => traits[name],
    set: (name, value) => { traits = { ...traits, [name]: value }; },
    save_changes: () => {},
    send: () => {},
    on: (event, call) => listeners.set(event, [...(listeners.get(event) ?? []), call]),
    off: () => {},
  };
  document.body.innerHTML = "";
  const el = document.createElement("div");
  document.body.append(el);
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const tell = (names) => {
    for (const name of names) for (const call of listeners.get("change:" + name) ?? []) call();
    for (const call of listeners.get("change") ?? []) call();
  };
  window.change = async (patch) => {
    await frame();
    const start = performance.now();
    traits = { ...traits, ...patch };
    tell(Object.keys(patch));
    await frame();
    return performance.now() - start;
  };
  window.show = async (name) =>
    window.change({ result: decoded[name].result, overlay: decoded[name].overlay });
  const start = performance.now();
  module.default.render({ model, el });
  await frame();
  return performance.now() - start;
}
"""


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


def state_of(view: Embedding1D) -> dict[str, Any]:
    """Its synced traits as JSON."""
    state = {name: value for name, value in view.get_state().items() if name[0] != "_"}
    state.pop("layout", None)
    arrays = {
        name: wire | {"data": base64.b64encode(bytes(wire["data"])).decode()}
        for name, wire in state["result"]["arrays"].items()
    }
    state["result"] = state["result"] | {"arrays": arrays}
    return json.loads(json.dumps(state, default=str))


def measure(page: Page, points: int) -> dict[str, float]:
    """Median times in ms."""
    view = view_of(points)
    states = {"first": state_of(view)}
    for name, overlay in (("numbers", "feature:0"), ("states", "annotation:state")):
        view.overlay = overlay
        states[name] = state_of(view)
    times: dict[str, list[float]] = {}
    times["first paint"] = [page.evaluate(PAGE, [bundle_source(), states])]

    def repeated(name: str, change: str) -> None:
        found = [page.evaluate(change.replace("$i", str(i))) for i in range(REPEATS)]
        times[name] = found[3:]

    for drawn in ("density", "points"):
        page.evaluate(f"change({{drawn: '{drawn}'}})")
        repeated(f"{drawn}: new limits", "change({vmin: -1 - 0.01 * $i})")
        repeated(
            f"{drawn}: another map", "change({cmap: ['viridis', 'magma', 'Reds'][$i % 3]})"
        )
        repeated(f"{drawn}: another overlay", "show(['numbers', 'first'][$i % 2])")
        repeated(f"{drawn}: categories", "show(['states', 'first'][$i % 2])")
        repeated(f"{drawn}: zoom", "change({extent: [-4, 4 + 0.01 * $i, -4, 4]})")
        page.evaluate("change({extent: []})")
    return {name: round(statistics.median(found), 1) for name, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    path = os.environ.get("HICOGNITION_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(viewport={"width": 900, "height": 800})
        page.goto("about:blank")
        times = measure(page, options.points)
        browser.close()
    for name, value in times.items():
        over = "  over the budget" if value > BUDGET and name != "first paint" else ""
        print(f"{name:28} {value:7.1f} ms{over}")
    if options.out:
        options.out.write_text(json.dumps({"points": options.points, "ms": times}, indent=1))


if __name__ == "__main__":
    main()
