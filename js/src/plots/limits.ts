/** From values to displayed values, and the limits their colours span. */

import type { Scale } from "../wire/types";
import { rules } from "./rules";

export type Values = ArrayLike<number>;
export type Limits = readonly [lo: number, hi: number];

/** Displayed values; log2 makes non-positive values missing (NaN). Linear ones are not copied. */
export function toDisplay(values: Values, scale: Scale): Values {
  if (scale === "linear") return values;
  const shown = new Float64Array(values.length);
  for (let i = 0; i < shown.length; i++) {
    const value = values[i] as number;
    shown[i] = value > 0 ? Math.log2(value) : Number.NaN;
  }
  return shown;
}

/** Finite values in ascending order. */
export function sortedFinite(values: Values): Float64Array {
  const finite = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isFinite(value)) finite[n++] = value;
  }
  return finite.subarray(0, n).sort();
}

/** Percentile of sorted values, linearly interpolated between neighbours. */
export function percentile(sorted: Float64Array, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(place);
  const lo = sorted[below] as number;
  const hi = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lo + (hi - lo) * (place - below);
}

/** How far an automatic limit keeps from a value it must not equal. */
function stepFrom(value: number): number {
  return Math.abs(value) * rules.widen || 1;
}

/** The limits in order and apart. */
export function widened(lo: number, hi: number): Limits {
  if (lo > hi) return [hi, lo];
  return lo === hi ? [lo - stepFrom(lo), hi + stepFrom(hi)] : [lo, hi];
}

function percentileLimits(
  sorted: Float64Array,
  percents: readonly number[],
  symmetric: boolean,
  middle: number,
): Limits {
  if (sorted.length === 0) return symmetric ? [middle - 1, middle + 1] : [0, 1];
  const lo = percentile(sorted, percents[0] as number);
  const hi = percentile(sorted, percents[1] as number);
  if (!symmetric) return widened(lo, hi);
  const reach = Math.max(Math.abs(lo - middle), Math.abs(hi - middle));
  return widened(middle - reach, middle + reach);
}

/** Automatic limits: the 1 % and 99 % points, or as far on both sides of `middle`. */
export function autoLimits(sorted: Float64Array, symmetric = false, middle = 0): Limits {
  return percentileLimits(sorted, rules.percentiles.limits, symmetric, middle);
}

/** Range of the colour bar's track: the 0.1 % and 99.9 % points. */
export function trackLimits(sorted: Float64Array, symmetric = false, middle = 0): Limits {
  return percentileLimits(sorted, rules.percentiles.track, symmetric, middle);
}

export interface LimitSettings {
  readonly vmin: number | null;
  readonly vmax: number | null;
  readonly symmetric: boolean;
}

/**
 * Limits in force: those a person set, and automatic ones for the rest. With symmetric limits
 * one that is set mirrors itself at `middle`; two that are set are obeyed as they are.
 */
export function limitsInForce(
  { vmin, vmax, symmetric }: LimitSettings,
  automatic: Limits,
  middle: number,
): Limits {
  if (vmin !== null && vmax !== null) return widened(vmin, vmax);
  const set = vmin ?? vmax;
  if (symmetric && set !== null) return widened(set, 2 * middle - set);
  const [lo, hi] = automatic;
  if (vmin !== null) return [vmin, hi > vmin ? hi : vmin + stepFrom(vmin)];
  if (vmax !== null) return [lo < vmax ? lo : vmax - stepFrom(vmax), vmax];
  return automatic;
}
