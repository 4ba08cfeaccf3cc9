/** Buttons: quiet until the hand or the focus is near. */

import type { ComponentChildren, JSX, Ref } from "preact";
import { Icon, type IconName } from "./icon";

interface ButtonProps {
  readonly onClick: () => void;
  readonly children?: ComponentChildren;
  readonly testid?: string;
  readonly class?: string;
  readonly disabled?: boolean;
}

/** Text that acts, in the accent colour, within a sentence. */
export function LinkButton(props: ButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`link ${props.class ?? ""}`}
      onClick={props.onClick}
      disabled={props.disabled}
      data-testid={props.testid}
    >
      {props.children}
    </button>
  );
}

interface IconButtonProps extends ButtonProps {
  readonly icon: IconName;
  /** Accessible name, and the tooltip. */
  readonly label: string;
  readonly expanded?: boolean;
  readonly popup?: "menu" | "dialog" | "listbox";
  readonly buttonRef?: Ref<HTMLButtonElement>;
  readonly tip?: "start" | "end";
}

export function IconButton(props: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      ref={props.buttonRef}
      class={`iconic ${props.class ?? ""}`}
      onClick={props.onClick}
      disabled={props.disabled}
      aria-label={props.label}
      aria-haspopup={props.popup}
      aria-expanded={props.popup === undefined ? undefined : props.expanded === true}
      data-tip={props.expanded ? undefined : props.label}
      data-tip-side={props.tip}
      data-testid={props.testid}
    >
      <Icon name={props.icon} />
      {props.children}
    </button>
  );
}
