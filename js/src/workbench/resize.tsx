/** The corner that changes a card's size, by hand or by arrow keys. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../controls/icon";
import { spanOf, spanWidth } from "../state/grid";
import type { SettingsPatch } from "../wire/types";

interface ResizeProps {
  readonly size: { readonly width: number; readonly height: number };
  /** Width of the grid's columns, to which the width snaps; 0 = no grid. */
  readonly column: number;
  readonly onResize: (patch: SettingsPatch) => void;
}

const SMALLEST = 160;
const STEP = 16;
const MOST = 12;

export function ResizeHandle({ size, column, onResize }: ResizeProps): JSX.Element {
  const start = useRef<{ x: number; y: number; width: number; height: number } | null>(null);
  const resize = (width: number, height: number): void => {
    const wide = Math.max(Math.round(width), SMALLEST);
    const columns = spanOf(wide, { width: column, columns: MOST });
    // a side that the hand did not move stays automatic
    const patch: { width?: number; height?: number } = {};
    if (height !== size.height) patch.height = Math.max(Math.round(height), SMALLEST);
    if (width !== size.width) patch.width = column > 0 ? spanWidth(columns, column) : wide;
    onResize(patch);
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
        start.current = { x: event.clientX, y: event.clientY, ...size };
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
      onDblClick={() => onResize({ width: 0, height: 0 })}
      onKeyDown={(event) => {
        const by = ARROWS[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const step = event.shiftKey ? STEP * 10 : STEP;
        const across = column > 0 ? column : step;
        resize(size.width + by[0] * across, size.height + by[1] * step);
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
