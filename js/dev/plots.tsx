/**
 * A gallery of plots without kernel or notebook: every kind, small and large, light and dark.
 * `plots.json` beside the page (results as in exported HTML) is shown too when it is there.
 */

import { render } from "preact";
import { useState } from "preact/hooks";
import {
  EmbeddingPlot,
  EnrichmentPlot,
  figureIn,
  PileupPlot,
  ProfilePlot,
  plotStyles,
  StackupPlot,
} from "../src/plots";
import { pngOf, svgOf } from "../src/plots/pictures";
import { SETTINGS } from "../src/plots/testing";
import { decodeResult } from "../src/wire/codec";
import type { PlotProps } from "../src/wire/plot";
import type { DecodedResult, ResultMeta, WireResult } from "../src/wire/result";
import type { ViewSettings } from "../src/wire/settings";

const settings: ViewSettings = { ...SETTINGS, flank: 200_000, sort_by: "center" };

const facts: Pick<ResultMeta, "n_used" | "n_left_out" | "reasons" | "numbers"> = {
  n_used: 1013,
  n_left_out: 31,
  reasons: {},
  numbers: {},
};

const array = (data: Float32Array | Int32Array, ...shape: number[]) => ({
  dtype: data instanceof Int32Array ? ("int32" as const) : ("float32" as const),
  shape,
  data,
});

/** A map with a dot in the middle, a masked stripe and a true zero. */
export function syntheticMap(side: number): DecodedResult {
  const middle = (side - 1) / 2;
  const mean = Float32Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [Math.floor(i / side) - middle, (i % side) - middle];
    const dot = 1.4 * Math.exp(-(row * row + column * column) / (side / 3));
    return 2 ** (dot + 0.35 * Math.sin(row * 1.7) * Math.cos(column * 2.3));
  });
  for (let row = 0; row < side; row++) mean[row * side + Math.floor(side / 4)] = Number.NaN;
  const count = Int32Array.from(mean, (value) => (Number.isNaN(value) ? 0 : 987));
  return {
    key: `map ${side}`,
    meta: {
      ...facts,
      axis: { mode: "interval", bin_percent: 140 / side, expansion: 0.2, size: side },
    },
    arrays: { mean: array(mean, side, side), count: array(count, side, side) },
  };
}

/** Many lines, some with gaps, two with one name. */
export function syntheticLines(tracks: number, bins = 80): DecodedResult {
  const mean = new Float32Array(tracks * bins);
  for (let i = 0; i < mean.length; i++) {
    const [track, bin] = [Math.floor(i / bins), i % bins];
    const peak = Math.exp(-(((bin - bins / 2 - track * 2) / 8) ** 2));
    mean[i] = track % 3 === 1 && bin > 50 && bin < 56 ? Number.NaN : (track + 1) * (0.4 + peak);
  }
  const names = Array.from({ length: tracks }, (_, i) =>
    i === 1 ? "H3K4me3" : `Track ${i + 1}`,
  );
  return {
    key: `lines ${tracks}`,
    meta: {
      ...facts,
      axis: { mode: "point", flank: [200_000, 200_000], binsize: 5000, size: bins },
      tracks: names.map((name, i) => ({ ...facts, id: String(i), name })),
    },
    arrays: {
      mean: array(mean, tracks, bins),
      low: array(
        mean.map((value) => value * 0.93 - 0.02),
        tracks,
        bins,
      ),
      high: array(
        mean.map((value) => value * 1.07 + 0.02),
        tracks,
        bins,
      ),
      count: array(new Int32Array(tracks * bins).fill(900), tracks, bins),
    },
  };
}

/** Region sets around a point: some enriched, one depleted, one without any overlap. */
export function syntheticEnrichment(targets: number, bins = 40): DecodedResult {
  const odds = new Float32Array(targets * bins);
  for (let i = 0; i < odds.length; i++) {
    const [target, bin] = [Math.floor(i / bins), i % bins];
    const peak = Math.exp(-(((bin - bins / 2) / (2 + target)) ** 2));
    odds[i] = target === 3 ? 0 : 2 ** (((target % 5) - 1) * peak * 1.3 + 0.1 * Math.sin(i));
  }
  const q = odds.map((value) => (value > 2 || value < 0.6 ? 1e-6 : 0.4));
  const overlap = Int32Array.from(odds, (value) => Math.round(60 * value));
  const names = ["CTCF", "Rad21", "H3K27ac peaks of ES cells", "Enhancers", "Lamina domains"];
  return {
    key: "enrichment",
    meta: {
      ...facts,
      axis: { mode: "point", flank: [200_000, 200_000], binsize: 10_000, size: bins },
      tracks: Array.from({ length: targets }, (_, i) => ({
        ...facts,
        id: String(i),
        name: names[i] ?? `Region set ${i + 1}`,
      })),
    },
    arrays: {
      odds_ratio: array(odds, targets, bins),
      log10_p: array(
        q.map((chance) => -Math.log10(chance)),
        targets,
        bins,
      ),
      log10_q: array(
        q.map((chance) => -Math.log10(chance)),
        targets,
        bins,
      ),
      overlap: array(overlap, targets, bins),
    },
  };
}

