/** What a cursor points at, and the text about it: true also while it rests and the picture changes. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLatest } from "../controls/hooks";
import type { Cell } from "./data_canvas";

interface Pointed {
  readonly cell: Cell;
  readonly rows: number;
  readonly columns: number;
  readonly byKey: boolean;
}

export interface Cursor {
  readonly cell: Cell | null;
  /** Moved by keyboard, so that its text is spoken. */
  readonly byKey: boolean;
  readonly point: (cell: Cell | null, byKey: boolean) => void;
}

/** Where a cell of `from` lies among `to` over the same length. */
export function rescaled(at: number, from: number, to: number): number {
  return from === to ? at : Math.min(Math.floor(((at + 0.5) / from) * to), to - 1);
}

/** The cell under the cursor; in a picture of other cells, the one at the same place on screen. */
export function useCursor(rows: number, columns: number): Cursor {
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const cell =
    pointed === null || rows === 0 || columns === 0
      ? null
      : {
          row: rescaled(pointed.cell.row, pointed.rows, rows),
          column: rescaled(pointed.cell.column, pointed.columns, columns),
        };
  return {
    cell,
    byKey: pointed?.byKey === true,
    point: (next, byKey) => setPointed(next && { cell: next, rows, columns, byKey }),
  };
}

/**
 * Tells the text about what is under the cursor whenever it becomes another.
 *
 * @param picture told again with another one: whoever listens may have dropped the text of the old
 */
export function useReadout(
  text: string | null,
  picture: unknown,
  tell: (text: string | null) => void,
): void {
  const told = useRef<string | null>(null);
  const latest = useLatest(tell);
  useLayoutEffect(() => {
    if (text === null && told.current === null) return;
    told.current = text;
    latest(text);
  }, [text, picture, latest]);
}
