/** Small hooks that the components share. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Readable } from "../state/store";

/** The value of a store; the component renders again when it changes. */
export function useReadable<T>(readable: Readable<T>): T {
  const [value, setValue] = useState(() => readable.get());
  useLayoutEffect(() => {
    const update = (): void => setValue(() => readable.get());
    update();
    return readable.subscribe(update);
  }, [readable]);
  return value;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an element's content in CSS px; zero until it is laid out. */
export function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((old) =>
        old.width === width && old.height === height ? old : { width, height },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** The same function for a component's whole life, always calling the latest one. */
export function useLatest<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  const latest = useRef(call);
  latest.current = call;
  const [stable] = useState(
    () =>
      (...args: A): R =>
        latest.current(...args),
  );
  return stable;
}

/** Seconds since `running` became true, from `start` upwards; ticks only while running. */
export function useSeconds(running: boolean, start: number): number {
  const [seconds, setSeconds] = useState(start);
  useEffect(() => {
    if (!running) return;
    const began = Date.now() - start * 1000;
    setSeconds(start);
    const timer = setInterval(() => setSeconds((Date.now() - began) / 1000), 1000);
    return () => clearInterval(timer);
  }, [running, start]);
  return seconds;
}
