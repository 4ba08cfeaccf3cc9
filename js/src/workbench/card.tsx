/** One view: heading, picture, status line, and everything a hand can do to them. */

import type { JSX } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useReadable, useSize } from "../controls/hooks";
import { Rename } from "../controls/rename";
import { fitted, plotHeight } from "../plots/index";
import { binPatch, stepped } from "../state/settings";
import type { ViewStore } from "../state/store";
import { type Face, faceOf, type ViewState } from "../state/view";
import type { ViewKind } from "../wire/view";
import { actionsOf, type CardHandles } from "./actions";
import { Body } from "./card_body";
import { Details, Place } from "./context";
import { useFullScreen } from "./full_screen";
import { AgainstLine, AskedChoices, FeatureChoice } from "./heading";
import { Help } from "./help";
import { isTyping, type KeyActions, press } from "./keys";
import { Overlay } from "./overlay";
import { ResizeHandle } from "./resize";
import { StatusLine } from "./status";
import { ViewMenu } from "./view_menu";
import { spokenLabel } from "./words";

type Panel = { readonly show: "help" } | { readonly show: "text"; readonly text: string };

const LEAST = 160;
/** Below this width the name has a line of its own, above the choices. */
const NARROW = 440;
/** Padding and border left and right of the plot. */
const CHROME = 18;
/** Width of the plot of a view alone in a cell, where nobody has chosen one. */
const WIDTHS: Readonly<Partial<Record<ViewKind, number>>> = { pileup: 440, stackup: 440 };

function widthOf(state: ViewState): number {
  const { facts, settings } = state.snapshot;
  return settings.width > 0 ? settings.width : (WIDTHS[facts.kind] ?? 560);
}

