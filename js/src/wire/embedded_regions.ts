/** The regions of a page as BED or BEDPE: standard columns, clusters, then what else there was. */

import type { WireRegions } from "./page_data";

export type Cell = string | number | undefined;
/** A column of a table. */
export type Column = readonly [name: string, values: ArrayLike<Cell>];

/** Where some regions lie, as far as their set says so; nothing where the page has no set. */
export function loci(
  regions: WireRegions | null | undefined,
  rows: ArrayLike<number>,
): Column[] {
  const [header = [], ...cells] =
    regions?.text
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t")) ?? [];
  // the header begins with #
  const names = header.map((name) => name.replace("#", ""));
  return (regions?.loci ?? []).map((name) => {
    const at = names.indexOf(name);
    const read = /^(start|end)/.test(name) ? Number : String;
    return [name, Array.from(rows, (row) => read(cells[row]?.[at]))];
  });
}

/** One value per region of the set. */
export type Labels = Readonly<Record<string, ArrayLike<number>>>;

/** Text of the file for some regions, in the order of the set; null for all. */
export function regionText(
  { text, standard }: WireRegions,
  labels: Labels,
  subset: ReadonlySet<number> | null,
): string {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const names = Object.keys(labels);
  const columns = Object.values(labels);
  const line = (cells: string, more: readonly string[]): string => {
    const all = cells.split("\t");
    return [...all.slice(0, standard), ...more, ...all.slice(standard)].join("\t");
  };
  const chosen = lines.flatMap((cells, row) =>
    subset !== null && !subset.has(row)
      ? []
      : [
          line(
            cells,
            columns.map((values) => String(values[row] ?? ".")),
          ),
        ],
  );
  return `${[line(header, names), ...chosen].join("\n")}\n`;
}
