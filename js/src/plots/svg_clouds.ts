/** Embeddings as SVG. */

import type { DecodedResult, ViewSettings } from "../wire/types";
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
import { embeddingLayout, type Size } from "./layout";
import { colourIndex } from "./paint";
import { cssColour } from "./rules";
import { shown } from "./scale";
import { colourBar, frame, n } from "./svg_parts";

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
