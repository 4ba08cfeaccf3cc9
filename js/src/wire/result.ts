/** What Python computed for a view: arrays, and what is to be said about them. */

import type { DecodedArray, WireArray } from "./arrays";

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
