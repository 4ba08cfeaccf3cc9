/** Views inside exported HTML: settings look up what the page carries. */

import { binOf } from "../plots/enrichment_data";
import { formatBp, formatFlank } from "../plots/texts";
import { asksAgain, effective, withQuestion } from "../state/settings";
import { Answers, namedKey } from "./embedded_answers";
import { HitTable } from "./embedded_hits";
import { done, getter, Listeners, noKernel } from "./embedded_parts";
import { ORDER_IN_KEY, type ResultTable } from "./embedded_results";
import { orderOf, RowTable, type Subset } from "./embedded_rows";
import type { Traits, WireRegions } from "./page_data";
import type { CommandArgs, CommandName, Reply } from "./request";
import type { DecodedResult, RowWindow } from "./result";
import { resultKey } from "./result_key";
import type { SettingsPatch, ViewSettings } from "./settings";
import { CommandError, type DataSource } from "./source";
import { tableFile } from "./table_file";
import { readFacts, readSettings } from "./traits";
import type { Shared, ViewFacts, ViewSnapshot } from "./view";

/** Row numbers that a person picked in a view, ascending; null: none. */
export type Picked = (rows: Uint32Array | null) => void;

/** What is known of how a page's results were made. */
export interface Origins {
  /** Who made the page, when, with which versions. */
  readonly page: Readonly<Record<string, unknown>>;
  readonly results: Readonly<Record<string, unknown>>;
}

const UNKNOWN: Origins = { page: {}, results: {} };

/** Picture that answers some settings, and what else there is to say. */
interface Answer {
  readonly settings: ViewSettings;
  readonly result: DecodedResult;
  readonly note: string;
  /** Regions that it is about; null: all. */
  readonly about: Subset;
}

/** One view of an exported page. */
export class EmbeddedSource implements DataSource {
  readonly live = false;
  readonly #answers: Answers;
  readonly #rows: RowTable;
  readonly #hits: HitTable;
  readonly #regions: WireRegions | null;
  readonly #listeners = new Listeners();
  readonly #known: Origins;
  #facts: ViewFacts;
  #subset: Subset = null;
  #named: number | null = null;
  /** Regions that were found in this enrichment, which goes on to show where. */
  #found: Subset = null;
  #order: Int32Array | null = null;
  /** What was asked for last, whether the page carries it or not. */
  #wanted: ViewSettings;
  #shown: Answer | null = null;
  #snapshot: ViewSnapshot;
  /** Called when a person picks regions here. */
  onPick: Picked = () => undefined;
  /** Called before a change that a person makes here. */
  onOwn: (patch: SettingsPatch) => void = () => undefined;

  constructor(
    traits: Traits,
    table: ResultTable,
    rows = new RowTable({}),
    origins: Origins = UNKNOWN,
    hits = new HitTable({}),
    regions: WireRegions | null = null,
  ) {
    this.#regions = regions;
    this.#rows = rows;
    this.#hits = hits;
    this.#known = origins;
    this.#facts = readFacts(getter(traits));
    this.#answers = new Answers(this.#facts.kind, table, rows, hits);
    this.#wanted = readSettings(getter(traits));
    this.#snapshot = this.#look(this.#wanted);
  }

