/** Where a view's data comes from: a running kernel, or the page itself. */

import type { ComparisonSettings, ComparisonSnapshot } from "./comparison";
import type { CommandArgs, CommandName, Reply } from "./request";
import type { RowWindow } from "./result";
import type { SettingsPatch } from "./settings";
import type { ViewSnapshot } from "./view";

interface Source<Snapshot, Patch> {
  /** True where a kernel computes what is asked for; false where only what is embedded exists. */
  readonly live: boolean;
  /** The present state; the same object until something changes. */
  snapshot(): Snapshot;
  /** Calls `listener` after every change; returns the function that stops it. */
  subscribe(listener: () => void): () => void;
  /** Takes a change made by a person. */
  change(patch: Patch): void;
  /** Asks for something that is not a setting. */
  command(name: CommandName, args?: CommandArgs): Promise<Reply>;
  /** Stops listening; the model itself is not the browser's to close. */
  close(): void;
}

export interface DataSource extends Source<ViewSnapshot, SettingsPatch> {
  /** Where no kernel is: true if the regions behind a position can be found all the same. */
  readonly finds?: boolean;
  /**
   * Rows of the stackup shown, from one place in the order to another, as at most so many
   * lines. null where nobody has finer rows than the picture itself, or it is another by now.
   */
  rows(first: number, after: number, lines: number): Promise<RowWindow | null>;
}

export interface ComparisonSource
  extends Source<ComparisonSnapshot, Partial<ComparisonSettings>> {
  /** The source of a child view; the same one for the same reference. */
  view(ref: string): Promise<DataSource>;
  /** Draws a widget of another package into an element; absent where that cannot be. */
  draw?(ref: string, el: HTMLElement, signal: AbortSignal): Promise<void>;
}

/** A command that was refused or could not be asked. The message is for people. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}
