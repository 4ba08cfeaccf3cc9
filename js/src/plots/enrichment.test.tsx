import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ViewSettings } from "../wire/settings";
import { EnrichmentPlot } from "./enrichment";
import {
  binOf,
  chanceText,
  filtered,
  firstPosition,
  listed,
  memberReadout,
  members,
  oddsRange,
  oddsText,
  placeOf,
  sorted,
  strongest,
} from "./enrichment_data";
import { inSight, reveal } from "./rows";
import { exportSvg, kindOf } from "./svg";
import { floats, INTERVAL, ints, result, SETTINGS, SIGNAL, thin } from "./testing";
import { named, spotAt, volcano } from "./volcano_data";

const SIZE = { width: 600, height: 480 };
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
function click(element: Element, more: MouseEventInit = {}) {
  act(() => {
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, ...more }));
  });
}

const tracks = ["CTCF", "CTCF", "Lamina"].map((name, i) => ({
  id: String(i + 10),
  name,
  n_used: 9,
  n_left_out: 0,
  numbers: {},
}));
const ODDS = result(
  SIGNAL,
  {
    odds_ratio: floats([1, 2, 4, 0.5, 1, null, 8, 0, 1, 1, 1, 1], 3, 4),
    log10_p: floats([3, 3, 3, 3, 3, 0, 400.3, 3, 1, 1, 1, 1], 3, 4),
    log10_q: floats([2, 2, 2, 2, 0.3, 0, 399, 0.3, 0.3, 0.3, 0.3, 0.3], 3, 4),
    overlap: ints([...Array(4).fill(1013), ...Array(8).fill(1)], 3, 4),
    chunks: ints([2000, 2001, 2002, 2003], 4),
    universe_hits: ints([5000, 600, 70], 3, 1),
    universe_chunks: ints([1_000_000], 1),
  },
  { tracks },
);
const rows = (bin: number | null, more: Partial<ViewSettings> = {}) =>
  listed(ODDS, bin, { ...SETTINGS, ...more }).map(({ row }) => row);

describe("region sets of an enrichment", () => {
  it("are ranked whatever their names, those without data last", () => {
    expect(rows(1)).toEqual([0, 2, 1]);
    expect(rows(2)).toEqual([1, 0, 2]);
    expect(members(ODDS, 3).map(({ log2 }) => log2)).toEqual([-1, Number.NEGATIVE_INFINITY, 0]);
    expect(rows(1, { rank_ascending: true })).toEqual([2, 0, 1]);
  });

  it("have the four numbers of their table", () => {
    const [ctcf] = members(ODDS, 1);
    expect(ctcf).toMatchObject({ a: 1013, b: 3987, c: 988, d: 994_012, bin: 1, id: "10" });
    const bare = result(SIGNAL, { odds_ratio: floats([2, 3], 1, 2) });
    expect(members(bare, 0)[0]).toMatchObject({ name: "Set 1", odds: 2, a: NaN, d: NaN });
    const rest = result(SIGNAL, {
      odds_ratio: floats([2, 3], 1, 2),
      overlap: ints([3, 4], 1, 2),
      chunks: ints([5, 6], 2),
      universe_hits: ints([7, 8], 1, 2),
      universe_chunks: ints([20, 30], 2),
    });
    expect(members(rest, 1)[0]).toMatchObject({ a: 4, b: 4, c: 2, d: 20 });
  });

  it("stand at their most significant position, of equals at the stronger", () => {
    expect(members(ODDS, null).map(({ bin }) => bin)).toEqual([2, 2, 0]);
  });

  it("are searched by name and filtered by q, whose limit counts", () => {
    expect(rows(0, { search: " lam " })).toEqual([2]);
    expect(rows(0, { search: "<b>" })).toEqual([]);
    expect(rows(0, { max_q: 0.01 })).toEqual([0]);
    expect(rows(0, { max_q: 0.0099 })).toEqual([]);
    expect(filtered(members(ODDS, 0), { search: "", max_q: 0 })).toEqual([]);
  });

  it("are sorted by any number, and by name as people count", () => {
    const at = members(ODDS, 2);
    const order = (rank_by: ViewSettings["rank_by"], rank_ascending: boolean) =>
      sorted(at, { rank_by, rank_ascending }).map(({ row }) => row);
    expect(order("p_value", true)).toEqual([1, 0, 2]);
    expect(order("p_value", false)).toEqual([2, 0, 1]);
    expect(order("a", false)).toEqual([0, 1, 2]);
    expect(order("b", true)).toEqual([2, 1, 0]);
    expect(order("name", false)).toEqual([2, 0, 1]);
    const sets = ["H10", "H9"].map((name, row) => ({
      ...(at[0] as (typeof at)[0]),
      name,
      row,
    }));
    const names = sorted(sets, { rank_by: "name", rank_ascending: true });
    expect(names.map(({ name }) => name)).toEqual(["H9", "H10"]);
  });

  it("have a strongest one at every position, among those searched for", () => {
    expect([...strongest(ODDS)]).toEqual([0, 1, 3, 0]);
    expect([...strongest(ODDS, "lamina")]).toEqual([0, 0, 0, 0]);
    expect([...strongest(ODDS, "nobody")]).toEqual([NaN, NaN, NaN, NaN]);
    expect(oddsRange(strongest(ODDS))).toEqual([0, 3]);
    expect(oddsRange([])).toEqual([-1, 1]);
    expect(oddsRange([Number.POSITIVE_INFINITY, -2])).toEqual([-2, 0]);
  });

  it("are read out with their numbers", () => {
    const [member] = listed(ODDS, 1, SETTINGS);
    expect(member && memberReadout(SIGNAL, member)).toBe(
      thin("−5 kb · CTCF: log2 1 · 1,013 of 2,001 overlap · p 0.001 · q 0.01"),
    );
    expect(oddsText(Number.POSITIVE_INFINITY)).toBe("log2 ∞");
    expect(oddsText(Number.NEGATIVE_INFINITY)).toBe("no overlap");
    expect(oddsText(Number.NaN)).toBe("no data");
  });
});

