/** Carrying a card with the pointer to another place of its grid. */

import { useEffect, useState } from "preact/hooks";
import { useLatest } from "../controls/hooks";
import { placeAt } from "../state/grid";

export interface Carry {
  /** Place of the carried card; null while none is. */
  readonly from: number | null;
  /** Where it would land. */
  readonly to: number | null;
  grab(index: number, event: PointerEvent): void;
}

export function useCarry(
  root: { readonly current: HTMLElement | null },
  onDrop: (from: number, to: number) => void,
  /** Asked first at a drop, with the point of the window; true if it took the card. */
  onAway: (from: number, x: number, y: number) => boolean = () => false,
): Carry {
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const drop = useLatest(onDrop);
  const away = useLatest(onAway);

  useEffect(() => {
    if (from === null) return;
    const listening = new AbortController();
    const options = { signal: listening.signal };
    let landing = from;
    const stop = (): void => {
      setFrom(null);
      setTo(null);
    };
    window.addEventListener(
      "pointermove",
      (event) => {
        const cells = [...(root.current?.querySelectorAll("[data-slot]") ?? [])];
        landing = placeAt(
          event.clientX,
          event.clientY,
          cells.map((cell) => cell.getBoundingClientRect()),
        );
        setTo(landing);
      },
      options,
    );
    window.addEventListener(
      "pointerup",
      (event) => {
        stop();
        if (away(from, event.clientX, event.clientY)) return;
        if (landing !== from) drop(from, landing);
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
  }, [from, root, drop, away]);

  const grab = (index: number, event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    setFrom(index);
    setTo(index);
  };
  return { from, to, grab };
}
