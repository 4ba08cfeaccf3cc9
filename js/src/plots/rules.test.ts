import { describe, expect, it } from "vitest";
import file from "../../../tests/vectors/display.json";
import { autoLimits, limitsInForce, summarise, toDisplay, trackLimits } from "./limits";
import { paint } from "./paint";
import { percentiles } from "./percentiles";
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
    const summary = summarise(toDisplay(numbers(vector.values), vector.scale));
    expectClose(autoLimits(summary, vector.symmetric, vector.middle), vector.limits);
    expectClose(trackLimits(summary, vector.symmetric, vector.middle), vector.track);
  });

  it.each(vectors.set_limits)("limits $vmin…$vmax, symmetric: $symmetric", (vector) => {
    const { symmetric, middle } = vector;
    const automatic = autoLimits(summarise(numbers(vector.values)), symmetric, middle);
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
    expect(percentiles(Float64Array.of(10, 0), [25])).toEqual([2.5]);
    expect(percentiles(Float64Array.of(7), [1, 99])).toEqual([7, 7]);
  });

  it("are summarised as if they were sorted", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (const n of [1, 2, 63, 64, 65, 1000, 20_000]) {
      for (const draw of [
        random,
        () => Math.floor(5 * random()),
        () => 3,
        () => seed++,
        () => random() ** -4,
      ]) {
        const values = Float64Array.from({ length: n }, draw);
        const sorted = values.toSorted();
        const asked = [0, 0.1, 1, 50, 99, 99.9, 100];
        const found = percentiles(values, asked);
        for (const [i, percent] of asked.entries()) {
          const place = ((n - 1) * percent) / 100;
          const below = Math.floor(place);
          const [lo, hi] = [sorted[below] ?? 0, sorted[Math.min(below + 1, n - 1)] ?? 0];
          expect(found[i]).toBe(lo + (hi - lo) * (place - below));
        }
      }
    }
  });

  it("have a summary without those that are missing", () => {
    const values = [Number.NaN, 3, 1, Number.POSITIVE_INFINITY, 2];
    expect(summarise(values)).toMatchObject({ count: 3, min: 1, max: 3, median: 2 });
    expect(summarise([Number.NaN]).count).toBe(0);
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
