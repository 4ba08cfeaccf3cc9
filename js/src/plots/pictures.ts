/** Pictures of a plot that is on screen. */

import type { Figure } from "./figure";
import { exportSvg } from "./svg";

/** The plot as SVG, with the rows and the lines that are on screen. */
export const svgOf = ({ result, settings, size, rows }: Figure): string =>
  exportSvg(result, settings, size, rows);

/** The plot as a PNG, `scale` pixels per CSS pixel, on white ground. */
export async function pngOf(figure: Figure, scale = 2): Promise<Blob> {
  const { width, height } = figure.size;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(figure))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("This browser cannot make a picture here.");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error("This browser could not make the picture."));
      else resolve(blob);
    }, "image/png");
  });
}
