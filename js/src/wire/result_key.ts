/** Name of a result among those embedded in a page; Python builds the same text. */

import type { ViewSettings } from "./settings";
import type { ViewKind } from "./view";

export function resultKey(kind: ViewKind, settings: ViewSettings): string {
  const parts = {
    features: settings.features.join(","),
    flank: settings.flank ?? "",
    bin: settings.binsize ?? settings.bin_percent ?? "",
    normalization: settings.normalization,
    side: settings.side,
    sort: escaped(settings.sort_by),
    asc: kind === "stackup" ? (settings.ascending ? "1" : "0") : "",
    ...(kind === "stackup" ? orderParts(settings) : {}),
    ...(settings.n_clusters > 0
      ? { clusters: settings.n_clusters, overlay: settings.overlay }
      : {}),
    ...(settings.versus.length > 0 ? { versus: settings.versus.join(",") } : {}),
    ...(settings.band === "quartiles" ? { band: "quartiles" } : {}),
  };
  const text = Object.entries(parts).map(([name, value]) => `${name}=${value}`);
  return [kind, ...text].join(";");
}

const escaped = (text: string): string => text.replaceAll(";", "%3B");

/** What else decides the order and the blocks of a stackup's rows. */
function orderParts(settings: ViewSettings): Record<string, string | number> {
  const { sort_by, sort_track, sort_seed, group_by } = settings;
  const clusters = `${settings.group_clusters},${settings.group_binsize ?? ""}`;
  return {
    track: sort_track,
    seed: sort_by === "random" ? sort_seed : "",
    groups: escaped(group_by),
    of: group_by.startsWith("clusters:") ? clusters : "",
  };
}
