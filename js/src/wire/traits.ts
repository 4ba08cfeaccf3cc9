/**
 * Traits as they come, turned into what the components rely on.
 *
 * Everything from outside is `unknown` until it has passed here. A trait that is missing or
 * of the wrong type takes its neutral value: an older kernel must not leave a blank cell.
 */

import type { AddOption, ComparisonSnapshot, RegionOption, SelectionFacts } from "./comparison";
import type {
  Band,
  ColourMap,
  Contrast,
  Drawn,
  EnrichmentChart,
  Normalization,
  RankKey,
  Scale,
  Side,
  ViewSettings,
} from "./settings";
import type {
  FeatureOption,
  Mode,
  RegionSet,
  Share,
  Shares,
  SortOption,
  Status,
  ViewFacts,
  ViewKind,
} from "./view";

/** How traits are read: a model, or an object in a page. */
export type Get = (name: string) => unknown;

export const VIEW_KINDS = [
  "pileup",
  "profile",
  "stackup",
  "embedding1d",
  "embedding2d",
  "enrichment",
] as const satisfies readonly ViewKind[];

const SIDES = ["", "left", "right", "both"] as const satisfies readonly Side[];
const NORMALIZATIONS = ["balanced", "oe", "raw"] as const satisfies readonly Normalization[];
const SCALES = ["linear", "log2"] as const satisfies readonly Scale[];
const MODES = ["point", "interval"] as const satisfies readonly Mode[];
const BANDS = ["ci95", "quartiles", "none"] as const satisfies readonly Band[];
const CONTRASTS = ["ratio", "difference"] as const satisfies readonly Contrast[];
const DRAWN = ["auto", "points", "density"] as const satisfies readonly Drawn[];
const CHARTS = ["ranking", "volcano", "table"] as const satisfies readonly EnrichmentChart[];
const RANK_KEYS = [
  "odds_ratio",
  "name",
  "position",
  "a",
  "b",
  "c",
  "d",
  "p_value",
  "q_value",
] as const satisfies readonly RankKey[];
const STATUSES = ["empty", "computing", "ready", "failed"] as const satisfies readonly Status[];
export const COLOUR_MAPS = [
  "",
  "fall",
  "coolwarm",
  "viridis",
  "magma",
  "Reds",
  "Greys",
] as const satisfies readonly ColourMap[];

export const COMPARISON_NAMES = [
  "title",
  "mode",
  "regions",
  "region_options",
  "region_more",
  "flank",
  "flank_options",
  "columns",
  "views",
  "add_options",
  "selection_facts",
  "selections",
  "status",
  "message",
  "missing",
  "can_undo",
  "can_redo",
] as const;

// -- single values --------------------------------------------------------------------

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const finite = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

const oneOf = <T>(choices: readonly T[], value: unknown, otherwise: T): T =>
  choices.includes(value as T) ? (value as T) : otherwise;

function listOf<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.map(read).filter((item): item is T => item !== null);
}

