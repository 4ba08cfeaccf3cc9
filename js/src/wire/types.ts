/**
 * What travels between Python and the browser, as types.
 *
 * Trait names stay in snake_case here, as they are in Python: one name for one thing on both
 * sides of the wire. Arrays arrive as little-endian bytes and leave the codec as typed arrays.
 */

/** Kinds of view that a comparison can hold. A kind without a plot still has a card. */
export type ViewKind =
  | "pileup"
  | "profile"
  | "stackup"
  | "embedding1d"
  | "embedding2d"
  | "enrichment";

/** Kinds of widget that the bundle can mount. */
export type WidgetKind = ViewKind | "comparison";

export type Mode = "point" | "interval";
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
export type Status = "empty" | "computing" | "ready" | "failed";

// -- arrays ---------------------------------------------------------------------------

export type DType = "float32" | "float64" | "int32" | "uint32" | "uint8";
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** One array on the wire; base64 text only inside exported HTML. */
export interface WireArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: DataView | ArrayBuffer | Uint8Array | string;
  /** The data are 16 bit codes of floats: `low + step · code`, with `log` as power of two. */
  readonly packed?: { readonly low: number; readonly step: number; readonly log: boolean };
}

/** One array ready for use: C order, `data.length` is the product of `shape`. */
export interface DecodedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

// -- results --------------------------------------------------------------------------

/** Bins of base pairs around a point. `size` counts bins; a pileup's middle bin is the point. */
export interface PointAxis {
  readonly mode: "point";
  /** Upstream and downstream, in bp, both positive. */
  readonly flank: readonly [number, number];
  readonly binsize: number;
  readonly size: number;
}

/** Bins of a rescaled region that was expanded by `expansion` of its length on each side. */
export interface IntervalAxis {
  readonly mode: "interval";
  readonly bin_percent: number;
  readonly expansion: number;
  readonly size: number;
}

export type Axis = PointAxis | IntervalAxis;

/** Counts of left-out regions by the sentence that says why. */
export type Reasons = Readonly<Record<string, number>>;
export type Numbers = Readonly<Record<string, number | null>>;

/** One line of a profile. Ids are unique, names need not be. */
export interface TrackMeta {
  readonly id: string;
  readonly name: string;
  /** What tells lines of one track apart; the card says which track it is. */
  readonly short?: string;
  readonly n_used: number;
  readonly n_left_out: number;
  readonly reasons?: Reasons;
  readonly numbers: Numbers;
}

export interface ResultMeta {
  readonly n_used: number;
  readonly n_left_out: number;
  readonly reasons: Reasons;
  readonly numbers: Numbers;
  readonly axis: Axis;
  readonly tracks?: readonly TrackMeta[];
  /** Stackups: blocks of rows from the top. */
  readonly blocks?: readonly Block[];
  /** Stackups: regions shown, before binning to display rows. */
  readonly n_rows?: number;
  /** Stackups: names of the regions, one per line, where every line is one region. */
  readonly row_names?: readonly string[] | null;
  /** Stackups: changes with the order and the blocks, so that finer rows fit the picture. */
  readonly picture?: number;
  /** A quick answer that is shown until the real one is there. */
  readonly preview?: boolean;
  /** Embeddings: how the points were placed. */
  readonly method?: string;
  /** Enrichments: what the regions are compared with. */
  readonly against?: "genome" | "rest";
  /** Embeddings: what colours the points; `levels` names categories. */
  readonly overlay?: { readonly name: string; readonly levels: readonly string[] };
  /** Pileups: two averages in relation. */
  readonly comparison?: {
    readonly paired: boolean;
    readonly permutations: number;
    readonly one: ComparedSide;
    readonly two: ComparedSide;
  };
  /** `resultKey` of the settings that this result answers, where Python tells. */
  readonly answers?: string;
}

/** One side of a comparison of two averages. */
export interface ComparedSide {
  readonly feature: string;
  readonly regions: string;
  readonly n_used: number;
  readonly n_left_out: number;
}

/** Neighbouring rows of a stackup that belong together. */
export interface Block {
  readonly name: string;
  /** Regions. */
  readonly n: number;
  /** Lines of the picture. */
  readonly lines: number;
  readonly role: "all" | "selected" | "rest" | "group";
  /** Number among all groups, for its colour. */
  readonly colour: number;
}

