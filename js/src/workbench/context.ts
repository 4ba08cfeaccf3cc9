/** What the place of a card in the page means for it. */

import { createContext } from "preact";
import type { ComparisonStore } from "../state/comparison";
import type { DetailsStore } from "../state/details";

export interface CardPlace {
  /** Alone in a cell, a card chooses its own flank; in a comparison the header does. */
  readonly standalone: boolean;
  /** CSS px of the plot that a neighbourly grid asks for; 0 = as the card likes. */
  readonly height: number;
  /** Width of a column of the grid in CSS px; 0 = no grid. */
  readonly column: number;
  readonly index: number;
  readonly count: number;
  /** Null where views cannot be arranged. */
  readonly arrange: {
    readonly move: (to: number) => void;
    readonly remove: () => void;
    readonly duplicate: () => void;
    /** Other comparisons of a board that can take a copy. */
    readonly others: readonly { readonly label: string; readonly copy: () => void }[];
    readonly undo: () => void;
    readonly redo: () => void;
    /** Begins to carry the card with the pointer. */
    readonly grab: (event: PointerEvent) => void;
  } | null;
  /** Changes the flank by one stop: the comparison's, or the view's own. */
  readonly stepFlank: ((by: 1 | -1) => void) | null;
}

export const ALONE: CardPlace = {
  standalone: true,
  height: 0,
  column: 0,
  index: 0,
  count: 1,
  arrange: null,
  stepFlank: null,
};

export const Place = createContext<CardPlace>(ALONE);

/** The board around a comparison: where copies of its views can go. */
export interface BoardPlace {
  others(
    from: ComparisonStore,
    viewId: string,
  ): readonly { readonly label: string; readonly copy: () => void }[];
  /** A card was dropped at this point of the window; true if another comparison takes it. */
  drop(from: ComparisonStore, viewId: string, x: number, y: number): boolean;
}

/** Opens the panel of one region; null where there is none. */
export const Details = createContext<DetailsStore | null>(null);

export const Neighbours = createContext<BoardPlace | null>(null);
