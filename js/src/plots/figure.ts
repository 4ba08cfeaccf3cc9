/** What a plot on screen is drawn from, for pictures of it. */

import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { DecodedResult, RowWindow } from "../wire/result";
import type { ViewSettings } from "../wire/settings";
import type { Size } from "./layout";

export interface Figure {
  readonly result: DecodedResult;
  readonly settings: ViewSettings;
  readonly size: Size;
  /** The rows of a stackup that are on screen. */
  readonly rows?: RowWindow | undefined;
}

const figures = new WeakMap<Element, Figure>();

/** Remembers what an element shows, for as long as the element lives. */
export function useFigure(root: RefObject<HTMLElement | null>, figure: Figure): void {
  useLayoutEffect(() => {
    if (root.current !== null) figures.set(root.current, figure);
  });
}

/** @param root the element of a plot, or one that contains it */
export function figureIn(root: ParentNode): Figure {
  const element =
    root instanceof Element && figures.has(root) ? root : root.querySelector(".hcw-plot");
  const figure = element === null ? undefined : figures.get(element);
  if (figure === undefined) throw new Error("There is no picture to save yet.");
  return figure;
}
