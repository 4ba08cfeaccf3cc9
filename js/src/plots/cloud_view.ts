/** Which part of an embedding is on screen, and the hands and keys that change it. */

import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SettingsPatch } from "../wire/settings";
import { extentOf, moved, windowOf, zoomed } from "./cloud_window";
import { type Bounds, boundsOf, type Corner } from "./embedding_data";
import type { Values } from "./limits";

export interface CloudView {
  readonly bounds: Bounds;
  /** Whether only a part is shown. */
  readonly part: boolean;
  /** `at` is the place that stays, 0 to 1 from the upper left corner. */
  readonly zoom: (factor: number, at?: Corner) => void;
  /** By shares of the part's size. */
  readonly move: (by: Corner) => void;
  readonly reset: () => void;
  /** Takes a key if it changes what is shown. */
  readonly key: (event: KeyboardEvent) => boolean;
}

const IN = 0.8;
/** A wheel or a drag is told to the kernel when it has come to rest. */
const REST = 150;
const MIDDLE: Corner = [0.5, 0.5];

export function useCloudView(
  points: Values,
  extent: readonly number[],
  field: RefObject<HTMLElement | null>,
  onChange: (patch: SettingsPatch) => void,
): CloudView {
  const all = useMemo(() => boundsOf(points), [points]);
  const [local, setLocal] = useState<Bounds | null>(null);
  const bounds = useMemo(() => local ?? windowOf(all, extent), [local, all, ...extent]);
  useEffect(() => {
    if (local === null) return;
    const timer = setTimeout(() => {
      onChange({ extent: extentOf(local, all) });
      setLocal(null);
    }, REST);
    return () => clearTimeout(timer);
  }, [local]);

  const zoom = (factor: number, at: Corner = MIDDLE) =>
    setLocal((now) => zoomed(now ?? bounds, all, factor, at));
  const move = (by: Corner) => setLocal((now) => moved(now ?? bounds, all, by));
  const reset = () => setLocal(all);

  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = field.current;
    if (element === null) return;
    const listening = new AbortController();
    const onWheel = (event: WheelEvent): void => {
      const root = element.getRootNode() as Document | ShadowRoot;
      // the page scrolls unless a person has gone into the picture
      if (root.activeElement !== element && !event.ctrlKey) return;
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const at: Corner = [(event.clientX - left) / width, (event.clientY - top) / height];
      const steps = Math.min(Math.max(event.deltaY / 100, -3), 3);
      latest.current(IN ** -steps, at);
    };
    element.addEventListener("wheel", onWheel, { passive: false, signal: listening.signal });
    return () => listening.abort();
  }, [field]);

  const key = (event: KeyboardEvent): boolean => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.key === "PageUp") zoom(IN);
    else if (event.key === "PageDown") zoom(1 / IN);
    else if (event.key === "Home") reset();
    else if (way !== undefined && (event.ctrlKey || event.metaKey)) {
      move([(way[0] as number) / 10, (way[1] as number) / 10]);
    } else return false;
    return true;
  };
  const part = bounds.left > all.left || bounds.right < all.right || bounds.top < all.top;
  return { bounds, part: part || bounds.bottom > all.bottom, zoom, move, reset, key };
}
