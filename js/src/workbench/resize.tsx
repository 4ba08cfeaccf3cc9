/** The corner that changes a card's size, by hand or by arrow keys. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../controls/icon";
import { cellsIn } from "../state/grid";
import type { SettingsPatch } from "../wire/settings";
import type { CardCell } from "./context";

interface ResizeProps {
  readonly size: { readonly width: number; readonly height: number };
  /** The cell of a grid, whose columns and rows the card snaps to; null: by the pixel. */
  readonly cell: CardCell | null;
  readonly onResize: (patch: SettingsPatch) => void;
}

const SMALLEST = 160;
const STEP = 16;
const MOST_ROWS = 6;

export function ResizeHandle({ size, cell, onResize }: ResizeProps): JSX.Element {
  const start = useRef<{ x: number; y: number; width: number; height: number } | null>(null);
  const resize = (width: number, height: number): void => {
    if (cell !== null) {
      onResize({
        span_columns: cellsIn(width, cell.width, cell.columns),
        span_rows: cellsIn(height, cell.height, MOST_ROWS),
      });
      return;
    }
    // a side that the hand did not move stays automatic
    const patch: { width?: number; height?: number } = {};
    if (height !== size.height) patch.height = Math.max(Math.round(height), SMALLEST);
    if (width !== size.width) patch.width = Math.max(Math.round(width), SMALLEST);
    onResize(patch);
  };
  const now = (card: Element | null): { width: number; height: number } => {
    if (cell === null) return size;
    const { width, height } = card?.getBoundingClientRect() ?? size;
    return { width, height };
  };
  return (
    <button
      type="button"
      class="resize at-rest"
      aria-label="resize; arrow keys"
      data-testid="resize"
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        const card = event.currentTarget.closest(".card");
        start.current = { x: event.clientX, y: event.clientY, ...now(card) };
      }}
      onPointerMove={(event) => {
        const from = start.current;
        if (from === null) return;
        resize(from.width + event.clientX - from.x, from.height + event.clientY - from.y);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
      onDblClick={() =>
        onResize(cell === null ? { width: 0, height: 0 } : { span_columns: 1, span_rows: 1 })
      }
      onKeyDown={(event) => {
        const by = ARROWS[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const step = event.shiftKey ? STEP * 10 : STEP;
        const { width, height } = now(event.currentTarget.closest(".card"));
        resize(width + by[0] * (cell?.width ?? step), height + by[1] * (cell?.height ?? step));
      }}
    >
      <Icon name="corner" />
    </button>
  );
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};
