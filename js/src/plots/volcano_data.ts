/** Region sets by strength and significance: where each lies, and whose name is written. */

import { type Member, oddsRange, significant } from "./enrichment_data";
import type { Box } from "./layout";
import type { Limits } from "./limits";
import { niceLimits } from "./texts";

export interface Spot {
  readonly member: Member;
  readonly x: number;
  readonly y: number;
  /** Its odds ratio or q is beyond the axes: drawn at their end, as a triangle. */
  readonly beyond: boolean;
}

export interface Volcano {
  readonly spots: readonly Spot[];
  readonly xRange: Limits;
  readonly yRange: Limits;
  readonly x: (log2: number) => number;
  readonly y: (minusLogQ: number) => number;
}

/** Places of all members that have an odds ratio, in their order. */
export function volcano(members: readonly Member[], box: Box): Volcano {
  const xRange = oddsRange(members.map(({ log2 }) => log2));
  const most = members.reduce((top, { q }) => (Number.isFinite(q) ? Math.max(top, q) : top), 0);
  const yRange: Limits = [0, niceLimits(0, Math.max(most, 2), 5)[1]];
  const held = (value: number, [lo, hi]: Limits) => Math.min(Math.max(value, lo), hi);
  const x = (log2: number) =>
    box.x + ((held(log2, xRange) - xRange[0]) / (xRange[1] - xRange[0])) * box.width;
  const y = (q: number) => box.y + (1 - held(q, yRange) / yRange[1]) * box.height;
  const spots = members
    .filter(({ log2, q }) => !Number.isNaN(log2) && !Number.isNaN(q))
    .map((member) => ({
      member,
      x: x(member.log2),
      y: y(member.q),
      beyond: !Number.isFinite(member.log2) || !Number.isFinite(member.q),
    }));
  return { spots, xRange, yRange, x, y };
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
