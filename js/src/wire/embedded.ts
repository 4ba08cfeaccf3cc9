/** Data sources inside exported HTML: settings look up what the page carries. */

import { formatBp, formatFlank } from "../plots/texts";
import { decodeArray, decodeResult } from "./codec";
import { drawnFromRows, RowTable, resultFromRows, type Subset } from "./embedded_rows";
import { resultKey } from "./result_key";
import { CommandError, type ComparisonSource, type DataSource } from "./source";
import { type Get, readComparison, readFacts, readSettings } from "./traits";
import type {
  CommandArgs,
  CommandName,
  ComparisonSettings,
  ComparisonSnapshot,
  DecodedResult,
  EmbeddedData,
  Reply,
  SettingsPatch,
  Traits,
  ViewFacts,
  ViewKind,
  ViewSettings,
  ViewSnapshot,
  WireResult,
} from "./types";

const getter =
  (traits: Traits): Get =>
  (name) =>
    traits[name];

/** Results of a page, decoded when first shown. */
export class ResultTable {
  readonly #wire: Readonly<Record<string, WireResult>>;
  readonly #decoded = new Map<string, DecodedResult>();

  constructor(results: Readonly<Record<string, WireResult>>) {
    this.#wire = results;
  }

  get(key: string): DecodedResult | null {
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const wire = Object.hasOwn(this.#wire, key) ? this.#wire[key] : undefined;
    if (wire === undefined) return null;
    const result = decodeResult(wire);
    this.#decoded.set(key, result);
    return result;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#wire, key);
  }

  /** A result that differs at most in the order of its rows. */
  like(kind: ViewKind, settings: ViewSettings): DecodedResult | null {
    const start = resultKey(kind, settings).replace(ORDER_IN_KEY, "");
    const found = Object.keys(this.#wire).find((key) => key.startsWith(start));
    return found === undefined ? null : this.get(found);
  }

  /** Bin sizes in bp for which these settings have a result. */
  bins(kind: ViewKind, settings: ViewSettings): number[] {
    return this.#each(BIN_IN_KEY, (binsize) => resultKey(kind, { ...settings, binsize }));
  }

  /** Flanks in bp for which any result exists. */
  flanks(): number[] {
    return this.#each(FLANK_IN_KEY, null);
  }

  #each(part: RegExp, keyFor: ((value: number) => string) | null): number[] {
    const found = new Set<number>();
    for (const key of Object.keys(this.#wire)) {
      const value = Number(part.exec(key)?.[1] || Number.NaN);
      if (Number.isFinite(value) && (keyFor === null || keyFor(value) === key))
        found.add(value);
    }
    return [...found].sort((a, b) => a - b);
  }
}

const BIN_IN_KEY = /;bin=([^;]*);/;
const ORDER_IN_KEY = /;sort=[^;]*;asc=[^;]*$/;
const FLANK_IN_KEY = /;flank=([^;]*);/;

class Listeners {
  readonly #all = new Set<() => void>();

  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.#all]) listener();
  }

  clear(): void {
    this.#all.clear();
  }
}

function noKernel(name: CommandName): Promise<Reply> {
  const sentence = `this file has no kernel behind it, so it cannot ${name.replace("_", " ")}`;
  return Promise.reject(new CommandError(sentence, "no kernel"));
}

/** One view of an exported page. */
export class EmbeddedSource implements DataSource {
  readonly live = false;
  readonly #table: ResultTable;
  readonly #rows: RowTable;
  readonly #listeners = new Listeners();
  readonly #facts: ViewFacts;
  #subset: Subset = null;
  #named: number | null = null;
  #snapshot: ViewSnapshot;

  constructor(traits: Traits, table: ResultTable, rows = new RowTable({})) {
    this.#table = table;
    this.#rows = rows;
    this.#facts = readFacts(getter(traits));
    this.#snapshot = this.#look(readSettings(getter(traits)));
  }

  #look(settings: ViewSettings): ViewSnapshot {
    const facts = { ...this.#offered(settings), stale: false, progress: null, detail: "" };
    if (settings.features.length === 0) {
      return { facts: { ...facts, status: "empty" }, settings, result: null };
    }
    const result = this.#result(settings);
    if (result !== null) {
      return { facts: { ...facts, status: "ready", message: "" }, settings, result };
    }
    const what = this.#subset === null ? "" : "this selection at ";
    const message = `${what}${describe(settings)} is not embedded in this file`;
    return { facts: { ...facts, status: "failed", message }, settings, result: null };
  }

