import { describe, expect, it } from "vitest";
import { levelColour, paintLevels } from "./cloud_colours";
import { between, histogram } from "./cloud_strip";
import { extentOf, moved, windowOf, zoomed } from "./cloud_window";
import { weightedMean } from "./cluster_card";
import {
  boundsOf,
  cellsOf,
  cloudScale,
  clusterPerCell,
  density,
  embeddingOf,
  gridSide,
  inside,
  meanPerCell,
  membersOf,
  paintPoints,
  perPoint,
  placed,
  prepare,
  rectangle,
  showsPoints,
} from "./embedding_data";
import { summarise } from "./limits";
import { EMBEDDING, floats, POINTS, result, SETTINGS, SIGNAL } from "./testing";

const BOX = { left: 0, right: 1, bottom: 0, top: 1 };

describe("limits of a cloud", () => {
  const values = { summary: summarise([-1, 0, 3], 0) };
  const mirrored = { ...SETTINGS, normalization: "", symmetric: true, vmin: null } as const;

  it("mirror each other for values, where that was chosen", () => {
    const overlay = { overlay: [-1, 0, 3] };
    expect(cloudScale(overlay, values, mirrored)).toMatchObject({ lo: -3, hi: 3 });
    const plain = { ...mirrored, symmetric: false };
    expect(cloudScale(overlay, values, plain)).toMatchObject({ lo: -1, hi: 3 });
  });

  it("do not for a density, nor where the choice is about average maps", () => {
    expect(cloudScale({ overlay: null }, values, mirrored)).toMatchObject({ lo: -1, hi: 3 });
    const maps = { ...mirrored, normalization: "oe" } as const;
    expect(cloudScale({ overlay: [1] }, values, maps)).toMatchObject({ lo: -1, hi: 3 });
  });
});

describe("points of an embedding", () => {
  it("lie in a box that ignores regions without data", () => {
    expect(boundsOf(POINTS)).toEqual({ left: -0.02, right: 1.02, bottom: -0.02, top: 1.02 });
    expect(boundsOf([])).toEqual({ left: 0, right: 1, bottom: 0, top: 1 });
    expect(boundsOf([3, 4])).toEqual({ left: 2.5, right: 3.5, bottom: 3.5, top: 4.5 });
  });

  it("fall into cells, row 0 on top", () => {
    const cells = cellsOf(POINTS, BOX, 2);
    expect([...cells]).toEqual([2, 3, 0, 1, -1, 1]);
    expect([...density(cells, 2)]).toEqual([1, 2, 1, 1]);
    expect([...density(cellsOf([0, 0], BOX, 2), 2)]).toEqual([NaN, NaN, 1, NaN]);
    expect([...perPoint(cells, density(cells, 2))]).toEqual([1, 1, 1, 2, NaN, 2]);
  });

  it("have means per cell over those with a value", () => {
    const cells = cellsOf(POINTS, BOX, 2);
    const means = meanPerCell(cells, [1, 2, NaN, 4, 5, 8], 2);
    expect([...means]).toEqual([NaN, 6, 1, 2]);
  });

  it("are placed with y upwards", () => {
    const at = placed(POINTS, BOX, { width: 10, height: 20 });
    expect([...at.slice(0, 6)]).toEqual([0, 20, 10, 20, 0, 0]);
  });

  it("are painted as dots, later and chosen ones on top, never outside", () => {
    const pixels = new Uint32Array(9);
    const at = Float32Array.of(1, 1, 0, 0, Number.NaN, 1);
    paintPoints(pixels, 3, 3, at, Uint32Array.of(1, 2, 3), 1, Uint32Array.of(0));
    expect([...pixels]).toEqual([2, 1, 0, 1, 1, 1, 0, 1, 0]);
  });

  it("are shown one by one while there is room", () => {
    expect(showsPoints(1000, { width: 300, height: 300 })).toBe(true);
    expect(showsPoints(50_000, { width: 300, height: 300 })).toBe(false);
    expect([100, 3000, 20_000, 60_000].map(gridSide)).toEqual([25, 50, 100, 150]);
  });
});

