/** A mouse that rests on a picture: what is told about it follows the picture and its settings. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { PlotProps } from "../wire/plot";
import type { DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { EmbeddingPlot } from "./embedding";
import { EnrichmentPlot } from "./enrichment";
import { PileupPlot } from "./pileup";
import { ProfilePlot } from "./profile";
import { StackupPlot } from "./stackup";
import {
  floats,
  ints,
  PILEUP,
  POINT,
  PROFILE,
  result,
  SETTINGS,
  SIGNAL,
  thin,
} from "./testing";

const SIZE = { width: 600, height: 320 };
const host = document.createElement("div");
document.body.append(host);

/** Every element fills a square of 100 px at the corner of the page. */
const SQUARE = new DOMRect(0, 0, 100, 100);
beforeEach(() => {
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(SQUARE);
});
afterEach(() => {
  render(null, host);
  vi.restoreAllMocks();
});

const byId = (id: string) => host.querySelector(`[data-testid="${id}"]`) as HTMLElement;

/** Renders a plot as a card does, and keeps what it tells. */
function plotted(
  Plot: (props: PlotProps) => unknown,
  first: DecodedResult,
  own: Partial<ViewSettings> = {},
) {
  const Shown = Plot as typeof PileupPlot;
  let told: string | null = null;
  let now = { result: first, settings: { ...SETTINGS, ...own }, dimmed: false };
  let rows: PlotProps["onRows"];
  const show = () =>
    act(() =>
      render(
        <Shown
          {...now}
          size={SIZE}
          label="Scc1"
          onChange={(patch) => {
            now = { ...now, settings: { ...now.settings, ...patch } };
          }}
          onReadout={(text) => {
            told = text;
          }}
          {...(rows ? { onRows: rows } : {})}
        />,
        host,
      ),
    );
  return {
    told: () => told,
    settings: () => now.settings,
    rows: (ask: PlotProps["onRows"]) => {
      rows = ask;
    },
    show,
    async set(settings: Partial<ViewSettings>) {
      now = { ...now, settings: { ...now.settings, ...settings } };
      await show();
    },
    async get(next: Partial<typeof now>) {
      now = { ...now, ...next };
      await show();
    },
    /** The card drops the text when another picture is asked for. */
    drop() {
      told = null;
    },
  };
}

async function move(id: string, x: number, y: number): Promise<void> {
  await act(() => {
    byId(id).dispatchEvent(
      new PointerEvent("pointermove", { clientX: x, clientY: y, bubbles: true }),
    );
  });
}

function press(element: HTMLElement, name: string): Promise<void> {
  return act(() => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  }) as Promise<void>;
}

it("over a map tells the value in the unit of the moment, of the map of the moment", async () => {
  const plot = plotted(PileupPlot, PILEUP, { normalization: "oe" });
  await plot.show();
  await move("plot-canvas", 30, 90);
  expect(plot.told()).toBe(thin("+20 kb, −10 kb · 22 · 920 regions"));
  await plot.set({ scale: "log2" });
  expect(plot.told()).toBe(thin("+20 kb, −10 kb · log2 4.46 · 920 regions"));
  // another normalization: nothing of the old picture while it is under way
  await plot.get({ dimmed: true });
  expect(plot.told()).toBeNull();
  const twice = {
    ...PILEUP,
    arrays: { ...PILEUP.arrays, mean: floats(Array(25).fill(8), 5, 5) },
  };
  await plot.get({ dimmed: false, result: twice });
  expect(plot.told()).toBe(thin("+20 kb, −10 kb · log2 3 · 920 regions"));
  // the same text about another picture is told again
  plot.drop();
  await plot.get({ result: { ...twice } });
  expect(plot.told()).toBe(thin("+20 kb, −10 kb · log2 3 · 920 regions"));
  // bins of another size: those under the mouse
  const wide = { ...POINT, size: 3, flank: [15_000, 15_000] as const };
  await plot.get({ result: result(wide, { mean: floats(Array(9).fill(4), 3, 3) }) });
  expect(plot.told()).toBe(thin("+10 kb, −10 kb · log2 2"));
  const cross = byId("crosshair").querySelector("line") as Element;
  expect(Number(cross.getAttribute("y1"))).toBeLessThan(SIZE.height);
});

it("over two maps tells how they are put in relation", async () => {
  const both = result(POINT, {
    ratio: floats(Array(25).fill(2), 5, 5),
    difference: floats(Array(25).fill(-3), 5, 5),
    p_corrected: floats(Array(25).fill(0.5), 5, 5),
  });
  const plot = plotted(PileupPlot, both, { normalization: "oe", versus: ["2"] });
  await plot.show();
  await move("plot-canvas", 50, 50);
  expect(plot.told()).toContain(" 2 · p 0.5");
  await plot.set({ contrast: "difference" });
  expect(plot.told()).toContain(" −3 · p 0.5");
});

