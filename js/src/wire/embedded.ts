/** Views inside exported HTML: settings look up what the page carries. */

import { formatBp, formatFlank } from "../plots/texts";
import { done, getter, Listeners, noKernel } from "./embedded_parts";
import { ORDER_IN_KEY, type ResultTable } from "./embedded_results";
import { drawnFromRows, madeKey, RowTable, resultFromRows, type Subset } from "./embedded_rows";
import { resultKey } from "./result_key";
import { CommandError, type DataSource } from "./source";
import { tableFile } from "./table_file";
import { readFacts, readSettings } from "./traits";
import type {
  CommandArgs,
  CommandName,
  DecodedResult,
  Reply,
  RowWindow,
  SettingsPatch,
  Traits,
  ViewFacts,
  ViewKind,
  ViewSettings,
  ViewSnapshot,
} from "./types";

/** Row numbers that a person picked in a view, ascending; null: none. */
export type Picked = (rows: Uint32Array | null) => void;

/** What is known of how a page's results were made. */
export interface Origins {
  /** Who made the page, when, with which versions. */
  readonly page: Readonly<Record<string, unknown>>;
  readonly results: Readonly<Record<string, unknown>>;
}

const UNKNOWN: Origins = { page: {}, results: {} };

/** One view of an exported page. */
export class EmbeddedSource implements DataSource {
  readonly live = false;
  readonly #table: ResultTable;
  readonly #rows: RowTable;
  readonly #listeners = new Listeners();
  readonly #facts: ViewFacts;
  readonly #known: Origins;
  #subset: Subset = null;
  #named: number | null = null;
  /** The last result made of rows; a change of how it is drawn makes no other. */
  #made: DecodedResult | null = null;
  #snapshot: ViewSnapshot;
  /** Called when a person picks regions here. */
  onPick: Picked = () => undefined;

  constructor(
    traits: Traits,
    table: ResultTable,
    rows = new RowTable({}),
    origins: Origins = UNKNOWN,
  ) {
    this.#table = table;
    this.#rows = rows;
    this.#known = origins;
    this.#facts = readFacts(getter(traits));
    this.#snapshot = this.#look(readSettings(getter(traits)));
  }

  #look(settings: ViewSettings): ViewSnapshot {
    const facts = { ...this.#offered(settings), stale: false, progress: null, detail: "" };
    const highlighted = this.#subset === null ? null : Uint32Array.from(this.#subset);
    const shown = { settings, highlighted };
    if (settings.features.length === 0) {
      return { ...shown, facts: { ...facts, status: "empty" }, result: null };
    }
    const result = this.#result(settings);
    if (result !== null) {
      return { ...shown, facts: { ...facts, status: "ready", message: "" }, result };
    }
    const what = this.#subset === null ? "" : "this selection at ";
    const message = `${what}${describe(settings)} is not embedded in this file`;
    return { ...shown, facts: { ...facts, status: "failed", message }, result: null };
  }

