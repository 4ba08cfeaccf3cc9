/** Where the parts come from in a notebook: from the kernel, as a module of their own. */

import { shared } from "hicognition:shared";
import type { ComparisonStore } from "../state/comparison";
import { DetailsStore } from "../state/details";
import type { Asked, Later } from "./later";

export const detailsOf = (store: ComparisonStore): DetailsStore => new DetailsStore(store);

/** What the module of the parts exports: they share this program's modules by number. */
interface PartsModule {
  default(shared: readonly unknown[]): Later;
}

export async function fetchParts(asked: Asked): Promise<Later | null> {
  const reply = await asked.command("later");
  const [source] = reply?.buffers ?? [];
  if (source === undefined) return null;
  const blob = new Blob([source as DataView<ArrayBuffer>], { type: "text/javascript" });
  const address = URL.createObjectURL(blob);
  try {
    return ((await import(address)) as PartsModule).default(shared);
  } finally {
    URL.revokeObjectURL(address);
  }
}
