/** Average signal of any number of tracks. */

import { useId, useMemo, useRef } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { BottomAxis, crisp, NoData, PlaceMark } from "./axes";
import { axisTicks, binText } from "./axis";
import { stepped } from "./data_canvas";
import { useFigure } from "./figure";
import { INSET, profileLayout, spread, TOP } from "./layout";
import { type Line, lastBin, linesOf, visibleOf, yLimits } from "./lines";
import { NumberEntry } from "./number_entry";
import { cellAt } from "./paint";
import { useCursor, useReadout } from "./pointed";
import { drawn, projection } from "./profile_chart";
import { linesSummary, profileReadout } from "./readouts";
import { unit } from "./rules";
import { limitPatch } from "./scale";
import { Spoken } from "./spoken";
import { formatNumber, ticks, tickTexts } from "./texts";

const LABEL_ROW = 15;

function px(left: number, top: number, width: number, height: number) {
  return { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
}

export function ProfilePlot(props: PlotProps) {
  const { result, settings, size, dimmed, onChange, onReadout, label } = props;
  const { scale, band, normalized, hidden } = settings;
  const { axis } = result.meta;
  const root = useRef<HTMLDivElement>(null);
  const clip = useId();
  useFigure(root, { result, settings, size });

  const lines = useMemo(
    () => linesOf(result, { ...settings, scale, band, normalized }),
    [result, scale, band, normalized],
  );
  const visible = useMemo(() => visibleOf(lines, { hidden }), [lines, hidden]);
  const names = lines.map((line) => line.name);
  const layout = profileLayout(size, names);
  const { plot } = layout;
  const { vmin, vmax } = settings;
  const limits = useMemo(() => yLimits(visible, { vmin, vmax }), [visible, vmin, vmax]);
  const place = projection(plot, axis.size, limits);
  // the cursor moves often, the lines do not
  const paths = useMemo(
    () => drawn(visible, place),
    [visible, limits, plot.x, plot.y, plot.width, plot.height, axis.size],
  );
  const nothing = visible[0] && visible.every(({ mean }) => lastBin(mean) < 0);
  const yUnit = unit("profile", normalized ? "normalized" : "", scale);
  const xTicks = axisTicks(axis, "meeting", plot.width);

  const { cell, byKey, point } = useCursor(1, axis.size);
  const bin = cell?.column ?? null;
  const text = bin === null || dimmed ? null : profileReadout(axis, bin, visible, scale);
  useReadout(text, result, onReadout);
  const look = (next: number | null, fromKey: boolean) =>
    point(next === null ? null : { row: 0, column: next }, fromKey);
  const onPointer = (event: PointerEvent) => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    const next = cellAt(event.clientX - bounds.left, bounds.width, axis.size);
    if (next !== bin) look(next, false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && bin !== null) {
      event.stopPropagation();
      look(null, true);
      return;
    }
    if (!event.key.startsWith("Arrow")) return;
    const next = stepped(cell, event.key, event.shiftKey ? 10 : 1, 1, axis.size);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    look(next.column, true);
  };
  const toggle = (id: string) => {
    const others = hidden.filter((one) => one !== id);
    onChange({ hidden: others.length < hidden.length ? others : [...hidden, id] });
  };

  const bottom = plot.y + plot.height;
  const zero = limits[0] < 0 && limits[1] > 0 ? crisp(place.y(0)) : null;
  const inner = ticks(limits[0], limits[1], Math.max(Math.floor(plot.height / 36), 2));
  const innerTexts = tickTexts(inner);
  return (
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    >
      <div class="hcw-unit" style={px(0, plot.y, 14, plot.height)}>
        {yUnit}
      </div>
      <NumberEntry
        value={limits[1]}
        isSet={settings.vmax !== null}
        label={`Highest value shown, ${yUnit}`}
        testId="color-high"
        x={INSET - 52}
        y={plot.y + 3}
        onEnter={(value) => onChange(limitPatch("hi", value, false))}
      />
      <NumberEntry
        value={limits[0]}
        isSet={settings.vmin !== null}
        label={`Lowest value shown, ${yUnit}`}
        testId="color-low"
        x={INSET - 52}
        y={bottom - 3}
        onEnter={(value) => onChange(limitPatch("lo", value, false))}
      />
      {nothing && <NoData box={plot} />}
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        <clipPath id={clip}>
          <rect x={plot.x} y={plot.y} width={plot.width} height={plot.height} />
        </clipPath>
        <path
          class="hcw-hair"
          d={`M${plot.x - 0.5} ${plot.y}V${bottom + 0.5}H${plot.x + plot.width}`}
        />
        {inner.map((value, i) => {
          const y = crisp(place.y(value));
          const crowded = y - plot.y < 16 || bottom - y < 16;
          return (
            <g key={value}>
              <line class="hcw-hair" x1={plot.x - 4} x2={plot.x} y1={y} y2={y} />
              {!crowded && (
                <text x={plot.x - 8} y={y + 4} text-anchor="end">
                  {innerTexts[i]}
                </text>
              )}
            </g>
          );
        })}
        <PlaceMark box={plot} axis={axis} style="meeting" at={props.marked} />
        {zero !== null && (
          <line class="hcw-hair" x1={plot.x} x2={plot.x + plot.width} y1={zero} y2={zero} />
        )}
        {xTicks
          .filter(({ mark }) => mark)
          .map(({ at, text }) => {
            const x = crisp(plot.x + at * plot.width);
            return (
              <line
                key={text}
                class="hcw-hair"
                stroke-dasharray="2 3"
                x1={x}
                x2={x}
                y1={plot.y}
                y2={bottom}
              />
            );
          })}
        <BottomAxis box={plot} ticks={xTicks} />
        <g clip-path={`url(#${clip})`}>
          {paths.map(({ line, path, band: area }) => (
            <g key={line.id} data-line={line.id}>
              {area && <path d={area} fill={line.colour} fill-opacity={0.2} />}
              <path
                class="hcw-line"
                d={path}
                stroke={line.colour}
                stroke-dasharray={line.dash || undefined}
              />
            </g>
          ))}
        </g>
        {bin !== null && reading(bin, binText(axis, bin, "meeting"))}
      </svg>
      <div
        class="hcw-focus"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the line
        tabIndex={0}
        aria-label={linesSummary(label, axis, visible)}
        data-testid="plot-canvas"
        style={{ ...px(plot.x, plot.y, plot.width, plot.height), cursor: "crosshair" }}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerLeave={(event) => event.pointerType !== "touch" && look(null, false)}
        onBlur={() => bin !== null && look(null, false)}
        onKeyDown={onKeyDown}
        onDblClick={() => onChange({ vmin: null, vmax: null })}
      />
      {nameButtons()}
      <Spoken text={byKey ? text : null} />
    </div>
  );

  /** Hover line, its position, a dot on every line. */
  function reading(at: number, text: string) {
    const x = crisp(place.x(at));
    const room = plot.x + plot.width - x > 64;
    return (
      <g>
        <line class="hcw-cross" x1={x} x2={x} y1={plot.y} y2={bottom} />
        <text
          class="hcw-strong"
          x={room ? x + 5 : x - 5}
          y={plot.y + 10}
          text-anchor={room ? "start" : "end"}
        >
          {text}
        </text>
        {visible.map(({ id, mean, colour }) => {
          const y = place.y(mean[at] as number);
          if (!(y >= plot.y && y <= bottom)) return null;
          return <circle key={id} cx={x} cy={y} r={3} fill={colour} stroke="var(--ground)" />;
        })}
      </g>
    );
  }

  /** Names at the lines' ends, or as a legend; a click hides or shows a line. */
  function nameButtons() {
    if (layout.labels === "none") return null;
    const name = (line: Line, style?: Record<string, string>) => (
      <button
        key={line.id}
        type="button"
        class="hcw-name"
        aria-pressed={!hidden.includes(line.id)}
        title={line.name}
        style={style}
        onClick={() => toggle(line.id)}
      >
        <svg width="14" height="4" aria-hidden="true">
          <line
            x2="14"
            y1="2"
            y2="2"
            stroke={line.colour}
            stroke-width="2"
            stroke-dasharray={line.dash || undefined}
          />
        </svg>
        <span>{line.name}</span>
        {layout.labels === "ends" && bin !== null && !hidden.includes(line.id) && (
          <b>{formatNumber(line.mean[bin] as number)}</b>
        )}
      </button>
    );
    if (layout.labels === "legend") {
      return (
        <div
          class="hcw-legend"
          style={px(INSET, TOP - 4, size.width - INSET, layout.legendHeight)}
        >
          {lines.map((line) => name(line))}
        </div>
      );
    }
    const wished = lines.map(({ mean }) => {
      const last = lastBin(mean);
      const y = last < 0 ? bottom : place.y(mean[last] as number);
      return Math.min(Math.max(y, plot.y), bottom) - LABEL_ROW / 2;
    });
    const tops = spread(wished, LABEL_ROW, plot.y - 4, bottom - LABEL_ROW + 4);
    return (
      <>
        {lines.map((line, i) =>
          name(
            line,
            px(plot.x + plot.width + 6, tops[i] ?? 0, layout.labelWidth + 14, LABEL_ROW),
          ),
        )}
      </>
    );
  }
}
