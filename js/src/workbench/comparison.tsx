/** A comparison: its header, and its views in a grid. */

import type { JSX } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useReadable, useSize } from "../controls/hooks";
import { detailsOf, Late } from "../later/later";
import type { ComparisonState, ComparisonStore, Slot } from "../state/comparison";
import type { DetailsStore } from "../state/details";
import {
  CARD_CHROME,
  type Grid,
  gridOf,
  type Landing,
  moveTo,
  rowsHeight,
  spanIn,
} from "../state/grid";
import { stepped } from "../state/settings";
import type { ViewStore } from "../state/store";
import type { ViewFacts } from "../wire/view";
import { Card } from "./card";
import { type CardPlace, Details, Neighbours, Place } from "./context";
import { besideAt, PANEL } from "./details_frame";
import { type Carry, markOf, useCarry } from "./drag";
import { groupItems } from "./group_items";
import { Header } from "./header";
import { Help } from "./help";
import { NoticeLine } from "./notice";
import { Overlay } from "./overlay";
import { Pick, PickingPlace, ShareMarks, shareItems, usePicking } from "./share";

export function Comparison({ store }: { readonly store: ComparisonStore }): JSX.Element {
  const picking = usePicking();
  return (
    <PickingPlace.Provider value={picking}>
      <Whole store={store} />
    </PickingPlace.Provider>
  );
}

function Whole({ store }: { readonly store: ComparisonStore }): JSX.Element {
  const state = useReadable(store);
  const root = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [file, setFile] = useState<"SaveFigure" | "SavePage" | "Threshold" | null>(null);
  const size = useSize(root);
  const { snapshot, slots } = state;
  const details = useDetails(store);
  const looking = useOpen(details);
  const beside = looking && besideAt(size.width);
  const room = beside ? size.width - PANEL - 8 : size.width;
  const grid = gridOf(room, slots.length, snapshot.settings.columns);
  const board = useContext(Neighbours);
  const carry = useCarry(root, {
    onDrop: (from, landing) => {
      const slot = slots[from];
      if (slot === undefined) return;
      const other = landing.how === "swap" ? slots[landing.place] : undefined;
      const to = moveTo(from, landing);
      if (other !== undefined && other !== slot) void store.swap(slot.ref, other.ref);
      else if (to !== null) void store.move(slot.ref, to);
    },
    onAway: (_from, point) => board?.hover(store, point) ?? false,
    onAwayDrop: (from, point) => {
      const slot = slots[from];
      return slot !== undefined && (board?.drop(store, viewId(slot), point) ?? false);
    },
    onEnd: () => board?.rest(),
  });
  const landing = carry.landing ?? board?.landing(store) ?? null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey)) return;
    if (event.key.toLowerCase() !== "z" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    event.stopPropagation();
    void store.command(event.shiftKey ? "redo" : "undo");
  };
  useFollowMoved(root, slots);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: undo works wherever the focus is
    <div class="comparison" ref={root} onKeyDown={onKeyDown} data-testid="comparison">
      <Header
        {...{ store, state, size }}
        width={grid.total}
        onHelp={() => setHelp(true)}
        onFigure={() => setFile("SaveFigure")}
        onPage={() => setFile("SavePage")}
        onThreshold={() => setFile("Threshold")}
        onText={(code) => setText(code)}
      />
      <NoticeLine store={store} state={state} />
      {snapshot.missing === "" ? null : (
        <p class="gone" role="status" data-testid="missing">
          {snapshot.missing}
        </p>
      )}
      {help ? (
        <Overlay onClose={() => setHelp(false)}>
          <Help />
        </Overlay>
      ) : null}
      {file === null ? null : (
        <Late asked={store}>
          {(panels) => {
            const Dialog = panels[file];
            return (
              <Overlay onClose={() => setFile(null)}>
                <Dialog store={store} onClose={() => setFile(null)} />
              </Overlay>
            );
          }}
        </Late>
      )}
      {text === null ? null : (
        <Overlay onClose={() => setText(null)}>
          <pre>{text}</pre>
        </Overlay>
      )}
      <Details.Provider value={details}>
        <div class="with-details">
          {slots.length > 0 ? (
            <div
              class={`grid ${carry.from === null ? "" : "carrying"}`}
              style={{
                gridTemplateColumns: `repeat(${grid.columns}, minmax(0, ${grid.width}px))`,
              }}
            >
              {slots.map((slot, index) => (
                <Cell key={slot.ref} {...{ store, state, slot, index, grid, carry, landing }} />
              ))}
            </div>
          ) : (
            <p class={`blank${landing === null ? "" : " landing"}`}>
              {snapshot.message || "No views yet; add one with + view."}
            </p>
          )}
          {looking ? (
            <Late asked={store}>{({ DetailsPanel }) => <DetailsPanel over={!beside} />}</Late>
          ) : null}
        </div>
      </Details.Provider>
    </div>
  );
}

/** The panel of one region, as long as the comparison is on the page; null if there is none. */
function useDetails(store: ComparisonStore): DetailsStore | null {
  const [details] = useState(() => detailsOf(store));
  useEffect(() => () => details?.dispose(), [details]);
  return details;
}

/** Whether the panel is open; what it shows is no concern of the views. */
function useOpen(details: DetailsStore | null): boolean {
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => details?.subscribe(() => setOpen(details.get().open)), [details]);
  return open;
}

function viewId(slot: Slot): string {
  return slot.store?.get().snapshot.facts.view_id ?? "";
}

interface CellProps {
  readonly store: ComparisonStore;
  readonly state: ComparisonState;
  readonly slot: Slot;
  readonly index: number;
  readonly grid: Grid;
  readonly carry: Carry;
  readonly landing: Landing | null;
}

