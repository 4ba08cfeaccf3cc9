/**
 * From the signal of every region to the rows of a picture, as Python does it.
 *
 * Matrices are flat, C order, one row per region.
 */

import type { Block } from "./result";

export interface Rows {
  readonly values: Float32Array;
  readonly n: number;
  readonly bins: number;
  /** Row numbers in a random order that is always the same. */
  readonly random: Int32Array;
  /** First bin of the region itself, and the one after its last. */
  readonly body: readonly [number, number];
}

/** Rows in the order shown, and the blocks they form from the top. */
export interface Arrangement {
  readonly order: Int32Array;
  readonly blocks: readonly Omit<Block, "lines">[];
}

/** Category of each region (-1: none), what the categories are called, and the rest. */
export interface Groups {
  readonly codes: ArrayLike<number>;
  readonly names: readonly string[];
  readonly unnamed: string;
}

/** So many lines has the picture of all rows. */
export const SHOWN = 512;
/** More groups than this are not told apart: the smallest become one. */
const MOST_GROUPS = 24;

/** Bins that a sort key looks at, first and the one after the last; null for other keys. */
function columnsOf(rows: Rows, key: string): readonly [number, number] | null {
  const middle = Math.floor(rows.bins / 2);
  const [start, stop] = rows.body;
  switch (key) {
    case "center":
      // an even number of bins has its centre between two of them
      return rows.bins % 2 === 0 ? [middle - 1, middle + 1] : [middle, middle + 1];
    case "region":
      return [start, stop];
    case "left":
      return [start, start + 1];
    case "right":
      return [stop - 1, stop];
    default:
      return null;
  }
}

function meanOf(rows: Rows, row: number, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let bin = from; bin < to; bin++) {
    const value = rows.values[row * rows.bins + bin] ?? Number.NaN;
    if (!Number.isNaN(value)) {
      sum += value;
      count += 1;
    }
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Order of the rows; those without a value come last either way. */
export function rowOrder(rows: Rows, key: string, ascending: boolean): Int32Array {
  if (key === "random") return rows.random;
  const columns = columnsOf(rows, key);
  if (columns === null) {
    const order = Int32Array.from({ length: rows.n }, (_, row) => row);
    return ascending ? order : order.reverse();
  }
  const means = Float64Array.from({ length: rows.n }, (_, row) =>
    meanOf(rows, row, ...columns),
  );
  return valueOrder(means, ascending);
}

/** Order by one value per row; equal ones keep theirs, missing ones come last. */
export function valueOrder(values: ArrayLike<number>, ascending: boolean): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, row) => row);
  const sign = ascending ? 1 : -1;
  const known = order.filter((row) => !Number.isNaN(values[row]));
  const missing = order.filter((row) => Number.isNaN(values[row]));
  known.sort((a, b) => sign * ((values[a] ?? 0) - (values[b] ?? 0)) || a - b);
  const all = new Int32Array(values.length);
  all.set(known);
  all.set(missing, known.length);
  return all;
}

/** Blocks of rows: the selected ones first, then the groups, each in the given order. */
export function arranged(
  order: Int32Array,
  groups: Groups | null,
  subset: ReadonlySet<number> | null = null,
): Arrangement {
  const blocks: Omit<Block, "lines">[] = [];
  const parts: Int32Array[] = [];
  const put = (rows: Int32Array, name: string, role: Block["role"], colour = 0): void => {
    if (rows.length === 0) return;
    parts.push(rows);
    blocks.push({ name, n: rows.length, role, colour });
  };
  const chosen =
    subset === null ? order.subarray(0, 0) : order.filter((row) => subset.has(row));
  const others = chosen.length === 0 ? order : order.filter((row) => !subset?.has(row));
  put(chosen, "selected", "selected");
  if (groups === null) {
    const role = chosen.length > 0 ? "rest" : "all";
    put(others, role, role);
  } else {
    membership(groups).forEach(({ name, has }, colour) => {
      const rows = others.filter((row) => has(groups.codes[row] ?? -1));
      put(rows, name, "group", colour);
    });
  }
  const whole = new Int32Array(order.length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { order: whole.subarray(0, at), blocks };
}

interface Group {
  readonly name: string;
  readonly has: (code: number) => boolean;
}

function membership({ codes, names, unnamed }: Groups): Group[] {
  const sizes = new Int32Array(names.length);
  let without = 0;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? -1;
    if (code < 0) without += 1;
    else sizes[code] = (sizes[code] ?? 0) + 1;
  }
  const there = names.map((_, code) => code).filter((code) => (sizes[code] ?? 0) > 0);
  const bySize = [...there].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const shown = there.length > MOST_GROUPS ? bySize.slice(0, MOST_GROUPS - 1) : there;
  const found: Group[] = shown
    .sort((a, b) => a - b)
    .map((one) => ({ name: names[one] ?? "", has: (code) => code === one }));
  const small = new Set(there.filter((code) => !shown.includes(code)));
  if (small.size > 0) {
    found.push({ name: `${small.size} smaller groups`, has: (code) => small.has(code) });
  }
  if (without > 0) found.push({ name: unnamed, has: (code) => code < 0 });
  return found;
}

