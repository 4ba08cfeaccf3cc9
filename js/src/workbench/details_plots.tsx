/** What a region has by itself: its snippet of a contact map and its signal. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Select } from "../controls/select";
import { BottomAxis, crisp } from "../plots/axes";
import { axisTicks, fractionOf } from "../plots/axis";
import { PileupPlot } from "../plots/index";
import { BELOW, type Box, INSET, pileupLayout, plotHeight, TOP } from "../plots/layout";
import { linePath } from "../plots/lines";
import { projection } from "../plots/profile_chart";
import { categories } from "../plots/rules";
import { profileRange } from "../plots/stackup_parts";
import { formatNumber } from "../plots/texts";
import type {
  DetailsState,
  DetailsStore,
  Facts,
  Part,
  Snippet,
  TrackSignal,
} from "../state/details";
import type { DecodedResult } from "../wire/result";
import type { Normalization, SettingsPatch, ViewSettings } from "../wire/settings";
import { readSettings } from "../wire/traits";
import { Loading, PANEL } from "./details_frame";
import { binText, NORMALIZATION_WORDS } from "./words";

const WIDTH = PANEL - 26;
const NORMALIZATIONS = Object.keys(NORMALIZATION_WORDS) as Normalization[];
const PLAIN: ViewSettings = { ...readSettings(() => undefined), cmap: "fall" };
const NO_LIMITS: SettingsPatch = { vmin: null, vmax: null };

export function SnippetPart(props: {
  readonly store: DetailsStore;
  readonly state: DetailsState;
  readonly facts: Facts;
}): JSX.Element | null {
  const { store, state, facts } = props;
  const { choice, map: part, pixel } = state;
  if (facts.maps.length === 0) return null;
  const chosen = facts.maps.find(({ id }) => id === choice?.feature);
  const mode = facts.loci.length > 0 && isInterval(part) ? "interval" : "point";
  const shown = part.show === "ready" ? part.data : part.show === "loading" ? part.old : null;
  return (
    <section
      aria-label="contact map of this region"
      data-testid="region-map"
      data-status={part.show}
    >
      <div class="details-choices">
        <Select
          label="contact map"
          class="title"
          value={choice?.feature ?? ""}
          placeholder="choose a contact map"
          options={facts.maps.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(feature) => store.choose({ feature })}
          testid="details-map"
        />
        <span class="space" />
        {choice === null ? null : (
          <>
            <Select
              label="normalization"
              value={choice.normalization}
              options={NORMALIZATIONS.map((value) => ({
                value,
                label: NORMALIZATION_WORDS[value],
              }))}
              onChange={(value) => store.choose({ normalization: value as Normalization })}
              testid="details-normalization"
            />
            <Select
              label="bin size"
              value={String(choice.bin)}
              options={(chosen?.bins ?? []).map((bin) => ({
                value: String(bin),
                label: binText(bin, mode),
              }))}
              onChange={(value) => store.choose({ bin: Number(value) })}
              testid="details-bin"
            />
          </>
        )}
      </div>
      {part.show === "failed" ? (
        <p class="error" role="alert">
          {part.message}
        </p>
      ) : shown !== null && choice !== null ? (
        <SnippetPlot
          snippet={shown}
          normalization={choice.normalization}
          dimmed={part.show === "loading"}
          pixel={pixel}
        />
      ) : part.show === "loading" ? (
        <Loading what="the contact map" />
      ) : null}
    </section>
  );
}

/** Bins of intervals are percents; before the first snippet no one can tell. */
function isInterval(part: Part<Snippet>): boolean {
  const shown = part.show === "ready" ? part.data : part.show === "loading" ? part.old : null;
  return shown?.axis.mode === "interval";
}

function SnippetPlot(props: {
  readonly snippet: Snippet;
  readonly normalization: Normalization;
  readonly dimmed: boolean;
  readonly pixel: DetailsState["pixel"];
}): JSX.Element {
  const { snippet, normalization, dimmed, pixel } = props;
  const [limits, setLimits] = useState<SettingsPatch>(NO_LIMITS);
  const [readout, setReadout] = useState<string | null>(null);
  const { axis, values } = snippet;
  const result = useMemo<DecodedResult>(
    () => ({
      key: "",
      meta: { n_used: 1, n_left_out: 0, reasons: {}, numbers: {}, axis },
      arrays: {
        mean: { dtype: "float32", shape: [axis.size, axis.size], data: values },
      },
    }),
    [axis, values],
  );
  const size = { width: WIDTH, height: plotHeight("pileup", WIDTH) };
  const { map } = pileupLayout(size);
  const source =
    snippet.binsize === null || axis.mode === "point"
      ? ""
      : `read at ${binText(snippet.binsize, "point")}`;
  return (
    <>
      <div class="details-map">
        <PileupPlot
          result={result}
          settings={{ ...PLAIN, ...limits, normalization }}
          size={size}
          dimmed={dimmed}
          label="this region alone"
          onChange={(patch) => setLimits((old) => ({ ...old, ...patch }))}
          onReadout={setReadout}
        />
        {pixel === null ? null : <Mark snippet={snippet} pixel={pixel} box={map} />}
      </div>
      <p class="muted details-status" data-testid="details-readout">
        {snippet.reason !== "" ? snippet.reason : (readout ?? source)}
        &nbsp;
      </p>
    </>
  );
}

