/** What the place of a card in the page means for it. */

import { createContext } from "preact";
import type { MenuItem } from "../controls/menu";
import type { ComparisonStore } from "../state/comparison";
import type { DetailsStore } from "../state/details";
import type { Landing } from "../state/grid";
import type { Point } from "./drag";

/** A cell of a comparison's grid. */
export interface CardCell {
  /** Width of a column and height of a row with its card's frame, in CSS px. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
}

/** Another comparison of a board. */
export interface Neighbour {
  readonly label: string;
  readonly copy: () => void;
  readonly move: () => void;
}

export interface CardPlace {
  /** Alone in a cell, a card chooses its own flank; in a comparison the header does. */
  readonly standalone: boolean;
  /** CSS px of the plot that a neighbourly grid asks for; 0 = as the card likes. */
  readonly height: number;
  /** The cell of the grid; null = no grid. */
  readonly cell: CardCell | null;
  readonly index: number;
  readonly count: number;
  /** Null where views cannot be arranged. */
  readonly arrange: {
    readonly move: (to: number) => void;
    readonly remove: () => void;
    readonly duplicate: () => void;
    /** Moves to the row above or below. */
    readonly moveRow: (by: 1 | -1) => void;
    /** Other comparisons of a board that can take it. */
    readonly others: readonly Neighbour[];
    /** Entries of the menu about what the view gives and takes. */
    readonly shares: readonly MenuItem[];
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
  cell: null,
  index: 0,
  count: 1,
  arrange: null,
  stepFlank: null,
};

export const Place = createContext<CardPlace>(ALONE);

/** The board around a comparison: where its views can go. */
export interface BoardPlace {
  others(from: ComparisonStore, viewId: string): readonly Neighbour[];
  /** A card is carried over this point: true if over another comparison. */
  hover(from: ComparisonStore, point: Point): boolean;
  /** Where a card of another comparison would land in this one. */
  landing(store: ComparisonStore): Landing | null;
  /** A card was dropped at this point; true if another comparison takes it. */
  drop(from: ComparisonStore, viewId: string, point: Point): boolean;
  /** Takes a comparison off the board. */
  leave(store: ComparisonStore): void;
  /** Nothing is carried any more. */
  rest(): void;
}

/** Opens the panel of one region; null where there is none. */
export const Details = createContext<DetailsStore | null>(null);

export const Neighbours = createContext<BoardPlace | null>(null);
