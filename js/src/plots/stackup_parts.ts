/** Parts of a stackup that the screen and exported figures share. */

import type { Block, DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import type { AxisTick } from "./axis";
import { type Limits, toDisplay, type Values } from "./limits";
import { dataRange, lineStyle } from "./lines";
import { categories } from "./rules";
import { formatCount } from "./texts";

/** Number of the first and of the last region on screen, along the rows. */
export function rowTicks({ first, after }: Pick<RowWindow, "first" | "after">): AxisTick[] {
  if (after <= first) return [];
  const top = { at: 0, text: formatCount(first + 1), mark: false };
  const bottom = { at: 1, text: formatCount(after), mark: false };
  return after - first === 1 ? [top] : [top, bottom];
}

/** Range of the small profiles above: their own values, so that their shape is seen. */
export function profileRange(profiles: readonly Values[]): Limits {
  return dataRange(
    profiles.map((mean) => ({
      ...{ mean, low: null, high: null, count: null },
      ...{ id: "", name: "", colour: "", dash: "" },
    })),
  );
}

export interface Look {
  readonly colour: string;
  readonly dash: string;
}

/** Colour and dash of a block, of its profile and of its name. */
export function lookOf({ role, colour }: Pick<Block, "role" | "colour">): Look {
  switch (role) {
    case "all":
      return { colour: categories[0] as string, dash: "" };
    case "selected":
      return { colour: "var(--selection, #e66100)", dash: "" };
    case "rest":
      return { colour: "var(--quiet, #777)", dash: "" };
    case "group":
      return lineStyle(colour);
  }
}

/** Profile of each block in displayed units; a result without blocks has one. */
export function profilesOf(
  { arrays, meta }: DecodedResult,
  { scale }: Pick<ViewSettings, "scale">,
): Values[] {
  const bins = meta.axis.size;
  const data = arrays.profile?.data ?? new Float32Array();
  const blocks = Math.max(Math.round(data.length / Math.max(bins, 1)), 1);
  return Array.from({ length: blocks }, (_, i) =>
    toDisplay(data.subarray(i * bins, (i + 1) * bins), scale),
  );
}

/** “cluster 3 (214)” */
export const blockText = ({ name, n }: Pick<Block, "name" | "n">): string =>
  `${name} (${formatCount(n)})`;
