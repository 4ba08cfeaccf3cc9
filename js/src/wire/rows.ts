/**
 * From the signal of every region to the rows of a picture, as Python does it.
 *
 * Matrices are flat, C order, one row per region.
 */

export interface Rows {
  readonly values: Float32Array;
  readonly n: number;
  readonly bins: number;
  /** Row numbers in a random order that is always the same. */
  readonly random: Int32Array;
  /** First bin of the region itself, and the one after its last. */
  readonly body: readonly [number, number];
}

/** At most so many rows are drawn. */
export const SHOWN = 1024;

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
  const order = Int32Array.from({ length: rows.n }, (_, row) => row);
  const columns = columnsOf(rows, key);
  if (columns === null) return ascending ? order : order.reverse();
  const sign = ascending ? 1 : -1;
  const means = Float64Array.from(order, (row) => sign * meanOf(rows, row, ...columns));
  const known = order.filter((row) => !Number.isNaN(means[row]));
  const missing = order.filter((row) => Number.isNaN(means[row]));
  known.sort((a, b) => (means[a] ?? 0) - (means[b] ?? 0) || a - b);
  const all = new Int32Array(rows.n);
  all.set(known);
  all.set(missing, known.length);
  return all;
}

/** The same order within the selected rows, which stand first, and within the others. */
export function chosenFirst(
  order: Int32Array,
  subset: ReadonlySet<number> | null,
): Int32Array<ArrayBufferLike> {
  if (subset === null) return order;
  const first = order.filter((row) => subset.has(row));
  const all = new Int32Array(order.length);
  all.set(first);
  all.set(
    order.filter((row) => !subset.has(row)),
    first.length,
  );
  return all;
}

/** An image of at most `shown` rows, each the mean of neighbours in the order. */
export function shownRows(
  rows: Rows,
  order: Int32Array,
  shown = SHOWN,
): { image: Float32Array; edges: Int32Array } {
  const lines = Math.min(order.length, shown);
  const edges = Int32Array.from({ length: lines + 1 }, (_, line) =>
    Math.floor((line * order.length) / Math.max(lines, 1)),
  );
  const image = new Float32Array(lines * rows.bins);
  for (let line = 0; line < lines; line++) {
    const group = order.subarray(edges[line], edges[line + 1]);
    image.set(columnMean(rows, group).mean, line * rows.bins);
  }
  return { image, edges };
}

/** An image of two blocks, the first `first` rows of the order and the others. */
export function shownBlocks(
  rows: Rows,
  order: Int32Array,
  first: number,
  shown = SHOWN,
): { image: Float32Array; edges: Int32Array; lines: readonly [number, number] } {
  const n = order.length;
  if (first === 0 || first === n) {
    const { image, edges } = shownRows(rows, order, shown);
    const lines = edges.length - 1;
    return { image, edges, lines: first === 0 ? [0, lines] : [lines, 0] };
  }
  const room = Math.min(n, shown);
  const above = Math.min(Math.max(half((room * first) / n), 1), room - 1);
  const top = shownRows(rows, order.subarray(0, first), above);
  const rest = shownRows(rows, order.subarray(first), room - above);
  const image = new Float32Array(top.image.length + rest.image.length);
  image.set(top.image);
  image.set(rest.image, top.image.length);
  const edges = new Int32Array(room + 1);
  edges.set(top.edges);
  edges.set(
    rest.edges.map((edge) => edge + first),
    above,
  );
  return { image, edges, lines: [above, room - above] };
}

/** Rounded as Python does: halves go to the even number. */
function half(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
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
