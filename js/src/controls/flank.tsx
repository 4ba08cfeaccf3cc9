/** The flank: a slider with the usual sizes as stops, and a number to type. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatFlank } from "../plots/texts";
import { flankAt, TRACK, trackPlace } from "../state/flanks";
import { parseBp } from "../state/lengths";
import { stepped } from "../state/settings";
import { Entry } from "./entry";
import { Select } from "./select";

interface FlankProps {
  readonly flank: number | null;
  readonly stops: readonly number[];
  readonly onChange: (flank: number) => void;
  /** Where there is no room for the track. */
  readonly compact: boolean;
  /** False where only the stops exist. */
  readonly free: boolean;
}

export function FlankControl(props: FlankProps): JSX.Element | null {
  const { flank, stops, onChange } = props;
  const [dragged, setDragged] = useState<number | null>(null);
  if (props.compact || flank === null || stops.length < 2) {
    return (
      <Select
        label="flank"
        class="number"
        testid="flank-select"
        value={flank === null ? "" : String(flank)}
        placeholder={flank === null ? "flank" : formatFlank(flank)}
        options={stops.map((stop) => ({ value: String(stop), label: formatFlank(stop) }))}
        onChange={(value) => onChange(Number(value))}
      />
    );
  }
  const shown = dragged ?? flank;
  const snap = (place: number): number | null => {
    const free = flankAt(place, stops);
    if (props.free || free === null) return free;
    return stops.reduce((best, stop) =>
      Math.abs(trackPlace(stop, stops) - place) < Math.abs(trackPlace(best, stops) - place)
        ? stop
        : best,
    );
  };
  const commit = (): void => {
    if (dragged !== null && dragged !== flank) onChange(dragged);
    setDragged(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = STEPS[event.key];
    let next: number | null = null;
    if (by !== undefined) {
      const tenfold = by > 0 ? flank * 10 : flank / 10;
      const low = stops[0] ?? flank;
      const high = stops.at(-1) ?? flank;
      next = event.shiftKey
        ? snap(trackPlace(Math.min(Math.max(tenfold, low), high), stops))
        : stepped(stops, flank, by);
    } else if (event.key === "Home") next = stops[0] ?? null;
    else if (event.key === "End") next = stops.at(-1) ?? null;
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== null && next !== flank) onChange(next);
  };
  return (
    <span class="flank">
      {props.free ? (
        <Entry
          label="flank"
          text={formatFlank(shown)}
          parse={parseBp}
          onCommit={onChange}
          testid="flank-entry"
        />
      ) : (
        <span class="number">{formatFlank(shown)}</span>
      )}
      <span class="track">
        <span class="stops" aria-hidden="true">
          {stops.map((stop) => (
            <i key={stop} style={{ left: `${(trackPlace(stop, stops) / TRACK) * 100}%` }} />
          ))}
        </span>
        <input
          type="range"
          min={0}
          max={TRACK}
          value={trackPlace(shown, stops)}
          aria-label="flank"
          aria-valuetext={formatFlank(shown)}
          data-testid="flank-select"
          onInput={(event) => setDragged(snap(event.currentTarget.valueAsNumber))}
          onChange={commit}
          onKeyDown={onKeyDown}
        />
      </span>
    </span>
  );
}

const STEPS: Readonly<Record<string, 1 | -1>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageDown: -1,
};
