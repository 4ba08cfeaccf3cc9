/** Regions as points of a map: density or any value as colour, clusters, lasso. */

import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { Frame } from "./axes";
import { Cloud, Marked, radiusFor } from "./cloud_canvas";
import { Legend, Threshold } from "./cloud_strip";
import { useCloudView } from "./cloud_view";
import { ClusterCard, hasClusterCards } from "./cluster_card";
import { ColourBar } from "./colour_bar";
import {
  type Corner,
  cloudScale,
  embeddingOf,
  inside,
  membersOf,
  nearest,
  placed,
  prepare,
  rectangle,
} from "./embedding_data";
import { useFigure } from "./figure";
import { boxStyle, embeddingLayout, floatingCard, legendHeight, STRIP } from "./layout";
import { cellAt } from "./paint";
import { useCursor, useReadout } from "./pointed";
import { embeddingReadout } from "./readouts";
import { shown } from "./scale";
import { Spoken } from "./spoken";
import { formatCount, formatNumber } from "./texts";

/**
 * A lasso, a rectangle (Shift) or a click on a cluster (Shift, Ctrl or ⌘ adds) selects. Ctrl,
 * ⌘, Alt or the middle button moves the map; the wheel zooms once the map has the focus.
 */
export type EmbeddingProps = PlotProps;

const NONE: ReadonlySet<number> = new Set();
const NOWHERE: readonly number[] = [];
const adds = (event: MouseEvent | KeyboardEvent) =>
  event.ctrlKey || event.metaKey || event.shiftKey;
/** Below this many pixels a drag is a click. */
const LEAST_DRAG = 4;

