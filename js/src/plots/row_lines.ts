/** Lines of a stackup that are drawn: of the picture of all rows, or of a finer window. */

import type { Block, DecodedResult, RowWindow } from "../wire/result";
import type { Rows } from "./row_zoom";

/** A block of the lines drawn. */
export interface DrawnBlock extends Block {
  /** Number among the blocks of the result. */
  readonly index: number;
  /** First line and the one after the last. */
  readonly from: number;
  readonly to: number;
}

/** The picture of all rows, as a window. */
export function wholePicture({ arrays, meta }: DecodedResult): RowWindow {
  const [lines = 0, bins = 0] = arrays.image?.shape ?? [];
  const edges =
    arrays.row_edges === undefined
      ? Int32Array.from({ length: lines + 1 }, (_, line) => line)
      : Int32Array.from(arrays.row_edges.data);
  return {
    first: 0,
    after: edges[lines] ?? lines,
    bins,
    image: asFloats(arrays.image?.data),
    edges,
    perBlock: (meta.blocks ?? []).map((block) => block.lines),
    names: meta.row_names ?? null,
  };
}

const asFloats = (data: ArrayLike<number> | undefined): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data ?? []);

/** The lines of a window that lie in another one, at least partly. */
export function cropped(window: RowWindow, [first, after]: Rows): RowWindow {
  if (first <= window.first && after >= window.after) return window;
  const { edges, bins } = window;
  const from = lineOf(edges, first);
  const to = lineOf(edges, after - 1) + 1;
  let line = 0;
  const perBlock = window.perBlock.map((lines) => {
    const inside = Math.min(line + lines, to) - Math.max(line, from);
    line += lines;
    return Math.max(inside, 0);
  });
  return {
    first: edges[from] ?? first,
    after: edges[to] ?? after,
    bins,
    image: window.image.subarray(from * bins, to * bins),
    edges: edges.subarray(from, to + 1),
    perBlock,
    names: window.names === null ? null : window.names.slice(from, to),
  };
}

/** Whether a window holds all these rows. */
export function covers(window: RowWindow, [first, after]: Rows): boolean {
  return window.first <= first && after <= window.after;
}

/** Line that holds a place in the order. */
export function lineOf(edges: Int32Array, place: number): number {
  let low = 0;
  let high = Math.max(edges.length - 2, 0);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Place in the order at a share of the height, 0 at the top. */
export function placeAt({ edges, first, after }: RowWindow, share: number): number {
  const lines = edges.length - 1;
  const at = Math.min(Math.max(share, 0), 1) * lines;
  const line = Math.min(Math.floor(at), lines - 1);
  const from = edges[line] ?? first;
  return from + (at - line) * ((edges[line + 1] ?? after) - from);
}

/**
 * The place in the order that stands for a line: its middle row, of those that are asked for. A
 * line at the edge may hold rows beyond, which are gone from the screen when finer lines arrive.
 */
export function placeIn(
  { edges }: Pick<RowWindow, "edges">,
  line: number,
  [first, after]: Rows,
): number {
  const from = edges[line] ?? 0;
  const last = Math.max((edges[line + 1] ?? from + 1) - 1, from);
  return Math.min(Math.max((from + last) >> 1, first), after - 1);
}

/** Where a place in the order lies, as a share of the height. */
export function shareOf(window: RowWindow, place: number): number {
  const { edges } = window;
  const lines = edges.length - 1;
  if (lines < 1) return 0;
  if (place >= (edges[lines] ?? 0)) return 1;
  const line = lineOf(edges, place);
  const from = edges[line] ?? 0;
  return (line + (place - from) / ((edges[line + 1] ?? from + 1) - from)) / lines;
}

/** The blocks that have lines in a window, from the top. */
export function blocksOf({ meta }: DecodedResult, { perBlock }: RowWindow): DrawnBlock[] {
  let line = 0;
  const drawn: DrawnBlock[] = [];
  (meta.blocks ?? []).forEach((block, i) => {
    const lines = perBlock[i] ?? 0;
    if (lines > 0) drawn.push({ ...block, lines, index: i, from: line, to: line + lines });
    line += lines;
  });
  return drawn;
}
