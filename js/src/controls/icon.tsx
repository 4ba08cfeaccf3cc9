/** The few pictures on buttons, drawn in the text's colour. */

import type { JSX } from "preact";

const PATHS = {
  caret: "M4 6.5 8 10.5 12 6.5",
  previous: "M9.5 4 5.5 8 9.5 12",
  next: "M6.5 4 10.5 8 6.5 12",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  check: "M3.5 8.5 6.5 11.5 12.5 5",
  grip: "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
  corner: "M13 7 7 13M13 11l-2 2",
  keep: "M4.5 2.5h7v11L8 10.5 4.5 13.5z",
  link: "M7 9a2.5 2.5 0 0 0 3.5 0l2-2A2.5 2.5 0 0 0 9 3.5l-1 1M9 7a2.5 2.5 0 0 0-3.5 0l-2 2A2.5 2.5 0 0 0 7 12.5l1-1",
  pen: "M3 13l.7-3L11 2.7l2.3 2.3L6 12.3z",
  undo: "M6 4 3 7l3 3M3 7h6.5a3 3 0 0 1 0 6H7",
} as const;

export type IconName = keyof typeof PATHS;

const DOTS: ReadonlySet<IconName> = new Set<IconName>(["more", "grip"]);

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class="icon"
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width={DOTS.has(name) ? 2 : 1.5}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
