/** A board of a running kernel: several comparisons side by side. */

import { CommComparison } from "./comm";
import { Commands } from "./commands";
import { modelOf, type WidgetHost, type WidgetModel } from "./model";
import type { ComparisonSource } from "./source";

export const LINK_NAMES = ["link_flanks", "link_bins", "link_scales"] as const;

/** What is the same in all comparisons. */
export type BoardLinks = Readonly<Record<(typeof LINK_NAMES)[number], boolean>>;

export interface BoardSnapshot {
  readonly comparisons: readonly string[];
  readonly links: BoardLinks;
}

const NAMES = ["comparisons", ...LINK_NAMES] as const;

/** What a board shows, whether a kernel stands behind it or not. */
export interface BoardSource {
  readonly live: boolean;
  get(): BoardSnapshot;
  subscribe(listener: () => void): () => void;
  /** A comparison of the board; whoever opens it closes it. */
  open(ref: string): Promise<ComparisonSource>;
  setLinked(name: keyof BoardLinks, linked: boolean): void;
  /** Moves or copies a view of one comparison to another; both by their references. */
  send(
    from: string,
    viewId: string,
    to: string,
    how: { readonly copy: boolean; readonly place?: number },
  ): Promise<void>;
  /** Shows another region set beside the others. */
  add(regions: string): Promise<void>;
  /** Takes a comparison off; it lives on by itself. */
  remove(comparison: string): Promise<void>;
  close(): void;
}

export class CommBoard implements BoardSource {
  readonly live = true;
  readonly #commands: Commands;
  readonly #listeners = new Set<() => void>();
  #snapshot: BoardSnapshot;

  constructor(
    readonly model: WidgetModel,
    readonly host: WidgetHost | undefined,
  ) {
    this.#commands = new Commands(model);
    this.#snapshot = this.#read();
    for (const name of NAMES) {
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
      links: {
        link_flanks: this.model.get("link_flanks") === true,
        link_bins: this.model.get("link_bins") === true,
        link_scales: this.model.get("link_scales") === true,
      },
    };
  }

  get(): BoardSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A comparison of the board; whoever opens it closes it. */
  async open(ref: string): Promise<CommComparison> {
    return new CommComparison(await modelOf(ref, this.model, this.host), this.host);
  }

  setLinked(name: keyof BoardLinks, linked: boolean): void {
    this.model.set(name, linked);
    this.model.save_changes();
  }

  async send(
    from: string,
    viewId: string,
    to: string,
    how: { readonly copy: boolean; readonly place?: number },
  ): Promise<void> {
    const name = how.copy ? "copy_view" : "send_view";
    await this.#commands.send(name, { from, view_id: viewId, to, place: how.place ?? null });
  }

  /** Shows another region set, with views like those of the last comparison. */
  async add(id: string): Promise<void> {
    await this.#commands.send("add_comparison", { id });
  }

  async remove(comparison: string): Promise<void> {
    await this.#commands.send("remove_comparison", { comparison });
  }

  close(): void {
    for (const name of NAMES) {
      this.model.off(`change:${name}`, this.#onChange);
    }
    this.#commands.close();
    this.#listeners.clear();
  }
}
