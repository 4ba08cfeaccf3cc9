/** Where things go, in CSS pixels; the same on screen and in exported figures. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Left of every plot: unit, numbers, bar. Equal for all kinds, so that cards line up. */
export const LEFT = { unit: 14, numbers: 48, bar: 12, gap: 8 } as const;
export const INSET = LEFT.unit + LEFT.numbers + LEFT.bar + LEFT.gap;
export const TOP = 8;
export const BELOW = 24;

export interface StackupLayout extends HeatLayout {
  readonly profile: Box;
  /** Room for the names of blocks, left of their colours; 0 where there is none. */
  readonly names: number;
  /** The names of the profiles, above them; null where there is one profile only. */
  readonly legend: Box | null;
  /** All rows, to choose from. */
  readonly strip: Box;
}

export interface HeatLayout {
  readonly map: Box;
  /** Room for the profile above a stackup; null in a pileup. */
  readonly profile: Box | null;
  readonly bar: Box;
}

/** Where an element stands, as a style. */
export function boxStyle({ x, y, width, height }: Box) {
  return { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
}

function atLeast(value: number, least: number): number {
  return Math.max(Math.floor(value), least);
}

/** Line below a map that says what its outlines mean. */
export const NOTE = 18;

/** A square map with both axes, its colour bar at the left, perhaps a note below. */
export function pileupLayout({ width, height }: Size, noted = false): HeatLayout {
  const right = 60;
  const below = BELOW + (noted ? NOTE : 0);
  const side = atLeast(Math.min(width - INSET - right, height - TOP - below), 40);
  const map = { x: INSET, y: TOP, width: side, height: side };
  return { map, profile: null, bar: barBox(map) };
}

/** Colours of blocks beside a stackup, and the gap to the map. */
export const BLOCK = { colour: 4, gap: 3 } as const;
const LEGEND_LINE = 16;
const ROW_STRIP = 10;
/** Between a map and the strip of all its rows. */
const STRIP_GAP = 8;

/** A map as wide as there is room, under its profiles; blocks are named at its left. */
export function stackupLayout(
  { width, height }: Size,
  blocks: readonly string[] = [],
): StackupLayout {
  const right = STRIP_GAP + ROW_STRIP + 52;
  const several = blocks.length > 1;
  const longest = several && width >= 340 ? Math.max(...blocks.map(nameWidth)) + 6 : 0;
  const names = Math.min(longest, Math.floor(width * 0.2));
  const x = INSET + (several ? names + BLOCK.colour + BLOCK.gap : 0);
  const across = atLeast(width - x - right, 40);
  const rows = several ? legendRows(blocks, across).rows : 0;
  const over = TOP + rows * LEGEND_LINE + (rows > 0 ? 2 : 0);
  const above = atLeast(Math.min(height * 0.22, 96), 40);
  const y = over + above + 8;
  const map = { x, y, width: across, height: atLeast(height - y - BELOW, 40) };
  return {
    map,
    profile: { x, y: over, width: across, height: above },
    bar: barBox(map),
    names,
    legend: several ? { x, y: TOP, width: across, height: rows * LEGEND_LINE } : null,
    strip: { x: x + across + STRIP_GAP, y, width: ROW_STRIP, height: map.height },
  };
}

/** Width of a name whose number of regions stands in the legend only. */
const nameWidth = (text: string): number => textWidth(text.replace(/ \([\d,]+\)$/, ""));

export interface LegendItem {
  /** Number of the block; -1 for “+3 more”. */
  readonly block: number;
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

const MOST_LEGEND_ROWS = 2;
const SWATCH = 14;

/** Names in at most two rows; what has no room is counted. */
export function legendRows(
  names: readonly string[],
  width: number,
): { readonly items: readonly LegendItem[]; readonly rows: number } {
  const items: LegendItem[] = [];
  let x = 0;
  let row = 0;
  for (const [block, name] of names.entries()) {
    const text = shortened(name, Math.min(width - SWATCH, 130));
    const item = SWATCH + textWidth(text) + 10;
    const rest = names.length - block;
    const tail = row === MOST_LEGEND_ROWS - 1 && rest > 1 ? 50 : 0;
    if (x > 0 && x + item + tail > width) {
      if (row === MOST_LEGEND_ROWS - 1) {
        items.push({ block: -1, text: `+${rest} more`, x, y: row * LEGEND_LINE + 11 });
        break;
      }
      row += 1;
      x = 0;
    }
    items.push({ block, text, x, y: row * LEGEND_LINE + 11 });
    x += item;
  }
  return { items, rows: row + 1 };
}

/** The text, or its beginning with an ellipsis, in so many pixels. */
export function shortened(text: string, width: number): string {
  const most = Math.max(Math.floor(width / 6), 1);
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

/** Height at which a plot of this width wastes no room. */
export function plotHeight(kind: string, width: number): number {
  if (kind === "pileup") return pileupLayout({ width, height: 1e6 }).map.height + TOP + BELOW;
  if (kind.startsWith("embedding")) {
    return asideLayout({ width, height: 1e6 }, true, 0).map.height + 2 * TOP;
  }
  if (kind === "stackup" || kind === "enrichment") return Math.round(width * 0.95);
  return Math.round(width * 0.7);
}

/** Room that a plot makes use of within this one, so that it can stand in the middle. */
export function fitted(kind: string, size: Size): Size {
  const { width, height } = size;
  const cloud = kind.startsWith("embedding");
  if (kind !== "pileup" && (!cloud || height >= width * UPRIGHT)) return size;
  const wide = plotHeight(kind, width);
  // what is beside the map keeps its size, and a note below it its place
  if (wide > height) return { width: width + height - wide, height };
  return { width, height: Math.min(height, wide + NOTE) };
}

function barBox(map: Box): Box {
  return { x: LEFT.unit + LEFT.numbers, y: map.y, width: LEFT.bar, height: map.height };
}

/** Pixels that a text of 11 px takes, roughly; only for deciding where it fits. */
export function textWidth(text: string): number {
  return text.length * 6;
}

export interface LinesLayout {
  readonly plot: Box;
  /** Labels at the lines' ends, or a legend above, or neither when there is one line. */
  readonly labels: "ends" | "legend" | "none";
  readonly labelWidth: number;
  readonly legendHeight: number;
}

const LEGEND_ROW = 20;
const END_LABEL_ROW = 15;

/** Lines with their names. */
export function profileLayout({ width, height }: Size, names: readonly string[]): LinesLayout {
  const right = 24;
  const box = (labelWidth: number, legendHeight: number): Box => ({
    x: INSET,
    y: TOP + legendHeight,
    width: atLeast(width - INSET - right - labelWidth, 40),
    height: atLeast(height - TOP - BELOW - legendHeight, 40),
  });
  const result = (labels: LinesLayout["labels"], labelWidth: number, legendHeight: number) => ({
    plot: box(labelWidth, legendHeight),
    labels,
    labelWidth,
    legendHeight,
  });
  if (names.length < 2) return result("none", 0, 0);
  const longest = Math.max(...names.map(textWidth));
  const labelWidth = Math.min(longest + 66, 190);
  const ends = box(labelWidth, 0);
  if (ends.width >= 220 && names.length * END_LABEL_ROW <= ends.height) {
    return result("ends", labelWidth, 0);
  }
  const room = Math.max(width - INSET, 80);
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const item = Math.min(textWidth(name) + 32, room);
    if (used > 0 && used + item > room) {
      rows += 1;
      used = 0;
    }
    used += item;
  }
  return result("legend", 0, Math.min(rows, 3) * LEGEND_ROW + 4);
}

/**
 * Positions as near as possible to those wished for, in the same order, at least `gap` apart
 * and inside `lo…hi` if they fit.
 */
export function spread(
  wished: readonly number[],
  gap: number,
  lo: number,
  hi: number,
): number[] {
  const order = wished.map((_, i) => i).sort((a, b) => (wished[a] ?? 0) - (wished[b] ?? 0));
  const placed = wished.map(() => 0);
  let least = lo;
  for (const i of order) {
    const at = Math.max(wished[i] ?? 0, least);
    placed[i] = at;
    least = at + gap;
  }
  let most = hi;
  for (const i of order.reverse()) {
    const at = Math.min(placed[i] ?? 0, most);
    placed[i] = Math.max(at, lo);
    most = at - gap;
  }
  return placed;
}

/** Height of one name in a ranking. */
export const ROW = 16;

export interface EnrichmentLayout {
  readonly bars: Box;
  /** Lines of words and controls between the bars and what is below them. */
  readonly head: Box;
  /** Room for the ranking, the volcano or the table. */
  readonly below: Box;
}

const HEAD_ROW = 22;

/** Bars by position above, the region sets below. */
export function enrichmentLayout({ width, height }: Size): EnrichmentLayout {
  const rows = width < 480 ? 3 : 2;
  const others = TOP + BELOW + rows * HEAD_ROW + 4 + ROW + BELOW;
  const most = Math.min(height * 0.28, Math.max(110, width * 0.2));
  // in a low card the list with its axis keeps its place, and the bars are lower
  const above = atLeast(Math.min(Math.max(most, 40), height - others), 24);
  const bars = { x: INSET, y: TOP, width: atLeast(width - INSET - 16, 40), height: above };
  const headY = TOP + above + BELOW;
  const y = headY + rows * HEAD_ROW + 4;
  return {
    bars,
    head: { x: 0, y: headY, width, height: rows * HEAD_ROW },
    below: { x: 0, y, width, height: atLeast(height - y, BELOW + ROW) },
  };
}

export interface RankingLayout {
  /** Field of the dots; names stand left of it. */
  readonly list: Box;
  /** Width of the names. */
  readonly names: number;
}

/** Names with their dots, an axis below. */
export function rankingLayout(box: Box, members: readonly string[]): RankingLayout {
  const longest = Math.max(0, ...members.map(textWidth));
  const names = Math.max(INSET - 12, Math.min(longest + 8, Math.floor(box.width * 0.4)));
  const x = names + 12;
  const list = {
    x,
    y: box.y,
    width: atLeast(box.width - x - 20, 40),
    height: atLeast(Math.min(box.height - BELOW, members.length * ROW), ROW),
  };
  return { list, names };
}

/** The field of a volcano, axes left and below. */
export function volcanoBox(box: Box): Box {
  return {
    x: 62,
    y: box.y + 6,
    width: atLeast(box.width - 62 - 16, 40),
    height: atLeast(box.height - 6 - 36, 40),
  };
}

export interface EmbeddingLayout {
  readonly map: Box;
  readonly bar: Box;
  /** Room for what the clusters look like; null where there is none. */
  readonly card: Box | null;
  /** Room below the map for a threshold or a legend; no height without. */
  readonly strip: Box;
}

/** Height of a threshold below the map. */
export const STRIP = 46;

/** Height of a legend with so many names, below a map about so wide. */
export function legendHeight(names: readonly string[], width: number): number {
  const longest = Math.min(Math.max(0, ...names.map(textWidth)) + 28, width);
  const rows = Math.ceil(names.length / Math.max(Math.floor(width / longest), 1));
  return Math.min(rows, 5) * 17 + 10;
}

/** How much higher than wide a room is in which clusters stand below their cloud. */
const UPRIGHT = 1.25;

/** Points on a square, what their clusters look like beside it, or below on an upright screen. */
export function embeddingLayout(size: Size, cards: boolean, below = 0): EmbeddingLayout {
  const { width, height } = size;
  if (!cards || width < 420 || height < width * UPRIGHT) return asideLayout(size, cards, below);
  const { map, bar, strip } = asideLayout(size, false, below);
  const y = map.y + map.height + below + 16;
  const card = { x: map.x, y, width: map.width, height: atLeast(height - y - TOP, 40) };
  return { map, bar, card, strip };
}

function asideLayout({ width, height }: Size, cards: boolean, below: number): EmbeddingLayout {
  const aside = cards && width >= 420 ? atLeast(Math.min(width * 0.3, 200), 120) : 0;
  const room = width - INSET - 8 - (aside > 0 ? aside + 16 : 0);
  const side = atLeast(Math.min(room, height - 2 * TOP - below), 40);
  const map = { x: INSET, y: TOP, width: side, height: side };
  const card = aside > 0 ? { x: map.x + side + 16, y: TOP, width: aside, height: side } : null;
  const under = { x: map.x, y: TOP + side + 8, width: side, height: Math.max(below - 8, 0) };
  return { map, bar: barBox(map), card, strip: under };
}

/**
 * Where a card lies on a map that has no room beside it: on the half away from the cursor. A map
 * whose half is too narrow has none, as it would cover what is looked at.
 */
export function floatingCard(map: Box, cursorLeft: boolean): Box | null {
  const width = Math.min(map.width / 2 - 8, 132);
  if (width < 88) return null;
  const x = cursorLeft ? map.x + map.width - width - 4 : map.x + 4;
  return { x, y: map.y + 4, width, height: map.height - 8 };
}
