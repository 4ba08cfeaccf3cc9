/** Choice of several among many: a button with a searchable list. */

import type { JSX, RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "./icon";
import { Popover } from "./popover";
import type { Option } from "./select";

interface ChecklistProps {
  readonly label: string;
  /** Text of the button. */
  readonly text: string;
  readonly values: readonly string[];
  readonly options: readonly Option[];
  readonly onChange: (values: readonly string[]) => void;
  readonly testid?: string;
  readonly class?: string;
  readonly buttonRef?: RefObject<HTMLButtonElement | null>;
}

const SEARCH_FROM = 9;

export function Checklist(props: ChecklistProps): JSX.Element {
  const own = useRef<HTMLButtonElement>(null);
  const anchor = props.buttonRef ?? own;
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = props.options.filter(({ label, detail }) =>
    `${label} ${detail ?? ""}`.toLowerCase().includes(wanted),
  );
  const toggle = (value: string): void => {
    const { values } = props;
    props.onChange(
      values.includes(value) ? values.filter((v) => v !== value) : [...values, value],
    );
  };
  return (
    <>
      <button
        type="button"
        ref={anchor}
        class={`quiet opens ${props.class ?? ""}`}
        aria-label={`${props.label}: ${props.text}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        title={props.text}
        data-testid={props.testid}
        onClick={() => {
          setSearch("");
          setOpen(!open);
        }}
      >
        <span>{props.text}</span>
      </button>
      {open ? (
        <Popover
          anchor={anchor}
          role="dialog"
          label={props.label}
          onClose={() => setOpen(false)}
          onKeyDown={moveBetween}
        >
          {props.options.length < SEARCH_FROM ? null : (
            <input
              type="search"
              class="search"
              placeholder="search"
              aria-label={`search ${props.label}`}
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          )}
          <div class="section">
            {shown.map((option) => (
              <label key={option.value} class="item">
                <input
                  type="checkbox"
                  checked={props.values.includes(option.value)}
                  onChange={() => toggle(option.value)}
                />
                <span class="mark">
                  <Icon name="check" />
                </span>
                <span class="text">{option.label}</span>
                {option.detail ? <span class="detail">{option.detail}</span> : null}
              </label>
            ))}
            {shown.length > 0 ? null : <p class="none">nothing found</p>}
          </div>
        </Popover>
      ) : null}
    </>
  );
}

/** Up and down walk through the fields, as in a list. */
function moveBetween(event: KeyboardEvent): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0) return;
  const panel = event.currentTarget as HTMLElement;
  const fields = [...panel.querySelectorAll<HTMLElement>("input")];
  const root = panel.getRootNode() as Document | ShadowRoot;
  const now = fields.indexOf(root.activeElement as HTMLElement);
  event.preventDefault();
  fields[(now + by + fields.length) % fields.length]?.focus();
}
