/** Figures as SVG text: white ground, vector cells, axes, colour bar with its unit. */

import type { DecodedResult, ViewSettings } from "../wire/types";
import { type AxisTick, anchor, axisTicks, binText, fitting } from "./axis";
import {
  boundsOf,
  cellsOf,
  cloudScale,
  density,
  embeddingOf,
  gridSide,
  meanPerCell,
  perPoint,
  placed,
  showsPoints,
} from "./embedding_data";
import {
  firstPosition,
  oddsRange,
  positions,
  ranked,
  SIGNIFICANT,
  strongest,
} from "./enrichment_data";
import {
  type Box,
  embeddingLayout,
  enrichmentLayout,
  INSET,
  pileupLayout,
  profileLayout,
  ROW,
  type Size,
  spread,
  stackupLayout,
  TOP,
} from "./layout";
import { type Limits, toDisplay, type Values } from "./limits";
import { lastBin, linePath, linesOf, yLimits } from "./lines";
import { colourIndex, paint } from "./paint";
import { base64, pngFile } from "./png";
import { drawn, projection } from "./profile_chart";
import { categories, cssColour, pixelTable, rules, unit } from "./rules";
import { type ColourScale, colourScale, shown } from "./scale";
import { profileRange, rowTicks } from "./stackup_parts";
import { formatLimit, formatNumber, ticks, tickTexts } from "./texts";

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
const n = (value: number): string => String(Math.round(value * 1000) / 1000);

function textAt(x: number, y: number, text: string, anchor = "start", extra = ""): string {
  const fill = extra.includes("fill=") ? "" : ` fill="${INK}"`;
  return `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}"${fill}${extra}>${escaped(text)}</text>`;
}

function hair(x1: number, y1: number, x2: number, y2: number, extra = ""): string {
  return `<path d="M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}" stroke="${HAIR}" stroke-width="0.75"${extra}/>`;
}

