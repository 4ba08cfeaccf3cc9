/** Regions as points of a map: density or any value as colour, clusters, lasso. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { Frame } from "./axes";
import { ClusterCard, hasClusterCards } from "./cluster_card";
import { ColourBar } from "./colour_bar";
import {
  boundsOf,
  type Corner,
  cellsOf,
  cloudScale,
  clusterPerCell,
  density,
  type Embedding,
  embeddingOf,
  gridSide,
  inside,
  meanPerCell,
  membersOf,
  nearest,
  paintPoints,
  perPoint,
  placed,
  rectangle,
  showsPoints,
} from "./embedding_data";
import { useFigure } from "./figure";
import { type Box, embeddingLayout } from "./layout";
import { cellAt, paint } from "./paint";
import { embeddingReadout } from "./readouts";
import { pixelTable } from "./rules";
import { shown } from "./scale";
import { Spoken } from "./spoken";
import { formatCount, formatNumber } from "./texts";

/** A lasso, a rectangle (Shift) or a click on a cluster (Ctrl or ⌘ adds) selects. */
export type EmbeddingProps = PlotProps;

const NONE: ReadonlySet<number> = new Set();
/** Below this many pixels a drag is a click. */
const LEAST_DRAG = 4;

/** What does not change while a hand moves. */
function prepare(data: Embedding, box: Pick<Box, "width" | "height">) {
  const bounds = boundsOf(data.points);
  const side = gridSide(data.n);
  const cells = cellsOf(data.points, bounds, side);
  const counts = density(cells, side);
  const clusters = data.clusters ? clusterPerCell(cells, data.clusters, side) : null;
  const asPoints = showsPoints(data.n, box);
  /** What the cells hold: read out in both pictures, and painted as a density. */
  const perCell = data.overlay ? meanPerCell(cells, data.overlay, side) : counts;
  const values = asPoints ? (data.overlay ?? perPoint(cells, counts)) : perCell;
  return { bounds, side, clusters, asPoints, perCell, values };
}