describe("chances", () => {
  it("keep their size below what floats can hold", () => {
    expect([0, 1.301, 3, 7.52].map(chanceText)).toEqual(["1", "0.05", "0.001", "3e−8"]);
    expect(chanceText(400.3)).toBe("5e−401");
    expect(chanceText(9)).toBe("1e−9");
    expect(chanceText(Number.POSITIVE_INFINITY)).toBe("<1e−320");
    expect(chanceText(Number.NaN)).toBe("–");
  });
});

describe("positions", () => {
  it("start at the point, or where the region starts", () => {
    expect(firstPosition(SIGNAL, 4)).toBe(2);
    expect(firstPosition(INTERVAL, 7)).toBe(1);
  });

  it("are bins of places, and places of bins", () => {
    expect(
      [-99_000, -20_000, -10_001, -10_000, 0, 99_000].map((at) => binOf(SIGNAL, 4, at)),
    ).toEqual([0, 0, 0, 1, 2, 3]);
    expect(placeOf(SIGNAL, 4, 1)).toBe(-5_000);
    expect(placeOf(SIGNAL, 4, 2)).toBe(null);
    expect(binOf(INTERVAL, 7, 50)).toBe(3);
    for (const bin of [0, 3, 6]) {
      expect(binOf(INTERVAL, 7, placeOf(INTERVAL, 7, bin))).toBe(bin);
    }
  });
});

