import { describe, expect, it } from "vitest";
import {
  type AxisTick,
  axisSentence,
  axisTicks,
  binText,
  fitting,
  fractionOf,
  placeAt,
} from "./axis";
import { stepped } from "./data_canvas";
import {
  embeddingLayout,
  fitted,
  floatingCard,
  NOTE,
  pileupLayout,
  plotHeight,
  profileLayout,
  spread,
  stackupLayout,
} from "./layout";
import {
  bandPath,
  dataRange,
  lastBin,
  linePath,
  lineStyle,
  linesOf,
  normalise,
  runs,
  yLimits,
} from "./lines";
import { pileupReadout, profileReadout, stackupReadout } from "./readouts";
import { blocksOf, wholePicture } from "./row_lines";
import { colourScale, limitPatch, roundedTo, shown } from "./scale";
import { rowTicks } from "./stackup_parts";
import {
  GROUPED,
  INTERVAL,
  PILEUP,
  POINT,
  PROFILE,
  SETTINGS,
  SIGNAL,
  STACKUP,
  thin,
} from "./testing";

describe("axes", () => {
  it("put the point in the middle of a map's middle bin", () => {
    expect(placeAt(POINT, 2.5, "centred")).toBe(0);
    expect([0, 1, 2, 3, 4].map((bin) => binText(POINT, bin, "centred"))).toEqual([
      thin("−20 kb"),
      thin("−10 kb"),
      "0",
      thin("+10 kb"),
      thin("+20 kb"),
    ]);
    expect(fractionOf(POINT, 0, "centred")).toBe(0.5);
    expect(fractionOf(POINT, -20_000, "centred")).toBeCloseTo(0.1);
  });

  it("put the point between the bins of a signal", () => {
    expect(binText(SIGNAL, 0, "meeting")).toBe(thin("−15 kb"));
    expect(binText(SIGNAL, 2, "meeting")).toBe(thin("+5 kb"));
    expect(axisTicks(SIGNAL, "meeting", 200).map(({ at }) => at)).toEqual([0, 0.5, 1]);
  });

  it("follow unequal flanks", () => {
    const axis = {
      ...SIGNAL,
      mode: "point",
      flank: [10_000, 30_000],
      binsize: 10_000,
    } as const;
    expect(axisTicks(axis, "meeting", 200).map(({ at, text }) => [at, text])).toEqual([
      [0, thin("−10 kb")],
      [0.25, "0"],
      [1, thin("+30 kb")],
    ]);
  });

  it("mark start and end of intervals and write percent", () => {
    const ticks = axisTicks(INTERVAL, "meeting", 100);
    expect(ticks.map(({ text, mark }) => [text, mark])).toEqual([
      ["Start", true],
      ["End", true],
    ]);
    expect(ticks[0]?.at).toBeCloseTo(1 / 7);
    expect(ticks[1]?.at).toBeCloseTo(6 / 7);
    expect(axisTicks(INTERVAL, "meeting", 300)).toHaveLength(3);
    expect(binText(INTERVAL, 0, "centred")).toBe(thin("−10 %"));
    expect(binText(INTERVAL, 3, "centred")).toBe(thin("50 %"));
  });

  it("leave out labels that have no room, but not their ticks", () => {
    const labels = (length: number) =>
      fitting(axisTicks(SIGNAL, "meeting", 400), length).map(({ text }) => text !== "");
    expect(labels(400)).toEqual([true, true, true, true, true]);
    expect(labels(160)).toEqual([true, false, true, false, true]);
    expect(labels(80)).toEqual([true, false, false, false, true]);
    const texts = (ticks: AxisTick[], length: number) =>
      fitting(ticks, length).map(({ text }) => text);
    expect(texts(axisTicks(POINT, "centred", 45), 45)).toEqual(["", thin("±20 kb"), ""]);
    const uneven = { ...POINT, flank: [10_000, 30_000] as const, size: 4 };
    expect(texts(axisTicks(uneven, "meeting", 60), 60)).toEqual([thin("−10 kb"), "", ""]);
    expect(texts(axisTicks(INTERVAL, "meeting", 30), 30)).toEqual(["Start", ""]);
  });

  it("take more labels when there is room", () => {
    expect(axisTicks(POINT, "centred", 400).map(({ text }) => text)).toEqual([
      thin("−20 kb"),
      thin("−10 kb"),
      "0",
      thin("+10 kb"),
      thin("+20 kb"),
    ]);
    expect(axisSentence(POINT)).toBe(thin("±20 kb in bins of 10 kb"));
    expect(
      axisSentence({ mode: "point", flank: [10_000, 30_000], binsize: 10_000, size: 4 }),
    ).toContain(thin("−10 kb to +30 kb"));
    expect(axisSentence(INTERVAL)).toContain(thin("20 % on each side"));
  });
});

