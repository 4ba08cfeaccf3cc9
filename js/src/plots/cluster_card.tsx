/** What clusters look like, docked aside: all in small, or one with its features or its map. */

import type { Axis, DecodedResult, ResultMeta } from "../wire/result";
import type { SettingsPatch, ViewSettings } from "../wire/settings";
import { AverageMap, mapScale } from "./average_map";
import { axisTicks, fitting } from "./axis";
import { ClusterTiles, DOWN, UP } from "./cluster_tiles";
import type { Box } from "./layout";
import { summarise } from "./limits";
import { NumberEntry } from "./number_entry";
import { cssColour } from "./rules";
import { formatCount, formatNumber } from "./texts";

interface Props {
  readonly result: DecodedResult;
  readonly settings: ViewSettings;
  readonly clusters: ReadonlySet<number>;
  /** Regions of the set. */
  readonly total: number;
  readonly box: Box;
  /** Lies on the map, away from the cursor, for want of room beside it. */
  readonly floats: boolean;
  readonly onChange: (patch: SettingsPatch) => void;
  /** A cluster under the cursor among all; taken by a click. */
  readonly onPoint: (cluster: number | null) => void;
  readonly onPick: (cluster: number, more: boolean) => void;
}

type ClusterMeta = ResultMeta & { readonly names?: readonly string[] };

export function hasClusterCards({ arrays }: DecodedResult): boolean {
  return arrays.cluster_means !== undefined;
}

/** Mean over clusters, each by the number of its regions; missing values count for nothing. */
export function weightedMean(
  means: ArrayLike<number>,
  sizes: ArrayLike<number>,
  clusters: ReadonlySet<number>,
  length: number,
): Float64Array {
  const sum = new Float64Array(length);
  const weight = new Float64Array(length);
  for (const cluster of clusters) {
    for (let i = 0; i < length; i++) {
      const value = means[cluster * length + i] ?? Number.NaN;
      const size = sizes[cluster] ?? 0;
      if (!Number.isFinite(value)) continue;
      (sum[i] as number) += value * size;
      (weight[i] as number) += size;
    }
  }
  return sum.map((total, i) => (weight[i] ? total / (weight[i] as number) : Number.NaN));
}

export function ClusterCard(props: Props) {
  const { result, settings, clusters, box, floats, onChange, onPoint, onPick } = props;
  const inner = floats ? box.width - 12 : box.width;
  const { cluster_means: means, cluster_sizes: sizes } = result.arrays;
  if (!means) return null;
  const [, ...shape] = means.shape;
  const length = shape.reduce((product, side) => product * side, 1);
  const counts = sizes?.data ?? [];
  const members = [...clusters].reduce((sum, cluster) => sum + (counts[cluster] ?? 0), 0);
  const ids = [...clusters].sort((a, b) => a - b);
  const values = weightedMean(means.data, counts, clusters, length);
  return (
    <div
      class={`hcw-cluster${floats ? " hcw-floats" : ""}`}
      data-testid="cluster-card"
      style={{
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        [floats ? "maxHeight" : "height"]: `${box.height}px`,
      }}
    >
      {clusters.size === 0 ? (
        <>
          <h3>Clusters{inner > ROOMY && <small>click to select</small>}</h3>
          <ClusterTiles
            {...{ result, settings, onPoint, onPick }}
            width={inner}
            height={box.height - HEADING}
          />
        </>
      ) : (
        <>
          <h3>
            {`Cluster ${ids.join(", ")}`}
            <small>{`${formatCount(members)} of ${formatCount(props.total)}`}</small>
          </h3>
          {shape.length === 2 ? (
            <Thumbnail
              values={values}
              all={means.data}
              side={shape[1] ?? 1}
              width={Math.max(Math.min(inner, box.height - BELOW_MAP), 40)}
              axis={{ ...result.meta.axis, size: shape[1] ?? 1 }}
              settings={settings}
              onChange={onChange}
            />
          ) : (
            <Bars
              values={values}
              all={means.data}
              names={namesOf(result.meta, length)}
              width={inner}
            />
          )}
        </>
      )}
    </div>
  );
}

