/** Pictures that a page makes by itself from the signal of every region. */

import { decodeArray } from "./codec";
import { resultKey } from "./result_key";
import { chosenFirst, columnMean, type Rows, rowOrder, shownBlocks } from "./rows";
import type {
  DecodedArray,
  DecodedResult,
  ResultMeta,
  TypedArray,
  ViewKind,
  ViewSettings,
  WireRows,
} from "./types";

export type Subset = ReadonlySet<number> | null;

/** Name of the signal of one track, or of the snippets of one map; Python builds the same text. */
export function rowsKey(settings: ViewSettings, feature: string): string {
  const size = settings.binsize ?? settings.bin_percent ?? "";
  const { side, flank, normalization } = settings;
  const key = `rows;feature=${feature};flank=${flank ?? ""};bin=${size};side=${side}`;
  return normalization === "" ? key : `${key};normalization=${normalization}`;
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

/** True for views whose picture follows from the signal or the snippet of every region. */
export function drawnFromRows(kind: ViewKind): boolean {
  return kind === "stackup" || kind === "profile" || kind === "pileup";
}

/** The result for these settings and regions, with the facts of another of the same view. */
export function resultFromRows(
  kind: ViewKind,
  settings: ViewSettings,
  tracks: readonly Rows[],
  subset: Subset,
  base: DecodedResult,
): DecodedResult {
  const answers = resultKey(kind, settings);
  const key = `${answers}${subset === null ? "" : `;subset=${[...subset].join(",")}`}`;
  const made =
    kind === "stackup"
      ? stackup(settings, tracks, subset)
      : kind === "pileup"
        ? pileup(tracks, subset)
        : profile(tracks, subset, base);
  return { key, meta: { ...base.meta, ...made.meta, answers }, arrays: made.arrays };
}

interface Made {
  readonly meta: Partial<ResultMeta>;
  readonly arrays: Record<string, DecodedArray>;
}

/** All regions; the selected ones stand first, and their mean is on top. */
function stackup(settings: ViewSettings, [rows]: readonly Rows[], subset: Subset): Made {
  if (rows === undefined) return { meta: {}, arrays: {} };
  const order = chosenFirst(rowOrder(rows, settings.sort_by, settings.ascending), subset);
  const first = subset?.size ?? 0;
  const { image, edges, lines } = shownBlocks(rows, order, first);
  const { mean } = columnMean(rows, first === 0 ? order : order.subarray(0, first));
  const blocks = [
    { name: "selected", n: first, lines: lines[0] },
    { name: "rest", n: order.length - first, lines: lines[1] },
  ];
  return {
    meta: { n_rows: order.length, ...(first > 0 ? { blocks } : {}) },
    arrays: {
      image: array(image, "float32", [edges.length - 1, rows.bins]),
      row_edges: array(edges, "int32", [edges.length]),
      order: array(order, "int32", [order.length]),
      profile: array(Float32Array.from(mean), "float32", [rows.bins]),
    },
  };
}

/** Average of the snippets of the selected regions; a snippet is a row of its pixels. */
function pileup([rows]: readonly Rows[], subset: Subset): Made {
  if (rows === undefined) return { meta: {}, arrays: {} };
  const [part] = partsOf(rows.n, subset);
  const some = part?.rows ?? new Int32Array();
  const { mean, count } = columnMean(rows, some);
  const side = Math.round(Math.sqrt(rows.bins));
  const n_used = withData(rows, some);
  return {
    meta: { n_used, n_left_out: some.length - n_used, reasons: {}, numbers: {} },
    arrays: {
      mean: array(Float32Array.from(mean), "float32", [side, side]),
      count: array(count, "int32", [side, side]),
    },
  };
}

/**
 * Means of each track over the selected regions and over the rest, or over all regions.
 *
 * Without a band: its bootstrap is the kernel's.
 */
function profile(tracks: readonly Rows[], subset: Subset, base: DecodedResult): Made {
  const bins = tracks[0]?.bins ?? 0;
  const known = base.meta.tracks ?? [];
  const lines = tracks.flatMap((rows, i) => {
    const { id = String(i), name = "" } = known[i] ?? {};
    return partsOf(rows.n, subset).map((part) => {
      const { mean, count } = columnMean(rows, part.rows);
      const n_used = withData(rows, part.rows);
      const n_left_out = part.rows.length - n_used;
      const track = { id: `${id}${part.id}`, name: `${name}${part.name}` };
      return { mean, count, track: { ...track, n_used, n_left_out, reasons: {}, numbers: {} } };
    });
  });
  const shape = [lines.length, bins];
  const mean = new Float32Array(lines.length * bins);
  const count = new Int32Array(lines.length * bins);
  lines.forEach((line, i) => {
    mean.set(line.mean, i * bins);
    count.set(line.count, i * bins);
  });
  const none = new Float32Array(mean.length).fill(Number.NaN);
  return {
    meta: {
      tracks: lines.map(({ track }) => track),
      n_used: Math.max(0, ...lines.map(({ track }) => track.n_used)),
      n_left_out: Math.min(...lines.map(({ track }) => track.n_left_out)),
      reasons: {},
      numbers: {},
    },
    arrays: {
      mean: array(mean, "float32", shape),
      low: array(none, "float32", shape),
      high: array(none, "float32", shape),
      count: array(count, "int32", shape),
    },
  };
}

/** Row numbers of each line of a track. */
function partsOf(n: number, subset: Subset) {
  const all = Int32Array.from({ length: n }, (_, row) => row);
  if (subset === null) return [{ id: "", name: "", rows: all }];
  return [
    { id: "", name: " · selected", rows: all.filter((row) => subset.has(row)) },
    { id: ":rest", name: " · rest", rows: all.filter((row) => !subset.has(row)) },
  ].filter(({ rows }) => rows.length > 0);
}

/** How many of these regions have any value at all. */
function withData(rows: Rows, some: Int32Array): number {
  let count = 0;
  for (const row of some) {
    const line = rows.values.subarray(row * rows.bins, (row + 1) * rows.bins);
    if (line.some((value) => !Number.isNaN(value))) count += 1;
  }
  return count;
}
