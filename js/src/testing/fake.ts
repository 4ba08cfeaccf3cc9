/** Models and results that look like Python's, for tests and the development page. */

import type { DType, TypedArray, WireArray } from "../wire/arrays";
import type { ModelListener, WidgetHost, WidgetModel } from "../wire/model";
import type { WireResult } from "../wire/result";

export type Handler = (
  name: string,
  args: Record<string, unknown>,
) => { payload?: Record<string, unknown>; buffers?: DataView[]; error?: string } | null;

/** A widget model without a kernel: it remembers what the browser sent. */
export class FakeModel implements WidgetModel {
  readonly sent: unknown[] = [];
  readonly saved: Record<string, unknown>[] = [];
  readonly #traits: Record<string, unknown>;
  readonly #listeners = new Map<string, Set<ModelListener>>();
  #unsaved: Record<string, unknown> = {};
  /** Called after each `save_changes`, as Python's observers would be. */
  onSave: (changes: Record<string, unknown>) => void = () => undefined;
  onCommand: Handler = () => ({});

  constructor(traits: Record<string, unknown>) {
    this.#traits = { ...traits };
  }

  get(name: string): unknown {
    return this.#traits[name];
  }

  set(name: string, value: unknown): void {
    this.#unsaved[name] = value;
    this.#apply({ [name]: value });
  }

  /** A message from Python: all traits change before any listener hears of it. */
  update(patch: Readonly<Record<string, unknown>>): void {
    this.#apply(patch);
  }

  #apply(patch: Readonly<Record<string, unknown>>): void {
    const changed = Object.entries(patch).filter(([name, v]) => this.#traits[name] !== v);
    Object.assign(this.#traits, patch);
    for (const [name] of changed) this.#fire(`change:${name}`);
  }

  save_changes(): void {
    const changes = this.#unsaved;
    this.#unsaved = {};
    this.saved.push(changes);
    this.onSave(changes);
  }

  on(event: string, listener: ModelListener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
  }

  off(event: string, listener: ModelListener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  send(content: unknown): void {
    this.sent.push(content);
    const { id, name, args } = content as {
      id: string;
      name: string;
      args: Record<string, unknown>;
    };
    const answer = this.onCommand(name, args);
    if (answer === null) return;
    const { error } = answer;
    const reply =
      error === undefined
        ? { v: 1, id, ok: true, payload: answer.payload ?? {} }
        : { v: 1, id, ok: false, error: { code: "Refused", message: error } };
    queueMicrotask(() => this.reply(reply, answer.buffers ?? []));
  }

  reply(content: unknown, buffers: DataView[] = []): void {
    this.#fire("msg:custom", content, buffers);
  }

  #fire(event: string, ...values: unknown[]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(...values);
  }

  /** Listeners that were added and not taken away. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
  }
}

export class FakeHost implements WidgetHost {
  constructor(readonly models: Readonly<Record<string, FakeModel>>) {}

  getModel(ref: string): Promise<WidgetModel> {
    const model = this.models[ref];
    return model === undefined
      ? Promise.reject(new Error(`no model ${ref}`))
      : Promise.resolve(model);
  }
}

const NAMES: readonly [DType, { name: string }][] = [
  ["float32", Float32Array],
  ["float64", Float64Array],
  ["int32", Int32Array],
  ["uint32", Uint32Array],
  ["uint8", Uint8Array],
];

/** Typed array as Python would send it; `shift` bytes stand before it in its buffer. */
export function wire(data: TypedArray, shape: readonly number[], shift = 0): WireArray {
  const bytes = new Uint8Array(shift + data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), shift);
  const dtype = NAMES.find(([, make]) => make.name === data.constructor.name)?.[0] ?? "uint8";
  return { dtype, shape, data: new DataView(bytes.buffer, shift, data.byteLength) };
}

/** A seeded generator, so that pictures of tests are always the same. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Average map with a loop of `strength` in the middle and missing pixels on one diagonal. */
export function pileupResult(options: {
  flank: number;
  binsize: number;
  strength?: number;
  key?: string;
  seed?: number;
}): WireResult {
  const { flank, binsize, strength = 2.2, seed = 1 } = options;
  const size = 2 * Math.floor(flank / binsize) + 1;
  const random = generator(seed);
  const mean = new Float32Array(size * size);
  const count = new Int32Array(size * size);
  const middle = (size - 1) / 2;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const distance = Math.hypot(row - middle, column - middle) / (size / 9);
      const peak = (strength - 1) * Math.exp(-distance * distance);
      const slope = 0.12 * Math.sign(column - row) * Math.exp(-Math.abs(distance) / 4);
      const i = row * size + column;
      mean[i] = (1 + peak + slope) * (0.93 + 0.14 * random());
      count[i] = 950 + Math.floor(32 * random());
    }
  }
  mean[0] = Number.NaN;
  return {
    key: options.key ?? `pileup-${flank}-${binsize}-${strength}-${seed}`,
    meta: {
      n_used: 982,
      n_left_out: 31,
      reasons: {
        "crosses the end of its chromosome arm": 24,
        "lies on a chromosome that the contact map does not have": 7,
      },
      numbers: { centre: strength * 0.97, corners: 1.01, ratio: (strength * 0.97) / 1.01 },
      axis: { mode: "point", flank: [flank, flank], binsize, size },
    },
    arrays: { mean: wire(mean, [size, size], 4), count: wire(count, [size, size]) },
  };
}

