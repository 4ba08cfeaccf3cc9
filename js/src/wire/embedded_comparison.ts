/** The comparison of an exported page. */

import { decodeArray } from "./codec";
import type { ComparisonSettings, ComparisonSnapshot } from "./comparison";
import { EmbeddedSource } from "./embedded";
import { HitTable } from "./embedded_hits";
import { done, getter, Listeners, noKernel } from "./embedded_parts";
import { regionText } from "./embedded_regions";
import { ResultTable } from "./embedded_results";
import { RowTable } from "./embedded_rows";
import type { EmbeddedPart, WireRegions } from "./page_data";
import type { CommandArgs, CommandName, Reply } from "./request";
import { CommandError, type ComparisonSource, type DataSource } from "./source";
import { readComparison } from "./traits";

export class EmbeddedComparison implements ComparisonSource {
  readonly live = false;
  readonly #views = new Map<string, EmbeddedSource>();
  readonly #listeners = new Listeners();
  readonly #selections: readonly { name: string; rows: readonly number[] }[];
  readonly #regions: WireRegions | null;
  readonly #page: Readonly<Record<string, unknown>>;
  #subset: ReadonlySet<number> | null = null;
  #snapshot: ComparisonSnapshot;

  constructor(part: EmbeddedPart, page: Readonly<Record<string, unknown>> = {}) {
    this.#selections = (part.selections ?? []).map(({ name, rows }) => ({
      name,
      rows: [...decodeArray(rows, "selection").data],
    }));
    this.#regions = part.regions ?? null;
    this.#page = page;
    const table = new ResultTable(part.results);
    const rows = new RowTable(part.rows ?? {}, part.facts ?? undefined);
    const origins = { page, results: part.origins ?? {} };
    const hits = new HitTable(part.hits ?? {});
    part.views.forEach((traits, place) => {
      const view = new EmbeddedSource(traits, table, rows, origins, hits, this.#regions);
      view.onPick = (picked) => this.#show(picked === null ? null : new Set(picked), null);
      this.#views.set(`embedded:${place}`, view);
    });
    for (const view of this.#views.values()) {
      if (view.snapshot().facts.kind === "enrichment") view.subscribe(() => this.#mark(view));
    }
    const traits = {
      ...part.comparison,
      views: [...this.#views.keys()],
      flank_options: table.flanks(),
      selections: this.#selections.map(({ name }) => name),
    };
    this.#snapshot = readComparison(getter(traits));
    const { chosen = null } = part;
    const first = chosen === null ? undefined : this.#selections[chosen];
    this.#show(first === undefined ? null : new Set(first.rows), chosen);
  }

  snapshot(): ComparisonSnapshot {
    return this.#snapshot;
  }

  /** All views, in layout order. */
  get sources(): readonly EmbeddedSource[] {
    return [...this.#views.values()];
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
    switch (name) {
      case "choose_selection":
        this.#choose(typeof args.name === "string" ? args.name : "");
        return done();
      case "clear_selection":
        this.#show(null, null);
        return done();
      case "provenance":
        return done({ text: JSON.stringify(this.#origin(), null, 2) });
      case "save_regions":
        return this.#saveRegions(args.selected === true);
      default:
        return noKernel(name);
    }
  }

  /** Who made the page of what, and where what each view shows comes from. */
  #origin(): Readonly<Record<string, unknown>> {
    const views = this.sources.map((view) => view.origin());
    return {
      ...this.#page,
      selection: this.#subset === null ? null : [...this.#subset],
      views,
    };
  }

  /** Marks in all other views the place that an enrichment looks at. */
  #mark(enrichment: EmbeddedSource): void {
    const { overall, position } = enrichment.snapshot().settings;
    for (const view of this.#views.values()) {
      if (view !== enrichment) view.mark(overall ? null : position);
    }
  }

  /** Shows a named selection in all views; an unknown name shows all regions. */
  #choose(name: string): void {
    const place = this.#selections.findIndex((one) => one.name === name);
    const chosen = this.#selections[place];
    this.#show(chosen === undefined ? null : new Set(chosen.rows), chosen ? place : null);
  }

  /** Shows some regions in all views; `named` is their place among the named selections. */
  #show(subset: ReadonlySet<number> | null, named: number | null): void {
    const some = subset !== null && subset.size > 0 ? subset : null;
    this.#subset = some;
    for (const view of this.#views.values()) view.select(some, named);
    const selection = {
      ...this.#snapshot.selection,
      count: some?.size ?? null,
      name: named === null ? "" : (this.#selections[named]?.name ?? ""),
    };
    this.#snapshot = { ...this.#snapshot, selection };
    this.#listeners.tell();
  }

  /** The file's text, and where it comes from. */
  #saveRegions(selected: boolean): Promise<Reply> {
    const regions = this.#regions;
    if (regions === null) {
      return Promise.reject(
        new CommandError("this file does not carry its regions", "missing"),
      );
    }
    const subset = selected ? this.#subset : null;
    const clouds = [...this.#views.values()].flatMap((view) => view.clusters() ?? []);
    const column = (i: number): string =>
      clouds.length === 1 ? "cluster" : `cluster_${i + 1}`;
    const labels = Object.fromEntries(clouds.map(({ ids }, i) => [column(i), ids]));
    const origin = {
      ...this.#page,
      ...regions.origin,
      rows: subset?.size ?? regions.origin.of,
      selection: subset === null ? null : [...subset],
      labels: Object.fromEntries(clouds.map((cloud, i) => [column(i), cloud.origin])),
    };
    const name = `${regions.name}${subset === null ? "" : "_selected"}${regions.ending}`;
    const texts = [regionText(regions, labels, subset), JSON.stringify(origin, null, 2)];
    return done(
      { name },
      texts.map((text) => new TextEncoder().encode(text)),
    );
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
