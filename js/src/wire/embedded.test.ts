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
import { EmbeddedSource } from "./embedded";
import { EmbeddedComparison } from "./embedded_comparison";
import { ResultTable } from "./embedded_results";
import { RowTable, rowsKey } from "./embedded_rows";
import type { EmbeddedPart } from "./page_data";
import type { Reply } from "./request";
import type { WireResult } from "./result";
import { resultKey } from "./result_key";
import { readSettings } from "./traits";

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
      "stackup;features=4,5;flank=;bin=2;normalization=;side=;sort=;asc=0;track=;seed=;groups=;of=",
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
    const before = source.snapshot().result;
    source.change({ flank: 400_000 });
    const { facts, result, settings: drawn } = source.snapshot();
    expect(facts.status).toBe("ready");
    expect(facts.note).toMatch(/shows ±200.kb at 10.kb; .* not carry ±400.kb at 10.kb/);
    expect(result).toBe(before);
    expect(drawn.flank).toBe(200_000);
    expect(facts.flank_options).toEqual([100_000, 200_000]);
    // how it is drawn changes all the same, and the note stays while it is true
    source.change({ vmin: 0.5 });
    expect(source.snapshot().settings).toMatchObject({ vmin: 0.5, flank: 200_000 });
    expect(source.snapshot().facts.note).not.toBe("");
    // what can be chosen is a question to what is on screen
    source.change({ normalization: "balanced" });
    expect(source.snapshot().settings).toMatchObject({
      normalization: "balanced",
      flank: 200_000,
    });
    expect(source.snapshot().facts.note).toBe("");
    source.change({ flank: 200_000 });
    expect(source.snapshot().facts.normalization_options).toEqual(["oe", "balanced"]);
    expect(source.snapshot().facts.feature_options.map(({ id }) => id)).toEqual(["2"]);
  });

  it("refuses what needs a kernel in a sentence", async () => {
    await expect(open().command("recompute")).rejects.toThrow(/no kernel.*recompute/);
  });

  it("does not take a key from the prototype for a result", () => {
    expect(new ResultTable({}).get("constructor")).toBeNull();
  });
});

