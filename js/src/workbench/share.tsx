/** Taking a scale, or an order of rows, from another view: choosing it, and the marks. */

import { createContext, type JSX } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import type { MenuItem } from "../controls/menu";
import type { ComparisonStore } from "../state/comparison";
import type { Share, Shared, ViewFacts } from "../wire/types";

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
  readonly donors: readonly string[];
}

export interface Picking {
  readonly choosing: Choosing | null;
  begin(store: ComparisonStore, view: string, shared: Shared): void;
  pick(donor: string): void;
  cancel(): void;
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
  useEffect(() => {
    if (choosing === null) return;
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const elsewhere = (event: Event): void => {
      const inside = event
        .composedPath()
        .some((part) => part instanceof Element && part.classList.contains("pick"));
      if (!inside) setChoosing(null);
    };
    window.addEventListener("pointerdown", elsewhere, options);
    window.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        setChoosing(null);
      },
      options,
    );
    return () => listening.abort();
  }, [choosing]);
  return useMemo(
    () => ({
      choosing,
      begin: (store, view, shared) => {
        void store.command("donors", { view, shared }).then((reply) => {
          if (reply === null) return;
          const donors = Array.isArray(reply.payload.refs)
            ? reply.payload.refs.map(String)
            : [];
          if (donors.length > 0) {
            const text = `Click the view that gives its ${WORDS[shared]}; Escape cancels.`;
            store.notice({ tone: "info", text });
            setChoosing({ store, view, shared, donors });
          } else {
            const text = `No other view here has the same ${shared === "scale" ? "unit" : "rows"}.`;
            store.notice({ tone: "error", text });
          }
        });
      },
      pick: (donor) => {
        if (choosing === null) return;
        const { store, view, shared } = choosing;
        setChoosing(null);
        store.notice(null);
        void store.command("link_view", { shared, view, donor });
      },
      cancel: () => setChoosing(null),
    }),
    [choosing],
  );
}

/** Lies over a card while somebody chooses: a click takes from it. */
export function Pick(props: { readonly view: string }): JSX.Element | null {
  const picking = useContext(PickingPlace);
  const choosing = picking?.choosing;
  if (!picking || !choosing) return null;
  const { donors, shared, view } = choosing;
  if (props.view === view) return <div class="picking" aria-hidden="true" />;
  if (!donors.includes(props.view)) return null;
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
