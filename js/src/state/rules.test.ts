import { describe, expect, it } from "vitest";
import { FakeModel, pileupTraits } from "../testing/fake";
import { CommSource } from "../wire/comm";
import { moved } from "./comparison";
import { flankAt, TRACK, trackPlace, wholeBins } from "./flanks";
import { cellsIn, GAP, gridOf, landingAt, moveTo, NARROWEST, rowsHeight, spanIn } from "./grid";
import { parseBp } from "./lengths";
import { asksAgain, binPatch, cycled, effective, stepped, withConsequences } from "./settings";

const NOW = { normalization: "oe", versus: [], band: "ci95" } as const;

describe("lengths as people type them", () => {
  it.each([
    ["200 kb", 200_000],
    ["±200\u2009kb", 200_000],
    ["0.2 Mb", 200_000],
    ["1.5m", 1_500_000],
    ["200,000", 200_000],
    ["200 000 bp", 200_000],
    [".5k", 500],
    ["1e3", null],
    ["-5 kb", null],
    ["0", null],
    ["wide", null],
    ["", null],
    ["5 gb", null],
  ])("%j is %j", (text, bp) => {
    expect(parseBp(text)).toBe(bp);
  });
});

describe("the flank slider", () => {
  const stops = [50_000, 100_000, 200_000, 400_000, 1_000_000];

  it("finds every stop where it puts it", () => {
    for (const stop of stops) expect(flankAt(trackPlace(stop, stops), stops)).toBe(stop);
    expect(trackPlace(50_000, stops)).toBe(0);
    expect(trackPlace(1_000_000, stops)).toBe(TRACK);
  });

  it("gives round numbers between the stops", () => {
    const between = flankAt(
      (trackPlace(200_000, stops) + trackPlace(400_000, stops)) / 2,
      stops,
    );
    expect(between).toBe(280_000);
  });

  it("rounds to whole bins where it knows them", () => {
    expect(wholeBins(283_000, 10_000)).toBe(280_000);
    expect(wholeBins(280_000, 1)).toBe(280_000);
    expect(wholeBins(5_000, 10_000)).toBe(5_000);
  });

  it("holds numbers beyond its ends", () => {
    expect(trackPlace(1_000, stops)).toBe(0);
    expect(trackPlace(9_000_000, stops)).toBe(TRACK);
    expect(flankAt(500, [])).toBeNull();
    expect(trackPlace(5, [5])).toBe(0);
  });
});

describe("stepping", () => {
  it("walks through the choices and stops at the ends", () => {
    expect(stepped([1, 2, 5], 2, 1)).toBe(5);
    expect(stepped([1, 2, 5], 5, 1)).toBe(5);
    expect(stepped([1, 2, 5], 1, -1)).toBe(1);
    expect(stepped([], 1, 1)).toBeNull();
  });

  it("goes on from a number that is not among them", () => {
    expect(stepped([1, 2, 5], 3, 1)).toBe(5);
    expect(stepped([1, 2, 5], 3, -1)).toBe(2);
    expect(stepped([1, 2, 5], 9, 1)).toBe(5);
    expect(stepped([1, 2, 5], null, 1)).toBe(1);
  });

  it("cycles", () => {
    expect(cycled(["oe", "balanced", "raw"], "raw")).toBe("oe");
    expect(cycled(["oe", "balanced", "raw"], "oe", -1)).toBe("raw");
    expect(cycled([], "x")).toBeNull();
  });

  it("takes bins in bp for points and in percent for intervals", () => {
    const point = new CommSource(new FakeModel(pileupTraits())).snapshot();
    expect(binPatch(point.facts, point.settings, 1)).toEqual({ binsize: 20_000 });
    const traits = { mode: "interval", binsize: null, bin_percent: 2, bin_options: [1, 2, 5] };
    const interval = new CommSource(new FakeModel(pileupTraits(traits))).snapshot();
    expect(binPatch(interval.facts, interval.settings, -1)).toEqual({ bin_percent: 1 });
    const only = new CommSource(
      new FakeModel(pileupTraits({ bin_options: [10_000] })),
    ).snapshot();
    expect(binPatch(only.facts, only.settings, 1)).toBeNull();
  });
});