describe("selection", () => {
  const at = Float32Array.of(5, 5, 15, 5, 5, 15, Number.NaN, Number.NaN);

  it("takes points inside a closed line, also a hollow one", () => {
    expect([...inside(at, rectangle([0, 0], [10, 10]))]).toEqual([0]);
    expect([...inside(at, rectangle([10, 20], [0, 0]))]).toEqual([0, 2]);
    expect([...inside(at, [[0, 0]])]).toEqual([]);
    const hollow = [
      [0, 0],
      [20, 0],
      [20, 20],
      [10, 0],
      [0, 20],
    ] as const;
    expect([...inside(at, hollow)]).toEqual([0, 1]);
  });

  it("takes clusters whole", () => {
    expect([...membersOf([0, 1, 0, -1], new Set([0]))]).toEqual([0, 2]);
    expect([...membersOf([0, 1, 0, -1], new Set())]).toEqual([]);
  });

  it("finds the most frequent cluster of a cell, the lower one when even", () => {
    const cells = Int32Array.of(0, 0, 0, 1, 1, -1);
    expect([...clusterPerCell(cells, [2, 1, 2, 4, 3, 0], 2)]).toEqual([2, 3, -1, -1]);
    expect([...clusterPerCell(cells, [-1, -1, -1, -1, -1, -1], 2)]).toEqual([-1, -1, -1, -1]);
  });

  it("averages clusters by their sizes and leaves missing values out", () => {
    const means = [1, NaN, 4, 8];
    expect([...weightedMean(means, [3, 1], new Set([0, 1]), 2)]).toEqual([1.75, 8]);
    expect([...weightedMean(means, [3, 1], new Set(), 2)]).toEqual([NaN, NaN]);
  });
});

describe("the part of a map that is shown", () => {
  const all = { left: 0, right: 10, bottom: 0, top: 20 };

  it("is what a setting names, or everything", () => {
    expect(windowOf(all, [])).toBe(all);
    expect(windowOf(all, [1, 2, 3, 4])).toEqual({ left: 1, right: 2, bottom: 3, top: 4 });
    expect(windowOf(all, [2, 1, 3, 4])).toBe(all);
    expect(extentOf({ left: 1, right: 2, bottom: 3, top: 4 }, all)).toEqual([1, 2, 3, 4]);
    expect(extentOf(all, all)).toEqual([]);
  });

  it("keeps the place under the cursor when zoomed, and never leaves the map", () => {
    const half = zoomed(all, all, 0.5, [0, 0]);
    expect(half).toEqual({ left: 0, right: 5, bottom: 10, top: 20 });
    expect(zoomed(half, all, 4, [0.5, 0.5])).toEqual(all);
    const deep = zoomed(all, all, 1e-9, [0.5, 0.5]);
    expect(deep.right - deep.left).toBeCloseTo(0.01);
    expect(moved(half, all, [1, 0.5])).toEqual({ left: 5, right: 10, bottom: 5, top: 15 });
    expect(moved(half, all, [-3, -3])).toEqual(half);
  });

  it("decides which points are counted and drawn", () => {
    const data = embeddingOf(EMBEDDING);
    const box = { width: 200, height: 200 };
    const corner = { left: 0.5, right: 1.5, bottom: 0.5, top: 1.5 };
    const part = prepare(data, corner, box, "density");
    expect(part.n).toBe(2);
    expect(Array.from(part.values).filter((n) => n > 0)).toEqual([2]);
    expect(prepare(data, boundsOf(data.points), box, "auto").asPoints).toBe(true);
    const many = result(SIGNAL, { points: floats(Array(220_000).fill(0.5), 110_000, 2) });
    const crowd = embeddingOf(many);
    expect(prepare(crowd, boundsOf(crowd.points), box, "points").asPoints).toBe(false);
  });
});

describe("colours of categories", () => {
  it("come again lighter and darker, so that no two are equal", () => {
    const colours = Array.from({ length: 24 }, (_, i) => levelColour(i));
    expect(colours[0]).toBe("#0072B2");
    expect(new Set(colours.slice(0, 15)).size).toBe(15);
    expect(colours.every((text) => /^#[0-9a-f]{6}$/i.test(text))).toBe(true);
    expect([...paintLevels([0, Number.NaN, 9], 2)]).toEqual([0xffb27200, 0, 0]);
  });
});

describe("thresholds", () => {
  it("take both limits, and count values in equal bins", () => {
    expect([...between([1, 2, Number.NaN, 3], [2, 3])]).toEqual([1, 3]);
    expect([...histogram([0, 1, 2, 4, Number.NaN], [0, 4], 4)]).toEqual([1, 1, 1, 1]);
  });
});
