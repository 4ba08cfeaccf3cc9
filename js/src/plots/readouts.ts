/** The sentence at the status line: where the cursor is and what lies there. */

import type { Axis, DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { axisSentence, type BinStyle, binText } from "./axis";
import type { Cell } from "./data_canvas";
import type { Summary } from "./limits";
import type { Line } from "./lines";
import type { DrawnBlock } from "./row_lines";
import type { ColourScale } from "./scale";
import { formatCount, formatNumber, THIN_SPACE } from "./texts";

const plural = (n: number, thing: string) => `${formatCount(n)} ${thing}${n === 1 ? "" : "s"}`;

function valueText(value: number, scale: ViewSettings["scale"]): string {
  if (value === Number.NEGATIVE_INFINITY) return "0 (log2 −∞)";
  if (!Number.isFinite(value)) return "no data";
  return `${scale === "log2" ? "log2 " : ""}${formatNumber(value)}`;
}

/** “−120 kb, +40 kb · log2 0.52 · 987 regions”: first anchor, second anchor. */
export function pileupReadout(
  result: DecodedResult,
  { row, column }: Cell,
  value: number,
  unit: string,
): string {
  const { axis } = result.meta;
  const at = (name: string) => result.arrays[name]?.data[row * axis.size + column];
  const [count, other, p] = [at("count"), at("count_two"), at("p_corrected")];
  const compared = p !== undefined;
  const scale = unit.startsWith("log2") ? "log2" : "linear";
  const parts = [
    `${binText(axis, row, "centred")}, ${binText(axis, column, "centred")}`,
    compared && Number.isFinite(value)
      ? `${unit} ${formatNumber(value)}`
      : valueText(value, scale),
  ];
  if (compared && Number.isFinite(p)) parts.push(`p ${formatNumber(p, 2)}`);
  if (count !== undefined) {
    const against =
      other === undefined || other === count ? "" : ` against ${formatCount(other)}`;
    parts.push(`${plural(count, "region")}${against}`);
  }
  return parts.join(" · ");
}

/** “+2.5 kb · 0.52 · peak_7 · chr1:3,000–3,200 (+) · region 13 of 1,013 · cluster 3” */
export function stackupReadout(
  { meta }: DecodedResult,
  { edges, names, after }: RowWindow,
  blocks: readonly DrawnBlock[],
  { row, column }: Cell,
  value: number,
  scale: ViewSettings["scale"],
): string {
  const first = (edges[row] ?? row) + 1;
  const last = edges[row + 1] ?? row + 1;
  const alone = first >= last;
  const which = alone
    ? `region ${formatCount(first)}`
    : `mean of regions ${formatCount(first)}–${formatCount(last)}`;
  const parts = [binText(meta.axis, column, "meeting"), valueText(value, scale)];
  const name = names?.[row];
  if (alone && name) parts.push(name);
  parts.push(`${which} of ${formatCount(meta.n_rows ?? after)}`);
  const block = blocks.length > 1 ? blocks.find(({ to }) => row < to) : undefined;
  if (block !== undefined) parts.push(block.name);
  return parts.join(" · ");
}

/** “+2.5 kb · CTCF 0.52 · H3K4me3 1.2” */
export function profileReadout(
  axis: Axis,
  bin: number,
  lines: readonly Line[],
  scale: ViewSettings["scale"],
): string {
  const alone = lines.length === 1 ? lines[0] : undefined;
  const parts = [
    binText(axis, bin, "meeting"),
    ...lines.map((line) => {
      const value = valueText(line.mean[bin] as number, scale);
      if (alone === undefined) return `${line.name} ${value}`;
      const [low, high] = [line.low?.[bin], line.high?.[bin]].map((v) => v ?? Number.NaN);
      return Number.isFinite(low) && Number.isFinite(high)
        ? `${value} (${formatNumber(low as number)} to ${formatNumber(high as number)})`
        : value;
    }),
  ];
  const count = alone?.count?.[bin];
  if (count !== undefined) parts.push(plural(count, "region"));
  return parts.join(" · ");
}

/** “cluster 3 · 214 of 1,013 regions · 12 regions per cell” */
export function embeddingReadout(
  cluster: number | null,
  size: number,
  total: number,
  value: number,
  unit: string,
): string {
  const parts: string[] = [];
  if (cluster !== null) {
    parts.push(`cluster ${cluster}`, `${formatCount(size)} of ${plural(total, "region")}`);
  }
  if (Number.isFinite(value)) parts.push(`${formatNumber(value)} ${unit}`);
  return parts.join(" · ");
}

/** What a map shows, for people who do not see it. */
export function mapSummary(
  label: string,
  axis: Axis,
  rows: number,
  columns: number,
  scale: ColourScale,
  summary: Summary,
): string {
  const cells = rows * columns;
  const { count, zeros, min, max, median } = summary;
  const part = (n: number, word: string) => {
    const share = Math.round((100 * n) / Math.max(cells, 1));
    return n > 0 ? `, ${share || "less than 1"}${THIN_SPACE}% ${word}` : "";
  };
  const range = count
    ? `values ${formatNumber(min)} to ${formatNumber(max)} ${scale.unit}, median ${formatNumber(median)}`
    : "no data";
  const gaps = part(zeros, "zero") + part(cells - count - zeros, "missing");
  return `${label}: ${rows} × ${columns} cells, ${axisSentence(axis)}; ${range}${gaps}.`;
}

/** What a profile shows, for people who do not see it. */
export function linesSummary(label: string, axis: Axis, lines: readonly Line[]): string {
  const peaks = lines.map(({ name, mean }) => {
    let best = -1;
    for (let i = 0; i < mean.length; i++) {
      const value = mean[i] as number;
      if (Number.isFinite(value) && (best < 0 || value > (mean[best] as number))) best = i;
    }
    const style: BinStyle = "meeting";
    return best < 0
      ? `${name}: no data`
      : `${name}: highest ${formatNumber(mean[best] as number)} at ${binText(axis, best, style)}`;
  });
  return `${label}: ${plural(lines.length, "line")}, ${axisSentence(axis)}. ${peaks.join("; ")}.`;
}
