/** The part of an embedding that is shown: zoomed into, moved, and never lost. */

import type { Bounds, Corner } from "./embedding_data";

/** The whole, or the part that a setting names: left, right, bottom, top. */
export function windowOf(all: Bounds, extent: readonly number[]): Bounds {
  const [left, right, bottom, top] = extent;
  if (left === undefined || right === undefined || bottom === undefined || top === undefined) {
    return all;
  }
  return left < right && bottom < top ? { left, right, bottom, top } : all;
}

/** The setting of a part; the whole is no setting. */
export function extentOf({ left, right, bottom, top }: Bounds, all: Bounds): number[] {
  const whole = right - left >= all.right - all.left && top - bottom >= all.top - all.bottom;
  return whole ? [] : [left, right, bottom, top];
}

/** Smallest part: a thousandth of the whole along each side. */
const DEEPEST = 1000;

/**
 * A part `factor` times as wide that keeps the place under a cursor where it is.
 *
 * @param at the cursor, 0 to 1 from the upper left corner
 */
export function zoomed(now: Bounds, all: Bounds, factor: number, [x, y]: Corner): Bounds {
  const [wide, high] = [all.right - all.left, all.top - all.bottom];
  const width = Math.min(Math.max((now.right - now.left) * factor, wide / DEEPEST), wide);
  const height = Math.min(Math.max((now.top - now.bottom) * factor, high / DEEPEST), high);
  const left = now.left + x * (now.right - now.left - width);
  const top = now.top - y * (now.top - now.bottom - height);
  return held({ left, right: left + width, bottom: top - height, top }, all);
}

/** The same part, moved by shares of its own size; the whole stays in reach. */
export function moved(now: Bounds, all: Bounds, [x, y]: Corner): Bounds {
  const dx = x * (now.right - now.left);
  const dy = y * (now.top - now.bottom);
  const { left, right, bottom, top } = now;
  return held({ left: left + dx, right: right + dx, bottom: bottom - dy, top: top - dy }, all);
}

function held({ left, right, bottom, top }: Bounds, all: Bounds): Bounds {
  const x = Math.min(Math.max(left, all.left), all.right - (right - left));
  const y = Math.min(Math.max(bottom, all.bottom), all.top - (top - bottom));
  return { left: x, right: x + (right - left), bottom: y, top: y + (top - bottom) };
}
