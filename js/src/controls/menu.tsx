/** A button with a menu: arrows move, letters find, Escape closes. */

import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icon";
import { Popover } from "./popover";

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  /** Key that does the same, such as "s". */
  readonly shortcut?: string;
  readonly disabled?: boolean;
  /** A choice among several ("radio") or on its own ("check"), and whether it is on. */
  readonly mark?: "radio" | "check";
  readonly checked?: boolean;
  /** Something small before the label, such as a colour map's colours. */
  readonly before?: ComponentChildren;
  readonly testid?: string;
  /** Stays open, for choices one wants to try. */
  readonly stays?: boolean;
}

export interface MenuGroup {
  readonly heading?: string;
  readonly items: readonly MenuItem[];
}

interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  readonly groups: readonly MenuGroup[];
  readonly testid?: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
}

export function Menu(props: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const groups = props.groups.filter((group) => group.items.length > 0);
  return (
    <>
      <IconButton
        icon={props.icon}
        label={props.label}
        buttonRef={anchor}
        popup="menu"
        expanded={open}
        onClick={() => setOpen(!open)}
        testid={props.testid}
        class={props.class}
        tip="end"
      >
        {props.children}
      </IconButton>
      {open ? (
        <Popover
          anchor={anchor}
          role="menu"
          label={props.label}
          onClose={() => setOpen(false)}
          onKeyDown={moveFocus}
        >
          {groups.map((group, i) => (
            <MenuSection key={i} group={group} close={() => setOpen(false)} />
          ))}
        </Popover>
      ) : null}
    </>
  );
}

function MenuSection(props: { readonly group: MenuGroup; close(): void }): JSX.Element {
  const { heading, items } = props.group;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a menu
    <div role="group" class="section" aria-label={heading}>
      {heading === undefined ? null : (
        <div class="heading" aria-hidden="true">
          {heading}
        </div>
      )}
      {items.map((item) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both are set or neither
        <button
          key={item.label}
          type="button"
          role={item.mark === undefined ? "menuitem" : `menuitem${ROLE[item.mark]}`}
          aria-checked={item.mark === undefined ? undefined : item.checked === true}
          aria-disabled={item.disabled === true}
          aria-keyshortcuts={item.shortcut}
          tabIndex={-1}
          class="item"
          data-testid={item.testid}
          onClick={() => {
            if (item.disabled) return;
            if (!item.stays) props.close();
            item.onSelect();
          }}
        >
          <span class="mark">{item.checked ? <Icon name="check" /> : null}</span>
          {item.before}
          <span class="text">{item.label}</span>
          {item.shortcut === undefined ? null : <kbd>{item.shortcut}</kbd>}
        </button>
      ))}
    </div>
  );
}

const ROLE = { radio: "radio", check: "checkbox" } as const;

/** Arrow keys, Home, End and first letters among the items of a menu. */
function moveFocus(event: KeyboardEvent): void {
  const panel = event.currentTarget as HTMLElement;
  const items = [...panel.querySelectorAll<HTMLElement>(".item:not([aria-disabled=true])")];
  const root = panel.getRootNode() as Document | ShadowRoot;
  const now = items.indexOf(root.activeElement as HTMLElement);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown") next = items[(now + 1) % items.length];
  else if (event.key === "ArrowUp") next = items[(now - 1 + items.length) % items.length];
  else if (event.key === "Home") next = items[0];
  else if (event.key === "End") next = items.at(-1);
  else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const order = [...items.slice(now + 1), ...items.slice(0, now + 1)];
    next = order.find((item) =>
      item.querySelector(".text")?.textContent?.trim().toLowerCase().startsWith(letter),
    );
  } else return;
  event.preventDefault();
  next?.focus();
}
