/** Two averages in relation: what is drawn, what is outlined, and what that means. */

import type { DecodedArray } from "../wire/arrays";
import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import type { Box } from "./layout";
import { rules } from "./rules";
import { formatCount, formatNumber } from "./texts";

/** The matrix of a pileup: the average, or how two of them differ. */
export function matrixOf({ arrays }: DecodedResult, contrast: ViewSettings["contrast"]) {
  return arrays.p_corrected === undefined ? arrays.mean : arrays[contrast];
}

/** p of every pixel if significant ones are outlined. */
export function outlined(
  { arrays }: DecodedResult,
  { contour }: Pick<ViewSettings, "contour">,
): DecodedArray | undefined {
  return contour ? arrays.p_corrected : undefined;
}

/** Missing p are not below any level. */
const inside = (p: number | undefined): boolean => p !== undefined && p < rules.significant;

export function countInside({ data }: DecodedArray): number {
  let count = 0;
  for (const p of data) if (inside(p)) count += 1;
  return count;
}

/** Border between significant cells and others as one path, in straight pieces. */
export function outlinePath({ data, shape }: DecodedArray, box: Box): string {
  const [rows = 0, columns = 0] = shape;
  const at = (row: number, column: number): boolean =>
    row >= 0 &&
    row < rows &&
    column >= 0 &&
    column < columns &&
    inside(data[row * columns + column]);
  const short = (value: number): string => String(Math.round(value * 100) / 100);
  const x = (column: number): string => short(box.x + (column / columns) * box.width);
  const y = (row: number): string => short(box.y + (row / rows) * box.height);
  let path = "";
  for (let row = 0; row <= rows; row++) {
    for (const [first, last] of runs(columns, (i) => at(row, i) !== at(row - 1, i))) {
      path += `M${x(first)} ${y(row)}H${x(last)}`;
    }
  }
  for (let column = 0; column <= columns; column++) {
    for (const [first, last] of runs(rows, (i) => at(i, column) !== at(i, column - 1))) {
      path += `M${x(column)} ${y(first)}V${y(last)}`;
    }
  }
  return path;
}

function* runs(n: number, holds: (i: number) => boolean): Generator<[number, number]> {
  for (let i = 0; i < n; i++) {
    if (!holds(i)) continue;
    const first = i;
    while (i < n && holds(i)) i++;
    yield [first, i];
  }
}

/** What the outline means, in a few words and in full; null where nothing is compared. */
export function outlineNote(
  result: DecodedResult,
  settings: Pick<ViewSettings, "contour">,
): { readonly short: string; readonly full: string } | null {
  const { comparison } = result.meta;
  const p = outlined(result, settings);
  if (p === undefined) return null;
  if (comparison === undefined) {
    const none = "nothing outlined: averages alone give no p";
    return { short: none, full: none };
  }
  const level = `p < ${formatNumber(rules.significant)}`;
  const short = countInside(p) > 0 ? `outlined: ${level}` : `no pixel with ${level}`;
  const how = comparison.paired
    ? "random flips of the signs of each region’s difference"
    : "random assignments of the regions to the two sets";
  return {
    short: `${short}, corrected for all pixels`,
    full: `${short}: from ${formatCount(comparison.permutations)} ${how}, each pixel against the largest statistic of all pixels (max-T)`,
  };
}
