import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  comparisonTraits,
  FakeHost,
  FakeModel,
  pileupResult,
  pileupTraits,
  profileTraits,
  stackupTraits,
} from "../testing/fake";
import { resultKey } from "../wire/result_key";
import { readSettings } from "../wire/traits";
import { mount } from "./mount";
import { mountEmbedded } from "./page";

let page: HTMLElement;

beforeEach(() => {
  // the test's document has no layout
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(400);
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  page.remove();
});

const settle = (ms = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function inside(el: HTMLElement = page): ShadowRoot {
  const root = el.querySelector(".hicognition-widget")?.shadowRoot;
  if (root === null || root === undefined) throw new Error("nothing is mounted");
  return root;
}

function find<E extends HTMLElement>(testid: string, within: ParentNode = inside()): E {
  const element = within.querySelector<E>(`[data-testid="${testid}"]`);
  if (element === null) throw new Error(`there is no ${testid}`);
  return element;
}

function choose(testid: string, value: string, within?: ParentNode): void {
  const select = find<HTMLSelectElement>(testid, within);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function press(target: HTMLElement, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const init = { key, bubbles: true, composed: true, cancelable: true, ...more };
  const event = new KeyboardEvent("keydown", init);
  target.dispatchEvent(event);
  return event;
}

function alone(traits: Record<string, unknown> = pileupTraits()): {
  model: FakeModel;
  leave: () => void;
} {
  const model = new FakeModel(traits);
  return { model, leave: mount({ model, el: page }) };
}

function compared(patch: Record<string, unknown> = {}) {
  const children = {
    "anywidget:a": new FakeModel(pileupTraits()),
    "anywidget:b": new FakeModel(pileupTraits({ view_id: "2", features: ["3"] })),
    "anywidget:c": new FakeModel(profileTraits()),
  };
  const model = new FakeModel(comparisonTraits(Object.keys(children), patch));
  const leave = mount({ model, el: page, host: new FakeHost(children) });
  return { children, model, leave };
}

describe("a comparison that opened a session of several", () => {
  it("shows the board it stands for, and leaves nothing behind", async () => {
    const view = new FakeModel(pileupTraits());
    const other = new FakeModel(comparisonTraits(["anywidget:v"]));
    const models: Record<string, FakeModel> = { "anywidget:v": view, "anywidget:other": other };
    const model = new FakeModel(comparisonTraits([]));
    models["anywidget:me"] = model;
    models["anywidget:board"] = new FakeModel({
      kind: "board",
      comparisons: ["anywidget:me", "anywidget:other"],
      link_flanks: false,
    });
    const leave = mount({ model, el: page, host: new FakeHost(models) });
    await settle();
    expect(inside().querySelectorAll('[data-testid="comparison"]')).toHaveLength(1);
    model.update({ beside: "anywidget:board" });
    await settle();
    await settle();
    expect(inside().querySelectorAll('[data-testid="comparison"]')).toHaveLength(2);
    expect(find("view-pileup")).toBeTruthy();
    leave();
    await settle();
    expect(Object.values(models).map((each) => each.listening)).toEqual([0, 0, 0, 0]);
  });
});

const order = (): (string | undefined)[] =>
  [...inside().querySelectorAll<HTMLElement>(".card")].map((card) => card.dataset.viewId);

describe("a view alone", () => {
  it.each([
    ["pileup", pileupTraits()],
    ["profile", profileTraits()],
    ["stackup", stackupTraits()],
  ])("%s: shows a card with its choices and its facts", (kind, traits) => {
    alone(traits);
    const card = find(`view-${kind}`);
    expect(card.dataset.status).toBe("ready");
    expect(card.getAttribute("aria-label")).toMatch(/ of .* at CH12 loops/);
    for (const testid of ["feature-select", "bin-select", "flank-select", "view-menu"]) {
      expect(find(testid)).toBeTruthy();
    }
    expect(find("status").textContent).toMatch(/pairs · \d+ left out/);
  });

  it("keeps its keys from the host", () => {
    alone();
    const outer = page.querySelector(".hicognition-widget");
    expect(outer?.hasAttribute("data-lm-suppress-shortcuts")).toBe(true);
  });

  it("shows names as text, whatever they contain", () => {
    const name = '<img src=x onerror="boom()">';
    const option = { id: "2", name, kind: "contact_map", detail: name };
    alone(
      pileupTraits({
        feature_options: [option],
        regions: { id: "1", name, n: 3, pairs: false, mode: "point" },
        status: "failed",
        message: name,
        detail: name,
      }),
    );
    expect(inside().querySelector("img")).toBeNull();
    expect(find<HTMLSelectElement>("feature-select").textContent).toContain(name);
    expect(inside().querySelector(".failure")?.textContent).toContain(name);
  });

  it("sends a choice to Python and dims at once", async () => {
    const { model } = alone();
    choose("bin-select", "20000");
    await settle();
    expect(model.saved).toEqual([{ binsize: 20_000 }]);
    expect(find("view-pileup").dataset.status).toBe("computing");
    expect(inside().querySelector(".hcw-plot.hcw-dimmed")).not.toBeNull();
    model.update({ result: pileupResult({ flank: 200_000, binsize: 20_000 }) });
    await settle();
    expect(find("view-pileup").dataset.status).toBe("ready");
    expect(inside().querySelector(".hcw-dimmed")).toBeNull();
    expect(find("plot-canvas").dataset.rows).toBe("21");
  });

  it("choosing what is chosen asks for nothing", async () => {
    const { model } = alone();
    choose("bin-select", "10000");
    await settle();
    expect(model.saved).toEqual([]);
    expect(find("view-pileup").dataset.status).toBe("ready");
  });

  it("follows Python", async () => {
    const { model } = alone();
    model.update({ normalization: "balanced", binsize: 50_000 });
    await settle();
    expect(find<HTMLSelectElement>("normalization-select").value).toBe("balanced");
    expect(find<HTMLSelectElement>("bin-select").value).toBe("50000");
    expect(model.saved).toEqual([]);
  });

  it("tells why it failed, and tries again", async () => {
    const failure = { status: "failed", result: null, message: "no weights", detail: "trace" };
    const { model } = alone(pileupTraits(failure));
    expect(inside().querySelector(".failure")?.textContent).toContain("no weights");
    find("details").click();
    await settle();
    expect(inside().querySelector(".failure pre")?.textContent).toBe("trace");
    find("retry").click();
    expect(model.sent).toMatchObject([{ kind: "command", name: "retry" }]);
  });

  it("says what the kernel refuses, in the status line", async () => {
    const { model } = alone(pileupTraits({ stale: true }));
    model.onCommand = () => ({ error: "the file is gone" });
    [...find("status").querySelectorAll("button")].at(-1)?.click();
    await settle();
    expect(find("status").textContent).toContain("the file is gone");
  });

  it("shows progress with its number, and cancels", async () => {
    const { model } = alone(pileupTraits({ status: "computing", progress: 0.42, elapsed: 3 }));
    expect(find("status").textContent).toMatch(/42.% · 3.s · cancel/);
    const line = inside().querySelector('[role="progressbar"]');
    expect(line?.getAttribute("aria-valuenow")).toBe("42");
    press(find("view-pileup"), "Escape");
    expect(model.sent).toMatchObject([{ name: "cancel" }]);
  });

  it("lists why regions are left out", async () => {
    alone();
    find("left-out").click();
    await settle();
    const table = inside().querySelector(".reasons");
    expect(table?.textContent).toContain("crosses the end of its chromosome arm");
    press(inside().activeElement as HTMLElement, "Escape");
    await settle();
    expect(inside().querySelector(".reasons")).toBeNull();
    expect(inside().activeElement).toBe(find("left-out"));
  });

  it("takes a title, and shows what it is a picture of beside it", async () => {
    const { model } = alone();
    find("view-menu").click();
    await settle();
    const items = [...inside().querySelectorAll<HTMLElement>('[role="menuitem"]')];
    items.find((item) => item.textContent === "Rename")?.click();
    await settle();
    const field = find<HTMLInputElement>("rename");
    field.value = "  Figure 2a ";
    press(field, "Enter");
    await settle();
    expect(model.get("title")).toBe("Figure 2a");
    expect(inside().querySelector(".given")?.textContent).toBe("Figure 2a");
    expect(find<HTMLSelectElement>("feature-select").value).toBe("2");
    expect(find("view-pileup").dataset.status).toBe("ready");
  });

  it("asks for a feature while it has none", async () => {
    alone(
      pileupTraits({
        status: "empty",
        result: null,
        features: [],
        message: "Choose a contact map.",
      }),
    );
    const button = inside().querySelector<HTMLButtonElement>(".choose");
    expect(button?.textContent).toBe("Choose a contact map.");
    button?.click();
    expect(inside().activeElement).toBe(find("feature-select"));
  });

  it("chooses several tracks", async () => {
    const { model } = alone(profileTraits());
    find("feature-select").click();
    await settle();
    const boxes = [...inside().querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    expect(boxes.map((box) => box.checked)).toEqual([true, true, false, false]);
    boxes[2]?.click();
    await settle();
    boxes[0]?.click();
    await settle();
    expect(model.get("features")).toEqual(["5", "6"]);
  });

  it("does what its keys say, and only while they are for it", async () => {
    const { model } = alone();
    const card = find("view-pileup");
    const seen = vi.fn();
    page.addEventListener("keydown", seen);
    expect(press(card, "b").defaultPrevented).toBe(true);
    press(card, "n");
    press(card, "+");
    press(card, "l");
    expect(seen).not.toHaveBeenCalled();
    expect(model.get("binsize")).toBe(20_000);
    expect(model.get("normalization")).toBe("balanced");
    expect(model.get("flank")).toBe(400_000);
    expect(model.get("scale")).toBe("linear");
    expect(press(card, "x").defaultPrevented).toBe(false);
    expect(press(card, "s", { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(press(find("bin-select"), "n").defaultPrevented).toBe(false);
    await settle();
  });

  it("hands arrow keys to the picture", async () => {
    alone();
    await settle();
    const card = find("view-pileup");
    card.focus();
    press(card, "ArrowRight");
    await settle();
    expect(inside().activeElement).toBe(find("plot-canvas"));
    expect(find("readout").textContent).toMatch(/^0, 0 · log2 /);
    press(find("plot-canvas"), "ArrowRight", { shiftKey: true });
    await settle();
    expect(find("readout").textContent).toMatch(/100.kb/);
  });

  it("opens, walks and closes its menu by keyboard", async () => {
    const { model } = alone();
    find("view-menu").click();
    await settle();
    const menu = inside().querySelector<HTMLElement>('[role="menu"]');
    const names = (): string | undefined => inside().activeElement?.textContent?.trim();
    expect(names()).toBe("Copy picture");
    if (menu === null) throw new Error("no menu");
    press(menu, "ArrowDown");
    expect(names()).toMatch(/^Save as PNG/);
    press(menu, "m");
    expect(names()).toBe("magma");
    (inside().activeElement as HTMLElement).click();
    await settle();
    expect(model.get("cmap")).toBe("magma");
    press(menu, "Escape");
    await settle();
    expect(inside().querySelector('[role="menu"]')).toBeNull();
    expect(inside().activeElement).toBe(find("view-menu"));
  });

  it("shows what it cannot draw as a sentence", () => {
    alone({ ...pileupTraits(), kind: "hologram" });
    expect(inside().querySelector('[role="alert"]')?.textContent).toContain("hologram");
  });
});

describe("a comparison", () => {
  it("shows its views in order, under one header", async () => {
    compared();
    await settle();
    expect(order()).toEqual(["1", "2", "3"]);
    expect(find("comparison").textContent).toContain("1,013 pairs");
    expect(find<HTMLSelectElement>("region-select").value).toBe("1");
    // the flank belongs to the header, not to each card
    expect(inside().querySelectorAll('[data-testid="flank-select"]').length).toBe(1);
  });

  it("dims every view when the flank changes", async () => {
    const { model } = compared();
    await settle();
    choose("flank-select", "100000");
    await settle();
    expect(model.saved).toEqual([{ flank: 100_000 }]);
    for (const card of inside().querySelectorAll<HTMLElement>(".card")) {
      expect(card.dataset.status).toBe("computing");
    }
  });

  it("adds views and chooses regions through Python", async () => {
    const { model } = compared();
    await settle();
    find("add-view").click();
    await settle();
    find("add-stackup").click();
    choose("region-select", "9");
    await settle();
    expect(model.sent).toMatchObject([
      { name: "add_view", args: { kind: "stackup" } },
      { name: "choose_regions", args: { id: "9" } },
    ]);
  });

  it("moves a view at once, and back when Python refuses", async () => {
    const { model } = compared();
    await settle();
    model.onCommand = () => null;
    press(find("view-pileup"), "ArrowRight", { altKey: true });
    await settle();
    expect(order()).toEqual(["2", "1", "3"]);
    const [{ id, args }] = model.sent as [{ id: string; args: unknown }];
    expect(args).toEqual({ view_id: "1", to: 1 });
    const error = { code: "NotFound", message: "that view is no longer here" };
    model.reply({ v: 1, id, ok: false, error });
    await settle();
    expect(order()).toEqual(["1", "2", "3"]);
    expect(find("notice").textContent).toContain("no longer here");
  });

  it("removes a view, offers to undo it, and hands the focus on", async () => {
    const { model } = compared();
    await settle();
    model.onCommand = (name) => {
      if (name === "remove_view") {
        model.update({ views: ["anywidget:b", "anywidget:c"], can_undo: true });
      }
      return {};
    };
    const card = find("view-pileup");
    card.focus();
    press(card, "Delete");
    await settle();
    expect(order()).toEqual(["2", "3"]);
    expect((inside().activeElement as HTMLElement).dataset.viewId).toBe("2");
    press(inside().activeElement as HTMLElement, "z", { ctrlKey: true });
    await settle();
    expect((model.sent as { name: string }[]).map(({ name }) => name)).toEqual([
      "remove_view",
      "undo",
    ]);
  });

  it("shows the count of the selection", async () => {
    const { model } = compared();
    await settle();
    expect(find("selection-count").textContent).toBe("nothing selected");
    model.update({ selection_facts: { count: 1214, total: 4000, name: "" } });
    await settle();
    expect(find("selection-count").textContent).toBe("1,214 selected");
  });

  it("lets a view take several columns and rows", async () => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1200);
    const { children } = compared();
    await settle();
    children["anywidget:a"].update({ span_columns: 2, span_rows: 3 });
    await settle();
    const cell = inside().querySelector<HTMLElement>(".cell");
    expect(cell?.style.gridColumn).toBe("span 2");
    expect(cell?.style.gridRow).toBe("span 3");
    children["anywidget:a"].update({ span_columns: 1 });
    await settle();
    expect(cell?.style.gridColumn).toBe("span 1");
  });

  it("names the view that cannot be opened and shows the others", async () => {
    compared({ views: ["anywidget:a", "anywidget:gone"] });
    await settle();
    expect(order()[0]).toBe("1");
    expect(inside().querySelector('[role="alert"]')?.textContent).toContain("anywidget:gone");
  });
});

describe("leaving", () => {
  it("takes everything away, fifty times", async () => {
    const added = vi.spyOn(window, "addEventListener");
    for (let i = 0; i < 50; i++) {
      const { children, model, leave } = compared();
      await settle();
      leave();
      await settle();
      expect(page.childElementCount).toBe(0);
      expect(model.listening).toBe(0);
      for (const child of Object.values(children)) expect(child.listening).toBe(0);
    }
    const forever = added.mock.calls.filter(
      ([, , options]) => typeof options !== "object" || options?.signal === undefined,
    );
    expect(forever).toEqual([]);
    added.mockRestore();
  });

  it("happens by the host's signal too", async () => {
    const model = new FakeModel(pileupTraits());
    const controller = new AbortController();
    mount({ model, el: page, signal: controller.signal });
    controller.abort();
    await settle();
    expect(page.childElementCount).toBe(0);
    expect(model.listening).toBe(0);
  });

  it("two views of one model live and leave separately", async () => {
    const model = new FakeModel(pileupTraits());
    const [first, second] = [document.createElement("div"), document.createElement("div")];
    page.append(first, second);
    const leave = mount({ model, el: first });
    mount({ model, el: second });
    leave();
    model.update({ binsize: 20_000 });
    await settle();
    expect(first.childElementCount).toBe(0);
    expect(find<HTMLSelectElement>("bin-select", inside(second)).value).toBe("20000");
  });
});

describe("an exported page", () => {
  const traits = pileupTraits({ result: undefined });
  const settings = readSettings((name) => traits[name]);
  const results = {
    [resultKey("pileup", settings)]: pileupResult({ flank: 200_000, binsize: 10_000 }),
    [resultKey("pileup", { ...settings, flank: 100_000 })]: pileupResult({
      flank: 100_000,
      binsize: 10_000,
    }),
  };
  const part = { comparison: comparisonTraits([]), views: [traits], results };
  const data = { version: 2, comparisons: [part] } as const;

  it("draws without a kernel and stays alive", async () => {
    mountEmbedded(page, data);
    await settle();
    expect(find("plot-canvas").dataset.rows).toBe("41");
    choose("flank-select", "100000");
    await settle();
    expect(find("view-pileup").dataset.status).toBe("ready");
    expect(find("plot-canvas").dataset.rows).toBe("21");
  });

  it("offers nothing that needs a kernel", async () => {
    mountEmbedded(page, data);
    await settle();
    expect(inside().querySelector('[data-testid="add-view"]')).toBeNull();
    expect(inside().querySelector(".grip")).toBeNull();
  });

  it("shows several comparisons side by side, with one flank on request", async () => {
    mountEmbedded(page, { ...data, comparisons: [part, part], board: { link_flanks: false } });
    await vi.waitFor(() => {
      const found = inside().querySelectorAll('[data-testid="comparison"]');
      expect(found).toHaveLength(2);
    });
    await settle();
    const rows = (): (string | undefined)[] =>
      [...inside().querySelectorAll<HTMLElement>('[data-testid="plot-canvas"]')].map(
        (canvas) => canvas.dataset.rows,
      );
    choose("flank-select", "100000");
    await settle();
    expect(rows()).toEqual(["21", "41"]);
    find<HTMLInputElement>("link-flanks").click();
    await settle();
    expect(rows()).toEqual(["21", "21"]);
    choose("flank-select", "200000");
    await settle();
    expect(rows()).toEqual(["41", "41"]);
  });

  it("refuses data of another version in a sentence", () => {
    mountEmbedded(page, { ...data, version: 1 as 2 });
    expect(inside().querySelector('[role="alert"]')?.textContent).toContain("another version");
  });
});