export function Card({ store }: { readonly store: ViewStore }): JSX.Element {
  const state = useReadable(store);
  const place = useContext(Place);
  const details = useContext(Details);
  const root = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const chooser = useRef<HTMLElement>(null);
  const [panel, setPanel] = useState<Panel | null>(null);
  const [comparing, setComparing] = useState(false);
  const other = useRef<HTMLSelectElement>(null);
  const [renaming, setRenaming] = useState(false);
  const [fullScreen, setFullScreen] = useFullScreen(root);
  const available = useSize(body);

  const { facts, settings } = state.snapshot;
  const face = faceOf(state);
  const size = fullScreen
    ? fitted(facts.kind, available)
    : { width: available.width, height: heightOf(state, place.height, available.width) };

  const actions = useMemo(() => {
    const handles: CardHandles = {
      plot: () => body.current?.querySelector<HTMLElement>(".hcw-plot") ?? null,
      toggleFullScreen: () => setFullScreen(),
      help: () => setPanel({ show: "help" }),
      rename: () => setRenaming(true),
      compare: () => setComparing(true),
      showText: (text) => setPanel({ show: "text", text }),
    };
    return actionsOf(store, handles);
  }, [store, setFullScreen]);

  useEffect(() => {
    if (comparing) other.current?.focus({ preventScroll: true });
  }, [comparing]);

  const keys: KeyActions = {
    flank: (by) => {
      if (place.stepFlank !== null) return place.stepFlank(by);
      const next = stepped(facts.flank_options, settings.flank, by);
      if (next !== null && next !== settings.flank) store.change({ flank: next });
    },
    bin: (by) => {
      const patch = binPatch(facts, settings, by);
      if (patch !== null) store.change(patch);
    },
    normalization: actions.nextNormalization,
    log: actions.toggleLog,
    fullScreen: actions.toggleFullScreen,
    save: actions.savePng,
    details: () => details?.open(null, facts.view_id),
    move: (by) => place.arrange?.move(place.index + by),
    moveRow: (by) => place.arrange?.moveRow(by),
    remove: () => place.arrange?.remove(),
    undo: () => place.arrange?.undo(),
    redo: () => place.arrange?.redo(),
    escape: () => {
      if (panel !== null) setPanel(null);
      else if (facts.status === "computing") void store.command("cancel");
      else if (fullScreen) setFullScreen();
      else return false;
      return true;
    },
    help: actions.help,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target)) return;
    if (event.target === root.current && isArrow(event)) {
      event.preventDefault();
      event.stopPropagation();
      moveCrosshair(body.current, event);
      return;
    }
    if (!press(event, keys)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset neither flexes nor goes full screen
    <div
      role="group"
      ref={root}
      class={`card ${face.show}${fullScreen ? " full" : ""}${available.width < NARROW ? " narrow" : ""}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys work while the card has focus
      tabIndex={0}
      aria-label={spokenLabel(facts, settings)}
      aria-busy={face.show === "computing"}
      data-testid={`view-${facts.kind}`}
      data-view-id={facts.view_id}
      data-status={face.show}
      onKeyDown={onKeyDown}
      style={
        place.standalone && !fullScreen ? { width: `${widthOf(state) + CHROME}px` } : undefined
      }
    >
      <ProgressLine face={face} />
      <header class="card-heading">
        {place.arrange === null || fullScreen ? null : (
          <span
            class="grip at-rest"
            title="drag onto a view to swap, between two to move; Alt with arrows moves by keyboard"
            onPointerDown={place.arrange.grab}
          />
        )}
        <span class="named">
          {renaming ? (
            <Rename
              label="title of the view"
              title={settings.title}
              onDone={(title) => {
                setRenaming(false);
                root.current?.focus({ preventScroll: true });
                if (title !== null) store.change({ title });
              }}
            />
          ) : (
            <FeatureChoice {...{ store, state, chooser }} standalone={place.standalone} />
          )}
          <span class="space" />
        </span>
        <span class="asked">
          <AskedChoices {...{ store, state, chooser }} standalone={place.standalone} />
        </span>
        <ViewMenu {...{ store, state, actions, place, fullScreen }} />
      </header>
      {comparing || settings.versus.length > 0 ? (
        <AgainstLine {...{ store, state }} selectRef={other} />
      ) : null}
      <div
        class="body"
        ref={body}
        style={fullScreen ? undefined : { height: `${size.height}px` }}
      >
        <Body {...{ store, state, face, size }} onChoose={() => openChooser(chooser.current)} />
        {panel === null ? null : (
          <Overlay onClose={() => setPanel(null)}>
            {panel.show === "help" ? <Help /> : <pre>{panel.text}</pre>}
          </Overlay>
        )}
      </div>
      <StatusLine store={store} state={state} />
      {fullScreen ? null : (
        <ResizeHandle size={size} cell={place.cell} onResize={(patch) => store.change(patch)} />
      )}
      <span class="sr" role="status" aria-live="polite">
        {announcement(face)}
      </span>
    </div>
  );
}

function heightOf(state: ViewState, wanted: number, width: number): number {
  const { facts, settings } = state.snapshot;
  if (wanted > 0) return wanted;
  if (settings.height > 0) return Math.max(settings.height, LEAST);
  return Math.round(Math.min(Math.max(plotHeight(facts.kind, width), LEAST), 560));
}

/** What changed, for people who do not see it. */
function announcement(face: Face): string {
  switch (face.show) {
    case "computing":
      return "computing";
    case "failed":
      return `failed: ${face.message}`;
    case "ready":
      return "ready";
    case "empty":
      return "";
  }
}

function ProgressLine({ face }: { readonly face: Face }): JSX.Element | null {
  if (face.show !== "computing") return null;
  const known = face.progress !== null;
  return (
    <div
      class={`progress ${known ? "" : "unknown"}`}
      role="progressbar"
      aria-label="computing"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round((face.progress ?? 0) * 100) : undefined}
    >
      <i style={known ? { width: `${(face.progress ?? 0) * 100}%` } : undefined} />
    </div>
  );
}

function isArrow(event: KeyboardEvent): boolean {
  return event.key.startsWith("Arrow") && !event.altKey && !event.ctrlKey && !event.metaKey;
}

/** Hands an arrow key to the picture, which keeps the focus from then on. */
function moveCrosshair(body: HTMLElement | null, { key, shiftKey }: KeyboardEvent): void {
  const picture = body?.querySelector<HTMLElement>(".hcw-focus");
  if (picture === null || picture === undefined) return;
  picture.focus({ preventScroll: true });
  picture.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, cancelable: true }));
}

function openChooser(element: HTMLElement | null): void {
  if (element === null) return;
  element.focus();
  if (element instanceof HTMLSelectElement) {
    try {
      element.showPicker();
    } catch {
      // only a click may open a list, and old browsers cannot: the focus has to do
    }
  } else {
    element.click();
  }
}
