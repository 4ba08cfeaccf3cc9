/** Enrichment of region sets along the positions: what is ranked and how it is written. */

import type { Axis, DecodedResult, ResultMeta } from "../wire/result";
import type { RankKey, ViewSettings } from "../wire/settings";
import { binText, placeAt } from "./axis";
import type { Way } from "./ended";
import type { Limits, Values } from "./limits";
import { formatCount, formatNumber, MINUS, niceLimits } from "./texts";

/** One region set at one position. */
export interface Member {
  /** Row of the arrays. */
  readonly row: number;
  readonly id: string;
  readonly name: string;
  readonly bin: number;
  readonly odds: number;
  /** log2 odds ratio; ±Infinity where a cell of the table is empty, NaN without data. */
  readonly log2: number;
  /** −log10 of p and q; Infinity where they are smaller than any number. */
  readonly p: number;
  readonly q: number;
  /** The 2×2 table; NaN where the result does not say a number. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** A false discovery rate below this is drawn as a filled dot. */
export const SIGNIFICANT = 0.05;
const ENOUGH = -Math.log10(SIGNIFICANT);

type EnrichmentMeta = ResultMeta & { readonly names?: readonly string[] };
type Filter = Pick<ViewSettings, "search" | "max_q">;
type Order = Pick<ViewSettings, "rank_by" | "rank_ascending">;

export function significant({ q }: Pick<Member, "q">): boolean {
  return q > ENOUGH;
}

/** Bins of a result: columns of its tables. */
export function positions(result: DecodedResult): number {
  return result.arrays.odds_ratio?.shape[1] ?? 0;
}

/** The position first looked at: the point, or where the region starts. */
export function firstPosition(axis: Axis, bins: number): number {
  return binOf(axis, bins, null);
}

/** Bin that holds a place (bp from the point or percent of the region), held at the ends. */
export function binOf(axis: Axis, bins: number, place: number | null): number {
  const from = placeAt(axis, 0, "meeting");
  const step = placeAt(axis, 1, "meeting") - from;
  const bin = Math.floor(((place ?? 0) - from) / step + 1e-9);
  return Math.min(Math.max(bin, 0), Math.max(bins - 1, 0));
}

/** Middle of a bin, as a setting says it; null for the one that is looked at first. */
export function placeOf(axis: Axis, bins: number, bin: number): number | null {
  return bin === firstPosition(axis, bins) ? null : placeAt(axis, bin + 0.5, "meeting");
}

/** Where in a table of one number per row or column, or of all cells, a cell's number is. */
function cellOf(
  array: { readonly shape: readonly number[]; readonly data: Values } | undefined,
  row: number,
  bin: number,
): number {
  if (array === undefined) return Number.NaN;
  const [rows = 1, columns] = array.shape;
  if (columns === undefined) return array.data[rows === 1 ? 0 : bin] ?? Number.NaN;
  return array.data[row * columns + (columns === 1 ? 0 : bin)] ?? Number.NaN;
}

/** A region set at a position. */
export function member(result: DecodedResult, row: number, bin: number): Member {
  const { arrays } = result;
  const { tracks, names } = result.meta as EnrichmentMeta;
  const odds = cellOf(arrays.odds_ratio, row, bin);
  const a = cellOf(arrays.overlap, row, bin);
  const c = cellOf(arrays.chunks, row, bin) - a;
  const b = cellOf(arrays.universe_hits, row, bin) - a;
  return {
    row,
    id: tracks?.[row]?.id ?? String(row),
    name: tracks?.[row]?.name ?? names?.[row] ?? `Set ${row + 1}`,
    bin,
    odds,
    log2: Math.log2(odds),
    p: cellOf(arrays.log10_p, row, bin),
    q: cellOf(arrays.log10_q, row, bin),
    a,
    b,
    c,
    d: cellOf(arrays.universe_chunks, row, bin) - a - b - c,
  };
}

/** The position at which a region set is most significant; of equals the stronger, the first. */
function summit(result: DecodedResult, row: number, bins: number): number {
  const { odds_ratio: odds, log10_p: p } = result.arrays;
  let best = 0;
  const at = (values: Values | undefined, bin: number) => {
    const value = values?.[row * bins + bin] ?? Number.NaN;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  for (let bin = 1; bin < bins; bin++) {
    const more = at(p?.data, bin) - at(p?.data, best);
    if (more > 0 || (!(more < 0) && at(odds?.data, bin) > at(odds?.data, best))) best = bin;
  }
  return best;
}

/** All region sets at one position, or each at its own summit (`bin` null), by row. */
export function members(result: DecodedResult, bin: number | null): Member[] {
  const [rows = 0, bins = 0] = result.arrays.odds_ratio?.shape ?? [];
  return Array.from({ length: rows }, (_, row) =>
    member(result, row, bin ?? summit(result, row, bins)),
  );
}

function named(name: string, search: string): boolean {
  const text = search.trim().toLocaleLowerCase();
  return text === "" || name.toLocaleLowerCase().includes(text);
}

/** Members whose name holds the text and whose false discovery rate is small enough. */
export function filtered(all: readonly Member[], { search, max_q }: Filter): Member[] {
  const least = max_q === null ? Number.NEGATIVE_INFINITY : -Math.log10(max_q) - 1e-6;
  return all.filter(({ name, q }) => named(name, search) && (max_q === null || q >= least));
}

const KEYS: Readonly<Record<Exclude<RankKey, "name">, (member: Member) => number>> = {
  odds_ratio: ({ log2 }) => log2,
  position: ({ bin }) => bin,
  a: ({ a }) => a,
  b: ({ b }) => b,
  c: ({ c }) => c,
  d: ({ d }) => d,
  // large numbers are small chances here
  p_value: ({ p }) => -p,
  q_value: ({ q }) => -q,
};

/** Members in order; those without a number come last either way, equals by row. */
export function sorted(all: readonly Member[], { rank_by, rank_ascending }: Order): Member[] {
  const turn = rank_ascending ? 1 : -1;
  if (rank_by === "name") {
    return [...all].sort(
      (x, y) => turn * x.name.localeCompare(y.name, "en", { numeric: true }) || x.row - y.row,
    );
  }
  const key = KEYS[rank_by];
  return [...all].sort((x, y) => {
    const [p, q] = [key(x), key(y)];
    const missing = Number(Number.isNaN(p)) - Number(Number.isNaN(q));
    if (missing !== 0) return missing;
    return p === q || Number.isNaN(p) ? x.row - y.row : turn * (p < q ? -1 : 1);
  });
}

/** Whether a column starts with its smallest value when first chosen. */
export function startsAscending(key: RankKey): boolean {
  return key === "name" || key === "position" || key === "p_value" || key === "q_value";
}

/** What a picture of an enrichment lists, in its order. */
export function listed(
  result: DecodedResult,
  bin: number | null,
  settings: Filter & Order,
): Member[] {
  return sorted(filtered(members(result, bin), settings), settings);
}

/** Strongest log2 odds ratio at every position; NaN where no member has data. */
export function strongest(result: DecodedResult, search = ""): Float64Array {
  const { odds_ratio } = result.arrays;
  const [targets = 0, bins = 0] = odds_ratio?.shape ?? [];
  const { tracks } = result.meta;
  const rows = Array.from({ length: targets }, (_, row) => row).filter((row) =>
    named(tracks?.[row]?.name ?? "", search),
  );
  return Float64Array.from({ length: bins }, (_, bin) => {
    let best = Number.NaN;
    for (const row of rows) {
      const value = Math.log2(odds_ratio?.data[row * bins + bin] ?? Number.NaN);
      if (!Number.isNaN(value) && !(value <= best)) best = value;
    }
    return best;
  });
}

/** Where a member points that its axes cannot reach: its odds ratio, or its q, is infinite. */
export function pointing({ log2, q }: Member, chances: boolean): Way | null {
  if (Number.isFinite(log2)) return chances && !Number.isFinite(q) ? [0, -1] : null;
  return [Math.sign(log2), 0];
}

/** Round range around zero that holds every finite value. */
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

/** The odds ratio itself in a table. */
export function ratioText(odds: number): string {
  return odds === Number.POSITIVE_INFINITY ? "∞" : formatNumber(odds);
}

/** A chance from its −log10: “0.012”, “3.1e−415”, also where no number is that small. */
export function chanceText(minusLog: number): string {
  if (Number.isNaN(minusLog)) return "–";
  if (minusLog === Number.POSITIVE_INFINITY) return `<1e${MINUS}320`;
  if (minusLog < 3.5) return formatNumber(10 ** -minusLog, 2);
  const power = Math.ceil(minusLog);
  const mantissa = formatNumber(10 ** (power - minusLog), 2);
  return mantissa === "10" ? `1e${MINUS}${power - 1}` : `${mantissa}e${MINUS}${power}`;
}

/** “+5 kb · CTCF: log2 2.1 · 87 of 1,013 overlap · p 1.2e−9 · q 4e−8” */
export function topReadout(axis: Axis, bin: number, log2: number): string {
  return `${binText(axis, bin, "meeting")} · strongest ${oddsText(log2)}`;
}

export function memberReadout(axis: Axis, { bin, name, log2, a, c, p, q }: Member): string {
  const parts = [binText(axis, bin, "meeting"), `${name}: ${oddsText(log2)}`];
  if (Number.isFinite(a + c)) parts.push(`${formatCount(a)} of ${formatCount(a + c)} overlap`);
  else if (Number.isFinite(a)) parts.push(`${formatCount(a)} overlap`);
  if (!Number.isNaN(p)) parts.push(`p ${chanceText(p)}`);
  if (!Number.isNaN(q)) parts.push(`q ${chanceText(q)}`);
  return parts.join(" · ");
}