function namesOf(meta: ClusterMeta, n: number): string[] {
  return Array.from(
    { length: n },
    (_, i) => meta.tracks?.[i]?.name ?? meta.names?.[i] ?? `Feature ${i + 1}`,
  );
}

interface BarsProps {
  readonly values: ArrayLike<number>;
  /** Means of all clusters: they share one axis. */
  readonly all: ArrayLike<number>;
  readonly names: readonly string[];
  readonly width: number;
}

function Bars({ values, all, names, width }: BarsProps) {
  const { count, min, max } = summarise(all);
  const [lo, hi] = count > 0 ? [Math.min(min, 0), Math.max(max, 0)] : [-1, 1];
  const x = (value: number) => ((value - lo) / (hi - lo || 1)) * width;
  return (
    <div class="hcw-feature-bars">
      {names.map((name, i) => {
        const value = values[i] as number;
        const present = Number.isFinite(value);
        const [from, to] = present
          ? [Math.min(x(0), x(value)), Math.max(x(0), x(value))]
          : [0, 0];
        return (
          <div key={name + String(i)}>
            <span title={name}>{name}</span>
            <b>{formatNumber(value, 2)}</b>
            <svg width={width} height="6" aria-hidden="true">
              <rect x={from} width={to - from} height="6" fill={value < 0 ? DOWN : UP} />
              <line class="hcw-hair" x1={x(0)} x2={x(0)} y1="0" y2="6" />
            </svg>
          </div>
        );
      })}
      <small>standardised signal</small>
    </div>
  );
}

const HEADING = 24;
/** From this width on a heading holds a hint beside it. */
const ROOMY = 150;

/** Title, axis, colour bar and unit around an average map. */
const BELOW_MAP = 84;

interface ThumbnailProps {
  readonly values: Float64Array;
  readonly all: ArrayLike<number>;
  readonly side: number;
  readonly width: number;
  readonly axis: Axis;
  readonly settings: ViewSettings;
  readonly onChange: (patch: SettingsPatch) => void;
}

/** Average map of the clusters, on limits common to all of them or its own. */
function Thumbnail(props: ThumbnailProps) {
  const { values, all, side, width, axis, settings, onChange } = props;
  const common = settings.common_limits;
  const colours = mapScale(common ? all : values, settings);
  const { lo, hi, map, unit: word } = colours;
  const stops = [0, 64, 128, 192, 255].map((index) => cssColour(map, index)).join(",");
  const entry = (name: string, value: number, key: "card_vmin" | "card_vmax") => (
    <NumberEntry
      value={value}
      isSet={settings[key] !== null}
      label={`${name} value of average maps, ${word}`}
      testId={key}
      x={0}
      y={0}
      onEnter={(next) => onChange({ [key]: next })}
    />
  );
  return (
    <>
      <AverageMap
        {...{ values, side, width, colours }}
        label={`Average map of the cluster, ${formatNumber(lo)} to ${formatNumber(hi)} ${word}`}
      />
      <div class="hcw-thumbnail-axis" style={{ width: `${width}px` }}>
        {fitting(axisTicks(axis, "centred", 0), width).map(({ at, text }) => (
          <span key={at}>{text}</span>
        ))}
      </div>
      <div class="hcw-thumbnail-bar" style={{ width: `${width}px` }}>
        {entry("Lowest", lo, "card_vmin")}
        <i style={{ background: `linear-gradient(90deg,${stops})` }} />
        {entry("Highest", hi, "card_vmax")}
      </div>
      <small>
        {word}
        <button
          type="button"
          aria-pressed={common}
          title="average maps of all clusters on the same limits"
          data-testid="common-limits"
          onClick={() => onChange({ common_limits: !common })}
        >
          common limits
        </button>
      </small>
    </>
  );
}
