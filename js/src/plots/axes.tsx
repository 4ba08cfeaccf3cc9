/** Ticks and labels around a map, and the crosshair over it; never touches the data. */

import type { Axis } from "../wire/result";
import { type AxisTick, anchor, type BinStyle, fitting, fractionOf } from "./axis";
import type { Cell } from "./data_canvas";
import { type Box, boxStyle } from "./layout";
import { tickTexts } from "./texts";

const TICK = 4;

/** Pixel centre nearest to a place, so that hairlines are one pixel wide. */
export function crisp(value: number): number {
  return Math.round(value - 0.5) + 0.5;
}

export function BottomAxis({ box, ticks }: { box: Box; ticks: readonly AxisTick[] }) {
  const y = box.y + box.height;
  return (
    <g>
      {fitting(ticks, box.width).map(({ at, text, mark }) => {
        const x = crisp(box.x + at * box.width);
        return (
          <g key={at}>
            <line class="hcw-hair" x1={x} x2={x} y1={y} y2={y + TICK} />
            <text
              class={mark ? "hcw-strong" : undefined}
              x={x}
              y={y + TICK + 12}
              text-anchor={anchor(at)}
            >
              {text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

export function RightAxis({ box, ticks }: { box: Box; ticks: readonly AxisTick[] }) {
  const x = box.x + box.width;
  return (
    <g>
      {ticks.map(({ at, text, mark }) => {
        const y = crisp(box.y + at * box.height);
        const shift = { start: 8, middle: 4, end: 0 }[anchor(at)];
        return (
          <g key={at}>
            <line class="hcw-hair" x1={x} x2={x + TICK} y1={y} y2={y} />
            <text class={mark ? "hcw-strong" : undefined} x={x + TICK + 4} y={y + shift}>
              {text}
            </text>
          </g>
        );
      })}
    </g>
  );
}

/** Ticks of numbers below a place, each with its text. */
export function NumbersBelow(props: {
  values: readonly number[];
  x: (value: number) => number;
  y: number;
}) {
  const { values, x, y } = props;
  const texts = tickTexts(values);
  return (
    <g>
      {values.map((value, i) => (
        <g key={value}>
          <line
            class="hcw-hair"
            x1={crisp(x(value))}
            x2={crisp(x(value))}
            y1={y}
            y2={y + TICK}
          />
          <text x={x(value)} y={y + TICK + 12} text-anchor="middle">
            {texts[i]}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Ticks of numbers left of a place, each with its text. */
export function NumbersLeft(props: {
  values: readonly number[];
  x: number;
  y: (value: number) => number;
}) {
  const { values, x, y } = props;
  const texts = tickTexts(values);
  return (
    <g>
      {values.map((value, i) => (
        <g key={value}>
          <line
            class="hcw-hair"
            x1={x - TICK}
            x2={x}
            y1={crisp(y(value))}
            y2={crisp(y(value))}
          />
          <text x={x - TICK - 4} y={y(value) + 4} text-anchor="end">
            {texts[i]}
          </text>
        </g>
      ))}
    </g>
  );
}

export function Frame({ box }: { box: Box }) {
  return (
    <rect
      class="hcw-hair"
      x={box.x - 0.5}
      y={box.y - 0.5}
      width={box.width + 1}
      height={box.height + 1}
    />
  );
}

/** A thin cross through the middle of a cell, with a halo that keeps it visible on any colour. */
export function Crosshair(props: { box: Box; cell: Cell; rows: number; columns: number }) {
  const { box, cell, rows, columns } = props;
  const x = crisp(box.x + ((cell.column + 0.5) / columns) * box.width);
  const y = crisp(box.y + ((cell.row + 0.5) / rows) * box.height);
  const across = { x1: box.x, x2: box.x + box.width, y1: y, y2: y };
  const down = { x1: x, x2: x, y1: box.y, y2: box.y + box.height };
  return (
    <g data-testid="crosshair">
      <line class="hcw-cross-halo" {...across} />
      <line class="hcw-cross-halo" {...down} />
      <line class="hcw-cross" {...across} />
      <line class="hcw-cross" {...down} />
    </g>
  );
}

/** The place that an enrichment beside this picture looks at. */
export function PlaceMark(props: {
  box: Box;
  axis: Axis;
  style: BinStyle;
  at: number | null | undefined;
}) {
  const { box, axis, style, at } = props;
  const share = at == null ? -1 : fractionOf(axis, at, style);
  if (share < 0 || share > 1) return null;
  const x = crisp(box.x + share * box.width);
  return (
    <g data-testid="place-mark">
      <line class="hcw-cross-halo" x1={x} x2={x} y1={box.y} y2={box.y + box.height} />
      <line class="hcw-place" x1={x} x2={x} y1={box.y} y2={box.y + box.height} />
    </g>
  );
}

/** Says that a picture is empty for want of data, not for want of signal. */
export function NoData({ box }: { box: Box }) {
  return (
    <div class="hcw-empty" style={boxStyle(box)}>
      <span>No data here</span>
    </div>
  );
}