export function profileResult(options: {
  flank: number;
  binsize: number;
  tracks: readonly { id: string; name: string }[];
}): WireResult {
  const { flank, binsize, tracks } = options;
  const bins = Math.floor((2 * flank) / binsize);
  const random = generator(7);
  const mean = new Float32Array(tracks.length * bins);
  const low = new Float32Array(mean.length);
  const high = new Float32Array(mean.length);
  tracks.forEach((_, track) => {
    for (let bin = 0; bin < bins; bin++) {
      const x = ((bin + 0.5) / bins - 0.5) * 8;
      const i = track * bins + bin;
      const value = 1 + (3 - track) * Math.exp(-x * x) + 0.15 * random();
      mean[i] = track === 1 && bin === 3 ? Number.NaN : value;
      low[i] = value - 0.2;
      high[i] = value + 0.2;
    }
  });
  return {
    key: `profile-${flank}-${binsize}-${tracks.map(({ id }) => id).join("+")}`,
    meta: {
      n_used: 1002,
      n_left_out: 11,
      reasons: { "has no data": 11 },
      numbers: tracks.length === 1 ? { centre: 3.9, flanks: 1.05 } : {},
      axis: { mode: "point", flank: [flank, flank], binsize, size: bins },
      tracks: tracks.map((track) => ({ ...track, n_used: 1002, n_left_out: 11, numbers: {} })),
    },
    arrays: {
      mean: wire(mean, [tracks.length, bins]),
      low: wire(low, [tracks.length, bins]),
      high: wire(high, [tracks.length, bins]),
      count: wire(new Int32Array(mean.length).fill(1002), [tracks.length, bins]),
    },
  };
}

export function stackupResult(options: {
  flank: number;
  binsize: number;
  rows?: number;
  ascending?: boolean;
}): WireResult {
  const { flank, binsize, rows = 300, ascending = false } = options;
  const bins = Math.floor((2 * flank) / binsize);
  const random = generator(11);
  const image = new Float32Array(rows * bins);
  const profile = new Float32Array(bins);
  for (let row = 0; row < rows; row++) {
    const rank = ascending ? rows - 1 - row : row;
    const strength = 4 * (1 - rank / rows) ** 2;
    for (let bin = 0; bin < bins; bin++) {
      const x = ((bin + 0.5) / bins - 0.5) * 10;
      const value = 0.3 * random() + strength * Math.exp(-x * x);
      image[row * bins + bin] = row > rows - 9 ? Number.NaN : value;
      profile[bin] = (profile[bin] ?? 0) + value / rows;
    }
  }
  return {
    key: `stackup-${flank}-${binsize}-${ascending}`,
    meta: {
      n_used: rows - 8,
      n_left_out: 8,
      reasons: { "has no data": 8 },
      numbers: {},
      axis: { mode: "point", flank: [flank, flank], binsize, size: bins },
      n_rows: rows,
    },
    arrays: {
      image: wire(image, [rows, bins]),
      row_edges: wire(
        Int32Array.from({ length: rows + 1 }, (_, i) => i),
        [rows + 1],
      ),
      profile: wire(profile, [bins]),
    },
  };
}

