/** A HiGlass view at the region: the widget of another package, drawn into the panel. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Part } from "../state/details";
import type { ComparisonSource } from "../wire/source";
import { Loading } from "./details_frame";

export function HiglassPart(props: {
  readonly part: Part<string>;
  readonly source: ComparisonSource;
}): JSX.Element | null {
  const { part, source } = props;
  switch (part.show) {
    case "none":
      return null;
    case "loading":
      return <Loading what="HiGlass" />;
    case "failed":
      return (
        <p class="error" role="alert">
          {part.message}
        </p>
      );
    case "ready":
      return <Drawn key={part.data} reference={part.data} source={source} />;
  }
}

function Drawn(props: {
  readonly reference: string;
  readonly source: ComparisonSource;
}): JSX.Element {
  const { reference, source } = props;
  const place = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const here = new AbortController();
    const el = place.current;
    if (el === null) return;
    if (source.draw === undefined) setProblem("HiGlass cannot be drawn in this page");
    else {
      source.draw(reference, el, here.signal).catch((error: unknown) => {
        if (here.signal.aborted) return;
        const text = error instanceof Error ? error.message : String(error);
        setProblem(`${text}; in a cell, c.details(row).higlass() shows it`);
      });
    }
    return () => here.abort();
  }, [reference, source]);
  return (
    <>
      {problem === "" ? null : (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <div class="details-higlass" ref={place} data-testid="higlass" />
    </>
  );
}
