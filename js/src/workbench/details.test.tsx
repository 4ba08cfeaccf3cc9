import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { EmbeddingPlot, PileupPlot, StackupPlot } from "../plots/index";
import { floats, ints, PILEUP, POINT, result, SETTINGS, STACKUP } from "../plots/testing";
import { ComparisonStore } from "../state/comparison";
import { DetailsStore } from "../state/details";
import { FakeModel } from "../testing/fake";
import { CommComparison } from "../wire/comm";
import type { WidgetHost } from "../wire/model";
import type { DecodedResult } from "../wire/result";
import { Details } from "./context";
import { DetailsPanel, walkText } from "./details";
import { besideAt } from "./details_frame";

const host = document.createElement("div");
document.body.append(host);
afterEach(() => act(() => render(null, host)));

const byId = (id: string) => host.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const all = (selector: string) => [...host.querySelectorAll<HTMLElement>(selector)];
const rest = () => act(async () => void (await new Promise((done) => setTimeout(done, 0))));

const HOSTILE = '<img src=x onerror="globalThis.broken = true">';
const AXIS = { mode: "point", flank: [10_000, 10_000], binsize: 10_000, size: 3 };

const FACTS = {
  row: 4,
  place: 4,
  total: 9,
  selected: false,
  loci: [
    { label: "left anchor", text: "chr1:1-2" },
    { label: "right anchor", text: "chr1:5-6" },
  ],
  links: ["left anchor", "right anchor"].map((label) => ({
    label,
    url: `https://genome.ucsc.edu/cgi-bin/hgTracks?db=mm9&position=${label.length}`,
  })),
  columns: [["name", HOSTILE]],
  annotations: [
    [HOSTILE, "1.5"],
    ["class", ""],
  ],
  maps: [{ id: "3", name: HOSTILE, bins: [10_000, 50_000], usual: 10_000 }],
  choice: { feature: "3", bin: 10_000, normalization: "oe" },
  sources: [{ id: "views", label: "enrichment views here" }],
  tracks: 1,
  higlass: true,
};

function buffer(...values: number[]): DataView {
  return new DataView(Float32Array.from(values).buffer);
}

async function open(more: Record<string, unknown> = {}, notebook?: WidgetHost) {
  const model = new FakeModel({
    kind: "comparison",
    regions: { id: "1", name: "loops", n: 9, pairs: true, mode: "point" },
    mode: "point",
    flank: 10_000,
    views: [],
  });
  const asked: Record<string, unknown>[] = [];
  model.onCommand = (_, args) => {
    asked.push(args);
    switch (args.part) {
      case "facts":
        return { payload: { ...FACTS, ...more } };
      case "map":
        return {
          payload: { axis: AXIS, reason: "", binsize: 10_000 },
          buffers: [buffer(1, 2, 3, 4, 5, 6, 7, 8, 9)],
        };
      case "tracks": {
        const track = { name: HOSTILE, side: "left", problem: "", axis: { ...AXIS, size: 2 } };
        return {
          payload: {
            tracks: [
              track,
              {
                ...track,
                name: "gone",
                problem: "the file is gone",
                axis: { ...AXIS, size: 0 },
              },
            ],
          },
          buffers: [buffer(1, 2)],
        };
      }
      case "members":
        return {
          payload: {
            members: [
              { name: HOSTILE, overlaps: 2, in_window: 30, nearest: 0, problem: "" },
              { name: "far", overlaps: 0, in_window: 0, nearest: 12_000, problem: "" },
              { name: "none", overlaps: 0, in_window: 0, nearest: null, problem: "" },
            ],
          },
        };
      default:
        return notebook === undefined
          ? { error: "HiGlass is not installed" }
          : { payload: { widget: "anywidget:x" } };
    }
  };
  const details = new DetailsStore(new ComparisonStore(new CommComparison(model, notebook)));
  await act(() =>
    render(
      <Details.Provider value={details}>
        <button type="button" data-testid="outside">
          outside
        </button>
        <DetailsPanel over={false} />
      </Details.Provider>,
      host,
    ),
  );
  byId("outside")?.focus();
  await act(() => details.open(4, "", [10_000, -10_000]));
  await rest();
  return { details, asked };
}

