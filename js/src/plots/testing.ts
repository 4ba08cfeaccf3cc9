/** Small results and settings for tests. */

import type { DecodedArray } from "../wire/arrays";
import type { Axis, DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";

export const SETTINGS: ViewSettings = {
  title: "",
  features: ["1"],
  flank: 20_000,
  binsize: 10_000,
  bin_percent: null,
  side: "",
  vmin: null,
  vmax: null,
  cmap: "",
  scale: "linear",
  symmetric: false,
  clip: 1,
  width: 0,
  height: 0,
  span_columns: 1,
  span_rows: 1,
  normalization: "",
  versus: [],
  contrast: "ratio",
  contour: true,
  normalized: false,
  band: "ci95",
  hidden: [],
  sort_by: "",
  ascending: false,
  sort_track: "",
  sort_seed: 42,
  group_by: "",
  group_clusters: 10,
  group_binsize: null,
  zoom: null,
  n_clusters: 0,
  overlay: "",
  drawn: "auto",
  extent: [],
  common_limits: true,
  card_vmin: null,
  card_vmax: null,
  chart: "ranking",
  position: null,
  overall: false,
  search: "",
  max_q: null,
  rank_by: "odds_ratio",
  rank_ascending: false,
  holds: false,
};

export const POINT: Axis = { mode: "point", flank: [20_000, 20_000], binsize: 10_000, size: 5 };
export const SIGNAL: Axis = {
  mode: "point",
  flank: [20_000, 20_000],
  binsize: 10_000,
  size: 4,
};
export const INTERVAL: Axis = { mode: "interval", bin_percent: 20, expansion: 0.2, size: 7 };

export function floats(values: readonly (number | null)[], ...shape: number[]): DecodedArray {
  return {
    dtype: "float32",
    shape,
    data: Float32Array.from(values, (value) => value ?? Number.NaN),
  };
}

export function ints(values: readonly number[], ...shape: number[]): DecodedArray {
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}

export function result(
  axis: Axis,
  arrays: DecodedResult["arrays"],
  more: Partial<DecodedResult["meta"]> = {},
): DecodedResult {
  const meta = { n_used: 9, n_left_out: 1, reasons: {}, numbers: {}, axis, ...more };
  return { key: "test", meta, arrays };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** 5 × 5, rising from 1 to 25, the first cell missing. */
export const PILEUP = result(POINT, {
  mean: floats([null, ...range(24).map((i) => i + 2)], 5, 5),
  count: ints([0, ...range(24).map((i) => i + 900)], 5, 5),
});

const track = (id: string, name: string) => ({
  id,
  name,
  n_used: 9,
  n_left_out: 1,
  numbers: {},
});

/** Two tracks of one name; the second has a gap. */
export const PROFILE = result(
  SIGNAL,
  {
    mean: floats([1, 2, 3, 4, 5, null, 7, 8], 2, 4),
    low: floats([0.5, 1.5, 2.5, 3.5, 4, null, 6, 7], 2, 4),
    high: floats([1.5, 2.5, 3.5, 4.5, 6, null, 8, 9], 2, 4),
    count: ints([9, 9, 9, 9, 9, 0, 9, 9], 2, 4),
  },
  { tracks: [track("a", "CTCF"), track("b", "CTCF")] },
);

/** Three display rows of seven regions. */
export const STACKUP = result(
  SIGNAL,
  {
    image: floats([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, null], 3, 4),
    row_edges: ints([0, 1, 3, 7], 4),
    profile: floats([4, 5, 6, 5], 4),
  },
  { n_rows: 7 },
);

/** The same with two groups and their profiles; its order is that of the regions backwards. */
export const GROUPED: DecodedResult = {
  ...STACKUP,
  meta: {
    ...STACKUP.meta,
    blocks: [
      { name: "strong", n: 1, lines: 1, role: "group", colour: 0 },
      { name: "weak", n: 6, lines: 2, role: "group", colour: 1 },
    ],
  },
  arrays: {
    ...STACKUP.arrays,
    order: ints([6, 5, 4, 3, 2, 1, 0], 7),
    profile: floats([0, 1, 2, 3, 6, 7, 8, 7], 2, 4),
  },
};

/** A text as the plots write it: a thin space before its units. */
export function thin(text: string): string {
  return text.replace(/ (?=(?:kb|Mb|bp|%))/g, "\u2009");
}

/** Points of six regions, the fifth without data. */
export const POINTS = [0, 0, 1, 0, 0, 1, 1, 1, Number.NaN, Number.NaN, 1, 1];

/** An embedding of them in two clusters. */
export const EMBEDDING = result(SIGNAL, {
  points: floats(
    POINTS.map((v) => (Number.isNaN(v) ? null : v)),
    6,
    2,
  ),
  clusters: ints([0, 0, 1, 1, -1, 1], 6),
  cluster_means: floats([1, -1, 0.5, 2], 2, 2),
  cluster_sizes: ints([2, 3], 2),
});
