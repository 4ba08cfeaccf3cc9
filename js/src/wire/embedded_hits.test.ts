import { describe, expect, it } from "vitest";
import file from "../../../tests/vectors/hits.json";
import { comparisonTraits, pileupTraits, wire } from "../testing/fake";
import { EmbeddedComparison } from "./embedded_comparison";
import { chanceOfOverlap } from "./embedded_hits";
import type { EmbeddedPart } from "./page_data";
import type { ResultMeta } from "./result";
import { resultKey } from "./result_key";
import { readSettings } from "./traits";

interface Case {
  n: number;
  targets: number;
  bins: number;
  bits: number[];
  present: number[];
  selected: number[];
  odds_ratio: (number | string)[];
  log10_p: (number | string)[];
  log10_q: (number | string)[];
  overlap: number[];
  chunks: number[];
  universe_hits: number[];
  universe_chunks: number[];
  n_used: number;
  rows: number[];
}
const cases = file as unknown as Case[];

/** A page with an enrichment and a pileup of the same regions. */
function pageOf(one: Case): { part: EmbeddedPart; key: string } {
  const features = Array.from({ length: one.targets }, (_, i) => String(i + 10));
  const traits = {
    ...pileupTraits({ result: undefined }),
    kind: "enrichment",
    features,
    normalization: undefined,
    binsize: 100_000,
    position: null,
    rank_by: "odds_ratio",
    holds: false,
  };
  const settings = readSettings((name) => traits[name as keyof typeof traits]);
  const key = resultKey("enrichment", settings);
  const size = [one.targets, one.bins];
  const width = Math.ceil(one.n / 8);
  const meta: ResultMeta = {
    n_used: one.n,
    n_left_out: 0,
    reasons: {},
    numbers: {},
    axis: { mode: "point", flank: [200_000, 200_000], binsize: 100_000, size: one.bins },
    tracks: features.map((id) => ({ id, name: id, n_used: 0, n_left_out: 0, numbers: {} })),
    against: "genome",
  };
  const odds = wire(new Float32Array(one.targets * one.bins).fill(1), size);
  return {
    key,
    part: {
      comparison: comparisonTraits([]),
      views: [traits, pileupTraits({ result: undefined })],
      results: { [key]: { key, meta, arrays: { odds_ratio: odds } } },
      hits: {
        [key]: {
          n: one.n,
          bits: wire(Uint8Array.from(one.bits), [...size, width]),
          present: wire(Uint8Array.from(one.present), [one.bins, width]),
        },
      },
    },
  };
}

async function viewsOf(comparison: EmbeddedComparison) {
  const [enrichment, pileup] = await Promise.all(
    comparison.snapshot().views.map((ref) => comparison.view(ref)),
  );
  if (enrichment === undefined || pileup === undefined) throw new Error("no views");
  return { enrichment, pileup };
}

function near(found: ArrayLike<number> | undefined, wanted: (number | string)[]): void {
  expect(found?.length).toBe(wanted.length);
  wanted.map(Number).forEach((value, i) => {
    const got = found?.[i] ?? Number.NaN;
    if (Number.isFinite(value))
      expect(Math.abs(got - value)).toBeLessThan(1e-6 + 1e-6 * Math.abs(value));
    else expect(got).toBe(value);
  });
}

describe("enrichment of a selection in a page", () => {
  it.each(cases.map((one) => [`${one.n} regions`, one] as const))(
    "has the numbers of the kernel: %s",
    async (_, one) => {
      const { part } = pageOf(one);
      const comparison = new EmbeddedComparison(part);
      const { enrichment } = await viewsOf(comparison);
      const whole = enrichment.snapshot().result;
      await enrichment.command("select", { rows: one.selected });
      const { facts, result } = enrichment.snapshot();
      expect([facts.status, facts.note]).toEqual(["ready", ""]);
      for (const name of ["odds_ratio", "log10_p", "log10_q"] as const) {
        near(result?.arrays[name]?.data, one[name]);
      }
      for (const name of ["overlap", "chunks", "universe_hits", "universe_chunks"] as const) {
        expect([...(result?.arrays[name]?.data ?? [])]).toEqual(one[name]);
      }
      expect(result?.meta).toMatchObject({
        against: "rest",
        n_used: one.n_used,
        n_left_out: one.selected.length - one.n_used,
      });
      await comparison.command("clear_selection");
      expect(enrichment.snapshot().result).toBe(whole);
    },
  );

  it("finds the regions behind a position, and goes on to show where", async () => {
    const one = cases[0] as Case;
    const comparison = new EmbeddedComparison(pageOf(one).part);
    const { enrichment, pileup } = await viewsOf(comparison);
    const whole = enrichment.snapshot().result;
    expect(enrichment.finds).toBe(true);
    expect(pileup.finds).toBe(false);
    await enrichment.command("hits", { members: ["10", "11"], position: 50_000 });
    expect([...(pileup.snapshot().highlighted ?? [])]).toEqual(one.rows);
    expect(enrichment.snapshot().settings).toMatchObject({ holds: true, position: 50_000 });
    expect(enrichment.snapshot().result).toBe(whole);
    expect(pileup.snapshot().facts.marked).toBe(50_000);
    // as said in the view: these regions against the rest
    enrichment.change({ holds: false });
    expect(enrichment.snapshot().result?.meta.against).toBe("rest");
    // another selection ends it
    await enrichment.command("hits", { members: ["10"], position: 50_000 });
    await pileup.command("select", { rows: [0] });
    expect(enrichment.snapshot().settings.holds).toBe(false);
    expect(enrichment.snapshot().result?.meta.against).toBe("rest");
  });

  it("keeps the picture of all regions where the page lacks them", async () => {
    const { hits: _, ...part } = pageOf(cases[0] as Case).part;
    const comparison = new EmbeddedComparison(part);
    const { enrichment } = await viewsOf(comparison);
    await enrichment.command("select", { rows: [1, 2] });
    expect(enrichment.finds).toBe(false);
    expect(enrichment.snapshot().facts).toMatchObject({
      status: "ready",
      note: "shows all regions; this file does not carry this selection",
    });
    await expect(enrichment.command("hits", { members: ["10"] })).rejects.toThrow(/no kernel/);
  });

  it("keeps the digits of small chances", () => {
    // of 10 drawn of 1000 all 10 are among 20: C(20, 10) / C(1000, 10)
    expect(chanceOfOverlap(10, 10, 20, 1000) / 7.014e-19).toBeCloseTo(1, 2);
    expect(chanceOfOverlap(0, 10, 20, 1000)).toBe(1);
    expect(chanceOfOverlap(11, 10, 20, 1000)).toBe(0);
  });
});
