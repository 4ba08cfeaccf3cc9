/** Which component draws which kind of view. A kind that is not here still has a card. */

import type { ComponentType } from "preact";
import { PileupPlot, ProfilePlot, StackupPlot } from "../plots/index";
import type { PlotProps } from "../wire/plot";
import type { ViewKind } from "../wire/types";

export const PLOTS: Readonly<Partial<Record<ViewKind, ComponentType<PlotProps>>>> = {
  pileup: PileupPlot,
  profile: ProfilePlot,
  stackup: StackupPlot,
};