function frame({ x, y, width, height }: Box): string {
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
    return Number.isFinite(value) ? colourIndex(value, lo, hi) : -1;
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

function bottomAxis(box: Box, marks: readonly AxisTick[]): string {
  const y = box.y + box.height;
  return fitting(marks, box.width)
    .map(({ at, text }) => {
      const x = box.x + at * box.width;
      return hair(x, y, x, y + 4) + textAt(x, y + 16, text, anchor(at));
    })
    .join("");
}

function rightAxis(box: Box, marks: readonly AxisTick[]): string {
  const x = box.x + box.width;
  return marks
    .map(({ at, text }) => {
      const y = box.y + at * box.height;
      const shift = { start: 8, middle: 4, end: 0 }[anchor(at)];
      return hair(x, y, x + 4, y) + textAt(x + 8, y + shift, text);
    })
    .join("");
}

function verticalText(x: number, y: number, text: string): string {
  return textAt(0, 0, text, "middle", ` transform="translate(${n(x)} ${n(y)}) rotate(-90)"`);
}

/** The whole bar shows the limits in force: nothing can be dragged on paper. */
function colourBar({ lo, hi, map, unit: name }: ColourScale, box: Box): string {
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

function pileup(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const mean = result.arrays.mean;
  const [rows = 0, columns = 0] = mean?.shape ?? [];
  const data = shown(mean?.data ?? [], settings);
  const scale = colourScale("pileup", data, settings);
  const { map, bar } = pileupLayout(size);
  const marks = axisTicks(result.meta.axis, "centred", map.width);
  return [
    cells(data.values, rows, columns, scale, map),
    frame(map),
    bottomAxis(map, marks),
    rightAxis(map, marks),
    colourBar(scale, bar),
  ].join("");
}

function stackup(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const { image, profile } = result.arrays;
  const [rows = 0, columns = 0] = image?.shape ?? [];
  const data = shown(image?.data ?? [], settings);
  const scale = colourScale("stackup", data, settings);
  const { map, bar, profile: top } = stackupLayout(size);
  const marks = axisTicks(result.meta.axis, "meeting", map.width);
  const parts = [
    cells(data.values, rows, columns, scale, map),
    frame(map),
    bottomAxis(map, marks),
    rightAxis(map, rowTicks(result.meta.n_rows ?? rows)),
    verticalText(map.x + map.width + 16, map.y + map.height / 2, "regions"),
    colourBar(scale, bar),
  ];
  if (top !== null) {
    const mean = toDisplay(profile?.data ?? [], settings.scale);
    const range = profileRange(mean);
    const { x, y } = projection(top, mean.length, range);
    const bottom = top.y + top.height;
    parts.push(
      hair(top.x, bottom, top.x + top.width, bottom),
      `<path fill="none" stroke="${categories[0]}" stroke-width="1.5" d="${linePath(mean, x, y)}"/>`,
      textAt(top.x - 8, top.y + 8, formatNumber(range[1]), "end"),
      textAt(top.x - 8, top.y + top.height / 2 + 4, "mean", "end"),
      textAt(top.x - 8, bottom, formatNumber(range[0]), "end"),
    );
  }
  return parts.join("");
}

function profile(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const lines = linesOf(result, settings);
  const layout = profileLayout(
    size,
    lines.map((line) => line.name),
  );
  const { plot } = layout;
  const limits = yLimits(lines, settings);
  const place = projection(plot, result.meta.axis.size, limits);
  const bottom = plot.y + plot.height;
  const marks = axisTicks(result.meta.axis, "meeting", plot.width);
  const parts = [
    `<clipPath id="plot"><rect x="${n(plot.x)}" y="${n(plot.y)}" width="${n(plot.width)}" height="${n(plot.height)}"/></clipPath>`,
    hair(plot.x, plot.y, plot.x, bottom),
    hair(plot.x, bottom, plot.x + plot.width, bottom),
    bottomAxis(plot, marks),
    verticalText(
      10,
      plot.y + plot.height / 2,
      unit("profile", settings.normalized ? "normalized" : "", settings.scale),
    ),
  ];
  for (const { at, mark } of marks) {
    const x = plot.x + at * plot.width;
    if (mark) parts.push(hair(x, plot.y, x, bottom, ' stroke-dasharray="2 3"'));
  }
  const inner = ticks(limits[0], limits[1], Math.max(Math.floor(plot.height / 36), 2));
  for (const [i, text] of tickTexts(inner).entries()) {
    const y = place.y(inner[i] as number);
    parts.push(hair(plot.x - 4, y, plot.x, y), textAt(plot.x - 8, y + 4, text, "end"));
  }
  if (limits[0] < 0 && limits[1] > 0) {
    parts.push(hair(plot.x, place.y(0), plot.x + plot.width, place.y(0)));
  }
  const paper = (colour: string) => (colour === "currentColor" ? "#000" : colour);
  parts.push('<g clip-path="url(#plot)">');
  for (const { line, path, band } of drawn(lines, place)) {
    const colour = paper(line.colour);
    if (band) parts.push(`<path fill="${colour}" fill-opacity="0.2" d="${band}"/>`);
    const dash = line.dash ? ` stroke-dasharray="${line.dash}"` : "";
    parts.push(
      `<path fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"${dash} d="${path}"/>`,
    );
  }
  parts.push("</g>");
  if (layout.labels === "none") return parts.join("");
  const swatch = (x: number, y: number, line: (typeof lines)[number]) => {
    const dash = line.dash ? ` stroke-dasharray="${line.dash}"` : "";
    return `<path d="M${n(x)} ${n(y)}h14" stroke="${paper(line.colour)}" stroke-width="2"${dash}/>${textAt(x + 19, y + 4, line.name)}`;
  };
  if (layout.labels === "legend") {
    let x = INSET;
    let y = TOP + 6;
    for (const line of lines) {
      const wide = line.name.length * 6 + 32;
      if (x > INSET && x + wide > size.width) {
        x = INSET;
        y += 20;
      }
      parts.push(swatch(x, y, line));
      x += wide;
    }
  } else {
    const wished = lines.map(({ mean }) => {
      const last = lastBin(mean);
      const y = last < 0 ? bottom : place.y(mean[last] as number);
      return Math.min(Math.max(y, plot.y), bottom);
    });
    const at = spread(wished, 15, plot.y + 4, bottom - 4);
    for (const [i, line] of lines.entries()) {
      parts.push(swatch(plot.x + plot.width + 8, at[i] ?? 0, line));
    }
  }
  return parts.join("");
}

function enrichment(
  result: DecodedResult,
  _settings: ViewSettings,
  size: Size,
  position?: number,
): string {
  const bins = positions(result);
  const bin = position ?? firstPosition(result.meta.axis, bins);
  const members = ranked(result, bin);
  const { bars, list, names } = enrichmentLayout(
    size,
    members.map((member) => member.name),
  );
  const tops = strongest(result);
  const held = (value: number, [lo, hi]: Limits) => Math.min(Math.max(value, lo), hi);
  const range = oddsRange(tops);
  const y = (value: number) =>
    bars.y + (1 - (held(value, range) - range[0]) / (range[1] - range[0])) * bars.height;
  const step = bars.width / Math.max(bins, 1);
  const parts = Array.from(tops, (value, i) => {
    if (Number.isNaN(value)) return "";
    const [from, to] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))];
    const fill = i === bin ? categories[0] : "#999";
    return `<path fill="${fill}" d="M${n(bars.x + i * step)} ${n(from)}h${n(step * 0.9)}V${n(to)}h${n(-step * 0.9)}z"/>`;
  });
  const yTicks = ticks(...range, 3);
  for (const [i, text] of tickTexts(yTicks).entries()) {
    const at = y(yTicks[i] as number);
    parts.push(hair(bars.x - 4, at, bars.x, at), textAt(bars.x - 8, at + 4, text, "end"));
  }
  parts.push(
    hair(bars.x, y(0), bars.x + bars.width, y(0)),
    bottomAxis(bars, axisTicks(result.meta.axis, "meeting", bars.width)),
    verticalText(10, bars.y + bars.height / 2, "log2 odds"),
  );
  const span = oddsRange(members.map((member) => member.log2));
  const x = (value: number) =>
    list.x + ((held(value, span) - span[0]) / (span[1] - span[0])) * list.width;
  const shownMembers = members.slice(0, Math.floor(list.height / ROW));
  const left = members.length - shownMembers.length;
  const where = binText(result.meta.axis, bin, "meeting");
  const more = left > 0 ? `, ${left} weaker ones not shown` : "";
  parts.push(
    textAt(0, list.y - 8, `Region sets at ${where}, filled: q < ${SIGNIFICANT}${more}`),
  );
  for (const [i, { name, log2, q }] of shownMembers.entries()) {
    const at = list.y + (i + 0.5) * ROW;
    parts.push(textAt(names, at + 4, name, "end"));
    if (Number.isNaN(log2)) continue;
    const fill = q < SIGNIFICANT ? categories[0] : "#fff";
    parts.push(
      hair(x(0), at, x(log2), at),
      `<circle cx="${n(x(log2))}" cy="${n(at)}" r="4" fill="${fill}" stroke="${categories[0]}" stroke-width="1.5"/>`,
    );
  }
  const bottom = list.y + list.height;
  parts.push(
    hair(x(0), list.y, x(0), bottom),
    hair(list.x, bottom, list.x + list.width, bottom),
    textAt(names, bottom + 16, "log2 odds ratio", "end"),
  );
  const xTicks = ticks(...span, 5);
  for (const [i, text] of tickTexts(xTicks).entries()) {
    const at = x(xTicks[i] as number);
    parts.push(hair(at, bottom, at, bottom + 4), textAt(at, bottom + 16, text, "middle"));
  }
  return parts.join("");
}

