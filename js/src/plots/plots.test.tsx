import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PlotProps } from "../wire/plot";
import type { ViewSettings } from "../wire/settings";
import { figureIn } from "./figure";
import { limitsOf } from "./limits_of";
import { svgOf } from "./pictures";
import { PileupPlot } from "./pileup";
import { ProfilePlot } from "./profile";
import { StackupPlot } from "./stackup";
import { exportSvg, kindOf } from "./svg";
import { cells } from "./svg_parts";
import { floats, PILEUP, POINT, PROFILE, result, SETTINGS, STACKUP, thin } from "./testing";

const SIZE = { width: 600, height: 320 };
const host = document.createElement("div");
document.body.append(host);
afterEach(() => render(null, host));

function props(more: Partial<PlotProps>): PlotProps {
  return {
    result: PILEUP,
    settings: SETTINGS,
    size: SIZE,
    dimmed: false,
    onChange: () => {},
    onReadout: () => {},
    label: "Scc1 control",
    ...more,
  };
}

const show = (element: ComponentChild) => act(() => render(element, host));
const byId = <T extends HTMLElement = HTMLElement>(id: string) =>
  host.querySelector(`[data-testid="${id}"]`) as T;
const texts = () => [...host.querySelectorAll("svg text")].map((text) => text.textContent);

function key(element: HTMLElement, name: string, more: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key: name, bubbles: true, ...more });
  act(() => {
    element.dispatchEvent(event);
  });
}

