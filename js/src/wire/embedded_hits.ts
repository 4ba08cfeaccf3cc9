/**
 * Which regions overlap which region sets at which position, as far as a page carries it.
 *
 * The selected regions are compared with the others of their set, as the kernel does:
 * every region counts once, and one that has no place at a position is not counted there.
 */

import type { DecodedArray, TypedArray } from "./arrays";
import { decodeArray } from "./codec";
import type { Subset } from "./embedded_rows";
import type { WireHits } from "./page_data";
import type { DecodedResult } from "./result";

/** One bit per region, lowest first; flat, C order. */
interface Hits {
  readonly n: number;
  readonly targets: number;
  readonly bins: number;
  /** Bytes that hold one bit of every region. */
  readonly width: number;
  readonly bits: TypedArray;
  readonly present: TypedArray;
}

const BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

/** The hits of a page by the key of their result, decoded when first used. */
export class HitTable {
  readonly #wire: Readonly<Record<string, WireHits>>;
  readonly #decoded = new Map<string, Hits>();

  constructor(wire: Readonly<Record<string, WireHits>>) {
    this.#wire = wire;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#wire, key);
  }

  #get(key: string): Hits | null {
    const known = this.#decoded.get(key);
    const wire = this.#wire[key];
    if (known !== undefined || !this.has(key) || wire === undefined) return known ?? null;
    const { shape, data: bits } = decodeArray(wire.bits, "hits");
    const [targets = 0, bins = 0, width = 0] = shape;
    const { data: present } = decodeArray(wire.present, "places");
    const hits: Hits = { n: wire.n, targets, bins, width, bits, present };
    this.#decoded.set(key, hits);
    return hits;
  }

  /** Selected regions against the rest; null where the page lacks what that needs. */
  against(key: string, subset: Subset, whole: DecodedResult): DecodedResult | null {
    const hits = this.#get(key);
    if (hits === null || subset === null) return null;
    const { arrays, n_used } = compared(hits, subset);
    const counts = { n_used, n_left_out: subset.size - n_used, reasons: {}, numbers: {} };
    return { key, meta: { ...whole.meta, ...counts, against: "rest", answers: key }, arrays };
  }

  /** Regions that overlap any of these region sets, by their rows, at a position. */
  rows(key: string, targets: readonly number[], bin: number): Uint32Array | null {
    const hits = this.#get(key);
    if (hits === null) return null;
    return Uint32Array.from(
      Array.from({ length: hits.n }, (_, row) => row).filter((row) =>
        targets.some((target) => isSet(hits.bits, placeOf(hits, target, bin), row)),
      ),
    );
  }
}

const placeOf = ({ bins, width }: Hits, target: number, bin: number): number =>
  (target * bins + bin) * width;

function isSet(bits: TypedArray, place: number, row: number): boolean {
  return (((bits[place + (row >> 3)] ?? 0) >> (row & 7)) & 1) === 1;
}

/** How many bits are set in both; `mask` null: in the one. */
function count(bits: TypedArray, place: number, width: number, mask: Uint8Array | null) {
  let sum = 0;
  for (let i = 0; i < width; i++) {
    const byte = (bits[place + i] as number) & (mask === null ? 255 : (mask[i] as number));
    sum += BITS[byte] as number;
  }
  return sum;
}

function compared(hits: Hits, subset: ReadonlySet<number>) {
  const { targets, bins, width, bits, present } = hits;
  const mask = new Uint8Array(width);
  for (const row of subset) mask[row >> 3] = (mask[row >> 3] ?? 0) | (1 << (row & 7));
  const cells = targets * bins;
  const overlap = new Int32Array(cells);
  const marked = new Int32Array(cells);
  const drawn = new Int32Array(bins);
  const total = new Int32Array(bins);
  const somewhere = new Uint8Array(width);
  for (let bin = 0; bin < bins; bin++) {
    drawn[bin] = count(present, bin * width, width, mask);
    total[bin] = count(present, bin * width, width, null);
    for (let i = 0; i < width; i++) {
      somewhere[i] = (somewhere[i] as number) | (present[bin * width + i] as number);
    }
  }
  const odds = new Float64Array(cells);
  const p = new Float64Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const [n, all] = [drawn[cell % bins] as number, total[cell % bins] as number];
    const a = count(bits, cell * width, width, mask);
    const good = count(bits, cell * width, width, null);
    overlap[cell] = a;
    marked[cell] = good;
    odds[cell] = oddsRatio(a, n, good, all);
    p[cell] = chanceOfOverlap(a, n, good, all);
  }
  const table = [targets, bins];
  const log10 = (chances: Float64Array): Float32Array =>
    Float32Array.from(chances, (chance) => -Math.log10(chance) + 0);
  const arrays: Record<string, DecodedArray> = {
    odds_ratio: { dtype: "float64", shape: table, data: odds },
    log10_p: { dtype: "float32", shape: table, data: log10(p) },
    log10_q: { dtype: "float32", shape: table, data: log10(benjaminiHochberg(p)) },
    overlap: { dtype: "int32", shape: table, data: overlap },
    chunks: { dtype: "int32", shape: [bins], data: drawn },
    universe_hits: { dtype: "int32", shape: table, data: marked },
    universe_chunks: { dtype: "int32", shape: [bins], data: total },
  };
  return { arrays, n_used: count(somewhere, 0, width, mask) };
}

/** ad/bc; NaN where a row or column of the table is empty. */
function oddsRatio(a: number, n: number, good: number, all: number): number {
  const [b, c] = [good - a, n - a];
  const d = all - a - b - c;
  if (n === 0 || good === 0 || b + d === 0 || c + d === 0) return Number.NaN;
  // b or c of 0 gives infinity, and both a·d and b·c of 0 no number
  return (a * d) / (b * c);
}

/**
 * P(X ≥ a) if n of `all` are drawn and `good` of them count.
 *
 * Summed from the most likely X outwards, each chance from its neighbour, so that small
 * results keep their digits.
 */
export function chanceOfOverlap(a: number, n: number, good: number, all: number): number {
  const bad = all - good;
  const low = Math.max(0, n - bad);
  const high = Math.min(good, n);
  if (a <= low) return 1;
  if (a > high) return 0;
  const mode = Math.min(Math.max(Math.floor(((n + 1) * (good + 1)) / (all + 2)), low), high);
  let everything = 1;
  let tail = mode >= a ? 1 : 0;
  let chance = 1;
  for (let k = mode; k < high && chance > 0; k++) {
    chance *= ((good - k) / (k + 1)) * ((n - k) / (bad - n + k + 1));
    everything += chance;
    if (k + 1 < a) continue;
    tail += chance;
    if (chance <= tail * 1e-18) break;
  }
  chance = 1;
  for (let k = mode; k > low; k--) {
    chance *= (k / (good - k + 1)) * ((bad - n + k) / (n - k + 1));
    everything += chance;
    if (k - 1 >= a) tail += chance;
    if (chance <= everything * 1e-18) break;
  }
  return Math.min(tail / everything, 1);
}

/** Adjusted chances over the whole table. */
function benjaminiHochberg(p: Float64Array): Float64Array {
  const order = Uint32Array.from(p.keys()).sort((i, j) => (p[j] as number) - (p[i] as number));
  const adjusted = new Float64Array(p.length);
  let least = 1;
  order.forEach((cell, place) => {
    const rank = p.length - place;
    least = Math.min(least, ((p[cell] as number) * p.length) / rank);
    adjusted[cell] = least;
  });
  return adjusted;
}
