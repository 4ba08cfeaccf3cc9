/** Taking a scale, or an order of rows, from another view: choosing it, and the marks. */

import { createContext, type JSX } from "preact";
import { useContext, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { MenuItem } from "../controls/menu";
import type { ComparisonStore } from "../state/comparison";
import type { Share, Shared, ViewFacts } from "../wire/view";

/** Colours of the groups; further groups begin again and are told apart by their names. */
const COLOURS = [
  "#aa8f66",
  "#ed9b40",
  "#2e8b90",
  "#ba3b46",
  "#7d5ba6",
  "#b58d17",
  "#125d98",
] as const;

const WORDS: Readonly<Record<Shared, string>> = { scale: "scale", order: "order of rows" };

/** A view that is about to take something, and those that could give it. */
interface Choosing {
  readonly shared: Shared;
  readonly store: ComparisonStore;
  readonly view: string;
  /** null until Python has said who can give. */
  readonly donors: readonly string[] | null;
}

export interface Picking {
  readonly choosing: Choosing | null;
  begin(store: ComparisonStore, view: string, shared: Shared): void;
  pick(donor: string): void;
}

/** Shared by all comparisons of a board; null where none is around. */
export const PickingPlace = createContext<Picking | null>(null);

/** The picking of the board around, or one of its own. */
export function usePicking(): Picking {
  const around = useContext(PickingPlace);
  const own = useOwnPicking();
  return around ?? own;
}

export function useOwnPicking(): Picking {
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  /** The latest choosing, also between two renderings, and whether Enter came before donors. */
  const latest = useRef<{ choosing: Choosing | null; entered: boolean }>({
    choosing: null,
    entered: false,
  });
  const choose = (next: Choosing | null): void => {
    latest.current.choosing = next;
    setChoosing(next);
  };
  const pick = (donor: string): void => {
    const now = latest.current.choosing;
    if (now === null) return;
    const { store, view, shared } = now;
    choose(null);
    store.notice(null);
    void store.command("link_view", { shared, view, donor });
  };
  const on = choosing !== null;
  useLayoutEffect(() => {
    if (!on) return;
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const elsewhere = (event: Event): void => {
      const inside = event
        .composedPath()
        .some((part) => part instanceof Element && part.classList.contains("pick"));
      if (!inside) choose(null);
    };
    window.addEventListener("pointerdown", elsewhere, options);
    window.addEventListener(
      "keydown",
      (event) => {
        const enter = event.key === "Enter" && !event.repeat && !isPick(event);
        if (!enter && event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        const first = latest.current.choosing?.donors?.[0];
        if (!enter) choose(null);
        // wherever the focus is: the first that can give, as soon as that is known
        else if (first === undefined) latest.current.entered = true;
        else pick(first);
      },
      options,
    );
    return () => listening.abort();
  }, [on]);
  return useMemo(
    () => ({
      choosing,
      begin: (store, view, shared) => {
        const asked: Choosing = { store, view, shared, donors: null };
        latest.current.entered = false;
        choose(asked);
        void store.command("donors", { view, shared }).then((reply) => {
          // given up, or begun anew, meanwhile
          if (latest.current.choosing !== asked) return;
          choose(null);
          if (reply === null) return;
          const donors = Array.isArray(reply.payload.refs)
            ? reply.payload.refs.map(String)
            : [];
          if (donors.length > 0) {
            const text = `Click the view that gives its ${WORDS[shared]}; Escape cancels.`;
            store.notice({ tone: "info", text });
            choose({ ...asked, donors });
            if (latest.current.entered) pick(donors[0] as string);
          } else {
            const text = `No other view here has the same ${shared === "scale" ? "unit" : "rows"}.`;
            store.notice({ tone: "error", text });
          }
        });
      },
      pick,
    }),
    [choosing],
  );
}

function isPick(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return target instanceof Element && target.classList.contains("pick");
}

/** Lies over a card while somebody chooses: a click takes from it. */
export function Pick(props: { readonly view: string }): JSX.Element | null {
  const picking = useContext(PickingPlace);
  const choosing = picking?.choosing;
  if (!picking || !choosing) return null;
  const { donors, shared, view } = choosing;
  if (props.view === view) return <div class="picking" aria-hidden="true" />;
  if (donors?.includes(props.view) !== true) return null;
  return (
    <button
      type="button"
      class="pick"
      data-testid="pick"
      aria-label={`take the ${WORDS[shared]} from this view`}
      ref={(button) => {
        // by keyboard one goes on from the first that can give
        if (props.view === donors[0]) button?.focus({ preventScroll: true });
      }}
      onClick={() => picking.pick(props.view)}
    />
  );
}

/** Coloured edges of a card: solid where it gives, dashed where it takes. */
export function ShareMarks({ facts }: { readonly facts: ViewFacts }): JSX.Element {
  const { shares } = facts;
  return (
    <>
      {shares.scale === undefined ? null : <Mark shared="scale" share={shares.scale} />}
      {shares.order === undefined ? null : <Mark shared="order" share={shares.order} />}
    </>
  );
}

function Mark(props: { readonly shared: Shared; readonly share: Share }): JSX.Element {
  const { shared, share } = props;
  const text = shareText(shared, share);
  return (
    <span
      class={`share-mark ${shared} ${share.role}`}
      style={{ color: COLOURS[share.group % COLOURS.length] }}
      role="img"
      aria-label={text}
      title={text}
      data-testid={`share-mark-${shared}`}
      data-group={share.group}
      data-role={share.role}
    />
  );
}

function shareText(shared: Shared, { role, names }: Share): string {
  const whom = names.map((name) => `“${name}”`).join(", ");
  return role === "donor"
    ? `gives its ${WORDS[shared]} to ${whom}`
    : `takes its ${WORDS[shared]} from ${whom}`;
}

/** Entries of a view's menu about what it gives and takes. */
export function shareItems(
  store: ComparisonStore,
  ref: string,
  facts: ViewFacts,
  begin: Picking["begin"],
): readonly MenuItem[] {
  const kinds: readonly Shared[] = facts.kind === "stackup" ? ["scale", "order"] : ["scale"];
  if (!facts.shareable) return [];
  return kinds.flatMap((shared) => {
    const share = facts.shares[shared];
    const word = shared === "scale" ? "scale" : "order";
    const items: MenuItem[] = [];
    if (share?.role !== "recipient") {
      items.push(
        {
          label: `Take ${word} from …`,
          testid: shared === "scale" ? "share-scale" : "share-sort",
          onSelect: () => begin(store, ref, shared),
        },
        {
          label: `Same ${word} for all`,
          testid: `same-${shared}`,
          onSelect: () => void store.command("link_all", { shared, view: ref }),
        },
      );
    }
    if (share !== undefined) {
      items.push({
        label: share.role === "recipient" ? `Release ${word}` : `Give ${word} to nobody`,
        testid: `release-${shared}`,
        onSelect: () => void store.command("unlink_view", { shared, view: ref }),
      });
    }
    return items;
  });
}