it("over lines tells those that are drawn, as they are drawn", async () => {
  const plot = plotted(ProfilePlot, PROFILE);
  await plot.show();
  await move("plot-canvas", 60, 10);
  expect(plot.told()).toBe(thin("+5 kb · CTCF 3 · CTCF 7"));
  await plot.set({ normalized: true });
  expect(plot.told()).toBe(thin("+5 kb · CTCF 0.667 · CTCF 0.667"));
  await plot.set({ normalized: false, hidden: ["a"] });
  expect(plot.told()).toBe(thin("+5 kb · 7 (6 to 8) · 9 regions"));
  await plot.set({ band: "none" });
  expect(plot.told()).toBe(thin("+5 kb · 7 · 9 regions"));
});

it("over a cloud tells what colours the points, and the cluster of the moment", async () => {
  const cloud = (more: DecodedResult["arrays"], name = "") =>
    result(
      SIGNAL,
      { points: floats([0, 0, 0, 0, 1, 1, 1, 1], 4, 2), ...more },
      name ? { overlay: { name, levels: [] } as never } : {},
    );
  const plot = plotted(EmbeddingPlot, cloud({ clusters: ints([0, 0, 1, 1], 4) }));
  await plot.show();
  const { left, top, width, height } = byId("embedding").style;
  expect([left, top].map((text) => Number.parseInt(text, 10))).not.toContain(Number.NaN);
  const x = Number.parseInt(width, 10) * 0.02;
  const y = Number.parseInt(height, 10) * 0.98;
  await move("embedding", x, y);
  expect(plot.told()).toMatch(/^cluster 0 · 2 of 4 regions · 2 /);
  await plot.get({ result: cloud({ clusters: ints([3, 1, 1, 1], 4) }) });
  expect(plot.told()).toMatch(/^cluster 1 · 3 of 4 regions · 2 /);
  await plot.get({
    result: cloud(
      { clusters: ints([3, 1, 1, 1], 4), overlay: floats([5, 7, 0, 0], 4) },
      "width",
    ),
  });
  expect(plot.told()).toBe("cluster 1 · 3 of 4 regions · 6 width");
  await act(() => {
    byId("embedding").dispatchEvent(new PointerEvent("pointerleave"));
  });
  expect(plot.told()).toBeNull();
});

it("over region sets tells their numbers in the answer of the moment", async () => {
  const odds = (...values: number[]) =>
    result(SIGNAL, {
      odds_ratio: floats(values, 2, 4),
      overlap: ints([1, 2, 3, 4, 5, 6, 7, 8], 2, 4),
    });
  const plot = plotted(EnrichmentPlot, odds(1, 2, 4, 8, 1, 1, 1, 1));
  await plot.show();
  await move("plot-canvas", 90, 10);
  expect(plot.told()).toBe(thin("+15 kb · strongest log2 3"));
  await plot.get({ result: odds(1, 2, 4, 16, 1, 1, 1, 1) });
  expect(plot.told()).toBe(thin("+15 kb · strongest log2 4"));
  await act(() => {
    byId("plot-canvas").dispatchEvent(new PointerEvent("pointerleave"));
  });
  const member = host.querySelector('[role="option"]') as HTMLElement;
  await act(() => {
    member.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
  });
  expect(plot.told()).toMatch(/Set 1: log2 2/);
  await plot.set({ position: 15_000 });
  expect(plot.told()).toMatch(/Set 1: log2 4/);
  await plot.set({ search: "nothing is called so" });
  expect(plot.told()).toBeNull();
});

/** `n` rows in as many lines as there is room for; row i has the value i. */
function lined(first: number, after: number, lines: number): RowWindow {
  const count = Math.min(lines, after - first);
  const edges = Int32Array.from({ length: count + 1 }, (_, i) =>
    Math.round(first + (i * (after - first)) / count),
  );
  const image = new Float32Array(count * 4);
  for (let i = 0; i < image.length; i++) image[i] = edges[i >> 2] as number;
  const names = count === after - first ? Array.from(edges.subarray(0, -1), String) : null;
  return { first, after, bins: 4, image, edges, perBlock: [], names };
}

function stack(n: number, lines: number): DecodedResult {
  const { image, edges } = lined(0, n, lines);
  const bins = edges.length - 1;
  return result(
    SIGNAL,
    {
      image: { dtype: "float32", shape: [bins, 4], data: image },
      row_edges: { dtype: "int32", shape: [bins + 1], data: edges },
      profile: floats([1, 2, 3, 4], 4),
    },
    { n_rows: n, picture: 1 },
  );
}

const cross = () =>
  Number(byId("crosshair").querySelector("line")?.getAttribute("y1") ?? Number.NaN);
const rowsTold = (text: string | null) => {
  const [, from = "", to = from] =
    /regions? ([\d\u2009,]+)(?:–([\d\u2009,]+))? of/.exec(text ?? "") ?? [];
  return [from, to].map((number) => Number(number.replace(/\D/g, "")));
};

