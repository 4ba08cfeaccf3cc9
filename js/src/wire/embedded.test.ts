import { describe, expect, it, vi } from "vitest";
import {
  comparisonTraits,
  pileupResult,
  pileupTraits,
  stackupResult,
  stackupTraits,
  wire,
} from "../testing/fake";
import { base64FromBytes } from "./codec";
import { EmbeddedComparison, EmbeddedSource, ResultTable } from "./embedded";
import { RowTable, rowsKey } from "./embedded_rows";
import { resultKey } from "./result_key";
import { readSettings } from "./traits";
import type { EmbeddedData, WireResult } from "./types";

const traits = pileupTraits({ result: undefined, flank_options: [] });
const settings = readSettings((name) => traits[name]);

/** As in a page: data as text. */
function embedded(flank: number, binsize: number): WireResult {
  const result = pileupResult({ flank, binsize });
  const arrays = Object.entries(result.arrays).map(([name, array]) => {
    const view = array.data as DataView;
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return [name, { ...array, data: base64FromBytes(bytes) }] as const;
  });
  return JSON.parse(JSON.stringify({ ...result, arrays: Object.fromEntries(arrays) }));
}

const key = (patch: Partial<typeof settings>): string =>
  resultKey("pileup", { ...settings, ...patch });

const results = {
  [key({})]: embedded(200_000, 10_000),
  [key({ normalization: "balanced" })]: embedded(200_000, 10_000),
  [key({ flank: 100_000, binsize: 5_000 })]: embedded(100_000, 5_000),
};

describe("result keys", () => {
  it("spell every setting that asks for another result", () => {
    expect(key({})).toBe(
      "pileup;features=2;flank=200000;bin=10000;normalization=oe;side=;sort=;asc=",
    );
    const interval = { flank: null, binsize: null, bin_percent: 2, features: ["4", "5"] };
    expect(resultKey("stackup", { ...settings, ...interval, normalization: "" })).toBe(
      "stackup;features=4,5;flank=;bin=2;normalization=;side=;sort=;asc=0",
    );
  });
});

describe("a view in a page", () => {
  const open = (): EmbeddedSource => new EmbeddedSource(traits, new ResultTable(results));

  it("shows what is embedded for its settings", () => {
    const { facts, result } = open().snapshot();
    expect(facts.status).toBe("ready");
    expect(result?.arrays.mean?.shape).toEqual([41, 41]);
  });

  it("changes at once, and tells", () => {
    const source = open();
    const listener = vi.fn();
    source.subscribe(listener);
    source.change({ normalization: "balanced" });
    expect(listener).toHaveBeenCalledTimes(1);
    expect(source.snapshot().facts.status).toBe("ready");
    expect(source.snapshot().settings.normalization).toBe("balanced");
  });

  it("takes the bin size that the page has for a flank", () => {
    const source = open();
    source.change({ flank: 100_000 });
    expect(source.snapshot().settings.binsize).toBe(5_000);
    expect(source.snapshot().facts.status).toBe("ready");
    expect(source.snapshot().facts.bin_options).toEqual([5_000]);
  });

  it("says what is not embedded, and offers what is", () => {
    const source = open();
    source.change({ flank: 400_000 });
    const { facts, result } = source.snapshot();
    expect(facts.status).toBe("failed");
    expect(facts.message).toMatch(/±400.kb at 10.kb is not embedded in this file/);
    expect(result).toBeNull();
    expect(facts.flank_options).toEqual([100_000, 200_000]);
    source.change({ flank: 200_000 });
    expect(source.snapshot().facts.normalization_options).toEqual(["oe", "balanced"]);
    expect(source.snapshot().facts.feature_options.map(({ id }) => id)).toEqual(["2"]);
  });

  it("refuses what needs a kernel in a sentence", async () => {
    await expect(open().command("save_data")).rejects.toThrow(/no kernel.*save data/);
  });

  it("does not take a key from the prototype for a result", () => {
    expect(new ResultTable({}).get("constructor")).toBeNull();
  });
});

