/** Something to read over the picture of a card. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "../controls/button";

export function Overlay(props: {
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return (
    <div class="overlay" role="dialog" aria-label="details" tabIndex={-1} ref={ref}>
      <IconButton icon="close" label="close" tip="end" onClick={props.onClose} />
      {props.children}
    </div>
  );
}
