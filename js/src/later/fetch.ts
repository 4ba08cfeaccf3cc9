/** What a bundle fetches, and what it needs a kernel for; each bundle has another such module. */

import type { ComparisonStore } from "../state/comparison";
import { DetailsStore } from "../state/details";
import type { Later } from "./later";

/** What looks at single regions of a comparison, as their files say; null without a kernel. */
export const detailsOf = (store: ComparisonStore): DetailsStore | null =>
  store.source.live ? new DetailsStore(store) : null;

/** The parts, here while nothing is bundled. */
export const fetchParts = async (_asked: unknown): Promise<Later | null> => import("./parts");
