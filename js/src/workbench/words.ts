/** What is written on screen about a view, in one place. */

import { formatBp, formatCount, formatNumber, formatPercent } from "../plots/texts";
import type { ResultMeta } from "../wire/result";
import type { Band, ColourMap, Normalization, ViewSettings } from "../wire/settings";
import type { Mode, RegionSet, ViewFacts, ViewKind } from "../wire/view";

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

export const BAND_WORDS: Readonly<Record<Band, string>> = {
  ci95: "95 % band of the mean",
  quartiles: "Quartiles of the regions",
  none: "No band",
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

/** Name of the second map or region set; "" if there is none. */
export function versusName(facts: ViewFacts, { versus }: ViewSettings): string {
  const [id] = versus;
  if (id === undefined) return "";
  return facts.versus_options.find((option) => option.id === id)?.name ?? `dataset ${id}`;
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
  const other = versusName(facts, settings);
  const against = other === "" ? "" : ` against ${other}`;
  return names === "" ? kind : `${kind} of ${names}${where}${against}`;
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
  [
    "centre_ratio",
    "centre ratio",
    "mean of the middle 3 × 3 pixels of the first average divided by that of the second",
  ],
  ["centre", "centre", "mean at the centre"],
  ["flanks", "flanks", "mean at both ends"],
];

/** Named scores of an average map: formulas in words. */
const SCORES: readonly (readonly [name: string, label: string, meaning: string])[] = [
  ["loop_center", "loop centre", "mean of the centre 3 × 3 pixels"],
  [
    "loop_background",
    "loop background",
    "mean of the four quadrants outside the 3 rows and 3 columns of the centre",
  ],
  ["loop_ratio", "loop ratio", "loop centre divided by loop background"],
  ["loop_difference", "loop difference", "loop centre minus loop background"],
  [
    "p2ll",
    "peak to lower left",
    "centre pixel divided by the mean of the lower left corner, 6 bins wide",
  ],
  [
    "p2ll_z",
    "peak to lower left, z",
    "centre pixel minus that mean, in standard deviations of the corner",
  ],
  [
    "insulation",
    "insulation",
    "mean of upper left and lower right divided by mean of upper right and lower left; above 1 at a boundary",
  ],
  [
    "domain",
    "domain",
    "mean of the body against the mean of body and what lies before and behind it",
  ],
  [
    "stripe_downstream",
    "stripe downstream",
    "contacts of the centre 3 bins with bins further on, divided by those of bins 3 to 5 away",
  ],
  ["stripe_upstream", "stripe upstream", "the same with bins further back"],
];

/** All named scores that the window allows. */
export function scoresOf(meta: ResultMeta): Figure[] {
  return figures([...FIGURES.slice(0, 1), ...SCORES], meta);
}

function figures(names: typeof FIGURES, meta: ResultMeta): Figure[] {
  return names.flatMap(([name, label, meaning]) => {
    const value = meta.numbers[name];
    return value === undefined || value === null
      ? []
      : [{ label, text: formatNumber(value), meaning }];
  });
}

export function figuresOf(kind: ViewKind, meta: ResultMeta): Figure[] {
  const found = figures(FIGURES, meta);
  return kind === "pileup" ? found.slice(0, 1) : found;
}
