import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { levelColour, paintLevels } from "./cloud_colours";
import { between, histogram } from "./cloud_strip";
import { extentOf, moved, windowOf, zoomed } from "./cloud_window";
import { weightedMean } from "./cluster_card";
import { tileWidth } from "./cluster_tiles";
import { EmbeddingPlot } from "./embedding";
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
import { exportSvg, kindOf } from "./svg";
import { floats, ints, result, SETTINGS, SIGNAL } from "./testing";

const SIZE = { width: 600, height: 360 };

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
    expect(byId("cluster-card").textContent).toContain("3 of 6");
    key(cloud, "Enter");
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([2, 3, 5]);
    key(cloud, "Escape");
    key(cloud, "Escape");
    expect(onSelect).toHaveBeenLastCalledWith(null);
  });

  it("makes the small pictures as large as all of them have room", () => {
    expect(tileWidth(1, 200, 300, 1)).toBe(200);
    expect(tileWidth(4, 200, 300, 1)).toBe(98);
    expect(tileWidth(20, 200, 300, 1)).toBe(36);
    expect(tileWidth(6, 200, 300, 0.6)).toBe(98);
  });

  it("shows all clusters in small until one is chosen", async () => {
    const [onReadout, onSelect] = [vi.fn(), vi.fn()];
    await show(<EmbeddingPlot {...common} {...{ result: EMBEDDING, onReadout, onSelect }} />);
    const tiles = () => [...host.querySelectorAll<HTMLElement>("[data-testid=cluster-tile]")];
    expect(tiles().map((tile) => tile.textContent)).toEqual(["02", "13"]);
    const bars = tiles().map((tile) => tile.querySelectorAll("path[d^=M]").length);
    // means 1 and −1, then 0.5 and 2
    expect(bars).toEqual([2, 1]);
    act(() => tiles()[1]?.click());
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([2, 3, 5]);
    expect(tiles()).toHaveLength(0);
    expect(byId("cluster-card").textContent).toContain("Cluster 1");
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

describe("embedding under hands", () => {
  const COLOURED = result(
    SIGNAL,
    { ...EMBEDDING.arrays, overlay: floats([1, 2, 3, 4, 5, 6], 6) },
    { overlay: { name: "CTCF", levels: [] } },
  );
  function pointer(element: HTMLElement, type: string, x: number, y: number, more = {}) {
    act(() => {
      element.dispatchEvent(
        new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, ...more }),
      );
    });
  }

  it("selects by a typed threshold and by arrow keys, and all again", async () => {
    const onSelect = vi.fn();
    await show(
      <EmbeddingPlot {...common} {...{ result: COLOURED, onSelect }} onReadout={() => {}} />,
    );
    const field = byId("threshold-low") as HTMLInputElement;
    act(() => {
      field.value = "4.5";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    key(field, "Enter");
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([4, 5]);
    for (let i = 0; i < 8; i++) key(byId("threshold-high-handle"), "ArrowLeft");
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([4]);
    act(() => {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    key(field, "Enter");
    for (let i = 0; i < 9; i++) key(byId("threshold-high-handle"), "ArrowRight");
    expect(onSelect).toHaveBeenLastCalledWith(null);
  });

  it("selects categories from the legend, more with Shift", async () => {
    const onSelect = vi.fn();
    const levels = result(
      SIGNAL,
      { ...EMBEDDING.arrays, overlay: floats([0, 1, 0, 2, null, 1], 6) },
      { overlay: { name: "state", levels: ["A", "B", "C"] } },
    );
    await show(
      <EmbeddingPlot {...common} {...{ result: levels, onSelect }} onReadout={() => {}} />,
    );
    const names = byId("legend").querySelectorAll("button");
    expect([...names].map((one) => one.textContent)).toEqual(["A", "B", "C"]);
    const click = (i: number, shiftKey: boolean) =>
      act(() => {
        names[i]?.dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey }));
      });
    click(0, false);
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([0, 2]);
    click(2, true);
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([0, 2, 3]);
    const text = exportSvg(levels, SETTINGS, SIZE);
    expect(text).toContain(">B<");
    expect(text).toContain(`fill="${levelColour(1)}"`);
  });

  it("zooms by keys, buttons and the wheel, and says so when at rest", async () => {
    vi.useFakeTimers();
    const onChange = vi.fn();
    const more = { result: EMBEDDING, onChange, onReadout: () => {} };
    await show(<EmbeddingPlot {...common} {...more} />);
    const cloud = byId("embedding");
    key(cloud, "PageUp");
    key(cloud, "PageUp");
    expect(onChange).not.toHaveBeenCalled();
    act(() => void vi.advanceTimersByTime(200));
    const [{ extent }] = onChange.mock.lastCall as [{ extent: number[] }];
    expect((extent[1] as number) - (extent[0] as number)).toBeCloseTo(1.04 * 0.64);
    const wheel = () => {
      const event = new WheelEvent("wheel", { deltaY: -100, cancelable: true });
      act(() => void cloud.dispatchEvent(event));
      return event.defaultPrevented;
    };
    expect(wheel()).toBe(false);
    act(() => cloud.focus());
    expect(wheel()).toBe(true);
    act(() => byId("zoom-out").click());
    key(cloud, "Home");
    act(() => void vi.advanceTimersByTime(200));
    expect(onChange).toHaveBeenLastCalledWith({ extent: [] });
    vi.useRealTimers();
  });

  it("adds clusters with Shift and moves the map with Ctrl held", async () => {
    const [onSelect, onChange] = [vi.fn(), vi.fn()];
    await show(
      <EmbeddingPlot
        {...common}
        {...{ result: EMBEDDING, onSelect, onChange }}
        settings={{ ...SETTINGS, extent: [-0.02, 0.6, -0.02, 1.02] }}
        onReadout={() => {}}
      />,
    );
    const cloud = byId("embedding");
    cloud.getBoundingClientRect = () =>
      ({ left: 0, top: 0, width: 300, height: 300 }) as DOMRect;
    const side = Number.parseFloat(cloud.style.width);
    const click = (x: number, y: number, more = {}) => {
      pointer(cloud, "pointerdown", x, y, more);
      pointer(cloud, "pointerup", x, y, more);
    };
    click(0.03 * side, 0.98 * side);
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([0, 1]);
    click(0.03 * side, 0.02 * side, { shiftKey: true });
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([0, 1, 2, 3, 5]);
    click(0.03 * side, 0.02 * side, { ctrlKey: true });
    expect([...(onSelect.mock.lastCall?.[0] ?? [])]).toEqual([0, 1]);
    const calls = onSelect.mock.calls.length;
    pointer(cloud, "pointerdown", 100, 100, { ctrlKey: true });
    pointer(cloud, "pointermove", 60, 100, { ctrlKey: true });
    pointer(cloud, "pointerup", 60, 100, { ctrlKey: true });
    expect(onSelect.mock.calls).toHaveLength(calls);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalled());
    expect(onChange.mock.lastCall?.[0].extent[0]).toBeGreaterThan(-0.02);
  });

  it("shows average maps with their own or common limits, typed ones first", async () => {
    const onChange = vi.fn();
    const maps = result(SIGNAL, {
      ...EMBEDDING.arrays,
      cluster_means: floats([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2),
    });
    const more = { result: maps, onChange, onReadout: () => {} };
    await show(<EmbeddingPlot {...common} {...more} />);
    key(byId("embedding"), "ArrowRight");
    const limits = () =>
      ["card_vmin", "card_vmax"].map((id) => (byId(id) as HTMLInputElement).value);
    const common_ones = limits();
    act(() => byId("common-limits").click());
    expect(onChange).toHaveBeenLastCalledWith({ common_limits: false });
    const own = { ...SETTINGS, common_limits: false, card_vmin: 0.5 };
    await show(<EmbeddingPlot {...common} {...more} settings={own} />);
    key(byId("embedding"), "ArrowRight");
    expect(limits()[0]).toBe("0.5");
    expect(limits()[1]).not.toBe(common_ones[1]);
  });

  it("floats its card away from the cursor where there is no room beside the map", async () => {
    const more = { result: EMBEDDING, onReadout: () => {} };
    await show(<EmbeddingPlot {...common} {...more} size={{ width: 320, height: 260 }} />);
    expect(byId("cluster-card")).toBe(null);
    key(byId("embedding"), "ArrowRight");
    expect(byId("cluster-card").className).toContain("hcw-floats");
  });
});
