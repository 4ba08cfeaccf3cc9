/** One row of signal per region, in blocks, under their means. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLatest } from "../controls/hooks";
import type { PlotProps } from "../wire/plot";
import type { RowWindow } from "../wire/result";
import { BottomAxis, Crosshair, Frame, NoData, PlaceMark } from "./axes";
import { axisTicks } from "./axis";
import { type Brush, brushed, brushOf, regionAt } from "./brush";
import { ColourBar } from "./colour_bar";
import { type Cell, DataCanvas } from "./data_canvas";
import { useFigure } from "./figure";
import { stackupLayout } from "./layout";
import { toCells } from "./limits";
import { rescaled, useReadout } from "./pointed";
import { mapSummary, stackupReadout } from "./readouts";
import { blocksOf, lineOf, placeAt, placeIn, wholePicture } from "./row_lines";
import { RowStrip, StripAxis } from "./row_strip";
import { asZoom, byKey, moved, onward, type Rows, rowsShown, zoomed } from "./row_zoom";
import { colourScale, shown, valueAt } from "./scale";
import { Spoken } from "./spoken";
import { Blocks, Legend, Profiles } from "./stackup_blocks";
import { blockText, profilesOf } from "./stackup_parts";
import { useRows } from "./use_rows";

/** No screen is higher, and the kernel sends no more at once. */
const MOST_LINES = 4096;

interface Cursor {
  /** Line under a mouse that rests: what is drawn there may become another. */
  readonly row: number;
  readonly rows: number;
  /** What keys have led to, in the order of the rows: it stays when finer rows arrive. */
  readonly place: number;
  readonly column: number;
  readonly columns: number;
  readonly byKey: boolean;
}

