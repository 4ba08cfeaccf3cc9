/** Keeping a comparison: the button in the header. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { IconButton } from "../controls/button";
import { Popover } from "../controls/popover";
import { Late } from "../later/later";
import type { ComparisonStore } from "../state/comparison";

export function Sessions({ store }: { readonly store: ComparisonStore }): JSX.Element {
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon="keep"
        label="save or open a session"
        buttonRef={anchor}
        popup="dialog"
        expanded={open}
        testid="save-session"
        tip="end"
        onClick={() => setOpen(!open)}
      />
      {open ? (
        <Late asked={store}>
          {({ SessionsPanel }) => (
            <Popover
              anchor={anchor}
              role="dialog"
              label="sessions"
              testid="sessions"
              onClose={() => setOpen(false)}
            >
              <SessionsPanel store={store} onClose={() => setOpen(false)} />
            </Popover>
          )}
        </Late>
      ) : null}
    </>
  );
}
