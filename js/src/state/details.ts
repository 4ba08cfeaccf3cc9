/** State of the panel that shows one region: which one, what was asked, what came. */

import type { Pixel } from "../wire/plot";
import type { CommandArgs, Reply } from "../wire/request";
import type { Axis } from "../wire/result";
import type { Normalization } from "../wire/settings";
import { CommandError } from "../wire/source";
import type { ComparisonStore } from "./comparison";
import { withPatience } from "./patience";
import type { Readable } from "./store";

/** One part of the panel; while it loads, the part of the last region may stay. */
export type Part<T> =
  | { readonly show: "none" }
  | { readonly show: "loading"; readonly old: T | null }
  | { readonly show: "failed"; readonly message: string }
  | { readonly show: "ready"; readonly data: T };

export interface MapOption {
  readonly id: string;
  readonly name: string;
  /** bp, or percent of the region for intervals. */
  readonly bins: readonly number[];
  readonly usual: number | null;
}

/** Which contact map the snippet is of, and how. */
export interface Choice {
  readonly feature: string;
  readonly bin: number;
  readonly normalization: Normalization;
}

export interface Facts {
  readonly row: number;
  /** Place among those that next and previous go through; null for one that is not. */
  readonly place: number | null;
  readonly total: number;
  readonly selected: boolean;
  readonly loci: readonly { readonly label: string; readonly text: string }[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly columns: readonly (readonly [name: string, text: string])[];
  readonly annotations: readonly (readonly [name: string, text: string])[];
  readonly maps: readonly MapOption[];
  readonly choice: Choice | null;
  readonly sources: readonly { readonly id: string; readonly label: string }[];
  readonly tracks: number;
  readonly higlass: boolean;
}

export interface Snippet {
  readonly values: Float32Array;
  readonly axis: Axis;
  /** Why there is nothing to see, or "". */
  readonly reason: string;
  readonly binsize: number | null;
}

export interface TrackSignal {
  readonly name: string;
  readonly side: string;
  readonly problem: string;
  readonly axis: Axis;
  readonly values: Float32Array;
}

export interface Member {
  readonly name: string;
  readonly overlaps: number;
  readonly in_window: number;
  readonly nearest: number | null;
  readonly problem: string;
}

export interface DetailsState {
  readonly open: boolean;
  readonly row: number | null;
  readonly facts: Part<Facts>;
  readonly map: Part<Snippet>;
  readonly tracks: Part<readonly TrackSignal[]>;
  readonly members: Part<readonly Member[]>;
  /** Reference of the HiGlass widget. */
  readonly higlass: Part<string>;
  readonly choice: Choice | null;
  readonly source: string;
  /** The pixel of the average that was clicked, as offsets in bp or percent. */
  readonly pixel: readonly [row: number, column: number] | null;
}

const NONE = { show: "none" } as const;
const CLOSED: DetailsState = {
  open: false,
  row: null,
  facts: NONE,
  map: NONE,
  tracks: NONE,
  members: NONE,
  higlass: NONE,
  choice: null,
  source: "",
  pixel: null,
};
const UCSC = "https://genome.ucsc.edu/";

type PartName = "facts" | "map" | "tracks" | "members" | "higlass";

export class DetailsStore implements Readable<DetailsState> {
  #state = CLOSED;
  readonly #listeners = new Set<() => void>();
  readonly #asked = new Map<PartName, number>();
  readonly #stop: () => void;
  /** Steps that were pressed since Python last said which region it is. */
  #steps = 0;
  /** The person chose map, bins or normalization here; clicks elsewhere keep that. */
  #chosen = false;
  #seen: string;

  constructor(readonly comparison: ComparisonStore) {
    this.#seen = this.#scene();
    this.#stop = comparison.subscribe(() => this.#follow());
  }

  get(): DetailsState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #set(part: Partial<DetailsState>): void {
    this.#state = { ...this.#state, ...part };
    for (const listener of [...this.#listeners]) listener();
  }

  /** What the region's surroundings depend on. */
  #scene(): string {
    const { regions, settings, selection, views } = this.comparison.get().snapshot;
    return JSON.stringify([regions?.id, settings.flank, selection, views]);
  }

