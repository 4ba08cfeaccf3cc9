/** The corner that changes a card's size, by hand or by arrow keys. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../controls/icon";
import type { SettingsPatch } from "../wire/types";

interface ResizeProps {
  readonly size: { readonly width: number; readonly height: number };
  /** In a grid the columns decide the width. */
  readonly widthToo: boolean;
  readonly onResize: (patch: SettingsPatch) => void;
}

const SMALLEST = 160;
const STEP = 16;

export function ResizeHandle({ size, widthToo, onResize }: ResizeProps): JSX.Element {
  const start = useRef<{ x: number; y: number; width: number; height: number } | null>(null);
  const resize = (width: number, height: number): void => {
    const patch: SettingsPatch = { height: Math.max(Math.round(height), SMALLEST) };
    onResize(widthToo ? { ...patch, width: Math.max(Math.round(width), SMALLEST) } : patch);
  };
  return (
    <button
      type="button"
      class="resize at-rest"
      aria-label={widthToo ? "resize; arrow keys" : "change height; arrow keys"}
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
        resize(size.width + by[0] * step, size.height + by[1] * step);
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
