/** Pieces of SVG figures: text, hairlines, axes, vector cells, colour bar. */

import { type AxisTick, anchor, fitting } from "./axis";
import type { Box } from "./layout";
import type { Values } from "./limits";
import { colourIndex, paint } from "./paint";
import { base64, pngFile } from "./png";
import { cssColour, pixelTable } from "./rules";
import type { ColourScale } from "./scale";
import { formatLimit, ticks, tickTexts } from "./texts";

/** Above this many cells a picture inside the figure is smaller and as crisp. */
const MOST_VECTOR_CELLS = 65_536;
/** How far a cell reaches under its right and lower neighbours, in cells: no seams. */
const UNDERLAP = 0.5;
const INK = "#222";
const HAIR = "#888";

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c,
  );
/** A length as short as a thousandth of a pixel needs. */
export const n = (value: number): string => String(Math.round(value * 1000) / 1000);

export function textAt(
  x: number,
  y: number,
  text: string,
  hangs = "start",
  extra = "",
): string {
  const fill = extra.includes("fill=") ? "" : ` fill="${INK}"`;
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${hangs}"${fill}${extra}>${escaped(text)}</text>`;
}

export function hair(x1: number, y1: number, x2: number, y2: number, extra = ""): string {
  return `<path d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}" stroke="${HAIR}" stroke-width="0.75"${extra}/>`;
}

export function frame({ x, y, width, height }: Box): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="none" stroke="${HAIR}" stroke-width="0.75"/>`;
}

/** Cells of a matrix, one rectangle per run of one colour; missing runs are left out. */
export function cells(
  values: Values,
  rows: number,
  columns: number,
  { lo, hi, map }: Pick<ColourScale, "lo" | "hi" | "map">,
  box: Box,
): string {
  const hatched = `<rect x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" fill="url(#missing)"/>`;
  if (rows * columns > MOST_VECTOR_CELLS) {
    const file = base64(pngFile(paint(values, lo, hi, pixelTable(map)), columns, rows));
    return `${hatched}<image x="${n(box.x)}" y="${n(box.y)}" width="${n(box.width)}" height="${n(box.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${file}"/>`;
  }
  const index = (row: number, column: number): number => {
    const value = values[row * columns + column] as number;
    return value < Number.POSITIVE_INFINITY ? colourIndex(value, lo, hi) : -1;
  };
  const parts: string[] = [];
  const missing: string[] = [];
  for (let row = 0; row < rows; row++) {
    for (let start = 0; start < columns; ) {
      const colour = index(row, start);
      let end = start + 1;
      while (end < columns && index(row, end) === colour) end++;
      if (colour < 0) {
        missing.push(`M${start} ${row}h${end - start}v1h${start - end}z`);
      } else {
        // what comes later covers the overlap; at the edges there is nothing to cover
        const wide = end - start + (end < columns ? UNDERLAP : 0);
        const high = 1 + (row < rows - 1 ? UNDERLAP : 0);
        parts.push(
          `<path fill="${cssColour(map, colour)}" d="M${start} ${row}h${wide}v${high}h${-wide}z"/>`,
        );
      }
      start = end;
    }
  }
  const scale = `translate(${n(box.x)} ${n(box.y)}) scale(${box.width / columns} ${box.height / rows})`;
  const field = `<g transform="${scale}" shape-rendering="crispEdges">${parts.join("")}</g>`;
  if (missing.length === 0) return field;
  const clip = `<clipPath id="gaps"><path transform="${scale}" d="${missing.join("")}"/></clipPath>`;
  return `${field}${clip}<g clip-path="url(#gaps)">${hatched}</g>`;
}

export function bottomAxis(box: Box, marks: readonly AxisTick[]): string {
  const y = box.y + box.height;
  return fitting(marks, box.width)
    .map(({ at, text }) => {
      const x = box.x + at * box.width;
      return hair(x, y, x, y + 4) + textAt(x, y + 16, text, anchor(at));
    })
    .join("");
}

export function rightAxis(box: Box, marks: readonly AxisTick[]): string {
  const x = box.x + box.width;
  return marks
    .map(({ at, text }) => {
      const y = box.y + at * box.height;
      const shift = { start: 8, middle: 4, end: 0 }[anchor(at)];
      return hair(x, y, x + 4, y) + textAt(x + 8, y + shift, text);
    })
    .join("");
}

export function verticalText(x: number, y: number, text: string): string {
  return textAt(0, 0, text, "middle", ` transform="translate(${n(x)} ${n(y)}) rotate(-90)"`);
}

/** The whole bar shows the limits in force: nothing can be dragged on paper. */
export function colourBar({ lo, hi, map, unit: name }: ColourScale, box: Box): string {
  const step = box.height / 256;
  let bar = "";
  for (let i = 0; i < 256; i++) {
    const high = step * (i < 255 ? 1 + UNDERLAP : 1);
    bar += `<path fill="${cssColour(map, 255 - i)}" d="M${n(box.x)} ${n(box.y + i * step)}h${n(box.width)}v${n(high)}h${n(-box.width)}z"/>`;
  }
  const y = (value: number) => box.y + (1 - (value - lo) / (hi - lo)) * box.height;
  const inner = ticks(lo, hi, 5);
  const texts = tickTexts(inner);
  const labels = inner
    .map((value, i) =>
      y(value) - box.y < 14 || box.y + box.height - y(value) < 14
        ? ""
        : hair(box.x - 3, y(value), box.x, y(value)) +
          textAt(box.x - 6, y(value) + 4, texts[i] ?? "", "end"),
    )
    .join("");
  return [
    bar,
    frame(box),
    labels,
    textAt(box.x - 6, box.y + 8, formatLimit(hi), "end"),
    textAt(box.x - 6, box.y + box.height, formatLimit(lo), "end"),
    verticalText(10, box.y + box.height / 2, name),
  ].join("");
}