/** A picture of the rows from one place in the order to another. */
export interface RowWindow {
  readonly first: number;
  readonly after: number;
  readonly bins: number;
  /** Flat, C order, one line after the other. */
  readonly image: Float32Array;
  /** Places in the order at which the lines start; the last is where the picture ends. */
  readonly edges: Int32Array;
  /** Lines of each block of the result. */
  readonly perBlock: readonly number[];
  readonly names: readonly string[] | null;
}

export interface WireResult {
  readonly key: string;
  readonly meta: ResultMeta;
  readonly arrays: Readonly<Record<string, WireArray>>;
}

/**
 * A result as plots draw it.
 *
 * - pileup: `mean` float32 (s, s), `count` int32 (s, s); rows = anchor 1 downwards; of two
 *   averages `ratio`, `difference`, `p_corrected` float32 and `count`, `count_two` int32
 * - profile: `mean`, `low`, `high` float32 (tracks, bins), `count` int32
 * - stackup: `image` float32 (lines, bins), `row_edges` int32 (lines + 1), `order` int32
 *   (regions), `profile` float32 (blocks, bins)
 */
export interface DecodedResult {
  readonly key: string;
  readonly meta: ResultMeta;
  readonly arrays: Readonly<Record<string, DecodedArray>>;
}

// -- views ----------------------------------------------------------------------------

export interface RegionSet {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly pairs: boolean;
  readonly mode: Mode;
}

export interface FeatureOption {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly detail: string;
}

export interface SortOption {
  readonly id: string;
  readonly label: string;
}

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

/** What views can share: a scale of values, or an order of rows. */
export type Shared = "scale" | "order";

/** What a view gives or takes, in which group, and to or from whom. */
export interface Share {
  readonly role: "donor" | "recipient";
  readonly group: number;
  readonly names: readonly string[];
}

export type Shares = Readonly<Partial<Record<Shared, Share>>>;

/** What Python says about a view and the browser never writes. */
export interface ViewFacts {
  readonly kind: ViewKind;
  readonly view_id: string;
  readonly mode: Mode;
  readonly pairs: boolean;
  readonly regions: RegionSet | null;
  readonly feature_options: readonly FeatureOption[];
  /** How many features there are beyond these. */
  readonly feature_more: number;
  readonly flank_options: readonly number[];
  readonly bin_options: readonly number[];
  readonly normalization_options: readonly Normalization[];
  readonly sort_options: readonly SortOption[];
  readonly versus_options: readonly FeatureOption[];
  readonly group_options: readonly SortOption[];
  readonly overlay_options: readonly SortOption[];
  readonly shares: Shares;
  /** Whether the kind of view has a scale to share. */
  readonly shareable: boolean;
  readonly status: Status;
  readonly stale: boolean;
  /** One sentence: what to choose, or what failed. */
  readonly message: string;
  readonly detail: string;
  /** 0 to 1, or null when nothing is known. */
  readonly progress: number | null;
  /** Seconds. */
  readonly elapsed: number;
  /** What else a person should know about the picture; "" if nothing. */
  readonly note: string;
  /** Place that an enrichment beside this view looks at: bp or percent; null for none. */
  readonly marked: number | null;
}

/** A view at one moment. */
export interface ViewSnapshot {
  readonly facts: ViewFacts;
  readonly settings: ViewSettings;
  readonly result: DecodedResult | null;
  /** Regions that are marked in the picture, by row; null: none. */
  readonly highlighted?: Uint32Array | null;
}

// -- comparisons ----------------------------------------------------------------------

export interface RegionOption {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
}

export interface AddOption {
  readonly kind: string;
  readonly label: string;
}

export interface SelectionFacts {
  /** null: nothing is selected. */
  readonly count: number | null;
  readonly total: number;
  readonly name: string;
}

export interface ComparisonSettings {
  readonly flank: number | null;
  /** 0 = as many as fit. */
  readonly columns: number;
}

export interface ComparisonSnapshot {
  readonly kind: "comparison";
  readonly title: string;
  readonly mode: Mode;
  readonly regions: RegionSet | null;
  readonly region_options: readonly RegionOption[];
  /** How many region sets there are beyond these. */
  readonly region_more: number;
  readonly flank_options: readonly number[];
  readonly settings: ComparisonSettings;
  /** References of the child models, in layout order. */
  readonly views: readonly string[];
  readonly add_options: readonly AddOption[];
  readonly selection: SelectionFacts;
  /** Names that a selection can be chosen by. */
  readonly selections: readonly string[];
  readonly status: string;
  readonly message: string;
  /** Datasets that are gone, as a sentence; "" if none. */
  readonly missing: string;
  readonly can_undo: boolean;
  readonly can_redo: boolean;
}

