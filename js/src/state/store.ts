/** A reducer bound to its source: the only place where state changes. */

import type { CommandArgs, CommandName, Reply } from "../wire/request";
import type { SettingsPatch } from "../wire/settings";
import type { DataSource } from "../wire/source";
import { CommandError } from "../wire/source";
import { READ_BY, withPatience } from "./patience";
import { effective, takenFrom, withConsequences } from "./settings";
import { initialView, type Notice, reduce, type ViewAction, type ViewState } from "./view";

/** Milliseconds without a word from Python after which it is asked for one. */
const SILENCE = 2000;

/** Something with a value that changes. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

export class ViewStore implements Readable<ViewState> {
  #state: ViewState;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #fading: ReturnType<typeof setTimeout> | undefined;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly source: DataSource) {
    this.#state = initialView(source.snapshot());
    this.#stop = source.subscribe(() => {
      this.dispatch({ type: "snapshot", snapshot: source.snapshot() });
    });
  }

  get(): ViewState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispatch(action: ViewAction): void {
    const next = reduce(this.#state, action);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Takes a change that a person made in this view. */
  change(patch: SettingsPatch): void {
    const { facts, settings } = this.#state.snapshot;
    if (effective(patch, settings) === null) return;
    const taken = this.source.live ? takenFrom(patch, facts.shares) : "";
    if (taken !== "") {
      this.notice({ tone: "info", text: taken });
      return;
    }
    const whole = effective(withConsequences(patch, settings), settings);
    if (whole === null) return;
    this.expect(whole);
    this.source.change(whole);
  }

  /** Shows at once that a change made elsewhere will reach this view. */
  expect(patch: SettingsPatch): void {
    const news = effective(patch, this.#state.snapshot.settings);
    if (!this.source.live || news === null) return;
    this.dispatch({ type: "changed", patch: news });
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => void this.#ask(), SILENCE);
  }

  /** A change is no command: whether anybody took it has to be asked. */
  async #ask(): Promise<void> {
    if (!this.#state.awaiting) return;
    try {
      await this.source.command("alive");
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.code !== "restarted" || !this.#state.awaiting) return;
      this.dispatch({ type: "unheard" });
      this.notice({ tone: "error", text: error.message });
    }
  }

  /** Asks; a refusal becomes the view's notice and null. */
  async command(name: CommandName, args?: CommandArgs): Promise<Reply | null> {
    try {
      return await withPatience(name, this.source.command(name, args));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.notice({ tone: "error", text: error.message });
      return null;
    }
  }

  /** Says something in the status line; what needs no answer goes by itself. */
  notice(notice: Notice | null): void {
    clearTimeout(this.#fading);
    this.dispatch({ type: "notice", notice });
    if (notice?.tone === "info") {
      this.#fading = setTimeout(() => this.dispatch({ type: "notice", notice: null }), READ_BY);
    }
  }

  close(): void {
    clearTimeout(this.#fading);
    clearTimeout(this.#asking);
    this.#stop();
    this.#listeners.clear();
  }
}
