/** Pictures that say in their own metadata where they come from. */

import { withNote } from "./png";

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
