/** Colour bar: shows what colours mean and sets their limits by hand, keyboard or number. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { SettingsPatch, ViewSettings } from "../wire/settings";
import { type Box, boxStyle, LEFT, spread } from "./layout";
import type { Limits } from "./limits";
import { NumberEntry } from "./number_entry";
import { pixelTable } from "./rules";
import { type ColourScale, type End, limitPatch, roundedTo } from "./scale";
import { formatNumber, ticks, tickTexts } from "./texts";

interface Props {
  readonly scale: ColourScale;
  readonly settings: ViewSettings;
  readonly box: Box;
  readonly onChange: (patch: SettingsPatch) => void;
  /** The value that so many percent of what is shown lie below. */
  readonly valueAt?: (percent: number) => number;
}

interface Held {
  readonly end: End;
  /** The track as it was when the handle was taken, so that it does not move under the hand. */
  readonly track: Limits;
}

const NUMBER_ROW = 16;
const NAMES = { lo: "Lowest", hi: "Highest" } as const;

export function ColourBar({ scale, settings, box, onChange, valueAt }: Props) {
  const [held, setHeld] = useState<Held | null>(null);
  const bar = useRef<HTMLFieldSetElement>(null);
  const { lo, hi, unit } = scale;
  const track = held?.track ?? scale.track;
  const range = track[1] - track[0];
  const y = (value: number) =>
    box.height * (1 - Math.min(Math.max((value - track[0]) / range, 0), 1));

  const set = (end: End, wished: number) => {
    const apart = range / 256;
    const [least, most] = end === "lo" ? [track[0], hi - apart] : [lo + apart, track[1]];
    // mirrored limits meet in the middle, not each other
    const [from, to] = !settings.symmetric
      ? [least, most]
      : end === "lo"
        ? [track[0], scale.middle - apart]
        : [scale.middle + apart, track[1]];
    const value = roundedTo(Math.min(Math.max(wished, from), to), range);
    onChange(limitPatch(end, value, settings.symmetric));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (held === null || bar.current === null) return;
    const { top, height } = bar.current.getBoundingClientRect();
    set(held.end, track[0] + range * (1 - (event.clientY - top) / height));
  };
  const handle = (end: End, value: number) => (
    <div
      class="hcw-handle"
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`${NAMES[end]} colour value`}
      aria-valuemin={track[0]}
      aria-valuemax={track[1]}
      aria-valuenow={value}
      aria-valuetext={`${formatNumber(value)} ${unit}`}
      data-testid={end === "lo" ? "color-low-handle" : "color-high-handle"}
      data-held={held?.end === end ? "" : undefined}
      style={{ top: `${y(value)}px` }}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.focus();
        event.currentTarget.setPointerCapture(event.pointerId);
        setHeld({ end, track: scale.track });
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => setHeld(null)}
      onPointerCancel={() => setHeld(null)}
      onKeyDown={(event) => {
        const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (direction === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        set(end, value + (direction * range * (event.shiftKey ? 10 : 1)) / 100);
      }}
    />
  );
  const number = (end: End, value: number, at: number) => (
    <NumberEntry
      value={value}
      isSet={(end === "lo" ? settings.vmin : settings.vmax) !== null}
      label={`${NAMES[end]} colour value, ${unit}`}
      testId={end === "lo" ? "color-low" : "color-high"}
      x={LEFT.unit}
      y={at}
      valueAt={valueAt}
      onEnter={(entered) => onChange(limitPatch(end, entered, settings.symmetric))}
    />
  );

  const [yHi, yLo] = spread([y(hi), y(lo)], NUMBER_ROW, 5, box.height - 5) as [number, number];
  const inner = ticks(lo, hi, 5);
  const texts = tickTexts(inner);
  return (
    <>
      <div
        class="hcw-unit"
        style={{ left: 0, top: `${box.y}px`, width: "14px", height: `${box.height}px` }}
      >
        {unit}
      </div>
      {number("hi", hi, box.y + yHi)}
      {inner.map((value, i) => {
        const at = y(value);
        if (at - yHi < NUMBER_ROW || yLo - at < NUMBER_ROW) return null;
        return (
          <div
            key={value}
            class="hcw-tick"
            style={{ left: `${LEFT.unit}px`, top: `${box.y + at}px` }}
          >
            {texts[i]}
          </div>
        );
      })}
      {number("lo", lo, box.y + yLo)}
      <fieldset
        class="hcw-bar"
        ref={bar}
        aria-label={`Colour limits, ${unit}`}
        title="Drag the ends; double-click for automatic limits"
        style={boxStyle(box)}
        onDblClick={() => onChange({ vmin: null, vmax: null })}
      >
        <Gradient map={scale.map} top={y(hi)} bottom={y(lo)} />
        {handle("hi", hi)}
        {handle("lo", lo)}
      </fieldset>
    </>
  );
}

/** The 256 colours of a map, highest on top. */
function Gradient({ map, top, bottom }: { map: string; top: number; bottom: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(1, 256);
    new Uint32Array(image.data.buffer).set(pixelTable(map).toReversed());
    context.putImageData(image, 0, 0);
  }, [map]);
  return (
    <canvas
      ref={canvas}
      width={1}
      height={256}
      style={{ top: `${top}px`, height: `${Math.max(bottom - top, 1)}px` }}
    />
  );
}
