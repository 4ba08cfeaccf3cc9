/** Geometry of a comparison's grid. */

import { plotHeight } from "../plots/layout";

/** Narrowest card in which axes, colour bar and choices have room. */
export const NARROWEST = 320;
const WIDEST = 500;
export const GAP = 8;
const CHROME = 18;
/** Room for a header with nothing folded, above a single narrow column too. */
const LEAST_HEADER = 720;

export interface Grid {
  readonly columns: number;
  /** Height of the plots in CSS px: the same in all cards, so that rows line up. */
  readonly height: number;
  /** Width of one column in CSS px. */
  readonly width: number;
  /** Width of all columns; the header above is as wide. */
  readonly total: number;
}

/** Columns for `count` cards in `width` px; `wanted` columns if a person chose a number. */
export function gridOf(width: number, count: number, wanted: number): Grid {
  const fit = Math.max(Math.floor((width + GAP) / (NARROWEST + GAP)), 1);
  // no row of three above a single one: as many rows as needed, filled evenly
  const rows = Math.max(Math.ceil(count / fit), 1);
  const columns = Math.max(wanted > 0 ? wanted : Math.ceil(count / rows), 1);
  const column = Math.min((width - GAP * (columns - 1)) / columns, WIDEST);
  const height = Math.round(
    Math.min(Math.max(plotHeight("pileup", column - CHROME), 180), 400),
  );
  const total = Math.floor(column) * columns + GAP * (columns - 1);
  return { columns, height, width: Math.floor(column), total: Math.max(total, LEAST_HEADER) };
}

/** Width of a plot that spans so many columns; a single one needs no width of its own. */
export function spanWidth(columns: number, column: number): number {
  return columns <= 1 ? 0 : columns * (column + GAP) - GAP - CHROME;
}

/** Columns that a plot of this width spans. */
export function spanOf(
  width: number,
  { width: column, columns }: Pick<Grid, "width" | "columns">,
): number {
  if (width <= 0 || column <= 0) return 1;
  const span = Math.round((width + CHROME + GAP) / (column + GAP));
  return Math.min(Math.max(span, 1), columns);
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where a carried card would land: the place, counted among all cards, of the nearest one.
 *
 * @param boxes the cards in order, the carried one among them
 */
export function placeAt(x: number, y: number, boxes: readonly Box[]): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, i) => {
    const dx = Math.max(box.left - x, 0, x - box.right);
    const dy = Math.max(box.top - y, 0, y - box.bottom);
    // rows are told apart before columns
    const distance = dx * dx + 4 * dy * dy;
    if (distance < least) {
      least = distance;
      best = i;
    }
  });
  return best;
}
