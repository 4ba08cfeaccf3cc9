import { describe, expect, it } from "vitest";
import { onward, type Rows } from "./row_zoom";

/** Lines of 20, 19 and 3 rows. */
const EDGES = [0, 20, 39, 42];
const lineAt = (place: number): Rows => {
  const line = EDGES.findLastIndex((edge) => edge <= place);
  return [EDGES[line] ?? 0, EDGES[line + 1] ?? 42];
};
const on = (shown: Rows, way: 1 | -1) => onward(shown, 42, way, lineAt(shown[0]), lineAt);

describe("the only line on screen", () => {
  it("gives way to the same part of the next one", () => {
    expect(on([10, 14], 1)).toEqual([30, 34]);
    expect(on([30, 34], -1)).toEqual([11, 15]);
  });

  it("never to a part that begins in one line and ends in another", () => {
    expect(on([16, 20], 1)).toEqual([35, 39]);
    expect(on([20, 24], -1)).toEqual([1, 5]);
  });

  it("stays within all rows, also where a line is shorter than what is shown", () => {
    expect(on([30, 34], 1)).toEqual([38, 42]);
  });

  it("has none before the first and after the last", () => {
    expect(on([3, 7], -1)).toBeNull();
    expect(on([39, 42], 1)).toBeNull();
  });

  it("may be a single row", () => {
    const single = (place: number, way: 1 | -1) =>
      onward([place, place + 1], 42, way, [place, place + 1], lineAt);
    expect(single(5, 1)).toEqual([6, 7]);
    expect(single(19, 1)).toEqual([20, 21]);
    expect(single(20, -1)).toEqual([19, 20]);
    expect(single(0, -1)).toBeNull();
    expect(single(41, 1)).toBeNull();
  });
});