const REGIONS = { id: "1", name: "CH12 loops", n: 1013, pairs: true, mode: "point" };
const MAPS = [
  { id: "2", name: "Hi-C Scc1 control", kind: "contact_map", detail: "contact map · mm9" },
  { id: "3", name: "Hi-C Scc1 KO", kind: "contact_map", detail: "contact map · mm9" },
];
const TRACKS = [
  { id: "4", name: "CTCF sites", kind: "signal_track", detail: "signal track · mm9" },
  { id: "5", name: "insulation control", kind: "signal_track", detail: "signal track · mm9" },
  { id: "6", name: "insulation KO", kind: "signal_track", detail: "signal track · mm9" },
  {
    id: "7",
    name: "E1 of the compartments",
    kind: "signal_track",
    detail: "signal track · mm9",
  },
];
const FLANKS = [50_000, 100_000, 200_000, 400_000, 1_000_000];

const COMMON = {
  title: "",
  mode: "point",
  pairs: true,
  regions: REGIONS,
  flank: 200_000,
  flank_options: FLANKS,
  binsize: 10_000,
  bin_percent: null,
  side: "",
  vmin: null,
  vmax: null,
  cmap: "",
  scale: "linear",
  symmetric: false,
  clip: 1,
  width: 0,
  height: 0,
  status: "ready",
  stale: false,
  message: "",
  detail: "",
  progress: null,
  elapsed: 0,
  note: "",
  marked: null,
};

export function pileupTraits(patch: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...COMMON,
    kind: "pileup",
    view_id: "1",
    features: ["2"],
    feature_options: MAPS,
    bin_options: [10_000, 20_000, 50_000],
    normalization: "oe",
    normalization_options: ["oe", "balanced", "raw"],
    versus: [],
    versus_options: [
      MAPS[1],
      { id: "9", name: "CTCF sites +", kind: "regions", detail: "region set · mm9" },
    ],
    contrast: "ratio",
    contour: true,
    scale: "log2",
    symmetric: true,
    result: pileupResult({ flank: 200_000, binsize: 10_000 }),
    ...patch,
  };
}

export function profileTraits(patch: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...COMMON,
    kind: "profile",
    view_id: "3",
    side: "left",
    features: ["4", "5"],
    feature_options: TRACKS,
    bin_options: [2_000, 5_000, 10_000],
    binsize: 5_000,
    normalized: false,
    band: "ci95",
    hidden: [],
    result: profileResult({ flank: 200_000, binsize: 5_000, tracks: TRACKS.slice(0, 2) }),
    ...patch,
  };
}

export function stackupTraits(patch: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...COMMON,
    kind: "stackup",
    view_id: "4",
    side: "left",
    features: ["4"],
    feature_options: TRACKS,
    bin_options: [2_000, 5_000, 10_000],
    binsize: 5_000,
    sort_by: "center",
    sort_options: [
      { id: "center", label: "centre" },
      { id: "region", label: "region mean" },
      { id: "input", label: "input order" },
    ],
    ascending: false,
    sort_track: "",
    sort_seed: 42,
    group_by: "",
    group_clusters: 10,
    group_binsize: null,
    zoom: null,
    result: stackupResult({ flank: 200_000, binsize: 5_000 }),
    ...patch,
  };
}

export function comparisonTraits(
  views: readonly string[],
  patch: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    kind: "comparison",
    title: "",
    mode: "point",
    regions: REGIONS,
    region_options: [
      { id: "1", name: "CH12 loops", detail: "1,013 regions" },
      { id: "9", name: "CTCF sites +", detail: "4,120 regions" },
    ],
    flank: 200_000,
    flank_options: FLANKS,
    columns: 0,
    views,
    add_options: [
      { kind: "pileup", label: "Pileup: average contact map" },
      { kind: "profile", label: "Line profile: average signal" },
      { kind: "stackup", label: "Stackup: signal of each region" },
    ],
    selection_facts: { count: null, total: 1013, name: "" },
    status: "ready",
    message: "",
    can_undo: false,
    can_redo: false,
    ...patch,
  };
}