describe("the panel of a region", () => {
  it("shows place, map, signal, region sets and annotations as text", async () => {
    await open();
    expect(byId("region-place")?.textContent).toBe("region 5 of 9");
    expect(byId("region-locus")?.textContent).toContain("chr1:5-6 right anchor");
    expect(byId("plot-canvas")?.dataset.rows).toBe("3");
    expect(byId("region-tracks")?.textContent).toContain("the file is gone");
    const cells = all("[data-testid=region-members] tbody tr").map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(cells).toEqual([
      [HOSTILE, "2", "30", "0\u2009bp"],
      ["far", "0", "0", "12\u2009kb"],
      ["none", "0", "0", "–"],
    ]);
    expect(byId("region-annotations")?.textContent).toContain("no value");
    expect(all("img")).toEqual([]);
    expect(byId("details-mark")).not.toBeNull();
  });

  it("links to UCSC without telling where from, and asks nothing by itself", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    await open();
    const links = all("[data-testid=ucsc-link]") as HTMLAnchorElement[];
    expect(links.map(({ rel, target }) => [rel, target])).toEqual([
      ["noopener noreferrer", "_blank"],
      ["noopener noreferrer", "_blank"],
    ]);
    expect(fetched).not.toHaveBeenCalled();
  });

  it("goes through regions by keys and closes by Escape, giving the focus back", async () => {
    const { asked, details } = await open();
    const panel = byId("region-details");
    expect(document.activeElement).toBe(panel);
    const press = (key: string, more: KeyboardEventInit = {}) =>
      act(() => {
        const init = { key, bubbles: true, cancelable: true, ...more };
        panel?.dispatchEvent(new KeyboardEvent("keydown", init));
      });
    for (const [key, more, step] of [
      ["ArrowRight", {}, 1],
      ["ArrowUp", { shiftKey: true }, -10],
      ["Home", {}, -1_000_000_000],
    ] as const) {
      asked.length = 0;
      await press(key, more);
      await rest();
      expect(asked[0]).toMatchObject({ part: "facts", row: 4, step });
    }
    asked.length = 0;
    await press("ArrowRight", { ctrlKey: true });
    expect(asked).toEqual([]);
    await press("Escape");
    expect(details.get().open).toBe(false);
    expect(byId("region-details")).toBeNull();
    expect(document.activeElement).toBe(byId("outside"));
  });

  it("goes through regions by mouse, not beyond the ends", async () => {
    const { asked } = await open({ place: 8 });
    expect((byId("next-region") as HTMLButtonElement).disabled).toBe(true);
    asked.length = 0;
    await act(() => byId("previous-region")?.click());
    expect(asked[0]).toMatchObject({ part: "facts", step: -1 });
  });

  it("asks for another bin size, and leaves arrow keys to its menus", async () => {
    const { asked } = await open();
    const select = byId("details-bin") as HTMLSelectElement;
    asked.length = 0;
    await act(() => {
      select.dispatchEvent(
        new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }),
      );
    });
    expect(asked).toEqual([]);
    await act(() => {
      select.value = "50000";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    expect(asked[0]).toMatchObject({ part: "map", bin: 50_000 });
  });

  it("says why HiGlass is not shown", async () => {
    await open();
    await act(() => byId("show-higlass")?.click());
    await rest();
    expect(host.textContent).toContain("HiGlass is not installed");
  });

  it("draws the widget of HiGlass where the notebook can, and says so where it cannot", async () => {
    const drawn = vi.fn(async ({ el }: { el: HTMLElement }) => {
      el.textContent = "HiGlass";
    });
    const getWidget = vi.fn(async () => ({ render: drawn }));
    await open({}, { getModel: () => Promise.reject(new Error()), getWidget });
    await act(() => byId("show-higlass")?.click());
    await rest();
    expect(getWidget).toHaveBeenCalledWith("anywidget:x");
    expect(byId("higlass")?.textContent).toBe("HiGlass");
    await act(() => render(null, host));
    await open({}, { getModel: () => Promise.reject(new Error()) });
    await act(() => byId("show-higlass")?.click());
    await rest();
    await rest();
    expect(host.textContent).toContain("c.details(row).higlass()");
  });

  it("says where it is", () => {
    const facts = { ...FACTS, selected: true, total: 1_234 } as unknown as Parameters<
      typeof walkText
    >[0];
    expect(walkText(facts)).toBe("5 of 1,234 selected");
    expect(walkText({ ...facts, place: null })).toBe("region 5, not selected");
  });

  it("stands beside the views only where they keep their room", () => {
    expect([besideAt(700), besideAt(1200)]).toEqual([false, true]);
  });
});

const SIZE = { width: 320, height: 320 };
const plain = { settings: SETTINGS, size: SIZE, dimmed: false, label: "test" };
const quiet = { onChange: () => undefined, onReadout: () => undefined };

function pointer(type: string, x: number, y: number): PointerEvent {
  return new PointerEvent(type, {
    clientX: x,
    clientY: y,
    button: 0,
    buttons: 1,
    bubbles: true,
  });
}

