/** From values to displayed values, and the limits their colours span. */

import type { Scale } from "../wire/settings";
import { percentiles } from "./percentiles";
import { rules } from "./rules";

export type Values = ArrayLike<number>;
export type Limits = readonly [lo: number, hi: number];

/** Displayed values of those that are at least so much; all others are missing (NaN). */
function displayed(values: Values, scale: Scale, least: number): Values {
  const shown = new Float64Array(values.length);
  for (let i = 0; i < shown.length; i++) {
    const value = values[i] as number;
    shown[i] = value >= least ? (scale === "log2" ? Math.log2(value) : value) : Number.NaN;
  }
  return shown;
}

/** Displayed values; log2 makes non-positive values missing (NaN). Linear ones are not copied. */
export function toDisplay(values: Values, scale: Scale): Values {
  return scale === "linear" ? values : displayed(values, scale, Number.MIN_VALUE);
}

/**
 * Displayed values of cells that get a colour. A zero has no logarithm, but it is no missing
 * value either: at −∞ it lies below all limits and takes the lowest colour.
 */
export function toCells(values: Values, scale: Scale): Values {
  if (scale === "log2") return displayed(values, scale, 0);
  const below = (values as readonly number[]).includes(Number.NEGATIVE_INFINITY);
  return below ? displayed(values, scale, -Number.MAX_VALUE) : values;
}

/** What the finite values of a picture are like. */
export interface Summary {
  readonly count: number;
  /** Values at −∞: zeros of a logarithmic picture. */
  readonly zeros: number;
  readonly min: number;
  readonly max: number;
  readonly median: number;
  /** Percentiles of automatic limits and of the colour bar's track. */
  readonly limits: Limits;
  readonly track: Limits;
}

const EMPTY: Summary = {
  count: 0,
  zeros: 0,
  min: Number.NaN,
  max: Number.NaN,
  median: Number.NaN,
  limits: [0, 1],
  track: [0, 1],
};

/**
 * Order statistics without sorting everything: a large map is summarised in a few passes.
 *
 * @param clip percent of the values beyond each automatic limit
 */
export function summarise(
  values: Values,
  clip = rules.percentiles.limits[0] as number,
): Summary {
  const finite = new Float64Array(values.length);
  let count = 0;
  let zeros = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    // true for NaN and infinities too
    if (!(value - value === 0)) {
      if (value === Number.NEGATIVE_INFINITY) zeros++;
      continue;
    }
    finite[count++] = value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return { ...EMPTY, zeros };
  const kept = finite.subarray(0, count);
  const [least, most] = rules.percentiles.track as [number, number];
  const from = Math.min(least, clip);
  const to = Math.max(most, 100 - clip);
  const found = percentiles(kept, [from, clip, 50, 100 - clip, to]);
  const [p0, p1, p2, p3, p4] = found as [number, number, number, number, number];
  return { count, zeros, min, max, median: p2, limits: [p1, p3], track: [p0, p4] };
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

function arranged(count: number, [lo, hi]: Limits, symmetric: boolean, middle: number): Limits {
  if (!symmetric) return count === 0 ? [0, 1] : widened(lo, hi);
  if (count === 0) return [middle - 1, middle + 1];
  const reach = Math.max(Math.abs(lo - middle), Math.abs(hi - middle));
  return widened(middle - reach, middle + reach);
}

/** Automatic limits: by percentiles, or as far on both sides of `middle`. */
export function autoLimits(
  { count, limits }: Pick<Summary, "count" | "limits">,
  symmetric = false,
  middle = 0,
): Limits {
  return arranged(count, limits, symmetric, middle);
}

/** Range of the colour bar's track: the 0.1 % and 99.9 % points. */
export function trackLimits(
  { count, track }: Pick<Summary, "count" | "track">,
  symmetric = false,
  middle = 0,
): Limits {
  return arranged(count, track, symmetric, middle);
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
