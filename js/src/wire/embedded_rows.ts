/** Pictures that a page makes by itself from the signal of every region. */

import { decodeArray } from "./codec";
import { resultKey } from "./result_key";
import { columnMean, type Rows, rowOrder, selected, shownRows } from "./rows";
import type {
  DecodedArray,
  DecodedResult,
  TypedArray,
  ViewKind,
  ViewSettings,
  WireRows,
} from "./types";

export type Subset = ReadonlySet<number> | null;

/** Name of the signal of one track; Python builds the same text. */
export function rowsKey(settings: ViewSettings, feature: string): string {
  const size = settings.binsize ?? settings.bin_percent ?? "";
  const { side, flank } = settings;
  return `rows;feature=${feature};flank=${flank ?? ""};bin=${size};side=${side}`;
}

const array = (
  data: TypedArray,
  dtype: DecodedArray["dtype"],
  shape: number[],
): DecodedArray => ({
  dtype,
  shape,
  data,
});

/** The signals of a page, decoded when first used. */
export class RowTable {
  readonly #wire: Readonly<Record<string, WireRows>>;
  readonly #decoded = new Map<string, Rows>();

  constructor(wire: Readonly<Record<string, WireRows>>) {
    this.#wire = wire;
  }

  /** The signals of all features of a view; null where one is not there. */
  of(settings: ViewSettings): Rows[] | null {
    const all = settings.features.map((feature) => this.#get(rowsKey(settings, feature)));
    const there = all.filter((rows) => rows !== null);
    return there.length === all.length && all.length > 0 ? there : null;
  }

  #get(key: string): Rows | null {
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const wire = Object.hasOwn(this.#wire, key) ? this.#wire[key] : undefined;
    if (wire === undefined) return null;
    const values = decodeArray(wire.values, "rows");
    const [n = 0, bins = 0] = values.shape;
    const rows: Rows = {
      values: Float32Array.from(values.data),
      n,
      bins,
      random: Int32Array.from(decodeArray(wire.random, "random order").data),
      body: wire.body,
    };
    this.#decoded.set(key, rows);
    return rows;
  }
}

/** True for views whose picture follows from the signal of every region. */
export function drawnFromRows(kind: ViewKind): boolean {
  return kind === "stackup" || kind === "profile";
}

/** The result for these settings and regions, with the facts of another of the same view. */
export function resultFromRows(
  kind: ViewKind,
  settings: ViewSettings,
  tracks: readonly Rows[],
  subset: Subset,
  base: DecodedResult,
): DecodedResult {
  const arrays =
    kind === "stackup" ? stackup(settings, tracks, subset) : profile(tracks, subset);
  const answers = resultKey(kind, settings);
  const sel = subset === null ? "" : `;subset=${[...subset].join(",")}`;
  const n = tracks[0]?.n ?? 0;
  const shown = subset === null ? n : subset.size;
  const counts = tracks.map((rows) => withData(rows, subset));
  const used = Math.max(...counts, 0);
  const meta = {
    ...base.meta,
    answers,
    numbers: subset === null ? base.meta.numbers : {},
    reasons: subset === null ? base.meta.reasons : {},
    n_used: used,
    n_left_out: shown - used,
    ...(kind === "stackup" ? { n_rows: shown } : {}),
    ...(base.meta.tracks === undefined
      ? {}
      : {
          tracks: base.meta.tracks.map((track, i) => ({
            ...track,
            n_used: counts[i] ?? 0,
            n_left_out: shown - (counts[i] ?? 0),
            numbers: subset === null ? track.numbers : {},
          })),
        }),
  };
  return { key: `${answers}${sel}`, meta, arrays };
}

/** Regions of the selection with any value at all. */
function withData(rows: Rows, subset: Subset): number {
  let count = 0;
  for (let row = 0; row < rows.n; row++) {
    if (subset !== null && !subset.has(row)) continue;
    const line = rows.values.subarray(row * rows.bins, (row + 1) * rows.bins);
    if (line.some((value) => !Number.isNaN(value))) count += 1;
  }
  return count;
}

function stackup(
  settings: ViewSettings,
  [rows]: readonly Rows[],
  subset: Subset,
): Record<string, DecodedArray> {
  if (rows === undefined) return {};
  const order = selected(rowOrder(rows, settings.sort_by, settings.ascending), subset);
  const { image, edges } = shownRows(rows, order);
  const { mean } = columnMean(rows, order);
  return {
    image: array(image, "float32", [edges.length - 1, rows.bins]),
    row_edges: array(edges, "int32", [edges.length]),
    profile: array(Float32Array.from(mean), "float32", [rows.bins]),
  };
}

/** Means without a band: its bootstrap is the kernel's. */
function profile(tracks: readonly Rows[], subset: Subset): Record<string, DecodedArray> {
  const bins = tracks[0]?.bins ?? 0;
  const shape = [tracks.length, bins];
  const mean = new Float32Array(tracks.length * bins);
  const count = new Int32Array(tracks.length * bins);
  tracks.forEach((rows, i) => {
    const all = Int32Array.from({ length: rows.n }, (_, row) => row);
    const found = columnMean(rows, selected(all, subset));
    mean.set(found.mean, i * bins);
    count.set(found.count, i * bins);
  });
  const none = new Float32Array(mean.length).fill(Number.NaN);
  return {
    mean: array(mean, "float32", shape),
    low: array(none, "float32", shape),
    high: array(none, "float32", shape),
    count: array(count, "int32", shape),
  };
}