function setBox(element: Element | null, width: number, height: number): void {
  if (element === null) throw new Error("there is nothing to click on");
  element.getBoundingClientRect = () => new DOMRect(0, 0, width, height);
}

describe("a click in a picture", () => {
  const stackup: DecodedResult = {
    ...STACKUP,
    arrays: { ...STACKUP.arrays, order: ints([6, 5, 4, 3, 2, 1, 0], 7) },
  };

  it("opens the region of a stackup's row; a drag selects and opens nothing", async () => {
    const onDetails = vi.fn();
    const onSelect = vi.fn();
    await act(() =>
      render(
        <StackupPlot {...plain} {...quiet} result={stackup} {...{ onDetails, onSelect }} />,
        host,
      ),
    );
    const canvas = byId("plot-canvas");
    const map = Number.parseFloat(canvas?.parentElement?.style.top ?? "");
    const height = Number.parseFloat(canvas?.parentElement?.style.height ?? "");
    const drag = async (from: number, to: number) => {
      const fire = (type: string, at: number) =>
        act(() => void canvas?.dispatchEvent(pointer(type, 100, map + at * height)));
      await fire("pointerdown", from);
      await fire("pointermove", to);
      await fire("pointerup", to);
    };
    await drag(0.1, 0.1);
    expect(onDetails).toHaveBeenLastCalledWith(6);
    // the last line of the picture is the mean of four regions
    await drag(0.99, 0.99);
    expect(onDetails).toHaveBeenLastCalledWith(0);
    expect(onSelect).not.toHaveBeenCalled();
    await drag(0.1, 0.6);
    expect(onSelect).toHaveBeenCalledTimes(1);
    expect(onDetails).toHaveBeenCalledTimes(2);
  });

  it("opens by Enter at the crosshair", async () => {
    const onDetails = vi.fn();
    await act(() =>
      render(
        <StackupPlot {...plain} {...quiet} result={stackup} onDetails={onDetails} />,
        host,
      ),
    );
    const canvas = byId("plot-canvas");
    const press = (key: string) =>
      act(
        () => void canvas?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })),
      );
    await press("Enter");
    expect(onDetails).not.toHaveBeenCalled();
    await press("ArrowDown");
    await press("Enter");
    expect(onDetails).toHaveBeenLastCalledWith(5);
  });

  it("opens a pixel of a pileup", async () => {
    const onDetails = vi.fn();
    await act(() =>
      render(
        <PileupPlot
          {...plain}
          {...quiet}
          settings={{ ...SETTINGS, normalization: "oe" }}
          result={PILEUP}
          onDetails={onDetails}
        />,
        host,
      ),
    );
    const canvas = byId("plot-canvas");
    setBox(canvas, 100, 100);
    await act(() => void canvas?.dispatchEvent(pointer("pointermove", 90, 10)));
    await act(() => canvas?.click());
    expect(onDetails).toHaveBeenLastCalledWith(null, { row: 0, column: 4 });
  });

  it("opens a point of an embedding and leaves a selection that holds it", async () => {
    const onDetails = vi.fn();
    const onSelect = vi.fn();
    const cloud = result(POINT, {
      points: floats([0, 0, 1, 1, 0, 1], 3, 2),
      clusters: ints([0, 1, 1], 3),
      cluster_means: floats([1, 2], 2, 1),
      cluster_sizes: ints([1, 2], 2),
    });
    const show = (selection: Uint32Array | null) =>
      act(() =>
        render(
          <EmbeddingPlot
            {...plain}
            {...quiet}
            result={cloud}
            {...{ onDetails, onSelect, selection }}
          />,
          host,
        ),
      );
    await show(null);
    const picture = byId("embedding");
    const width = Number.parseFloat(picture?.style.width ?? "");
    setBox(picture, width, width);
    const click = async (x: number, y: number) => {
      await act(() => void picture?.dispatchEvent(pointer("pointerdown", x, y)));
      await act(() => void picture?.dispatchEvent(pointer("pointerup", x, y)));
    };
    // points keep 2 % of air around them; y goes up
    await click(width * 0.02, width * 0.98);
    expect(onDetails).toHaveBeenLastCalledWith(0);
    expect(onSelect).toHaveBeenLastCalledWith(Uint32Array.from([0]));
    onSelect.mockClear();
    await show(Uint32Array.from([0, 2]));
    await click(width * 0.02, width * 0.98);
    expect(onDetails).toHaveBeenCalledTimes(2);
    expect(onSelect).not.toHaveBeenCalled();
    await click(width * 0.5, width * 0.5);
    expect(onDetails).toHaveBeenCalledTimes(2);
  });
});
