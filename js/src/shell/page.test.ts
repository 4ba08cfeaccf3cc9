import { describe, expect, it, vi } from "vitest";
import { comparisonTraits, pileupResult, pileupTraits } from "../testing/fake";
import { choose, find, freshPages, inside, page, settle } from "../testing/mounted";
import { resultKey } from "../wire/result_key";
import { readSettings } from "../wire/traits";
import { mountEmbedded } from "./page";

freshPages();

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
