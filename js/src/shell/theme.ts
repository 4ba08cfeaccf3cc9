/** Dark or light, as the page around the widget is, and whenever it changes. */

export type Theme = "light" | "dark";

/** sRGB parts of a computed colour, 0 to 255 and alpha 0 to 1. */
export function parseColour(text: string): [number, number, number, number] | null {
  const numbers = text.match(/[\d.]+%?/g)?.map(Number.parseFloat);
  if (numbers === undefined || numbers.length < 3) return null;
  // color(srgb r g b / a) counts from 0 to 1, rgb(…) to 255
  const unit = text.startsWith("color(") ? 255 : 1;
  const [r = 0, g = 0, b = 0, alpha = 1] = numbers;
  return [r * unit, g * unit, b * unit, alpha];
}

/** Relative brightness 0 to 1, good enough to tell dark from light. */
export function brightness([r, g, b]: readonly [number, number, number, number]): number {
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/** The theme of what is painted behind an element. */
export function themeBehind(start: Element): Theme {
  let element: Element | null = start;
  while (element !== null) {
    const colour = parseColour(getComputedStyle(element).backgroundColor);
    if (colour !== null && colour[3] > 0.5) return brightness(colour) < 0.5 ? "dark" : "light";
    const root: Node = element.getRootNode();
    element = element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const prefersDark = window.matchMedia?.("(prefers-color-scheme: dark)").matches === true;
  return scheme.includes("dark") && prefersDark ? "dark" : "light";
}

const WATCHED = [
  "class",
  "style",
  "data-theme",
  "data-jp-theme-light",
  "data-jp-theme-name",
  "data-vscode-theme-kind",
];

/** Sets `data-theme` on `element` now and after every change, until `signal` aborts. */
export function followTheme(element: HTMLElement, signal: AbortSignal): void {
  const update = (): void => {
    const theme = themeBehind(element.parentElement ?? element);
    if (element.dataset.theme !== theme) element.dataset.theme = theme;
  };
  update();
  // a host sets its attribute first and loads the style sheet after
  let later: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    update();
    clearTimeout(later);
    later = setTimeout(update, 300);
  };
  const observer = new MutationObserver(soon);
  for (const watched of [document.documentElement, document.body]) {
    observer.observe(watched, { attributes: true, attributeFilter: WATCHED });
  }
  const media = window.matchMedia?.("(prefers-color-scheme: dark)");
  media?.addEventListener("change", soon, { signal });
  // drawn before it is attached, an element has nothing behind it yet
  const frame = requestAnimationFrame(update);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(later);
    cancelAnimationFrame(frame);
  });
}
