/** Where the parts come from in an exported page: it has those that need no kernel. */

import type { Later } from "./later";
import * as pictures from "./pictures";

/** A page has no kernel that could read files. */
export const detailsOf = (_store: unknown): null => null;

export const fetchParts = async (_asked: unknown): Promise<Later | null> => pictures;
