/** What an exported page carries, so that it works without a kernel. */

import type { WireArray } from "./arrays";
import type { WireResult } from "./result";
import type { Shared } from "./view";

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
  /** Names of those columns that the set itself has and that say where a region lies. */
  readonly loci: readonly string[];
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
