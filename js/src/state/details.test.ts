import { describe, expect, it, vi } from "vitest";
import { FakeModel } from "../testing/fake";
import { CommComparison } from "../wire/comm";
import { ComparisonStore } from "./comparison";
import { DetailsStore, offsetsOf } from "./details";

type Args = Record<string, unknown>;

const FACTS = {
  place: 0,
  total: 9,
  selected: false,
  loci: [{ label: "", text: "chr1:1-2" }],
  links: [
    { label: "UCSC browser", url: "https://genome.ucsc.edu/cgi-bin/hgTracks?db=mm9" },
    { label: "bad", url: "javascript:alert(1)" },
  ],
  columns: [],
  annotations: [],
  maps: [
    { id: "3", name: "control", bins: [10_000, 50_000], usual: 10_000 },
    { id: "4", name: "knock-out", bins: [50_000], usual: 50_000 },
  ],
  choice: { feature: "3", bin: 10_000, normalization: "oe" },
  sources: [{ id: "views", label: "enrichment views here" }],
  tracks: 1,
  higlass: false,
};

function floats(...values: number[]): DataView {
  const shifted = new Uint8Array(3 + 4 * values.length);
  shifted.set(new Uint8Array(Float32Array.from(values).buffer), 3);
  return new DataView(shifted.buffer, 3);
}

const AXIS = { mode: "point", flank: [10, 10], binsize: 10, size: 2 };

/** What Python would say to a part of the details. */
function answer({ part, row, step }: Args): { payload: Args; buffers?: DataView[] } {
  switch (part) {
    case "facts": {
      const now = typeof row === "number" ? row : 0;
      return { payload: { ...FACTS, row: now + (typeof step === "number" ? step : 0) } };
    }
    case "map":
      return {
        payload: { axis: AXIS, reason: "", binsize: 10 },
        buffers: [floats(1, 2, 3, 4)],
      };
    case "tracks":
      return {
        payload: {
          tracks: ["a", "b"].map((name) => ({ name, side: "", problem: "", axis: AXIS })),
        },
        buffers: [floats(1, 2, 3, 4)],
      };
    case "higlass":
      return { payload: { widget: "anywidget:x" } };
    default:
      return { payload: { members: [{ name: "peaks" }] } };
  }
}

function setUp(flank = 100_000) {
  const model = new FakeModel({
    kind: "comparison",
    regions: { id: "1", name: "loops", n: 9, pairs: false, mode: "point" },
    mode: "point",
    flank,
    views: [],
  });
  const asked: Args[] = [];
  model.onCommand = (name, args) => {
    if (name === "details") asked.push(args);
    return answer(args);
  };
  const details = new DetailsStore(new ComparisonStore(new CommComparison(model, undefined)));
  return { model, asked, details };
}