// -- commands -------------------------------------------------------------------------

export type CommandName =
  | "alive"
  | "retry"
  | "cancel"
  | "look"
  | "recompute"
  | "save_data"
  | "code"
  | "add_view"
  | "remove_view"
  | "move_view"
  | "swap_views"
  | "choose_regions"
  | "find_features"
  | "find_regions"
  | "undo"
  | "redo"
  | "save_regions"
  | "save_html"
  | "html_size"
  | "save_figure"
  | "methods"
  | "choose_selection"
  | "provenance"
  | "later"
  | "sessions"
  | "save_session"
  | "open_session"
  | "restore"
  | "update_session"
  | "delete_session"
  | "share_session"
  | "rename"
  | "select"
  | "hits"
  | "clear_selection"
  | "keep_selection"
  | "combine_selection"
  | "duplicate_view"
  | "copy_view"
  | "send_view"
  | "add_comparison"
  | "remove_comparison"
  | "annotations"
  | "select_where"
  | "show_beside"
  | "donors"
  | "link_view"
  | "link_all"
  | "unlink_view"
  | "create_region_set"
  | "details"
  | "rows";

export type CommandArgs = Readonly<Record<string, unknown>>;

/** A reply that succeeded; a refusal is thrown as a `CommandError`. */
export interface Reply {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly buffers: readonly DataView[];
}

// -- embedded pages -------------------------------------------------------------------

export type Traits = Readonly<Record<string, unknown>>;

/** The signal of every region on one track. */
export interface WireRows {
  readonly values: WireArray;
  readonly random: WireArray;
  readonly body: readonly [number, number];
}

/** Which regions overlap which region sets where: one bit per region, lowest first. */
export interface WireHits {
  readonly n: number;
  /** uint8 (region sets, bins, bytes). */
  readonly bits: WireArray;
  /** uint8 (bins, bytes): regions that have a place there at all. */
  readonly present: WireArray;
}

/** One view of a page takes something from another: place of the comparison, and in it. */
export interface WireLink {
  readonly shared: Shared;
  readonly donor: readonly [number, number];
  readonly recipient: readonly [number, number];
}

/** What is known of every region: what it is called, what it is sorted and grouped by. */
export interface WireRowFacts {
  readonly names: readonly string[] | null;
  /** Values by sort key. */
  readonly values: Readonly<Record<string, WireArray>>;
  /** Categories by `group_by`. */
  readonly groups: Readonly<
    Record<
      string,
      {
        readonly codes: WireArray;
        readonly names: readonly string[];
        readonly unnamed: string;
      }
    >
  >;
}

/** Regions of an exported page as the text of a file. */
export interface WireRegions {
  readonly name: string;
  /** `.bed` or `.bedpe`. */
  readonly ending: string;
  /** Columns before any labels. */
  readonly standard: number;
  readonly text: string;
  readonly origin: Readonly<Record<string, unknown>>;
}

/** One comparison of an exported page. */
export interface EmbeddedPart {
  readonly comparison: Traits;
  readonly views: readonly Traits[];
  readonly results: Readonly<Record<string, WireResult>>;
  readonly rows?: Readonly<Record<string, WireRows>>;
  readonly facts?: WireRowFacts | null;
  /** Overlaps of every region, by the key of the enrichment of all of them. */
  readonly hits?: Readonly<Record<string, WireHits>>;
  /** Named selections; their results have `;selection=<place>` at the end of the key. */
  readonly selections?: readonly { readonly name: string; readonly rows: WireArray }[];
  /** The selection that is shown at first, by its place; null: none. */
  readonly chosen?: number | null;
  /** The regions as BED or BEDPE without labels, where some can be picked. */
  readonly regions?: WireRegions | null;
  /** Where each result comes from, by its key. */
  readonly origins?: Readonly<Record<string, unknown>>;
}

/** Content of the `hicognition-data` script in exported HTML. */
export interface EmbeddedData {
  readonly version: 2;
  readonly comparisons: readonly EmbeddedPart[];
  /** Of several comparisons that stand together. */
  readonly board?: Traits | null;
  /** Who takes what from whom. */
  readonly links?: readonly WireLink[];
  /** Who made the page, when, with which versions. */
  readonly origin?: Readonly<Record<string, unknown>>;
}
