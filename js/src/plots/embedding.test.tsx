import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { levelColour } from "./cloud_colours";
import { tileWidth } from "./cluster_tiles";
import { EmbeddingPlot } from "./embedding";
import { exportSvg, kindOf } from "./svg";
import { EMBEDDING, floats, result, SETTINGS, SIGNAL } from "./testing";

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

  it("gives sizes of clusters only where none runs into the next number", async () => {
    const many = (size: number) =>
      result(SIGNAL, {
        ...EMBEDDING.arrays,
        cluster_sizes: floats(Array(20).fill(size), 20),
        cluster_means: floats(Array(20 * 3).fill(1), 20, 3),
      });
    const sizes = () => host.querySelectorAll("[data-testid=cluster-tile] small").length;
    await show(<EmbeddingPlot {...common} result={many(12)} onReadout={() => {}} />);
    expect(sizes()).toBe(20);
    await show(<EmbeddingPlot {...common} result={many(12_000)} onReadout={() => {}} />);
    expect(sizes()).toBe(0);
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

  it("gives up with Escape what was taken a moment ago and nobody has confirmed", async () => {
    const onSelect = vi.fn();
    const more = { result: EMBEDDING, onSelect, onReadout: () => {} };
    await show(<EmbeddingPlot {...common} {...more} selection={null} />);
    const cloud = byId("embedding");
    cloud.getBoundingClientRect = () =>
      ({ left: 0, top: 0, width: 300, height: 300 }) as DOMRect;
    pointer(cloud, "pointerdown", 0, 0);
    for (const [x, y] of [
      [400, 0],
      [400, 400],
      [0, 400],
    ] as const) {
      pointer(cloud, "pointermove", x, y);
    }
    pointer(cloud, "pointerup", 0, 400);
    expect(onSelect.mock.lastCall?.[0]).toHaveLength(5);
    key(cloud, "Escape");
    expect(onSelect).toHaveBeenLastCalledWith(null);
    expect(onSelect).toHaveBeenCalledTimes(2);
    // told that something is selected, and then that nothing is: there is nothing to give up
    const rows = Uint32Array.of(1);
    await show(<EmbeddingPlot {...common} {...more} selection={rows} />);
    await show(<EmbeddingPlot {...common} {...more} selection={null} />);
    key(cloud, "Escape");
    expect(onSelect).toHaveBeenCalledTimes(2);
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