/** Lines of each block: in proportion, at least one, at most one per row. */
function sharedOut(sizes: readonly number[], lines: number): number[] {
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total <= lines) return [...sizes];
  const exact = sizes.map((n) => (n * lines) / total);
  const share = exact.map((part, i) =>
    Math.min(Math.max(Math.floor(part), Math.min(sizes[i] ?? 0, 1)), sizes[i] ?? 0),
  );
  const sum = () => share.reduce((all, n) => all + n, 0);
  const order = share
    .map((_, i) => i)
    .sort((a, b) => at(share, a) - at(exact, a) - (at(share, b) - at(exact, b)) || a - b);
  for (const block of order) {
    if (sum() >= lines) break;
    if (at(share, block) < at(sizes, block)) share[block] = at(share, block) + 1;
  }
  while (sum() > lines && Math.max(...share) > 1) {
    const most = share.indexOf(Math.max(...share));
    share[most] = at(share, most) - 1;
  }
  return share;
}

const at = (values: readonly number[], i: number): number => values[i] ?? 0;

/** Where lines start, so that none averages over two blocks, and the lines of each block. */
export function lineEdges(
  sizes: readonly number[],
  first: number,
  after: number,
  lines: number,
): { edges: Int32Array; perBlock: number[] } {
  let end = 0;
  const inside = sizes.map((n) => {
    end += n;
    return Math.max(Math.min(end, after) - Math.max(end - n, first), 0);
  });
  const perBlock = sharedOut(inside, lines);
  const edges = [first];
  let start = first;
  inside.forEach((n, block) => {
    const wanted = at(perBlock, block);
    for (let line = 1; line <= wanted; line++) {
      edges.push(start + Math.floor((line * n) / wanted));
    }
    start += n;
  });
  return { edges: Int32Array.from(edges), perBlock };
}

export interface Pictured {
  readonly image: Float32Array;
  readonly edges: Int32Array;
  readonly perBlock: readonly number[];
}

/** An image of at most `lines` rows, each the mean of neighbours in the order. */
export function pictured(
  rows: Rows,
  { order, blocks }: Arrangement,
  first: number,
  after: number,
  lines: number,
): Pictured {
  const sizes = blocks.map(({ n }) => n);
  const { edges, perBlock } = lineEdges(sizes, first, after, lines);
  const image = new Float32Array((edges.length - 1) * rows.bins);
  for (let line = 0; line < edges.length - 1; line++) {
    const group = order.subarray(edges[line], edges[line + 1]);
    image.set(columnMean(rows, group).mean, line * rows.bins);
  }
  return { image, edges, perBlock };
}

/** Mean of each column over some rows, and how many had a value. */
export function columnMean(
  rows: Rows,
  some: Int32Array,
): { mean: Float64Array; count: Int32Array } {
  const mean = new Float64Array(rows.bins);
  const count = new Int32Array(rows.bins);
  for (const row of some) {
    for (let bin = 0; bin < rows.bins; bin++) {
      const value = rows.values[row * rows.bins + bin] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      mean[bin] = (mean[bin] ?? 0) + value;
      count[bin] = (count[bin] ?? 0) + 1;
    }
  }
  for (let bin = 0; bin < rows.bins; bin++) mean[bin] = (mean[bin] ?? 0) / (count[bin] ?? 0);
  return { mean, count };
}