  #follow(): void {
    const before = this.#seen;
    this.#seen = this.#scene();
    if (!this.#state.open || this.#seen === before) return;
    const regions = (scene: string): unknown => (JSON.parse(scene) as unknown[])[0];
    if (regions(before) !== regions(this.#seen)) this.close();
    else if (this.#state.row !== null) void this.#look({ row: this.#state.row });
  }

  /** Shows a region; without a row the one that is shown, or the first selected one. */
  open(row: number | null, viewId = "", pixel: DetailsState["pixel"] = null): void {
    if (!this.comparison.source.live) return;
    const wanted = row ?? this.#state.row;
    this.#steps = 0;
    this.#set({ open: true, pixel });
    void this.#look({ row: wanted, view_id: viewId });
  }

  /** Goes on by so many regions. */
  step(by: number): void {
    if (!this.#state.open) return;
    this.#steps += by;
    void this.#look({ row: this.#state.row, step: this.#steps });
  }

  close(): void {
    for (const name of this.#asked.keys()) this.#newest(name);
    this.#steps = 0;
    this.#chosen = false;
    this.#set(CLOSED);
  }

  choose(patch: Partial<Choice>): void {
    const { choice, facts } = this.#state;
    const maps = facts.show === "ready" ? facts.data.maps : [];
    const feature = patch.feature ?? choice?.feature;
    const map = maps.find(({ id }) => id === feature);
    if (feature === undefined || map === undefined) return;
    const bin = patch.bin ?? choice?.bin ?? map.usual;
    const fits = bin !== null && map.bins.includes(bin) ? bin : map.usual;
    if (fits === null) return;
    this.#chosen = true;
    const normalization = patch.normalization ?? choice?.normalization ?? "balanced";
    this.#set({ choice: { feature, bin: fits, normalization } });
    void this.#askMap();
  }

  chooseSource(source: string): void {
    this.#set({ source });
    void this.#askMembers();
  }

  async showHiglass(): Promise<void> {
    const { row, choice } = this.#state;
    await this.#ask("higlass", { row, feature: choice?.feature ?? "" }, ({ payload }) =>
      String(payload.widget ?? ""),
    );
  }

  async #look(args: CommandArgs): Promise<void> {
    const facts = await this.#ask("facts", args, ({ payload }) => readFacts(payload));
    if (facts === null) return;
    this.#steps = 0;
    const { choice, source } = this.#state;
    const kept = this.#chosen && facts.maps.some(({ id }) => id === choice?.feature);
    const known = facts.sources.some(({ id }) => id === source);
    this.#newest("higlass");
    this.#set({
      row: facts.row,
      choice: kept ? choice : facts.choice,
      source: known ? source : (facts.sources[0]?.id ?? ""),
      higlass: NONE,
    });
    await Promise.all([this.#askMap(), this.#askTracks(facts.tracks), this.#askMembers()]);
  }

  async #askMap(): Promise<void> {
    const { row, choice } = this.#state;
    if (row === null || choice === null) {
      this.#newest("map");
      this.#set({ map: NONE });
      return;
    }
    await this.#ask("map", { row, ...choice }, ({ payload, buffers }) => ({
      values: floatsOf(buffers[0]),
      axis: payload.axis as Axis,
      reason: String(payload.reason ?? ""),
      binsize: typeof payload.binsize === "number" ? payload.binsize : null,
    }));
  }

  async #askTracks(count: number): Promise<void> {
    const { row } = this.#state;
    if (count === 0) {
      this.#newest("tracks");
      this.#set({ tracks: NONE });
      return;
    }
    await this.#ask("tracks", { row }, ({ payload, buffers }) => {
      const values = floatsOf(buffers[0]);
      let from = 0;
      return (payload.tracks as Omit<TrackSignal, "values">[]).map((track) => {
        const own = values.subarray(from, from + track.axis.size);
        from += track.axis.size;
        return { ...track, values: own };
      });
    });
  }

  async #askMembers(): Promise<void> {
    const { row, source } = this.#state;
    if (source === "") {
      this.#newest("members");
      this.#set({ members: NONE });
      return;
    }
    await this.#ask(
      "members",
      { row, source },
      ({ payload }) => payload.members as readonly Member[],
    );
  }

  #newest(part: PartName): number {
    const number = (this.#asked.get(part) ?? 0) + 1;
    this.#asked.set(part, number);
    return number;
  }

  /** Asks for a part; an answer that is no longer the newest is dropped, and so is null. */
  async #ask<T>(
    part: PartName,
    args: CommandArgs,
    read: (reply: Reply) => T,
  ): Promise<T | null> {
    const number = this.#newest(part);
    const before = this.#state[part] as Part<T>;
    const old =
      before.show === "ready" ? before.data : before.show === "loading" ? before.old : null;
    this.#set({ [part]: { show: "loading", old } });
    const end = (news: Part<T>): void => {
      if (this.#asked.get(part) === number) this.#set({ [part]: news });
    };
    try {
      const asked = this.comparison.source.command("details", { part, ...args });
      const data = read(await withPatience("details", asked));
      if (this.#asked.get(part) !== number) return null;
      end({ show: "ready", data });
      return data;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // another front end of the same notebook asked: what it shows is not this panel's
      end({ show: "failed", message: error.message });
      return null;
    }
  }

  dispose(): void {
    this.#stop();
    this.#listeners.clear();
  }
}

/** Offsets of a clicked pixel, so that it is found at any resolution. */
export function offsetsOf(axis: Axis, { row, column }: Pixel): readonly [number, number] {
  const at = (bin: number): number =>
    axis.mode === "interval"
      ? (bin + 0.5) * axis.bin_percent - 100 * axis.expansion
      : (bin + 0.5 - axis.size / 2) * axis.binsize;
  return [at(row), at(column)];
}

function readFacts(payload: Reply["payload"]): Facts {
  const facts = payload as unknown as Facts;
  // the page follows no address that Python did not make for this browser
  return { ...facts, links: facts.links.filter(({ url }) => url.startsWith(UCSC)) };
}

/** A copy: the buffer of a message may begin anywhere. */
function floatsOf(view: DataView | undefined): Float32Array {
  if (view === undefined) return new Float32Array();
  const bytes = new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
  return new Float32Array(bytes.slice().buffer);
}
