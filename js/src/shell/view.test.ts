import { describe, expect, it, vi } from "vitest";
import { pileupResult, pileupTraits, profileTraits, stackupTraits } from "../testing/fake";
import {
  alone,
  choose,
  find,
  freshPages,
  inside,
  page,
  press,
  settle,
} from "../testing/mounted";

freshPages();

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
