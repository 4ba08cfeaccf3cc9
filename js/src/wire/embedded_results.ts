/** The results inside an exported page, by the settings that ask for them. */

import { decodeResult } from "./codec";
import type { DecodedResult, WireResult } from "./result";
import { resultKey } from "./result_key";
import type { ViewSettings } from "./settings";
import type { ViewKind } from "./view";

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
    const found = this.#likeKey(kind, settings);
    return found === undefined ? null : this.get(found);
  }

  hasLike(kind: ViewKind, settings: ViewSettings): boolean {
    return this.#likeKey(kind, settings) !== undefined;
  }

  #likeKey(kind: ViewKind, settings: ViewSettings): string | undefined {
    const start = resultKey(kind, settings).replace(ORDER_IN_KEY, "");
    return Object.keys(this.#wire).find((key) => key.startsWith(start));
  }

  /** Bin sizes in bp for which there is any result of this kind. */
  bins(kind: ViewKind): number[] {
    return this.#each(BIN_IN_KEY, kind);
  }

  /** Flanks in bp for which any result exists. */
  flanks(): number[] {
    return this.#each(FLANK_IN_KEY, "");
  }

  #each(part: RegExp, start: string): number[] {
    const found = new Set<number>();
    for (const key of Object.keys(this.#wire)) {
      const value = Number(part.exec(key)?.[1] || Number.NaN);
      if (Number.isFinite(value) && key.startsWith(start)) found.add(value);
    }
    return [...found].sort((a, b) => a - b);
  }
}

const BIN_IN_KEY = /;bin=([^;]*);/;
/** The part of a key that says in which order the rows are. */
export const ORDER_IN_KEY = /;sort=[^;]*;asc=.*$/;
const FLANK_IN_KEY = /;flank=([^;]*);/;