function Cell(props: CellProps): JSX.Element {
  const { store, state, slot, index, grid, carry, landing } = props;
  const { snapshot, slots } = state;
  const span = spanIn(useSpan(slot.store), grid.columns);
  const element = useRef<HTMLDivElement>(null);
  const chrome = useChrome(element);
  const board = useContext(Neighbours);
  const picking = useContext(PickingPlace);
  const facts = useFacts(slot.store);
  const place: CardPlace = {
    standalone: false,
    height: rowsHeight(span.rows, grid.height, chrome),
    cell: { width: grid.width, height: grid.height + chrome, columns: grid.columns },
    index,
    count: slots.length,
    arrange: store.source.live
      ? {
          move: (to) => {
            if (to >= 0 && to < slots.length) void store.move(slot.ref, to);
          },
          moveRow: (by) => {
            const to = Math.min(Math.max(index + by * grid.columns, 0), slots.length - 1);
            if (to !== index) void store.move(slot.ref, to);
          },
          remove: () => void store.remove(slot.ref),
          duplicate: () => void store.duplicate(slot.ref),
          others: board === null ? [] : board.others(store, viewId(slot)),
          shares:
            facts === null || picking === null
              ? []
              : [
                  ...shareItems(store, slot.ref, facts, picking.begin),
                  ...groupItems(slot.store, slots),
                ],
          undo: () => void store.command("undo"),
          redo: () => void store.command("redo"),
          grab: (event) => carry.grab(index, event),
        }
      : null,
    stepFlank: (by) => {
      const { flank } = snapshot.settings;
      const next = stepped(snapshot.flank_options, flank, by);
      if (next !== null && next !== flank) store.change({ flank: next });
    },
  };
  const mark = markOf(landing, index, slots.length, carry.from);
  return (
    <div
      ref={element}
      class={`cell${facts?.shares.scale?.role === "recipient" ? " takes-scale" : ""}${carry.from === index ? " carried" : ""}${mark}`}
      data-slot={slot.ref}
      style={{ gridColumn: `span ${span.columns}`, gridRow: `span ${span.rows}` }}
    >
      {slot.store !== null ? (
        <Place.Provider value={place}>
          <Card store={slot.store} />
          {facts === null ? null : <ShareMarks facts={facts} />}
          <Pick view={slot.ref} />
        </Place.Provider>
      ) : slot.problem === "" ? (
        <div
          class="card waiting"
          aria-busy="true"
          style={{ height: `${grid.height + 60}px` }}
        />
      ) : (
        <div class="card failed" role="alert">
          <p class="blank">This view could not be opened: {slot.problem}</p>
        </div>
      )}
    </div>
  );
}

/** What Python says about a view. */
function useFacts(store: ViewStore | null): ViewFacts | null {
  const [facts, setFacts] = useState<ViewFacts | null>(null);
  useLayoutEffect(() => {
    if (store === null) return;
    const read = (): void => setFacts(store.get().snapshot.facts);
    read();
    return store.subscribe(read);
  }, [store]);
  return facts;
}

/** Cells that a view asks for. */
function useSpan(store: ViewStore | null): { columns: number; rows: number } {
  const [span, setSpan] = useState({ columns: 1, rows: 1 });
  useLayoutEffect(() => {
    if (store === null) return;
    const read = (): void => {
      const { span_columns: columns, span_rows: rows } = store.get().snapshot.settings;
      setSpan((old) =>
        old.columns === columns && old.rows === rows ? old : { columns, rows },
      );
    };
    read();
    return store.subscribe(read);
  }, [store]);
  return span;
}

/** Height of what stands around the plot in the card of a cell. */
function useChrome(cell: { readonly current: HTMLElement | null }): number {
  const [chrome, setChrome] = useState(CARD_CHROME);
  useLayoutEffect(() => {
    const card = cell.current?.querySelector<HTMLElement>(".card");
    const body = card?.querySelector<HTMLElement>(".body");
    if (!card || !body || card.hasAttribute("popover")) return;
    const around = card.offsetHeight - body.offsetHeight;
    // in a hidden tab there is nothing to measure
    if (around > 0 && around < 2 * CARD_CHROME) setChrome(around);
  });
  return chrome;
}

/** A card moved by keyboard keeps the focus; after a removal its neighbour takes it. */
function useFollowMoved(
  root: { readonly current: HTMLElement | null },
  slots: readonly Slot[],
): void {
  const order = slots.map(({ ref }) => ref).join(" ");
  const focused = useRef<{ ref: string | null; place: number }>({ ref: null, place: 0 });
  const active = activeIn(root.current);
  const cell = active?.closest<HTMLElement>("[data-slot]");
  const inside = root.current?.contains(cell ?? null) === true ? cell : null;
  focused.current = {
    ref: inside?.dataset.slot ?? null,
    place: inside ? [...(inside.parentElement?.children ?? [])].indexOf(inside) : 0,
  };
  useLayoutEffect(() => {
    const { ref, place } = focused.current;
    if (ref === null) return;
    const cells = [...(root.current?.querySelectorAll<HTMLElement>("[data-slot]") ?? [])];
    const cell =
      cells.find((each) => each.dataset.slot === ref) ??
      cells[Math.min(place, cells.length - 1)];
    // a button within the card may have kept it by itself
    if (cell?.contains(activeIn(root.current)) === true) return;
    cell?.querySelector<HTMLElement>(".card")?.focus();
  }, [order]);
}

/** The focused element, also within a shadow root. */
function activeIn(element: HTMLElement | null): Element | null {
  return (element?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement ?? null;
}
