/** Name of a result among those embedded in a page; Python builds the same text. */

import type { ViewKind, ViewSettings } from "./types";

export function resultKey(kind: ViewKind, settings: ViewSettings): string {
  const parts = {
    features: settings.features.join(","),
    flank: settings.flank ?? "",
    bin: settings.binsize ?? settings.bin_percent ?? "",
    normalization: settings.normalization,
    side: settings.side,
    sort: settings.sort_by,
    asc: kind === "stackup" ? (settings.ascending ? "1" : "0") : "",
    ...(settings.n_clusters > 0
      ? { clusters: settings.n_clusters, overlay: settings.overlay }
      : {}),
    ...(settings.versus.length > 0 ? { versus: settings.versus.join(",") } : {}),
    ...(settings.band === "quartiles" ? { band: "quartiles" } : {}),
  };
  const text = Object.entries(parts).map(([name, value]) => `${name}=${value}`);
  return [kind, ...text].join(";");
}
