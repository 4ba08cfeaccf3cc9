/** The average map of a cluster as pixels, in the colours and limits of all of them. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { ViewSettings } from "../wire/settings";
import { autoLimits, summarise, toCells, toDisplay, type Values } from "./limits";
import { paint } from "./paint";
import { centre, defaults, pixelTable, rules, unit } from "./rules";

export interface MapScale {
  readonly lo: number;
  readonly hi: number;
  /** Name of the colour map. */
  readonly map: string;
  readonly scale: ViewSettings["scale"];
  readonly unit: string;
}

/** Limits chosen by hand, or those that the values suggest. */
export function mapScale(values: Values, settings: ViewSettings): MapScale {
  const { scale, normalization, card_vmin, card_vmax } = settings;
  const { map, symmetric } = defaults("pileup", normalization || "balanced");
  const middle = centre(normalization, scale);
  const [lo, hi] = autoLimits(summarise(toDisplay(values, scale)), symmetric, middle);
  const word = unit("pileup", normalization, scale);
  return { lo: card_vmin ?? lo, hi: card_vmax ?? hi, map, scale, unit: word };
}

interface Props {
  /** Row by row, before the logarithm. */
  readonly values: Values;
  readonly side: number;
  /** Pixels on screen. */
  readonly width: number;
  readonly colours: MapScale;
  readonly label?: string;
}

export function AverageMap({ values, side, width, colours, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { lo, hi, map, scale } = colours;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    paint(toCells(values, scale), lo, hi, pixelTable(map), pixels);
    context.putImageData(image, 0, 0);
  }, [values, side, lo, hi, map, scale]);
  return (
    <canvas
      ref={canvas}
      class="hcw-thumbnail"
      width={side}
      height={side}
      {...(label === undefined ? {} : { role: "img", "aria-label": label })}
      style={{
        width: `${width}px`,
        height: `${width}px`,
        "--hatch-ground": rules.missing.ground,
        "--hatch-line": rules.missing.line,
      }}
    />
  );
}
