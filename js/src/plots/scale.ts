/** One scale per picture: displayed values, limits in force, map and unit. */

import type { Scale, SettingsPatch, ViewSettings } from "../wire/settings";
import {
  autoLimits,
  type Limits,
  limitsInForce,
  type Summary,
  summarise,
  toCells,
  trackLimits,
  type Values,
} from "./limits";
import { percentiles } from "./percentiles";
import { centre, mapFor, unit } from "./rules";

/** What depends on the values alone; worth keeping while limits change. */
export interface Shown {
  readonly values: Values;
  readonly summary: Summary;
}

export interface ColourScale {
  readonly lo: number;
  readonly hi: number;
  /** Range of the colour bar; contains the limits. */
  readonly track: Limits;
  readonly middle: number;
  readonly map: string;
  readonly unit: string;
}

export function shown(
  values: Values,
  { scale, clip }: Pick<ViewSettings, "scale" | "clip">,
): Shown {
  const display = toCells(values, scale);
  return { values: display, summary: summarise(display, clip) };
}

/** The value that so many percent of the shown values lie below. */
export function valueAt({ values }: Pick<Shown, "values">, percent: number): number {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  return finite.length === 0 ? Number.NaN : (percentiles(finite, [percent])[0] as number);
}

export function colourScale(
  kind: string,
  { summary }: Pick<Shown, "summary">,
  settings: ViewSettings,
): ColourScale {
  const { symmetric } = settings;
  const variant = variantOf(kind, settings);
  const scale = scaleOf(kind, settings);
  const middle = centre(variant, scale);
  const automatic = autoLimits(summary, symmetric, middle);
  const [lo, hi] = limitsInForce(settings, automatic, middle);
  const track = trackLimits(summary, symmetric, middle);
  return {
    lo,
    hi,
    track: [Math.min(track[0], lo), Math.max(track[1], hi)],
    middle,
    map: mapFor(kind, variant, settings.cmap),
    unit: unit(kind, variant, scale),
  };
}

/** What decides about colours and units: the normalization, or the contrast of two averages. */
export function variantOf(kind: string, settings: ViewSettings): string {
  const compared = kind === "pileup" && settings.versus.length > 0;
  return compared ? settings.contrast : settings.normalization;
}

/** Differences have no logarithm. */
export function scaleOf(kind: string, settings: ViewSettings): Scale {
  return variantOf(kind, settings) === "difference" ? "linear" : settings.scale;
}

export type End = "lo" | "hi";

/**
 * The change of settings when one limit is set (null: automatic). Symmetric limits keep only
 * the one that was touched; the other mirrors it.
 */
export function limitPatch(end: End, value: number | null, symmetric: boolean): SettingsPatch {
  if (end === "lo") return symmetric ? { vmin: value, vmax: null } : { vmin: value };
  return symmetric ? { vmin: null, vmax: value } : { vmax: value };
}

/** A dragged value without digits that no hand can aim at: about 1/500 of the range. */
export function roundedTo(value: number, range: number): number {
  const power = Math.floor(Math.log10(range / 200));
  return power >= 0
    ? Math.round(value / 10 ** power) * 10 ** power
    : Math.round(value * 10 ** -power) / 10 ** -power;
}
