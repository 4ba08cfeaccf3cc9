/** What is written on screen about a view, in one place. */

import { formatBp, formatCount, formatNumber, formatPercent } from "../plots/texts";
import type {
  ColourMap,
  Mode,
  Normalization,
  RegionSet,
  ResultMeta,
  ViewFacts,
  ViewKind,
  ViewSettings,
} from "../wire/types";

export const KIND_WORDS: Readonly<Record<ViewKind, string>> = {
  pileup: "pileup",
  profile: "line profile",
  stackup: "stackup",
  embedding1d: "embedding of signals",
  embedding2d: "embedding of contact maps",
  enrichment: "enrichment",
};

export const NORMALIZATION_WORDS: Readonly<Record<Normalization, string>> = {
  oe: "O/E",
  balanced: "balanced",
  raw: "raw counts",
};

export const MAP_WORDS: Readonly<Record<ColourMap, string>> = {
  "": "automatic",
  fall: "fall",
  coolwarm: "coolwarm",
  viridis: "viridis",
  magma: "magma",
  Reds: "reds",
  Greys: "greys",
};

export function binText(bin: number, mode: Mode): string {
  return mode === "point" ? formatBp(bin) : formatPercent(bin);
}

/** "1,013 pairs", "12 regions", "1 region". */
export function countText(n: number, pairs: boolean): string {
  const word = pairs ? "pair" : "region";
  return `${formatCount(n)} ${word}${n === 1 ? "" : "s"}`;
}

export function regionsText(regions: RegionSet | null): string {
  return regions === null ? "" : countText(regions.n, regions.pairs);
}

/** What a kind of view is made of. */
export function featureWord(kind: ViewKind): string {
  if (kind === "pileup" || kind === "embedding2d") return "contact map";
  return kind === "enrichment" ? "region set" : "signal track";
}

/** Kinds of view that show several features at once. */
export function takesMany(kind: ViewKind): boolean {
  return kind === "profile" || kind === "embedding1d" || kind === "enrichment";
}

/** Names of the chosen features; ids that are not offered stay visible. */
export function featureNames(facts: ViewFacts, settings: ViewSettings): string[] {
  return settings.features.map(
    (id) => facts.feature_options.find((option) => option.id === id)?.name ?? `feature ${id}`,
  );
}

/** The features of a card in a line. */
export function featuresText(facts: ViewFacts, settings: ViewSettings): string {
  const names = featureNames(facts, settings);
  const [first] = names;
  if (first === undefined) return `choose a ${featureWord(facts.kind)}`;
  const joined = names.join(", ");
  return joined.length <= 60 ? joined : `${first} and ${names.length - 1} more`;
}

/** What a view shows, for people who do not see it. */
export function spokenLabel(facts: ViewFacts, settings: ViewSettings): string {
  const kind = settings.title === "" ? KIND_WORDS[facts.kind] : settings.title;
  const names = featureNames(facts, settings).join(", ");
  const where = facts.regions === null ? "" : ` at ${facts.regions.name}`;
  return names === "" ? kind : `${kind} of ${names}${where}`;
}

/** The number of a result that a biologist looks at first, and what it means. */
export interface Figure {
  readonly label: string;
  readonly text: string;
  readonly meaning: string;
}

const FIGURES: readonly (readonly [name: string, label: string, meaning: string])[] = [
  [
    "ratio",
    "centre/corner",
    "mean of the middle 3 × 3 pixels divided by the mean of the four corner blocks",
  ],
  ["centre", "centre", "mean at the centre"],
  ["flanks", "flanks", "mean at both ends"],
];

export function figuresOf(kind: ViewKind, meta: ResultMeta): Figure[] {
  const found = FIGURES.flatMap(([name, label, meaning]) => {
    const value = meta.numbers[name];
    return value === undefined || value === null
      ? []
      : [{ label, text: formatNumber(value), meaning }];
  });
  return kind === "pileup" ? found.slice(0, 1) : found;
}