export function EmbeddingPlot(props: EmbeddingProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onSelect, label } = props;
  const { onDetails } = props;
  const [own, select] = useState<Uint32Array | null>(null);
  const selection = props.selection === undefined ? own : props.selection;
  // what the hand took last counts until somebody says what is selected now
  useLayoutEffect(() => select(null), [props.selection]);
  /** A cluster that arrow keys went to; without it the one under the cursor. */
  const [keyed, goTo] = useState<number | null>(null);
  /** Among the small pictures of all clusters. */
  const [pointed, point] = useState<number | null>(null);
  const [chosen, choose] = useState<ReadonlySet<number>>(NONE);
  const [previewed, preview] = useState<Uint32Array | null>(null);
  const [line, draw] = useState<readonly Corner[]>([]);
  const [cursorLeft, lean] = useState(false);
  const grabbed = useRef<Corner | null>(null);
  const [spoken, say] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useFigure(root, { result, settings, size });

  const data = useMemo(() => embeddingOf(result), [result]);
  const { levels, overlay } = data;
  const cards = hasClusterCards(result);
  const below =
    overlay === null ? 0 : levels.length > 0 ? legendHeight(levels, size.width / 2) : STRIP;
  const { map, bar, card, strip } = embeddingLayout(size, cards, below);
  const field = useRef<HTMLDivElement>(null);
  // the quick answer lies elsewhere
  const extent = result.meta.preview === true ? NOWHERE : settings.extent;
  const view = useCloudView(data.points, extent, field, onChange);
  const { bounds } = view;
  const ready = useMemo(
    () => prepare(data, bounds, map, settings.drawn),
    [data, bounds, map.width, map.height, settings.drawn],
  );
  const at = useMemo(
    () => placed(data.points, bounds, map),
    [data, bounds, map.width, map.height],
  );
  const values = useMemo(
    () => shown(ready.values, { scale: "linear", clip: settings.clip }),
    [ready, settings.clip],
  );
  const name = result.meta.overlay?.name ?? "value";
  const scale = cloudScale(data, values, settings, name);
  const { cell, point: rest } = useCursor(ready.side, ready.side);
  const under = cell === null ? -1 : cell.row * ready.side + cell.column;
  const hovered = keyed ?? clusterIn(ready.clusters, under);
  const lit = hovered ?? pointed;
  const hover = (cluster: number | null) => {
    rest(null, false);
    goTo(cluster);
  };
  // what is chosen is the selection already
  const highlighted = useMemo(() => {
    if (lit === null || chosen.has(lit) || !data.clusters) return null;
    return membersOf(data.clusters, new Set([lit]));
  }, [data, lit, chosen]);

  const looked = hovered !== null ? new Set([...chosen, hovered]) : chosen;
  const docked = cards ? (card ?? floatingCard(map, cursorLeft)) : null;
  const moving = useRef(false);
  const told = () => {
    const value = keyed === null ? (ready.perCell[under] ?? Number.NaN) : Number.NaN;
    const members = hovered === null || !data.clusters ? 0 : countOf(data.clusters, hovered);
    // a cluster that arrow keys went to may be gone with their number
    const cluster = members > 0 ? hovered : null;
    const named = levels.length > 0;
    const level = named ? levels[value] : undefined;
    const parts = [
      embeddingReadout(cluster, members, data.n, named ? Number.NaN : value, scale.unit),
      level === undefined ? "" : `${name}: ${level}`,
    ];
    return parts.filter((part) => part !== "").join(" · ") || null;
  };
  const text = dimmed || (cell === null && keyed === null) ? null : told();
  useReadout(text, result, onReadout);
  const take = (rows: Uint32Array | null) => {
    select(rows);
    onSelect?.(rows);
    say(rows === null ? "Nothing selected" : `${formatCount(rows.length)} regions selected`);
  };
  const takeClusters = (clusters: ReadonlySet<number>) => {
    choose(clusters);
    take(clusters.size > 0 && data.clusters ? membersOf(data.clusters, clusters) : null);
  };
  const pick = (cluster: number, more: boolean) => {
    const next = new Set(more ? chosen : NONE);
    if (!(more ? next.delete(cluster) : chosen.size === 1 && chosen.has(cluster))) {
      next.add(cluster);
    }
    point(null);
    takeClusters(next);
  };
  /** How far from a point a click still means it: a cell where points are not drawn. */
  const reach = ready.asPoints ? radiusFor(ready.n) + 2 : map.width / ready.side;
  const cellUnder = ([x, y]: Corner) =>
    cellAt(y, map.height, ready.side) * ready.side + cellAt(x, map.width, ready.side);
  const clusterAt = (corner: Corner) => {
    return clusterIn(ready.clusters, cellUnder(corner));
  };
  const corner = (event: PointerEvent): Corner => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const onPointerMove = (event: PointerEvent) => {
    const here = corner(event);
    const [start] = line;
    const from = grabbed.current;
    if (from !== null) {
      const by: Corner = [(from[0] - here[0]) / map.width, (from[1] - here[1]) / map.height];
      // a click that trembles is still a click
      if (moving.current || Math.hypot(from[0] - here[0], from[1] - here[1]) > LEAST_DRAG) {
        moving.current = true;
        grabbed.current = here;
        view.move(by);
      }
      return;
    }
    if (start !== undefined) {
      draw(event.shiftKey ? rectangle(start, here) : [...line, here]);
      return;
    }
    goTo(null);
    const next = {
      row: cellAt(here[1], map.height, ready.side),
      column: cellAt(here[0], map.width, ready.side),
    };
    if (cell?.row !== next.row || cell.column !== next.column) rest(next, false);
    lean(here[0] < map.width / 2);
  };
  const onPointerUp = (event: PointerEvent) => {
    const here = corner(event);
    const path = line.length > 0 || grabbed.current === null ? line : [grabbed.current];
    draw([]);
    grabbed.current = null;
    if (moving.current) {
      moving.current = false;
      return;
    }
    const [start] = path;
    if (start === undefined || event.button !== 0) return;
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
      if (selection?.includes(point) && !adds(event)) return;
    }
    const cluster = clusterAt(here);
    if (cluster === null) return takeClusters(NONE);
    pick(cluster, adds(event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = data.clusters ? distinct(data.clusters) : [];
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (view.key(event)) {
      // the part that is shown has changed
    } else if (
      event.key === "Escape" &&
      (line.length > 0 || hovered !== null || (selection ?? own) !== null)
    ) {
      if (line.length > 0) draw([]);
      else if (hovered !== null) hover(null);
      else takeClusters(NONE);
    } else if (event.key === "Enter" && hovered !== null) {
      takeClusters(new Set(adds(event) ? [...chosen, hovered] : [hovered]));
    } else if (step !== undefined && all.length > 0) {
      const now = hovered === null ? -step : all.indexOf(hovered);
      const next =
        all[(Math.max(now + step, hovered === null ? 0 : -1) + all.length) % all.length];
      hover(next ?? null);
      say("");
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
      {levels.length === 0 && (
        <ColourBar scale={scale} settings={settings} box={bar} onChange={onChange} />
      )}
      <div
        ref={field}
        class="hcw-cloud hcw-focus"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go through its clusters
        tabIndex={0}
        aria-label={`${label}: ${formatCount(data.n)} regions, ${range}. Arrow keys go through clusters, Enter selects one; Page up and down zoom, with Ctrl arrows move, Home shows all.`}
        data-testid="embedding"
        style={boxStyle(map)}
        onPointerDown={(event) => {
          if (event.button > 1) return;
          if (event.button === 1) event.preventDefault();
          event.currentTarget.focus({ preventScroll: true });
          event.currentTarget.setPointerCapture?.(event.pointerId);
          hover(null);
          if (event.button === 1 || event.altKey || event.ctrlKey || event.metaKey) {
            grabbed.current = corner(event);
          } else draw([corner(event)]);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          draw([]);
          grabbed.current = null;
          moving.current = false;
        }}
        onPointerLeave={() => hover(null)}
        onKeyDown={onKeyDown}
        onBlur={() => hover(null)}
      >
        <Cloud
          {...{ at, map, n: ready.n, side: ready.side, asPoints: ready.asPoints }}
          values={values.values}
          lo={scale.lo}
          hi={scale.hi}
          table={scale.map}
          levels={levels.length}
          faded={selection !== null || highlighted !== null || previewed !== null}
        />
        <Marked
          {...{ at, map, n: ready.n }}
          rows={previewed ?? selection}
          colour="--selection"
        />
        <Marked {...{ at, map, n: ready.n }} rows={highlighted} colour="--accent" />
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
      <div
        class="hcw-zoom"
        style={{ left: `${map.x + 4}px`, top: `${map.y + map.height - 24}px` }}
      >
        {[
          ["+", "zoom in", () => view.zoom(1 / 1.5)] as const,
          ["−", "zoom out", () => view.zoom(1.5)] as const,
          ...(view.part ? [["all", "show all", view.reset] as const] : []),
        ].map(([text, says, act]) => (
          <button
            key={says}
            type="button"
            title={says}
            aria-label={says}
            data-testid={says.replace(" ", "-")}
            onClick={act}
          >
            {text}
          </button>
        ))}
      </div>
      {overlay !== null && levels.length === 0 && (
        <Threshold
          key={name}
          {...{ name, selection }}
          values={overlay}
          box={strip}
          onPreview={preview}
          onSelect={(rows) => {
            choose(NONE);
            take(rows);
          }}
        />
      )}
      {overlay !== null && levels.length > 0 && (
        <Legend
          key={name}
          values={overlay}
          levels={levels}
          box={strip}
          onSelect={(rows) => {
            choose(NONE);
            take(rows);
          }}
        />
      )}
      {docked !== null && (card !== null || looked.size > 0) && (
        <ClusterCard
          {...{ result, settings, onChange }}
          clusters={looked}
          total={data.n}
          box={docked}
          floats={card === null}
          onPoint={point}
          onPick={pick}
        />
      )}
      <Spoken text={keyed === null ? spoken : text} />
    </div>
  );
}

function clusterIn(perCell: ArrayLike<number> | null, cell: number): number | null {
  const cluster = perCell?.[cell] ?? -1;
  return cluster < 0 ? null : cluster;
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
