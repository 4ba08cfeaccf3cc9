/** One row of signal per region, under their mean. */

import { useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { BottomAxis, Crosshair, crisp, Frame, NoData, PlaceMark, RightAxis } from "./axes";
import { type AxisTick, axisTicks } from "./axis";
import { type Brush, brushed, brushOf, regionAt } from "./brush";
import { ColourBar } from "./colour_bar";
import { type Cell, DataCanvas } from "./data_canvas";
import { useFigure } from "./figure";
import { type Box, stackupLayout } from "./layout";
import { toDisplay, type Values } from "./limits";
import { linePath } from "./lines";
import { projection } from "./profile_chart";
import { mapSummary, stackupReadout } from "./readouts";
import { categories } from "./rules";
import { colourScale, shown, valueAt } from "./scale";
import { Spoken } from "./spoken";
import { profileRange, rowTicks } from "./stackup_parts";
import { formatNumber } from "./texts";

export function StackupPlot(props: PlotProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onSelect, label } = props;
  const { onDetails } = props;
  const [brush, setBrush] = useState<Brush | null>(null);
  const [cell, setCell] = useState<Cell | null>(null);
  const [spoken, setSpoken] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useFigure(root, result, settings, size);

  const { image, profile } = result.arrays;
  const data = useMemo(
    () => shown(image?.data ?? [], { scale: settings.scale, clip: settings.clip }),
    [image, settings.scale, settings.clip],
  );
  const mean = useMemo(
    () => toDisplay(profile?.data ?? [], settings.scale),
    [profile, settings.scale],
  );
  const { axis, n_rows } = result.meta;
  const [rows = 0, columns = 0] = image?.shape ?? [];
  const scale = colourScale("stackup", data, settings);
  const layout = stackupLayout(size);
  const ticks = axisTicks(axis, "meeting", layout.map.width);
  const { map } = layout;
  const sideways = `translate(${map.x + map.width + 16} ${map.y + map.height / 2}) rotate(-90)`;

  const onCell = (next: Cell | null, byKey: boolean) => {
    setCell(next);
    const value = next ? (data.values[next.row * columns + next.column] as number) : Number.NaN;
    const text = next ? stackupReadout(result, next, value, settings.scale) : null;
    onReadout(text);
    if (byKey) setSpoken(text ?? "");
  };
  const place = (event: PointerEvent): number => {
    const top = root.current?.getBoundingClientRect().top ?? 0;
    return Math.min(Math.max(event.clientY - top - map.y, 0), map.height);
  };
  const onPointerDown = (event: PointerEvent) => {
    const target = event.target as Element;
    if (event.button !== 0 || target.closest(".hcw-map") === null) return;
    setBrush({ from: place(event), to: place(event) });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (brush === null) return;
    if (event.buttons === 0) setBrush(null);
    else setBrush({ from: brush.from, to: place(event) });
  };
  const onPointerUp = () => {
    if (brush === null) return;
    setBrush(null);
    const chosen = brushOf(brush, map.height, rows);
    if (chosen === null) lookAt(brush.to);
    else onSelect?.(brushed(result, chosen));
  };
  const lookAt = (at: number) => {
    const region = regionAt(result, at, map.height, rows);
    if (region !== null) onDetails?.(region);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || cell === null || onDetails === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    lookAt((cell.row / Math.max(rows, 1)) * map.height);
  };
  const [selected] = result.meta.blocks ?? [];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the map within takes the focus
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onKeyDown={onKeyDown}
    >
      <ColourBar
        scale={scale}
        settings={settings}
        box={layout.bar}
        onChange={onChange}
        valueAt={(percent) => valueAt(data, percent)}
      />
      <DataCanvas
        values={data.values}
        rows={rows}
        columns={columns}
        lo={scale.lo}
        hi={scale.hi}
        map={scale.map}
        box={layout.map}
        label={mapSummary(label, axis, rows, columns, scale, data.summary)}
        cell={cell}
        onCell={onCell}
      />
      {data.summary.count === 0 && <NoData box={layout.map} />}
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        {layout.profile && (
          <MeanLine
            box={layout.profile}
            values={mean}
            marks={ticks.filter(({ mark }) => mark)}
            column={cell?.column ?? null}
          />
        )}
        <Frame box={layout.map} />
        {selected && rows > 0 && (
          <g data-testid="selected-block">
            <rect
              class="hcw-selected-block"
              x={map.x - 5}
              y={map.y}
              width={3}
              height={(selected.lines / rows) * map.height}
            />
            <rect
              class="hcw-block-gap"
              x={map.x}
              y={map.y + (selected.lines / rows) * map.height - 1}
              width={map.width}
              height={2}
            />
          </g>
        )}
        {brush && (
          <rect
            class="hcw-brush"
            x={map.x}
            y={map.y + Math.min(brush.from, brush.to)}
            width={map.width}
            height={Math.abs(brush.to - brush.from)}
          />
        )}
        <BottomAxis box={layout.map} ticks={ticks} />
        <RightAxis box={layout.map} ticks={rowTicks(n_rows ?? rows)} />
        <text text-anchor="middle" transform={sideways}>
          regions
        </text>
        <PlaceMark box={layout.map} axis={result.meta.axis} style="meeting" at={props.marked} />
        {cell && <Crosshair box={layout.map} cell={cell} rows={rows} columns={columns} />}
      </svg>
      <Spoken text={spoken} />
    </div>
  );
}

interface MeanProps {
  readonly box: Box;
  readonly values: Values;
  readonly marks: readonly AxisTick[];
  readonly column: number | null;
}

function MeanLine({ box, values, marks, column }: MeanProps) {
  const range = profileRange(values);
  const { x, y } = projection(box, values.length, range);
  const bottom = box.y + box.height;
  const right = box.x + box.width;
  const here = column === null ? Number.NaN : (values[column] as number);
  return (
    <g>
      <path class="hcw-hair" d={`M${box.x} ${bottom + 0.5}H${right}`} />
      {marks.map(({ at, text }) => {
        const where = crisp(box.x + at * box.width);
        return (
          <line
            key={text}
            class="hcw-hair"
            stroke-dasharray="2 3"
            x1={where}
            x2={where}
            y1={box.y}
            y2={bottom}
          />
        );
      })}
      <text x={box.x - 8} y={box.y + 8} text-anchor="end">
        {formatNumber(range[1])}
      </text>
      <text x={box.x - 8} y={bottom} text-anchor="end">
        {formatNumber(range[0])}
      </text>
      <text x={box.x - 8} y={box.y + box.height / 2 + 4} text-anchor="end">
        mean
      </text>
      <path class="hcw-line" d={linePath(values, x, y)} stroke={categories[0]} />
      {column !== null && Number.isFinite(here) && (
        <g>
          <line
            class="hcw-cross"
            x1={crisp(x(column))}
            x2={crisp(x(column))}
            y1={box.y}
            y2={bottom}
          />
          <circle
            cx={x(column)}
            cy={y(here)}
            r={3}
            fill={categories[0]}
            stroke="var(--ground)"
          />
          <text class="hcw-strong" x={right + 8} y={y(here) + 4}>
            {formatNumber(here)}
          </text>
        </g>
      )}
    </g>
  );
}
