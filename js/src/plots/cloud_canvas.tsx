/** Points or their density, and marked points above them. */

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { paintLevels } from "./cloud_colours";
import { paintPoints } from "./embedding_data";
import type { Box } from "./layout";
import { paint } from "./paint";
import { pixelTable } from "./rules";

interface CloudProps {
  readonly at: Float32Array;
  readonly values: ArrayLike<number>;
  readonly side: number;
  readonly asPoints: boolean;
  /** Points in sight; fewer are drawn larger. */
  readonly n: number;
  readonly map: Box;
  readonly lo: number;
  readonly hi: number;
  readonly table: string;
  /** Number of categories; 0 where values are numbers. */
  readonly levels: number;
  readonly faded: boolean;
}

const MISSING = 0xff9e9e9e;
/** Radius of a dot in pixels: the fewer there are, the larger. */
export const radiusFor = (n: number) => (n > 4000 ? 1.5 : n > 800 ? 2.3 : 3.2);
const dpr = () => Math.min(Math.max(Math.round(globalThis.devicePixelRatio || 1), 1), 3);

/** All regions; painted again when values or limits change, never when the cursor moves. */
export function Cloud(props: CloudProps) {
  const { at, values, side, asPoints, n, map, lo, hi, table, levels, faded } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = dpr();
  const width = asPoints ? map.width * ratio : side;
  const height = asPoints ? map.height * ratio : side;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const colours =
      levels > 0 ? paintLevels(values, levels) : paint(values, lo, hi, pixelTable(table));
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    if (asPoints) {
      // a region without this value is still a region: mid grey
      for (let i = 0; i < colours.length; i++) if (colours[i] === 0) colours[i] = MISSING;
      const scaled = ratio === 1 ? at : at.map((v) => v * ratio);
      paintPoints(pixels, width, height, scaled, colours, radiusFor(n) * ratio);
    } else {
      pixels.set(colours);
    }
    context.putImageData(image, 0, 0);
  }, [at, values, asPoints, n, width, height, ratio, lo, hi, table, levels]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      data-testid="plot-canvas"
      data-rows={height}
      data-cols={width}
      style={{ imageRendering: asPoints ? "auto" : "pixelated", opacity: faded ? 0.45 : 1 }}
    />
  );
}

/** Some regions in one colour, above the others. */
export function Marked(props: {
  at: Float32Array;
  n: number;
  map: Box;
  rows: Uint32Array | null;
  colour: "--selection" | "--accent";
}) {
  const { at, n, map, rows, colour } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = dpr();
  const width = map.width * ratio;
  const height = map.height * ratio;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current) return;
    context.clearRect(0, 0, width, height);
    if (rows === null) return;
    context.fillStyle = getComputedStyle(canvas.current).getPropertyValue(colour) || "#e66100";
    const radius = radiusFor(n) * ratio;
    const round = radius >= 2 * ratio;
    context.beginPath();
    for (const row of rows) {
      const x = (at[2 * row] as number) * ratio;
      const y = (at[2 * row + 1] as number) * ratio;
      if (round) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else {
        context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      }
    }
    context.fill();
  }, [at, n, rows, colour, width, height, ratio]);
  return rows === null ? null : <canvas ref={canvas} width={width} height={height} />;
}
