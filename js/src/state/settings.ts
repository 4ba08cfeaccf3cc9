/** What follows from a change of settings, and which changes need another result. */

import type { SettingsPatch, ViewSettings } from "../wire/settings";
import type { Shared, Shares, ViewFacts } from "../wire/view";

/** Settings that decide which result is shown; all others only change how. */
export const ASKED = [
  "features",
  "flank",
  "binsize",
  "bin_percent",
  "side",
  "normalization",
  "sort_by",
  "ascending",
  "sort_track",
  "sort_seed",
  "group_by",
  "group_clusters",
  "group_binsize",
  "n_clusters",
  "overlay",
  "versus",
] as const satisfies readonly (keyof ViewSettings)[];

/** Quartiles are another question; the usual band comes with every answer. */
export function asksAgain(patch: SettingsPatch, { band }: Pick<ViewSettings, "band">): boolean {
  const quartiles = patch.band === "quartiles" || (patch.band && band === "quartiles");
  return quartiles === true || ASKED.some((name) => patch[name] !== undefined);
}

/** The part of a patch that changes anything; null if there is none. */
export function effective<T extends object>(patch: Partial<T>, now: T): Partial<T> | null {
  const news = Object.entries(patch).filter(
    ([name, value]) => value !== undefined && !sameSetting(value, now[name as keyof T]),
  );
  return news.length === 0 ? null : (Object.fromEntries(news) as Partial<T>);
}

export function sameSetting(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => item === b[i]);
  }
  return Object.is(a, b);
}

/** Limits in one unit mean nothing in another, so they become automatic with the unit. */
export function withConsequences(
  patch: SettingsPatch,
  now: Pick<ViewSettings, "normalization" | "versus">,
): SettingsPatch {
  const automatic: SettingsPatch = { vmin: null, vmax: null };
  const { normalization = now.normalization, versus = now.versus } = patch;
  const compared = patch.versus !== undefined && normalization !== "";
  if (patch.normalization !== undefined || compared) {
    const symmetric = normalization === "oe" || versus.length > 0;
    return { ...automatic, cmap: "", symmetric, ...patch };
  }
  const { scale, normalized, contrast, overlay } = patch;
  if ([scale, normalized, contrast, overlay].some((one) => one !== undefined)) {
    return { ...automatic, ...patch };
  }
  return patch;
}

const GIVEN: Readonly<Record<Shared, readonly (keyof ViewSettings)[]>> = {
  scale: ["vmin", "vmax", "cmap", "scale", "symmetric", "normalization", "normalized"],
  order: ["sort_by", "ascending", "sort_track", "sort_seed"],
};

/** Settings of a stackup that group its rows by the clusters of this embedding; null if none. */
export function groupsLike(embedding: ViewSettings): SettingsPatch | null {
  const { n_clusters, features, binsize, normalization } = embedding;
  if (n_clusters === 0 || features.length === 0) return null;
  // rows are grouped by maps over expected
  if (normalization !== "" && normalization !== "oe") return null;
  const group_by = `clusters:${features.join(",")}`;
  return { group_by, group_clusters: n_clusters, group_binsize: binsize };
}

/** Why a view that takes from another cannot be changed so, as a sentence; "" if it can. */
export function takenFrom(patch: SettingsPatch, shares: Shares): string {
  for (const shared of ["scale", "order"] as const) {
    const share = shares[shared];
    if (share?.role !== "recipient" || !GIVEN[shared].some((name) => name in patch)) continue;
    return `“${share.names[0] ?? ""}” gives the ${shared}; change it there, or release it in the menu.`;
  }
  return "";
}

/** `drawn`, asking what `asked` asks. */
export function withQuestion(drawn: ViewSettings, asked: ViewSettings): ViewSettings {
  return { ...drawn, ...Object.fromEntries(ASKED.map((name) => [name, asked[name]])) };
}

/** The neighbour of `current` in a list of choices; from an unlisted number, the next one. */
export function stepped<T extends number | string>(
  choices: readonly T[],
  current: T | null,
  by: 1 | -1,
): T | null {
  if (choices.length === 0) return null;
  const place = current === null ? -1 : choices.indexOf(current);
  if (place >= 0) return choices[Math.min(Math.max(place + by, 0), choices.length - 1)] ?? null;
  if (current === null) return choices[0] ?? null;
  const beyond = choices.filter((choice) => (by > 0 ? choice > current : choice < current));
  const next = by > 0 ? beyond[0] : beyond.at(-1);
  return next ?? (by > 0 ? choices.at(-1) : choices[0]) ?? null;
}

/** As `stepped`, but after the last comes the first. */
export function cycled<T>(choices: readonly T[], current: T, by: 1 | -1 = 1): T | null {
  if (choices.length === 0) return null;
  const place = choices.indexOf(current);
  return choices[(place + by + choices.length) % choices.length] ?? null;
}

/** The change that a press of `b` makes: the next coarser or finer bin. */
export function binPatch(
  facts: ViewFacts,
  settings: ViewSettings,
  by: 1 | -1,
): SettingsPatch | null {
  const point = facts.mode === "point";
  const current = point ? settings.binsize : settings.bin_percent;
  const next = cycled<number | null>(facts.bin_options, current, by);
  if (next === null || next === current) return null;
  return point ? { binsize: next } : { bin_percent: next };
}
