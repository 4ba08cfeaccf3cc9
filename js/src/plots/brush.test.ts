import { describe, expect, it } from "vitest";
import type { DecodedResult } from "../wire/result";
import { brushed, brushOf, regionAt } from "./brush";

const result = {
  arrays: {
    order: { dtype: "int32", shape: [6], data: Int32Array.from([5, 0, 4, 1, 3, 2]) },
  },
} as unknown as DecodedResult;

const EDGES = Int32Array.from([0, 2, 4, 6]);
const WINDOW = {
  ...{ first: 0, after: 6, bins: 1, image: new Float32Array(3) },
  ...{ edges: EDGES, perBlock: [3], names: null },
};

describe("a brush", () => {
  it("takes every image row that it touches, up or down", () => {
    expect(brushOf({ from: 10, to: 55 }, 90, 3)).toEqual([0, 2]);
    expect(brushOf({ from: 55, to: 10 }, 90, 3)).toEqual([0, 2]);
    expect(brushOf({ from: 80, to: 90 }, 90, 3)).toEqual([2, 3]);
  });

  it("is a click when it hardly moves", () => {
    expect(brushOf({ from: 10, to: 12 }, 90, 3)).toBeNull();
    expect(brushOf({ from: 0, to: 50 }, 90, 0)).toBeNull();
  });

  it("means the regions that are averaged in its rows", () => {
    expect([...(brushed(result, EDGES, [0, 1]) ?? [])]).toEqual([0, 5]);
    expect([...(brushed(result, EDGES, [1, 3]) ?? [])]).toEqual([1, 2, 3, 4]);
  });

  it("means nothing where the order is not known", () => {
    expect(brushed({ ...result, arrays: {} }, EDGES, [0, 1])).toBeNull();
  });
});

describe("a click along the rows", () => {
  it("means one of the regions that its row averages, from top to bottom", () => {
    const found = [0, 16, 30, 44, 59.9, 60, 90, 200, -5].map((at) =>
      regionAt(result, WINDOW, at / 90),
    );
    expect(found).toEqual([5, 0, 4, 4, 1, 3, 2, 2, 5]);
  });

  it("means nothing where the order is not known", () => {
    expect(regionAt({ ...result, arrays: {} }, WINDOW, 0)).toBeNull();
    expect(regionAt(result, { ...WINDOW, edges: Int32Array.of(0) }, 0)).toBeNull();
  });
});
