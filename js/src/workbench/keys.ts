/** Keys of a focused card. They work nowhere else and reach nobody else. */

export interface Shortcut {
  readonly keys: string;
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: "+ −", does: "wider or narrower flank" },
  { keys: "b, Shift+b", does: "next or previous bin size" },
  { keys: "n", does: "next normalization" },
  { keys: "l", does: "log2 or linear" },
  { keys: "f", does: "full screen" },
  { keys: "s", does: "save the picture" },
  { keys: "i", does: "details of one region" },
  { keys: "arrows", does: "move the crosshair; with Shift ten bins" },
  { keys: "Alt+← → ↑ ↓", does: "move the view" },
  { keys: "Delete", does: "remove the view" },
  { keys: "Ctrl+Z, Ctrl+Shift+Z", does: "undo, redo" },
  { keys: "Escape", does: "cancel, or close" },
  { keys: "?", does: "show this list" },
];

export interface KeyActions {
  flank(by: 1 | -1): void;
  bin(by: 1 | -1): void;
  normalization(): void;
  log(): void;
  fullScreen(): void;
  save(): void;
  details(): void;
  move(by: 1 | -1): void;
  moveRow(by: 1 | -1): void;
  remove(): void;
  undo(): void;
  redo(): void;
  escape(): boolean;
  help(): void;
}

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Does what a key press means; true if it meant anything here. */
export function press(event: Press, actions: KeyActions): boolean {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey || key.toLowerCase() !== "z") return false;
    if (event.shiftKey) actions.redo();
    else actions.undo();
    return true;
  }
  if (event.altKey) {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      actions.move(key === "ArrowRight" ? 1 : -1);
    } else if (key === "ArrowUp" || key === "ArrowDown") {
      actions.moveRow(key === "ArrowDown" ? 1 : -1);
    } else return false;
    return true;
  }
  switch (key) {
    case "+":
    case "=":
      actions.flank(1);
      return true;
    case "-":
    case "−":
      actions.flank(-1);
      return true;
    case "b":
    case "B":
      actions.bin(event.shiftKey ? -1 : 1);
      return true;
    case "n":
      actions.normalization();
      return true;
    case "l":
      actions.log();
      return true;
    case "f":
      actions.fullScreen();
      return true;
    case "s":
      actions.save();
      return true;
    case "i":
      actions.details();
      return true;
    case "Delete":
      actions.remove();
      return true;
    case "Escape":
      return actions.escape();
    case "?":
      actions.help();
      return true;
    default:
      return false;
  }
}

/** True where letters are text, so that no shortcut may take them. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "range", "button"].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
