/** The numbers of a result as a file, made in the browser where no kernel can. */

import { matrixOf } from "../plots/contrast";
import type { DecodedArray } from "./arrays";
import type { DecodedResult } from "./result";
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

/** CSV of the table, or NPY of the array, behind the picture. */
export function tableFile(
  kind: ViewKind,
  result: DecodedResult,
  format: "csv" | "npy",
  { contrast }: Pick<ViewSettings, "contrast">,
): Uint8Array {
  const array = kind === "pileup" ? matrixOf(result, contrast) : result.arrays[MAIN[kind]];
  if (array === undefined) throw new Error("this view carries no data");
  if (format === "npy") return npy(array);
  return new TextEncoder().encode(csv(columnsOf(kind, result, array)));
}

type Cell = string | number | undefined;
type Columns = readonly (readonly [name: string, values: readonly Cell[]])[];

/** What the rows and columns of the main array are. */
const SIDES: Readonly<Record<string, readonly [string, string]>> = {
  pileup: ["row", "column"],
  profile: ["track", "bin"],
  enrichment: ["target", "bin"],
};

/** The table that Python's `to_frame` gives for what is shown. */
function columnsOf(
  kind: ViewKind,
  { arrays, meta }: DecodedResult,
  main: DecodedArray,
): Columns {
  const [rows = 0, columns = 0] = main.shape;
  const sides = SIDES[kind];
  const like = (n: number): Columns =>
    Object.entries(arrays)
      .filter(([, { data }]) => data.length === n)
      .map(([name, { data }]) => [name, [...data]]);
  if (sides === undefined) {
    const bins = Array.from({ length: columns }, (_, bin): Columns[number] => [
      kind === "stackup" ? String(bin) : bin === 0 ? "x" : "y",
      Array.from({ length: rows }, (_, i) => main.data[i * columns + bin]),
    ]);
    return [...bins, ...like(rows)];
  }
  const cells = Array.from(main.data, (_, i) => Math.floor(i / columns));
  return [
    [sides[0], cells.map((i) => meta.tracks?.[i]?.name ?? i)],
    [sides[1], cells.map((_, i) => i % columns)],
    ...like(main.data.length),
  ];
}

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
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
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