export function EmbeddingPlot(props: EmbeddingProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onSelect, label } = props;
  const { onDetails } = props;
  const [own, select] = useState<Uint32Array | null>(null);
  const selection = props.selection === undefined ? own : props.selection;
  const [hovered, hover] = useState<number | null>(null);
  const [chosen, choose] = useState<ReadonlySet<number>>(NONE);
  const [line, draw] = useState<readonly Corner[]>([]);
  const [spoken, say] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useFigure(root, result, settings, size);

  const { map, bar, card } = embeddingLayout(size, hasClusterCards(result));
  const data = useMemo(() => embeddingOf(result), [result]);
  const ready = useMemo(() => prepare(data, map), [data, map.width, map.height]);
  const at = useMemo(
    () => placed(data.points, ready.bounds, map),
    [data, ready, map.width, map.height],
  );
  const values = useMemo(() => shown(ready.values, { scale: "linear" }), [ready]);
  const scale = cloudScale(data, values, settings);
  const highlighted = useMemo(() => {
    const clusters = hovered === null ? chosen : new Set([...chosen, hovered]);
    return data.clusters && clusters.size > 0 ? membersOf(data.clusters, clusters) : null;
  }, [data, hovered, chosen]);

  const report = (cluster: number | null, value: number, byKey: boolean) => {
    const size = cluster === null || !data.clusters ? 0 : countOf(data.clusters, cluster);
    const text = embeddingReadout(cluster, size, data.n, value, scale.unit);
    onReadout(text);
    if (byKey) say(text);
  };
  const take = (rows: Uint32Array | null) => {
    select(rows);
    onSelect?.(rows);
    say(rows === null ? "Nothing selected" : `${formatCount(rows.length)} regions selected`);
  };
  const takeClusters = (clusters: ReadonlySet<number>) => {
    choose(clusters);
    take(clusters.size > 0 && data.clusters ? membersOf(data.clusters, clusters) : null);
  };
  /** How far from a point a click still means it: a cell where points are not drawn. */
  const reach = ready.asPoints ? radiusFor(data.n) + 2 : map.width / ready.side;
  const cellUnder = ([x, y]: Corner) =>
    cellAt(y, map.height, ready.side) * ready.side + cellAt(x, map.width, ready.side);
  const clusterAt = (corner: Corner) => {
    const cluster = ready.clusters?.[cellUnder(corner)] ?? -1;
    return cluster < 0 ? null : cluster;
  };
  const corner = (event: PointerEvent): Corner => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const onPointerMove = (event: PointerEvent) => {
    const here = corner(event);
    const [start] = line;
    if (start !== undefined) {
      draw(event.shiftKey ? rectangle(start, here) : [...line, here]);
      return;
    }
    const cluster = clusterAt(here);
    if (cluster !== hovered) hover(cluster);
    const cell = cellUnder(here);
    const value = ready.perCell[cell] ?? Number.NaN;
    if (cluster === null && Number.isNaN(value)) onReadout(null);
    else report(cluster, value, false);
  };
  const onPointerUp = (event: PointerEvent) => {
    const here = corner(event);
    const path = line;
    draw([]);
    const [start] = path;
    if (start === undefined) return;
    const far = path.some(([x, y]) => Math.hypot(x - start[0], y - start[1]) > LEAST_DRAG);
    if (far) {
      choose(NONE);
      const rows = inside(at, path);
      take(rows.length > 0 ? rows : null);
      return;
    }
    const point = onDetails === undefined ? -1 : nearest(at, here, reach);
    if (point >= 0) {
      onDetails?.(point);
      // who looks at a region of the selection does not want another selection
      if (selection?.includes(point) && !event.ctrlKey && !event.metaKey) return;
    }
    const cluster = clusterAt(here);
    if (cluster === null) return takeClusters(NONE);
    const more = event.ctrlKey || event.metaKey;
    const next = new Set(more ? chosen : NONE);
    if (!(more ? next.delete(cluster) : chosen.size === 1 && chosen.has(cluster))) {
      next.add(cluster);
    }
    takeClusters(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = data.clusters ? distinct(data.clusters) : [];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && (line.length > 0 || hovered !== null || selection !== null)) {
      if (line.length > 0) draw([]);
      else if (hovered !== null) hover(null);
      else takeClusters(NONE);
    } else if (event.key === "Enter" && hovered !== null) {
      takeClusters(new Set(event.ctrlKey || event.metaKey ? [...chosen, hovered] : [hovered]));
    } else if (step !== undefined && all.length > 0) {
      const now = hovered === null ? -step : all.indexOf(hovered);
      const next =
        all[(Math.max(now + step, hovered === null ? 0 : -1) + all.length) % all.length];
      hover(next ?? null);
      if (next !== undefined) report(next, Number.NaN, true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const range = `${formatNumber(scale.lo)} to ${formatNumber(scale.hi)} ${scale.unit}`;
  return (
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    >
      <ColourBar scale={scale} settings={settings} box={bar} onChange={onChange} />
      <div
        class="hcw-cloud hcw-focus"
        role="img"
        aria-label={`${label}: ${formatCount(data.n)} regions, ${range}. Arrow keys go through clusters, Enter selects one.`}
        data-testid="embedding"
        style={{
          left: `${map.x}px`,
          top: `${map.y}px`,
          width: `${map.width}px`,
          height: `${map.height}px`,
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture?.(event.pointerId);
          hover(null);
          draw([corner(event)]);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => draw([])}
        onPointerLeave={() => {
          hover(null);
          onReadout(null);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => hover(null)}
      >
        <Cloud
          {...{ at, side: ready.side, asPoints: ready.asPoints, map }}
          values={values.values}
          lo={scale.lo}
          hi={scale.hi}
          table={scale.map}
          faded={selection !== null || highlighted !== null}
        />
        <Marked {...{ at, map }} rows={selection} colour="--selection" />
        <Marked {...{ at, map }} rows={highlighted} colour="--accent" />
      </div>
      <svg class="hcw-svg" width={size.width} height={size.height} aria-hidden="true">
        <Frame box={map} />
        {line.length > 1 && (
          <path
            class="hcw-lasso"
            transform={`translate(${map.x} ${map.y})`}
            d={`M${line.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`}
          />
        )}
      </svg>
      {card && (
        <ClusterCard
          result={result}
          settings={settings}
          clusters={hovered !== null ? new Set([...chosen, hovered]) : chosen}
          box={card}
        />
      )}
      <Spoken text={spoken} />
    </div>
  );
}

function countOf(clusters: ArrayLike<number>, cluster: number): number {
  let n = 0;
  for (let i = 0; i < clusters.length; i++) if (clusters[i] === cluster) n++;
  return n;
}

/** Numbers of the clusters, ascending; -1 is no cluster. */
function distinct(clusters: ArrayLike<number>): number[] {
  return [...new Set(Array.from(clusters))].filter((id) => id >= 0).sort((a, b) => a - b);
}

interface CloudProps {
  readonly at: Float32Array;
  readonly values: ArrayLike<number>;
  readonly side: number;
  readonly asPoints: boolean;
  readonly map: Box;
  readonly lo: number;
  readonly hi: number;
  readonly table: string;
  readonly faded: boolean;
}

const radiusFor = (n: number) => (n > 4000 ? 1.5 : n > 800 ? 2.3 : 3.2);
const dpr = () => Math.min(Math.max(Math.round(globalThis.devicePixelRatio || 1), 1), 3);

/** All regions; painted again when values or limits change, never when the cursor moves. */
function Cloud({ at, values, side, asPoints, map, lo, hi, table, faded }: CloudProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = dpr();
  const width = asPoints ? map.width * ratio : side;
  const height = asPoints ? map.height * ratio : side;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    if (asPoints) {
      const colours = paint(values, lo, hi, pixelTable(table));
      // a region without this value is still a region: mid grey
      for (let i = 0; i < colours.length; i++) if (colours[i] === 0) colours[i] = 0xff9e9e9e;
      const scaled = ratio === 1 ? at : at.map((v) => v * ratio);
      paintPoints(pixels, width, height, scaled, colours, radiusFor(colours.length) * ratio);
    } else {
      paint(values, lo, hi, pixelTable(table), pixels);
    }
    context.putImageData(image, 0, 0);
  }, [at, values, asPoints, width, height, ratio, lo, hi, table]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      data-testid="plot-canvas"
      data-rows={height}
      data-cols={width}
      style={{ imageRendering: asPoints ? "auto" : "pixelated", opacity: faded ? 0.45 : 1 }}
    />
  );
}

/** Some regions in one colour, above the others. */
function Marked(props: {
  at: Float32Array;
  map: Box;
  rows: Uint32Array | null;
  colour: "--selection" | "--accent";
}) {
  const { at, map, rows, colour } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = dpr();
  const width = map.width * ratio;
  const height = map.height * ratio;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current) return;
    context.clearRect(0, 0, width, height);
    if (rows === null) return;
    context.fillStyle = getComputedStyle(canvas.current).getPropertyValue(colour) || "#e66100";
    const radius = radiusFor(at.length >> 1) * ratio;
    const round = radius >= 2 * ratio;
    context.beginPath();
    for (const row of rows) {
      const x = (at[2 * row] as number) * ratio;
      const y = (at[2 * row + 1] as number) * ratio;
      if (round) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else {
        context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      }
    }
    context.fill();
  }, [at, rows, colour, width, height, ratio]);
  return rows === null ? null : <canvas ref={canvas} width={width} height={height} />;
}
