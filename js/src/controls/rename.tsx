/** A title that is typed: Enter or leaving keeps it, Escape gives it up, empty means none. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface RenameProps {
  readonly label: string;
  readonly title: string;
  readonly onDone: (title: string | null) => void;
}

export function Rename({ label, title, onDone }: RenameProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, []);
  const finish = (wanted: string | null): void => {
    if (done.current) return;
    done.current = true;
    onDone(wanted === null || wanted.trim() === title ? null : wanted.trim());
  };
  return (
    <input
      ref={field}
      class="rename"
      type="text"
      maxLength={200}
      aria-label={label}
      defaultValue={title}
      data-testid="rename"
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(event.currentTarget.value);
        else if (event.key === "Escape") finish(null);
      }}
    />
  );
}