describe("a comparison in a page", () => {
  it("leads its views from one flank to another", async () => {
    const data: EmbeddedPart = {
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
  const data: EmbeddedPart = {
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
    expect(view.snapshot().facts).toMatchObject({ status: "ready" });
    expect(view.snapshot().facts.note).toMatch(/^shows all regions; .* this selection/);
    expect(view.snapshot().result?.arrays.mean?.shape).toEqual([41, 41]);
    await comparison.command("choose_selection", { name: "" });
    expect(comparison.snapshot().selection.count).toBeNull();
    expect(view.snapshot().result?.arrays.mean?.shape).toEqual([41, 41]);
  });

  it("are shown from the start where the notebook showed one", async () => {
    const comparison = new EmbeddedComparison({ ...data, chosen: 0 });
    expect(comparison.snapshot().selection).toMatchObject({ count: 2, name: "strong" });
    const view = await comparison.view(comparison.snapshot().views[0] ?? "");
    expect(view.snapshot().result?.arrays.mean?.shape).toEqual([21, 21]);
  });
});

describe("a selection made in the page", () => {
  const stack = stackupTraits({ result: undefined });
  const cloud = {
    ...stack,
    kind: "embedding1d",
    features: ["4", "5"],
    n_clusters: 10,
    overlay: "",
    sort_by: undefined,
  };
  const wanted = readSettings((name) => stack[name]);
  const points = readSettings((name) => cloud[name as keyof typeof cloud]);
  const part: EmbeddedPart = {
    comparison: comparisonTraits([]),
    views: [stack, cloud, traits],
    results: {
      ...results,
      [resultKey("stackup", wanted)]: stackupResult({ flank: 200_000, binsize: 5_000 }),
      [resultKey("embedding1d", points)]: {
        key: "e",
        meta: stackupResult({ flank: 200_000, binsize: 5_000 }).meta,
        arrays: { points: wire(new Float32Array(6), [3, 2]) },
      },
    },
    rows: {
      [rowsKey(wanted, "4")]: {
        values: wire(Float32Array.from([1, 5, 2, 7, 0, 1]), [3, 2]),
        random: wire(Int32Array.from([2, 0, 1]), [3]),
        body: [0, 2],
      },
    },
    origins: { [resultKey("stackup", wanted)]: { view: "stackup" } },
  };

  it("is written as BED with the clusters that are shown", async () => {
    const { results: known } = part;
    const key = resultKey("embedding1d", points);
    const clouded = known[key];
    if (clouded === undefined) throw new Error("no embedding");
    const clusters = wire(Int32Array.from([0, -1, 4]), [3]);
    const comparison = new EmbeddedComparison({
      ...part,
      results: { ...known, [key]: { ...clouded, arrays: { ...clouded.arrays, clusters } } },
      origins: { [key]: { view: "embedding1d" } },
      regions: {
        name: "sites",
        ending: ".bed",
        standard: 3,
        loci: ["chrom", "start", "end"],
        text: "#chrom\tstart\tend\theight\nchr1\t1\t2\t7\nchr1\t3\t4\t8\nchr2\t5\t6\t9\n",
        origin: { assembly: "mm9", of: 3 },
      },
    });
    const all = await comparison.command("save_regions", { selected: false });
    expect(all.payload.name).toBe("sites.bed");
    const text = (reply: Reply, i: number): string =>
      new TextDecoder().decode(reply.buffers[i]);
    expect(text(all, 0).split("\n").slice(0, 2)).toEqual([
      "#chrom\tstart\tend\tcluster\theight",
      "chr1\t1\t2\t0\t7",
    ]);
    const [rows] = await Promise.all(
      comparison.snapshot().views.map((r) => comparison.view(r)),
    );
    await rows?.command("select", { rows: [1, 2] });
    // numbers of single regions say where they lie
    const [rowsFile, cloudFile] = await Promise.all(
      comparison.sources.map((view) => view.command("save_data", { format: "csv" })),
    );
    expect(rowsFile && text(rowsFile, 0).split("\n")).toEqual([
      "chrom,start,end,region,0,1",
      '"chr1",3,4,1,2,7',
      '"chr2",5,6,2,0,1',
      '"chr1",1,2,0,1,5',
      "",
    ]);
    expect(cloudFile && text(cloudFile, 0).split("\n").slice(0, 2)).toEqual([
      "chrom,start,end,x,y,cluster",
      '"chr1",1,2,0,0,0',
    ]);
    const some = await comparison.command("save_regions", { selected: true });
    expect(some.payload.name).toBe("sites_selected.bed");
    expect(text(some, 0).split("\n").slice(1)).toEqual([
      "chr1\t3\t4\t-1\t8",
      "chr2\t5\t6\t4\t9",
      "",
    ]);
    expect(JSON.parse(text(some, 1))).toMatchObject({
      assembly: "mm9",
      rows: 2,
      selection: [1, 2],
      labels: { cluster: { view: "embedding1d" } },
    });
    await expect(new EmbeddedComparison(part).command("save_regions")).rejects.toThrow(
      /does not carry its regions/,
    );
  });

  it("reaches every view, and is cleared", async () => {
    const comparison = new EmbeddedComparison(part, { by: "ann" });
    const [rows, map, pileup] = await Promise.all(
      comparison.snapshot().views.map((ref) => comparison.view(ref)),
    );
    await map?.command("select", { rows: [0, 2] });
    expect(comparison.snapshot().selection).toMatchObject({ count: 2, name: "" });
    expect([...(map?.snapshot().highlighted ?? [])]).toEqual([0, 2]);
    expect(map?.snapshot().facts.status).toBe("ready");
    const drawn = rows?.snapshot().result;
    expect(drawn?.meta.blocks).toEqual([
      { name: "selected", n: 2, lines: 2, role: "selected", colour: 0 },
      { name: "rest", n: 1, lines: 1, role: "rest", colour: 0 },
    ]);
    expect([...(drawn?.arrays.profile?.data ?? [])]).toEqual([0.5, 3, 2, 7]);
    // what the page cannot make of the rows it has says so
    expect(pileup?.snapshot().facts).toMatchObject({ status: "ready" });
    expect(pileup?.snapshot().facts.note).toMatch(/^shows all regions/);
    const seen = await pileup?.command("provenance");
    expect(JSON.parse(String(seen?.payload.text)).selection).toBeNull();
    const told = await rows?.command("provenance");
    expect(JSON.parse(String(told?.payload.text))).toMatchObject({
      by: "ann",
      view: { view: "stackup" },
      selection: [0, 2],
    });
    await comparison.command("clear_selection");
    expect(comparison.snapshot().selection.count).toBeNull();
    expect(pileup?.snapshot().facts.status).toBe("ready");
    await map?.command("select", { rows: [] });
    expect(comparison.snapshot().selection.count).toBeNull();
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
    expect(facts.bin_options).toEqual([5_000]);
    expect(facts.sort_options).toHaveLength(3);
    expect(facts.status).toBe("ready");
    // means 4, 4 and 2/3
    expect([...(result?.arrays.image?.data.slice(0, 4) ?? [])]).toEqual([0, Number.NaN, 1, 1]);
    expect(result?.meta.answers).toBe(resultKey("stackup", source.snapshot().settings));
  });

  it("puts a selection first, and takes it back", () => {
    const source = open();
    const before = source.snapshot().result;
    source.select(new Set([1]));
    const { result } = source.snapshot();
    expect(result?.arrays.image?.shape).toEqual([3, 4]);
    expect([...(result?.arrays.order?.data ?? [])]).toEqual([1, 0, 2]);
    expect([...(result?.arrays.profile?.data ?? [])].slice(0, 4)).toEqual([2, 7, 3, 4]);
    expect(result?.meta.n_rows).toBe(3);
    source.select(null);
    expect(source.snapshot().result).toBe(before);
  });

  it("averages a selection and the rest, each as a line", () => {
    const line = { ...stack, kind: "profile", sort_by: undefined };
    const asked = readSettings((name) => line[name as keyof typeof line]);
    const base = stackupResult({ flank: 200_000, binsize: 5_000 });
    const track = { id: "4", name: "CTCF", n_used: 3, n_left_out: 0, numbers: {} };
    const lines = new ResultTable({
      [resultKey("profile", asked)]: { ...base, meta: { ...base.meta, tracks: [track] } },
    });
    const source = new EmbeddedSource(line, lines, rows);
    source.select(new Set([0, 2]));
    const { result } = source.snapshot();
    expect(result?.arrays.mean?.shape).toEqual([2, 4]);
    expect([...(result?.arrays.mean?.data ?? [])]).toEqual([0.5, 5, 1, 5, 2, 7, 3, 4]);
    expect(result?.meta.tracks?.map(({ id, name, n_used }) => [id, name, n_used])).toEqual([
      ["4", "CTCF · selected", 2],
      ["4:rest", "CTCF · rest", 1],
    ]);
    expect(result?.meta).toMatchObject({ n_used: 3, n_left_out: 0 });
    source.select(new Set([0, 1, 2]));
    expect(source.snapshot().result?.meta.tracks).toHaveLength(1);
  });

  it("averages the snippets of a selection", () => {
    const snippets = new RowTable({
      [rowsKey(settings, "2")]: {
        values: wire(Float32Array.from([1, 2, 3, 4, 3, 2, Number.NaN, 0]), [2, 4]),
        random: wire(new Int32Array(), [0]),
        body: [0, 4],
      },
    });
    expect(rowsKey(settings, "2")).toMatch(/;normalization=oe$/);
    const source = new EmbeddedSource(traits, new ResultTable(results), snippets);
    const whole = source.snapshot().result;
    source.select(new Set([1]));
    const { result } = source.snapshot();
    expect(result?.arrays.mean?.shape).toEqual([2, 2]);
    expect([...(result?.arrays.mean?.data ?? [])]).toEqual([3, 2, Number.NaN, 0]);
    expect([...(result?.arrays.count?.data ?? [])]).toEqual([1, 1, 0, 1]);
    expect(result?.meta).toMatchObject({ n_used: 1, n_left_out: 0 });
    source.select(null);
    expect(source.snapshot().result).toBe(whole);
    // another normalization has snippets of its own, which this page lacks
    source.select(new Set([1]));
    source.change({ normalization: "balanced" });
    expect(source.snapshot().facts.note).toMatch(/^shows all regions/);
    expect(source.snapshot().result?.arrays.mean?.shape).toEqual([41, 41]);
  });

  it("says so for tracks whose signal the page lacks", () => {
    const source = open();
    const before = source.snapshot().result;
    source.change({ features: ["5"] });
    expect(source.snapshot().facts.note).toBe("this file does not carry what was asked for");
    expect(source.snapshot().result).toBe(before);
    expect(source.snapshot().settings.features).toEqual(["4"]);
  });

  it("says so where nothing has been on screen yet", () => {
    const source = new EmbeddedSource(stack, new ResultTable({}), rows);
    expect(source.snapshot().facts.status).toBe("failed");
    expect(source.snapshot().facts.message).toMatch(/is not embedded in this file$/);
  });
});
