/** Figures of stackups: the rows on screen in their blocks, under the profiles. */

import type { DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { axisTicks } from "./axis";
import {
  BLOCK,
  legendRows,
  type Size,
  type StackupLayout,
  shortened,
  stackupLayout,
} from "./layout";
import { toCells } from "./limits";
import { linePath } from "./lines";
import { projection } from "./profile_chart";
import { blocksOf, type DrawnBlock, wholePicture } from "./row_lines";
import { colourScale, shown } from "./scale";
import { blockText, lookOf, profileRange, profilesOf, rowTicks } from "./stackup_parts";
import {
  bottomAxis,
  cells,
  colourBar,
  frame,
  hair,
  n,
  rightAxis,
  textAt,
  verticalText,
} from "./svg_parts";
import { formatNumber } from "./texts";

export function stackup(
  result: DecodedResult,
  settings: ViewSettings,
  size: Size,
  rows?: RowWindow,
): string {
  const whole = wholePicture(result);
  const window = rows ?? whole;
  const lines = window.edges.length - 1;
  const all = shown(whole.image, settings);
  const values = window === whole ? all.values : toCells(window.image, settings.scale);
  const scale = colourScale("stackup", all, settings);
  const layout = stackupLayout(size, (result.meta.blocks ?? []).map(blockText));
  const { map } = layout;
  return [
    cells(values, lines, window.bins, scale, map),
    frame(map),
    bottomAxis(map, axisTicks(result.meta.axis, "meeting", map.width)),
    rightAxis(map, rowTicks(window)),
    verticalText(map.x + map.width + 16, map.y + map.height / 2, "regions"),
    colourBar(scale, layout.bar),
    layout.legend === null ? "" : sides(layout, blocksOf(result, window), lines),
    layout.legend === null ? "" : legend(layout, result),
    profiles(layout, result, settings),
  ].join("");
}

/** Colours and names left of the map, white lines between the blocks. */
function sides(
  { map, names }: StackupLayout,
  blocks: readonly DrawnBlock[],
  lines: number,
): string {
  const x = map.x - BLOCK.gap - BLOCK.colour;
  const y = (line: number): number => map.y + (line / lines) * map.height;
  return blocks
    .map((block) => {
      const top = y(block.from);
      const height = y(block.to) - top;
      const side = `<rect x="${n(x)}" y="${n(top)}" width="${BLOCK.colour}" height="${n(Math.max(height, 1))}" fill="${ink(lookOf(block).colour)}"/>`;
      const name =
        names > 0 && height >= 12
          ? textAt(x - 4, top + height / 2 + 4, shortened(block.name, names - 6), "end")
          : "";
      const gap =
        block.to < lines
          ? `<rect x="${n(map.x)}" y="${n(y(block.to) - 1)}" width="${n(map.width)}" height="2" fill="#fff"/>`
          : "";
      return side + name + gap;
    })
    .join("");
}

function legend({ legend: box }: StackupLayout, { meta }: DecodedResult): string {
  if (box === null) return "";
  const blocks = meta.blocks ?? [];
  return legendRows(blocks.map(blockText), box.width)
    .items.map(({ block, text, x, y }) => {
      const of = blocks[block];
      if (of === undefined) return textAt(box.x + x, box.y + y, text);
      const { colour, dash } = lookOf(of);
      const at = box.y + y - 4;
      const line = `<path d="M${n(box.x + x)} ${n(at)}h10" stroke="${ink(colour)}" stroke-width="2"${dashed(dash)}/>`;
      return line + textAt(box.x + x + 14, box.y + y, text);
    })
    .join("");
}

function profiles(
  { profile: box }: StackupLayout,
  result: DecodedResult,
  settings: ViewSettings,
): string {
  const found = profilesOf(result, settings);
  const range = profileRange(found);
  const { x, y } = projection(box, result.meta.axis.size, range);
  const bottom = box.y + box.height;
  const lines = found.map((values, i) => {
    const look = lookOf(result.meta.blocks?.[i] ?? { role: "all", colour: 0 });
    return `<path fill="none" stroke="${ink(look.colour)}" stroke-width="1.5"${dashed(look.dash)} d="${linePath(values, x, y)}"/>`;
  });
  return [
    hair(box.x, bottom, box.x + box.width, bottom),
    ...lines,
    textAt(box.x - 8, box.y + 8, formatNumber(range[1]), "end"),
    textAt(box.x - 8, box.y + box.height / 2 + 4, "mean", "end"),
    textAt(box.x - 8, bottom, formatNumber(range[0]), "end"),
  ].join("");
}

/** On paper a colour is what it falls back to on screen. */
const ink = (colour: string): string => {
  if (colour === "currentColor") return "#000";
  return /^var\(.*,\s*(#\w+)\)$/.exec(colour)?.[1] ?? colour;
};

const dashed = (dash: string): string => (dash === "" ? "" : ` stroke-dasharray="${dash}"`);
