/** What the parts of the panel share. */

import type { JSX } from "preact";

/** Width of the panel in CSS px; a narrower comparison has it over its views. */
export const PANEL = 372;

/** Whether the panel stands beside the views: they need as much room again. */
export function besideAt(width: number): boolean {
  return width >= 2 * PANEL + 120;
}

/** Says that a part is on its way; there is nothing older to show. */
export function Loading({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="muted loading" aria-busy="true">
      reading {what} …
    </p>
  );
}
