/** Pictures that a page makes by itself from the signal of every region. */

import type { DecodedArray, TypedArray, WireArray } from "./arrays";
import { decodeArray } from "./codec";
import type { WireRowFacts, WireRows } from "./page_data";
import type { DecodedResult, ResultMeta, RowWindow } from "./result";
import { resultKey } from "./result_key";
import {
  type Arrangement,
  arranged,
  columnMean,
  type Groups,
  pictured,
  type Rows,
  rowOrder,
  SHOWN,
  valueOrder,
} from "./rows";
import type { ViewSettings } from "./settings";
import type { ViewKind } from "./view";

export type Subset = ReadonlySet<number> | null;

/** What a stackup's rows are sorted and grouped by. */
export interface OrderedBy {
  /** One value per region; null for the key itself, looked up in `rows`. */
  readonly values: ArrayLike<number> | null;
  readonly rows: Rows;
  readonly groups: Groups | null;
  /** Names of all regions by row number. */
  readonly names: readonly string[] | null;
  /** An order taken from another stackup, in place of the own one. */
  readonly given: Int32Array | null;
}

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

const BY_SIGNAL: ReadonlySet<string> = new Set(["center", "region", "left", "right"]);
const NOTHING: WireRowFacts = { names: null, values: {}, groups: {} };

/** The signals of a page, decoded when first used. */
export class RowTable {
  readonly #wire: Readonly<Record<string, WireRows>>;
  readonly #known: WireRowFacts;
  readonly #decoded = new Map<string, Rows>();
  readonly #arrays = new Map<WireArray, TypedArray>();

  constructor(
    wire: Readonly<Record<string, WireRows>>,
    facts: WireRowFacts | undefined = undefined,
  ) {
    this.#wire = wire;
    this.#known = facts ?? NOTHING;
  }

