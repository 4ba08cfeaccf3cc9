/** From a hand that goes down along a stackup to the regions of its rows. */

import type { DecodedResult, RowWindow } from "../wire/result";
import { placeAt } from "./row_lines";

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

/** The region at a share of the map's height; null without any. */
export function regionAt(
  { arrays }: DecodedResult,
  window: RowWindow,
  share: number,
): number | null {
  const { order } = arrays;
  if (!order || window.edges.length < 2) return null;
  // one line of the picture may be the mean of many regions
  const place = Math.min(Math.floor(placeAt(window, share)), window.after - 1);
  return order.data[place] ?? null;
}

/** Row numbers of the regions in these lines, ascending; null without any. */
export function brushed(
  { arrays }: DecodedResult,
  edges: Int32Array,
  [first, after]: readonly [number, number],
): Uint32Array | null {
  const { order } = arrays;
  if (!order) return null;
  const from = edges[first] ?? 0;
  const to = edges[after] ?? order.data.length;
  const rows = Uint32Array.from(order.data.slice(from, to)).sort();
  return rows.length > 0 ? rows : null;
}
