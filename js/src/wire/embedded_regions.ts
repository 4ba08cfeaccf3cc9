/** The regions of a page as BED or BEDPE: standard columns, clusters, then what else there was. */

import type { WireRegions } from "./page_data";

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
