/** Which component draws which kind of view. */

import type { ComponentType } from "preact";
import {
  EmbeddingPlot,
  EnrichmentPlot,
  PileupPlot,
  ProfilePlot,
  StackupPlot,
} from "../plots/index";
import type { PlotProps } from "../wire/plot";
import type { ViewKind } from "../wire/view";

export const PLOTS: Readonly<Record<ViewKind, ComponentType<PlotProps>>> = {
  pileup: PileupPlot,
  profile: ProfilePlot,
  stackup: StackupPlot,
  embedding1d: EmbeddingPlot,
  embedding2d: EmbeddingPlot,
  enrichment: EnrichmentPlot,
};
