/** Data sources over widget models, kept in step with Python by the comm. */

import { sameSetting } from "../state/settings";
import type { WireArray } from "./arrays";
import { decodeArray, decodeResult, rowWindow, WireError } from "./codec";
import { Commands, unsent } from "./commands";
import type { ComparisonSettings, ComparisonSnapshot } from "./comparison";
import { hand } from "./hand";
import { type ModelListener, modelOf, type WidgetHost, type WidgetModel } from "./model";
import type { CommandArgs, CommandName, Reply } from "./request";
import type { DecodedResult, RowWindow, WireResult } from "./result";
import type { SettingsPatch, ViewSettings } from "./settings";
import { CommandError, type ComparisonSource, type DataSource } from "./source";
import {
  COMPARISON_NAMES,
  FACT_NAMES,
  readComparison,
  readFacts,
  readSettings,
  SETTING_NAMES,
} from "./traits";
import type { ViewFacts, ViewSnapshot } from "./view";

/** Settings that only change how a result is drawn; while dragging they come in floods. */
const DRAWN_ONLY: ReadonlySet<string> = new Set<keyof ViewSettings>([
  "title",
  "vmin",
  "vmax",
  "cmap",
  "scale",
  "symmetric",
  "width",
  "height",
  "span_columns",
  "span_rows",
  "normalized",
  "band",
  "zoom",
]);
const PAUSE = 150;

/** A model that tells of its changes once per batch, and takes changes in turn. */
class ModelLink {
  readonly #commands: Commands;
  readonly #listeners = new Set<() => void>();
  readonly #names: readonly string[];
  #scheduled = false;
  #saving: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(
    readonly model: WidgetModel,
    names: readonly string[],
    readonly refresh: () => void,
  ) {
    this.#commands = new Commands(model);
    this.#names = names;
    for (const name of names) model.on(`change:${name}`, this.#onChange);
  }

  /** Several traits of one message fire one by one; what is seen is the whole message. */
  readonly #onChange: ModelListener = () => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#closed) return;
      this.refresh();
      for (const listener of [...this.#listeners]) listener();
    });
  };

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sets traits at once; tells Python now, or a few times a second. */
  change(patch: Readonly<Record<string, unknown>>): void {
    const news = Object.entries(patch).filter(
      ([name, value]) => value !== undefined && !sameSetting(this.model.get(name), value),
    );
    if (news.length === 0) return;
    const drawn = news.every(([name]) => DRAWN_ONLY.has(name));
    for (const [name, value] of news) this.model.set(name, value);
    if (drawn) {
      this.model.set("hand", hand());
      // other views may follow this one while the hand still moves
      this.#saving ??= setTimeout(this.#save, PAUSE);
      unsent.add(this.#save);
      return;
    }
    this.#save();
  }

  readonly #save = (): void => {
    if (this.#saving !== null) clearTimeout(this.#saving);
    this.#saving = null;
    unsent.delete(this.#save);
    this.model.save_changes();
  };

  command(name: CommandName, args?: CommandArgs): Promise<Reply> {
    return this.#commands.send(name, args);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#saving !== null) this.#save();
    for (const name of this.#names) this.model.off(`change:${name}`, this.#onChange);
    this.#commands.close();
    this.#listeners.clear();
  }
}

/** One view of a running kernel. */
export class CommSource implements DataSource {
  readonly live = true;
  readonly #link: ModelLink;
  #snapshot: ViewSnapshot;
  #wire: unknown = null;
  #result: DecodedResult | null = null;
  #damage = "";
  #marks: unknown = null;
  #highlighted: Uint32Array | null = null;

  constructor(model: WidgetModel) {
    this.#link = new ModelLink(
      model,
      [...SETTING_NAMES, ...FACT_NAMES, "result", "highlighted"],
      () => {
        this.#snapshot = this.#read();
      },
    );
    this.#snapshot = this.#read();
  }

  #read(): ViewSnapshot {
    const get = (name: string): unknown => this.#link.model.get(name);
    const wire = get("result");
    if (wire !== this.#wire) {
      this.#wire = wire;
      this.#result = null;
      this.#damage = "";
      try {
        this.#result = wire ? decodeResult(wire as WireResult) : null;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.#damage = error.message;
      }
    }
    const marks = get("highlighted");
    if (marks !== this.#marks) {
      this.#marks = marks;
      this.#highlighted = marks ? rowsOf(marks) : null;
    }
    const facts = readFacts(get);
    return {
      facts: this.#damage && facts.status === "ready" ? damaged(facts, this.#damage) : facts,
      settings: readSettings(get),
      result: this.#result,
      highlighted: this.#highlighted,
    };
  }

  snapshot(): ViewSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#link.subscribe(listener);
  }

  change(patch: SettingsPatch): void {
    this.#link.change(patch);
  }

  command(name: CommandName, args?: CommandArgs): Promise<Reply> {
    return this.#link.command(name, args);
  }

  async rows(first: number, after: number, lines: number): Promise<RowWindow | null> {
    const picture = this.#result?.meta.picture;
    if (picture === undefined) return null;
    try {
      return rowWindow(await this.command("rows", { first, after, lines, picture }));
    } catch (error) {
      // without a kernel the picture stays as fine as it is
      if (!(error instanceof CommandError)) throw error;
      return null;
    }
  }

  close(): void {
    this.#link.close();
  }
}

