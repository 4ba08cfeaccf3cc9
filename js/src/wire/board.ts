/** A board of a running kernel: several comparisons side by side. */

import { CommComparison } from "./comm";
import { Commands } from "./commands";
import { modelOf, type WidgetHost, type WidgetModel } from "./model";

export interface BoardSnapshot {
  readonly comparisons: readonly string[];
  readonly linkFlanks: boolean;
}

export class CommBoard {
  readonly #commands: Commands;
  readonly #listeners = new Set<() => void>();
  readonly #opened = new Map<string, Promise<CommComparison>>();
  #snapshot: BoardSnapshot;

  constructor(
    readonly model: WidgetModel,
    readonly host: WidgetHost | undefined,
  ) {
    this.#commands = new Commands(model);
    this.#snapshot = this.#read();
    for (const name of ["comparisons", "link_flanks"]) {
      model.on(`change:${name}`, this.#onChange);
    }
  }

  readonly #onChange = (): void => {
    this.#snapshot = this.#read();
    for (const listener of [...this.#listeners]) listener();
  };

  #read(): BoardSnapshot {
    const refs = this.model.get("comparisons");
    return {
      comparisons: Array.isArray(refs) ? refs.filter((ref) => typeof ref === "string") : [],
      linkFlanks: this.model.get("link_flanks") === true,
    };
  }

  get(): BoardSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  open(ref: string): Promise<CommComparison> {
    const known = this.#opened.get(ref);
    if (known !== undefined) return known;
    const opening = modelOf(ref, this.model, this.host).then(
      (model) => new CommComparison(model, this.host),
    );
    this.#opened.set(ref, opening);
    return opening;
  }

  setLinked(linked: boolean): void {
    this.model.set("link_flanks", linked);
    this.model.save_changes();
  }

  /** Puts a copy of a view of one comparison into another; both by their references. */
  async copy(from: string, viewId: string, to: string): Promise<void> {
    await this.#commands.send("copy_view", { from, view_id: viewId, to });
  }

  close(): void {
    for (const name of ["comparisons", "link_flanks"]) {
      this.model.off(`change:${name}`, this.#onChange);
    }
    this.#commands.close();
    this.#listeners.clear();
  }
}
