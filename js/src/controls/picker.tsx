/** Choice of one: the browser's own list while it is short, a searchable one where it is long. */

import type { JSX, RefObject } from "preact";
import { Checklist, type Elsewhere } from "./checklist";
import { type Option, Select } from "./select";

interface PickerProps {
  /** Accessible name. */
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => unknown;
  /** Shown while the chosen one is not among the options. */
  readonly placeholder: string;
  readonly elsewhere?: Elsewhere | undefined;
  readonly testid?: string;
  readonly class?: string;
  readonly chooser?: RefObject<HTMLElement | null>;
}

/** Longest list that is taken in at a glance. */
const GLANCE = 30;

export function Picker(props: PickerProps): JSX.Element {
  const { label, value, options, onChange, elsewhere, chooser } = props;
  const same = { label, options, testid: props.testid, class: props.class };
  if (options.length <= GLANCE && (elsewhere?.more ?? 0) === 0) {
    return (
      <Select
        {...same}
        value={value}
        placeholder={props.placeholder}
        tip={`${label}: ${options.find((option) => option.value === value)?.label ?? props.placeholder}`}
        onChange={onChange}
        selectRef={chooser as RefObject<HTMLSelectElement | null> | undefined}
      />
    );
  }
  return (
    <Checklist
      {...same}
      single
      text={options.find((option) => option.value === value)?.label ?? props.placeholder}
      values={value === "" ? [] : [value]}
      onChange={([chosen]) => {
        if (chosen !== undefined) onChange(chosen);
      }}
      elsewhere={elsewhere}
      buttonRef={chooser as RefObject<HTMLButtonElement | null> | undefined}
    />
  );
}
