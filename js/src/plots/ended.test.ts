import { describe, expect, it } from "vitest";
import { arrowBar, arrowhead, ended } from "./ended";
import { tickTexts } from "./texts";

const INFINITE = Number.POSITIVE_INFINITY;

describe("an axis with infinite values", () => {
  it("has a place for them beyond the last number, and says ∞ there", () => {
    const { at, ticks } = ended([-2, 4], [1, INFINITE, -2], [100, 300], 4);
    expect([at(-2), at(4), at(INFINITE)]).toEqual([100, 280, 300]);
    expect(at(1)).toBe(190);
    expect(tickTexts(ticks)).toEqual(["−2", "0", "2", "4", "∞"]);
  });

  it("has one at each end that needs it, upwards too", () => {
    const { at, ticks } = ended([0, 3], [-INFINITE, INFINITE], [120, 0], 3);
    expect([at(-INFINITE), at(0), at(3), at(INFINITE)]).toEqual([120, 100, 20, 0]);
    expect(tickTexts(ticks)).toEqual(["−∞", "0", "2", "∞"]);
  });

  it("is an ordinary one without them", () => {
    const { at, ticks } = ended([-1, 1], Float64Array.of(Number.NaN, 0.5), [0, 100], 3);
    expect([at(-1), at(0), at(1)]).toEqual([0, 50, 100]);
    expect(ticks.every(Number.isFinite)).toBe(true);
  });

  it("leaves most of a short axis to numbers", () => {
    const { at, point } = ended([0, 1], [INFINITE], [30, 0], 2);
    expect([at(1), at(INFINITE), point]).toEqual([5, 0, 2.5]);
  });

  it("keeps small and large numbers beside ∞ as they are", () => {
    expect(tickTexts([0, 2e5, INFINITE])).toEqual([...tickTexts([0, 2e5]), "∞"]);
    expect(tickTexts([-INFINITE, 0, 0.25])).toEqual(["−∞", "0.00", "0.25"]);
  });
});

describe("arrows", () => {
  it("point to what the axis cannot reach", () => {
    expect(arrowhead(10, 20, [1, 0], 4)).toBe("M14 20L6 24L6 16z");
    expect(arrowhead(10, 20, [-1, 0], 4)).toBe("M6 20L14 16L14 24z");
    expect(arrowhead(10, 20, [0, -1], 4)).toBe("M10 16L14 24L6 24z");
  });

  it("are bars that end in a point", () => {
    expect(arrowBar(0, 6, 50, 10, 8)).toBe("M0 50V18l3 -8l3 8V50z");
    expect(arrowBar(0, 6, 50, 90, 8)).toBe("M0 50V82l3 8l3 -8V50z");
  });
});
