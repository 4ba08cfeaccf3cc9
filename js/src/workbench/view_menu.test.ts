import { describe, expect, it, vi } from "vitest";
import { pileupTraits, profileTraits, stackupTraits } from "../testing/fake";
import { alone, find, freshPages, inside, settle } from "../testing/mounted";

freshPages();

const NONE = { status: "empty", result: null };

async function offered(traits: Record<string, unknown>): Promise<string[]> {
  alone(traits);
  find("view-menu").click();
  await settle();
  const items = inside().querySelectorAll('[role^="menuitem"]');
  return [...items].map((item) => item.querySelector(".text")?.textContent ?? "");
}

describe("the menu of a view", () => {
  it.each([
    ["pileup", pileupTraits(), ["log2", "Symmetric limits", "Automatic limits"]],
    ["stackup", stackupTraits(), ["log2", "Symmetric limits", "Automatic limits"]],
    ["profile", profileTraits(), ["log2", "Automatic limits"]],
    [
      "embedding1d, density",
      pileupTraits({ ...NONE, kind: "embedding1d" }),
      ["Automatic limits"],
    ],
    [
      "embedding1d, values",
      pileupTraits({ ...NONE, kind: "embedding1d", overlay: "feature:0" }),
      ["Symmetric limits", "Automatic limits"],
    ],
    [
      "embedding2d",
      pileupTraits({ ...NONE, kind: "embedding2d" }),
      ["Average maps in log2", "Automatic limits"],
    ],
    ["enrichment", pileupTraits({ ...NONE, kind: "enrichment" }), []],
  ])("%s: offers the scales that change its picture", async (_, traits, wanted) => {
    const scales = ["log2", "Average maps in log2", "Symmetric limits", "Automatic limits"];
    const labels = await offered(traits);
    expect(labels).toContain("Copy picture");
    expect(labels.filter((label) => scales.includes(label))).toEqual(wanted);
  });

  it("takes a profile to logarithms, whose limits are automatic again", async () => {
    const { model } = alone(profileTraits({ vmin: 1, vmax: 2 }));
    find("view-menu").click();
    await settle();
    const items = [...inside().querySelectorAll<HTMLElement>('[role="menuitemcheckbox"]')];
    items.find((item) => item.textContent?.startsWith("log2"))?.click();
    await settle();
    expect(["scale", "vmin", "vmax"].map((name) => model.get(name))).toEqual([
      "log2",
      null,
      null,
    ]);
    expect(find("view-profile").textContent).toContain("log2 mean signal");
  });

  it("saves numbers with their origin, and says what they lack", async () => {
    const { model } = alone(stackupTraits());
    URL.createObjectURL = () => "blob:numbers";
    const saved = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    const buffers = [1, 2].map((size) => new DataView(new ArrayBuffer(size)));
    const note = "regions without their loci: the file is gone";
    model.onCommand = () => ({ payload: { name: "x.csv", note }, buffers });
    find("view-menu").click();
    await settle();
    const items = [...inside().querySelectorAll<HTMLElement>('[role="menuitem"]')];
    items.find((item) => item.textContent?.startsWith("Save data as CSV"))?.click();
    await settle();
    const names = saved.mock.contexts.map((link) => (link as HTMLAnchorElement).download);
    expect(names).toEqual(["x.csv", "x.csv.json"]);
    expect(inside().textContent).toContain(note);
    saved.mockRestore();
  });
});
