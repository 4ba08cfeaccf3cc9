/** A view over the whole screen. */

import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** Full screen by the browser, or over the page where a frame forbids that. */
export function useFullScreen(ref: {
  readonly current: HTMLElement | null;
}): [boolean, () => void] {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const update = (): void => {
      const root = element.getRootNode() as Document | ShadowRoot;
      const real = root.fullscreenElement === element;
      if (real || !element.hasAttribute("popover")) setOn(real);
    };
    const listening = new AbortController();
    document.addEventListener("fullscreenchange", update, { signal: listening.signal });
    return () => listening.abort();
  }, [ref]);

  useLayoutEffect(() => {
    if (!on && ref.current?.hasAttribute("popover")) ref.current.removeAttribute("popover");
  }, [on, ref]);

  const [toggle] = useState(() => (): void => {
    const element = ref.current;
    if (element === null) return;
    const root = element.getRootNode() as Document | ShadowRoot;
    if (root.fullscreenElement === element) {
      void document.exitFullscreen();
    } else if (element.hasAttribute("popover")) {
      setOn(false);
    } else {
      const overPage = (): void => {
        element.setAttribute("popover", "manual");
        element.showPopover?.();
        setOn(true);
      };
      if (element.requestFullscreen === undefined) overPage();
      else element.requestFullscreen().catch(overPage);
    }
  });
  return [on, toggle];
}
