/** Parts of the program that few sittings need: they are fetched at their first use. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Notice } from "../state/view";
import type { Reply } from "../wire/request";
import { fetchParts } from "./fetch";
import type * as panels from "./panels";
import type * as pictures from "./pictures";

export { detailsOf } from "./fetch";

type Panels = typeof panels;
/** Without a kernel there are no panels. */
export type Later = typeof pictures & { readonly panels?: Panels };

/** Something with a kernel behind it, and a line for what went wrong. */
export interface Asked {
  command(name: "later"): Promise<Reply | null>;
  notice(notice: Notice): void;
}

let arrived: Later | null = null;
let coming: Promise<Later | null> | null = null;

/** The parts; null if they could not be had, which has been said then. */
export async function later(asked: Asked): Promise<Later | null> {
  if (arrived !== null) return arrived;
  coming ??= fetchParts(asked);
  try {
    arrived = await coming;
  } catch (error) {
    const text = `the page could not load this part of the program: ${String(error)}`;
    asked.notice({ tone: "error", text });
  }
  coming = null;
  return arrived;
}

interface LateProps {
  readonly asked: Asked;
  readonly children: (panels: Panels) => JSX.Element;
}

/** Draws a panel, as soon as it is there. */
export function Late({ asked, children }: LateProps): JSX.Element | null {
  const [parts, setParts] = useState(arrived);
  useEffect(() => {
    let wanted = true;
    void later(asked).then((all) => {
      if (wanted) setParts(all);
    });
    return () => {
      wanted = false;
    };
  }, [asked]);
  const panels = parts?.panels;
  if (panels === undefined) return null;
  return (
    <>
      <Sheet text={panels.styles} />
      {children(panels)}
    </>
  );
}

/** Sheets by the root that has adopted them: one copy each, however often it is drawn. */
const dressed = new WeakSet<ShadowRoot>();

function Sheet({ text }: { readonly text: string }): JSX.Element {
  const here = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const root = here.current?.getRootNode();
    if (!(root instanceof ShadowRoot) || dressed.has(root)) return;
    dressed.add(root);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }, [text]);
  return <i ref={here} hidden />;
}
