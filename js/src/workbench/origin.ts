/** Where files come from: asked for once per file, and for numbers kept in a file beside. */

import { download } from "../shell/files";
import type { Reply } from "../wire/request";

/** Something that can be asked for inputs, parameters and versions. */
interface Asked {
  command(name: "provenance"): Promise<Reply | null>;
}

/** JSON text; null if it was refused, which has been said then. */
export async function originOf(store: Asked): Promise<string | null> {
  const reply = await store.command("provenance");
  return reply === null ? null : String(reply.payload.text ?? "");
}

/** The file, and beside it the same name with `.json`, which says where it comes from. */
export function downloadWithOrigin(
  name: string,
  content: Uint8Array | DataView,
  origin: string | DataView,
): void {
  download(name, new Blob([content as DataView<ArrayBuffer>]));
  download(`${name}.json`, new Blob([origin as DataView<ArrayBuffer>]));
}
