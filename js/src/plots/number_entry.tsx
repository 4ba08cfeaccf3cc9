/** A number that reads as text and is typed over after a click. */

import { useRef, useState } from "preact/hooks";
import { formatLimit, MINUS, parseNumber } from "./texts";

interface Props {
  readonly value: number;
  /** Set by a person, not automatic. */
  readonly isSet: boolean;
  readonly label: string;
  readonly testId: string;
  readonly x: number;
  readonly y: number;
  /** Value of a percentile, where one can be typed. */
  readonly valueAt?: ((percent: number) => number) | undefined;
  /** null: automatic again. */
  readonly onEnter: (value: number | null) => void;
}

/** What was typed as a value: a number, or a percentile of what is shown. */
function entered(typed: string, valueAt: Props["valueAt"]): number | null {
  const text = typed.trim();
  if (valueAt === undefined || !text.endsWith("%")) return parseNumber(text);
  const percent = parseNumber(text.slice(0, -1)) ?? Number.NaN;
  return percent >= 0 && percent <= 100 ? valueAt(percent) : Number.NaN;
}

/** Enter or leaving the field applies, Escape restores, an empty field means automatic. */
export function NumberEntry(props: Props) {
  const { value, isSet, label, testId, x, y, valueAt, onEnter } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const given = useRef(true);
  const parsed = typed === null ? null : entered(typed, valueAt);
  const wrong = parsed !== null && !Number.isFinite(parsed);

  const apply = (input: HTMLInputElement) => {
    if (typed === null || wrong) return;
    setTyped(null);
    onEnter(parsed);
    input.select();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const input = event.currentTarget as HTMLInputElement;
    // letters typed here are not shortcuts of the card or of the host
    event.stopPropagation();
    if (event.key === "Enter") apply(input);
    if (event.key === "Escape") {
      given.current = false;
      input.blur();
    }
  };
  return (
    <input
      class="hcw-number"
      type="text"
      inputMode="decimal"
      autoComplete="off"
      spellcheck={false}
      aria-label={label}
      aria-invalid={wrong}
      title={`${label}; empty for automatic${valueAt ? ", 99 % for a percentile" : ""}`}
      data-testid={testId}
      data-set={isSet ? "" : undefined}
      style={{ left: `${x}px`, top: `${y}px` }}
      value={typed ?? formatLimit(value)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setTyped(event.currentTarget.value.replaceAll("-", MINUS))}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (given.current) apply(event.currentTarget);
        given.current = true;
        setTyped(null);
      }}
    />
  );
}
