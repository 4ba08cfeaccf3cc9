/** A panel above everything else, beside what opened it. */

import type { ComponentChildren, JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useLatest } from "./hooks";

interface PopoverProps {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  readonly role: "menu" | "dialog";
  readonly label: string;
  readonly children: ComponentChildren;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly testid?: string;
}

const GAP = 4;
const MARGIN = 8;

/** Below the anchor, its right edges aligned; above it or shifted where there is no room. */
export function place(
  anchor: { left: number; right: number; top: number; bottom: number },
  panel: { width: number; height: number },
  screen: { width: number; height: number },
): { left: number; top: number; height: number } {
  const below = screen.height - anchor.bottom - GAP - MARGIN;
  const above = anchor.top - GAP - MARGIN;
  const down = panel.height <= below || below >= above;
  const height = Math.min(panel.height, Math.max(down ? below : above, 0));
  const top = down ? anchor.bottom + GAP : anchor.top - GAP - height;
  const wanted =
    anchor.left + panel.width <= screen.width - MARGIN
      ? anchor.left
      : anchor.right - panel.width;
  const left = Math.min(
    Math.max(wanted, MARGIN),
    Math.max(screen.width - panel.width - MARGIN, MARGIN),
  );
  return { left, top, height };
}

export function Popover(props: PopoverProps): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  const onClose = useLatest(props.onClose);
  const { anchor } = props;

  useLayoutEffect(() => {
    const panel = ref.current;
    const from = anchor.current;
    if (panel === null || from === null) return;
    // the top layer is clipped by no scroller of the host; older browsers draw in place
    panel.showPopover?.();
    const arrange = (): void => {
      panel.style.maxHeight = "";
      const { width, height } = panel.getBoundingClientRect();
      const screen = { width: window.innerWidth, height: window.innerHeight };
      const at = place(from.getBoundingClientRect(), { width, height }, screen);
      panel.style.left = `${at.left}px`;
      panel.style.top = `${at.top}px`;
      if (at.height < height) panel.style.maxHeight = `${at.height}px`;
    };
    arrange();
    // what is searched for in a list must not move the list
    const { width, height } = panel.getBoundingClientRect();
    panel.style.minWidth = `${width}px`;
    panel.style.minHeight = `${height}px`;
    const first = panel.querySelector<HTMLElement>(
      "[data-autofocus], [role^=menuitem]:not([aria-disabled=true]), input, button",
    );
    (first ?? panel).focus({ preventScroll: true });

    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true };
    const outside = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(panel) && !path.includes(from)) onClose();
    };
    window.addEventListener("pointerdown", outside, options);
    window.addEventListener("resize", () => onClose(), options);
    window.addEventListener(
      "scroll",
      (event) => {
        if (!event.composedPath().includes(panel)) arrange();
      },
      { ...options, passive: true },
    );
    return () => {
      const tree = panel.getRootNode() as Document | ShadowRoot;
      const inside = panel.contains(tree.activeElement);
      listening.abort();
      if (inside) from.focus({ preventScroll: true });
    };
  }, [anchor, onClose]);

  return (
    // biome-ignore-start lint/a11y/noStaticElementInteractions: the role is the caller's
    // biome-ignore-start lint/a11y/useAriaPropsSupportedByRole: the role is the caller's
    <div
      ref={ref}
      class="popover"
      popover="manual"
      role={props.role}
      aria-label={props.label}
      tabIndex={-1}
      data-testid={props.testid}
      onKeyDown={(event) => {
        // whatever is typed here is not meant for the card below
        event.stopPropagation();
        if (event.key === "Escape") {
          event.preventDefault();
          props.onClose();
        } else {
          props.onKeyDown?.(event);
        }
      }}
    >
      {props.children}
    </div>
    // biome-ignore-end lint/a11y/useAriaPropsSupportedByRole: the role is the caller's
    // biome-ignore-end lint/a11y/noStaticElementInteractions: the role is the caller's
  );
}
