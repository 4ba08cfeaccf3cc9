/** Which rows of a stackup are on screen: windows in the order, and steps between them. */

/** First place in the order and the one after the last. */
export type Rows = readonly [first: number, after: number];

/** How much a step of the wheel or a key enlarges. */
const STEP = 1.5;
/** Fewer rows than this are not enlarged any further. */
const FEWEST = 4;

/** The window in force: the chosen one if there are such rows, else all. */
export function rowsShown(zoom: readonly number[] | null, n: number): Rows {
  const [first = 0, after = n] = zoom ?? [];
  return first >= 0 && first < after && after <= n ? [first, after] : [0, n];
}

/** The setting for a window: null for all rows. */
export function asZoom([first, after]: Rows, n: number): readonly number[] | null {
  return first <= 0 && after >= n ? null : [first, after];
}

/** A window of whole rows that lies within all of them. */
function held(first: number, length: number, n: number): Rows {
  const size = Math.min(Math.max(Math.round(length), Math.min(FEWEST, n)), n);
  const from = Math.min(Math.max(Math.round(first), 0), n - size);
  return [from, from + size];
}

/**
 * Enlarged around a place, which stays where it is on screen.
 *
 * @param place a place in the order
 * @param steps positive: fewer rows
 */
export function zoomed([first, after]: Rows, n: number, place: number, steps: number): Rows {
  const length = after - first;
  const wanted = Math.min(Math.max(length / STEP ** steps, Math.min(FEWEST, n)), n);
  const share = (place - first) / length;
  return held(place - share * wanted, wanted, n);
}

/** Moved by a part of what is shown. */
export function moved([first, after]: Rows, n: number, share: number): Rows {
  const by = share * (after - first);
  const whole = by < 0 ? Math.min(Math.round(by), -1) : Math.max(Math.round(by), 1);
  return held(first + whole, after - first, n);
}

/** The rows between two places, in whichever order they were given. */
export function between(one: number, other: number, n: number): Rows {
  const first = Math.floor(Math.min(one, other));
  return held(first, Math.ceil(Math.max(one, other)) - first, n);
}

/** The window moved so that its middle comes to a place. */
export function centred([first, after]: Rows, n: number, place: number): Rows {
  return held(place - (after - first) / 2, after - first, n);
}

/**
 * The only line on screen moved to the one before (−1) or after it (1); null at the end of all.
 *
 * @param line rows of the line, which may be more than those on screen
 * @param lineAt rows of the line at another place: the same part of it comes to the screen
 */
export function onward(
  [first, after]: Rows,
  n: number,
  way: 1 | -1,
  line: Rows,
  lineAt: (place: number) => Rows,
): Rows | null {
  const place = way > 0 ? line[1] : line[0] - 1;
  if (place < 0 || place >= n) return null;
  const [from, to] = lineAt(place);
  const length = after - first;
  const same = first + way * (line[1] - line[0]);
  const start = Math.min(Math.max(Math.min(same, to - length), from), n - length);
  return [start, start + length];
}

/** What a key does to the window; null if it means nothing here. */
export function byKey(
  shown: Rows,
  n: number,
  place: number | null,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
): Rows | null {
  const middle = place ?? (shown[0] + shown[1]) / 2;
  switch (key) {
    case "z":
    case "Z":
      return zoomed(shown, n, middle, shiftKey ? -1 : 1);
    case "PageDown":
      return moved(shown, n, 0.9);
    case "PageUp":
      return moved(shown, n, -0.9);
    case "Home":
      return [0, n];
    default:
      return null;
  }
}