/** Two whole numbers in order. */
function range(value: unknown): readonly number[] | null {
  const [first, after, ...more] = listOf(value, finite);
  if (first === undefined || after === undefined || more.length > 0) return null;
  return 0 <= first && first < after ? [first, after] : null;
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Ids are text on this side, whatever the catalog numbers them with. */
const identifier = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" ? String(value) : null;

function regionSet(value: unknown): RegionSet | null {
  const { id, name, n, pairs, mode } = fields(value);
  if (name === undefined) return null;
  return {
    id: identifier(id) ?? "",
    name: text(name),
    n: finite(n) ?? 0,
    pairs: pairs === true,
    mode: oneOf(MODES, mode, "point"),
  };
}

function featureOption(value: unknown): FeatureOption | null {
  const { id, name, kind, detail } = fields(value);
  const known = identifier(id);
  if (known === null) return null;
  return { id: known, name: text(name), kind: text(kind), detail: text(detail) };
}

function sortOption(value: unknown): SortOption | null {
  const { id, label } = fields(value);
  return typeof id === "string" ? { id, label: text(label) } : null;
}

function share(value: unknown): Share | undefined {
  const { role, group, names } = fields(value);
  if (role !== "donor" && role !== "recipient") return undefined;
  return { role, group: finite(group) ?? 0, names: listOf(names, identifier) };
}

function sharesOf(value: unknown): Shares {
  const { scale, order } = fields(value);
  const [one, other] = [share(scale), share(order)];
  return { ...(one && { scale: one }), ...(other && { order: other }) };
}

function regionOption(value: unknown): RegionOption | null {
  const { id, name, detail } = fields(value);
  const known = identifier(id);
  return known === null ? null : { id: known, name: text(name), detail: text(detail) };
}

/** Options that a search replied with. */
export function foundOptions(value: unknown): readonly RegionOption[] {
  return listOf(value, regionOption);
}

function addOption(value: unknown): AddOption | null {
  const { kind, label } = fields(value);
  return typeof kind === "string" ? { kind, label: text(label) } : null;
}

function selection(value: unknown): SelectionFacts {
  const { count, total, name } = fields(value);
  return { count: finite(count), total: finite(total) ?? 0, name: text(name) };
}

// -- whole snapshots ------------------------------------------------------------------

export function viewKind(value: unknown): ViewKind | null {
  return oneOf<ViewKind | null>(VIEW_KINDS, value, null);
}

export function readSettings(get: Get): ViewSettings {
  const kind = get("kind");
  return {
    title: text(get("title")),
    features: listOf(get("features"), identifier),
    flank: finite(get("flank")),
    binsize: finite(get("binsize")),
    bin_percent: finite(get("bin_percent")),
    side: oneOf(SIDES, get("side"), ""),
    vmin: finite(get("vmin")),
    vmax: finite(get("vmax")),
    cmap: oneOf(COLOUR_MAPS, get("cmap"), ""),
    scale: oneOf(SCALES, get("scale"), "linear"),
    symmetric: get("symmetric") === true,
    clip: finite(get("clip")) ?? 1,
    width: finite(get("width")) ?? 0,
    height: finite(get("height")) ?? 0,
    span_columns: finite(get("span_columns")) ?? 1,
    span_rows: finite(get("span_rows")) ?? 1,
    normalization: oneOf<Normalization | "">(NORMALIZATIONS, get("normalization"), ""),
    versus: listOf(get("versus"), identifier),
    contrast: oneOf(CONTRASTS, get("contrast"), "ratio"),
    contour: get("contour") !== false,
    normalized: get("normalized") === true,
    band: oneOf(BANDS, get("band"), "ci95"),
    hidden: listOf(get("hidden"), identifier),
    sort_by: kind === "stackup" ? text(get("sort_by")) : "",
    ascending: get("ascending") === true,
    sort_track: text(get("sort_track")),
    sort_seed: finite(get("sort_seed")) ?? 0,
    group_by: text(get("group_by")),
    group_clusters: finite(get("group_clusters")) ?? 0,
    group_binsize: finite(get("group_binsize")),
    zoom: range(get("zoom")),
    n_clusters: finite(get("n_clusters")) ?? 0,
    overlay: text(get("overlay")),
    drawn: oneOf(DRAWN, get("drawn"), "auto"),
    extent: listOf(get("extent"), finite),
    common_limits: get("common_limits") !== false,
    card_vmin: finite(get("card_vmin")),
    card_vmax: finite(get("card_vmax")),
    chart: oneOf(CHARTS, get("chart"), "ranking"),
    position: finite(get("position")),
    overall: get("overall") === true,
    search: text(get("search")),
    max_q: finite(get("max_q")),
    rank_by: oneOf(RANK_KEYS, get("rank_by"), "odds_ratio"),
    rank_ascending: get("rank_ascending") === true,
    holds: get("holds") === true,
  };
}

export function readFacts(get: Get): ViewFacts {
  return {
    kind: viewKind(get("kind")) ?? "pileup",
    view_id: identifier(get("view_id")) ?? "",
    mode: oneOf(MODES, get("mode"), "point"),
    pairs: get("pairs") === true,
    regions: regionSet(get("regions")),
    feature_options: listOf(get("feature_options"), featureOption),
    feature_more: finite(get("feature_more")) ?? 0,
    flank_options: listOf(get("flank_options"), finite),
    bin_options: listOf(get("bin_options"), finite),
    normalization_options: listOf(get("normalization_options"), (value) =>
      oneOf<Normalization | null>(NORMALIZATIONS, value, null),
    ),
    sort_options: listOf(get("sort_options"), sortOption),
    versus_options: listOf(get("versus_options"), featureOption),
    group_options: listOf(get("group_options"), sortOption),
    overlay_options: listOf(get("overlay_options"), sortOption),
    shares: sharesOf(get("shares")),
    shareable: get("shareable") === true,
    status: oneOf(STATUSES, get("status"), "empty"),
    stale: get("stale") === true,
    message: text(get("message")),
    detail: text(get("detail")),
    progress: finite(get("progress")),
    elapsed: finite(get("elapsed")) ?? 0,
    note: text(get("note")),
    marked: finite(get("marked")),
  };
}

export function readComparison(get: Get): ComparisonSnapshot {
  return {
    kind: "comparison",
    title: text(get("title")),
    mode: oneOf(MODES, get("mode"), "point"),
    regions: regionSet(get("regions")),
    region_options: listOf(get("region_options"), regionOption),
    region_more: finite(get("region_more")) ?? 0,
    flank_options: listOf(get("flank_options"), finite),
    settings: { flank: finite(get("flank")), columns: finite(get("columns")) ?? 0 },
    views: listOf(get("views"), identifier),
    add_options: listOf(get("add_options"), addOption),
    selection: selection(get("selection_facts")),
    selections: listOf(get("selections"), identifier),
    status: text(get("status")),
    message: text(get("message")),
    missing: text(get("missing")),
    can_undo: get("can_undo") === true,
    can_redo: get("can_redo") === true,
  };
}

const nothing: Get = () => undefined;

/** Names of the traits in `ViewSettings` and `ViewFacts`: what reading them asks for. */
export const SETTING_NAMES = Object.keys(readSettings(nothing));
export const FACT_NAMES = Object.keys(readFacts(nothing));
