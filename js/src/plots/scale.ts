/** One scale per picture: displayed values, limits in force, map and unit. */

import type { SettingsPatch, ViewSettings } from "../wire/types";
import {
  autoLimits,
  type Limits,
  limitsInForce,
  type Summary,
  summarise,
  toDisplay,
  trackLimits,
  type Values,
} from "./limits";
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

export function shown(values: Values, settings: Pick<ViewSettings, "scale">): Shown {
  const display = toDisplay(values, settings.scale);
  return { values: display, summary: summarise(display) };
}

export function colourScale(
  kind: string,
  { summary }: Pick<Shown, "summary">,
  settings: ViewSettings,
): ColourScale {
  const { normalization, scale, symmetric } = settings;
  const middle = centre(normalization, scale);
  const automatic = autoLimits(summary, symmetric, middle);
  const [lo, hi] = limitsInForce(settings, automatic, middle);
  const track = trackLimits(summary, symmetric, middle);
  return {
    lo,
    hi,
    track: [Math.min(track[0], lo), Math.max(track[1], hi)],
    middle,
    map: mapFor(kind, normalization, settings.cmap),
    unit: unit(kind, normalization, scale),
  };
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
