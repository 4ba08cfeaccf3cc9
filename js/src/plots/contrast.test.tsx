import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { SettingsPatch, ViewSettings } from "../wire/settings";
import { countInside, outlineNote, outlinePath } from "./contrast";
import { PileupPlot } from "./pileup";
import { colourScale, scaleOf, shown, valueAt, variantOf } from "./scale";
import { exportSvg } from "./svg";
import { floats, ints, POINT, result, SETTINGS } from "./testing";

const P = floats(
  [1, 1, 1, 1, 1, 1, 0.01, 0.02, 1, 1, 1, 0.01, 1, null, 1, 1, 1, 1, 1, 0.04, 1, 1, 1, 1, 1],
  5,
  5,
);
const SIDE = { feature: "control", regions: "loops", n_used: 9, n_left_out: 1 };
const COMPARED = result(
  POINT,
  {
    ratio: floats(
      Array.from({ length: 25 }, (_, i) => 2 ** ((i - 12) / 12)),
      5,
      5,
    ),
    difference: floats(
      Array.from({ length: 25 }, (_, i) => i - 12),
      5,
      5,
    ),
    p_corrected: P,
    count: ints(Array(25).fill(9), 5, 5),
    count_two: ints(Array(25).fill(7), 5, 5),
  },
  {
    comparison: {
      paired: true,
      permutations: 1000,
      one: SIDE,
      two: { ...SIDE, feature: "KO" },
    },
  },
);
const AGAINST: ViewSettings = {
  ...SETTINGS,
  normalization: "oe",
  versus: ["2"],
  scale: "log2",
  symmetric: true,
};
const host = document.createElement("div");
document.body.append(host);
afterEach(() => render(null, host));
const byId = (id: string) => host.querySelector<HTMLElement>(`[data-testid="${id}"]`);

describe("outlines", () => {
  it("run along cells only, each border once, in pieces as long as they go", () => {
    const box = { x: 10, y: 20, width: 50, height: 50 };
    expect(
      outlinePath(P, box)
        .match(/M[^M]+/g)
        ?.sort(),
    ).toEqual(
      [
        "M20 30H40",
        "M30 40H40",
        "M20 50H30",
        "M20 30V50",
        "M30 40V50",
        "M40 30V40",
        "M50 50H60",
        "M50 60H60",
        "M50 50V60",
        "M60 50V60",
      ].sort(),
    );
    expect(outlinePath(floats([1, 1, 1, 1], 2, 2), box)).toBe("");
    expect(countInside(P)).toBe(4);
  });

  it("say in words what they mean, also when there is nothing to outline", () => {
    expect(outlineNote(COMPARED, AGAINST)?.full).toContain("1,000 random flips of the signs");
    expect(outlineNote(COMPARED, { contour: false })).toBeNull();
    const none = {
      ...COMPARED,
      arrays: { ...COMPARED.arrays, p_corrected: floats(Array(25).fill(1), 5, 5) },
    };
    expect(outlineNote(none, AGAINST)?.short).toMatch(/^no pixel with p < 0.05/);
    const given = { ...COMPARED, meta: { ...COMPARED.meta, comparison: undefined } };
    expect(outlineNote(given, AGAINST)?.short).toMatch(/^nothing outlined/);
  });
});

describe("two averages", () => {
  it("have colours and units of their own", () => {
    expect(variantOf("pileup", AGAINST)).toBe("ratio");
    expect(scaleOf("pileup", { ...AGAINST, contrast: "difference" })).toBe("linear");
    const data = shown([0.5, 1, 2], { scale: "log2", clip: 0 });
    const scale = colourScale("pileup", data, AGAINST);
    expect([scale.lo, scale.hi, scale.unit, scale.map]).toEqual([
      -1,
      1,
      "log2 ratio",
      "coolwarm",
    ]);
  });

  it("are drawn with their outline, its meaning and both numbers under the cursor", async () => {
    const said: (string | null)[] = [];
    await act(() =>
      render(
        <PileupPlot
          result={COMPARED}
          settings={AGAINST}
          size={{ width: 400, height: 330 }}
          dimmed={false}
          onChange={() => {}}
          onReadout={(text) => said.push(text)}
          label="control against KO"
        />,
        host,
      ),
    );
    expect(byId("outline")?.getAttribute("d")).toContain("H");
    expect(byId("outline-note")?.textContent).toContain(
      "outlined: p < 0.05, corrected for all",
    );
    const canvas = byId("plot-canvas") as HTMLElement;
    expect(canvas.getAttribute("aria-label")).toContain("max-T");
    for (const key of ["ArrowUp", "ArrowUp"]) {
      await act(() => {
        canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
      });
    }
    expect(said.at(-1)).toBe(
      "−10\u2009kb, 0 · log2 ratio −0.417 · p 0.02 · 9 regions against 7",
    );
  });

  it("look the same in figures", () => {
    const svg = exportSvg(COMPARED, AGAINST, { width: 400, height: 330 });
    expect(svg).toContain('stroke="#000" stroke-width="1.25"');
    expect(svg).toContain("outlined: p &lt; 0.05");
    expect(svg).toContain("log2 ratio");
    const difference = exportSvg(
      COMPARED,
      { ...AGAINST, contrast: "difference" },
      { width: 400, height: 330 },
    );
    expect(difference).toContain(">difference<");
  });
});

describe("limits by percentiles", () => {
  const values = Array.from({ length: 101 }, (_, i) => i);

  it("follow the chosen share and contain all of the track", () => {
    const data = shown(values, { scale: "linear", clip: 5 });
    expect(data.summary.limits).toEqual([5, 95]);
    expect(shown(values, { scale: "linear", clip: 0 }).summary.track).toEqual([0, 100]);
    expect(valueAt(data, 90)).toBe(90);
    expect(valueAt({ values: [Number.NaN] }, 90)).toBeNaN();
  });

  it("are typed with a percent sign", async () => {
    const patches: SettingsPatch[] = [];
    const mean = floats(values.slice(0, 25), 5, 5);
    await act(() =>
      render(
        <PileupPlot
          result={result(POINT, { mean })}
          settings={SETTINGS}
          size={{ width: 400, height: 330 }}
          dimmed={false}
          onChange={(patch) => patches.push(patch)}
          onReadout={() => {}}
          label="map"
        />,
        host,
      ),
    );
    const type = async (text: string) => {
      const field = byId("color-high") as HTMLInputElement;
      await act(() => {
        field.focus();
        field.value = text;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      await act(() => {
        field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      });
    };
    await type("50 %");
    expect(patches).toEqual([{ vmax: 12 }]);
    await type("150 %");
    expect(patches.length).toBe(1);
    expect(byId("color-high")?.getAttribute("aria-invalid")).toBe("true");
  });
});
