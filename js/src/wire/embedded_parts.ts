/** What views and comparisons of an exported page have in common. */

import type { Traits } from "./page_data";
import type { CommandName, Reply } from "./request";
import { CommandError } from "./source";
import type { Get } from "./traits";

export const getter =
  (traits: Traits): Get =>
  (name) =>
    traits[name];

export class Listeners {
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

export function noKernel(name: CommandName): Promise<Reply> {
  const sentence = `this file has no kernel behind it, so it cannot ${name.replaceAll("_", " ")}`;
  return Promise.reject(new CommandError(sentence, "no kernel"));
}

/** A reply made in the page. */
export function done(
  payload: Reply["payload"] = {},
  files: readonly Uint8Array[] = [],
): Promise<Reply> {
  const buffers = files.map(
    ({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset, byteLength),
  );
  return Promise.resolve({ payload, buffers });
}
