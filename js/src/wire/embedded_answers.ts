/** What a page can show: results that it carries, and results it makes of what it carries. */

import type { HitTable } from "./embedded_hits";
import type { ResultTable } from "./embedded_results";
import { madeKey, type RowTable, resultFromRows, type Subset } from "./embedded_rows";
import type { DecodedResult } from "./result";
import { resultKey } from "./result_key";
import type { ViewSettings } from "./settings";
import type { ViewFacts, ViewKind } from "./view";

/** Which regions a result is wanted of, and in which order they stand. */
export interface Asked {
  /** null: all. */
  readonly subset: Subset;
  /** Place of the subset among the named selections; null: it has no name. */
  readonly named: number | null;
  /** An order of rows that another view gives; null: the view's own. */
  readonly order: Int32Array | null;
}

/** Answers to one view of a page. */
export class Answers {
  readonly #kind: ViewKind;
  readonly #table: ResultTable;
  readonly #rows: RowTable;
  readonly #hits: HitTable;
  /** The last result made in the page; a change of how it is drawn makes no other. */
  #made: { readonly result: DecodedResult; readonly order: Int32Array | null } | null = null;

  constructor(kind: ViewKind, table: ResultTable, rows: RowTable, hits: HitTable) {
    this.#kind = kind;
    this.#table = table;
    this.#rows = rows;
    this.#hits = hits;
  }

  /** What the page carries for these settings and regions, or can make of what it carries. */
  result(settings: ViewSettings, asked: Asked): DecodedResult | null {
    const kind = this.#kind;
    const { order, named } = asked;
    const key = resultKey(kind, settings);
    const subset = kind === "enrichment" && settings.holds ? null : asked.subset;
    const ready = bySelection(kind) ? this.#table.get(namedKey(kind, settings, named)) : null;
    if (ready !== null && subset !== null) return ready;
    const whole = this.#table.get(key);
    const all = subset === null ? whole : null;
    if (!bySelection(kind)) return whole;
    if (kind === "enrichment") {
      if (subset === null || whole === null) return all;
      return this.#once(madeKey(kind, settings, subset), order, () =>
        this.#hits.against(key, subset, whole),
      );
    }
    if (all !== null && order === null) return all;
    const base = whole ?? this.#table.like(kind, settings);
    const tracks = alone(settings) ? this.#rows.of(settings) : null;
    const by = kind === "stackup" ? this.#rows.by(settings, order) : null;
    if (base === null || tracks === null || (kind === "stackup" && by === null)) return all;
    return this.#once(madeKey(kind, settings, subset), order, () =>
      resultFromRows(kind, settings, tracks, subset, base, by),
    );
  }

  /** What was made last under this key, or made now. */
  #once(
    key: string,
    order: Int32Array | null,
    make: () => DecodedResult | null,
  ): DecodedResult | null {
    const last = this.#made;
    if (last?.result.key === key && last.order === order) return last.result;
    const made = make();
    if (made === null) return null;
    const result = { ...made, key };
    this.#made = { result, order };
    return result;
  }

  /** Whether the page has a result for these settings, or can make it of its rows. */
  #carries(settings: ViewSettings, order: Int32Array | null): boolean {
    const kind = this.#kind;
    if (this.#table.has(resultKey(kind, settings))) return true;
    if (kind !== "stackup" || !this.#table.hasLike(kind, settings)) return false;
    return this.#rows.of(settings) !== null && this.#rows.by(settings, order) !== null;
  }

  /** Bin sizes in bp that the page has with these settings. */
  bins(settings: ViewSettings, order: Int32Array | null): number[] {
    return this.#table
      .bins(this.#kind)
      .filter((binsize) => this.#carries({ ...settings, binsize }, order));
  }

  /** The facts with those choices only that lead to something the page can show. */
  offered(facts: ViewFacts, settings: ViewSettings, order: Int32Array | null): ViewFacts {
    const here = (patch: Partial<ViewSettings>): boolean =>
      this.#carries({ ...settings, ...patch }, order);
    return {
      ...facts,
      flank_options: this.#table.flanks(),
      bin_options:
        facts.mode === "point"
          ? this.bins(settings, order)
          : facts.bin_options.filter((bin_percent) => here({ bin_percent })),
      feature_options: facts.feature_options.filter(
        ({ id }) => settings.features.includes(id) || here({ features: [id] }),
      ),
      normalization_options: facts.normalization_options.filter(
        (normalization) => normalization === settings.normalization || here({ normalization }),
      ),
      versus_options: facts.versus_options.filter(
        ({ id }) => settings.versus.includes(id) || here({ versus: [id] }),
      ),
      overlay_options: facts.overlay_options.filter(
        ({ id }) => id === settings.overlay || here({ overlay: id }),
      ),
      sort_options: facts.sort_options.filter(
        ({ id }) => id === settings.sort_by || here({ sort_by: id }),
      ),
      group_options: facts.group_options.filter(
        ({ id }) => id === settings.group_by || here({ group_by: id }),
      ),
    };
  }
}

/** Key of the result of a named selection. */
export function namedKey(kind: ViewKind, settings: ViewSettings, named: number | null): string {
  return `${resultKey(kind, settings)};selection=${named ?? ""}`;
}

/** Means without quartiles or a second region set are all that a page makes of rows. */
function alone({ versus, band }: ViewSettings): boolean {
  return versus.length === 0 && band !== "quartiles";
}

/** Kinds whose picture depends on what is selected. */
function bySelection(kind: ViewKind): boolean {
  return kind !== "embedding1d" && kind !== "embedding2d";
}
