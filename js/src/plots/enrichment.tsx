/** Which region sets overlap: strongest association by position, and all sets at one position. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { BottomAxis, crisp } from "./axes";
import { axisTicks, binText } from "./axis";
import { stepped } from "./data_canvas";
import {
  firstPosition,
  type Member,
  memberReadout,
  oddsRange,
  oddsText,
  positions,
  ranked,
  SIGNIFICANT,
  strongest,
} from "./enrichment_data";
import { useFigure } from "./figure";
import { enrichmentLayout, ROW } from "./layout";
import { cellAt } from "./paint";
import { ticks, tickTexts } from "./texts";

export function EnrichmentPlot(props: PlotProps) {
  const { result, settings, size, dimmed, onReadout, label } = props;
  const { axis } = result.meta;
  const bins = positions(result);
  const [chosen, choose] = useState<number | null>(null);
  const [looked, look] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const bin = Math.min(chosen ?? firstPosition(axis, bins), bins - 1);
  useFigure(root, result, settings, size, bin);

  const tops = useMemo(() => strongest(result), [result]);
  const members = useMemo(() => ranked(result, bin), [result, bin]);
  const { bars, list, names } = enrichmentLayout(
    size,
    members.map((member) => member.name),
  );
  const barRange = oddsRange(tops);
  const yBar = (value: number) => {
    const [lo, hi] = barRange;
    const held = Math.min(Math.max(value, lo), hi);
    return bars.y + (1 - (held - lo) / (hi - lo)) * bars.height;
  };
  const zero = crisp(yBar(0));
  const step = bars.width / Math.max(bins, 1);
  const marks = axisTicks(axis, "meeting", bars.width);
  const yTicks = ticks(...barRange, 3);
  const yTexts = tickTexts(yTicks);

  const take = (next: number) => {
    choose(next);
    look(null);
    onReadout(
      `${binText(axis, next, "meeting")} · strongest ${oddsText(tops[next] ?? Number.NaN)}`,
    );
  };
  const under = (event: PointerEvent | MouseEvent) => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    return cellAt(event.clientX - bounds.left, bounds.width, bins);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepped({ row: 0, column: bin }, event.key, event.shiftKey ? 10 : 1, 1, bins);
    if (next === null || !/Left|Right/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    take(next.column);
  };
  const read = (member: Member | null) => {
    look(member?.id ?? null);
    onReadout(member && memberReadout(axis, bin, member));
  };
  return (
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    >
      <div class="hcw-unit" style={{ left: 0, top: `${bars.y}px`, height: `${bars.height}px` }}>
        log2 odds
      </div>
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        {yTicks.map((value, i) => (
          <g key={value}>
            <line
              class="hcw-hair"
              x1={bars.x - 4}
              x2={bars.x}
              y1={crisp(yBar(value))}
              y2={crisp(yBar(value))}
            />
            <text x={bars.x - 8} y={yBar(value) + 4} text-anchor="end">
              {yTexts[i]}
            </text>
          </g>
        ))}
        {Array.from(tops, (value, i) => {
          if (Number.isNaN(value)) return null;
          const y = yBar(value);
          return (
            <rect
              key={i}
              class={i === bin ? "hcw-stem hcw-chosen" : "hcw-stem"}
              x={bars.x + i * step + (step > 4 ? 0.5 : 0)}
              y={Math.min(y, zero)}
              width={Math.max(step - (step > 4 ? 1 : 0), 0.5)}
              height={Math.max(Math.abs(y - zero), 0.75)}
            />
          );
        })}
        <line class="hcw-hair" x1={bars.x} x2={bars.x + bars.width} y1={zero} y2={zero} />
        <BottomAxis box={bars} ticks={marks} />
      </svg>
      <div
        class="hcw-focus"
        role="slider"
        tabIndex={0}
        aria-label={`${label}: position`}
        aria-valuemin={0}
        aria-valuemax={Math.max(bins - 1, 0)}
        aria-valuenow={bin}
        aria-valuetext={`${binText(axis, bin, "meeting")}, strongest ${oddsText(tops[bin] ?? Number.NaN)}`}
        data-testid="plot-canvas"
        style={{
          left: `${bars.x}px`,
          top: `${bars.y}px`,
          width: `${bars.width}px`,
          height: `${bars.height}px`,
          cursor: "pointer",
        }}
        onClick={(event) => take(under(event))}
        onPointerMove={(event) => {
          const at = under(event);
          onReadout(
            `${binText(axis, at, "meeting")} · strongest ${oddsText(tops[at] ?? Number.NaN)}`,
          );
        }}
        onPointerLeave={() => onReadout(null)}
        onKeyDown={onKeyDown}
      />
      <div
        class="hcw-rank-title"
        style={{ left: 0, top: `${list.y - 18}px`, width: `${size.width}px` }}
      >
        {`${members.length} region set${members.length === 1 ? "" : "s"} at ${binText(axis, bin, "meeting")} · filled: q < ${SIGNIFICANT}`}
      </div>
      <Ranking
        {...{ members, list, names, looked, label, read }}
        width={size.width}
        at={binText(axis, bin, "meeting")}
      />
    </div>
  );
}

interface RankingProps {
  readonly members: readonly Member[];
  readonly list: { x: number; y: number; width: number; height: number };
  readonly names: number;
  readonly width: number;
  readonly looked: string | null;
  readonly label: string;
  readonly at: string;
  readonly read: (member: Member | null) => void;
}

/** Dots with their names, strongest on top; scrolls when there are more than fit. */
function Ranking({ members, list, names, width, looked, label, at, read }: RankingProps) {
  const range = oddsRange(members.map((member) => member.log2));
  const [lo, hi] = range;
  const x = (value: number) => {
    const held = Math.min(Math.max(value, lo), hi);
    return list.x + ((held - lo) / (hi - lo)) * list.width;
  };
  const xTicks = ticks(lo, hi, 5);
  const xTexts = tickTexts(xTicks);
  const active = members.findIndex(({ id }) => id === looked);
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (direction === undefined || members.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const stride = direction * (event.shiftKey ? 10 : 1);
    const next = active < 0 ? 0 : Math.min(Math.max(active + stride, 0), members.length - 1);
    read(members[next] ?? null);
    const box = event.currentTarget as HTMLElement;
    box
      .querySelectorAll<HTMLElement>(".hcw-member")
      [next]?.scrollIntoView?.({ block: "nearest" });
  };
  const axisY = list.y + list.height;
  return (
    <>
      <div
        class="hcw-ranking hcw-focus"
        role="listbox"
        tabIndex={0}
        aria-label={`${label}: region sets at ${at}, strongest first`}
        data-testid="ranking"
        style={{ left: 0, top: `${list.y}px`, width: `${width}px`, height: `${list.height}px` }}
        onKeyDown={onKeyDown}
        onPointerLeave={() => read(null)}
        onBlur={() => read(null)}
      >
        {members.map((member) => (
          <div
            key={member.id}
            class="hcw-member"
            role="option"
            tabIndex={-1}
            aria-selected={member.id === looked}
            aria-label={`${member.name}, ${oddsText(member.log2)}`}
            onPointerMove={() => member.id !== looked && read(member)}
          >
            <span style={{ width: `${names}px` }} title={member.name}>
              {member.name}
            </span>
            <svg width={width} height={ROW} aria-hidden="true">
              <line class="hcw-hair" x1={crisp(x(0))} x2={crisp(x(0))} y1={0} y2={ROW} />
              {!Number.isNaN(member.log2) && (
                <>
                  <line
                    class="hcw-reach"
                    x1={x(0)}
                    x2={x(member.log2)}
                    y1={ROW / 2}
                    y2={ROW / 2}
                  />
                  <circle
                    class={member.q < SIGNIFICANT ? "hcw-dot hcw-significant" : "hcw-dot"}
                    cx={x(member.log2)}
                    cy={ROW / 2}
                    r={4}
                  />
                </>
              )}
            </svg>
          </div>
        ))}
      </div>
      <svg class="hcw-svg" width={width} height={axisY + 24} aria-hidden="true">
        <line
          class="hcw-hair"
          x1={list.x}
          x2={list.x + list.width}
          y1={axisY + 0.5}
          y2={axisY + 0.5}
        />
        {xTicks.map((value, i) => (
          <g key={value}>
            <line
              class="hcw-hair"
              x1={crisp(x(value))}
              x2={crisp(x(value))}
              y1={axisY}
              y2={axisY + 4}
            />
            <text x={x(value)} y={axisY + 16} text-anchor="middle">
              {xTexts[i]}
            </text>
          </g>
        ))}
        <text x={names} y={axisY + 16} text-anchor="end">
          log2 odds ratio
        </text>
      </svg>
    </>
  );
}
