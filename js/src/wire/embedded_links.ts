/** Views of an exported page that take their scale, or order of rows, from another. */

import { limitsOf } from "../plots/limits_of";
import { effective } from "../state/settings";
import type { EmbeddedSource } from "./embedded";
import type { WireLink } from "./page_data";
import type { SettingsPatch, ViewSettings } from "./settings";
import type { Shared, ViewKind, ViewSnapshot } from "./view";

interface Link {
  readonly shared: Shared;
  readonly donor: EmbeddedSource;
  readonly recipient: EmbeddedSource;
}

/** Settings that come along with the limits between two views of one kind, as in Python. */
const ADOPTED: Readonly<Partial<Record<ViewKind, readonly (keyof ViewSettings)[]>>> = {
  pileup: ["normalization", "scale", "symmetric", "cmap"],
  stackup: ["scale", "symmetric", "cmap"],
  profile: ["normalized"],
  embedding1d: ["cmap"],
  embedding2d: ["cmap"],
};

const OWN: Readonly<Record<Shared, readonly (keyof ViewSettings)[]>> = {
  scale: ["vmin", "vmax", "normalization", "scale", "symmetric", "cmap", "normalized"],
  order: ["sort_by", "ascending", "sort_track", "sort_seed"],
};

/** Who takes follows who gives, until a person gives it a scale or an order of its own. */
export class EmbeddedLinks {
  #links: readonly Link[];
  readonly #stops: (() => void)[] = [];

  /** @param views of every comparison of the page, as the places of the links count them */
  constructor(links: readonly WireLink[], views: readonly (readonly EmbeddedSource[])[]) {
    const at = ([comparison, view]: readonly [number, number]) => views[comparison]?.[view];
    this.#links = links.flatMap(({ shared, ...ends }) => {
      const [donor, recipient] = [at(ends.donor), at(ends.recipient)];
      return donor && recipient ? [{ shared, donor, recipient }] : [];
    });
    for (const donor of new Set(this.#links.map((link) => link.donor))) {
      this.#stops.push(donor.subscribe(() => this.#spread(donor)));
    }
    for (const { shared, donor, recipient } of this.#links) {
      recipient.onOwn = (patch) => this.#leave(recipient, patch);
      // the limits of the moment are those that the page was written with
      if (shared === "order") recipient.takeOrder(donor.ownOrder());
    }
  }

  #spread(donor: EmbeddedSource): void {
    for (const { shared, recipient } of this.#links.filter((link) => link.donor === donor)) {
      if (shared === "order") {
        recipient.takeOrder(donor.ownOrder());
        continue;
      }
      const patch = scaleFor(recipient.snapshot(), donor.snapshot());
      if (patch !== null) recipient.take(patch);
    }
  }

  /** A person changed a view that takes: what was changed is its own from now on. */
  #leave(recipient: EmbeddedSource, patch: SettingsPatch): void {
    for (const shared of ["scale", "order"] as const) {
      if (!OWN[shared].some((name) => name in patch)) continue;
      const link = this.#links.find(
        (one) => one.recipient === recipient && one.shared === shared,
      );
      if (link === undefined) continue;
      this.#links = this.#links.filter((one) => one !== link);
      const left = this.#links.filter(
        (one) => one.donor === link.donor && one.shared === shared,
      );
      recipient.shares(shared, null);
      link.donor.shares(
        shared,
        left.map((one) => one.recipient.label),
      );
      if (shared === "order") recipient.takeOrder(null);
    }
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}

/** What a view takes from another's picture; null where that changes nothing. */
function scaleFor(taker: ViewSnapshot, donor: ViewSnapshot): SettingsPatch | null {
  const { facts, settings, result } = donor;
  const limits = result === null ? null : limitsOf(facts.kind, result, settings);
  if (limits === null) return null;
  const names = facts.kind === taker.facts.kind ? (ADOPTED[facts.kind] ?? []) : [];
  const adopted = Object.fromEntries(names.map((name) => [name, settings[name]]));
  return effective({ ...adopted, vmin: limits[0], vmax: limits[1] }, taker.settings);
}
