/** A number that reads as text and becomes a field when clicked. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface EntryProps {
  readonly label: string;
  /** What is shown, and what editing starts from. */
  readonly text: string;
  /** Value of a text; null if it is none. */
  readonly parse: (text: string) => number | null;
  /** Why a value cannot be, or "". */
  readonly refuse?: (value: number) => string;
  readonly onCommit: (value: number) => void;
  readonly testid?: string;
}

function valid(props: EntryProps, draft: string): boolean {
  const value = props.parse(draft);
  return value !== null && (props.refuse?.(value) ?? "") === "";
}

export function Entry(props: EntryProps): JSX.Element {
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const editing = draft !== null;
  useLayoutEffect(() => {
    if (editing) field.current?.select();
  }, [editing]);

  const stop = (): void => {
    setDraft(null);
    setProblem("");
  };
  const commit = (): void => {
    if (draft === null) return;
    const value = props.parse(draft);
    const refusal =
      value === null ? "not a length; write 150 kb" : (props.refuse?.(value) ?? "");
    if (value === null || refusal !== "") {
      setProblem(refusal);
      return;
    }
    stop();
    props.onCommit(value);
  };

  if (!editing) {
    return (
      <button
        type="button"
        class="quiet number"
        aria-label={`${props.label} ${props.text}; click to type`}
        data-testid={props.testid}
        onClick={() => setDraft(props.text)}
      >
        {props.text}
      </button>
    );
  }
  return (
    <span class="entry">
      <input
        ref={field}
        type="text"
        class="number"
        aria-label={props.label}
        aria-invalid={problem !== ""}
        size={Math.max(draft.length, 6)}
        value={draft}
        data-testid={props.testid}
        onInput={(event) => {
          setDraft(event.currentTarget.value);
          setProblem("");
        }}
        onBlur={() => {
          // leaving with something readable means it; anything else was an attempt
          if (draft !== props.text && valid(props, draft)) commit();
          else stop();
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") commit();
          else if (event.key === "Escape") stop();
        }}
      />
      {problem === "" ? null : (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}
