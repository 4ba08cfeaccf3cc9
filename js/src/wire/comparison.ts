/** A comparison: its regions, its views, and what is selected. */

import type { Mode, RegionSet } from "./view";

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
