/** Below an embedding: a threshold on the values that colour it, or a legend of categories. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { levelColour } from "./cloud_colours";
import { type Box, boxStyle } from "./layout";
import { type Limits, summarise, type Values } from "./limits";
import { NumberEntry } from "./number_entry";
import { formatCount, formatNumber } from "./texts";

const BARS = 64;
const HIGH = 18;

/** Regions whose value lies between two limits, both included. */
export function between(values: Values, [lo, hi]: Limits): Uint32Array {
  const rows: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value >= lo && value <= hi) rows.push(i);
  }
  return Uint32Array.from(rows);
}

/** Numbers of values in equal bins from `lo` to `hi`. */
export function histogram(values: Values, [lo, hi]: Limits, bars: number): Uint32Array {
  const counts = new Uint32Array(bars);
  const span = hi - lo || 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const bar = Math.floor(((value - lo) / span) * bars);
    (counts[Math.min(Math.max(bar, 0), bars - 1)] as number)++;
  }
  return counts;
}

interface ThresholdProps {
  readonly values: Values;
  readonly name: string;
  readonly box: Box;
  readonly selection: Uint32Array | null;
  /** Regions that a hand would take now; null when it lets go. */
  readonly onPreview: (rows: Uint32Array | null) => void;
  readonly onSelect: (rows: Uint32Array | null) => void;
}

type End = 0 | 1;
const ENDS = ["Lowest", "Highest"] as const;

export function Threshold(props: ThresholdProps) {
  const { values, name, box, selection, onPreview, onSelect } = props;
  const { min, max, count } = useMemo(() => summarise(values), [values]);
  const [range, setRange] = useState<Limits>([min, max]);
  const held = useRef<{ end: End; range: Limits } | null>(null);
  const field = useRef<HTMLFieldSetElement>(null);
  const counts = useMemo(() => histogram(values, [min, max], BARS), [values, min, max]);
  useEffect(() => setRange([min, max]), [min, max, values]);
  useEffect(() => {
    if (selection === null) setRange([min, max]);
  }, [selection]);
  if (count === 0 || !(max > min)) return null;

  const x = (value: number) => ((value - min) / (max - min)) * box.width;
  const limited = ([lo, hi]: Limits, end: End, value: number): Limits => {
    const inside = Math.min(Math.max(value, min), max);
    return end === 0 ? [Math.min(inside, hi), hi] : [lo, Math.max(inside, lo)];
  };
  const take = (next: Limits) => {
    setRange(next);
    onPreview(null);
    const rows = between(values, next);
    onSelect(next[0] <= min && next[1] >= max ? null : rows);
  };
  const handle = (end: End) => (
    <div
      class="hcw-handle hcw-across"
      role="slider"
      tabIndex={0}
      aria-label={`${ENDS[end]} ${name} of selected regions`}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={range[end]}
      aria-valuetext={formatNumber(range[end])}
      data-testid={end === 0 ? "threshold-low-handle" : "threshold-high-handle"}
      style={{ left: `${x(range[end])}px` }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture?.(event.pointerId);
        held.current = { end, range };
      }}
      onPointerMove={(event) => {
        if (held.current === null || field.current === null) return;
        const { left, width } = field.current.getBoundingClientRect();
        const value = min + ((event.clientX - left) / width) * (max - min);
        held.current.range = limited(range, end, value);
        setRange(held.current.range);
        onPreview(between(values, held.current.range));
      }}
      onPointerUp={() => {
        const last = held.current;
        held.current = null;
        if (last !== null) take(last.range);
      }}
      onPointerCancel={() => {
        held.current = null;
        onPreview(null);
      }}
      onKeyDown={(event) => {
        const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[
          event.key
        ];
        if (direction === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        const step = ((max - min) / 100) * (event.shiftKey ? 10 : 1);
        take(limited(range, end, range[end] + direction * step));
      }}
    />
  );
  const tallest = Math.max(...counts);
  const bars = Array.from(counts, (n, i) => {
    const height = n === 0 ? 0 : Math.max((n / tallest) * HIGH, 1);
    const wide = box.width / BARS;
    return `M${(i * wide).toFixed(1)} ${HIGH}v${-height.toFixed(1)}h${Math.max(wide - 0.5, 0.5).toFixed(1)}V${HIGH}z`;
  }).join("");
  const entry = (end: End, at: number) => (
    <NumberEntry
      value={range[end]}
      isSet={range[end] !== (end === 0 ? min : max)}
      label={`${ENDS[end]} ${name} of selected regions`}
      testId={end === 0 ? "threshold-low" : "threshold-high"}
      x={at}
      y={box.y + HIGH + 12}
      onEnter={(value) => take(limited(range, end, value ?? (end === 0 ? min : max)))}
    />
  );
  const chosen = range[0] > min || range[1] < max;
  return (
    <>
      <fieldset
        ref={field}
        class="hcw-threshold"
        aria-label={`Threshold on ${name}`}
        title="drag the ends to select regions by their value"
        style={{
          left: `${box.x}px`,
          top: `${box.y}px`,
          width: `${box.width}px`,
          height: `${HIGH}px`,
        }}
      >
        <svg width={box.width} height={HIGH} aria-hidden="true">
          <path class="hcw-stem" d={bars} />
          {chosen && (
            <rect
              class="hcw-taken"
              x={x(range[0])}
              width={x(range[1]) - x(range[0])}
              y="0"
              height={HIGH}
            />
          )}
        </svg>
        {handle(0)}
        {handle(1)}
      </fieldset>
      {entry(0, box.x)}
      {entry(1, box.x + box.width - 46)}
      <div
        class="hcw-strip-name"
        style={{
          left: `${box.x + 50}px`,
          top: `${box.y + HIGH + 5}px`,
          width: `${box.width - 100}px`,
        }}
      >
        {name}
      </div>
    </>
  );
}

interface LegendProps {
  readonly values: Values;
  readonly levels: readonly string[];
  readonly box: Box;
  readonly onSelect: (rows: Uint32Array | null) => void;
}

/** Names of categories in their colours; a click selects its regions, with Ctrl or Shift more. */
export function Legend({ values, levels, box, onSelect }: LegendProps) {
  const [chosen, choose] = useState<ReadonlySet<number>>(new Set());
  const counts = useMemo(() => {
    const found = new Uint32Array(levels.length);
    for (let i = 0; i < values.length; i++) {
      const level = values[i] as number;
      if (level >= 0 && level < found.length) (found[level] as number)++;
    }
    return found;
  }, [values, levels]);
  const click = (level: number, more: boolean) => {
    const next = new Set(more ? chosen : []);
    if (!(more ? next.delete(level) : chosen.size === 1 && chosen.has(level))) next.add(level);
    choose(next);
    const rows = Array.from(values, (_, i) => i).filter((i) => next.has(values[i] as number));
    onSelect(next.size === 0 ? null : Uint32Array.from(rows));
  };
  return (
    <div class="hcw-legend hcw-levels" data-testid="legend" style={boxStyle(box)}>
      {levels.map((level, i) => (
        <button
          key={level}
          type="button"
          class="hcw-name"
          title={`${level}: ${formatCount(counts[i] ?? 0)} regions; click to select them`}
          onClick={(event) => click(i, event.ctrlKey || event.metaKey || event.shiftKey)}
        >
          <svg width="9" height="9" aria-hidden="true">
            <circle cx="4.5" cy="4.5" r="4.5" fill={levelColour(i)} />
          </svg>
          <span>{level}</span>
        </button>
      ))}
    </div>
  );
}
