/** Geometry of a line plot, shared by the screen and exported figures. */

import type { Box } from "./layout";
import type { Limits } from "./limits";
import { bandPath, type Line, linePath } from "./lines";

export interface DrawnLine {
  readonly line: Line;
  readonly path: string;
  readonly band: string;
}

export interface Projection {
  /** Middle of a bin. */
  readonly x: (bin: number) => number;
  readonly y: (value: number) => number;
}

export function projection(box: Box, bins: number, [lo, hi]: Limits): Projection {
  return {
    x: (bin) => box.x + ((bin + 0.5) / bins) * box.width,
    y: (value) => box.y + (1 - (value - lo) / (hi - lo)) * box.height,
  };
}

export function drawn(lines: readonly Line[], { x, y }: Projection): DrawnLine[] {
  return lines.map((line) => ({
    line,
    path: linePath(line.mean, x, y),
    band: line.low && line.high ? bandPath(line.low, line.high, x, y) : "",
  }));
}