describe("readouts", () => {
  it("of a map: both anchors with one sign rule, value, regions", () => {
    const text = pileupReadout(PILEUP, { row: 1, column: 3 }, 0.5237, "log2");
    expect(text).toBe(thin("−10 kb, +10 kb · log2 0.524 · 907 regions"));
    expect(pileupReadout(PILEUP, { row: 0, column: 0 }, Number.NaN, "linear")).toBe(
      thin("−20 kb, −20 kb · no data · 0 regions"),
    );
  });

  it("of a stackup: which regions a row stands for", () => {
    const window = wholePicture(STACKUP);
    const at = (row: number, more = {}, blocks = blocksOf(STACKUP, window)) =>
      stackupReadout(STACKUP, { ...window, ...more }, blocks, { row, column: 2 }, 6, "linear");
    expect(at(0)).toBe(thin("+5 kb · 6 · region 1 of 7"));
    expect(at(2)).toBe(thin("+5 kb · 6 · mean of regions 4–7 of 7"));
    const names = ["peak_1 · chr1:1–2 (+)", "a", "b"];
    expect(at(0, { names })).toBe(thin("+5 kb · 6 · peak_1 · chr1:1–2 (+) · region 1 of 7"));
    // a line of several regions is none of them
    expect(at(2, { names })).toBe(thin("+5 kb · 6 · mean of regions 4–7 of 7"));
    const blocks = blocksOf(GROUPED, wholePicture(GROUPED));
    expect(at(1, {}, blocks)).toContain("regions 2–3 of 7 · weak");
  });

  it("of a profile: every line by name, the band when alone", () => {
    const lines = linesOf(PROFILE, SETTINGS);
    expect(profileReadout(SIGNAL, 1, lines, "linear")).toBe(
      thin("−5 kb · CTCF 2 · CTCF no data"),
    );
    expect(profileReadout(SIGNAL, 0, lines.slice(0, 1), "linear")).toBe(
      thin("−15 kb · 1 (0.5 to 1.5) · 9 regions"),
    );
  });
});

describe("colour scales", () => {
  it("take automatic limits, then those that were set; 0 is a limit like any other", () => {
    const data = shown(PILEUP.arrays.mean?.data ?? [], SETTINGS);
    const automatic = colourScale("pileup", data, SETTINGS);
    expect([automatic.lo, automatic.hi]).toEqual([2.23, 24.77]);
    expect(colourScale("pileup", data, { ...SETTINGS, vmin: 0 }).lo).toBe(0);
    expect(automatic.map).toBe("viridis");
    const oe = { ...SETTINGS, normalization: "oe", scale: "log2", symmetric: true } as const;
    const scale = colourScale("pileup", shown([0.5, 1, 8], oe), oe);
    expect(scale.lo).toBe(-scale.hi);
    expect([scale.map, scale.unit]).toEqual(["coolwarm", "log2 O/E"]);
  });

  it("keep the limits inside the track", () => {
    const data = shown([0, 1, 2], SETTINGS);
    const { track } = colourScale("stackup", data, { ...SETTINGS, vmin: -5, vmax: 9 });
    expect(track).toEqual([-5, 9]);
  });

  it("mirror one limit and forget the other when symmetric", () => {
    expect(limitPatch("hi", 2, true)).toEqual({ vmin: null, vmax: 2 });
    expect(limitPatch("lo", null, false)).toEqual({ vmin: null });
  });

  it("round dragged values to what a hand can aim at", () => {
    expect(roundedTo(0.123456, 2)).toBe(0.12);
    expect(roundedTo(12_345.6, 50_000)).toBe(12_300);
  });
});

