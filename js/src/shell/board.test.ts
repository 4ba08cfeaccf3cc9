import { describe, expect, it, vi } from "vitest";
import { comparisonTraits, FakeHost, FakeModel, pileupTraits } from "../testing/fake";
import { freshPages, inside, page, settle } from "../testing/mounted";
import { mount } from "./mount";

freshPages();

/** Waits for what has to come; a machine with much to do takes its time. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

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
    await until(() => expect(all("comparison")).toHaveLength(2));
    const two = models["anywidget:two"] as FakeModel;
    const child = models["anywidget:c"] as FakeModel;
    expect(two.listening).toBeGreaterThan(0);
    model.update({ comparisons: ["anywidget:one"] });
    await until(() => expect(all("comparison")).toHaveLength(1));
    await until(() => expect([two, child].map((one) => one.listening)).toEqual([0, 0]));
    model.update({ comparisons: ["anywidget:one", "anywidget:two"] });
    await until(() => expect(all("comparison")).toHaveLength(2));
    leave();
    const everyone = [model, ...Object.values(models)];
    await until(() =>
      expect(everyone.map((one) => one.listening)).toEqual(everyone.map(() => 0)),
    );
  });

  it("says what is the same everywhere, and sends what is changed", async () => {
    const { model } = board({ link_bins: true });
    await until(() => expect(all("link-flanks")).toHaveLength(1));
    const boxes = ["link-flanks", "link-bins", "link-scales"].map(
      (name) => all(name)[0] as HTMLInputElement,
    );
    expect(boxes.map((box) => box.checked)).toEqual([false, true, false]);
    boxes[2]?.click();
    expect(model.saved).toEqual([{ link_scales: true }]);
  });

  it("lights up the views that can give, in all comparisons, and links the one clicked", async () => {
    const { models } = board();
    await until(() => expect(all("view-menu")).toHaveLength(3));
    const one = models["anywidget:one"] as FakeModel;
    one.onCommand = (name) =>
      name === "donors" ? { payload: { refs: ["anywidget:b", "anywidget:c"] } } : {};
    const open = async (): Promise<void> => {
      all("view-menu")[0]?.click();
      await until(() => expect(all("share-scale")).toHaveLength(1));
      all("share-scale")[0]?.click();
    };
    await open();
    await until(() => expect(all("pick")).toHaveLength(2));
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    await until(() => expect(all("pick")).toHaveLength(0));
    await open();
    await until(() => expect(all("pick")).toHaveLength(2));
    all("pick")[1]?.click();
    await until(() => expect(all("pick")).toHaveLength(0));
    expect(one.sent.at(-1)).toMatchObject({
      name: "link_view",
      args: { shared: "scale", view: "anywidget:a", donor: "anywidget:c" },
    });
    expect(named(one)).not.toContain("unlink_view");
  });

  it("takes Enter as soon as it asks who can give, wherever the focus is", async () => {
    const { models } = board();
    await until(() => expect(all("view-menu")).toHaveLength(3));
    const one = models["anywidget:one"] as FakeModel;
    const enter = (more: KeyboardEventInit = {}): boolean =>
      inside().dispatchEvent(
        new KeyboardEvent("keydown", {
          key: "Enter",
          bubbles: true,
          composed: true,
          cancelable: true,
          ...more,
        }),
      );
    const refs = ["anywidget:b", "anywidget:c"];
    const begin = async (): Promise<void> => {
      one.onCommand = (name) => (name === "donors" ? null : {});
      const before = asked().length;
      all("view-menu")[0]?.click();
      await until(() => expect(all("share-scale")).toHaveLength(1));
      all("share-scale")[0]?.click();
      await until(() => expect(asked()).toHaveLength(before + 1));
      // the own card is dimmed from then on
      await until(() => expect(inside().querySelector(".picking")).not.toBe(null));
    };
    const asked = () => one.sent.filter((sent) => (sent as { name: string }).name === "donors");
    const answer = (): void => {
      const { id } = asked().at(-1) as { id: string };
      one.reply({ v: 1, id, ok: true, payload: { refs } });
    };
    const links = () => named(one).filter((name) => name === "link_view").length;

    // a key that is still held down from the menu is none
    await begin();
    enter({ repeat: true });
    answer();
    await until(() => expect(all("pick")).toHaveLength(2));
    expect(links()).toBe(0);
    expect(enter()).toBe(false);
    expect(one.sent.at(-1)).toMatchObject({ args: { donor: "anywidget:b" } });
    expect(links()).toBe(1);

    await begin();
    enter();
    answer();
    await until(() => expect(links()).toBe(2));
    expect(all("pick")).toHaveLength(0);

    // given up before it was known who can give
    await begin();
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    await until(() => expect(inside().querySelector(".picking")).toBe(null));
    answer();
    await settle(60);
    expect(all("pick")).toHaveLength(0);
    expect(enter()).toBe(true);
    expect(links()).toBe(2);
  });

  it("marks who gives and who takes, and changes nothing where a scale is taken", async () => {
    const { models } = board();
    await until(() => expect(all("view-menu")).toHaveLength(3));
    const taker = models["anywidget:b"] as FakeModel;
    (models["anywidget:a"] as FakeModel).update({
      shares: { scale: { role: "donor", group: 8, names: ["KO"] } },
    });
    taker.update({ shares: { scale: { role: "recipient", group: 8, names: ["<b>wt</b>"] } } });
    await until(() => expect(all("share-mark-scale")).toHaveLength(2));
    const marks = all("share-mark-scale");
    expect(marks.map((mark) => mark.dataset.role)).toEqual(["donor", "recipient"]);
    expect(marks[1]?.title).toBe("takes its scale from “<b>wt</b>”");
    expect(marks[0]?.style.color).toBe(marks[1]?.style.color);
    const select = all("normalization-select")[1] as HTMLSelectElement;
    select.value = "balanced";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => expect(inside().textContent).toContain("gives the scale"));
    expect(taker.saved).toEqual([]);
  });
});

describe("a comparison that something stands beside", () => {
  it("becomes the board", async () => {
    const { models } = board();
    await until(() => expect(all("view-menu")).toHaveLength(3));
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
    await until(() => expect(shown()).toBe(1));
    one.update({ beside: "anywidget:board" });
    await until(() => expect(shown()).toBe(2));
    leave();
    await until(() => expect(around.listening).toBe(0));
    lone.remove();
  });
});

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
    expect(all("comparison")).toHaveLength(1);
    model.update({ beside: "anywidget:board" });
    // the part that draws several is fetched
    await until(() => expect(all("comparison")).toHaveLength(2));
    await until(() => expect(all("view-pileup")).toHaveLength(1));
    leave();
    await settle();
    await until(() =>
      expect(Object.values(models).map((each) => each.listening)).toEqual([0, 0, 0, 0]),
    );
  });
});
