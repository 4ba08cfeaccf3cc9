/** Where bins lie along the genome, and how that is written. */

import type { Axis } from "../wire/result";
import { textWidth } from "./layout";
import { formatBp, formatOffset, formatPercent } from "./texts";

export interface AxisTick {
  /** 0 at the first bin's outer edge, 1 at the last one's. */
  readonly at: number;
  readonly text: string;
  /** The point itself, or a boundary of the region: marked across the plot. */
  readonly mark: boolean;
}

/**
 * Whether bins are centred on multiples of the bin size. A map's middle bin holds the point;
 * the bins of signals meet at it.
 */
export type BinStyle = "centred" | "meeting";

/** bp offset or percent of the region at a place given in bins from the outer left edge. */
export function placeAt(axis: Axis, bins: number, style: BinStyle): number {
  if (axis.mode === "interval") return bins * axis.bin_percent - 100 * axis.expansion;
  if (style === "centred") return (bins - axis.size / 2) * axis.binsize;
  return bins * axis.binsize - axis.flank[0];
}

/** The inverse of `placeAt`, as a fraction of the axis. */
export function fractionOf(axis: Axis, place: number, style: BinStyle): number {
  if (axis.mode === "interval") {
    return (place + 100 * axis.expansion) / axis.bin_percent / axis.size;
  }
  const bins =
    style === "centred"
      ? place / axis.binsize + axis.size / 2
      : (place + axis.flank[0]) / axis.binsize;
  return bins / axis.size;
}

/** Ticks that fit into so many pixels; one entry per label, from left to right. */
export function axisTicks(axis: Axis, style: BinStyle, length: number): AxisTick[] {
  const tick = (place: number, text: string, mark = false): AxisTick => ({
    at: fractionOf(axis, place, style),
    text,
    mark,
  });
  if (axis.mode === "interval") {
    const ends = [tick(0, "Start", true), tick(100, "End", true)];
    if (length < 240) return ends;
    return [ends[0] as AxisTick, tick(50, formatPercent(50)), ends[1] as AxisTick];
  }
  const half = Math.floor(axis.size / 2) * axis.binsize;
  const [up, down] = style === "centred" ? [half, half] : axis.flank;
  const places = length < 360 ? [-up, 0, down] : [-up, -up / 2, 0, down / 2, down];
  return places
    .filter((place, i) => i === 0 || place !== places[i - 1])
    .map((place) => tick(place, formatOffset(place), place === 0));
}

/** Where a label hangs so that it stays within its axis. */
export function anchor(at: number): "start" | "middle" | "end" {
  return at < 0.1 ? "start" : at > 0.9 ? "end" : "middle";
}

/**
 * Ticks of which those without room for their label have none: ends and marks go first. One end
 * alone would read as a place of its own; where both are as far away, the middle says so.
 */
export function fitting(ticks: readonly AxisTick[], length: number): AxisTick[] {
  const kept: [from: number, to: number][] = [];
  const last = ticks.length - 1;
  const rank = (i: number) => (i === 0 || i === last ? 0 : ticks[i]?.mark ? 1 : 2);
  const order = ticks.map((_, i) => i).sort((a, b) => rank(a) - rank(b));
  const fits = new Set(
    order.filter((i) => {
      const { at, text } = ticks[i] as AxisTick;
      const width = textWidth(text);
      const from = at * length - { start: 0, middle: width / 2, end: width }[anchor(at)];
      const free = kept.every(([left, right]) => from > right + 4 || from + width < left - 4);
      if (free) kept.push([from, from + width]);
      return free;
    }),
  );
  const far = ticks[0]?.text.slice(1);
  const both = !fits.has(last) && far === ticks[last]?.text.slice(1);
  return ticks.map((tick, i) => {
    const text = both ? (tick.mark ? `±${far}` : "") : fits.has(i) ? tick.text : "";
    return { ...tick, text };
  });
}

/** Middle of a bin: “−120 kb”, “+37.5 kb”, “45 %”. */
export function binText(axis: Axis, bin: number, style: BinStyle): string {
  const place = placeAt(axis, bin + 0.5, style);
  return axis.mode === "interval" ? formatPercent(place) : formatOffset(place);
}

/** What the axis spans, for the sentence that describes a picture. */
export function axisSentence(axis: Axis): string {
  if (axis.mode === "interval") {
    const outside = formatPercent(100 * axis.expansion);
    return `start to end and ${outside} on each side in bins of ${formatPercent(axis.bin_percent)}`;
  }
  const [up, down] = axis.flank;
  const span =
    up === down ? `±${formatBp(up)}` : `${formatOffset(-up)} to ${formatOffset(down)}`;
  return `${span} in bins of ${formatBp(axis.binsize)}`;
}