export function StackupPlot(props: PlotProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onSelect, label } = props;
  const { onDetails } = props;
  const [brush, setBrush] = useState<Brush | null>(null);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const root = useRef<HTMLDivElement>(null);

  const whole = useMemo(() => wholePicture(result), [result]);
  // limits are those of all rows: a colour means the same however few rows are on screen
  const all = useMemo(
    () => shown(whole.image, { scale: settings.scale, clip: settings.clip }),
    [whole, settings.scale, settings.clip],
  );
  const profiles = useMemo(
    () => profilesOf(result, { scale: settings.scale }),
    [result, settings.scale],
  );
  const { axis, blocks: named = [] } = result.meta;
  const layout = stackupLayout(size, named.map(blockText));
  const { map } = layout;
  const n = whole.after;
  const rowsNow = rowsShown(settings.zoom, n);
  const lines = Math.min(
    Math.round(map.height * (globalThis.devicePixelRatio || 1)),
    MOST_LINES,
  );
  const { window, waits } = useRows(result, whole, rowsNow, lines, props.onRows);
  useFigure(root, { result, settings, size, rows: window });

  const values = useMemo(
    () => (window === whole ? all.values : toCells(window.image, settings.scale)),
    [window, whole, all, settings.scale],
  );
  const rows = window.edges.length - 1;
  const columns = window.bins;
  const blocks = blocksOf(result, window);
  const scale = colourScale("stackup", all, settings);
  const ticks = axisTicks(axis, "meeting", map.width);

  const row = cursor === null ? null : rowOf(cursor, window);
  const cell: Cell | null =
    cursor === null || row === null || columns === 0
      ? null
      : { row, column: rescaled(cursor.column, cursor.columns, columns) };
  const value = cell ? (values[cell.row * columns + cell.column] as number) : Number.NaN;
  const text =
    cell && !dimmed
      ? stackupReadout(result, window, blocks, cell, value, settings.scale)
      : null;
  useReadout(text, result, onReadout);
  const onCell = (next: Cell | null, fromKey: boolean) =>
    setCursor(
      next && {
        row: next.row,
        rows,
        place: placeIn(window, next.row, rowsNow),
        column: next.column,
        columns,
        byKey: fromKey,
      },
    );

  const lineAt = ({ edges }: RowWindow, at: number): Rows => {
    const line = lineOf(edges, at);
    return [edges[line] ?? 0, edges[line + 1] ?? n];
  };
  /** A line that is all there is on screen has neighbours nonetheless. */
  const onBeyond = (way: 1 | -1) => {
    const line = lineAt(window, rowsNow[0]);
    const next = onward(rowsNow, n, way, line, (at) => lineAt(whole, at));
    if (next === null || cursor === null) return;
    setCursor({ ...cursor, place: (next[0] + next[1] - 1) >> 1, byKey: true });
    choose(next);
  };
  const choose = (next: Rows) => onChange({ zoom: asZoom(next, n) });
  const place = (event: { readonly clientY: number }): number => {
    const top = root.current?.getBoundingClientRect().top ?? 0;
    return Math.min(Math.max(event.clientY - top - map.y, 0), map.height);
  };
  const onWheel = useLatest((event: WheelEvent) => {
    if (event.ctrlKey || event.metaKey || !hasFocus(root.current) || n === 0) return;
    const turn = event.deltaY || event.deltaX;
    if (turn === 0) return;
    event.preventDefault();
    const step = Math.max(-1, Math.min(1, turn / 100));
    if (event.shiftKey) choose(moved(rowsNow, n, step * 0.2));
    else choose(zoomed(rowsNow, n, placeAt(window, place(event) / map.height), -step));
  });
  useEffect(() => {
    const element = root.current;
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [onWheel]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || n === 0) return;
    if ((event.target as Element).tagName === "INPUT") return;
    if (event.key === "Enter" && cell !== null && onDetails !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      lookAt((cell.row / Math.max(rows, 1)) * map.height);
      return;
    }
    const pointed = cursor?.byKey === false && cell !== null;
    const centre = pointed ? placeIn(window, cell.row, rowsNow) : cursor?.place;
    const next = byKey(rowsNow, n, centre ?? null, event);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    choose(next);
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
    else onSelect?.(brushed(result, window.edges, chosen));
  };
  const lookAt = (at: number) => {
    const region = regionAt(result, window, at / map.height);
    if (region !== null) onDetails?.(region);
  };
  const under = cell === null ? undefined : blocks.find(({ to }) => cell.row < to);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the map and the strip within
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
        valueAt={(percent) => valueAt(all, percent)}
      />
      <DataCanvas
        values={values}
        rows={rows}
        columns={columns}
        lo={scale.lo}
        hi={scale.hi}
        map={scale.map}
        box={map}
        label={mapSummary(label, axis, rows, columns, scale, all.summary)}
        cell={cell}
        onCell={onCell}
        onBeyond={rows === 1 && !waits ? onBeyond : null}
      />
      {all.summary.count + all.summary.zeros === 0 && <NoData box={map} />}
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        {layout.legend && <Legend box={layout.legend} blocks={named} />}
        <Profiles
          box={layout.profile}
          profiles={profiles}
          blocks={named}
          marks={ticks.filter(({ mark }) => mark)}
          column={cell?.column ?? null}
          block={under?.index ?? 0}
        />
        <Frame box={map} />
        <Blocks layout={layout} blocks={blocks} window={window} />
        {brush && (
          <rect
            class="hcw-brush"
            x={map.x}
            y={map.y + Math.min(brush.from, brush.to)}
            width={map.width}
            height={Math.abs(brush.to - brush.from)}
          />
        )}
        <BottomAxis box={map} ticks={ticks} />
        <StripAxis map={map} strip={layout.strip} whole={whole} window={window} />
        <PlaceMark box={map} axis={axis} style="meeting" at={props.marked} />
        {cell && <Crosshair box={map} cell={cell} rows={rows} columns={columns} />}
      </svg>
      {n > 1 && (
        <RowStrip
          box={layout.strip}
          whole={whole}
          values={all.values}
          scale={scale}
          shown={rowsNow}
          onZoom={(zoom) => onChange({ zoom })}
        />
      )}
      {rowsNow[1] - rowsNow[0] < n && (
        <button
          type="button"
          class="hcw-reset"
          style={{ top: `${map.y - 20}px`, right: "0" }}
          data-testid="all-rows"
          onClick={() => choose([0, n])}
        >
          all rows
        </button>
      )}
      <Spoken text={cursor?.byKey === true ? text : null} />
    </div>
  );
}

/** The line that a cursor is on among those drawn now; null if it is on none. */
function rowOf(cursor: Cursor, window: RowWindow): number | null {
  const rows = window.edges.length - 1;
  if (rows < 1) return null;
  if (!cursor.byKey) return rescaled(cursor.row, cursor.rows, rows);
  const inside = cursor.place >= window.first && cursor.place < window.after;
  return inside ? lineOf(window.edges, cursor.place) : null;
}

/** Whether the focus is in the card of a plot, so that the wheel may turn its rows. */
function hasFocus(plot: HTMLElement | null): boolean {
  const tree = plot?.getRootNode() as Document | ShadowRoot | undefined;
  const active = tree?.activeElement ?? null;
  const card = plot?.closest(".card") ?? plot;
  return active !== null && card?.contains(active) === true;
}