function embedding(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const data = embeddingOf(result);
  const { map, bar } = embeddingLayout(size, false);
  const bounds = boundsOf(data.points);
  const side = gridSide(data.n);
  const cellOf = cellsOf(data.points, bounds, side);
  const counts = density(cellOf, side);
  const asPoints = showsPoints(data.n, map);
  const perCell = data.overlay ? meanPerCell(cellOf, data.overlay, side) : counts;
  const raw = asPoints ? (data.overlay ?? perPoint(cellOf, counts)) : perCell;
  const values = shown(raw, { scale: "linear" });
  const scale = cloudScale(data, values, settings);
  const colour = (value: number) =>
    Number.isFinite(value)
      ? cssColour(scale.map, colourIndex(value, scale.lo, scale.hi))
      : "#9e9e9e";
  const parts: string[] = [];
  if (asPoints) {
    const at = placed(data.points, bounds, map);
    for (let i = 0; i < data.n; i++) {
      const [x, y] = [at[2 * i] as number, at[2 * i + 1] as number];
      if (Number.isNaN(x) || Number.isNaN(y)) continue;
      parts.push(
        `<circle cx="${n(map.x + x)}" cy="${n(map.y + y)}" r="2" fill="${colour(values.values[i] as number)}"/>`,
      );
    }
  } else {
    const step = map.width / side;
    for (let i = 0; i < side * side; i++) {
      const value = values.values[i] as number;
      if (!Number.isFinite(value)) continue;
      const [x, y] = [map.x + (i % side) * step, map.y + Math.floor(i / side) * step];
      parts.push(
        `<path shape-rendering="crispEdges" fill="${colour(value)}" d="M${n(x)} ${n(y)}h${n(step)}v${n(step)}h${n(-step)}z"/>`,
      );
    }
  }
  return [parts.join(""), frame(map), colourBar(scale, bar)].join("");
}

export type Picture = "embedding" | "pileup" | "profile" | "stackup" | "enrichment";

/** Which picture a result is drawn as. */
export function kindOf({ arrays, meta }: DecodedResult): Picture {
  if (arrays.points) return "embedding";
  if (arrays.odds_ratio) return "enrichment";
  if (arrays.image) return "stackup";
  return meta.tracks && meta.tracks.length > 0 ? "profile" : "pileup";
}

/**
 * A figure of its own, in the layout of the screen; lengths are CSS pixels.
 *
 * @param position the bin whose ranking an enrichment shows; without it the first one looked at
 */
export function exportSvg(
  result: DecodedResult,
  settings: ViewSettings,
  size: Size,
  position?: number,
): string {
  const draw = { pileup, profile, stackup, enrichment, embedding }[kindOf(result)];
  const body = draw(result, settings, size, position);
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family="Helvetica, Arial, sans-serif" font-size="11">`,
    `<defs><pattern id="missing" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${rules.missing.ground}"/><rect width="1" height="5" fill="${rules.missing.line}"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    body,
    "</svg>",
  ].join("");
}
