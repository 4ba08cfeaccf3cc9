/** Points of an embedding: where they are drawn, how dense they are, which ones are inside. */

import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import type { Box } from "./layout";
import type { Values } from "./limits";
import { type ColourScale, colourScale, type Shown } from "./scale";

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export type Corner = readonly [x: number, y: number];

/** Cells of the density grid along one side; more points deserve finer cells. */
export function gridSide(n: number): number {
  return n > 50_000 ? 150 : n > 10_000 ? 100 : n > 2_500 ? 50 : 25;
}

/** Points are drawn one by one when there is room for them, as a density otherwise. */
export function showsPoints(
  n: number,
  { width, height }: Pick<Box, "width" | "height">,
): boolean {
  return n * 24 < width * height;
}

/** Box around the points with 2 % of air; regions without data (NaN) have no place in it. */
export function boundsOf(points: Values): Bounds {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [bottom, top] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  if (left > right) return { left: 0, right: 1, bottom: 0, top: 1 };
  const airX = (right - left) * 0.02 || 0.5;
  const airY = (top - bottom) * 0.02 || 0.5;
  return { left: left - airX, right: right + airX, bottom: bottom - airY, top: top + airY };
}

/** Cell of every point in a grid, row 0 on top; -1 for points outside or without a place. */
export function cellsOf(points: Values, bounds: Bounds, side: number): Int32Array {
  const { left, right, bottom, top } = bounds;
  const held = (value: number) => Math.min(Math.floor(value), side - 1);
  const cells = new Int32Array(points.length >> 1);
  for (let i = 0; i < cells.length; i++) {
    const x = points[2 * i] as number;
    const y = points[2 * i + 1] as number;
    // false for NaN too
    const there = x >= left && x <= right && y >= bottom && y <= top;
    const column = held(((x - left) / (right - left)) * side);
    cells[i] = there ? held(((top - y) / (top - bottom)) * side) * side + column : -1;
  }
  return cells;
}

/** Number of points in a part of the map. */
export function inSight(points: Values, { left, right, bottom, top }: Bounds): number {
  let n = 0;
  for (let i = 0; i + 1 < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (x >= left && x <= right && y >= bottom && y <= top) n++;
  }
  return n;
}

/** Number of points per cell; NaN in empty cells, so that they are left blank. */
export function density(cells: Int32Array, side: number): Float64Array {
  const count = new Float64Array(side * side);
  for (const cell of cells) if (cell >= 0) (count[cell] as number)++;
  return count.map((n) => (n === 0 ? Number.NaN : n));
}

/** What a point's cell holds, for every point. */
export function perPoint(cells: Int32Array, held: Float64Array): Float64Array {
  return Float64Array.from(cells, (cell) => (cell < 0 ? Number.NaN : (held[cell] as number)));
}

/** Mean of a value per cell over the points that have one; NaN where there is none. */
export function meanPerCell(cells: Int32Array, values: Values, side: number): Float64Array {
  const sum = new Float64Array(side * side);
  const count = new Uint32Array(side * side);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as number;
    const value = values[i] as number;
    if (cell < 0 || !Number.isFinite(value)) continue;
    (sum[cell] as number) += value;
    (count[cell] as number)++;
  }
  return sum.map((total, i) => (count[i] ? total / (count[i] as number) : Number.NaN));
}

/** Position of every point in pixels, two numbers each; NaN without a place. */
export function placed(
  points: Values,
  bounds: Bounds,
  { width, height }: Pick<Box, "width" | "height">,
): Float32Array {
  const { left, right, bottom, top } = bounds;
  const out = new Float32Array(points.length);
  for (let i = 0; i + 1 < points.length; i += 2) {
    out[i] = (((points[i] as number) - left) / (right - left)) * width;
    out[i + 1] = ((top - (points[i + 1] as number)) / (top - bottom)) * height;
  }
  return out;
}

/**
 * Round dots written straight into pixels, in the order of the points; `order` last, so that
 * selected points lie on top. Transparent pixels stay as they are.
 */
export function paintPoints(
  pixels: Uint32Array,
  width: number,
  height: number,
  at: Float32Array,
  colours: Uint32Array,
  radius: number,
  order?: Uint32Array,
): void {
  const reach = Math.ceil(radius);
  const offsets: Corner[] = [];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (dx * dx + dy * dy <= radius * radius) offsets.push([dx, dy]);
    }
  }
  const dot = (i: number) => {
    const x = Math.floor(at[2 * i] as number);
    const y = Math.floor(at[2 * i + 1] as number);
    if (Number.isNaN(x) || Number.isNaN(y)) return;
    const colour = colours[i] as number;
    for (const [dx, dy] of offsets) {
      const column = x + dx;
      const row = y + dy;
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      pixels[row * width + column] = colour;
    }
  };
  for (let i = 0; i < colours.length; i++) dot(i);
  if (order) for (const i of order) dot(i);
}

