/** Strongest association at every position; a click or an arrow key chooses one. */

import type { Axis } from "../wire/result";
import { BottomAxis, crisp, NumbersLeft } from "./axes";
import { axisTicks, binText } from "./axis";
import { stepped } from "./data_canvas";
import { arrowBar, ended } from "./ended";
import { oddsRange, oddsText } from "./enrichment_data";
import { type Box, boxStyle } from "./layout";
import { cellAt } from "./paint";

/** Height of the unit, which may reach beside the axis where the bars are low. */
const UNIT = 60;

interface Props {
  readonly tops: Float64Array;
  readonly axis: Axis;
  readonly box: Box;
  readonly label: string;
  /** The chosen position; null where every region set is at its own. */
  readonly bin: number | null;
  /** Positions of single region sets, marked below the axis. */
  readonly marked: readonly number[];
  readonly onChoose: (bin: number) => void;
  /** A position under the cursor, or chosen by keyboard. */
  readonly onPoint: (bin: number | null) => void;
}

export function Bars(props: Props) {
  const { tops, axis, box, label, bin, marked, onChoose, onPoint } = props;
  const bins = tops.length;
  const scale = ended(oddsRange(tops), tops, [box.y + box.height, box.y], 3);
  const y = scale.at;
  const zero = crisp(y(0));
  const step = box.width / Math.max(bins, 1);
  const take = (next: number) => {
    onChoose(next);
    onPoint(next);
  };
  const under = (event: PointerEvent | MouseEvent) => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    return cellAt(event.clientX - bounds.left, bounds.width, bins);
  };
  const here = bin ?? Math.floor(bins / 2);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepped({ row: 0, column: here }, event.key, event.shiftKey ? 10 : 1, 1, bins);
    if (next === null || !/Left|Right/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    take(next.column);
  };
  return (
    <>
      <div
        class="hcw-unit"
        style={{ left: 0, top: `${box.y}px`, height: `${Math.max(box.height, UNIT)}px` }}
      >
        log2 odds
      </div>
      <svg
        class="hcw-svg"
        width={box.x + box.width}
        height={box.y + box.height + 24}
        aria-hidden="true"
      >
        <NumbersLeft values={scale.ticks} x={box.x} y={y} />
        {Array.from(tops, (value, i) => {
          if (Number.isNaN(value)) return null;
          const top = y(value);
          const left = box.x + i * step + (step > 4 ? 0.5 : 0);
          const width = Math.max(step - (step > 4 ? 1 : 0), 0.5);
          const look = i === bin ? "hcw-stem hcw-chosen" : "hcw-stem";
          return Number.isFinite(value) ? (
            <rect
              key={i}
              class={look}
              x={left}
              y={Math.min(top, zero)}
              width={width}
              height={Math.max(Math.abs(top - zero), 0.75)}
            />
          ) : (
            <path key={i} class={look} d={arrowBar(left, width, zero, top, scale.point)} />
          );
        })}
        <line class="hcw-hair" x1={box.x} x2={box.x + box.width} y1={zero} y2={zero} />
        {marked.map((at) => (
          <path
            key={at}
            class="hcw-summit"
            d={`M${box.x + (at + 0.5) * step} ${box.y + box.height - 5}l4 5h-8z`}
          />
        ))}
        <BottomAxis box={box} ticks={axisTicks(axis, "meeting", box.width)} />
      </svg>
      <div
        class="hcw-focus"
        role="slider"
        tabIndex={0}
        aria-label={`${label}: position`}
        aria-valuemin={0}
        aria-valuemax={Math.max(bins - 1, 0)}
        aria-valuenow={here}
        aria-valuetext={`${binText(axis, here, "meeting")}, strongest ${oddsText(tops[here] ?? Number.NaN)}`}
        data-testid="plot-canvas"
        style={{
          ...boxStyle(box),
          cursor: "pointer",
        }}
        onClick={(event) => take(under(event))}
        onPointerMove={(event) => onPoint(under(event))}
        onPointerLeave={() => onPoint(null)}
        onBlur={() => onPoint(null)}
        onKeyDown={onKeyDown}
      />
    </>
  );
}
