/** Names the gesture a person is making, so that Python can take it back as one step. */

const origin = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) =>
  byte.toString(16).padStart(2, "0"),
).join("");

let gestures = 0;

// a press of a button begins a gesture, and so does a key that is not merely held
document.addEventListener("pointerdown", () => gestures++, { capture: true, passive: true });
document.addEventListener(
  "keydown",
  ({ repeat }) => {
    if (!repeat) gestures++;
  },
  { capture: true, passive: true },
);

let messages = 0;

/**
 * Text that is the same up to its dot from the press of a button until the next one. Behind the
 * dot it is always new, for a trait that stays the same would not be sent again.
 */
export function hand(): string {
  return `${origin}-${gestures}.${messages++}`;
}