describe("volcano", () => {
  const box = { x: 10, y: 0, width: 100, height: 100 };

  it("places strength and significance, infinite ones at the ends", () => {
    const field = volcano(listed(ODDS, 2, SETTINGS), box);
    expect(field.across.ticks).toEqual([0, 1, 2, 3]);
    expect(field.spots.map(({ x }) => x)).toEqual([110, expect.closeTo(10 + 200 / 3), 10]);
    expect(field.spots[0]?.y).toBeLessThan(5);
    // no overlap has a place of its own, left of every number
    const lost = volcano(listed(ODDS, 3, SETTINGS), box);
    expect(lost.across.ticks[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(lost.across.at(-1)).toBeGreaterThan(10 + 15);
    expect(lost.spots.map(({ member, x }) => [member.row, x === 10])).toEqual([
      [2, false],
      [0, false],
      [1, true],
    ]);
    expect(volcano(listed(ODDS, 1, SETTINGS), box).spots).toHaveLength(2);
  });

  it("writes names of significant sets where there is room", () => {
    const { spots } = volcano(listed(ODDS, 2, SETTINGS), { ...box, width: 400, height: 300 });
    expect(named(spots, { ...box, width: 400 }).map(({ member }) => member.row)).toEqual([
      1, 0,
    ]);
    const crowd = Array.from({ length: 30 }, () => spots[0] as (typeof spots)[0]);
    expect(named(crowd, { ...box, width: 400 })).toHaveLength(1);
  });

  it("finds the spot under a cursor", () => {
    const { spots } = volcano(listed(ODDS, 2, SETTINGS), box);
    expect(spotAt(spots, 107, 3)?.member.row).toBe(1);
    expect(spotAt(spots, 40, 40)).toBe(null);
  });
});

describe("long lists", () => {
  it("keep in the page what is in sight", () => {
    expect(inSight(0, 100, 20, 1000)).toEqual({ first: 0, after: 13 });
    expect(inSight(2000, 100, 20, 1000)).toEqual({ first: 92, after: 113 });
    expect(inSight(0, 100, 20, 3)).toEqual({ first: 0, after: 3 });
  });

  it("scroll as little as needed", () => {
    const box = { scrollTop: 100, clientHeight: 100 } as HTMLElement;
    reveal(box, 2, 20);
    expect(box.scrollTop).toBe(40);
    reveal(box, 10, 20);
    expect(box.scrollTop).toBe(120);
    reveal(box, 8, 20);
    expect(box.scrollTop).toBe(120);
  });
});

describe("enrichment", () => {
  const common = {
    result: ODDS,
    size: SIZE,
    dimmed: false,
    onChange: () => {},
    onReadout: () => {},
    label: "Sets",
  };
  const names = () =>
    [...host.querySelectorAll(".hcw-member > span")].map((s) => s.textContent);

  it("chooses a position by keys, as a setting", async () => {
    const [onReadout, onChange] = [vi.fn(), vi.fn()];
    await show(<EnrichmentPlot {...common} settings={SETTINGS} {...{ onReadout, onChange }} />);
    expect(names()).toEqual(["CTCF", "CTCF", "Lamina"]);
    key(byId("plot-canvas"), "ArrowLeft");
    expect(onReadout).toHaveBeenLastCalledWith(thin("−5 kb · strongest log2 1"));
    expect(onChange).toHaveBeenLastCalledWith({ position: -5_000 });
    await show(
      <EnrichmentPlot
        {...common}
        settings={{ ...SETTINGS, position: -5_000 }}
        {...{ onReadout }}
      />,
    );
    expect(names()).toEqual(["CTCF", "Lamina", "CTCF"]);
    expect(byId("plot-canvas").getAttribute("aria-valuenow")).toBe("1");
    key(byId("ranking"), "ArrowDown");
    expect(onReadout.mock.lastCall?.[0]).toContain("1,013 of");
    expect(host.querySelectorAll('[aria-selected="true"]')).toHaveLength(1);
    expect(host.querySelectorAll(".hcw-significant")).toHaveLength(1);
  });

  it("selects the regions that overlap: of one set, of several, of all listed", async () => {
    const onHits = vi.fn();
    const shown = (more: Partial<ViewSettings>) =>
      show(<EnrichmentPlot {...common} settings={{ ...SETTINGS, ...more }} onHits={onHits} />);
    await shown({});
    key(byId("ranking"), "ArrowDown");
    key(byId("ranking"), "Enter");
    expect(onHits).toHaveBeenLastCalledWith(["11"], 5_000);
    await shown({ holds: true });
    expect(host.querySelectorAll(".hcw-picked")).toHaveLength(1);
    click(host.querySelectorAll(".hcw-member")[2] as Element, { ctrlKey: true });
    expect(onHits).toHaveBeenLastCalledWith(["11", "12"], 5_000);
    click(byId("select-hits"));
    expect(onHits).toHaveBeenLastCalledWith(["11", "10", "12"], 5_000);
    const onDetails = vi.fn();
    await show(
      <EnrichmentPlot
        {...common}
        settings={{ ...SETTINGS, holds: true }}
        {...{ onHits, onDetails }}
      />,
    );
    click(byId("look-at-hits"));
    expect(onDetails).toHaveBeenLastCalledWith(null);
    await shown({ holds: false });
    expect(byId("look-at-hits")).toBe(null);
    expect(host.querySelectorAll(".hcw-picked")).toHaveLength(0);
    expect(byId("compare-rest")).toBe(null);
  });

  it("shows a table that sorts by its heads", async () => {
    const onChange = vi.fn();
    const settings = { ...SETTINGS, chart: "table" } as const;
    await show(<EnrichmentPlot {...common} {...{ settings, onChange }} />);
    const heads = [...host.querySelectorAll("thead th")].map((one) => one.textContent);
    expect(heads).toEqual(["region set", "odds ratio ↓", "a", "b", "c", "d", "p", "q"]);
    expect(host.querySelectorAll("tbody tr")[0]?.textContent).toContain("5e−401");
    click(byId("sort-p_value"));
    expect(onChange).toHaveBeenLastCalledWith({ rank_by: "p_value", rank_ascending: true });
    click(byId("sort-odds_ratio"));
    expect(onChange).toHaveBeenLastCalledWith({ rank_ascending: true });
    await show(<EnrichmentPlot {...common} settings={{ ...settings, overall: true }} />);
    expect(host.querySelector("thead")?.textContent).toContain("position");
  });

  it("shows a volcano that keys go through", async () => {
    const onReadout = vi.fn();
    const settings = { ...SETTINGS, chart: "volcano" } as const;
    await show(<EnrichmentPlot {...common} {...{ settings, onReadout }} />);
    expect(host.querySelectorAll(".hcw-dot")).toHaveLength(3);
    key(byId("volcano"), "ArrowDown");
    expect(onReadout.mock.lastCall?.[0]).toContain("p 5e−401");
  });

  it("marks what is infinite on every axis, and in its pictures", async () => {
    const odds = [1, 2, Number.POSITIVE_INFINITY, 0, 1, 1, 0, 0, 1, 1, 4, 0];
    const q = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, Number.POSITIVE_INFINITY, 1];
    const unbound = result(
      SIGNAL,
      { odds_ratio: floats(odds, 3, 4), log10_q: floats(q, 3, 4) },
      { tracks },
    );
    const texts = () => [...host.querySelectorAll("text")].map((one) => one.textContent);
    const heads = () => [...host.querySelectorAll("path.hcw-dot")];
    for (const chart of ["ranking", "volcano"] as const) {
      const settings = { ...SETTINGS, chart };
      await show(<EnrichmentPlot {...common} result={unbound} settings={settings} />);
      // bars: the third is infinite, at the fourth no region set overlaps at all
      expect(host.querySelectorAll("rect.hcw-stem")).toHaveLength(2);
      expect(host.querySelectorAll("path.hcw-stem")).toHaveLength(2);
      // at the point: infinite, none, and a finite ratio whose q is beyond its axis
      const volcanic = chart === "volcano";
      expect(heads()).toHaveLength(volcanic ? 3 : 2);
      expect(texts().filter((text) => text === "∞")).toHaveLength(volcanic ? 3 : 2);
      expect(texts().filter((text) => text === "−∞")).toHaveLength(2);
      const picture = exportSvg(unbound, settings, SIZE);
      expect(picture.match(/>∞</g)).toHaveLength(volcanic ? 3 : 2);
      expect(picture.match(/>−∞</g)).toHaveLength(2);
      expect(picture.match(/<path d="M[^"]*z" fill="[^"]*" stroke=/g)).toHaveLength(
        volcanic ? 3 : 2,
      );
    }
    // nothing of it where all is finite
    await show(<EnrichmentPlot {...common} settings={{ ...SETTINGS, position: 5_000 }} />);
    expect(texts().join(" ")).not.toMatch(/[^−]∞/);
  });

  it("types into its fields without shortcuts of the card", async () => {
    const onChange = vi.fn();
    const above = vi.fn();
    host.addEventListener("keydown", above);
    await show(<EnrichmentPlot {...common} settings={SETTINGS} onChange={onChange} />);
    const field = byId("enrichment-max-q") as HTMLInputElement;
    act(() => {
      field.value = "0.05";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    key(field, "Enter");
    expect(onChange).toHaveBeenLastCalledWith({ max_q: 0.05 });
    expect(above).not.toHaveBeenCalled();
    host.removeEventListener("keydown", above);
  });

  it("is exported as it is on screen", () => {
    expect(kindOf(ODDS)).toBe("enrichment");
    const text = (more: Partial<ViewSettings>) =>
      exportSvg(ODDS, { ...SETTINGS, ...more }, SIZE);
    expect(text({ position: -5_000 })).toContain(thin("Region sets at −5 kb"));
    expect(text({})).toContain("Lamina");
    expect(text({ search: "ctcf" })).not.toContain("Lamina");
    expect(text({ chart: "volcano" })).toContain("−log10 q");
    expect(text({ chart: "table", overall: true })).toContain("5e−401");
  });
});