  /** What the page carries for these settings, or can make of the rows it carries. */
  #result(settings: ViewSettings): DecodedResult | null {
    const { kind } = this.#facts;
    if (this.#named !== null && bySelection(kind)) {
      const key = `${resultKey(kind, settings)};selection=${this.#named}`;
      const found = this.#table.get(key);
      if (found !== null) return found;
    }
    const whole = this.#table.get(resultKey(kind, settings));
    if (whole !== null && (this.#subset === null || !bySelection(kind))) return whole;
    if (kind === "pileup") return null;
    const base = whole ?? this.#table.like(kind, settings);
    const tracks = drawnFromRows(kind) && alone(settings) ? this.#rows.of(settings) : null;
    if (base === null || tracks === null) return this.#subset === null ? whole : null;
    return resultFromRows(kind, settings, tracks, this.#subset, base);
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
      sort_options:
        this.#rows.of(settings) !== null
          ? this.#facts.sort_options
          : this.#facts.sort_options.filter(
              ({ id }) => id === settings.sort_by || here({ sort_by: id }),
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

  command(name: CommandName): Promise<Reply> {
    return noKernel(name);
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
  return kind === "pileup" || drawnFromRows(kind);
}

function describe(settings: ViewSettings): string {
  if (settings.flank === null) return `${settings.bin_percent ?? "?"} % bins`;
  const bin = settings.binsize === null ? "" : ` at ${formatBp(settings.binsize)}`;
  return `${formatFlank(settings.flank)}${bin}`;
}

/** The comparison of an exported page. */
export class EmbeddedComparison implements ComparisonSource {
  readonly live = false;
  readonly #views = new Map<string, EmbeddedSource>();
  readonly #listeners = new Listeners();
  readonly #selections: readonly { name: string; rows: readonly number[] }[];
  #snapshot: ComparisonSnapshot;

  constructor(data: EmbeddedData) {
    this.#selections = (data.selections ?? []).map(({ name, rows }) => ({
      name,
      rows: [...decodeArray(rows, "selection").data],
    }));
    const table = new ResultTable(data.results);
    const rows = new RowTable(data.rows ?? {});
    data.views.forEach((traits, place) => {
      this.#views.set(`embedded:${place}`, new EmbeddedSource(traits, table, rows));
    });
    const traits = {
      ...data.comparison,
      views: [...this.#views.keys()],
      flank_options: table.flanks(),
      selections: this.#selections.map(({ name }) => name),
    };
    this.#snapshot = readComparison(getter(traits));
  }

  snapshot(): ComparisonSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  change(patch: Partial<ComparisonSettings>): void {
    const settings = { ...this.#snapshot.settings, ...patch };
    this.#snapshot = { ...this.#snapshot, settings };
    if (patch.flank !== undefined) {
      for (const view of this.#views.values()) view.change({ flank: patch.flank });
    }
    this.#listeners.tell();
  }

  command(name: CommandName, args: CommandArgs = {}): Promise<Reply> {
    if (name !== "choose_selection") return noKernel(name);
    this.#choose(typeof args.name === "string" ? args.name : "");
    return Promise.resolve({ payload: {}, buffers: [] });
  }

  /** Shows a named selection in all views; an unknown name shows all regions. */
  #choose(name: string): void {
    const place = this.#selections.findIndex((one) => one.name === name);
    const chosen = this.#selections[place];
    const subset = chosen === undefined ? null : new Set(chosen.rows);
    for (const view of this.#views.values()) {
      view.select(subset, chosen === undefined ? null : place);
    }
    const selection = {
      ...this.#snapshot.selection,
      count: subset === null ? null : subset.size,
      name: chosen?.name ?? "",
    };
    this.#snapshot = { ...this.#snapshot, selection };
    this.#listeners.tell();
  }

  view(ref: string): Promise<DataSource> {
    const source = this.#views.get(ref);
    return source === undefined
      ? Promise.reject(new Error("this view is not part of the file"))
      : Promise.resolve(source);
  }

  close(): void {
    for (const view of this.#views.values()) view.close();
    this.#listeners.clear();
  }
}
