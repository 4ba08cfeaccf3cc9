/**
 * Settings of a view, which both sides write.
 *
 * Trait names stay in snake_case here, as they are in Python: one name for one thing on both
 * sides of the wire.
 */

/** Both anchors only in profiles. */
export type Side = "" | "left" | "right" | "both";
export type Normalization = "balanced" | "oe" | "raw";

export type Scale = "linear" | "log2";

/** Empty means: the rule for this kind and normalization decides. */
export type ColourMap = "" | "fall" | "coolwarm" | "viridis" | "magma" | "Reds" | "Greys";
export type Band = "ci95" | "quartiles" | "none";

export type Contrast = "ratio" | "difference";
export type EnrichmentChart = "ranking" | "volcano" | "table";

export type RankKey =
  | "odds_ratio"
  | "name"
  | "position"
  | "a"
  | "b"
  | "c"
  | "d"
  | "p_value"
  | "q_value";

/** How an embedding is drawn; `auto`: points while there is room. */
export type Drawn = "auto" | "points" | "density";

/** Settings of a view: the traits that both sides write. */
export interface ViewSettings {
  readonly title: string;
  readonly features: readonly string[];
  readonly flank: number | null;
  readonly binsize: number | null;
  readonly bin_percent: number | null;
  readonly side: Side;
  /** Colour or y limits in displayed units (after log2 if `scale` says so); null = automatic. */
  readonly vmin: number | null;
  readonly vmax: number | null;
  readonly cmap: ColourMap;
  readonly scale: Scale;
  readonly symmetric: boolean;
  /** Percent of the values beyond each automatic limit of colours. */
  readonly clip: number;
  /** CSS pixels of the plot; 0 = automatic. */
  readonly width: number;
  readonly height: number;
  /** Cells of a comparison's grid that the view takes. */
  readonly span_columns: number;
  readonly span_rows: number;
  /** Pileups; "" elsewhere. */
  readonly normalization: Normalization | "";
  /** A second map or region set beside the feature: its id, or nothing. */
  readonly versus: readonly string[];
  /** Pileups: how two averages are put in relation. */
  readonly contrast: Contrast;
  /** Pileups: outline what differs significantly. */
  readonly contour: boolean;
  /** Profiles: each line from 0 to 1. */
  readonly normalized: boolean;
  /** Profiles: uncertainty around the mean. */
  readonly band: Band;
  /** Profiles: keys of the lines that are not drawn; one of a line that is not there waits. */
  readonly hidden: readonly string[];
  /** Stackups; "" elsewhere. */
  readonly sort_by: string;
  readonly ascending: boolean;
  /** Another track that the rows are sorted by; "" for the one shown. */
  readonly sort_track: string;
  readonly sort_seed: number;
  /** What the rows are grouped by; "" for no groups. */
  readonly group_by: string;
  readonly group_clusters: number;
  readonly group_binsize: number | null;
  /** Rows on screen: first place in the order and the one after the last; null for all. */
  readonly zoom: readonly number[] | null;
  /** Embeddings; 0 elsewhere. */
  readonly n_clusters: number;
  /** Embeddings: what colours the points, "" for their density. */
  readonly overlay: string;
  readonly drawn: Drawn;
  /** Embeddings: left, right, bottom and top of the part that is shown; empty = all. */
  readonly extent: readonly number[];
  /** Embeddings of maps: average maps of all clusters on the same limits. */
  readonly common_limits: boolean;
  readonly card_vmin: number | null;
  readonly card_vmax: number | null;
  /** Enrichments: what is below the bars. */
  readonly chart: EnrichmentChart;
  /** Enrichments: bp from the point or percent of the region; null = the point or start. */
  readonly position: number | null;
  /** Enrichments: every region set at its own most significant position. */
  readonly overall: boolean;
  readonly search: string;
  readonly max_q: number | null;
  readonly rank_by: RankKey;
  readonly rank_ascending: boolean;
  /** Enrichments: the selection was found here and is not compared with the rest. */
  readonly holds: boolean;
}

/** A change of settings: only the keys that change. */
export type SettingsPatch = Partial<ViewSettings>;
