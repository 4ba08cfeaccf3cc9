import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { weightedMean } from "./cluster_card";
import { EmbeddingPlot } from "./embedding";
import {
  boundsOf,
  cellsOf,
  clusterPerCell,
  density,
  gridSide,
  inside,
  meanPerCell,
  membersOf,
  paintPoints,
  perPoint,
  placed,
  rectangle,
  showsPoints,
} from "./embedding_data";
import { exportSvg, kindOf } from "./svg";
import { floats, ints, result, SETTINGS, SIGNAL } from "./testing";

const SIZE = { width: 600, height: 360 };
const host = document.createElement("div");
document.body.append(host);
afterEach(() => render(null, host));
const show = (element: ComponentChild) => act(() => render(element, host));
const byId = (id: string) => host.querySelector(`[data-testid="${id}"]`) as HTMLElement;
function key(element: HTMLElement, name: string) {
  act(() => {
    element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  });
}
const common = {
  settings: SETTINGS,
  size: SIZE,
  dimmed: false,
  onChange: () => {},
  label: "Marks",
};

const POINTS = [0, 0, 1, 0, 0, 1, 1, 1, Number.NaN, Number.NaN, 1, 1];
const BOX = { left: 0, right: 1, bottom: 0, top: 1 };

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

const EMBEDDING = result(SIGNAL, {
  points: floats(
    POINTS.map((v) => (Number.isNaN(v) ? null : v)),
    6,
    2,
  ),
  clusters: ints([0, 0, 1, 1, -1, 1], 6),
  cluster_means: floats([1, -1, 0.5, 2], 2, 2),
  cluster_sizes: ints([2, 3], 2),
});

describe("embedding", () => {
  it("goes through clusters by keys, selects and forgets them", async () => {
    const [onReadout, onSelect] = [vi.fn(), vi.fn()];
    await show(<EmbeddingPlot {...common} {...{ result: EMBEDDING, onReadout, onSelect }} />);
    const cloud = byId("embedding");
    key(cloud, "ArrowRight");
    expect(onReadout).toHaveBeenLastCalledWith("cluster 0 · 2 of 6 regions");
    key(cloud, "ArrowRight");
    expect(onReadout).toHaveBeenLastCalledWith("cluster 1 · 3 of 6 regions");
    expect(byId("cluster-card").textContent).toContain("3 regions");
    key(cloud, "Enter");
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([2, 3, 5]);
    key(cloud, "Escape");
    key(cloud, "Escape");
    expect(onSelect).toHaveBeenLastCalledWith(null);
  });

  it("draws points or a density into one canvas", async () => {
    await show(<EmbeddingPlot {...common} result={EMBEDDING} onReadout={() => {}} />);
    expect(Number(byId("plot-canvas").dataset.cols)).toBeGreaterThan(100);
    const many = result(SIGNAL, { points: floats(Array(120_000).fill(0.5), 60_000, 2) });
    await show(<EmbeddingPlot {...common} result={many} onReadout={() => {}} />);
    expect(byId("plot-canvas").dataset.cols).toBe("150");
    expect(byId("embedding").getAttribute("aria-label")).toContain("60,000 regions");
  });

  it("is exported as vectors", () => {
    expect(kindOf(EMBEDDING)).toBe("embedding");
    const text = exportSvg(EMBEDDING, SETTINGS, SIZE);
    expect(text.match(/<circle/g)).toHaveLength(5);
    expect(text).toContain("regions per cell");
  });
});