  #look(wanted: ViewSettings): ViewSnapshot {
    this.#wanted = wanted;
    const answer = wanted.features.length === 0 ? null : this.#answer(wanted);
    if (answer !== null) this.#shown = answer;
    const settings = answer?.settings ?? wanted;
    const facts = {
      ...this.#answers.offered(this.#facts, settings, this.#order),
      stale: false,
      progress: null,
      detail: "",
    };
    const highlighted = this.#subset === null ? null : Uint32Array.from(this.#subset);
    const shown = { settings, highlighted, result: answer?.result ?? null };
    if (wanted.features.length === 0) return { ...shown, facts: { ...facts, status: "empty" } };
    if (answer === null) {
      // nothing has been on screen yet that could stay
      const message = `${describe(wanted)} is not embedded in this file`;
      return { ...shown, facts: { ...facts, status: "failed", message } };
    }
    return { ...shown, facts: { ...facts, status: "ready", message: "", note: answer.note } };
  }

  #result(settings: ViewSettings, subset: Subset): DecodedResult | null {
    const [named, order] = [this.#named, this.#order];
    return this.#answers.result(settings, { subset, named, order });
  }

  /** What is asked for, or else the nearest that the page has, under a note that says so. */
  #answer(wanted: ViewSettings): Answer | null {
    const about = this.#subset;
    const found = this.#result(wanted, about);
    if (found !== null) {
      return { settings: wanted, result: found, note: this.#facts.note, about };
    }
    const whole = about === null ? null : this.#result(wanted, null);
    if (whole !== null) {
      const note = "shows all regions; this file does not carry this selection";
      return { settings: wanted, result: whole, note, about: null };
    }
    if (this.#shown === null) return null;
    const asked = this.#shown.settings;
    const band = asksAgain({ band: wanted.band }, asked) ? asked.band : wanted.band;
    const settings = { ...withQuestion(wanted, asked), band };
    const [now, then] = [describe(asked), describe(wanted)];
    const note =
      now === then
        ? "this file does not carry what was asked for"
        : `shows ${now}; this file does not carry ${then}`;
    const old = this.#result(settings, about);
    if (old !== null) return { settings, result: old, note, about };
    const all = this.#result(settings, null);
    return all === null ? null : { settings, result: all, note, about: null };
  }

  /** Shows some regions only, where the page carries what that needs; null shows all. */
  select(subset: Subset, named: number | null = null): void {
    const own = subset !== null && (this.#found === null || same(subset, this.#found));
    const { holds } = this.#wanted;
    this.#found = own && holds ? subset : own ? this.#found : null;
    this.#subset = subset;
    this.#named = named;
    this.#set({ ...this.#wanted, holds: own && holds });
  }

  #set(wanted: ViewSettings): void {
    this.#snapshot = this.#look(wanted);
    this.#listeners.tell();
  }

  snapshot(): ViewSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  change(patch: SettingsPatch): void {
    this.onOwn(patch);
    this.take(patch);
  }

  /** Takes a change that comes from elsewhere in the page. */
  take(patch: SettingsPatch): void {
    // a question is put to what is on screen, also where another one had no answer
    const asks = asksAgain(patch, this.#wanted);
    const now = asks ? this.#snapshot.settings : this.#wanted;
    const news = effective(asks ? this.#followed(patch) : patch, now);
    if (news !== null || asks) this.#set({ ...now, ...news });
  }

  // -- scales and orders of rows that views take from each other -----------------------

  /** What people call the view. */
  get label(): string {
    const { title, features } = this.#snapshot.settings;
    const names = this.#facts.feature_options.filter(({ id }) => features.includes(id));
    return title || names.map(({ name }) => name).join(", ") || this.#facts.kind;
  }

  /** Who takes from this view by now; null or nobody: it neither gives nor takes any more. */
  shares(shared: Shared, takers: readonly string[] | null): void {
    const { [shared]: share, ...others } = this.#facts.shares;
    const gives = share !== undefined && takers !== null && takers.length > 0;
    const shares = gives ? { ...others, [shared]: { ...share, names: takers } } : others;
    this.#facts = { ...this.#facts, shares };
    this.#set(this.#wanted);
  }

  /** Shows the rows in this order, or in the own one again. */
  takeOrder(order: Int32Array | null): void {
    const now = this.#order;
    if (order === now || (order !== null && now !== null && sameRows(order, now))) return;
    this.#order = order;
    this.#set(this.#wanted);
  }

  /** The order of all rows, whatever is selected; null where the page lacks a part of it. */
  ownOrder(): Int32Array | null {
    const { settings, result } = this.#snapshot;
    const by = this.#rows.by(settings);
    if (by !== null) return orderOf(settings, by);
    const order = this.#subset === null ? result?.arrays.order?.data : undefined;
    return order === undefined ? null : Int32Array.from(order);
  }

  /** Marks the place that an enrichment beside this view looks at. */
  mark(marked: number | null): void {
    if (marked === this.#facts.marked) return;
    this.#facts = { ...this.#facts, marked };
    this.#set(this.#wanted);
  }

  /** A new flank keeps the bin size if the page has it, else takes the nearest it has. */
  #followed(patch: SettingsPatch): SettingsPatch {
    if (patch.flank === undefined || patch.binsize !== undefined) return patch;
    const wanted = { ...this.#snapshot.settings, ...patch };
    const now = wanted.binsize ?? 0;
    const bins = this.#answers.bins(wanted, this.#order);
    const [nearest] = bins.sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
    return nearest === undefined ? patch : { ...patch, binsize: nearest };
  }

  command(name: CommandName, args: CommandArgs = {}): Promise<Reply> {
    switch (name) {
      case "select":
        this.onPick(Array.isArray(args.rows) ? Uint32Array.from(args.rows) : null);
        return done();
      case "hits":
        return this.#find(args);
      case "provenance":
        return done({ text: this.#origin() });
      case "save_data":
        return this.#saveData(args.format === "npy" ? "npy" : "csv");
      default:
        return noKernel(name);
    }
  }

  /** True where the regions behind a position can be found here. */
  get finds(): boolean {
    return this.#hits.has(resultKey(this.#facts.kind, this.#snapshot.settings));
  }

  /** Selects the regions that overlap any of these region sets at a place. */
  #find({ members, position }: CommandArgs): Promise<Reply> {
    const { settings, result } = this.#snapshot;
    const [, bins = 0] = result?.arrays.odds_ratio?.shape ?? [];
    if (result === null || !Array.isArray(members)) return noKernel("hits");
    const place = typeof position === "number" ? position : settings.position;
    const targets = members.map((id) => settings.features.indexOf(String(id)));
    const key = resultKey(this.#facts.kind, settings);
    const rows = this.#hits.rows(key, targets, binOf(result.meta.axis, bins, place));
    if (rows === null) return noKernel("hits");
    if (rows.length === 0) {
      const sentence = "No region of the set overlaps here.";
      return Promise.reject(new CommandError(sentence, "missing"));
    }
    this.#found = new Set(rows);
    this.change({ holds: true, position: place });
    this.onPick(rows);
    return done();
  }

  #saveData(format: "csv" | "npy"): Promise<Reply> {
    const { result, settings } = this.#snapshot;
    if (result === null) return Promise.reject(new CommandError("there is no data", "missing"));
    const [rows] = this.#rows.of(settings) ?? [];
    const known = { regions: this.#regions, rows };
    const content = tableFile(this.#facts.kind, result, format, settings, known);
    const origin = new TextEncoder().encode(this.#origin());
    return done({}, [content, origin]);
  }

  #origin(): string {
    return JSON.stringify(this.#provenance(), null, 2);
  }

  /** Where what is shown comes from; averages made here say of which regions. */
  #provenance(): Readonly<Record<string, unknown>> {
    return { ...this.#known.page, ...this.origin() };
  }

  /** Where what is shown comes from, without who made the page. */
  origin(): Readonly<Record<string, unknown>> {
    const { settings } = this.#snapshot;
    const { results } = this.#known;
    const key = resultKey(this.#facts.kind, settings);
    const like = key.replace(ORDER_IN_KEY, "");
    const found =
      results[namedKey(this.#facts.kind, settings, this.#named)] ??
      results[key] ??
      Object.entries(results).find(([other]) => other.startsWith(like))?.[1];
    return {
      view: found ?? null,
      shown: settings,
      selection: this.#shown?.about ? [...this.#shown.about] : null,
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

function same(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  return one.size === other.size && [...one].every((row) => other.has(row));
}

function sameRows(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((row, i) => row === other[i]);
}

function describe(settings: ViewSettings): string {
  if (settings.flank === null) return `${settings.bin_percent ?? "?"} % bins`;
  const bin = settings.binsize === null ? "" : ` at ${formatBp(settings.binsize)}`;
  return `${formatFlank(settings.flank)}${bin}`;
}
