/** Enrichment of region sets along the positions: what is ranked and how it is written. */

import type { Axis, DecodedResult, ResultMeta } from "../wire/types";
import { binText } from "./axis";
import type { Limits, Values } from "./limits";
import { formatCount, formatNumber, niceLimits } from "./texts";

export interface Member {
  /** Row of the arrays. */
  readonly row: number;
  readonly id: string;
  readonly name: string;
  /** log2 odds ratio; ±Infinity where a cell of the table is empty, NaN without data. */
  readonly log2: number;
  readonly p: number;
  readonly q: number;
  readonly overlap: number;
}

/** A false discovery rate below this is drawn as a filled dot. */
export const SIGNIFICANT = 0.05;

type EnrichmentMeta = ResultMeta & { readonly names?: readonly string[] };

/** Bins of a result: columns of its tables. */
export function positions(result: DecodedResult): number {
  return result.arrays.odds_ratio?.shape[1] ?? 0;
}

/** The position first looked at: the point, or where the region starts. */
export function firstPosition(axis: Axis, bins: number): number {
  const place =
    axis.mode === "point"
      ? axis.flank[0] / axis.binsize
      : (100 * axis.expansion) / axis.bin_percent;
  return Math.min(Math.max(Math.floor(place + 1e-9), 0), Math.max(bins - 1, 0));
}

/** Members at one position, strongest first; those without data last, in their own order. */
export function ranked(result: DecodedResult, bin: number): Member[] {
  const { odds_ratio, p_value, q_value, overlap } = result.arrays;
  const [targets = 0, bins = 0] = odds_ratio?.shape ?? [];
  const { tracks, names } = result.meta as EnrichmentMeta;
  const at = (values: Values | undefined, row: number) =>
    values?.[row * bins + bin] ?? Number.NaN;
  const members = Array.from(
    { length: targets },
    (_, row): Member => ({
      row,
      id: tracks?.[row]?.id ?? String(row),
      name: tracks?.[row]?.name ?? names?.[row] ?? `Set ${row + 1}`,
      log2: Math.log2(at(odds_ratio?.data, row)),
      p: at(p_value?.data, row),
      q: at(q_value?.data, row),
      overlap: at(overlap?.data, row),
    }),
  );
  const key = ({ log2 }: Member) => (Number.isNaN(log2) ? Number.NEGATIVE_INFINITY : log2);
  return members.sort((a, b) => {
    const missing = Number(Number.isNaN(a.log2)) - Number(Number.isNaN(b.log2));
    if (missing !== 0) return missing;
    return key(a) === key(b) ? a.row - b.row : key(b) - key(a);
  });
}

/** Strongest log2 odds ratio at every position; NaN where no member has data. */
export function strongest(result: DecodedResult): Float64Array {
  const { odds_ratio } = result.arrays;
  const [targets = 0, bins = 0] = odds_ratio?.shape ?? [];
  return Float64Array.from({ length: bins }, (_, bin) => {
    let best = Number.NaN;
    for (let row = 0; row < targets; row++) {
      const value = Math.log2(odds_ratio?.data[row * bins + bin] ?? Number.NaN);
      if (!Number.isNaN(value) && !(value <= best)) best = value;
    }
    return best;
  });
}

/** Round range around zero that holds every finite value; infinite ones sit at its ends. */
export function oddsRange(values: Values): Limits {
  let lo = 0;
  let hi = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  return lo === hi ? [-1, 1] : niceLimits(lo, hi, 5);
}

/** An odds ratio's logarithm as text: an infinite one says which cell was empty. */
export function oddsText(log2: number): string {
  if (log2 === Number.POSITIVE_INFINITY) return "log2 ∞";
  if (log2 === Number.NEGATIVE_INFINITY) return "no overlap";
  return Number.isNaN(log2) ? "no data" : `log2 ${formatNumber(log2)}`;
}

/** “+5 kb · CTCF: log2 2.1 · 87 overlaps · p 1.2e−9 · q 4e−8” */
export function memberReadout(axis: Axis, bin: number, member: Member): string {
  const { name, log2, overlap, p, q } = member;
  const parts = [binText(axis, bin, "meeting"), `${name}: ${oddsText(log2)}`];
  if (Number.isFinite(overlap)) {
    parts.push(`${formatCount(overlap)} overlap${overlap === 1 ? "" : "s"}`);
  }
  if (Number.isFinite(p)) parts.push(`p ${formatNumber(p, 2)}`);
  if (Number.isFinite(q)) parts.push(`q ${formatNumber(q, 2)}`);
  return parts.join(" · ");
}
