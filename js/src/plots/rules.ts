/** Colour tables, defaults and units: the same file that matplotlib figures are drawn by. */

import rulesFile from "../../../hicognition_widgets/export/display.json";
import type { ColourMap, Scale } from "../wire/settings";

export type MapName = Exclude<ColourMap, "">;

export interface Defaults {
  readonly map: string;
  readonly scale: string;
  readonly symmetric: boolean;
}

export const rules = rulesFile;
export const mapNames = Object.keys(rules.tables) as MapName[];
export const categories: readonly string[] = rules.categories;
export const dashes: readonly string[] = rules.dashes;

const tables = new Map<string, Uint8Array>();
const packed = new Map<string, Uint32Array>();

interface TableSteps {
  readonly first: readonly number[];
  readonly steps: string;
}

/** The step that a letter says is its place after this one. */
const NO_STEP = "O".charCodeAt(0);

/** Red, then green, then blue, each from its first value by one small step per letter. */
function tableOf({ first, steps }: TableSteps): Uint8Array {
  const table = new Uint8Array(768);
  for (let channel = 0; channel < 3; channel++) {
    let value = first[channel] as number;
    for (let i = 0; i < 256; i++) {
      if (i > 0) value += steps.charCodeAt(channel * 255 + i - 1) - NO_STEP;
      table[3 * i + channel] = value;
    }
  }
  return table;
}

/** 256 × RGB of one map, lowest value first. */
export function colourTable(name: string): Uint8Array {
  let table = tables.get(name);
  if (table === undefined) {
    const steps = (rules.tables as Record<string, TableSteps | undefined>)[name];
    if (steps === undefined) throw new Error(`There is no colour map “${name}”.`);
    table = tableOf(steps);
    tables.set(name, table);
  }
  return table;
}

/** The same as 256 pixels, ready for the bytes of an `ImageData`. */
export function pixelTable(name: string): Uint32Array {
  let table = packed.get(name);
  if (table === undefined) {
    const rgb = colourTable(name);
    const bytes = new Uint8Array(1024);
    for (let i = 0; i < 256; i++) {
      bytes.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
      bytes[4 * i + 3] = 255;
    }
    table = new Uint32Array(bytes.buffer);
    packed.set(name, table);
  }
  return table;
}

/** `rgb(…)` text of colour `index` of a map. */
export function cssColour(name: string, index: number): string {
  const table = colourTable(name);
  return `rgb(${table[3 * index]},${table[3 * index + 1]},${table[3 * index + 2]})`;
}

function lookUp<T>(table: object, kind: string, variant: string): T {
  const entries = table as Record<string, T | undefined> & { other: T };
  return entries[`${kind}/${variant}`] ?? entries[kind] ?? entries.other;
}

/** Map, scale and symmetry a view starts with. */
export function defaults(kind: string, variant = ""): Defaults {
  return lookUp<Defaults>(rules.defaults, kind, variant);
}

/** The map in force: the chosen one, or the rule's. */
export function mapFor(kind: string, variant: string, chosen: ColourMap): string {
  return chosen || defaults(kind, variant).map;
}

/** Text beside a colour bar or value axis, such as “log2 O/E”. */
export function unit(kind: string, variant: string, scale: Scale): string {
  const name = lookUp<string>(rules.units, kind, variant);
  return scale === "log2" ? `log2 ${name}` : name;
}

/** Value in the middle of symmetric limits: 1 for a linear ratio, otherwise 0. */
export function centre(variant: string, scale: Scale): number {
  return (variant === "oe" || variant === "ratio") && scale === "linear" ? 1 : 0;
}
