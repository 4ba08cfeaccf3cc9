/** Average contact map. */

import { useMemo, useRef } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { BottomAxis, Crosshair, Frame, NoData, PlaceMark, RightAxis } from "./axes";
import { axisTicks } from "./axis";
import { ColourBar } from "./colour_bar";
import { matrixOf, outlined, outlineNote, outlinePath } from "./contrast";
import { DataCanvas } from "./data_canvas";
import { useFigure } from "./figure";
import { BELOW, pileupLayout } from "./layout";
import { useCursor, useReadout } from "./pointed";
import { mapSummary, pileupReadout } from "./readouts";
import { colourScale, scaleOf, shown, valueAt } from "./scale";
import { Spoken } from "./spoken";

export function PileupPlot(props: PlotProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onDetails, label } = props;
  const root = useRef<HTMLDivElement>(null);
  useFigure(root, { result, settings, size });

  const matrix = matrixOf(result, settings.contrast);
  const drawnScale = scaleOf("pileup", settings);
  const { clip } = settings;
  const data = useMemo(
    () => shown(matrix?.data ?? [], { scale: drawnScale, clip }),
    [matrix, drawnScale, clip],
  );
  const { axis } = result.meta;
  const [rows = 0, columns = 0] = matrix?.shape ?? [];
  const scale = colourScale("pileup", data, settings);
  const note = outlineNote(result, settings);
  const layout = pileupLayout(size, note !== null);
  const p = outlined(result, settings);
  const { x, y, width, height } = layout.map;
  const outline = useMemo(
    () => (p === undefined ? "" : outlinePath(p, { x, y, width, height })),
    [p, x, y, width, height],
  );
  const ticks = axisTicks(axis, "centred", layout.map.width);

  const { cell, byKey, point } = useCursor(rows, columns);
  const value = cell ? (data.values[cell.row * columns + cell.column] as number) : Number.NaN;
  const text = cell && !dimmed ? pileupReadout(result, cell, value, scale.unit) : null;
  useReadout(text, result, onReadout);
  const onClick = (event: MouseEvent) => {
    const onMap = (event.target as Element).closest(".hcw-map") !== null;
    if (onMap && cell) onDetails?.(null, cell);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || cell === null || onDetails === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onDetails(null, cell);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the map within takes the focus
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
      onClick={onClick}
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
        label={[mapSummary(label, axis, rows, columns, scale, data.summary), note?.full]
          .filter(Boolean)
          .join(" ")}
        cell={cell}
        onCell={point}
      />
      {data.summary.count + data.summary.zeros === 0 && <NoData box={layout.map} />}
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        <Frame box={layout.map} />
        <BottomAxis box={layout.map} ticks={ticks} />
        <RightAxis box={layout.map} ticks={ticks} />
        {outline && <path class="hcw-outline-halo" d={outline} />}
        {outline && <path class="hcw-outline" data-testid="outline" d={outline} />}
        <PlaceMark box={layout.map} axis={result.meta.axis} style="centred" at={props.marked} />
        {cell && <Crosshair box={layout.map} cell={cell} rows={rows} columns={columns} />}
      </svg>
      {note && (
        <div
          class="hcw-note"
          title={note.full}
          data-testid="outline-note"
          style={{ left: "14px", right: 0, top: `${y + height + BELOW}px` }}
        >
          <i aria-hidden="true" /> {note.short}
        </div>
      )}
      <Spoken text={byKey ? text : null} />
    </div>
  );
}