describe("lines", () => {
  const x = (bin: number) => bin * 10;
  const y = (value: number) => value;

  it("break where data is missing; a lone bin is still seen", () => {
    const values = [1, 2, Number.NaN, 4, Number.NaN, 6, 7];
    expect(runs(values)).toEqual([
      [0, 1],
      [3, 3],
      [5, 6],
    ]);
    expect(linePath(values, x, y)).toBe("M0 1L10 2M29 4H31M50 6L60 7");
    expect(linePath([Number.NaN], x, y)).toBe("");
    expect(lastBin([1, Number.NaN])).toBe(0);
    expect(lastBin([Number.NaN])).toBe(-1);
  });

  it("have bands that break with them", () => {
    expect(bandPath([0, 1, Number.NaN], [2, 3, 4], x, y)).toBe("M0 2L10 3L10 1L0 0Z");
  });

  it("keep zero and gaps when normalised", () => {
    expect([...normalise([0, 5, Number.NaN, 10], [0, 10])]).toEqual([0, 0.5, Number.NaN, 1]);
    expect([...normalise([3, 3], [3, 3])]).toEqual([0, 0]);
  });

  it("are told apart by id, also with equal names", () => {
    const lines = linesOf(PROFILE, { ...SETTINGS, normalized: true });
    expect(lines.map(({ id }) => id)).toEqual(["a", "b"]);
    expect([...Array.from(lines[0]?.mean ?? [])]).toEqual(
      [0, 1 / 3, 2 / 3, 1].map((v) => expect.closeTo(v)),
    );
    expect(linesOf(PROFILE, { ...SETTINGS, band: "none" })[0]?.low).toBeNull();
  });

  it("repeat colours with another dash, without end", () => {
    expect(lineStyle(0)).toEqual({ colour: "#0072B2", dash: "" });
    expect(lineStyle(8).colour).toBe("#0072B2");
    expect(lineStyle(8).dash).not.toBe("");
    expect(lineStyle(1000).colour).toMatch(/^#|currentColor/);
  });

  it("have round automatic limits that a person can replace one by one", () => {
    const lines = linesOf(PROFILE, SETTINGS);
    expect(dataRange(lines)).toEqual([0, 10]);
    expect(dataRange([])).toEqual([0, 1]);
    expect(yLimits(lines, { vmin: null, vmax: 3 })).toEqual([0, 3]);
    expect(yLimits(lines, { vmin: 0, vmax: 0 })).toEqual([-1, 1]);
  });
});

describe("layouts", () => {
  it("fill the screen as far as their shape allows, whichever way it is turned", () => {
    for (const screen of [
      { width: 1568, height: 820 },
      { width: 868, height: 1320 },
      { width: 900, height: 900 },
    ]) {
      const size = fitted("pileup", screen);
      expect(size.width).toBeLessThanOrEqual(screen.width);
      expect(size.height).toBeLessThanOrEqual(screen.height);
      // the same map as on the whole screen, with no more than its note's height left over
      for (const noted of [false, true]) {
        const side = (one: typeof screen) => pileupLayout(one, noted).map.width;
        expect(side(size)).toBe(side(screen));
        const less = size.width < screen.width ? NOTE : 0;
        expect(side({ ...size, width: size.width - less - 1 })).toBeLessThan(side(size));
        expect(side({ ...size, height: size.height - NOTE - 1 })).toBeLessThan(side(size));
      }
      if (screen.height > screen.width) continue;
      const cloud = fitted("embedding2d", screen);
      const [small, large] = [cloud, screen].map((one) => embeddingLayout(one, true));
      expect(small?.map.width).toBe(large?.map.width);
      const right = (small?.card?.x ?? 0) + (small?.card?.width ?? 0);
      expect(cloud.width - right).toBeLessThanOrEqual(8);
      expect(fitted("stackup", screen)).toEqual(screen);
    }
    // on an upright screen the clusters of a cloud stand below it
    const upright = { width: 868, height: 1320 };
    const { map, card, strip } = embeddingLayout(fitted("embedding1d", upright), true, 46);
    expect(map.width).toBeGreaterThan(upright.width * 0.85);
    expect(strip.y).toBeGreaterThan(map.y + map.height);
    expect(card?.y).toBeGreaterThan(strip.y + strip.height);
    expect((card?.y ?? 0) + (card?.height ?? 0)).toBeLessThanOrEqual(upright.height);
  });

  it("keep maps square and inside", () => {
    for (const size of [
      { width: 380, height: 320 },
      { width: 900, height: 200 },
    ]) {
      const { map, bar } = pileupLayout(size);
      expect(map.width).toBe(map.height);
      expect(map.x + map.width).toBeLessThanOrEqual(size.width);
      expect(map.y + map.height).toBeLessThanOrEqual(size.height);
      expect(bar.x + bar.width).toBeLessThan(map.x);
    }
    expect(pileupLayout({ width: 380, height: plotHeight("pileup", 380) }).map.width).toBe(
      pileupLayout({ width: 380, height: 2000 }).map.width,
    );
  });

  it("put a stackup's profile over its map", () => {
    const { map, profile } = stackupLayout({ width: 380, height: 320 });
    expect(profile?.x).toBe(map.x);
    expect(profile?.width).toBe(map.width);
    expect((profile?.y ?? 0) + (profile?.height ?? 0)).toBeLessThan(map.y);
  });

  it("name lines at their ends when there is room, else in a legend", () => {
    const wide = { width: 700, height: 300 };
    expect(profileLayout(wide, ["A"]).labels).toBe("none");
    expect(profileLayout(wide, ["A", "B"]).labels).toBe("ends");
    expect(profileLayout({ width: 300, height: 300 }, ["A", "B"]).labels).toBe("legend");
    const many = Array.from({ length: 40 }, (_, i) => `Track ${i}`);
    expect(profileLayout(wide, many).labels).toBe("legend");
  });

  it("spread labels without changing their order", () => {
    expect(spread([50, 50, 52], 10, 0, 100)).toEqual([50, 60, 70]);
    expect(spread([95, 99], 10, 0, 100)).toEqual([90, 100]);
    expect(spread([10, 0], 10, 0, 100)).toEqual([10, 0]);
  });

  it("number the rows", () => {
    const of = (first: number, after: number) =>
      rowTicks({ first, after }).map(({ text }) => text);
    expect(of(0, 1013)).toEqual(["1", "1,013"]);
    expect(of(999, 1010)).toEqual(["1,000", "1,010"]);
    expect(of(0, 1)).toEqual(["1"]);
    expect(of(0, 0)).toEqual([]);
  });
});

describe("arrow keys", () => {
  it("start in the middle, then move and stay inside", () => {
    expect(stepped(null, "ArrowUp", 1, 5, 5)).toEqual({ row: 2, column: 2 });
    expect(stepped({ row: 2, column: 2 }, "ArrowUp", 1, 5, 5)).toEqual({ row: 1, column: 2 });
    expect(stepped({ row: 2, column: 2 }, "ArrowRight", 10, 5, 5)).toEqual({
      row: 2,
      column: 4,
    });
    expect(stepped({ row: 2, column: 2 }, "a", 1, 5, 5)).toBeNull();
  });
});

describe("a card on a cloud", () => {
  const map = (width: number) => ({ x: 82, y: 8, width, height: width });

  it("keeps to the half away from the cursor", () => {
    for (const width of [192, 240, 400]) {
      const [left, right] = [floatingCard(map(width), false), floatingCard(map(width), true)];
      expect(left?.x).toBeGreaterThan(82);
      expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThan(82 + width / 2);
      expect(right?.x).toBeGreaterThan(82 + width / 2);
      expect((right?.x ?? 0) + (right?.width ?? 0)).toBeLessThan(82 + width);
    }
  });

  it("is left out where that half is too narrow to read", () => {
    expect(floatingCard(map(180), true)).toBeNull();
  });
});