async function enter(field: HTMLInputElement, text: string, finish = "Enter") {
  await act(() => {
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  key(field, finish);
}

describe("pileups", () => {
  it("say what they show and how many cells", async () => {
    await show(<PileupPlot {...props({})} />);
    const canvas = byId("plot-canvas");
    expect(canvas.dataset.rows).toBe("5");
    expect(canvas.dataset.cols).toBe("5");
    expect(canvas.getAttribute("width")).toBe("5");
    expect(canvas.getAttribute("role")).toBe("img");
    expect(canvas.getAttribute("aria-label")).toBe(
      thin(
        "Scc1 control: 5 × 5 cells, ±20 kb in bins of 10 kb; values 2 to 25 value, median 13.5, 4 % missing.",
      ),
    );
  });

  it("have the same ticks on both axes, top and left upstream", async () => {
    await show(<PileupPlot {...props({})} />);
    const labels = texts();
    expect(labels.filter((text) => text === thin("−20 kb"))).toHaveLength(2);
    expect(labels.filter((text) => text === thin("+20 kb"))).toHaveLength(2);
    expect(labels.filter((text) => text === "0")).toHaveLength(2);
  });

  it("move the crosshair by keys and read out what is there", async () => {
    const onReadout = vi.fn();
    await show(<PileupPlot {...props({ onReadout })} />);
    const canvas = byId("plot-canvas");
    key(canvas, "ArrowUp");
    expect(onReadout).toHaveBeenLastCalledWith("0, 0 · 13 · 911 regions");
    key(canvas, "ArrowLeft", { shiftKey: true });
    expect(onReadout).toHaveBeenLastCalledWith(thin("0, −20 kb · 11 · 909 regions"));
    expect(byId("crosshair")).not.toBeNull();
    expect(host.querySelector("[aria-live]")?.textContent).toContain("909 regions");
    key(canvas, "Escape");
    expect(onReadout).toHaveBeenLastCalledWith(null);
    expect(byId("crosshair")).toBeNull();
  });

  it("take limits by number; an empty field is automatic, 0 is 0", async () => {
    const onChange = vi.fn();
    await show(<PileupPlot {...props({ onChange })} />);
    const low = byId<HTMLInputElement>("color-low");
    await enter(low, "0");
    expect(onChange).toHaveBeenLastCalledWith({ vmin: 0 });
    await enter(low, "-1,5");
    expect(onChange).toHaveBeenLastCalledWith({ vmin: -1.5 });
    await enter(low, "");
    expect(onChange).toHaveBeenLastCalledWith({ vmin: null });
    onChange.mockClear();
    await enter(low, "seven");
    expect(onChange).not.toHaveBeenCalled();
    expect(low.getAttribute("aria-invalid")).toBe("true");
    await enter(low, "7", "Escape");
    expect(onChange).not.toHaveBeenCalled();
  });

  it("take limits by arrow keys and forget them by double click", async () => {
    const onChange = vi.fn();
    await show(<PileupPlot {...props({ onChange })} />);
    key(byId("color-high-handle"), "ArrowDown");
    const [[patch]] = onChange.mock.calls as [[Partial<ViewSettings>]];
    expect(patch.vmax).toBeLessThan(24.77);
    expect(patch.vmax).toBeGreaterThan(24);
    host.querySelector(".hcw-bar")?.dispatchEvent(new Event("dblclick"));
    expect(onChange).toHaveBeenLastCalledWith({ vmin: null, vmax: null });
  });

  it("say when there is nothing", async () => {
    const empty = result(POINT, { mean: floats(Array(25).fill(null), 5, 5) });
    await show(<PileupPlot {...props({ result: empty })} />);
    expect(host.textContent).toContain("No data here");
    expect(byId("plot-canvas").getAttribute("aria-label")).toContain(
      thin("no data, 100 % missing"),
    );
  });

  it("answer to nothing while an older picture is shown", async () => {
    await show(<PileupPlot {...props({ dimmed: true })} />);
    expect(host.querySelector(".hcw-plot")?.className).toContain("hcw-dimmed");
  });
});

describe("profiles", () => {
  it("say that there are no data, which hidden lines do not mean", async () => {
    const empty = result(
      PROFILE.meta.axis,
      Object.fromEntries(
        Object.entries(PROFILE.arrays).map(([name, { data, shape }]) => [
          name,
          floats(Array(data.length).fill(Number.NaN), ...shape),
        ]),
      ),
      { tracks: PROFILE.meta.tracks },
    );
    await show(<ProfilePlot {...props({ result: empty })} />);
    expect(host.textContent).toContain("No data here");
    await show(<ProfilePlot {...props({ result: PROFILE })} />);
    expect(host.textContent).not.toContain("No data here");
    const hidden = (PROFILE.meta.tracks ?? []).map(({ id }) => id);
    await show(
      <ProfilePlot {...props({ result: empty, settings: { ...SETTINGS, hidden } })} />,
    );
    expect(host.textContent).not.toContain("No data here");
  });

  it("draw one line per id, and hide and show it by its name", async () => {
    const onChange = vi.fn();
    const shown = (...hidden: string[]) =>
      show(
        <ProfilePlot
          {...props({ result: PROFILE, onChange, settings: { ...SETTINGS, hidden } })}
        />,
      );
    const drawn = () =>
      [...host.querySelectorAll<HTMLElement>("[data-line]")].map((line) => line.dataset.line);
    const strokes = () => svgOf(figureIn(host)).match(/stroke-width="1.5"/g) ?? [];
    await shown();
    const [one, other] = drawn();
    const [first] = host.querySelectorAll<HTMLButtonElement>(".hcw-name");
    await act(() => first?.click());
    expect(onChange).toHaveBeenLastCalledWith({ hidden: [one] });
    await shown("gone", one as string);
    expect(drawn()).toEqual([other]);
    expect(first?.getAttribute("aria-pressed")).toBe("false");
    expect(strokes(), "the picture has the lines that are on screen").toHaveLength(1);
    expect(svgOf(figureIn(host)), "and says which of several it is").toContain(">CTCF<");
    await act(() => first?.click());
    expect(onChange).toHaveBeenLastCalledWith({ hidden: ["gone"] });
    await shown();
    expect(strokes()).toHaveLength(2);
    expect(drawn()).toEqual([one, other]);
    await shown(one as string, other as string);
    expect(drawn()).toEqual([]);
    expect(strokes()).toEqual([]);
  });

  it("fit the axis to the lines that are drawn, as others that take their scale do", () => {
    const limits = (...hidden: string[]) =>
      limitsOf("profile", PROFILE, { ...SETTINGS, hidden, band: "none" });
    const ids = (PROFILE.meta.tracks ?? []).map(({ id }) => id);
    const alone = ids.map((id) => limits(...ids.filter((one) => one !== id)));
    expect(alone[0]).not.toEqual(alone[1]);
    expect(limits()?.[1]).toBe(Math.max(...alone.map((found) => found?.[1] ?? 0)));
    expect(limits(...ids)).toEqual([0, 1]);
  });

  it("read out all lines at a position", async () => {
    const onReadout = vi.fn();
    await show(<ProfilePlot {...props({ result: PROFILE, onReadout })} />);
    key(byId("plot-canvas"), "ArrowRight");
    expect(onReadout).toHaveBeenLastCalledWith(thin("+5 kb · CTCF 3 · CTCF 7"));
    key(byId("plot-canvas"), "ArrowLeft");
    expect(onReadout).toHaveBeenLastCalledWith(thin("−5 kb · CTCF 2 · CTCF no data"));
    expect(host.querySelectorAll("circle")).toHaveLength(1);
  });

  it("take a range of y by number", async () => {
    const onChange = vi.fn();
    await show(<ProfilePlot {...props({ result: PROFILE, onChange })} />);
    expect(byId<HTMLInputElement>("color-high").value).toBe("10");
    await enter(byId<HTMLInputElement>("color-high"), "4");
    expect(onChange).toHaveBeenLastCalledWith({ vmax: 4 });
  });
});

describe("stackups", () => {
  it("show their rows and mean together under one cursor", async () => {
    const onReadout = vi.fn();
    await show(<StackupPlot {...props({ result: STACKUP, onReadout })} />);
    expect(byId("plot-canvas").dataset.rows).toBe("3");
    expect(texts()).toContain("7");
    key(byId("plot-canvas"), "ArrowDown");
    expect(onReadout).toHaveBeenLastCalledWith(thin("+5 kb · 6 · mean of regions 2–3 of 7"));
    expect(host.querySelectorAll("circle")).toHaveLength(1);
  });
});

describe("figures", () => {
  const parse = (text: string) => {
    const page = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(page.querySelector("parsererror")).toBeNull();
    return page;
  };

  it("know which picture a result is", () => {
    expect([PILEUP, PROFILE, STACKUP].map(kindOf)).toEqual(["pileup", "profile", "stackup"]);
  });

  it("hold cells as vectors that leave no seams, and missing ones hatched", () => {
    const box = { x: 10, y: 20, width: 40, height: 20 };
    const scale = { lo: 0, hi: 1, map: "fall" };
    const text = cells([0, 0, 1, Number.NaN], 2, 2, scale, box);
    // two equal cells are one run; it reaches under the row below but not beyond the edge
    expect(text).toContain('<path fill="rgb(255,255,255)" d="M0 0h2v1.5h-2z"/>');
    expect(text).toContain('<path fill="rgb(0,0,0)" d="M0 1h1.5v1h-1.5z"/>');
    expect(text).toContain('d="M1 1h1v1h-1z"');
    expect(text).toContain("translate(10 20) scale(20 10)");
  });

  it("hold very many cells as a crisp picture", () => {
    const values = new Float32Array(300 * 300);
    const text = cells(
      values,
      300,
      300,
      { lo: 0, hi: 1, map: "fall" },
      { x: 0, y: 0, ...SIZE },
    );
    expect(text).toContain("image-rendering:pixelated");
    expect(text).toContain("data:image/png;base64,iVBOR");
  });

  it("carry axes, units and names as escaped text", () => {
    const oe = { ...SETTINGS, normalization: "oe", scale: "log2", symmetric: true } as const;
    expect(parse(exportSvg(PILEUP, oe, SIZE)).documentElement.textContent).toContain(
      "log2 O/E",
    );
    expect(parse(exportSvg(STACKUP, SETTINGS, SIZE)).documentElement.textContent).toContain(
      "regions",
    );
    const tracks = PROFILE.meta.tracks?.map((track) => ({ ...track, name: "<b>&" })) ?? [];
    const named = { ...PROFILE, meta: { ...PROFILE.meta, tracks } };
    expect(exportSvg(named, SETTINGS, SIZE)).toContain("&lt;b&gt;&amp;");
    expect(exportSvg(named, SETTINGS, SIZE)).not.toContain("<b>");
    expect(exportSvg(named, SETTINGS, { width: 260, height: 200 })).toContain("&lt;b&gt;");
  });
});