  /** The signals of all features of a view; null where one is not there. */
  of(settings: ViewSettings): Rows[] | null {
    const all = settings.features.map((feature) => this.#get(rowsKey(settings, feature)));
    const there = all.filter((rows) => rows !== null);
    return there.length === all.length && all.length > 0 ? there : null;
  }

  /** What decides about the order of a stackup; null where the page lacks a part of it. */
  by(settings: ViewSettings, given: Int32Array | null = null): OrderedBy | null {
    const { sort_by, sort_track, sort_seed, group_by, features } = settings;
    const [feature = ""] = features;
    const other =
      given === null && BY_SIGNAL.has(sort_by) && sort_track !== "" ? sort_track : feature;
    const rows = this.#get(rowsKey(settings, other));
    if (rows === null) return null;
    // only the usual random order is carried along
    if (given === null && sort_by === "random" && sort_seed !== USUAL_SEED) return null;
    const key = given === null && /^(annotation|map):/.test(sort_by) ? sort_by : null;
    const values = key === null ? null : this.#array(own(this.#known.values, key));
    if (key !== null && values === null) return null;
    const groups = group_by === "" ? null : this.#groups(settings);
    if (group_by !== "" && groups === null) return null;
    return { values, rows, groups, names: this.#known.names, given };
  }

  /** Rows of a result as at most so many lines. */
  window(
    rows: Rows,
    { arrays, meta }: DecodedResult,
    first: number,
    after: number,
    lines: number,
  ): RowWindow | null {
    const order = arrays.order?.data;
    if (order === undefined || after > order.length) return null;
    const blocks = meta.blocks ?? [];
    const shown = { order: Int32Array.from(order), blocks };
    const found = pictured(rows, shown, first, after, lines);
    return { first, after, bins: rows.bins, ...found, names: this.#named(shown, found.edges) };
  }

  #named({ order }: Arrangement, edges: Int32Array): readonly string[] | null {
    return namesOf(this.#known.names, order, edges);
  }

  /** Groups by these settings: `clusters:…` are those the page was written with. */
  #groups({ group_by, group_clusters, group_binsize }: ViewSettings): Groups | null {
    const key = group_by.startsWith("clusters:")
      ? `${group_by};${group_clusters},${group_binsize ?? ""}`
      : group_by;
    const found = own(this.#known.groups, key);
    const codes = found === null ? null : this.#array(found.codes);
    return found === null || codes === null ? null : { ...found, codes };
  }

  #array(wire: WireArray | null): TypedArray | null {
    if (wire === null) return null;
    const known = this.#arrays.get(wire);
    if (known !== undefined) return known;
    const { data } = decodeArray(wire, "values of regions");
    this.#arrays.set(wire, data);
    return data;
  }

  #get(key: string): Rows | null {
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const wire = own(this.#wire, key);
    if (wire === null) return null;
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

/** Seed of the random order that a page carries; Python's default. */
const USUAL_SEED = 42;

function own<T>(table: Readonly<Record<string, T>>, key: string): T | null {
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}

function namesOf(
  names: readonly string[] | null,
  order: Int32Array,
  edges: Int32Array,
): readonly string[] | null {
  const first = edges[0] ?? 0;
  const after = edges[edges.length - 1] ?? first;
  if (names === null || after - first !== edges.length - 1) return null;
  return Array.from(order.subarray(first, after), (row) => names[row] ?? "");
}

/** The result for these settings and regions, with the facts of another of the same view. */
export function resultFromRows(
  kind: ViewKind,
  settings: ViewSettings,
  tracks: readonly Rows[],
  subset: Subset,
  base: DecodedResult,
  by: OrderedBy | null = null,
): DecodedResult {
  const answers = resultKey(kind, settings);
  const key = madeKey(kind, settings, subset);
  const made =
    by !== null
      ? stackup(settings, tracks, subset, by)
      : kind === "pileup"
        ? pileup(tracks, subset)
        : profile(tracks, subset, base);
  return { key, meta: { ...base.meta, ...made.meta, answers }, arrays: made.arrays };
}

/** Name of a result that the page makes by itself. */
export function madeKey(kind: ViewKind, settings: ViewSettings, subset: Subset): string {
  const sel = subset === null ? "" : `;subset=${[...subset].join(",")}`;
  return `${resultKey(kind, settings)}${sel}`;
}

interface Made {
  readonly meta: Partial<ResultMeta>;
  readonly arrays: Record<string, DecodedArray>;
}

/** Every region in the order of these settings, before any are selected. */
export function orderOf(settings: ViewSettings, by: OrderedBy): Int32Array {
  return arranged(within(settings, by), by.groups).order;
}

/** Order of the rows within each block. */
function within(
  { sort_by, ascending }: ViewSettings,
  { values, rows, given }: OrderedBy,
): Int32Array {
  if (given !== null) return given;
  return values === null ? rowOrder(rows, sort_by, ascending) : valueOrder(values, ascending);
}

/** All regions in their blocks; the selected ones stand first. */
function stackup(
  settings: ViewSettings,
  [rows]: readonly Rows[],
  subset: Subset,
  by: OrderedBy,
): Made {
  if (rows === undefined) return { meta: {}, arrays: {} };
  const { groups, names } = by;
  const shown = arranged(within(settings, by), groups, subset);
  const n = shown.order.length;
  const { image, edges, perBlock } = pictured(rows, shown, 0, n, SHOWN);
  const profiles = new Float32Array(Math.max(shown.blocks.length, 1) * rows.bins);
  if (shown.blocks.length === 0) profiles.fill(Number.NaN);
  let start = 0;
  shown.blocks.forEach((block, i) => {
    const members = shown.order.subarray(start, start + block.n);
    profiles.set(columnMean(rows, members).mean, i * rows.bins);
    start += block.n;
  });
  return {
    meta: {
      n_rows: n,
      blocks: shown.blocks.map((block, i) => ({ ...block, lines: perBlock[i] ?? 0 })),
      row_names: namesOf(names, shown.order, edges),
    },
    arrays: {
      image: array(image, "float32", [edges.length - 1, rows.bins]),
      row_edges: array(edges, "int32", [edges.length]),
      order: array(shown.order, "int32", [n]),
      profile: array(profiles, "float32", [Math.max(shown.blocks.length, 1), rows.bins]),
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
  const used = Math.max(0, ...tracks.map((rows) => withData(rows, everyRow(rows.n))));
  return {
    meta: {
      tracks: lines.map(({ track }) => track),
      // selected regions and the others together, as the kernel counts them
      n_used: used,
      n_left_out: (tracks[0]?.n ?? 0) - used,
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

function everyRow(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => row);
}

/** Row numbers of each line of a track. */
function partsOf(n: number, subset: Subset) {
  const all = everyRow(n);
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