/** The pixel of the average that was clicked. */
function Mark(props: {
  readonly snippet: Snippet;
  readonly pixel: readonly [number, number];
  readonly box: Box;
}): JSX.Element | null {
  const { snippet, pixel, box } = props;
  const { axis } = snippet;
  const bins = pixel.map((place) =>
    Math.floor(fractionOf(axis, place, "centred") * axis.size + 1e-6),
  ) as [number, number];
  if (bins.some((bin) => bin < 0 || bin >= axis.size)) return null;
  const [row, column] = bins;
  const side = box.width / axis.size;
  return (
    <span
      class="details-mark"
      data-testid="details-mark"
      title="the pixel that was clicked"
      style={{
        left: `${box.x + column * side - 2}px`,
        top: `${box.y + row * side - 2}px`,
        width: `${side + 4}px`,
        height: `${side + 4}px`,
      }}
    />
  );
}

const STRIP = 34;
const STRIP_STEP = STRIP + 22;

export function TracksPart(props: {
  readonly part: Part<readonly TrackSignal[]>;
}): JSX.Element | null {
  const { part } = props;
  switch (part.show) {
    case "none":
      return null;
    case "failed":
      return (
        <p class="error" role="alert">
          {part.message}
        </p>
      );
    case "loading":
      return part.old === null ? (
        <Loading what="the signal" />
      ) : (
        <Tracks tracks={part.old} dimmed />
      );
    case "ready":
      return <Tracks tracks={part.data} dimmed={false} />;
  }
}

function Tracks(props: {
  readonly tracks: readonly TrackSignal[];
  readonly dimmed: boolean;
}): JSX.Element {
  const { tracks, dimmed } = props;
  const { map } = pileupLayout({ width: WIDTH, height: 1e6 });
  const first = tracks.find(({ axis }) => axis.size > 0);
  const height = TOP + tracks.length * STRIP_STEP + BELOW;
  const axisBox: Box = { x: map.x, y: 0, width: map.width, height: height - BELOW };
  const names = tracks.map(({ name, side }) =>
    side === "" ? name : `${name}, ${side} anchor`,
  );
  return (
    <section aria-label="signal of this region" data-testid="region-tracks">
      <div
        class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
        style={{ width: `${WIDTH}px`, height: `${height}px` }}
      >
        <svg
          class="hcw-svg"
          width={WIDTH}
          height={height}
          role="img"
          aria-label={`signal around this region: ${names.join(", ")}`}
        >
          {tracks.map((track, i) => (
            <Strip
              key={`${track.name} ${track.side}`}
              track={track}
              name={names[i] ?? ""}
              colour={categories[i % categories.length] ?? ""}
              box={{ ...axisBox, y: TOP + i * STRIP_STEP + 16, height: STRIP }}
            />
          ))}
          {first === undefined ? null : (
            <BottomAxis box={axisBox} ticks={axisTicks(first.axis, "meeting", map.width)} />
          )}
        </svg>
      </div>
    </section>
  );
}

function Strip(props: {
  readonly track: TrackSignal;
  readonly name: string;
  readonly colour: string;
  readonly box: Box;
}): JSX.Element {
  const { track, name, colour, box } = props;
  const { values, axis, problem } = track;
  const range = profileRange([values]);
  const { x, y } = projection(box, Math.max(values.length, 1), range);
  const middle = crisp(box.x + fractionOf(axis, 0, "meeting") * box.width);
  const bottom = box.y + box.height;
  return (
    <g>
      <text class="hcw-strong" x={box.x} y={box.y - 4}>
        {name.length > 44 ? `${name.slice(0, 43)}…` : name}
        <title>{name}</title>
      </text>
      <path class="hcw-hair" d={`M${box.x} ${bottom + 0.5}h${box.width}`} />
      {problem !== "" || values.length === 0 ? (
        <text x={box.x} y={box.y + 20}>
          {problem || "no data"}
        </text>
      ) : (
        <>
          <line
            class="hcw-hair"
            stroke-dasharray="2 3"
            x1={middle}
            x2={middle}
            y1={box.y}
            y2={bottom}
          />
          <text x={INSET - 8} y={box.y + 8} text-anchor="end">
            {formatNumber(range[1])}
          </text>
          <text x={INSET - 8} y={bottom} text-anchor="end">
            {formatNumber(range[0])}
          </text>
          <path class="hcw-line" d={linePath(values, x, y)} stroke={colour} />
        </>
      )}
    </g>
  );
}
