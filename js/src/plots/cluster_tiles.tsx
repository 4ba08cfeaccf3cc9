/** All clusters at once, where no single one is looked at: small maps, or small bars. */

import { useMemo } from "preact/hooks";
import type { DecodedResult } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import { AverageMap, mapScale } from "./average_map";
import { textWidth } from "./layout";
import { summarise, type Values } from "./limits";
import { formatCount } from "./texts";

interface Props {
  readonly result: DecodedResult;
  readonly settings: ViewSettings;
  /** Room for them. */
  readonly width: number;
  readonly height: number;
  /** The cluster under the cursor or with the focus. */
  readonly onPoint: (cluster: number | null) => void;
  readonly onPick: (cluster: number, more: boolean) => void;
}

const GAP = 4;
/** Number and size of a cluster. */
const WORDS = 14;
const MOST_ACROSS = 5;
/** Height of the bars of a tile, as a part of its width. */
const FLAT = 0.6;

/** Pixels that a tile is wide, the largest at which all of them have room. */
export function tileWidth(n: number, width: number, height: number, flat: number): number {
  const wide = (across: number) => Math.floor((width - GAP * (across - 1)) / across);
  for (let across = 1; across < MOST_ACROSS; across++) {
    const rows = Math.ceil(n / across);
    if (rows * (wide(across) * flat + WORDS + GAP) <= height) return wide(across);
  }
  return wide(MOST_ACROSS);
}

/** Clusters that have regions. */
function filled(sizes: ArrayLike<number>): number[] {
  return Array.from(sizes, (_, id) => id).filter((id) => (sizes[id] as number) > 0);
}

export function ClusterTiles(props: Props) {
  const { result, settings, width, height, onPoint, onPick } = props;
  const { cluster_means: means, cluster_sizes: sizes } = result.arrays;
  const ids = useMemo(() => filled(sizes?.data ?? []), [sizes]);
  const [, ...shape] = means?.shape ?? [];
  const length = shape.reduce((product, side) => product * side, 1);
  const each = useMemo(
    () => ids.map((id) => (means?.data ?? []).slice(id * length, (id + 1) * length)),
    [ids, means, length],
  );
  if (!means) return null;
  const side = tileWidth(ids.length, width, height, shape.length === 2 ? 1 : FLAT);
  // a size that runs into the next cluster's number would be read as one with it
  const sized = ids.every(
    (id) => textWidth(`${id} ${formatCount(sizes?.data[id] ?? 0)}`) <= side + GAP,
  );
  const { count, min, max } = summarise(means.data);
  const range =
    count > 0 ? ([Math.min(min, 0), Math.max(max, 0)] as const) : ([-1, 1] as const);
  return (
    <div class="hcw-tiles" style={{ gap: `${GAP}px` }}>
      {ids.map((id, i) => {
        const values = each[i] as Values;
        const n = formatCount(sizes?.data[id] ?? 0);
        return (
          <button
            key={id}
            type="button"
            class="hcw-tile"
            title={`cluster ${id}, ${n} regions: click to select it, with Shift or Ctrl more`}
            data-testid="cluster-tile"
            style={{ width: `${side}px` }}
            onPointerEnter={() => onPoint(id)}
            onPointerLeave={() => onPoint(null)}
            onFocus={() => onPoint(id)}
            onBlur={() => onPoint(null)}
            onClick={(event) => onPick(id, event.ctrlKey || event.metaKey || event.shiftKey)}
          >
            {shape.length === 2 ? (
              <AverageMap
                values={values}
                side={shape[1] ?? 1}
                width={side}
                colours={mapScale(settings.common_limits ? means.data : values, settings)}
              />
            ) : (
              <SmallBars {...{ values, range }} width={side} height={Math.round(side * FLAT)} />
            )}
            <b>{id}</b>
            {sized && <small>{n}</small>}
          </button>
        );
      })}
    </div>
  );
}

/** One upright bar per feature, all clusters on one axis. */
function SmallBars(props: {
  readonly values: Values;
  readonly range: readonly [number, number];
  readonly width: number;
  readonly height: number;
}) {
  const { values, range, width, height } = props;
  const [lo, hi] = range;
  const y = (value: number) => ((hi - value) / (hi - lo || 1)) * height;
  const step = width / values.length;
  const bars = (sign: 1 | -1) =>
    Array.from(values, (value, i) =>
      value * sign > 0
        ? `M${(i * step + 0.5).toFixed(1)} ${y(0).toFixed(1)}h${Math.max(step - 1, 0.5).toFixed(1)}V${y(value).toFixed(1)}h${(-Math.max(step - 1, 0.5)).toFixed(1)}z`
        : "",
    ).join("");
  return (
    <svg width={width} height={height} aria-hidden="true">
      <path d={bars(1)} fill={UP} />
      <path d={bars(-1)} fill={DOWN} />
      <line class="hcw-hair" x1={0} x2={width} y1={y(0)} y2={y(0)} />
    </svg>
  );
}

/** More and less than the mean of all regions: the ends of the diverging map. */
export const UP = "#b40426";
export const DOWN = "#3b4cc0";
