/** Files that say where they come from: pictures in their metadata, numbers in a file beside. */

import { withNote } from "../plots/png";
import { download } from "../shell/files";
import type { Reply } from "../wire/types";

/** Something that can be asked for inputs, parameters and versions. */
interface Asked {
  command(name: "provenance"): Promise<Reply | null>;
}

/** JSON text; null if it was refused, which has been said then. */
export async function originOf(store: Asked): Promise<string | null> {
  const reply = await store.command("provenance");
  return reply === null ? null : String(reply.payload.text ?? "");
}

export async function pngWithOrigin(picture: Blob, origin: string): Promise<Blob> {
  const bytes = new Uint8Array(await picture.arrayBuffer());
  return new Blob([withNote(bytes, "Description", origin) as Uint8Array<ArrayBuffer>], {
    type: "image/png",
  });
}

export function svgWithOrigin(svg: string, origin: string): string {
  const text = origin.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return svg.replace(/^<svg[^>]*>/, (start) => `${start}<metadata>${text}</metadata>`);
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
