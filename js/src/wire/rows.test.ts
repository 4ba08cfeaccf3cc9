import { describe, expect, it } from "vitest";
import groupsFile from "../../../tests/vectors/row_groups.json";
import file from "../../../tests/vectors/rows.json";
import { decodeArray } from "./codec";
import { arranged, columnMean, lineEdges, pictured, type Rows, rowOrder } from "./rows";

interface Case {
  values: (number | null)[][];
  body: [number, number];
  random: number[];
  key: string;
  ascending: boolean;
  order: number[];
  edges: number[];
  image: (number | null)[][];
  mean: (number | null)[];
  chosen: number[];
  chosen_first: number[];
  blocks: (number | null)[][];
  block_edges: number[];
  lines: [number, number];
}
const cases = file as unknown as Case[];

const flat = (matrix: readonly (readonly (number | null)[])[]): number[] =>
  matrix.flat().map((value) => value ?? Number.NaN);

function rowsOf({ values, body, random }: Case): Rows {
  return {
    values: Float32Array.from(flat(values)),
    n: values.length,
    bins: values[0]?.length ?? 0,
    random: Int32Array.from(random),
    body,
  };
}

function near(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    if (Number.isNaN(value)) expect(found[i]).toBeNaN();
    else expect(found[i]).toBeCloseTo(value, 4);
  });
}

describe("rows of a page", () => {
  it.each(
    cases.map((one) => [`${one.values.length} by ${one.key} ${one.ascending}`, one] as const),
  )("are ordered and drawn as Python does: %s", (_, one) => {
    const rows = rowsOf(one);
    const order = rowOrder(rows, one.key, one.ascending);
    expect([...order]).toEqual(one.order);
    const { image, edges } = pictured(rows, arranged(order, null), 0, rows.n, 8);
    expect([...edges]).toEqual(one.edges);
    near(image, flat(one.image));
    near(
      columnMean(rows, order).mean,
      one.mean.map((value) => value ?? Number.NaN),
    );
  });

  it.each(
    cases.map((one) => [`${one.values.length} by ${one.key} ${one.ascending}`, one] as const),
  )("of a selection stand first as in Python: %s", (_, one) => {
    const rows = rowsOf(one);
    const order = rowOrder(rows, one.key, one.ascending);
    const shown = arranged(order, null, new Set(one.chosen));
    expect([...shown.order]).toEqual(one.chosen_first);
    const { image, edges, perBlock } = pictured(rows, shown, 0, rows.n, 8);
    expect([...edges]).toEqual(one.block_edges);
    expect(perBlock).toEqual(one.lines);
    near(image, flat(one.blocks));
  });

  it("stay where they are when nothing is selected", () => {
    const order = Int32Array.from([4, 2, 0, 1, 3]);
    expect([...arranged(order, null).order]).toEqual([...order]);
  });

  it("of an empty selection are no rows", () => {
    const [first] = cases;
    if (first === undefined) throw new Error("no cases");
    const rows = rowsOf(first);
    const { image, edges } = pictured(rows, arranged(new Int32Array(), null), 0, 0, 8);
    expect([image.length, [...edges]]).toEqual([0, [0]]);
    expect(columnMean(rows, new Int32Array()).mean.every(Number.isNaN)).toBe(true);
  });
});

interface GroupCase {
  codes: number[];
  names: string[];
  given: number[];
  order: number[];
  blocks: [string, number, number][];
  first: number;
  after: number;
  lines: number;
  edges: number[];
  per_block: number[];
}
const groupCases = groupsFile as unknown as GroupCase[];

describe("groups of rows", () => {
  it.each(groupCases.map((one) => [`${one.codes.length} from ${one.first}`, one] as const))(
    "form the blocks and lines that Python makes: %s",
    (_, one) => {
      const groups = { codes: one.codes, names: one.names, unnamed: "no value" };
      const { order, blocks } = arranged(Int32Array.from(one.given), groups);
      expect([...order]).toEqual(one.order);
      expect(blocks.map(({ name, n, colour }) => [name, n, colour])).toEqual(one.blocks);
      const sizes = blocks.map(({ n }) => n);
      const { edges, perBlock } = lineEdges(sizes, one.first, one.after, one.lines);
      expect([...edges]).toEqual(one.edges);
      expect(perBlock).toEqual(one.per_block);
    },
  );
});

describe("packed arrays", () => {
  const codes = (values: number[]): Uint8Array =>
    new Uint8Array(Uint16Array.from(values).buffer);

  it("become floats again", () => {
    const linear = decodeArray({
      dtype: "float32",
      shape: [3],
      data: codes([0, 10, 65_535]),
      packed: { low: -1, step: 0.5, log: false },
    });
    expect([...linear.data]).toEqual([-1, 4, Number.NaN]);
    const log = decodeArray({
      dtype: "float32",
      shape: [4],
      data: codes([0, 2, 65_534, 65_535]),
      packed: { low: -1, step: 1, log: true },
    });
    expect([...log.data]).toEqual([0.5, 2, 0, Number.NaN]);
  });

  it("have to be as long as they claim", () => {
    expect(() =>
      decodeArray({
        dtype: "float32",
        shape: [3],
        data: codes([1]),
        packed: { low: 0, step: 1, log: false },
      }),
    ).toThrow("needs 6 bytes");
  });
});
