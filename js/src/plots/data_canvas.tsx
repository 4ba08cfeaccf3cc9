/** The data of a map as pixels: one per cell, enlarged without smoothing. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { type Box, boxStyle } from "./layout";
import type { Values } from "./limits";
import { cellAt, paint } from "./paint";
import { pixelTable, rules } from "./rules";

export interface Cell {
  readonly row: number;
  readonly column: number;
}

interface Props {
  readonly values: Values;
  readonly rows: number;
  readonly columns: number;
  readonly lo: number;
  readonly hi: number;
  readonly map: string;
  readonly box: Box;
  readonly label: string;
  readonly cell: Cell | null;
  /** The cell under the cursor; `byKey` when moved by keyboard, so that it can be spoken. */
  readonly onCell: (cell: Cell | null, byKey: boolean) => void;
  /** An arrow key leads beyond the last row (1) or the first one (−1), if anything is there. */
  readonly onBeyond?: ((way: 1 | -1) => void) | null;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * Where an arrow key leads; the first one shows the crosshair in the middle.
 *
 * @param box where cells are smaller than its pixels, a step is the cells of a pixel: one that is seen
 */
export function stepped(
  cell: Cell | null,
  key: string,
  stride: number,
  rows: number,
  columns: number,
  { width, height } = { width: columns, height: rows },
): Cell | null {
  const step = STEPS[key];
  if (step === undefined) return null;
  if (cell === null) return { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
  const seen = (n: number, pixels: number) => Math.max(Math.ceil(n / pixels), 1);
  const held = (value: number, n: number) => Math.min(Math.max(value, 0), n - 1);
  return {
    row: held(cell.row + step[0] * stride * seen(rows, height), rows),
    column: held(cell.column + step[1] * stride * seen(columns, width), columns),
  };
}

export function DataCanvas(props: Props) {
  const { values, rows, columns, lo, hi, map, box, label, cell, onCell } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const image = useRef<ImageData | null>(null);

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || rows === 0 || columns === 0) return;
    if (image.current?.width !== columns || image.current.height !== rows) {
      image.current = context.createImageData(columns, rows);
    }
    const { data } = image.current;
    paint(values, lo, hi, pixelTable(map), new Uint32Array(data.buffer));
    context.putImageData(image.current, 0, 0);
  }, [values, rows, columns, lo, hi, map]);

  const onPointer = (event: PointerEvent) => {
    const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const row = cellAt(event.clientY - bounds.top, bounds.height, rows);
    const column = cellAt(event.clientX - bounds.left, bounds.width, columns);
    if (row !== cell?.row || column !== cell.column) onCell({ row, column }, false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && cell !== null) {
      event.stopPropagation();
      onCell(null, true);
      return;
    }
    const next = stepped(cell, event.key, event.shiftKey ? 10 : 1, rows, columns, box);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    const [way = 0] = STEPS[event.key] ?? [];
    if (props.onBeyond && way !== 0 && next.row === cell?.row) {
      props.onBeyond(way > 0 ? 1 : -1);
    } else onCell(next, true);
  };
  const pixels = globalThis.devicePixelRatio || 1;
  const enlarged = box.width * pixels >= columns && box.height * pixels >= rows;
  return (
    <div
      class="hcw-map"
      style={{
        ...boxStyle(box),
        "--hatch-ground": rules.missing.ground,
        "--hatch-line": rules.missing.line,
      }}
    >
      <canvas
        ref={canvas}
        class="hcw-focus"
        width={columns}
        height={rows}
        role="img"
        tabIndex={0}
        aria-label={label}
        data-testid="plot-canvas"
        data-rows={rows}
        data-cols={columns}
        style={{ imageRendering: enlarged ? "pixelated" : "auto" }}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onPointerLeave={(event) => event.pointerType !== "touch" && onCell(null, false)}
        onKeyDown={onKeyDown}
        onBlur={() => cell !== null && onCell(null, false)}
      />
    </div>
  );
}
