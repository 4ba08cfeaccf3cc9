import { describe, expect, it } from "vitest";
import {
  comparisonTraits,
  pileupResult,
  pileupTraits,
  stackupResult,
  stackupTraits,
  wire,
} from "../testing/fake";
import { EmbeddedBoard } from "./embedded_board";
import { rowsKey } from "./embedded_rows";
import type { EmbeddedData, EmbeddedPart } from "./page_data";
import type { WireResult } from "./result";
import { resultKey } from "./result_key";
import { readSettings } from "./traits";

type Made = Readonly<Record<string, unknown>>;
const settingsOf = (traits: Made) => readSettings((name) => traits[name]);

/** An average map from one value to twice as much. */
function flat(value: number): WireResult {
  const result = pileupResult({ flank: 200_000, binsize: 10_000 });
  const last = 41 * 41 - 1;
  const values = Float32Array.from({ length: last + 1 }, (_, i) => value * (1 + i / last));
  return { ...result, arrays: { ...result.arrays, mean: wire(values, [41, 41]) } };
}

const donor = pileupTraits({
  result: undefined,
  normalization: "balanced",
  scale: "linear",
  symmetric: false,
  shares: { scale: { role: "donor", group: 0, names: ["taker"] } },
});
const taker = {
  ...donor,
  title: "taker",
  vmin: 1,
  vmax: 2,
  shares: { scale: { role: "recipient", group: 0, names: ["giver"] } },
};
const keyOf = (patch: Made): string =>
  resultKey("pileup", { ...settingsOf(donor), ...patch } as ReturnType<typeof settingsOf>);
const part = (views: Made[], more: Partial<EmbeddedPart> = {}): EmbeddedPart => ({
  comparison: comparisonTraits([]),
  views,
  results: {
    [keyOf({})]: flat(1),
    [keyOf({ normalization: "raw" })]: flat(100),
    [keyOf({ flank: 100_000, binsize: 5_000 })]: flat(7),
  },
  ...more,
});

async function open(data: Pick<EmbeddedData, "comparisons" | "links">) {
  const board = new EmbeddedBoard({ version: 2, board: {}, ...data });
  const refs = board.get().comparisons;
  const comparisons = await Promise.all(refs.map((ref) => board.open(ref)));
  return { board, comparisons, views: comparisons.flatMap(({ sources }) => sources) };
}

describe("views of a page that take a scale", () => {
  const data = {
    comparisons: [part([donor]), part([taker])],
    links: [{ shared: "scale", donor: [0, 0], recipient: [1, 0] }],
  } as const;

  it("keep what they have until who gives changes, and follow it then", async () => {
    const { views } = await open(data);
    const [gives, takes] = views;
    expect(takes?.snapshot().settings).toMatchObject({ vmin: 1, vmax: 2 });
    gives?.change({ normalization: "raw" });
    expect(takes?.snapshot().settings).toMatchObject({ normalization: "raw" });
    expect(takes?.snapshot().facts).toMatchObject({ status: "ready", note: "" });
    expect(takes?.snapshot().settings.vmin).toBeCloseTo(101, 3);
    gives?.change({ normalization: "balanced" });
    gives?.change({ flank: 100_000 });
    expect(takes?.snapshot().settings).toMatchObject({ flank: 200_000 });
    expect(takes?.snapshot().settings.vmin).toBeCloseTo(7.07, 4);
    gives?.change({ vmin: 3, vmax: 4, cmap: "viridis" });
    expect(takes?.snapshot().settings).toMatchObject({ vmin: 3, vmax: 4, cmap: "viridis" });
  });

  it("go on to say what the page lacks", async () => {
    const { views } = await open(data);
    const [gives, takes] = views;
    takes?.change({ flank: 400_000 });
    const { note } = takes?.snapshot().facts ?? { note: "" };
    expect(note).toMatch(/does not carry/);
    gives?.change({ vmin: 3, vmax: 4 });
    expect(takes?.snapshot().settings).toMatchObject({ vmin: 3, vmax: 4, flank: 200_000 });
    expect(takes?.snapshot().facts.note).toBe(note);
    takes?.change({ flank: 200_000 });
    expect(takes?.snapshot().facts.note).toBe("");
  });

  it("have a scale of their own once a person gives them one", async () => {
    const { views } = await open(data);
    const [gives, takes] = views;
    takes?.change({ title: "another" });
    expect(takes?.snapshot().facts.shares.scale?.role).toBe("recipient");
    takes?.change({ vmax: 9 });
    expect(takes?.snapshot().facts.shares).toEqual({});
    expect(gives?.snapshot().facts.shares).toEqual({});
    gives?.change({ vmin: 3, vmax: 4 });
    expect(takes?.snapshot().settings).toMatchObject({ vmin: 1, vmax: 9 });
  });

  it("follow nobody where who gives is not in the page", async () => {
    const { views } = await open({ comparisons: [part([taker]), part([donor])] });
    views[1]?.change({ vmin: 3, vmax: 4 });
    expect(views[0]?.snapshot().settings).toMatchObject({ vmin: 1, vmax: 2 });
  });
});

describe("stackups of a page that take an order", () => {
  const first = stackupTraits({ result: undefined });
  const second = stackupTraits({ result: undefined, title: "second", features: ["5"] });
  const [one, two] = [settingsOf(first), settingsOf(second)];
  const rows = (values: number[]) => ({
    values: wire(Float32Array.from(values), [3, 2]),
    random: wire(Int32Array.from([2, 0, 1]), [3]),
    body: [0, 2] as const,
  });
  const result = stackupResult({ flank: 200_000, binsize: 5_000 });
  const data = {
    comparisons: [
      part([first, second], {
        results: { [resultKey("stackup", one)]: result, [resultKey("stackup", two)]: result },
        rows: {
          [rowsKey(one, "4")]: rows([3, 3, 1, 1, 2, 2]),
          [rowsKey(two, "5")]: rows([1, 1, 2, 2, 3, 3]),
        },
      }),
      part([]),
    ],
    links: [{ shared: "order", donor: [0, 0], recipient: [0, 1] }],
  } as const;
  const orderOf = (
    view: { snapshot(): { result: WireResult | null | unknown } } | undefined,
  ) => {
    const shown = view?.snapshot().result as { arrays: { order: { data: Int32Array } } } | null;
    return [...(shown?.arrays.order.data ?? [])];
  };

  it("follow it, also with a selection on top", async () => {
    const { views, comparisons } = await open(data);
    const [gives, takes] = views;
    gives?.change({ sort_by: "region", ascending: true });
    expect(orderOf(gives)).toEqual([1, 2, 0]);
    expect(orderOf(takes)).toEqual([1, 2, 0]);
    await comparisons[0]
      ?.view("embedded:0")
      .then((view) => view.command("select", { rows: [0] }));
    expect(orderOf(takes)).toEqual([0, 1, 2]);
    gives?.change({ ascending: false });
    expect(orderOf(takes)).toEqual([0, 2, 1]);
    await comparisons[0]?.command("clear_selection");
    expect(orderOf(takes)).toEqual([0, 2, 1]);
    // a choice of one's own ends it
    takes?.change({ sort_by: "region", ascending: true });
    expect(orderOf(takes)).toEqual([0, 1, 2]);
    gives?.change({ ascending: true });
    expect(orderOf(takes)).toEqual([0, 1, 2]);
  });
});
