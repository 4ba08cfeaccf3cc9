/** Figures as SVG text: white ground, vector cells, axes, colour bar with its unit. */

import type { DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { axisTicks } from "./axis";
import { matrixOf, outlined, outlineNote, outlinePath } from "./contrast";
import { BELOW, INSET, pileupLayout, profileLayout, type Size, spread, TOP } from "./layout";
import { lastBin, linesOf, visibleOf, yLimits } from "./lines";
import { drawn, projection } from "./profile_chart";
import { rules, unit } from "./rules";
import { colourScale, scaleOf, shown } from "./scale";
import { embedding } from "./svg_clouds";
import { enrichment } from "./svg_enrichment";
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
import { stackup } from "./svg_stackup";
import { ticks, tickTexts } from "./texts";

function pileup(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const matrix = matrixOf(result, settings.contrast);
  const [rows = 0, columns = 0] = matrix?.shape ?? [];
  const scaled = { scale: scaleOf("pileup", settings), clip: settings.clip };
  const data = shown(matrix?.data ?? [], scaled);
  const scale = colourScale("pileup", data, settings);
  const note = outlineNote(result, settings);
  const { map, bar } = pileupLayout(size, note !== null);
  const p = outlined(result, settings);
  const path = p === undefined ? "" : outlinePath(p, map);
  const outline = (colour: string, width: number) =>
    `<path fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="square" d="${path}"/>`;
  const marks = axisTicks(result.meta.axis, "centred", map.width);
  return [
    cells(data.values, rows, columns, scale, map),
    path === "" ? "" : outline("#fff", 3) + outline("#000", 1.25),
    frame(map),
    bottomAxis(map, marks),
    rightAxis(map, marks),
    colourBar(scale, bar),
    note === null ? "" : textAt(14, map.y + map.height + BELOW + 12, note.short),
  ].join("");
}

function profile(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const all = linesOf(result, settings);
  const lines = visibleOf(all, settings);
  // as on screen, where hidden lines keep their names: one line of several has its name, too
  const layout = profileLayout(
    size,
    all.map((line) => line.name),
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
 * @param rows the rows of a stackup that are on screen; without it all
 */
export function exportSvg(
  result: DecodedResult,
  settings: ViewSettings,
  size: Size,
  rows?: RowWindow,
): string {
  const draw = { pileup, profile, stackup, enrichment, embedding }[kindOf(result)];
  const body = draw(result, settings, size, rows);
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}" font-family="Helvetica, Arial, sans-serif" font-size="11">`,
    `<defs><pattern id="missing" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${rules.missing.ground}"/><rect width="1" height="5" fill="${rules.missing.line}"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    body,
    "</svg>",
  ].join("");
}