/** Points inside a closed line (even-odd rule), by number, ascending. */
export function inside(at: Float32Array, line: readonly Corner[]): Uint32Array {
  const found: number[] = [];
  if (line.length < 3) return new Uint32Array(0);
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  for (let i = 0; i < at.length >> 1; i++) {
    const x = at[2 * i] as number;
    const y = at[2 * i + 1] as number;
    if (!(x >= left && x <= right && y >= top && y <= bottom)) continue;
    let within = false;
    for (let a = 0, b = line.length - 1; a < line.length; b = a++) {
      const [ax, ay] = line[a] as Corner;
      const [bx, by] = line[b] as Corner;
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
    }
    if (within) found.push(i);
  }
  return Uint32Array.from(found);
}

/** Corners of a rectangle given by two opposite ones. */
export function rectangle([x0, y0]: Corner, [x1, y1]: Corner): Corner[] {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

/** Nearest point within `reach` pixels; -1 when there is none. */
export function nearest(at: Float32Array, [x, y]: Corner, reach: number): number {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; i < at.length >> 1; i++) {
    const dx = (at[2 * i] as number) - x;
    const dy = (at[2 * i + 1] as number) - y;
    const distance = dx * dx + dy * dy;
    if (distance <= least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Most frequent cluster in every cell of the grid; -1 where there is none. */
export function clusterPerCell(cells: Int32Array, clusters: Values, side: number): Int32Array {
  let most = 0;
  for (let i = 0; i < clusters.length; i++) most = Math.max(most, clusters[i] || 0);
  const ids = most + 1;
  const counts = new Uint32Array(side * side * ids);
  const best = new Int32Array(side * side).fill(-1);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as number;
    const cluster = clusters[i] as number;
    if (cell < 0 || !(cluster >= 0)) continue;
    const n = ++(counts[cell * ids + cluster] as number);
    const now = best[cell] as number;
    const lead = now < 0 ? 0 : (counts[cell * ids + now] as number);
    if (n > lead || (n === lead && cluster < now)) best[cell] = cluster;
  }
  return best;
}

/** Members of clusters, by number, ascending. */
export function membersOf(clusters: Values, chosen: ReadonlySet<number>): Uint32Array {
  const found: number[] = [];
  for (let i = 0; i < clusters.length; i++) {
    if (chosen.has(clusters[i] as number)) found.push(i);
  }
  return Uint32Array.from(found);
}

export interface Embedding {
  readonly points: Float32Array;
  readonly n: number;
  /** Cluster of every region, -1 without; null when there are none. */
  readonly clusters: Values | null;
  /** Value of every region that colours the points; null: density or one colour. */
  readonly overlay: Values | null;
  /** Names of the categories that the overlay's values number; none for numbers. */
  readonly levels: readonly string[];
}

/** Arrays of an embedding: `points` (n, 2), `clusters` (n) and `overlay` (n) if there are any. */
export function embeddingOf({ arrays, meta }: DecodedResult): Embedding {
  const points = Float32Array.from(arrays.points?.data ?? []);
  return {
    points,
    n: points.length >> 1,
    clusters: arrays.clusters?.data ?? null,
    overlay: arrays.overlay?.data ?? null,
    levels: (arrays.overlay && meta.overlay?.levels) || [],
  };
}

/** Values of the cloud's points or cells, and where those are. */
export interface Prepared {
  readonly side: number;
  /** Points in sight. */
  readonly n: number;
  readonly asPoints: boolean;
  readonly clusters: Int32Array | null;
  /** What the cells hold: read out in both pictures, and painted as a density. */
  readonly perCell: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** More points than this take too long to paint one by one. */
export const MOST_POINTS = 100_000;

/** What does not change while a hand moves within one part of the map. */
export function prepare(
  data: Embedding,
  bounds: Bounds,
  box: Pick<Box, "width" | "height">,
  drawn: ViewSettings["drawn"],
): Prepared {
  const { points, overlay, levels } = data;
  const n = inSight(points, bounds);
  const side = gridSide(n);
  const cells = cellsOf(points, bounds, side);
  const counts = density(cells, side);
  const asPoints =
    drawn === "auto" ? showsPoints(n, box) : drawn === "points" && n <= MOST_POINTS;
  const perCell =
    overlay === null
      ? counts
      : levels.length > 0
        ? clusterPerCell(cells, overlay, side)
        : meanPerCell(cells, overlay, side);
  return {
    side,
    n,
    asPoints,
    clusters: data.clusters ? clusterPerCell(cells, data.clusters, side) : null,
    perCell,
    values: asPoints ? (overlay ?? perPoint(cells, counts)) : perCell,
  };
}

/**
 * Colours of the cloud: always linear, for `scale` belongs to the maps of the clusters, as
 * `symmetric` does where there are maps. Values on both sides of zero may have mirrored limits.
 */
export function cloudScale(
  { overlay }: Pick<Embedding, "overlay">,
  values: Pick<Shown, "summary">,
  settings: ViewSettings,
  name?: string,
): ColourScale {
  const symmetric = overlay !== null && settings.normalization === "" && settings.symmetric;
  const plain = { ...settings, normalization: "", scale: "linear", symmetric } as const;
  const scale = colourScale(overlay ? "overlay" : "density", values, plain);
  return overlay && name ? { ...scale, unit: name } : scale;
}
