/** Enrichments as SVG: the bars, and the ranking, volcano or table that is on screen. */

import type { Axis, DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { axisTicks, binText } from "./axis";
import { arrowBar, arrowhead, type Ended, ended } from "./ended";
import {
  binOf,
  chanceText,
  listed,
  type Member,
  oddsRange,
  pointing,
  positions,
  ratioText,
  SIGNIFICANT,
  significant,
  strongest,
} from "./enrichment_data";
import {
  type Box,
  enrichmentLayout,
  ROW,
  rankingLayout,
  type Size,
  volcanoBox,
} from "./layout";
import { categories } from "./rules";
import { bottomAxis, hair, n, textAt, verticalText } from "./svg_parts";
import { formatCount, tickTexts } from "./texts";
import { named, shortName, turned, volcano } from "./volcano_data";

const INK = categories[0];

export function enrichment(result: DecodedResult, settings: ViewSettings, size: Size): string {
  const { axis } = result.meta;
  const bin = settings.overall ? null : binOf(axis, positions(result), settings.position);
  const members = listed(result, bin, settings);
  const { bars, below } = enrichmentLayout(size);
  const draw = { ranking, volcano: volcanoParts, table }[settings.chart];
  const { parts, left } = draw(members, below, axis, settings);
  const where =
    bin === null
      ? "each at its most significant position"
      : `at ${binText(axis, bin, "meeting")}`;
  const more = left > 0 ? `, ${formatCount(left)} more not shown` : "";
  const filled = settings.chart === "table" ? "" : `, filled: q < ${SIGNIFICANT}`;
  return [
    barParts(strongest(result, settings.search), axis, bars, bin),
    textAt(0, below.y - 10, `Region sets ${where}${filled}${more}`),
    ...parts,
  ].join("");
}

interface Drawn {
  readonly parts: readonly string[];
  /** Members for which there was no room. */
  readonly left: number;
}

function barParts(tops: Float64Array, axis: Axis, bars: Box, bin: number | null): string {
  const scale = ended(oddsRange(tops), tops, [bars.y + bars.height, bars.y], 3);
  const y = scale.at;
  const step = bars.width / Math.max(tops.length, 1);
  const parts = Array.from(tops, (value, i) => {
    if (Number.isNaN(value)) return "";
    const [left, wide] = [bars.x + i * step, step * 0.9];
    const shape = Number.isFinite(value)
      ? `M${n(left)} ${n(y(0))}h${n(wide)}V${n(y(value))}h${n(-wide)}z`
      : arrowBar(left, wide, y(0), y(value), scale.point);
    return `<path fill="${i === bin ? INK : "#999"}" d="${shape}"/>`;
  });
  parts.push(
    ...axisLeft(scale, bars.x),
    hair(bars.x, y(0), bars.x + bars.width, y(0)),
    bottomAxis(bars, axisTicks(axis, "meeting", bars.width)),
    verticalText(10, bars.y + bars.height / 2, "log2 odds"),
  );
  return parts.join("");
}

function axisLeft({ ticks, at: y }: Ended, x: number): string[] {
  return tickTexts(ticks).map((text, i) => {
    const at = y(ticks[i] as number);
    return hair(x - 4, at, x, at) + textAt(x - 8, at + 4, text, "end");
  });
}

function axisBelow({ ticks, at: x }: Ended, bottom: number): string[] {
  return tickTexts(ticks).map((text, i) => {
    const at = x(ticks[i] as number);
    return hair(at, bottom, at, bottom + 4) + textAt(at, bottom + 16, text, "middle");
  });
}

function ranking(members: readonly Member[], below: Box): Drawn {
  const { list, names } = rankingLayout(
    below,
    members.map(({ name }) => name),
  );
  const values = members.map(({ log2 }) => log2);
  const scale = ended(oddsRange(values), values, [list.x, list.x + list.width], 5);
  const x = scale.at;
  const room = members.slice(0, Math.floor(list.height / ROW));
  const parts: string[] = [];
  for (const [i, member] of room.entries()) {
    const at = list.y + (i + 0.5) * ROW;
    parts.push(textAt(names, at + 4, member.name, "end"));
    if (Number.isNaN(member.log2)) continue;
    const end = x(member.log2);
    parts.push(hair(x(0), at, end, at), dot(member, end, at, false));
  }
  const bottom = list.y + list.height;
  parts.push(
    hair(x(0), list.y, x(0), bottom),
    hair(list.x, bottom, list.x + list.width, bottom),
    textAt(Math.max(names, 88), bottom + 16, "log2 odds ratio", "end"),
    ...axisBelow(scale, bottom),
  );
  return { parts, left: members.length - room.length };
}

function dot(member: Member, x: number, y: number, chances: boolean): string {
  const way = pointing(member, chances);
  const shape =
    way === null
      ? `circle cx="${n(x)}" cy="${n(y)}" r="4"`
      : `path d="${arrowhead(x, y, way, 4)}"`;
  return `<${shape} fill="${significant(member) ? INK : "#fff"}" stroke="${INK}" stroke-width="1.5"/>`;
}

function volcanoParts(members: readonly Member[], below: Box): Drawn {
  const box = volcanoBox(below);
  const { spots, across, up } = volcano(members, box);
  const bottom = box.y + box.height;
  const level = up.at(-Math.log10(SIGNIFICANT));
  const parts = [
    hair(box.x, box.y, box.x, bottom),
    hair(box.x, bottom, box.x + box.width, bottom),
    hair(across.at(0), box.y, across.at(0), bottom),
    hair(box.x, level, box.x + box.width, level, ' stroke-dasharray="3 3"'),
    textAt(box.x + box.width, level - 4, `q ${SIGNIFICANT}`, "end"),
    ...axisBelow(across, bottom),
    ...axisLeft(up, box.x),
    textAt(box.x + box.width / 2, bottom + 30, "log2 odds ratio", "middle"),
    verticalText(10, box.y + box.height / 2, "−log10 q"),
  ];
  for (const { member, x, y } of spots) parts.push(dot(member, x, y, true));
  for (const spot of named(spots, box)) {
    const left = turned(spot, box);
    const at = left ? spot.x - 8 : spot.x + 8;
    parts.push(textAt(at, spot.y + 4, shortName(spot.member.name), left ? "end" : "start"));
  }
  return { parts, left: 0 };
}

const LINE = 18;

function table(
  members: readonly Member[],
  below: Box,
  axis: Axis,
  settings: ViewSettings,
): Drawn {
  const count = (value: number) => (Number.isFinite(value) ? formatCount(value) : "–");
  const columns: readonly [head: string, text: (member: Member) => string][] = [
    ...(settings.overall
      ? [["position", ({ bin }: Member) => binText(axis, bin, "meeting")] as const]
      : []),
    ["odds ratio", ({ odds }: Member) => ratioText(odds)],
    ["a", ({ a }: Member) => count(a)],
    ["b", ({ b }: Member) => count(b)],
    ["c", ({ c }: Member) => count(c)],
    ["d", ({ d }: Member) => count(d)],
    ["p", ({ p }: Member) => chanceText(p)],
    ["q", ({ q }: Member) => chanceText(q)],
  ].map(([head, text]) => [head, text] as [string, (member: Member) => string]);
  const names = Math.min(below.width * 0.3, 180);
  const step = (below.width - names) / columns.length;
  const room = members.slice(0, Math.max(Math.floor(below.height / LINE) - 1, 0));
  const end = (i: number) => names + (i + 1) * step;
  const parts = [
    textAt(0, below.y + 12, "region set"),
    ...columns.map(([head], i) => textAt(end(i), below.y + 12, head, "end")),
    hair(0, below.y + LINE, below.width, below.y + LINE),
  ];
  for (const [row, member] of room.entries()) {
    const y = below.y + (row + 1) * LINE + 13;
    parts.push(textAt(0, y, shortName(member.name)));
    for (const [i, [, text]] of columns.entries()) {
      parts.push(textAt(end(i), y, text(member), "end"));
    }
  }
  return { parts, left: members.length - room.length };
}
