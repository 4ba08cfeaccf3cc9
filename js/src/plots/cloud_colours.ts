/** Colours of categories, one per level, also when there are more levels than colours. */

import { categories } from "./rules";

/** `#rrggbb` of a level; after the last colour they come again lighter, then darker. */
export function levelColour(level: number): string {
  const n = categories.length;
  const base = categories[((level % n) + n) % n] as string;
  const round = Math.floor(level / n) % 3;
  if (round === 0) return base;
  const towards = round === 1 ? 255 : 0;
  const mixed = [1, 3, 5].map((at) => {
    const value = Number.parseInt(base.slice(at, at + 2), 16);
    return Math.round(value + (towards - value) * 0.45)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

/** The same as packed pixels; missing values are transparent. */
export function paintLevels(values: ArrayLike<number>, levels: number): Uint32Array {
  const table = Uint32Array.from({ length: levels }, (_, level) => {
    const text = levelColour(level);
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
    return ((255 << 24) | ((b as number) << 16) | ((g as number) << 8) | (r as number)) >>> 0;
  });
  return Uint32Array.from(values, (value) => (value >= 0 ? (table[value] ?? 0) : 0));
}
