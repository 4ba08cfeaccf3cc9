/** Percentiles of many values in a few passes, without sorting them all. */

/**
 * Percentiles, linearly interpolated between neighbours.
 *
 * @param values   finite, at least one; put into another order
 * @param percents ascending
 */
export function percentiles(values: Float64Array, percents: readonly number[]): number[] {
  const last = values.length - 1;
  const places = percents.map((percent) => (last * percent) / 100);
  const ranks = places.flatMap((place) => {
    const below = Math.floor(place);
    return [below, Math.min(below + 1, last)];
  });
  const found = ranked(
    values,
    [...new Set(ranks)].sort((a, b) => a - b),
  );
  return places.map((place) => {
    const below = Math.floor(place);
    const lo = found.get(below) as number;
    const hi = found.get(Math.min(below + 1, last)) as number;
    return lo + (hi - lo) * (place - below);
  });
}

const BINS = 1024;
/** From this many values on, a histogram first tells which few of them matter. */
const MANY = 8 * BINS;

/** Values of these ranks, ascending. */
function ranked(values: Float64Array, ranks: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  if (values.length < MANY) {
    order(values, ranks, 0, values.length - 1);
    for (const rank of ranks) found.set(rank, values[rank] as number);
    return found;
  }
  let min = values[0] as number;
  let max = min;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const factor = max > min ? (BINS - 1) / (max - min) : 0;
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < values.length; i++) {
    (counts[(((values[i] as number) - min) * factor) | 0] as number)++;
  }
  // each asked rank lies in one bin; only the values of those bins are put in order
  const starts = new Uint32Array(BINS + 1);
  for (let bin = 0; bin < BINS; bin++) {
    starts[bin + 1] = (starts[bin] as number) + (counts[bin] as number);
  }
  const within = (bin: number) =>
    ranks.filter((rank) => rank >= (starts[bin] ?? 0) && rank < (starts[bin + 1] ?? 0));
  const wanted = new Map<number, Float64Array>();
  const slots = new Int8Array(BINS);
  const held: Float64Array[] = [];
  const filled: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    if (within(bin).length === 0) continue;
    const part = new Float64Array(counts[bin] as number);
    wanted.set(bin, part);
    slots[bin] = held.push(part);
    filled.push(0);
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const slot = slots[((value - min) * factor) | 0] as number;
    if (slot > 0) {
      (held[slot - 1] as Float64Array)[filled[slot - 1] as number] = value;
      (filled[slot - 1] as number)++;
    }
  }
  for (const [bin, part] of wanted) {
    const first = starts[bin] as number;
    const asked = within(bin);
    order(
      part,
      asked.map((rank) => rank - first),
      0,
      part.length - 1,
    );
    for (const rank of asked) found.set(rank, part[rank - first] as number);
  }
  return found;
}

/** Brings the values of these ranks, ascending, to their places (quickselect for several). */
function order(values: Float64Array, ranks: readonly number[], from: number, to: number): void {
  if (ranks.length === 0) return;
  if (to - from < 64) {
    values.subarray(from, to + 1).sort();
    return;
  }
  const third = (to - from) >> 2;
  const sample = [values[from + third], values[from + 2 * third], values[from + 3 * third]];
  const pivot = sample.sort((a, b) => (a as number) - (b as number))[1] as number;
  let i = from;
  let j = to;
  while (i <= j) {
    while ((values[i] as number) < pivot) i++;
    while ((values[j] as number) > pivot) j--;
    if (i > j) break;
    const swapped = values[i] as number;
    values[i++] = values[j] as number;
    values[j--] = swapped;
  }
  // between j and i every value equals the pivot
  order(
    values,
    ranks.filter((rank) => rank <= j),
    from,
    j,
  );
  order(
    values,
    ranks.filter((rank) => rank >= i),
    i,
    to,
  );
}
