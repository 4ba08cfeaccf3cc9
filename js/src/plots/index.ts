/** Plots: pictures of results, and those pictures as files. */

import cloudStyles from "./clouds.css";
import heatStyles from "./plots.css";

export const plotStyles = heatStyles + cloudStyles;

export { EmbeddingPlot, type EmbeddingProps } from "./embedding";
export { EnrichmentPlot } from "./enrichment";
export { type Figure, figureIn } from "./figure";
export { fitted, plotHeight } from "./layout";
export { PileupPlot } from "./pileup";
export { ProfilePlot } from "./profile";
export { StackupPlot } from "./stackup";
