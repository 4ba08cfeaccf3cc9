/** Long lists: only the rows in sight are in the page. */

import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Sight {
  readonly first: number;
  /** The row after the last one in sight. */
  readonly after: number;
}

/** Rows beyond both edges that are there already when somebody scrolls. */
const SPARE = 8;

/** First row in sight and the one after the last. */
export function inSight(top: number, height: number, row: number, n: number): Sight {
  const first = Math.min(Math.max(Math.floor(top / row) - SPARE, 0), n);
  return { first, after: Math.min(Math.ceil((top + height) / row) + SPARE, n) };
}

/** Follows the scrolling of `box`, whose rows are all `row` pixels high. */
export function useSight(
  box: RefObject<HTMLElement | null>,
  height: number,
  row: number,
  n: number,
): Sight {
  const [top, scroll] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const listening = new AbortController();
    element.addEventListener("scroll", () => scroll(element.scrollTop), {
      signal: listening.signal,
      passive: true,
    });
    return () => listening.abort();
  }, [box]);
  // a filter can leave fewer rows than had been scrolled past
  const held = Math.min(top, Math.max(n * row - height, 0));
  return inSight(held, height, row, n);
}

/** Scrolls as little as brings a row into sight; `above` pixels on top are covered. */
export function reveal(box: HTMLElement, at: number, row: number, above = 0): void {
  const top = at * row;
  if (top < box.scrollTop) box.scrollTop = top;
  const bottom = top + row + above - box.clientHeight;
  if (bottom > box.scrollTop) box.scrollTop = bottom;
}
