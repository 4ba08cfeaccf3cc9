/** Parts of a stackup that the screen and exported figures share. */

import type { AxisTick } from "./axis";
import type { Limits, Values } from "./limits";
import { dataRange } from "./lines";
import { formatCount } from "./texts";

/** First and last region's number along the rows. */
export function rowTicks(total: number): AxisTick[] {
  if (total < 1) return [];
  const first = { at: 0, text: "1", mark: false };
  return total === 1 ? [first] : [first, { at: 1, text: formatCount(total), mark: false }];
}

/** Range of the small profile above: its own values, so that its shape is seen. */
export function profileRange(values: Values): Limits {
  const line = { mean: values, low: null, high: null, count: null };
  return dataRange([{ ...line, id: "", name: "", colour: "", dash: "" }]);
}
