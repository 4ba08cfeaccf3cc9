/** From values to pixels: one look-up per cell, no text, no canvas. */

import type { Values } from "./limits";

const TRANSPARENT = 0;

/** Index 0…255 of a value's colour: `floor(256 (v - lo) / (hi - lo))`, held in range. */
export function colourIndex(value: number, lo: number, hi: number): number {
  const place = Math.floor(((value - lo) / (hi - lo)) * 256);
  return place < 0 ? 0 : place > 255 ? 255 : place;
}

/**
 * Pixels of displayed values, one per cell. Missing cells are transparent, so that the hatch
 * below them is seen; zero is a value like any other, at −∞ in a logarithmic picture.
 *
 * @param table 256 packed pixels, see `pixelTable`
 * @param out   reused when given; must have one element per value
 */
export function paint(
  values: Values,
  lo: number,
  hi: number,
  table: Uint32Array,
  out: Uint32Array = new Uint32Array(values.length),
): Uint32Array {
  const span = hi - lo;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < Number.POSITIVE_INFINITY) {
      const place = ((value - lo) / span) * 256;
      out[i] = table[place < 0 ? 0 : place >= 255 ? 255 : Math.floor(place)] as number;
    } else {
      out[i] = TRANSPARENT;
    }
  }
  return out;
}

/** Cell under a position: `n` cells over `length` pixels; the far edge belongs to the last. */
export function cellAt(position: number, length: number, n: number): number {
  const cell = Math.floor((position / length) * n);
  return cell < 0 || Number.isNaN(cell) ? 0 : cell >= n ? n - 1 : cell;
}