  /** What the page carries for these settings, or can make of the rows it carries. */
  #result(settings: ViewSettings): DecodedResult | null {
    const { kind } = this.#facts;
    const named = bySelection(kind) ? this.#table.get(this.#namedKey(settings)) : null;
    if (named !== null) return named;
    const whole = this.#table.get(resultKey(kind, settings));
    if (whole !== null && (this.#subset === null || !bySelection(kind))) return whole;
    if (!drawnFromRows(kind)) return null;
    const base = whole ?? this.#table.like(kind, settings);
    const tracks = alone(settings) ? this.#rows.of(settings) : null;
    if (base === null || tracks === null) return this.#subset === null ? whole : null;
    const by = kind === "stackup" ? this.#rows.by(settings) : null;
    if (kind === "stackup" && by === null) return this.#subset === null ? whole : null;
    const key = madeKey(kind, settings, this.#subset);
    if (this.#made?.key !== key) {
      this.#made = resultFromRows(kind, settings, tracks, this.#subset, base, by);
    }
    return this.#made;
  }

  /** Name of the result for the named selection that is shown. */
  #namedKey(settings: ViewSettings): string {
    return `${resultKey(this.#facts.kind, settings)};selection=${this.#named ?? ""}`;
  }

  /** Shows some regions only, where the page carries what that needs; null shows all. */
  select(subset: Subset, named: number | null = null): void {
    this.#subset = subset;
    this.#named = named;
    this.#snapshot = this.#look(this.#snapshot.settings);
    this.#listeners.tell();
  }

  snapshot(): ViewSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  change(patch: SettingsPatch): void {
    this.#snapshot = this.#look({ ...this.#snapshot.settings, ...this.#followed(patch) });
    this.#listeners.tell();
  }

  /** What can be chosen is what the page carries. */
  #offered(settings: ViewSettings): ViewFacts {
    const { kind, mode, feature_options, bin_options, normalization_options } = this.#facts;
    const { versus_options } = this.#facts;
    const here = (patch: SettingsPatch): boolean =>
      this.#table.has(resultKey(kind, { ...settings, ...patch }));
    // what the page can make of the signal of every region
    const made = (patch: SettingsPatch): boolean =>
      this.#rows.of(settings) !== null && this.#rows.by({ ...settings, ...patch }) !== null;
    const bins =
      mode === "point"
        ? this.#table.bins(kind, settings)
        : bin_options.filter((bin_percent) => here({ bin_percent }));
    return {
      ...this.#facts,
      flank_options: this.#table.flanks(),
      bin_options: bins,
      feature_options: feature_options.filter(
        ({ id }) => settings.features.includes(id) || here({ features: [id] }),
      ),
      normalization_options: normalization_options.filter(
        (normalization) => normalization === settings.normalization || here({ normalization }),
      ),
      versus_options: versus_options.filter(
        ({ id }) => settings.versus.includes(id) || here({ versus: [id] }),
      ),
      overlay_options: this.#facts.overlay_options.filter(
        ({ id }) => id === settings.overlay || here({ overlay: id }),
      ),
      sort_options: this.#facts.sort_options.filter(
        ({ id }) => id === settings.sort_by || made({ sort_by: id }) || here({ sort_by: id }),
      ),
      group_options: this.#facts.group_options.filter(
        ({ id }) =>
          id === settings.group_by || made({ group_by: id }) || here({ group_by: id }),
      ),
    };
  }

  /** A new flank keeps the bin size if the page has it, else takes the nearest it has. */
  #followed(patch: SettingsPatch): SettingsPatch {
    if (patch.flank === undefined || patch.binsize !== undefined) return patch;
    const wanted = { ...this.#snapshot.settings, ...patch };
    const now = wanted.binsize ?? 0;
    const bins = this.#table.bins(this.#facts.kind, wanted);
    const [nearest] = bins.sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
    return nearest === undefined ? patch : { ...patch, binsize: nearest };
  }

  command(name: CommandName, args: CommandArgs = {}): Promise<Reply> {
    switch (name) {
      case "select":
        this.onPick(Array.isArray(args.rows) ? Uint32Array.from(args.rows) : null);
        return done();
      case "provenance":
        return done({ text: this.#origin() });
      case "save_data":
        return this.#saveData(args.format === "npy" ? "npy" : "csv");
      default:
        return noKernel(name);
    }
  }

  #saveData(format: "csv" | "npy"): Promise<Reply> {
    const { result, settings } = this.#snapshot;
    if (result === null) return Promise.reject(new CommandError("there is no data", "missing"));
    const content = tableFile(this.#facts.kind, result, format, settings);
    const origin = new TextEncoder().encode(this.#origin());
    return done({}, [content, origin]);
  }

  #origin(): string {
    return JSON.stringify(this.#provenance(), null, 2);
  }

  /** Where what is shown comes from; averages made here say of which regions. */
  #provenance(): Readonly<Record<string, unknown>> {
    const { settings } = this.#snapshot;
    const { results } = this.#known;
    const key = resultKey(this.#facts.kind, settings);
    const like = key.replace(ORDER_IN_KEY, "");
    const found =
      results[this.#namedKey(settings)] ??
      results[key] ??
      Object.entries(results).find(([other]) => other.startsWith(like))?.[1];
    return {
      ...this.#known.page,
      view: found ?? null,
      shown: settings,
      selection: this.#subset === null ? null : [...this.#subset],
    };
  }

  /** Cluster of every region and how that was found, where clusters are shown. */
  clusters(): { readonly ids: ArrayLike<number>; readonly origin: unknown } | null {
    const ids = this.#snapshot.result?.arrays.clusters?.data;
    return ids === undefined ? null : { ids, origin: this.#provenance().view };
  }

  /** Finer rows, if the page carries the signal of every region. */
  rows(first: number, after: number, lines: number): Promise<RowWindow | null> {
    const { result, settings } = this.#snapshot;
    const [rows] = this.#rows.of(settings) ?? [];
    const found =
      rows === undefined || result === null
        ? null
        : this.#rows.window(rows, result, first, after, lines);
    return Promise.resolve(found);
  }

  close(): void {
    this.#listeners.clear();
  }
}

/** Means without quartiles or a second region set are all that a page makes of rows. */
function alone({ versus, band }: ViewSettings): boolean {
  return versus.length === 0 && band !== "quartiles";
}

/** Kinds whose picture depends on what is selected. */
function bySelection(kind: ViewKind): boolean {
  return kind !== "embedding1d" && kind !== "embedding2d";
}

function describe(settings: ViewSettings): string {
  if (settings.flank === null) return `${settings.bin_percent ?? "?"} % bins`;
  const bin = settings.binsize === null ? "" : ` at ${formatBp(settings.binsize)}`;
  return `${formatFlank(settings.flank)}${bin}`;
}
