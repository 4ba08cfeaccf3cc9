/** A comparison: its header, and its views in a grid. */

import type { JSX } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useReadable, useSize } from "../controls/hooks";
import type { ComparisonState, ComparisonStore, Slot } from "../state/comparison";
import { DetailsStore } from "../state/details";
import { type Grid, gridOf, spanOf } from "../state/grid";
import { stepped } from "../state/settings";
import type { ViewStore } from "../state/store";
import { Card } from "./card";
import { type CardPlace, Details, Neighbours, Place } from "./context";
import { DetailsPanel } from "./details";
import { besideAt, PANEL } from "./details_frame";
import { type Carry, useCarry } from "./drag";
import { Header, NoticeLine } from "./header";
import { Help } from "./help";
import { Overlay } from "./overlay";
import { SaveFigure } from "./save_figure";
import { SavePage } from "./save_page";

export function Comparison({ store }: { readonly store: ComparisonStore }): JSX.Element {
  const state = useReadable(store);
  const root = useRef<HTMLDivElement>(null);
  const [text, setText] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  const [file, setFile] = useState<"figure" | "page" | null>(null);
  const size = useSize(root);
  const { snapshot, slots } = state;
  const details = useDetails(store);
  const looking = useOpen(details);
  const beside = looking && besideAt(size.width);
  const room = beside ? size.width - PANEL - 8 : size.width;
  const grid = gridOf(room, slots.length, snapshot.settings.columns);
  const board = useContext(Neighbours);
  const carry = useCarry(
    root,
    (from, to) => {
      const slot = slots[from];
      if (slot !== undefined) void store.move(slot.ref, to);
    },
    (from, x, y) => {
      const slot = slots[from];
      if (slot === undefined) return false;
      return board?.drop(store, viewId(slot), x, y) ?? false;
    },
  );
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
        onFigure={() => setFile("figure")}
        onPage={() => setFile("page")}
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
        <Overlay onClose={() => setFile(null)}>
          {file === "page" ? (
            <SavePage store={store} onClose={() => setFile(null)} />
          ) : (
            <SaveFigure store={store} onClose={() => setFile(null)} />
          )}
        </Overlay>
      )}
      {text === null ? null : (
        <Overlay onClose={() => setText(null)}>
          <pre>{text}</pre>
        </Overlay>
      )}
      <Details.Provider value={store.source.live ? details : null}>
        <div class="with-details">
          {slots.length > 0 ? (
            <div
              class={`grid ${carry.from === null ? "" : "carrying"}`}
              style={{
                gridTemplateColumns: `repeat(${grid.columns}, minmax(0, ${grid.width}px))`,
              }}
            >
              {slots.map((slot, index) => (
                <Cell key={slot.ref} {...{ store, state, slot, index, grid, carry }} />
              ))}
            </div>
          ) : (
            <p class="blank">{snapshot.message || "No views yet; add one with + view."}</p>
          )}
          <DetailsPanel over={!beside} />
        </div>
      </Details.Provider>
    </div>
  );
}

/** The panel of one region, as long as the comparison is on the page. */
function useDetails(store: ComparisonStore): DetailsStore {
  const [details] = useState(() => new DetailsStore(store));
  useEffect(() => () => details.dispose(), [details]);
  return details;
}

/** Whether the panel is open; what it shows is no concern of the views. */
function useOpen(details: DetailsStore): boolean {
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => details.subscribe(() => setOpen(details.get().open)), [details]);
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
}

function Cell({ store, state, slot, index, grid, carry }: CellProps): JSX.Element {
  const { snapshot, slots } = state;
  const span = useSpan(slot.store, grid);
  const board = useContext(Neighbours);
  const place: CardPlace = {
    standalone: false,
    // over several columns a picture has room to be taller
    height: span === 1 ? grid.height : 0,
    column: grid.width,
    index,
    count: slots.length,
    arrange: store.source.live
      ? {
          move: (to) => {
            if (to >= 0 && to < slots.length) void store.move(slot.ref, to);
          },
          remove: () => void store.remove(slot.ref),
          duplicate: () => void store.duplicate(slot.ref),
          others: board === null ? [] : board.others(store, viewId(slot)),
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
  const landing = carry.to === index && carry.from !== null && carry.from !== index;
  const side = landing ? ((carry.from ?? 0) < index ? " after" : " before") : "";
  return (
    <div
      class={`cell${carry.from === index ? " carried" : ""}${side}`}
      data-slot={slot.ref}
      style={{ gridColumn: `span ${span}` }}
    >
      {slot.store !== null ? (
        <Place.Provider value={place}>
          <Card store={slot.store} />
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

/** Columns that a view's own width asks for. */
function useSpan(store: ViewStore | null, grid: Grid): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (store === null) return;
    const read = (): void => setWidth(store.get().snapshot.settings.width);
    read();
    return store.subscribe(read);
  }, [store]);
  return spanOf(width, grid);
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
