/** Choice of one or several among many: a button with a searchable list. */

import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icon";
import { Popover } from "./popover";
import type { Option } from "./select";

/** What there is beyond the options at hand. */
export interface Elsewhere {
  /** How many more there are. */
  readonly more: number;
  /** Asks for those with these words; null if that could not be answered. */
  readonly find: (words: string) => Promise<readonly Option[] | null>;
}

interface ChecklistProps {
  readonly label: string;
  /** Text of the button. */
  readonly text: string;
  /** Said when the hand rests on the button; its text otherwise. */
  readonly tip?: string | undefined;
  readonly values: readonly string[];
  readonly options: readonly Option[];
  readonly onChange: (values: readonly string[]) => void;
  /** A choice of one: the list closes with it. */
  readonly single?: boolean;
  readonly elsewhere?: Elsewhere | undefined;
  readonly testid?: string | undefined;
  readonly class?: string | undefined;
  readonly buttonRef?: RefObject<HTMLButtonElement | null> | undefined;
}

const SEARCH_FROM = 9;
/** Typing rests this long (ms) before somebody else is asked. */
const REST = 250;

export function Checklist(props: ChecklistProps): JSX.Element {
  const own = useRef<HTMLButtonElement>(null);
  const anchor = props.buttonRef ?? own;
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        class={`quiet opens ${props.class ?? ""}`}
        aria-label={`${props.label}: ${props.text}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        title={props.tip ?? props.text}
        data-testid={props.testid}
        onClick={() => setOpen(!open)}
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
          <Choices {...props} close={() => setOpen(false)} />
        </Popover>
      ) : null}
    </>
  );
}

function Choices(props: ChecklistProps & { close(): void }): JSX.Element {
  const { values, options, single, elsewhere } = props;
  const [search, setSearch] = useState("");
  const words = search.trim().toLowerCase();
  const { found, asking } = useElsewhere(elsewhere, words);
  const more = elsewhere?.more ?? 0;
  const here = fitting(options, words);
  const known = new Set(here.map(({ value }) => value));
  const shown = [...here, ...found.filter(({ value }) => !known.has(value))];
  const choose = (value: string): void => {
    if (single) {
      props.close();
      if (!values.includes(value)) props.onChange([value]);
    } else {
      const without = values.filter((v) => v !== value);
      props.onChange(without.length < values.length ? without : [...values, value]);
    }
  };
  return (
    <>
      {options.length < SEARCH_FROM && more === 0 ? null : (
        <input
          type="search"
          class="search"
          placeholder="search"
          aria-label={`search ${props.label}`}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            // what was typed until one is left needs no more than Enter
            if (event.key === "Enter" && single && shown[0] !== undefined) {
              event.preventDefault();
              choose(shown[0].value);
            }
          }}
        />
      )}
      <p class="none" role="status">
        {asking ? "searching …" : more > 0 && words === "" ? beyond(more) : null}
      </p>
      <div class="section">
        {shown.map((option) => (
          <Choice
            key={option.value}
            {...{ option, single }}
            checked={values.includes(option.value)}
            onChoose={() => choose(option.value)}
          />
        ))}
        {shown.length > 0 || asking ? null : <p class="none">nothing found</p>}
      </div>
    </>
  );
}

function Choice(props: {
  readonly option: Option;
  readonly single: boolean | undefined;
  readonly checked: boolean;
  onChoose(): void;
}): JSX.Element {
  const { option, single, checked, onChoose } = props;
  return (
    <label class="item">
      <input
        type={single ? "radio" : "checkbox"}
        checked={checked}
        // moving through a list with the arrows chooses nothing yet
        onClick={onChoose}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          onChoose();
        }}
      />
      <span class="mark">
        <Icon name="check" />
      </span>
      <span class="text">{option.label}</span>
      {option.detail ? <span class="detail">{option.detail}</span> : null}
    </label>
  );
}

/** Options with all these words; those that have them as they were typed come first. */
function fitting(options: readonly Option[], words: string): readonly Option[] {
  if (words === "") return options;
  const wanted = words.split(/\s+/);
  const typed: Option[] = [];
  const rest: Option[] = [];
  for (const option of options) {
    const text = `${option.label} ${option.detail ?? ""}`.toLowerCase();
    if (text.includes(words)) typed.push(option);
    else if (wanted.every((word) => text.includes(word))) rest.push(option);
  }
  return [...typed, ...rest];
}

function beyond(more: number): string {
  return `and ${more.toLocaleString("en")} more; search finds them too`;
}

/** What is found where the options at hand are not all there are. */
function useElsewhere(
  elsewhere: Elsewhere | undefined,
  words: string,
): { found: readonly Option[]; asking: boolean } {
  const [found, setFound] = useState<readonly Option[]>([]);
  const [asking, setAsking] = useState(false);
  const find = elsewhere !== undefined && elsewhere.more > 0 ? elsewhere.find : undefined;
  const latest = useRef(find);
  latest.current = find;
  const searching = find !== undefined && words !== "";
  useEffect(() => {
    setFound([]);
    setAsking(searching);
    if (!searching) return;
    let over = false;
    const timer = setTimeout(() => {
      void latest.current?.(words).then((options) => {
        if (over) return;
        setFound(options ?? []);
        setAsking(false);
      });
    }, REST);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [searching, words]);
  return { found, asking };
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
