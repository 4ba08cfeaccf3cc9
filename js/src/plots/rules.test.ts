import { describe, expect, it } from "vitest";
import file from "../../../tests/vectors/display.json";
import {
  autoLimits,
  limitsInForce,
  percentile,
  sortedFinite,
  toDisplay,
  trackLimits,
} from "./limits";
import { paint } from "./paint";
import { centre, colourTable, cssColour, defaults, mapFor, pixelTable, unit } from "./rules";
import {
  formatBp,
  formatCount,
  formatFlank,
  formatNumber,
  formatOffset,
  formatPercent,
  niceLimits,
  parseNumber,
  ticks,
  tickTexts,
} from "./texts";

type Numbers = (number | null)[];

interface Vectors {
  limits: {
    values: Numbers;
    scale: "linear" | "log2";
    symmetric: boolean;
    middle: number;
    limits: [number, number];
    track: [number, number];
  }[];
  set_limits: {
    values: Numbers;
    vmin: number | null;
    vmax: number | null;
    symmetric: boolean;
    middle: number;
    limits: [number, number];
  }[];
  display: { values: Numbers; scale: "linear" | "log2"; shown: Numbers }[];
  colours: { values: Numbers; lo: number; hi: number; map: string; rgba: number[][] }[];
  nice: { lo: number; hi: number; limits: number[] }[];
  ticks: { lo: number; hi: number; n: number; positions: number[]; texts: string[] }[];
  texts: Record<string, [number, string][]>;
}

const vectors = file as unknown as Vectors;

const numbers = (values: Numbers) => values.map((value) => value ?? Number.NaN);

function expectClose(found: readonly number[], expected: readonly number[]) {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(found[i]).toBeNaN();
    else expect(found[i]).toBeCloseTo(value, 10);
  }
}

describe("rules shared with Python", () => {
  it.each(vectors.limits)("automatic limits of $values ($scale, $symmetric)", (vector) => {
    const sorted = sortedFinite(toDisplay(numbers(vector.values), vector.scale));
    expectClose(autoLimits(sorted, vector.symmetric, vector.middle), vector.limits);
    expectClose(trackLimits(sorted, vector.symmetric, vector.middle), vector.track);
  });

  it.each(vectors.set_limits)("limits $vmin…$vmax, symmetric: $symmetric", (vector) => {
    const { symmetric, middle } = vector;
    const automatic = autoLimits(sortedFinite(numbers(vector.values)), symmetric, middle);
    expectClose(limitsInForce(vector, automatic, middle), vector.limits);
  });

  it.each(vectors.display)("displayed values ($scale)", ({ values, scale, shown }) => {
    expectClose(Array.from(toDisplay(numbers(values), scale)), numbers(shown));
  });

  it.each(vectors.colours)("colours of $values in $map", ({ values, lo, hi, map, rgba }) => {
    const [low, high] = limitsInForce({ vmin: lo, vmax: hi, symmetric: false }, [0, 1], 0);
    const pixels = paint(numbers(values), low, high, pixelTable(map));
    const bytes = [...new Uint8Array(pixels.buffer)];
    expect(rgba.map((_, i) => bytes.slice(4 * i, 4 * i + 4))).toEqual(rgba);
  });

  it.each(vectors.ticks)("ticks of $lo…$hi, at most $n", ({ lo, hi, n, positions, texts }) => {
    expect(ticks(lo, hi, n)).toEqual(positions);
    expect(tickTexts(ticks(lo, hi, n))).toEqual(texts);
  });

  it.each(vectors.nice)("axis around $lo…$hi", ({ lo, hi, limits }) => {
    expect(niceLimits(lo, hi)).toEqual(limits);
  });

  const writers: Record<string, (value: number) => string> = {
    number: formatNumber,
    count: formatCount,
    bp: formatBp,
    offset: formatOffset,
    flank: formatFlank,
    percent: formatPercent,
  };
  it.each(Object.entries(vectors.texts))("texts: %s", (name, cases) => {
    const write = writers[name];
    expect(write).toBeDefined();
    for (const [value, text] of cases) expect(write?.(value)).toBe(text);
  });
});

describe("tables and defaults", () => {
  it("have 256 colours from first to last", () => {
    expect(colourTable("fall").length).toBe(768);
    expect(cssColour("fall", 0)).toBe("rgb(255,255,255)");
    expect(cssColour("fall", 255)).toBe("rgb(0,0,0)");
    expect(() => colourTable("jet")).toThrow("jet");
  });

  it("depend on kind and normalization", () => {
    expect(defaults("pileup", "oe")).toEqual({
      map: "coolwarm",
      scale: "log2",
      symmetric: true,
    });
    expect(mapFor("pileup", "raw", "")).toBe("fall");
    expect(mapFor("pileup", "raw", "magma")).toBe("magma");
    expect(mapFor("stackup", "", "")).toBe("Reds");
    expect(unit("pileup", "oe", "log2")).toBe("log2 O/E");
    expect(unit("pileup", "raw", "linear")).toBe("counts");
    expect(unit("unheard of", "", "linear")).toBe("value");
    expect(centre("oe", "linear")).toBe(1);
    expect(centre("oe", "log2")).toBe(0);
  });
});

describe("numbers", () => {
  it("percentiles interpolate between neighbours", () => {
    expect(percentile(Float64Array.of(0, 10), 25)).toBe(2.5);
    expect(percentile(Float64Array.of(7), 99)).toBe(7);
  });

  it("have no ticks where there is no range", () => {
    expect(ticks(-1.7e308, 1.7e308, 5)).toEqual([]);
    expect(ticks(0, Number.NaN, 5)).toEqual([]);
    expect(ticks(0, 1, 0)).toEqual([]);
  });

  it("are read as people type them", () => {
    expect(parseNumber(" −1,5 ")).toBe(-1.5);
    expect(parseNumber("1.2e−4")).toBe(1.2e-4);
    expect(parseNumber("  ")).toBeNull();
    expect(parseNumber("low")).toBeNaN();
  });
});
