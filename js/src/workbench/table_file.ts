/** The numbers of a result as a file, made in the browser where no kernel can. */

import { matrixOf } from "../plots/contrast";
import type { DecodedArray, DecodedResult, ViewKind, ViewSettings } from "../wire/types";

const MAIN: Readonly<Record<ViewKind, string>> = {
  pileup: "mean",
  profile: "mean",
  stackup: "image",
  embedding1d: "points",
  embedding2d: "points",
  enrichment: "odds_ratio",
};

/** CSV or NPY of the array behind the picture. */
export function tableFile(
  kind: ViewKind,
  result: DecodedResult,
  format: "csv" | "npy",
  { contrast }: Pick<ViewSettings, "contrast">,
): Blob {
  const array = kind === "pileup" ? matrixOf(result, contrast) : result.arrays[MAIN[kind]];
  if (array === undefined) throw new Error("this view carries no data");
  if (format === "npy") return new Blob([npy(array) as Uint8Array<ArrayBuffer>]);
  const names = result.meta.tracks?.map((track) => track.name);
  return new Blob([csv(array, names)], { type: "text/csv" });
}

/** One line per row of the array; missing values are empty cells. */
export function csv(array: DecodedArray, names?: readonly string[]): string {
  const columns = array.shape.at(-1) ?? 0;
  const rows = columns === 0 ? 0 : array.data.length / columns;
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const values = Array.from(array.data.subarray(row * columns, (row + 1) * columns), (v) =>
      Number.isFinite(v) ? String(v) : "",
    );
    const name = names?.[row];
    lines.push((name === undefined ? values : [quoted(name), ...values]).join(","));
  }
  return `${lines.join("\n")}\n`;
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
