/** Embeddings as SVG. */

import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { levelColour } from "./cloud_colours";
import { windowOf } from "./cloud_window";
import { boundsOf, cloudScale, embeddingOf, placed, prepare } from "./embedding_data";
import { embeddingLayout, type Size } from "./layout";
import { colourIndex } from "./paint";
import { cssColour } from "./rules";
import { shown } from "./scale";
import { colourBar, frame, n, textAt } from "./svg_parts";

export function embedding(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const data = embeddingOf(result);
  const { levels } = data;
  const { map, bar, card } = embeddingLayout(size, levels.length > 0);
  const bounds = windowOf(boundsOf(data.points), settings.extent);
  const { side, asPoints, values: raw } = prepare(data, bounds, map, settings.drawn);
  const values = shown(raw, { scale: "linear", clip: settings.clip });
  const scale = cloudScale(data, values, settings, result.meta.overlay?.name);
  const colour = (value: number) =>
    !(value >= 0) && levels.length > 0
      ? "#9e9e9e"
      : levels.length > 0
        ? levelColour(value)
        : Number.isFinite(value)
          ? cssColour(scale.map, colourIndex(value, scale.lo, scale.hi))
          : "#9e9e9e";
  const parts: string[] = [];
  if (asPoints) {
    const at = placed(data.points, bounds, map);
    for (let i = 0; i < data.n; i++) {
      const [x, y] = [at[2 * i] as number, at[2 * i + 1] as number];
      if (!(x >= 0 && x <= map.width && y >= 0 && y <= map.height)) continue;
      parts.push(
        `<circle cx="${n(map.x + x)}" cy="${n(map.y + y)}" r="2" fill="${colour(values.values[i] as number)}"/>`,
      );
    }
  } else {
    const step = map.width / side;
    for (let i = 0; i < side * side; i++) {
      const value = values.values[i] as number;
      if (!Number.isFinite(value) || (levels.length > 0 && value < 0)) continue;
      const [x, y] = [map.x + (i % side) * step, map.y + Math.floor(i / side) * step];
      parts.push(
        `<path shape-rendering="crispEdges" fill="${colour(value)}" d="M${n(x)} ${n(y)}h${n(step)}v${n(step)}h${n(-step)}z"/>`,
      );
    }
  }
  parts.push(frame(map));
  if (levels.length === 0) return [...parts, colourBar(scale, bar)].join("");
  const x = card?.x ?? map.x;
  const names = levels.slice(0, Math.floor(map.height / LINE));
  for (const [i, level] of names.entries()) {
    const y = map.y + (i + 0.5) * LINE;
    parts.push(
      `<circle cx="${n(x + 4)}" cy="${n(y)}" r="4" fill="${levelColour(i)}"/>`,
      textAt(x + 13, y + 4, level),
    );
  }
  return parts.join("");
}

/** Height of a name in a legend. */
const LINE = 16;