it("over rows tells the unit of the moment", async () => {
  const plot = plotted(StackupPlot, stack(100, 100));
  await plot.show();
  await move("plot-canvas", 60, 8.5);
  expect(plot.told()).toBe(thin("+5 kb · 8 · region 9 of 100"));
  await plot.set({ scale: "log2" });
  expect(plot.told()).toBe(thin("+5 kb · log2 3 · region 9 of 100"));
  await plot.get({ result: stack(3, 3) });
  expect(plot.told(), "other rows: the one under it").toBe(
    thin("+5 kb · 0 (log2 −∞) · region 1 of 3"),
  );
});

it("over rows tells the one that comes under it when rows are enlarged", async () => {
  const plot = plotted(StackupPlot, stack(100, 100));
  await plot.show();
  await move("plot-canvas", 60, 8.5);
  await plot.set({ zoom: [50, 60] });
  expect(plot.told()).toBe(thin("+5 kb · 50 · region 51 of 100"));
});

it("a row that keys led to is told no more where there is none like it", async () => {
  const plot = plotted(StackupPlot, stack(100, 100));
  await plot.show();
  await press(byId("plot-canvas"), "ArrowDown");
  expect(plot.told()).toContain("region 51 of 100");
  await plot.get({ result: stack(3, 3) });
  expect(plot.told()).toBeNull();
});

it("keys step by a line that is seen, where there are more lines than pixels", async () => {
  const plot = plotted(StackupPlot, stack(5000, 1024));
  await plot.show();
  const canvas = byId("plot-canvas");
  await press(canvas, "ArrowDown");
  const [before, from] = [cross(), rowsTold(plot.told())];
  await press(canvas, "ArrowDown");
  expect(cross() - before).toBeGreaterThanOrEqual(1);
  const to = rowsTold(plot.told());
  expect(to[0]).toBeGreaterThan(from[1] as number);
  await press(canvas, "ArrowUp");
  expect(rowsTold(plot.told())).toEqual(from);
});

it("a cursor on a coarse line is still there, and steps on, when finer rows arrive", async () => {
  vi.useFakeTimers();
  try {
    const plot = plotted(StackupPlot, stack(50_000, 50));
    const asked: [number, number, number][] = [];
    let answer: () => void = () => {};
    plot.rows((first, after, lines) => {
      asked.push([first, after, lines]);
      return new Promise((resolve) => {
        answer = () => resolve(lined(first, after, lines));
      });
    });
    await plot.set({ zoom: [10_400, 30_600] });
    const canvas = byId("plot-canvas");
    // the first coarse line holds rows 10,000 to 10,999, of which 400 are not on screen
    await press(canvas, "ArrowUp");
    for (let i = 0; i < 30; i++) await press(canvas, "ArrowUp");
    expect(rowsTold(plot.told())).toEqual([10_001, 11_000]);
    await act(() => void vi.advanceTimersByTime(100));
    expect(asked.at(-1)?.slice(0, 2)).toEqual([10_400, 30_600]);
    await act(async () => answer());
    await plot.show();
    const [from = 0, to = 0] = rowsTold(plot.told());
    expect(from).toBeGreaterThan(10_400);
    expect(to - from).toBeLessThan(200);
    const before = cross();
    await press(canvas, "ArrowDown");
    expect(cross() - before).toBeGreaterThanOrEqual(1);
    const [next = 0] = rowsTold(plot.told());
    expect(next).toBe(to + 1);
  } finally {
    vi.useRealTimers();
  }
});

it("keys step on from a coarse line that is all there is on screen", async () => {
  vi.useFakeTimers();
  try {
    const plot = plotted(StackupPlot, stack(50_000, 50));
    // a page that does not carry its rows has nothing finer
    plot.rows(() => Promise.resolve(null));
    await plot.set({ zoom: [10_400, 10_500] });
    const pressed = async (key: string) => {
      await press(byId("plot-canvas"), key);
      await plot.show();
    };
    await pressed("ArrowDown");
    expect(rowsTold(plot.told())).toEqual([10_001, 11_000]);
    // finer rows may still come: the line stays
    await pressed("ArrowDown");
    expect(rowsTold(plot.told())).toEqual([10_001, 11_000]);
    await act(async () => void vi.advanceTimersByTime(100));
    await pressed("ArrowDown");
    expect(plot.settings().zoom).toEqual([11_400, 11_500]);
    expect(rowsTold(plot.told())).toEqual([11_001, 12_000]);
    for (let i = 0; i < 2; i++) await pressed("ArrowUp");
    expect(plot.settings().zoom).toEqual([9_400, 9_500]);
    expect(rowsTold(plot.told())).toEqual([9_001, 10_000]);
    await pressed("ArrowRight");
    expect(plot.settings().zoom).toEqual([9_400, 9_500]);
    for (let i = 0; i < 20; i++) await pressed("ArrowUp");
    expect(rowsTold(plot.told())).toEqual([1, 1_000]);
    expect(plot.settings().zoom).toEqual([400, 500]);
  } finally {
    vi.useRealTimers();
  }
});
