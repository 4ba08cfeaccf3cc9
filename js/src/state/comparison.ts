/** State of a comparison: its own facts, its views as stores, and their order. */

import type { ComparisonSettings, ComparisonSnapshot } from "../wire/comparison";
import type { CommandArgs, CommandName, Reply } from "../wire/request";
import type { ComparisonSource } from "../wire/source";
import { CommandError } from "../wire/source";
import { READ_BY, withPatience } from "./patience";
import { effective } from "./settings";
import { type Readable, ViewStore } from "./store";
import type { Notice } from "./view";

/** One place in the grid: a view, or the reason why there is none. */
export interface Slot {
  readonly ref: string;
  readonly store: ViewStore | null;
  readonly problem: string;
}

export interface ComparisonState {
  readonly snapshot: ComparisonSnapshot;
  /** In the order shown; a move shows at once and is then confirmed by Python. */
  readonly slots: readonly Slot[];
  readonly notice: Notice | null;
}

export const REMOVED = "View removed.";

/** `refs` with one of them at place `to` of the others. */
export function moved(refs: readonly string[], ref: string, to: number): readonly string[] {
  const rest = refs.filter((other) => other !== ref);
  const place = Math.min(Math.max(to, 0), rest.length);
  return [...rest.slice(0, place), ref, ...rest.slice(place)];
}

export class ComparisonStore implements Readable<ComparisonState> {
  readonly #listeners = new Set<() => void>();
  readonly #known = new Map<string, Slot>();
  readonly #stop: () => void;
  #order: readonly string[];
  #state: ComparisonState;
  #closed = false;
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly source: ComparisonSource) {
    const snapshot = source.snapshot();
    this.#order = snapshot.views;
    this.#state = { snapshot, slots: [], notice: null };
    this.#take(snapshot);
    this.#stop = source.subscribe(() => this.#take(source.snapshot()));
  }

  get(): ComparisonState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(snapshot: ComparisonSnapshot): void {
    if (snapshot.views !== this.#state.snapshot.views) this.#order = snapshot.views;
    for (const ref of this.#order) {
      if (!this.#known.has(ref)) this.#open(ref);
    }
    for (const [ref, slot] of this.#known) {
      if (snapshot.views.includes(ref)) continue;
      slot.store?.close();
      this.#known.delete(ref);
    }
    this.#set({ snapshot });
  }

  #open(ref: string): void {
    this.#known.set(ref, { ref, store: null, problem: "" });
    this.source.view(ref).then(
      (source) => this.#settle(ref, { ref, store: new ViewStore(source), problem: "" }),
      (error: unknown) => this.#settle(ref, { ref, store: null, problem: String(error) }),
    );
  }

  #settle(ref: string, slot: Slot): void {
    if (this.#closed || !this.#known.has(ref)) {
      slot.store?.close();
      return;
    }
    this.#known.set(ref, slot);
    this.#set({});
  }

  #set(part: Partial<ComparisonState>): void {
    const slots = this.#order
      .map((ref) => this.#known.get(ref))
      .filter((slot): slot is Slot => slot !== undefined);
    this.#state = { ...this.#state, ...part, slots };
    for (const listener of [...this.#listeners]) listener();
  }

  change(patch: Partial<ComparisonSettings>): void {
    const news = effective(patch, this.#state.snapshot.settings);
    if (news === null) return;
    if (news.flank !== undefined && this.source.live) {
      for (const { store } of this.#state.slots) store?.expect({ flank: news.flank });
    }
    this.source.change(news);
  }

  /** The finest bin size, in bp, that every view has; 1 if none is known. */
  binUnit(): number {
    const finest = this.#state.slots.map(({ store }) => {
      const facts = store?.get().snapshot.facts;
      return facts?.mode === "point" ? Math.min(...facts.bin_options) : 1;
    });
    return Math.max(1, ...finest.filter(Number.isFinite));
  }

  /** Puts a view at another place, on screen at once. */
  async move(ref: string, to: number): Promise<void> {
    const store = this.#known.get(ref)?.store;
    if (store === undefined || store === null) return;
    const before = this.#order;
    this.#order = moved(before, ref, to);
    this.#set({});
    const view_id = store.get().snapshot.facts.view_id;
    const reply = await this.command("move_view", { view_id, to });
    if (reply === null) {
      this.#order = this.#state.snapshot.views;
      this.#set({});
    }
  }

  /** Lets two views change places, on screen at once. */
  async swap(ref: string, other: string): Promise<void> {
    const ids = [ref, other].map(
      (one) => this.#known.get(one)?.store?.get().snapshot.facts.view_id,
    );
    if (ids.includes(undefined)) return;
    const places = new Map([
      [ref, other],
      [other, ref],
    ]);
    this.#order = this.#order.map((one) => places.get(one) ?? one);
    this.#set({});
    const reply = await this.command("swap_views", { view_id: ids[0], other: ids[1] });
    if (reply === null) {
      this.#order = this.#state.snapshot.views;
      this.#set({});
    }
  }

  async remove(ref: string): Promise<void> {
    const store = this.#known.get(ref)?.store;
    if (store === undefined || store === null) return;
    const view_id = store.get().snapshot.facts.view_id;
    const reply = await this.command("remove_view", { view_id });
    if (reply !== null) this.notice({ tone: "info", text: REMOVED });
  }

  async duplicate(ref: string): Promise<void> {
    const view_id = this.#known.get(ref)?.store?.get().snapshot.facts.view_id;
    if (view_id !== undefined) await this.command("duplicate_view", { view_id });
  }

  /** Asks; a refusal becomes the comparison's notice and null. */
  async command(name: CommandName, args?: CommandArgs): Promise<Reply | null> {
    try {
      return await withPatience(name, this.source.command(name, args));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.notice({ tone: "error", text: error.message });
      return null;
    }
  }

  /** Says something under the header; what needs no answer goes by itself. */
  notice(notice: Notice | null): void {
    clearTimeout(this.#fading);
    if (this.#closed) return;
    this.#set({ notice });
    if (notice?.tone === "info" && notice.act === undefined) {
      this.#fading = setTimeout(() => this.#set({ notice: null }), READ_BY);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#fading);
    this.#stop();
    for (const { store } of this.#known.values()) store?.close();
    this.#listeners.clear();
  }
}
