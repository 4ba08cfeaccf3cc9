/** The panel at the side of a comparison that shows one of its regions. */

import type { JSX } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { IconButton, LinkButton } from "../controls/button";
import { useReadable } from "../controls/hooks";
import { formatCount } from "../plots/texts";
import type { DetailsState, DetailsStore, Facts } from "../state/details";
import { Details } from "./context";
import { Loading, PANEL } from "./details_frame";
import { SnippetPart, TracksPart } from "./details_plots";
import { AnnotationTable, MemberTable } from "./details_tables";
import { HiglassPart } from "./higlass";
import { isTyping } from "./keys";

export function DetailsPanel({ over }: { readonly over: boolean }): JSX.Element | null {
  const store = useContext(Details);
  return store === null ? null : <Panel store={store} over={over} />;
}

function Panel(props: {
  readonly store: DetailsStore;
  readonly over: boolean;
}): JSX.Element | null {
  const { store, over } = props;
  const state = useReadable(store);
  const root = useRef<HTMLElement>(null);
  useFocusWithin(root, state.open);
  if (!state.open) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") store.close();
    else if (isTyping(event.target)) return;
    else {
      const by = STEPS[event.key];
      if (by === undefined) return;
      store.step(event.shiftKey && Math.abs(by) === 1 ? 10 * by : by);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const { facts } = state;
  const panel = (
    <aside
      ref={root}
      class="details"
      style={{ width: `${PANEL}px` }}
      aria-label="details of one region"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys go through regions
      tabIndex={0}
      data-testid="region-details"
      data-status={facts.show}
      onKeyDown={onKeyDown}
    >
      <Walk store={store} state={state} />
      {facts.show === "failed" ? (
        <p class="error" role="alert">
          {facts.message}
        </p>
      ) : null}
      <Body store={store} state={state} />
    </aside>
  );
  return over ? <div class="details-over">{panel}</div> : panel;
}

const FAR = 1_000_000_000;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -FAR,
  End: FAR,
};

/** The facts of the region; those of the last one while the next loads. */
function known({ facts }: DetailsState): Facts | null {
  if (facts.show === "ready") return facts.data;
  return facts.show === "loading" ? facts.old : null;
}

function Walk(props: {
  readonly store: DetailsStore;
  readonly state: DetailsState;
}): JSX.Element {
  const { store, state } = props;
  const facts = known(state);
  const place = facts?.place ?? null;
  return (
    <header class="details-head">
      <IconButton
        icon="previous"
        label="previous region"
        testid="previous-region"
        disabled={facts === null || place === 0}
        onClick={() => store.step(-1)}
      />
      <IconButton
        icon="next"
        label="next region"
        testid="next-region"
        disabled={facts === null || (place !== null && place === facts.total - 1)}
        onClick={() => store.step(1)}
      />
      <span class="muted" role="status" data-testid="region-place">
        {facts === null ? "" : walkText(facts)}
      </span>
      <span class="space" />
      <IconButton
        icon="close"
        label="close (Escape)"
        tip="end"
        testid="close-details"
        onClick={() => store.close()}
      />
    </header>
  );
}

/** “3 of 214 selected”, “region 13 of 1,013”. */
export function walkText({ row, place, total, selected }: Facts): string {
  if (!selected) return `region ${formatCount(row + 1)} of ${formatCount(total)}`;
  if (place === null) return `region ${formatCount(row + 1)}, not selected`;
  return `${formatCount(place + 1)} of ${formatCount(total)} selected`;
}

function Body(props: {
  readonly store: DetailsStore;
  readonly state: DetailsState;
}): JSX.Element | null {
  const { store, state } = props;
  const facts = known(state);
  if (facts === null) {
    return state.facts.show === "loading" ? <Loading what="the region" /> : null;
  }
  return (
    <>
      <h3 data-testid="region-locus">
        {facts.loci.map(({ label, text }) => (
          <span key={label}>
            {text}
            {label === "" ? null : <small class="muted"> {label}</small>}
          </span>
        ))}
      </h3>
      <p class="details-links">
        {facts.links.map(({ label, url }) => (
          <a
            key={url}
            class="link"
            href={url}
            target="_blank"
            rel="noopener noreferrer"
            data-testid="ucsc-link"
          >
            {facts.links.length > 1 ? `UCSC, ${label}` : label} ↗
          </a>
        ))}
        {facts.higlass && state.higlass.show === "none" ? (
          <LinkButton testid="show-higlass" onClick={() => void store.showHiglass()}>
            HiGlass here
          </LinkButton>
        ) : null}
      </p>
      <HiglassPart part={state.higlass} source={store.comparison.source} />
      <SnippetPart store={store} state={state} facts={facts} />
      <TracksPart part={state.tracks} />
      <MemberTable store={store} state={state} facts={facts} />
      <AnnotationTable facts={facts} />
    </>
  );
}

/** The panel takes the focus when it opens, and gives it back when it closes. */
function useFocusWithin(root: { readonly current: HTMLElement | null }, open: boolean): void {
  const before = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    if (!open) return;
    const page = root.current?.getRootNode() as Document | ShadowRoot | undefined;
    before.current = (page?.activeElement as HTMLElement | null) ?? null;
    root.current?.focus({ preventScroll: true });
    return () => {
      const last = before.current;
      if (last?.isConnected === true) last.focus({ preventScroll: true });
    };
  }, [open, root]);
}
