/** What all pictures of ranked region sets share: who is looked at, keys, clicks. */

import { useRef } from "preact/hooks";
import type { Axis } from "../wire/result";
import { arrowhead } from "./ended";
import { type Member, pointing, significant } from "./enrichment_data";
import type { Box } from "./layout";

export interface ListProps {
  readonly members: readonly Member[];
  readonly box: Box;
  readonly axis: Axis;
  /** Id of the member under the cursor. */
  readonly looked: string | null;
  /** Ids of the members whose regions are selected. */
  readonly picked: ReadonlySet<string>;
  readonly label: string;
  readonly look: (member: Member | null, byKey?: boolean) => void;
  /** Selects the regions of a member; `more` adds them to those of others. */
  readonly pick: (member: Member, more: boolean) => void;
}

interface DotProps {
  readonly member: Member;
  readonly x: number;
  readonly y: number;
  readonly r: number;
  /** Further classes. */
  readonly more: string;
  /** Whether its place says its q, too. */
  readonly chances?: boolean;
}

/** A member's dot, filled where q is small; an arrowhead where an axis cannot reach it. */
export function Dot({ member, x, y, r, more, chances = false }: DotProps) {
  const way = pointing(member, chances);
  const look = `hcw-dot${significant(member) ? " hcw-significant" : ""}${more}`;
  return way === null ? (
    <circle class={look} cx={x} cy={y} r={r} />
  ) : (
    <path class={look} d={arrowhead(x, y, way, r)} />
  );
}

/** Keys of a list: arrows look at the next member, Enter selects its regions. */
export function useListKeys(
  { members, looked, look, pick }: ListProps,
  show: (at: number) => void,
): (event: KeyboardEvent) => void {
  const latest = useRef({ members, looked, look, pick, show });
  latest.current = { members, looked, look, pick, show };
  const handler = useRef((event: KeyboardEvent): void => {
    const now = latest.current;
    const active = now.members.findIndex(({ id }) => id === now.looked);
    const last = now.members.length - 1;
    const stride = event.shiftKey ? 10 : 1;
    const next: Readonly<Record<string, number>> = {
      ArrowDown: active < 0 ? 0 : active + stride,
      ArrowUp: active < 0 ? 0 : active - stride,
      Home: 0,
      End: last,
    };
    const wished = next[event.key];
    const member = now.members[active];
    if (wished !== undefined && last >= 0) {
      const at = Math.min(Math.max(wished, 0), last);
      now.look(now.members[at] ?? null, true);
      now.show(at);
    } else if (event.key === "Enter" && member !== undefined) {
      now.pick(member, event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape" && member !== undefined) {
      now.look(null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return handler.current;
}

/** Attributes of the element of one member, whatever draws it. */
export function memberHands(props: ListProps, member: Member) {
  const { looked, look, pick } = props;
  return {
    onPointerMove: () => member.id !== looked && look(member),
    onClick: (event: MouseEvent) =>
      pick(member, event.ctrlKey || event.metaKey || event.shiftKey),
  };
}
