/** From a hand that goes down along a stackup to the regions of its rows. */

import type { DecodedResult } from "../wire/types";

export interface Brush {
  /** CSS px from the top of the map. */
  readonly from: number;
  readonly to: number;
}

/** Below this many pixels a drag is a click. */
const LEAST_DRAG = 4;

/** First image row under the brush and the one after the last; null for a click. */
export function brushOf(
  { from, to }: Brush,
  height: number,
  rows: number,
): readonly [first: number, after: number] | null {
  if (Math.abs(to - from) < LEAST_DRAG || rows === 0) return null;
  const row = (at: number) => (at / height) * rows;
  const first = Math.min(Math.floor(row(Math.min(from, to))), rows - 1);
  const after = Math.max(Math.ceil(row(Math.max(from, to))), first + 1);
  return [first, Math.min(after, rows)];
}

/** The region at a place along the map; null without any. */
export function regionAt(
  { arrays }: DecodedResult,
  at: number,
  height: number,
  rows: number,
): number | null {
  const { order, row_edges: edges } = arrays;
  if (!order || !edges || rows === 0) return null;
  const place = Math.min(Math.max((at / height) * rows, 0), rows - 1e-6);
  const line = Math.floor(place);
  const from = edges.data[line] ?? 0;
  const to = edges.data[line + 1] ?? order.data.length;
  // one line of the picture may be the mean of many regions
  const within = Math.min(Math.floor((place - line) * (to - from)), to - from - 1);
  return order.data[from + within] ?? null;
}

/** Row numbers of the regions in these image rows, ascending; null without any. */
export function brushed(
  { arrays }: DecodedResult,
  [first, after]: readonly [number, number],
): Uint32Array | null {
  const { order, row_edges: edges } = arrays;
  if (!order || !edges) return null;
  const from = edges.data[first] ?? 0;
  const to = edges.data[after] ?? order.data.length;
  const rows = Uint32Array.from(order.data.slice(from, to)).sort();
  return rows.length > 0 ? rows : null;
}
