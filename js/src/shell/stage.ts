/** A place in the page that belongs to a widget alone. */

import { render } from "preact";
import { plotStyles } from "../plots/index";
import styles from "../styles/shell.css";
import { followTheme } from "./theme";

export interface Stage {
  readonly container: HTMLElement;
  /** Runs when the widget leaves the page. */
  onLeave(clean: () => void): void;
  leave(): void;
}

/**
 * A shadow root of the widget's own, so that no style leaks either way.
 *
 * Lumino, under JupyterLab and Notebook, looks for the attribute on the way from the focused
 * element upwards and leaves keys alone below it.
 *
 * @param own style sheets that this kind of widget alone needs
 */
export function stageIn(
  el: HTMLElement,
  signal: AbortSignal | undefined,
  ...own: readonly string[]
): Stage {
  const outer = document.createElement("div");
  outer.className = "hicognition-widget";
  outer.setAttribute("data-lm-suppress-shortcuts", "true");
  const shadow = outer.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [plotStyles, styles, ...own].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  const container = document.createElement("div");
  container.className = "hcw";
  shadow.append(container);
  el.append(outer);

  const here = new AbortController();
  const leave = (): void => here.abort();
  followTheme(container, here.signal);
  here.signal.addEventListener("abort", () => {
    render(null, container);
    outer.remove();
  });
  signal?.addEventListener("abort", leave, { once: true, signal: here.signal });
  return {
    container,
    onLeave: (clean) => here.signal.addEventListener("abort", clean, { once: true }),
    leave,
  };
}