describe("what follows from a change", () => {
  it("limits become automatic with another unit", () => {
    expect(withConsequences({ normalization: "balanced" }, NOW)).toEqual({
      normalization: "balanced",
      vmin: null,
      vmax: null,
      cmap: "",
      symmetric: false,
    });
    expect(withConsequences({ scale: "linear" }, NOW)).toEqual({
      scale: "linear",
      vmin: null,
      vmax: null,
    });
    expect(withConsequences({ cmap: "magma" }, NOW)).toEqual({ cmap: "magma" });
    expect(withConsequences({ scale: "linear", vmax: 3 }, NOW).vmax).toBe(3);
  });

  it("tells what needs another result", () => {
    expect(asksAgain({ features: [] }, NOW)).toBe(true);
    expect(asksAgain({ ascending: false }, NOW)).toBe(true);
    expect(asksAgain({ vmin: 0, scale: "log2", width: 3 }, NOW)).toBe(false);
  });
});

describe("what a patch changes", () => {
  const now = { flank: 5, features: ["1", "2"], cmap: "" };
  it("is what differs, lists by their content", () => {
    expect(effective({ flank: 5, features: ["1", "2"] }, now)).toBeNull();
    expect(effective({ flank: 6, cmap: "" }, now)).toEqual({ flank: 6 });
    expect(effective({ features: ["2", "1"] }, now)).toEqual({ features: ["2", "1"] });
    expect(effective({ flank: undefined } as never, now)).toBeNull();
  });
});

describe("the grid", () => {
  it("has as many columns as fit, in even rows", () => {
    expect(gridOf(1250, 4, 0).columns).toBe(2);
    expect(gridOf(1250, 3, 0).columns).toBe(3);
    expect(gridOf(1250, 5, 0).columns).toBe(3);
    expect(gridOf(500, 4, 0).columns).toBe(1);
    expect(gridOf(700, 4, 3).columns).toBe(3);
    expect(gridOf(500, 4, 3).columns).toBe(2);
    expect(gridOf(180, 4, 3).columns).toBe(1);
    expect(gridOf(0, 0, 0).columns).toBe(1);
  });

  it("never makes a column narrower than a card needs by itself", () => {
    for (let width = NARROWEST; width < 3000; width += 37) {
      for (let count = 1; count < 9; count++) {
        expect(gridOf(width, count, 0).width).toBeGreaterThanOrEqual(NARROWEST);
      }
    }
  });

  it("spans whole cells, and no more columns than there are", () => {
    expect(spanIn({ columns: 3, rows: 2 }, 2)).toEqual({ columns: 2, rows: 2 });
    expect(spanIn({ columns: 0, rows: 0 }, 2)).toEqual({ columns: 1, rows: 1 });
    for (const n of [1, 2, 3]) expect(cellsIn(n * 400 + (n - 1) * GAP, 400, 4)).toBe(n);
    expect(cellsIn(5000, 400, 3)).toBe(3);
    expect(cellsIn(10, 400, 3)).toBe(1);
    expect(cellsIn(650, 400, 3)).toBe(2);
  });

  it("lets a card over two rows end where the second one ends", () => {
    expect(rowsHeight(1, 300, 60)).toBe(300);
    expect(rowsHeight(2, 300, 60)).toBe(300 + 60 + GAP + 300);
  });

  describe("landing", () => {
    const box = (left: number, top: number) => ({
      left,
      top,
      right: left + 90,
      bottom: top + 90,
    });
    const boxes = [box(0, 0), box(100, 0), box(0, 100)];

    it("on the middle of a card exchanges the two", () => {
      expect(landingAt(45, 45, boxes)).toEqual({ how: "swap", place: 0 });
      expect(landingAt(150, 40, boxes)).toEqual({ how: "swap", place: 1 });
    });

    it("near an edge goes beside the card", () => {
      expect(landingAt(104, 45, boxes)).toEqual({ how: "insert", place: 1 });
      expect(landingAt(188, 45, boxes)).toEqual({ how: "insert", place: 2 });
      expect(landingAt(900, 95, boxes)).toEqual({ how: "insert", place: 2 });
      expect(landingAt(45, 400, boxes)).toEqual({ how: "insert", place: 3 });
      expect(landingAt(5, 5, [])).toEqual({ how: "insert", place: 0 });
    });

    it("counts the place among the others", () => {
      expect(moveTo(0, { how: "insert", place: 2 })).toBe(1);
      expect(moveTo(2, { how: "insert", place: 0 })).toBe(0);
      expect(moveTo(1, { how: "insert", place: 1 })).toBeNull();
      expect(moveTo(1, { how: "insert", place: 2 })).toBeNull();
      expect(moveTo(1, { how: "swap", place: 2 })).toBeNull();
    });
  });

  it("moves a view to a place among the others", () => {
    expect(moved(["a", "b", "c"], "a", 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], "c", 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], "b", 9)).toEqual(["a", "c", "b"]);
  });
});
