/** Pictures of a plot that is on screen. */

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { DecodedResult, RowWindow, ViewSettings } from "../wire/types";
import type { Size } from "./layout";
import { exportSvg } from "./svg";

interface Figure {
  readonly size: Size;
  readonly svg: () => string;
}

const figures = new WeakMap<Element, Figure>();

/**
 * Remembers how to draw what an element shows, for as long as the element lives.
 *
 * @param rows the rows of a stackup that are on screen
 */
export function useFigure(
  root: RefObject<HTMLElement | null>,
  result: DecodedResult,
  settings: ViewSettings,
  size: Size,
  rows?: RowWindow,
): void {
  useLayoutEffect(() => {
    if (root.current === null) return;
    figures.set(root.current, { size, svg: () => exportSvg(result, settings, size, rows) });
  });
}

/** @param root the element of a plot, or one that contains it */
function figureIn(root: ParentNode): Figure {
  const element =
    root instanceof Element && figures.has(root) ? root : root.querySelector(".hcw-plot");
  const figure = element === null ? undefined : figures.get(element);
  if (figure === undefined) throw new Error("There is no picture to save yet.");
  return figure;
}

/** The plot in `root` as SVG, with the rows that are on screen. */
export const svgOf = (root: ParentNode): string => figureIn(root).svg();

/** The plot in `root` as a PNG, `scale` pixels per CSS pixel, on white ground. */
export async function exportPng(root: ParentNode, scale = 2): Promise<Blob> {
  const figure = figureIn(root);
  const { width, height } = figure.size;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(figure.svg())}`;
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
