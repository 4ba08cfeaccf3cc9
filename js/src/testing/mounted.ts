/** A page with a widget on it, as the tests of whole widgets look at it. */

import { afterEach, beforeEach, vi } from "vitest";
import { mount } from "../shell/mount";
import { comparisonTraits, FakeHost, FakeModel, pileupTraits, profileTraits } from "./fake";

/** What a widget is mounted into; a fresh one for every test after `freshPages`. */
export let page: HTMLElement;

/** Gives every test of the file a page of its own, as wide as said: tests have no layout. */
export function freshPages(width = 400): void {
  beforeEach(() => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(width);
    page = document.createElement("div");
    document.body.append(page);
  });
  afterEach(() => {
    page.remove();
  });
}

export const settle = (ms = 0): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

export function inside(el: HTMLElement = page): ShadowRoot {
  const root = el.querySelector(".hicognition-widget")?.shadowRoot;
  if (root === null || root === undefined) throw new Error("nothing is mounted");
  return root;
}

export function find<E extends HTMLElement>(testid: string, within: ParentNode = inside()): E {
  const element = within.querySelector<E>(`[data-testid="${testid}"]`);
  if (element === null) throw new Error(`there is no ${testid}`);
  return element;
}

export function choose(testid: string, value: string, within?: ParentNode): void {
  const select = find<HTMLSelectElement>(testid, within);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

export function press(
  target: HTMLElement,
  key: string,
  more: KeyboardEventInit = {},
): KeyboardEvent {
  const init = { key, bubbles: true, composed: true, cancelable: true, ...more };
  const event = new KeyboardEvent("keydown", init);
  target.dispatchEvent(event);
  return event;
}

/** One view by itself. */
export function alone(traits: Record<string, unknown> = pileupTraits()): {
  model: FakeModel;
  leave: () => void;
} {
  const model = new FakeModel(traits);
  return { model, leave: mount({ model, el: page }) };
}

/** A comparison of two maps and a profile. */
export function compared(patch: Record<string, unknown> = {}) {
  const children = {
    "anywidget:a": new FakeModel(pileupTraits()),
    "anywidget:b": new FakeModel(pileupTraits({ view_id: "2", features: ["3"] })),
    "anywidget:c": new FakeModel(profileTraits()),
  };
  const model = new FakeModel(comparisonTraits(Object.keys(children), patch));
  const leave = mount({ model, el: page, host: new FakeHost(children) });
  return { children, model, leave };
}
