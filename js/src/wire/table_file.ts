/** The numbers of a result as a file, made in the browser where no kernel can. */

import { matrixOf } from "../plots/contrast";
import type { DecodedArray } from "./arrays";
import { type Cell, type Column, loci } from "./embedded_regions";
import type { WireRegions } from "./page_data";
import type { DecodedResult } from "./result";
import type { Rows } from "./rows";
import type { ViewSettings } from "./settings";
import type { ViewKind } from "./view";

const MAIN: Readonly<Record<ViewKind, string>> = {
  pileup: "mean",
  profile: "mean",
  stackup: "image",
  embedding1d: "points",
  embedding2d: "points",
  enrichment: "odds_ratio",
};

/** What a page knows besides the result: where regions lie, and the signal of every region. */
export interface Known {
  readonly regions?: WireRegions | null;
  readonly rows?: Rows | undefined;
}

/** CSV of the table, or NPY of the array, behind the picture. */
export function tableFile(
  kind: ViewKind,
  result: DecodedResult,
  format: "csv" | "npy",
  settings: Pick<ViewSettings, "contrast" | "group_by">,
  known: Known = {},
): Uint8Array {
  const array =
    kind === "pileup" ? matrixOf(result, settings.contrast) : result.arrays[MAIN[kind]];
  if (array === undefined) throw new Error("this view carries no data");
  if (format === "npy") return npy(array);
  const sides = SIDES[kind];
  const columns =
    sides !== undefined
      ? cells(sides, result, array)
      : kind === "stackup"
        ? lines(result, array, settings.group_by !== "", known)
        : points(result, array, known);
  return new TextEncoder().encode(csv(columns));
}

/** What the rows and columns of the main array are. */
const SIDES: Readonly<Record<string, readonly [string, string]>> = {
  pileup: ["row", "column"],
  profile: ["track", "bin"],
  enrichment: ["target", "bin"],
};

/** Every cell of the main array, as Python's `to_frame` gives it. */
function cells(
  [first, second]: readonly [string, string],
  { arrays, meta }: DecodedResult,
  main: DecodedArray,
): Columns {
  const [, columns = 0] = main.shape;
  const rows = Array.from(main.data, (_, i) => Math.floor(i / columns));
  const like = Object.entries(arrays).filter(([, { data }]) => data.length === rows.length);
  return [
    [first, rows.map((i) => meta.tracks?.[i]?.name ?? i)],
    [second, rows.map((_, i) => i % columns)],
    ...like.map(([name, { data }]): Column => [name, data]),
  ];
}

/** Every region of a cloud, as in Python. */
function points({ arrays }: DecodedResult, { data }: DecodedArray, known: Known): Columns {
  const rows = Array.from({ length: data.length / 2 }, (_, row) => row);
  const { clusters, overlay } = arrays;
  return [
    ...loci(known.regions, rows),
    ["x", rows.map((row) => data[2 * row])],
    ["y", rows.map((row) => data[2 * row + 1])],
    ["cluster", clusters?.data ?? []],
    ...(overlay === undefined ? [] : [["overlay", overlay.data] as const]),
  ];
}

/** Every region in the order shown, as in Python; else every line of the picture. */
function lines(
  { arrays, meta }: DecodedResult,
  { data, shape: [n = 0, bins = 0] }: DecodedArray,
  grouped: boolean,
  { regions, rows }: Known,
): Columns {
  const order = arrays.order?.data ?? [];
  const edges = arrays.row_edges?.data ?? [];
  const every = Array.from({ length: n }, (_, line) => line);
  const [values, at] = rows === undefined ? [data, every] : [rows.values, [...order]];
  const groups = (meta.blocks ?? []).flatMap((block): string[] =>
    Array(rows === undefined ? block.lines : block.n).fill(block.name),
  );
  return [
    ...(at.length === order.length
      ? [...loci(regions, order), ["region", order] as const]
      : // a line is the mean of several
        [["regions", every.map((i) => (edges[i + 1] ?? 0) - (edges[i] ?? 0))] as const]),
    ...(grouped ? [["group", groups] as const] : []),
    ...Array.from(
      { length: bins },
      (_, bin): Column => [String(bin), at.map((row) => values[row * bins + bin])],
    ),
  ];
}

type Columns = readonly Column[];

/** A line of names, then one line per row; missing values are empty cells. */
export function csv(columns: Columns): string {
  const all = columns.map(([, values]) => values);
  const lines = [columns.map(([name]) => name).join(",")];
  const n = Math.max(0, ...all.map((values) => values.length));
  for (let i = 0; i < n; i++) lines.push(all.map((values) => cell(values[i])).join(","));
  return `${lines.join("\n")}\n`;
}

function cell(value: Cell): string {
  if (typeof value === "string") return quoted(value);
  // pandas reads "Infinity" as what it is
  return value === undefined || Number.isNaN(value) ? "" : String(value);
}

/** A cell of text; one that a spreadsheet would take for a formula is kept from running. */
function quoted(text: string): string {
  // a strand by itself is none
  const safe = /^[=+\-@\t\r]./s.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

const DESCRIPTIONS = {
  float32: "<f4",
  float64: "<f8",
  int32: "<i4",
  uint32: "<u4",
  uint8: "|u1",
} as const;

/** NumPy's file format, version 1.0. */
export function npy(array: DecodedArray): Uint8Array {
  const sides = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(", ");
  const description = `{'descr': '${DESCRIPTIONS[array.dtype]}', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = 10;
  const length = Math.ceil((start + description.length + 1) / 64) * 64 - start;
  const header = `${description.padEnd(length - 1)}\n`;
  const { buffer, byteOffset, byteLength } = array.data;
  const file = new Uint8Array(start + length + byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  file.set(new TextEncoder().encode(header), start);
  file.set(new Uint8Array(buffer, byteOffset, byteLength), start + length);
  return file;
}
