/** All rows of a stackup as a slim strip: drag over it to choose which rows are on screen. */

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RowWindow } from "../wire/result";
import { RightAxis } from "./axes";
import { type Box, spread } from "./layout";
import type { Values } from "./limits";
import { paint } from "./paint";
import { placeAt, shareOf } from "./row_lines";
import { asZoom, between, byKey, centred, moved, type Rows, zoomed } from "./row_zoom";
import { pixelTable, rules } from "./rules";
import type { ColourScale } from "./scale";
import { rowTicks } from "./stackup_parts";
import { formatCount } from "./texts";

interface StripProps {
  readonly box: Box;
  /** The picture of all rows. */
  readonly whole: RowWindow;
  /** Its values as they are displayed. */
  readonly values: Values;
  readonly scale: ColourScale;
  readonly shown: Rows;
  readonly onZoom: (zoom: readonly number[] | null) => void;
}

/** A hand that holds the frame, or draws a new one from a share of the height. */
type Held = { readonly draws: number } | { readonly drags: number };

/** Below this share of the height a drag is a click. */
const LEAST = 0.01;

export function RowStrip(props: StripProps): JSX.Element {
  const { box, whole, values, scale, shown, onZoom } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const n = whole.after;
  const lines = whole.edges.length - 1;
  const means = useMemo(
    () => lineMeans(values, lines, whole.bins),
    [values, lines, whole.bins],
  );

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || lines === 0) return;
    const image = context.createImageData(1, lines);
    paint(means, scale.lo, scale.hi, pixelTable(scale.map), new Uint32Array(image.data.buffer));
    context.putImageData(image, 0, 0);
  }, [means, lines, scale.lo, scale.hi, scale.map]);

  const top = shareOf(whole, shown[0]);
  const bottom = shareOf(whole, shown[1]);
  const share = (event: PointerEvent): number => {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return Math.min(Math.max((event.clientY - bounds.top) / bounds.height, 0), 1);
  };
  const choose = (rows: Rows): void => onZoom(asZoom(rows, n));
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture?.(event.pointerId);
    const at = share(event);
    const inside = at >= top && at <= bottom && shown[1] - shown[0] < n;
    setHeld(inside ? { drags: at - top } : { draws: at });
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (held === null) return;
    const at = share(event);
    if ("drags" in held) {
      const first = placeAt(whole, at - held.drags);
      choose(centred(shown, n, first + (shown[1] - shown[0]) / 2));
    } else if (Math.abs(at - held.draws) >= LEAST) {
      choose(between(placeAt(whole, held.draws), placeAt(whole, at), n));
    }
  };
  const onPointerUp = (event: PointerEvent): void => {
    if (held === null) return;
    const at = share(event);
    setHeld(null);
    if ("draws" in held && Math.abs(at - held.draws) < LEAST && shown[1] - shown[0] < n) {
      choose(centred(shown, n, placeAt(whole, at)));
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const middle = (shown[0] + shown[1]) / 2;
    const steps: Readonly<Record<string, () => Rows>> = {
      ArrowDown: () => moved(shown, n, event.shiftKey ? 1 : 0.1),
      ArrowUp: () => moved(shown, n, event.shiftKey ? -1 : -0.1),
      "+": () => zoomed(shown, n, middle, 1),
      "=": () => zoomed(shown, n, middle, 1),
      "-": () => zoomed(shown, n, middle, -1),
      "−": () => zoomed(shown, n, middle, -1),
      Escape: () => [0, n],
    };
    const next = steps[event.key]?.() ?? byKey(shown, n, null, event);
    if (next === null) return;
    if (event.key === "Escape" && shown[1] - shown[0] === n) return;
    event.preventDefault();
    event.stopPropagation();
    choose(next);
  };
  const all = shown[1] - shown[0] === n;
  return (
    <div
      class={`hcw-strip hcw-focus-mark ${all ? "hcw-at-rest" : ""}`}
      role="slider"
      tabIndex={0}
      aria-label="rows on screen"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={n}
      aria-valuenow={shown[0]}
      aria-valuetext={`rows ${formatCount(shown[0] + 1)} to ${formatCount(shown[1])} of ${formatCount(n)}`}
      title="drag to look at fewer rows; double-click for all"
      data-testid="row-strip"
      style={{
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
        "--hatch-ground": rules.missing.ground,
      }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onDblClick={() => choose([0, n])}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} width={1} height={Math.max(lines, 1)} />
      <i
        class="hcw-strip-frame"
        data-testid="row-frame"
        style={{ top: `${100 * top}%`, height: `${100 * Math.max(bottom - top, 0)}%` }}
      />
    </div>
  );
}

/** Least distance of two row numbers. */
const APART = 14;

/** Numbers of the rows on screen beside the strip, and lines from the map to where they lie. */
export function StripAxis(props: {
  readonly map: Box;
  readonly strip: Box;
  readonly whole: RowWindow;
  readonly window: RowWindow;
}): JSX.Element {
  const { map, strip, whole, window } = props;
  const { y, height } = strip;
  const ends = [window.first, window.after].map((place) => shareOf(whole, place) * height);
  const ats = spread(ends, APART, 0, height);
  const ticks = rowTicks(window).map((tick) => ({
    ...tick,
    at: (ats[tick.at] ?? 0) / height,
  }));
  const [top = 0, bottom = height] = ends;
  const right = map.x + map.width;
  const fewer = top > 0 || bottom < height;
  return (
    <g>
      {fewer ? (
        <path
          class="hcw-hair"
          fill="none"
          d={`M${right} ${y}L${strip.x - 3} ${y + top}M${right} ${y + height}L${strip.x - 3} ${y + bottom}`}
        />
      ) : null}
      <RightAxis box={strip} ticks={ticks} />
      <text x={strip.x + strip.width + 8} y={y + height + 16}>
        regions
      </text>
    </g>
  );
}

/** Mean of each line, as the one cell it has in the strip. */
function lineMeans(values: Values, lines: number, bins: number): Float32Array {
  return Float32Array.from({ length: lines }, (_, line) => {
    let sum = 0;
    let count = 0;
    let none = Number.NaN;
    for (let i = line * bins; i < (line + 1) * bins; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) {
        // a zero among logarithms is no missing value
        if (value < 0) none = value;
        continue;
      }
      sum += value;
      count += 1;
    }
    return count === 0 ? none : sum / count;
  });
}
