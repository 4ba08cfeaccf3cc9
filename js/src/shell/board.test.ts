import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { comparisonTraits, FakeHost, FakeModel, pileupTraits } from "../testing/fake";
import { mount } from "./mount";

let page: HTMLElement;
beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => page.remove());

const settle = (ms = 60): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function inside(): ShadowRoot {
  const root = page.querySelector(".hicognition-widget")?.shadowRoot;
  if (root === null || root === undefined) throw new Error("nothing is mounted");
  return root;
}

const all = (testid: string): HTMLElement[] => [
  ...inside().querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

function board(patch: Record<string, unknown> = {}) {
  const view = (id: string, more = {}) =>
    new FakeModel(pileupTraits({ view_id: id, shareable: true, ...more }));
  const models: Record<string, FakeModel> = {
    "anywidget:a": view("1"),
    "anywidget:b": view("2"),
    "anywidget:c": view("1"),
    "anywidget:one": new FakeModel(comparisonTraits(["anywidget:a", "anywidget:b"])),
    "anywidget:two": new FakeModel(comparisonTraits(["anywidget:c"])),
  };
  const model = new FakeModel({
    kind: "board",
    comparisons: ["anywidget:one", "anywidget:two"],
    link_flanks: false,
    link_bins: false,
    link_scales: false,
    ...patch,
  });
  const leave = mount({ model, el: page, host: new FakeHost(models) });
  return { model, models, leave };
}

const named = (model: FakeModel): string[] =>
  model.sent.map((message) => (message as { name: string }).name);

describe("a board", () => {
  it("lets go of a comparison that is taken off, and opens it again when it comes back", async () => {
    const { model, models, leave } = board();
    await settle(150);
    expect(all("comparison")).toHaveLength(2);
    const two = models["anywidget:two"] as FakeModel;
    const child = models["anywidget:c"] as FakeModel;
    expect(two.listening).toBeGreaterThan(0);
    model.update({ comparisons: ["anywidget:one"] });
    await settle(150);
    expect(all("comparison")).toHaveLength(1);
    expect(two.listening).toBe(0);
    expect(child.listening).toBe(0);
    model.update({ comparisons: ["anywidget:one", "anywidget:two"] });
    await settle(150);
    expect(all("comparison")).toHaveLength(2);
    leave();
    await settle(150);
    for (const each of [model, ...Object.values(models)]) expect(each.listening).toBe(0);
  });

  it("says what is the same everywhere, and sends what is changed", async () => {
    const { model } = board({ link_bins: true });
    await settle(150);
    const boxes = ["link-flanks", "link-bins", "link-scales"].map(
      (name) => all(name)[0] as HTMLInputElement,
    );
    expect(boxes.map((box) => box.checked)).toEqual([false, true, false]);
    boxes[2]?.click();
    expect(model.saved).toEqual([{ link_scales: true }]);
  });

  it("lights up the views that can give, in all comparisons, and links the one clicked", async () => {
    const { models } = board();
    await settle(150);
    const one = models["anywidget:one"] as FakeModel;
    one.onCommand = (name) =>
      name === "donors" ? { payload: { refs: ["anywidget:b", "anywidget:c"] } } : {};
    const open = async (): Promise<void> => {
      all("view-menu")[0]?.click();
      await settle();
      all("share-scale")[0]?.click();
      await settle(150);
    };
    await open();
    expect(all("pick")).toHaveLength(2);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    await settle();
    expect(all("pick")).toHaveLength(0);
    await open();
    all("pick")[1]?.click();
    await settle();
    expect(all("pick")).toHaveLength(0);
    expect(one.sent.at(-1)).toMatchObject({
      name: "link_view",
      args: { shared: "scale", view: "anywidget:a", donor: "anywidget:c" },
    });
    expect(named(one)).not.toContain("unlink_view");
  });

  it("marks who gives and who takes, and changes nothing where a scale is taken", async () => {
    const { models } = board();
    await settle(150);
    const taker = models["anywidget:b"] as FakeModel;
    (models["anywidget:a"] as FakeModel).update({
      shares: { scale: { role: "donor", group: 8, names: ["KO"] } },
    });
    taker.update({ shares: { scale: { role: "recipient", group: 8, names: ["<b>wt</b>"] } } });
    await settle(150);
    const marks = all("share-mark-scale");
    expect(marks.map((mark) => mark.dataset.role)).toEqual(["donor", "recipient"]);
    expect(marks[1]?.title).toBe("takes its scale from “<b>wt</b>”");
    expect(marks[0]?.style.color).toBe(marks[1]?.style.color);
    const select = all("normalization-select")[1] as HTMLSelectElement;
    select.value = "balanced";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await settle();
    expect(taker.saved).toEqual([]);
    expect(inside().textContent).toContain("gives the scale");
  });
});

describe("a comparison that something stands beside", () => {
  it("becomes the board", async () => {
    const { models } = board();
    await settle(150);
    const lone = document.createElement("div");
    document.body.append(lone);
    const one = models["anywidget:one"] as FakeModel;
    const around = new FakeModel({
      kind: "board",
      comparisons: ["anywidget:one", "anywidget:two"],
    });
    const host = new FakeHost({ ...models, "anywidget:board": around });
    const leave = mount({ model: one, el: lone, host });
    const shown = () =>
      lone
        .querySelector(".hicognition-widget")
        ?.shadowRoot?.querySelectorAll('[data-testid="comparison"]').length;
    await settle(150);
    expect(shown()).toBe(1);
    one.update({ beside: "anywidget:board" });
    await settle(150);
    expect(shown()).toBe(2);
    leave();
    await settle(150);
    expect(around.listening).toBe(0);
    lone.remove();
  });
});
