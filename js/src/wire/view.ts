/** A view: its kind, and what Python says about it. */

import type { DecodedResult } from "./result";
import type { Normalization, ViewSettings } from "./settings";

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

export type Status = "empty" | "computing" | "ready" | "failed";

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
