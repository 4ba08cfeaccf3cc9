/** Geometry of a comparison's grid. */

import { plotHeight } from "../plots/layout";

/** Narrowest card in which axes, colour bar and choices have room. */
export const NARROWEST = 320;
/** Column in which at least the axes have room, where a person chose how many there are. */
export const LEAST_COLUMN = 220;
const WIDEST = 500;
export const GAP = 8;
const CHROME = 18;
/** Heading, status line and padding of a card, until they are measured. */
export const CARD_CHROME = 64;
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

/** Columns for `count` cards in `width` px; `wanted` columns, if they fit, where a person chose. */
export function gridOf(width: number, count: number, wanted: number): Grid {
  const fits = (least: number) => Math.max(Math.floor((width + GAP) / (least + GAP)), 1);
  const fit = fits(NARROWEST);
  // no row of three above a single one: as many rows as needed, filled evenly
  const rows = Math.max(Math.ceil(count / fit), 1);
  const columns = Math.max(
    wanted > 0 ? Math.min(wanted, fits(LEAST_COLUMN)) : Math.ceil(count / rows),
    1,
  );
  const column = Math.min((width - GAP * (columns - 1)) / columns, WIDEST);
  const height = Math.round(
    Math.min(Math.max(plotHeight("pileup", column - CHROME), 180), 400),
  );
  const total = Math.floor(column) * columns + GAP * (columns - 1);
  return { columns, height, width: Math.floor(column), total: Math.max(total, LEAST_HEADER) };
}

/** Cells that a card takes: never more columns than there are. */
export function spanIn(
  wanted: { readonly columns: number; readonly rows: number },
  columns: number,
): { readonly columns: number; readonly rows: number } {
  return {
    columns: Math.min(Math.max(wanted.columns, 1), columns),
    rows: Math.max(wanted.rows, 1),
  };
}

/** Height of a plot over so many rows, each of which has `chrome` px around its plot. */
export function rowsHeight(rows: number, height: number, chrome: number): number {
  return rows * height + (rows - 1) * (chrome + GAP);
}

/** Cells that a length of `px` covers where one of them is `one` long. */
export function cellsIn(px: number, one: number, most: number): number {
  return Math.min(Math.max(Math.round((px + GAP) / (one + GAP)), 1), most);
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where a carried card would land: in exchange for a card, or between two. */
export type Landing =
  | { readonly how: "swap"; readonly place: number }
  /** Before the card at `place`; at the end if that is their number. */
  | { readonly how: "insert"; readonly place: number };

/** Part of a card's side in which a drop means beside it. */
const EDGE = 0.25;

/**
 * Where a card dropped at a point lands among `boxes`, in their order.
 *
 * On the middle of a card the two change places; near an edge it goes beside it.
 */
export function landingAt(x: number, y: number, boxes: readonly Box[]): Landing {
  const place = nearest(x, y, boxes);
  const box = boxes[place];
  if (box === undefined) return { how: "insert", place: 0 };
  const across = (x - box.left) / (box.right - box.left || 1);
  const down = (y - box.top) / (box.bottom - box.top || 1);
  const sides = [across, 1 - across, down, 1 - down];
  const least = Math.min(...sides);
  if (least > EDGE) return { how: "swap", place };
  const after = sides.indexOf(least) % 2 === 1;
  return { how: "insert", place: after ? place + 1 : place };
}

/** The place among the others to which a landing moves the card at `from`; null: it stays. */
export function moveTo(from: number, { how, place }: Landing): number | null {
  if (how === "swap") return null;
  const to = place > from ? place - 1 : place;
  return to === from ? null : to;
}

function nearest(x: number, y: number, boxes: readonly Box[]): number {
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
