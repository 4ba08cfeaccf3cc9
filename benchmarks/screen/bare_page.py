"""Views in a page of their own: the bundle and models without a kernel, in headless Chromium.

What a model sends is kept and goes nowhere. ``bench`` in the page draws states of views,
changes them as Python would, and times it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from hicognition_widgets.views.base import View
from hicognition_widgets.views.runtime import bundle_source

PAGE = """
async (source) => {
  const text = new Blob([source], { type: "text/javascript" });
  const module = await import(URL.createObjectURL(text));
  const decoded = (result) => {
    const read = (one) => {
      const bytes = Uint8Array.from(atob(one.data), (letter) => letter.charCodeAt(0));
      return { ...one, data: new DataView(bytes.buffer) };
    };
    const made = Object.entries(result.arrays).map(([name, one]) => [name, read(one)]);
    return { ...result, arrays: Object.fromEntries(made) };
  };

  /** A model that fires as Backbone's do, and answers no command. */
  class Model {
    constructor(traits) {
      this.traits = traits;
      this.listeners = new Map();
    }
    get(name) {
      return this.traits[name];
    }
    set(name, value) {
      const patch = typeof name === "string" ? { [name]: value } : name;
      const before = this.traits;
      this.traits = { ...before, ...patch };
      for (const [key, now] of Object.entries(patch)) {
        if (before[key] === now) continue;
        for (const call of this.listeners.get("change:" + key) ?? []) call();
      }
      for (const call of this.listeners.get("change") ?? []) call();
    }
    save_changes() {}
    send() {}
    on(event, call) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), call]);
    }
    off() {}
  }

  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const channel = new MessageChannel();
  /** ms of one frame in which something happens: handlers, layout and paint, no waiting. */
  const work = (act) => new Promise((done) => requestAnimationFrame(() => {
    const start = performance.now();
    channel.port1.onmessage = () => done(performance.now() - start);
    act();
    channel.port2.postMessage(0);
  }));

  const states = {};
  let model = null;
  let leave = () => {};
  const root = () => document.querySelector(".hicognition-widget").shadowRoot;
  const find = (id) => root().querySelector(`[data-testid=${id}]`);
  window.bench = {
    frame, work, find,
    keep: (name, state) => {
      states[name] = { ...state, result: decoded(state.result) };
    },
    /** Mounts a view in an empty page; ms until the frame after it was drawn. */
    draw: async (name) => {
      leave();
      document.body.replaceChildren();
      const el = document.createElement("div");
      document.body.append(el);
      await frame();
      const start = performance.now();
      model = new Model({ ...states[name] });
      leave = module.default.render({ model, el });
      do await frame(); while (root().querySelector(".hcw-plot") === null);
      return performance.now() - start;
    },
    /** Traits change as by a message; ms until the frame after it was drawn. */
    change: async (patch) => {
      await frame();
      const start = performance.now();
      model.set(patch);
      await frame();
      return performance.now() - start;
    },
    show: (name) => {
      const { result, overlay } = states[name];
      return window.bench.change({ result, overlay });
    },
    /** Moves over an element, one place a frame; ms of work of each frame. */
    hover: async (id, moves) => {
      const times = [];
      for (let i = 0; i < moves; i++) {
        const target = find(id);
        const { left, top, width, height } = target.getBoundingClientRect();
        const at = {
          clientX: left + (0.05 + (0.9 * ((i * 7) % moves)) / moves) * width,
          clientY: top + (0.05 + (0.9 * ((i * 13) % moves)) / moves) * height,
        };
        times.push(await work(() => target.dispatchEvent(new PointerEvent(
          "pointermove", { ...at, bubbles: true, composed: true, pointerType: "mouse" },
        ))));
      }
      return times;
    },
    /** Drags what holds the pointer already; frames, ms, and in how many of them it moved. */
    drag: async (id, frames) => {
      let moved = 0;
      let before = "";
      const { left, top } = find(id).getBoundingClientRect();
      await frame();
      const start = performance.now();
      for (let i = 0; i < frames; i++) {
        await new Promise((done) => requestAnimationFrame(done));
        const clientY = top + 40 + 30 * Math.sin(i / 8);
        find(id).dispatchEvent(new PointerEvent("pointermove", {
          clientX: left, clientY, pointerId: 1, bubbles: true, composed: true,
        }));
        const now = find(id).getAttribute("aria-valuenow");
        if (now !== before) moved++;
        before = now;
      }
      await frame();
      return { frames, ms: performance.now() - start, moved };
    },
  };
}
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium as the machine has it; HICOGNITION_CHROMIUM overrides."""
    path = os.environ.get("HICOGNITION_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            browser.close()


def bare_page(browser: Browser, *, width: int = 900, height: int = 800) -> Page:
    """An empty page with the bundle and ``bench`` in it."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto("about:blank")
    page.evaluate(PAGE, bundle_source())
    return page


def keep(page: Page, name: str, view: View) -> None:
    """Put a view as it is now into the page, to be drawn later."""
    page.evaluate("([name, state]) => bench.keep(name, state)", [name, state_of(view)])


def state_of(view: View) -> dict[str, Any]:
    """Its synced traits as JSON, arrays as base64."""
    state = {name: value for name, value in view.get_state().items() if name[0] != "_"}
    state.pop("layout", None)
    arrays = {
        name: wire | {"data": base64.b64encode(bytes(wire["data"])).decode()}
        for name, wire in state["result"]["arrays"].items()
    }
    state["result"] = state["result"] | {"arrays": arrays}
    return json.loads(json.dumps(state, default=str))
