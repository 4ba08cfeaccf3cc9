/** Region sets by strength and significance: where each lies, and whose name is written. */

import { type Ended, ended } from "./ended";
import { type Member, oddsRange, significant } from "./enrichment_data";
import type { Box } from "./layout";
import type { Limits } from "./limits";
import { niceLimits } from "./texts";

export interface Spot {
  readonly member: Member;
  readonly x: number;
  readonly y: number;
}

export interface Volcano {
  readonly spots: readonly Spot[];
  /** Of log2 odds ratios. */
  readonly across: Ended;
  /** Of −log10 q. */
  readonly up: Ended;
}

/** Places of all members that have an odds ratio, in their order. */
export function volcano(members: readonly Member[], box: Box): Volcano {
  const shown = members.filter(({ log2, q }) => !Number.isNaN(log2) && !Number.isNaN(q));
  const [odds, chances] = [shown.map(({ log2 }) => log2), shown.map(({ q }) => q)];
  const most = Math.max(2, ...chances.filter(Number.isFinite));
  const across = ended(oddsRange(odds), odds, [box.x, box.x + box.width], 5);
  const range: Limits = [0, niceLimits(0, most, 5)[1]];
  const up = ended(range, chances, [box.y + box.height, box.y], 5);
  const spots = shown.map((member) => ({
    member,
    x: across.at(member.log2),
    y: up.at(member.q),
  }));
  return { spots, across, up };
}

/** Spots whose names fit: the most significant first, none over another's name. */
export function named(spots: readonly Spot[], box: Box, most = 12): readonly Spot[] {
  const taken: [left: number, right: number, y: number][] = [];
  const chosen: Spot[] = [];
  const order = spots
    .filter(({ member }) => significant(member))
    .sort((a, b) => b.member.q - a.member.q || b.member.log2 - a.member.log2);
  for (const spot of order) {
    if (chosen.length === most) break;
    const wide = nameWidth(spot.member.name);
    const [left, right] = turned(spot, box)
      ? [spot.x - 8 - wide, spot.x]
      : [spot.x, spot.x + 8 + wide];
    if (left < box.x) continue;
    if (taken.some(([l, r, y]) => left < r && right > l && Math.abs(spot.y - y) < 13)) continue;
    taken.push([left, right, spot.y]);
    chosen.push(spot);
  }
  return chosen;
}

const nameWidth = (name: string) => 6 * Math.min(name.length, 24);

/** Whether a name stands left of its spot because there is no room at the right. */
export function turned({ x, member }: Spot, box: Box): boolean {
  return x + 8 + nameWidth(member.name) > box.x + box.width;
}

/** A name short enough to stand beside its spot. */
export function shortName(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

/** The spot nearest to a place, within reach; null when there is none. */
export function spotAt(spots: readonly Spot[], x: number, y: number): Spot | null {
  let best: Spot | null = null;
  let least = 12 ** 2;
  for (const spot of spots) {
    const distance = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (distance <= least) {
      least = distance;
      best = spot;
    }
  }
  return best;
}
