/** The board of an exported page: several comparisons side by side. */

import type { BoardLinks, BoardSnapshot, BoardSource } from "./board";
import { EmbeddedComparison } from "./embedded_comparison";
import { EmbeddedLinks } from "./embedded_links";
import { Listeners } from "./embedded_parts";
import type { EmbeddedData } from "./page_data";
import { CommandError } from "./source";

const NO_LINKS: BoardLinks = { link_flanks: false, link_bins: false, link_scales: false };

export class EmbeddedBoard implements BoardSource {
  readonly live = false;
  readonly #comparisons = new Map<string, EmbeddedComparison>();
  readonly #listeners = new Listeners();
  readonly #stops: (() => void)[] = [];
  #snapshot: BoardSnapshot;
  #spreading = false;

  constructor(data: EmbeddedData) {
    data.comparisons.forEach((part, place) => {
      const comparison = new EmbeddedComparison(part, data.origin);
      this.#comparisons.set(`embedded:${place}`, comparison);
      this.#stops.push(comparison.subscribe(() => this.#spread(comparison)));
    });
    const views = [...this.#comparisons.values()].map(({ sources }) => sources);
    const links = new EmbeddedLinks(data.links ?? [], views);
    this.#stops.push(() => links.close());
    this.#snapshot = {
      comparisons: [...this.#comparisons.keys()],
      // bin sizes and scales follow no other where no kernel computes them
      links: { ...NO_LINKS, link_flanks: data.board?.link_flanks === true },
    };
  }

  get(): BoardSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  open(ref: string): Promise<EmbeddedComparison> {
    const found = this.#comparisons.get(ref);
    return found === undefined
      ? Promise.reject(new Error("this comparison is not part of the file"))
      : Promise.resolve(found);
  }

  setLinked(name: keyof BoardLinks, linked: boolean): void {
    this.#snapshot = {
      ...this.#snapshot,
      links: { ...this.#snapshot.links, [name]: linked },
    };
    const [first] = this.#comparisons.values();
    if (first !== undefined) this.#spread(first);
    this.#listeners.tell();
  }

  /** One flank for all, where the page has it. */
  #spread(from: EmbeddedComparison): void {
    const { flank } = from.snapshot().settings;
    if (this.#spreading || !this.#snapshot.links.link_flanks || flank === null) return;
    this.#spreading = true;
    try {
      for (const other of this.#comparisons.values()) {
        const there = other.snapshot();
        if (there.settings.flank === null || there.settings.flank === flank) continue;
        if (there.flank_options.includes(flank)) other.change({ flank });
      }
    } finally {
      this.#spreading = false;
    }
  }

  send(): Promise<void> {
    return refused();
  }

  add(): Promise<void> {
    return refused();
  }

  remove(): Promise<void> {
    return refused();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
  }
}

function refused(): Promise<void> {
  const sentence = "this file has no kernel behind it, so it cannot change the board";
  return Promise.reject(new CommandError(sentence, "no kernel"));
}
