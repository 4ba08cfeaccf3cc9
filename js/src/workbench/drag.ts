/** Carrying a card with the pointer to another place, also of another comparison. */

import { useLayoutEffect, useState } from "preact/hooks";
import { useLatest } from "../controls/hooks";
import { type Landing, landingAt } from "../state/grid";

export interface Carry {
  /** Place of the carried card; null while none is. */
  readonly from: number | null;
  /** Where it would land here. */
  readonly landing: Landing | null;
  grab(index: number, event: PointerEvent): void;
}

/** A point of the window, and whether a copy is wanted. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly copy: boolean;
}

interface Carrying {
  readonly onDrop: (from: number, landing: Landing) => void;
  /** Told of every move: true if the card is over another comparison, which shows the mark. */
  readonly onAway?: (from: number, point: Point) => boolean;
  /** Told of a drop: true if another comparison took the card. */
  readonly onAwayDrop?: (from: number, point: Point) => boolean;
  /** The carrying ended, whatever came of it. */
  readonly onEnd?: () => void;
}

/** Places of the cards within an element. */
export function cardBoxes(root: Element | null): DOMRect[] {
  const cells = [...(root?.querySelectorAll("[data-slot]") ?? [])];
  return cells.map((cell) => cell.getBoundingClientRect());
}

const pointOf = (event: PointerEvent): Point => ({
  x: event.clientX,
  y: event.clientY,
  copy: event.ctrlKey || event.metaKey,
});

export function useCarry(
  root: { readonly current: HTMLElement | null },
  { onDrop, onAway, onAwayDrop, onEnd }: Carrying,
): Carry {
  const [from, setFrom] = useState<number | null>(null);
  const [landing, setLanding] = useState<Landing | null>(null);
  const drop = useLatest(onDrop);
  const away = useLatest(onAway ?? (() => false));
  const awayDrop = useLatest(onAwayDrop ?? (() => false));
  const end = useLatest(onEnd ?? (() => undefined));

  // before the next event: a quick hand lets go before the screen is painted
  useLayoutEffect(() => {
    if (from === null) return;
    const listening = new AbortController();
    const options = { signal: listening.signal };
    let here: Landing | null = null;
    const stop = (): void => {
      setFrom(null);
      setLanding(null);
      end();
    };
    window.addEventListener(
      "pointermove",
      (event) => {
        const point = pointOf(event);
        here = away(from, point) ? null : landingAt(point.x, point.y, cardBoxes(root.current));
        setLanding(here);
      },
      options,
    );
    window.addEventListener(
      "pointerup",
      (event) => {
        stop();
        if (awayDrop(from, pointOf(event))) return;
        if (here !== null) drop(from, here);
      },
      options,
    );
    window.addEventListener("pointercancel", stop, options);
    window.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        stop();
      },
      { ...options, capture: true },
    );
    return () => listening.abort();
  }, [from, root, drop, away, awayDrop, end]);

  const grab = (index: number, event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    setFrom(index);
    setLanding(null);
  };
  return { from, landing, grab };
}

/** Class of a card that shows where the carried one would land. */
export function markOf(
  landing: Landing | null,
  index: number,
  count: number,
  from: number | null,
): string {
  if (landing === null || index === from) return "";
  if (landing.how === "swap") return landing.place === index ? " swap" : "";
  if (landing.place === index && landing.place - 1 !== from) return " before";
  const last = index === count - 1 && landing.place === count;
  return last && from !== count - 1 ? " after" : "";
}
