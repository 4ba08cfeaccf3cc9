/** Finer rows for a stackup: asked for when the window or the room for it changes. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import type { DecodedResult, RowWindow } from "../wire/result";
import { covers, cropped } from "./row_lines";
import type { Rows } from "./row_zoom";

/** So long a hand may rest before finer rows are asked for, in milliseconds. */
const PAUSE = 30;

interface Fetched {
  readonly result: DecodedResult;
  readonly lines: number;
  readonly window: RowWindow;
}

/**
 * What to draw for these rows now: the finest that is at hand. One question is under way at a
 * time, and the latest wish is asked for next, so that a moving hand floods nobody.
 *
 * @param whole the picture of all rows
 * @param lines device pixels that the picture is high
 * @returns what to draw, and whether a finer picture may still come
 */
export function useRows(
  result: DecodedResult,
  whole: RowWindow,
  [first, after]: Rows,
  lines: number,
  onRows: PlotProps["onRows"],
): { readonly window: RowWindow; readonly waits: boolean } {
  const [fetched, setFetched] = useState<Fetched | null>(null);
  /** The result of which nobody has finer rows. */
  const [final, setFinal] = useState<DecodedResult | null>(null);
  const asking = useRef<DecodedResult | null>(null);
  const wish = useRef("");
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (onRows === undefined || after <= first) return;
    const own = `${first} ${after} ${lines}`;
    wish.current = own;
    if (asking.current === result || isFine(whole, first, after, lines)) return;
    if (fetched?.result === result) {
      const again = fetched.window.first === first && fetched.window.after === after;
      if (again && fetched.lines === lines) return;
      if (isFine(fetched.window, first, after, lines)) return;
    }
    const timer = setTimeout(() => {
      asking.current = result;
      onRows(first, after, lines)
        .then((window) => {
          setFinal(window === null ? result : null);
          if (window !== null) setFetched({ result, lines, window });
        })
        .finally(() => {
          if (asking.current !== result) return;
          asking.current = null;
          if (wish.current !== own) setTurn((count) => count + 1);
        });
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [result, first, after, lines, onRows, turn, whole]);

  const window = useMemo(() => {
    const best =
      fetched?.result === result && covers(fetched.window, [first, after])
        ? fetched.window
        : whole;
    return cropped(best, [first, after]);
  }, [fetched, whole, result, first, after]);
  const waits =
    onRows !== undefined && final !== result && !isFine(window, first, after, lines);
  return { window, waits };
}

/** Whether a window shows these rows as finely as so many lines can. */
function isFine(window: RowWindow, first: number, after: number, lines: number): boolean {
  if (!covers(window, [first, after])) return false;
  const n = window.edges.length - 1;
  // every row has a line of its own
  if (window.after - window.first === n) return true;
  return window.first === first && window.after === after && n === lines;
}