describe("a comparison in a page", () => {
  it("leads its views from one flank to another", async () => {
    const data: EmbeddedData = {
      version: 1,
      comparison: comparisonTraits(["anywidget:gone"]),
      views: [traits],
      results,
    };
    const comparison = new EmbeddedComparison(data);
    const [ref] = comparison.snapshot().views;
    expect(comparison.snapshot().flank_options).toEqual([100_000, 200_000]);
    const view = await comparison.view(ref ?? "");
    comparison.change({ flank: 100_000 });
    expect(view.snapshot().settings).toMatchObject({ flank: 100_000, binsize: 5_000 });
    await expect(comparison.view("embedded:7")).rejects.toThrow(/not part of the file/);
  });
});

describe("named selections", () => {
  const data: EmbeddedData = {
    version: 1,
    comparison: comparisonTraits(["anywidget:gone"]),
    views: [traits],
    results: { ...results, [`${key({})};selection=0`]: embedded(200_000, 20_000) },
    selections: [{ name: "strong", rows: wire(Int32Array.from([1, 5]), [2]) }],
  };

  it("are offered, and lead all views", async () => {
    const comparison = new EmbeddedComparison(data);
    expect(comparison.snapshot().selections).toEqual(["strong"]);
    const view = await comparison.view(comparison.snapshot().views[0] ?? "");
    await comparison.command("choose_selection", { name: "strong" });
    expect(comparison.snapshot().selection).toMatchObject({ count: 2, name: "strong" });
    expect(view.snapshot().result?.arrays.mean?.shape).toEqual([21, 21]);
    // what the page does not have for a selection is not shown as if it were
    view.change({ normalization: "balanced" });
    expect(view.snapshot().facts.message).toMatch(/^this selection at .* not embedded/);
    await comparison.command("choose_selection", { name: "" });
    expect(comparison.snapshot().selection.count).toBeNull();
    expect(view.snapshot().result?.arrays.mean?.shape).toEqual([41, 41]);
  });
});

describe("a view with the signal of every region", () => {
  const stack = stackupTraits({ result: undefined });
  const wanted = readSettings((name) => stack[name]);
  const signal = Float32Array.from([1, 5, 1, 9, 2, 7, 3, 4, 0, Number.NaN, 1, 1]);
  const rows = new RowTable({
    [rowsKey(wanted, "4")]: {
      values: wire(signal, [3, 4]),
      random: wire(Int32Array.from([2, 0, 1]), [3]),
      body: [0, 4],
    },
  });
  const table = new ResultTable({
    [resultKey("stackup", wanted)]: stackupResult({ flank: 200_000, binsize: 5_000 }),
  });
  const open = (): EmbeddedSource => new EmbeddedSource(stack, table, rows);

  it("is sorted by any key in the page", () => {
    const source = open();
    expect(source.snapshot().facts.sort_options).toHaveLength(3);
    source.change({ sort_by: "region", ascending: true });
    const { facts, result } = source.snapshot();
    expect(facts.status).toBe("ready");
    // means 4, 4 and 2/3
    expect([...(result?.arrays.image?.data.slice(0, 4) ?? [])]).toEqual([0, Number.NaN, 1, 1]);
    expect(result?.meta.answers).toBe(resultKey("stackup", source.snapshot().settings));
  });

  it("shows a selection, and all again", () => {
    const source = open();
    const before = source.snapshot().result;
    source.select(new Set([1]));
    const { result } = source.snapshot();
    expect(result?.arrays.image?.shape).toEqual([1, 4]);
    expect([...(result?.arrays.profile?.data ?? [])]).toEqual([2, 7, 3, 4]);
    expect(result?.meta).toMatchObject({ n_used: 1, n_left_out: 0, n_rows: 1 });
    source.select(null);
    expect(source.snapshot().result).toBe(before);
  });

  it("says so for tracks whose signal the page lacks", () => {
    const source = open();
    source.change({ features: ["5"] });
    expect(source.snapshot().facts.status).toBe("failed");
  });
});
