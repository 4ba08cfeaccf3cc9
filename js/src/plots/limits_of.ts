/** Limits that a view's picture has at the moment, for views that take its scale. */

import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import type { ViewKind } from "../wire/view";
import { windowOf } from "./cloud_window";
import { matrixOf } from "./contrast";
import { boundsOf, cloudScale, embeddingOf, prepare } from "./embedding_data";
import type { Limits } from "./limits";
import { linesOf, visibleOf, yLimits } from "./lines";
import { colourScale, scaleOf, shown } from "./scale";

/** Where nobody knows how large a cloud is drawn, which decides how its density is counted. */
const BOX = { width: 440, height: 440 };

/** Lowest and highest value of the scale; null for kinds without one to share. */
export function limitsOf(
  kind: ViewKind,
  result: DecodedResult,
  settings: ViewSettings,
): Limits | null {
  const { clip } = settings;
  switch (kind) {
    case "enrichment":
      return null;
    case "profile":
      return yLimits(visibleOf(linesOf(result, settings), settings), settings);
    case "pileup":
    case "stackup": {
      const matrix = matrixOf(result, settings.contrast) ?? result.arrays.image;
      const values = shown(matrix?.data ?? [], { scale: scaleOf(kind, settings), clip });
      const { lo, hi } = colourScale(kind, values, settings);
      return [lo, hi];
    }
    default: {
      const data = embeddingOf(result);
      const bounds = windowOf(boundsOf(data.points), settings.extent);
      const { values } = prepare(data, bounds, BOX, settings.drawn);
      const { lo, hi } = cloudScale(data, shown(values, { scale: "linear", clip }), settings);
      return [lo, hi];
    }
  }
}