/** Clouds of points with clusters, a value per region and what the clusters look like. */
export function syntheticEmbedding(n: number, maps = false, overlay = false): DecodedResult {
  const k = 6;
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const clusters = Int32Array.from({ length: n }, () => Math.floor(random() * k));
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const c = clusters[i] as number;
    points[2 * i] = 4 * Math.cos(c) + normal() * (0.6 + 0.15 * c);
    points[2 * i + 1] = 4 * Math.sin(1.3 * c) + normal();
  }
  points.set([Number.NaN, Number.NaN]);
  const m = 15;
  const means = maps
    ? Float32Array.from({ length: k * m * m }, (_, i) => 2 ** Math.sin(i / (40 + (i % 7))))
    : Float32Array.from({ length: k * 4 }, (_, i) => Math.sin(i * 1.7));
  const sizes = new Int32Array(k);
  for (const cluster of clusters) (sizes[cluster] as number)++;
  const names = ["CTCF", "Rad21", "H3K27ac in ES cells", "H3K9me3"];
  return {
    key: `embedding ${n}`,
    meta: {
      ...facts,
      axis: { mode: "point", flank: [200_000, 200_000], binsize: 10_000, size: 40 },
      tracks: names.map((name, i) => ({ ...facts, id: String(i), name })),
    },
    arrays: {
      points: array(points, n, 2),
      clusters: array(clusters, n),
      cluster_means: maps ? array(means, k, m, m) : array(means, k, 4),
      cluster_sizes: array(sizes, k),
      ...(overlay
        ? {
            overlay: array(
              points.filter((_, i) => i % 2 === 0),
              n,
            ),
          }
        : {}),
    },
  };
}

type Plot = (props: PlotProps) => preact.JSX.Element;

interface CardProps {
  readonly title: string;
  readonly plot: Plot;
  readonly result: DecodedResult;
  readonly start: Partial<ViewSettings>;
  readonly size: { width: number; height: number };
  readonly dimmed?: boolean;
}

function Card({ title, plot: Plot, result, start, size, dimmed = false }: CardProps) {
  const [chosen, choose] = useState<ViewSettings>({ ...settings, ...start });
  const [readout, say] = useState<string | null>(null);
  const change = (patch: Partial<ViewSettings>) => choose((now) => ({ ...now, ...patch }));
  return (
    <section class="card" data-card={title}>
      <h2>{title}</h2>
      <Plot
        result={result}
        settings={chosen}
        size={size}
        dimmed={dimmed}
        onChange={change}
        onReadout={say}
        label={title}
      />
      <p data-testid="readout">{readout ?? "1,013 regions · 31 left out"}</p>
    </section>
  );
}

const results = await fetch("plots.json")
  .then((reply) => (reply.ok ? reply.json() : {}))
  .catch(() => ({}))
  .then((found: Record<string, WireResult>) =>
    Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name, decodeResult(value)]),
    ),
  );

const middle = { width: 380, height: 320 };
const oe = { normalization: "oe", scale: "log2", symmetric: true } as const;
const cards: CardProps[] = [];
const add = (
  title: string,
  plot: Plot,
  result: DecodedResult | undefined,
  start = {},
  rest = {},
) => {
  if (result) cards.push({ title, plot, result, start, size: middle, ...rest });
};
add("Observed over expected", PileupPlot, results.oe, oe);
add("Balanced", PileupPlot, results.bal, { normalization: "balanced", scale: "log2" });
add("Stackup", StackupPlot, results.stackup);
add("Three tracks", ProfilePlot, results.profile);
add("One track", ProfilePlot, results.one);
add("Normalised", ProfilePlot, results.profile, { normalized: true });
add("Interval", PileupPlot, syntheticMap(70), oe);
add("Dimmed", PileupPlot, syntheticMap(70), oe, { dimmed: true });
add("Small", PileupPlot, syntheticMap(41), oe, { size: { width: 220, height: 180 } });
add("Ten tracks", ProfilePlot, syntheticLines(10));
add("Enrichment", EnrichmentPlot, syntheticEnrichment(5));
add("Many sets", EnrichmentPlot, syntheticEnrichment(40));
const broad = { size: { width: 560, height: 360 } };
add("Points", EmbeddingPlot, syntheticEmbedding(1013), {}, broad);
add("Density", EmbeddingPlot, syntheticEmbedding(50_000, true), oe, broad);
add("Overlay", EmbeddingPlot, syntheticEmbedding(3000, false, true), {}, broad);
add("Wide", ProfilePlot, syntheticLines(4), {}, { size: { width: 560, height: 320 } });
add("Large", PileupPlot, syntheticMap(1000), oe, { size: { width: 560, height: 480 } });

const page = document.createElement("style");
page.textContent = `${plotStyles}
  body { margin: 0; font: 12px system-ui; background: #fafafa; }
  main { display: flex; flex-wrap: wrap; gap: 8px; padding: 8px; }
  .card { background: var(--jp-layout-color1, #fff); color: var(--jp-ui-font-color1, #212121);
          border: 1px solid var(--jp-border-color2, #e0e0e0); border-radius: 4px; padding: 8px 12px; }
  .card h2 { margin: 0 0 4px; font-size: 13px; font-weight: 600; }
  .card p { margin: 4px 0 0; font-size: 11px; color: var(--jp-ui-font-color2, #616161); }
  .dark { background: #111; --jp-layout-color1: #111; --jp-layout-color2: #242424;
          --jp-ui-font-color1: rgba(255,255,255,.87); --jp-ui-font-color2: rgba(255,255,255,.6);
          --jp-border-color1: #616161; --jp-border-color2: #424242; --jp-brand-color1: #64b5f6; }`;
document.head.append(page);
const main = document.createElement("main");
main.className = location.hash === "#dark" ? "dark" : "";
document.body.append(main);
render(
  cards.map((card) => <Card key={card.title} {...card} />),
  main,
);

Object.assign(window, {
  results,
  settings,
  oe,
  EnrichmentPlot,
  figureIn,
  pngOf,
  svgOf,
  syntheticMap,
  syntheticLines,
});
