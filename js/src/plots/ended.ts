/** Scales whose infinite values have a place of their own, beyond the last finite number. */

import type { Limits } from "./limits";
import { ticks } from "./texts";

/** Room for infinite values at an end of an axis, in CSS px; less on a short one. */
const LANE = 20;

export interface Ended {
  readonly at: (value: number) => number;
  /** Round numbers, and −∞ and ∞ where there are such values. */
  readonly ticks: readonly number[];
  /** How long the point of an arrow at an end is. */
  readonly point: number;
}

/** A scale from one place to another that holds these values, the finite ones in the range. */
export function ended(
  [lo, hi]: Limits,
  values: ArrayLike<number>,
  [from, to]: readonly [number, number],
  count: number,
): Ended {
  const lane = Math.min(LANE, Math.abs(to - from) / 6);
  const ends = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map((end) =>
    Array.prototype.includes.call(values, end) ? [end] : [],
  );
  const [less = [], more = []] = ends;
  const inward = Math.sign(to - from) * lane;
  const first = from + less.length * inward;
  const last = to - more.length * inward;
  return {
    at: (value) =>
      Number.isFinite(value)
        ? first + ((value - lo) / (hi - lo)) * (last - first)
        : value < 0
          ? from
          : to,
    ticks: [...less, ...ticks(lo, hi, count), ...more],
    point: lane / 2,
  };
}

/** Which way an arrowhead points: right, left or up. */
export type Way = readonly [x: number, y: number];

/** An arrowhead about a place, in place of the dot of a value that the axis cannot reach. */
export function arrowhead(x: number, y: number, [dx, dy]: Way, r: number): string {
  const corner = (side: number): string =>
    `${x - r * (dx + side * dy)} ${y - r * (dy - side * dx)}`;
  return `M${x + r * dx} ${y + r * dy}L${corner(1)}L${corner(-1)}z`;
}

/** A bar from zero to an end of its axis, where it becomes an arrow. */
export function arrowBar(
  x: number,
  width: number,
  zero: number,
  end: number,
  point: number,
): string {
  const back = Math.sign(zero - end) * point;
  return `M${x} ${zero}V${end + back}l${width / 2} ${-back}l${width / 2} ${back}V${zero}z`;
}