const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("the details of a region", () => {
  it("ask for the region first, then for its parts", async () => {
    const { details, asked } = setUp();
    details.open(4, "v2");
    expect(details.get()).toMatchObject({ open: true, facts: { show: "loading", old: null } });
    await rest();
    expect(asked.map(({ part }) => part)).toEqual(["facts", "map", "tracks", "members"]);
    expect(asked[0]).toMatchObject({ row: 4, view_id: "v2" });
    expect(asked[1]).toMatchObject({ row: 4, feature: "3", bin: 10_000, normalization: "oe" });
    const state = details.get();
    expect(state.row).toBe(4);
    expect(state.map).toMatchObject({ show: "ready" });
    if (state.map.show !== "ready" || state.tracks.show !== "ready") throw new Error();
    expect([...state.map.data.values]).toEqual([1, 2, 3, 4]);
    expect(state.tracks.data.map(({ values }) => [...values])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("follow no address but UCSC's", async () => {
    const { details } = setUp();
    details.open(0);
    await rest();
    const { facts } = details.get();
    expect(facts.show === "ready" && facts.data.links.map(({ label }) => label)).toEqual([
      "UCSC browser",
    ]);
  });

  it("add up quick steps, and show the answer to the last of them alone", async () => {
    const { details, asked, model } = setUp();
    details.open(2);
    await rest();
    const waiting: (() => void)[] = [];
    const send = model.send.bind(model);
    model.send = (content) => void waiting.push(() => send(content));
    details.step(1);
    details.step(1);
    details.step(-3);
    for (const go of waiting.splice(0).reverse()) go(); // answers come in any order
    await rest();
    expect(asked.slice(4, 7).map(({ row, step }) => [row, step])).toEqual([
      [2, -1],
      [2, 2],
      [2, 1],
    ]);
    expect(details.get().row).toBe(1);
    for (const go of waiting.splice(0)) go();
    await rest();
    expect(asked.slice(7).map(({ row }) => row)).toEqual([1, 1, 1]);
    details.step(1);
    for (const go of waiting.splice(0)) go();
    await rest();
    expect(details.get().row).toBe(2);
  });

  it("keep the old part while the next loads, and drop it when closed", async () => {
    const { details, model } = setUp();
    details.open(2);
    await rest();
    model.onCommand = () => null; // the kernel is busy
    details.step(1);
    expect(details.get().facts).toMatchObject({ show: "loading", old: { row: 2 } });
    details.close();
    expect(details.get()).toMatchObject({ open: false, row: null, facts: { show: "none" } });
  });

  it("do not open again by an answer that comes after closing", async () => {
    const { details } = setUp();
    details.open(2);
    details.close();
    await rest();
    expect(details.get()).toMatchObject({ open: false, facts: { show: "none" } });
  });

  it("tell which part failed, and show the others", async () => {
    const { details, model } = setUp();
    model.onCommand = (_, args) =>
      args.part === "map" ? { error: "the file is gone" } : answer(args);
    details.open(1);
    await rest();
    expect(details.get().map).toEqual({ show: "failed", message: "the file is gone" });
    expect(details.get().tracks.show).toBe("ready");
  });

  it("keep the map a person chose for the next regions", async () => {
    const { details, asked } = setUp();
    details.open(1);
    await rest();
    details.choose({ feature: "4" });
    await rest();
    // 10 kb is no bin size of this map
    expect(details.get().choice).toEqual({ feature: "4", bin: 50_000, normalization: "oe" });
    details.step(1);
    await rest();
    expect(asked.filter(({ part }) => part === "map").at(-1)).toMatchObject({
      row: 2,
      feature: "4",
    });
    details.close();
    details.open(1);
    await rest();
    expect(details.get().choice?.feature).toBe("3");
  });

  it("follow the comparison: another flank asks again, another region set closes", async () => {
    const { details, asked, model } = setUp();
    details.open(3);
    await rest();
    asked.length = 0;
    model.update({ flank: 50_000 });
    await rest();
    await rest();
    expect(asked.map(({ part, row }) => [part, row])[0]).toEqual(["facts", 3]);
    model.update({ regions: { id: "2", name: "peaks", n: 4, pairs: false, mode: "point" } });
    await rest();
    expect(details.get().open).toBe(false);
  });

  it("show HiGlass only for the region it was asked for", async () => {
    const { details } = setUp();
    details.open(3);
    await rest();
    await details.showHiglass();
    expect(details.get().higlass).toEqual({ show: "ready", data: "anywidget:x" });
    details.step(1);
    await rest();
    expect(details.get().higlass.show).toBe("none");
  });

  it("tell listeners, and nobody after the end", async () => {
    const { details } = setUp();
    const heard = vi.fn();
    details.subscribe(heard);
    details.open(0);
    expect(heard).toHaveBeenCalled();
    await rest();
    heard.mockClear();
    details.dispose();
    details.close();
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("the place of a clicked pixel", () => {
  it("is told in base pairs around a point", () => {
    const axis = { mode: "point", flank: [20, 20], binsize: 10, size: 5 } as const;
    expect(offsetsOf(axis, { row: 0, column: 2 })).toEqual([-20, 0]);
  });
  it("is told in percent of an interval", () => {
    const axis = { mode: "interval", bin_percent: 20, expansion: 0.2, size: 7 } as const;
    const [row, column] = offsetsOf(axis, { row: 1, column: 6 });
    expect(row).toBeCloseTo(10);
    expect(column).toBeCloseTo(110);
  });
});
