/** A native choice that looks like text until the hand is near. */

import type { JSX, Ref } from "preact";
import { useState } from "preact/hooks";

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
}

interface SelectProps {
  /** Accessible name. */
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  /** Where it takes a moment, what was chosen is shown until the promise is settled. */
  readonly onChange: (value: string) => unknown;
  readonly testid?: string;
  readonly class?: string;
  /** Shown while nothing is chosen. */
  readonly placeholder?: string;
  readonly selectRef?: Ref<HTMLSelectElement>;
  /** Said when the hand rests on it; the accessible name otherwise. */
  readonly tip?: string | undefined;
}

export function Select(props: SelectProps): JSX.Element {
  const { options } = props;
  // what was chosen and is not confirmed yet: the next choice is measured against it
  const [asked, setAsked] = useState<{ readonly value: string } | null>(null);
  const value = asked?.value ?? props.value;
  const known = options.some((option) => option.value === value);
  const choices = options.length + (known ? 0 : 1);
  return (
    <select
      ref={props.selectRef}
      class={`quiet ${choices > 1 ? "" : "fixed"} ${props.class ?? ""}`}
      aria-label={props.label}
      title={props.tip ?? props.label}
      data-testid={props.testid}
      value={value}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        // the element shows what the state says; a refused change must not stay on screen
        event.currentTarget.value = value;
        if (chosen === value) return;
        const done = props.onChange(chosen);
        if (!(done instanceof Promise)) return;
        const own = { value: chosen };
        setAsked(own);
        void done.finally(() => setAsked((now) => (now === own ? null : now)));
      }}
    >
      {known ? null : (
        <option value={value} disabled>
          {props.placeholder ?? value}
        </option>
      )}
      {options.map((option) => (
        <option key={option.value} value={option.value} title={option.detail}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
