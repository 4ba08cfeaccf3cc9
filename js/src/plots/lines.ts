/** Lines and bands as SVG paths, with gaps where there is no data. */

import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { type Limits, limitsInForce, toDisplay, type Values, widened } from "./limits";
import { categories, dashes } from "./rules";
import { niceLimits } from "./texts";

export interface Line {
  readonly id: string;
  readonly name: string;
  readonly mean: Values;
  readonly low: Values | null;
  readonly high: Values | null;
  readonly count: Values | null;
  readonly colour: string;
  readonly dash: string;
}

/** Colours repeat after all categories, with another dash. */
export function lineStyle(i: number): { colour: string; dash: string } {
  const colour = categories[i % categories.length] as string;
  const dash = dashes[Math.floor(i / categories.length) % dashes.length] as string;
  // black has no place on a dark ground; it takes the colour of the text
  return { colour: colour === "#000000" ? "currentColor" : colour, dash };
}

/** Every finite value brought to 0…1 by the range of `by`; a flat line lies at 0. */
export function normalise(values: Values, by: Values): Float64Array {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < by.length; i++) {
    const value = by[i] as number;
    if (!Number.isFinite(value)) continue;
    lo = Math.min(lo, value);
    hi = Math.max(hi, value);
  }
  const span = hi - lo || 1;
  return Float64Array.from(
    { length: values.length },
    (_, i) => ((values[i] as number) - lo) / span,
  );
}

/** Lines of a result in displayed units. */
export function linesOf(result: DecodedResult, settings: ViewSettings): Line[] {
  const bins = result.meta.axis.size;
  const row = (name: string, track: number): Values | null => {
    const array = result.arrays[name];
    return array ? array.data.subarray(track * bins, (track + 1) * bins) : null;
  };
  return (result.meta.tracks ?? []).map(({ id, name, short }, track) => {
    const mean = toDisplay(row("mean", track) ?? [], settings.scale);
    const display = (edge: string): Values | null => {
      if (settings.band === "none") return null;
      const values = row(edge, track);
      if (values === null) return null;
      const shown = toDisplay(values, settings.scale);
      return settings.normalized ? normalise(shown, mean) : shown;
    };
    return {
      id,
      name: short ?? name,
      mean: settings.normalized ? normalise(mean, mean) : mean,
      low: display("low"),
      high: display("high"),
      count: row("count", track),
      ...lineStyle(track),
    };
  });
}

/** The lines that are drawn; the others keep their colours and names. */
export function visibleOf(
  lines: readonly Line[],
  { hidden }: Pick<ViewSettings, "hidden">,
): readonly Line[] {
  return hidden.length === 0 ? lines : lines.filter(({ id }) => !hidden.includes(id));
}

/** Range of y that shows all of these lines, between round numbers. */
export function dataRange(lines: readonly Line[]): Limits {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { mean, low, high } of lines) {
    for (const values of [mean, low, high]) {
      for (let i = 0; values !== null && i < values.length; i++) {
        const value = values[i] as number;
        if (!Number.isFinite(value)) continue;
        lo = Math.min(lo, value);
        hi = Math.max(hi, value);
      }
    }
  }
  if (lo > hi) return [0, 1];
  return niceLimits(...widened(lo, hi));
}

/** Limits of y in force: those a person set, automatic ones for the rest. */
export function yLimits(
  lines: readonly Line[],
  { vmin, vmax }: Pick<ViewSettings, "vmin" | "vmax">,
): Limits {
  return limitsInForce({ vmin, vmax, symmetric: false }, dataRange(lines), 0);
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** Runs of neighbouring bins in which all of these have data: [first, last]. */
export function runs(...series: readonly Values[]): [number, number][] {
  const found: [number, number][] = [];
  const n = series[0]?.length ?? 0;
  let start = -1;
  for (let i = 0; i <= n; i++) {
    const present = i < n && series.every((values) => Number.isFinite(values[i] as number));
    if (present && start < 0) start = i;
    if (!present && start >= 0) {
      found.push([start, i - 1]);
      start = -1;
    }
  }
  return found;
}

/** Path through the data; a lone bin between gaps becomes a short stroke. */
export function linePath(
  values: Values,
  x: (bin: number) => number,
  y: (value: number) => number,
): string {
  return runs(values)
    .map(([first, last]) => {
      if (first === last) {
        const at = x(first);
        const level = short(y(values[first] as number));
        return `M${short(at - 1)} ${level}H${short(at + 1)}`;
      }
      let path = "";
      for (let i = first; i <= last; i++) {
        path += `${i === first ? "M" : "L"}${short(x(i))} ${short(y(values[i] as number))}`;
      }
      return path;
    })
    .join("");
}

/** Closed area between two curves. */
export function bandPath(
  low: Values,
  high: Values,
  x: (bin: number) => number,
  y: (value: number) => number,
): string {
  return runs(low, high)
    .map(([first, last]) => {
      let path = "";
      for (let i = first; i <= last; i++) {
        path += `${i === first ? "M" : "L"}${short(x(i))} ${short(y(high[i] as number))}`;
      }
      for (let i = last; i >= first; i--) {
        path += `L${short(x(i))} ${short(y(low[i] as number))}`;
      }
      return `${path}Z`;
    })
    .join("");
}

/** Number of the last bin with data; -1 when there is none. */
export function lastBin(values: Values): number {
  for (let i = values.length - 1; i >= 0; i--) {
    if (Number.isFinite(values[i] as number)) return i;
  }
  return -1;
}