/** Row numbers from the wire; damaged ones mark nothing. */
function rowsOf(wire: unknown): Uint32Array | null {
  try {
    return Uint32Array.from(decodeArray(wire as WireArray).data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return null;
  }
}

function damaged(facts: ViewFacts, detail: string): ViewFacts {
  const message = "the result arrived damaged; try again";
  return { ...facts, status: "failed", message, detail };
}

/** A comparison of a running kernel, with its child views. */
export class CommComparison implements ComparisonSource {
  readonly live = true;
  readonly #link: ModelLink;
  readonly #host: WidgetHost | undefined;
  readonly #children = new Map<string, Promise<CommSource>>();
  #snapshot: ComparisonSnapshot;
  #closed = false;

  constructor(model: WidgetModel, host: WidgetHost | undefined) {
    this.#host = host;
    this.#link = new ModelLink(model, COMPARISON_NAMES, () => {
      this.#snapshot = this.#read();
      this.#release();
    });
    this.#snapshot = this.#read();
  }

  #read(): ComparisonSnapshot {
    return readComparison((name) => this.#link.model.get(name));
  }

  snapshot(): ComparisonSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#link.subscribe(listener);
  }

  change(patch: Partial<ComparisonSettings>): void {
    this.#link.change(patch);
  }

  command(name: CommandName, args?: CommandArgs): Promise<Reply> {
    return this.#link.command(name, args);
  }

  view(ref: string): Promise<DataSource> {
    const known = this.#children.get(ref);
    if (known !== undefined) return known;
    const opening = modelOf(ref, this.#link.model, this.#host).then((model) => {
      const source = new CommSource(model);
      if (this.#closed) source.close();
      return source;
    });
    this.#children.set(ref, opening);
    opening.catch(() => this.#children.delete(ref));
    return opening;
  }

  async draw(ref: string, el: HTMLElement, signal: AbortSignal): Promise<void> {
    const widget = await this.#host?.getWidget?.(ref);
    if (widget === undefined) {
      throw new CommandError("this notebook application cannot draw it here", "host");
    }
    await widget.render({ el, signal });
  }

  /** Views that were taken out stop listening. */
  #release(): void {
    for (const [ref, opening] of this.#children) {
      if (this.#snapshot.views.includes(ref)) continue;
      this.#children.delete(ref);
      close(opening);
    }
  }

  close(): void {
    this.#closed = true;
    for (const opening of this.#children.values()) close(opening);
    this.#children.clear();
    this.#link.close();
  }
}

function close(opening: Promise<CommSource>): void {
  // a view that never opened needs no closing; its failure was shown where it was asked for
  opening.then((source) => source.close()).catch(() => undefined);
}
