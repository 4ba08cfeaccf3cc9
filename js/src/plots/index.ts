/** Plots: pictures of results, and those pictures as files. */

export { EmbeddingPlot, type EmbeddingProps } from "./embedding";
export { EnrichmentPlot } from "./enrichment";
export { exportPng } from "./figure";
export { plotHeight } from "./layout";
export { PileupPlot } from "./pileup";
export { default as plotStyles } from "./plots.css";
export { ProfilePlot } from "./profile";
export { StackupPlot } from "./stackup";
export { exportSvg } from "./svg";
