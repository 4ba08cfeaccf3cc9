/** Embeddings and enrichments as SVG. */

import type { DecodedResult, ViewSettings } from "../wire/types";
import { axisTicks, binText } from "./axis";
import {
  boundsOf,
  cellsOf,
  cloudScale,
  density,
  embeddingOf,
  gridSide,
  meanPerCell,
  perPoint,
  placed,
  showsPoints,
} from "./embedding_data";
import {
  firstPosition,
  oddsRange,
  positions,
  ranked,
  SIGNIFICANT,
  strongest,
} from "./enrichment_data";
import { embeddingLayout, enrichmentLayout, ROW, type Size } from "./layout";
import type { Limits } from "./limits";
import { colourIndex } from "./paint";
import { categories, cssColour } from "./rules";
import { shown } from "./scale";
import { bottomAxis, colourBar, frame, hair, n, textAt, verticalText } from "./svg_parts";
import { ticks, tickTexts } from "./texts";

export function enrichment(
  result: DecodedResult,
  _settings: ViewSettings,
  size: Size,
  position?: number,
): string {
  const bins = positions(result);
  const bin = position ?? firstPosition(result.meta.axis, bins);
  const members = ranked(result, bin);
  const { bars, list, names } = enrichmentLayout(
    size,
    members.map((member) => member.name),
  );
  const tops = strongest(result);
  const held = (value: number, [lo, hi]: Limits) => Math.min(Math.max(value, lo), hi);
  const range = oddsRange(tops);
  const y = (value: number) =>
    bars.y + (1 - (held(value, range) - range[0]) / (range[1] - range[0])) * bars.height;
  const step = bars.width / Math.max(bins, 1);
  const parts = Array.from(tops, (value, i) => {
    if (Number.isNaN(value)) return "";
    const [from, to] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
    const fill = i === bin ? categories[0] : "#999";
    return `<path fill="${fill}" d="M${n(bars.x + i * step)} ${n(from)}h${n(step * 0.9)}V${n(to)}h${n(-step * 0.9)}z"/>`;
  });
  const yTicks = ticks(...range, 3);
  for (const [i, text] of tickTexts(yTicks).entries()) {
    const at = y(yTicks[i] as number);
    parts.push(hair(bars.x - 4, at, bars.x, at), textAt(bars.x - 8, at + 4, text, "end"));
  }
  parts.push(
    hair(bars.x, y(0), bars.x + bars.width, y(0)),
    bottomAxis(bars, axisTicks(result.meta.axis, "meeting", bars.width)),
    verticalText(10, bars.y + bars.height / 2, "log2 odds"),
  );
  const span = oddsRange(members.map((member) => member.log2));
  const x = (value: number) =>
    list.x + ((held(value, span) - span[0]) / (span[1] - span[0])) * list.width;
  const shownMembers = members.slice(0, Math.floor(list.height / ROW));
  const left = members.length - shownMembers.length;
  const where = binText(result.meta.axis, bin, "meeting");
  const more = left > 0 ? `, ${left} weaker ones not shown` : "";
  parts.push(
    textAt(0, list.y - 8, `Region sets at ${where}, filled: q < ${SIGNIFICANT}${more}`),
  );
  for (const [i, { name, log2, q }] of shownMembers.entries()) {
    const at = list.y + (i + 0.5) * ROW;
    parts.push(textAt(names, at + 4, name, "end"));
    if (Number.isNaN(log2)) continue;
    const fill = q < SIGNIFICANT ? categories[0] : "#fff";
    parts.push(
      hair(x(0), at, x(log2), at),
      `<circle cx="${n(x(log2))}" cy="${n(at)}" r="4" fill="${fill}" stroke="${categories[0]}" stroke-width="1.5"/>`,
    );
  }
  const bottom = list.y + list.height;
  parts.push(
    hair(x(0), list.y, x(0), bottom),
    hair(list.x, bottom, list.x + list.width, bottom),
    textAt(names, bottom + 16, "log2 odds ratio", "end"),
  );
  const xTicks = ticks(...span, 5);
  for (const [i, text] of tickTexts(xTicks).entries()) {
    const at = x(xTicks[i] as number);
    parts.push(hair(at, bottom, at, bottom + 4), textAt(at, bottom + 16, text, "middle"));
  }
  return parts.join("");
}

export function embedding(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const data = embeddingOf(result);
  const { map, bar } = embeddingLayout(size, false);
  const bounds = boundsOf(data.points);
  const side = gridSide(data.n);
  const cellOf = cellsOf(data.points, bounds, side);
  const counts = density(cellOf, side);
  const asPoints = showsPoints(data.n, map);
  const perCell = data.overlay ? meanPerCell(cellOf, data.overlay, side) : counts;
  const raw = asPoints ? (data.overlay ?? perPoint(cellOf, counts)) : perCell;
  const values = shown(raw, { scale: "linear" });
  const scale = cloudScale(data, values, settings);
  const colour = (value: number) =>
    Number.isFinite(value)
      ? cssColour(scale.map, colourIndex(value, scale.lo, scale.hi))
      : "#9e9e9e";
  const parts: string[] = [];
  if (asPoints) {
    const at = placed(data.points, bounds, map);
    for (let i = 0; i < data.n; i++) {
      const [x, y] = [at[2 * i] as number, at[2 * i + 1] as number];
      if (Number.isNaN(x) || Number.isNaN(y)) continue;
      parts.push(
        `<circle cx="${n(map.x + x)}" cy="${n(map.y + y)}" r="2" fill="${colour(values.values[i] as number)}"/>`,
      );
    }
  } else {
    const step = map.width / side;
    for (let i = 0; i < side * side; i++) {
      const value = values.values[i] as number;
      if (!Number.isFinite(value)) continue;
      const [x, y] = [map.x + (i % side) * step, map.y + Math.floor(i / side) * step];
      parts.push(
        `<path shape-rendering="crispEdges" fill="${colour(value)}" d="M${n(x)} ${n(y)}h${n(step)}v${n(step)}h${n(-step)}z"/>`,
      );
    }
  }
  return [parts.join(""), frame(map), colourBar(scale, bar)].join("");
}
