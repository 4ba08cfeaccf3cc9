/** Several comparisons side by side; cards can be dragged from one to another. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useReadable } from "../controls/hooks";
import { Select } from "../controls/select";
import { ComparisonStore } from "../state/comparison";
import { type Landing, landingAt } from "../state/grid";
import { type BoardLinks, type BoardSource, LINK_NAMES } from "../wire/board";
import { CommandError } from "../wire/source";
import { Comparison } from "./comparison";
import { type BoardPlace, Neighbours } from "./context";
import { cardBoxes, type Point } from "./drag";
import { PickingPlace, useOwnPicking } from "./share";

type Opened = ReadonlyMap<string, ComparisonStore>;

export function Board({ board }: { readonly board: BoardSource }): JSX.Element {
  const { comparisons, links } = useReadable(board);
  const root = useRef<HTMLDivElement>(null);
  const { opened, problem } = useComparisons(board, comparisons);
  const neighbours = useNeighbours(board, comparisons, opened, root);
  const picking = useOwnPicking();
  return (
    <PickingPlace.Provider value={picking}>
      <div class="board" ref={root} data-testid="board">
        <div class="board-head">
          {comparisons.length < 2 ? null : <Links board={board} links={links} />}
          <span class="space" />
          <AddComparison board={board} model={opened.get(comparisons.at(-1) ?? "")} />
        </div>
        {problem === "" ? null : (
          <p class="blank" role="alert">
            A comparison could not be opened: {problem}
          </p>
        )}
        <Neighbours.Provider value={neighbours}>
          <div class="board-row">
            {comparisons.map((ref) => {
              const store = opened.get(ref);
              return (
                <div key={ref} data-ref={ref} class="board-place">
                  {store === undefined ? null : <Comparison store={store} />}
                </div>
              );
            })}
          </div>
        </Neighbours.Provider>
      </div>
    </PickingPlace.Provider>
  );
}

/** Another region set beside the others, with views like those of the last one. */
function AddComparison(props: {
  readonly board: BoardSource;
  readonly model: ComparisonStore | undefined;
}): JSX.Element | null {
  const { board, model } = props;
  if (model === undefined || !board.live) return null;
  const options = model.get().snapshot.region_options;
  return (
    <Select
      label="show another region set beside"
      value=""
      placeholder="+ comparison"
      options={options.map(({ id, name, detail }) => ({ value: id, label: name, detail }))}
      onChange={(id) => tell(model, board.add(id))}
      testid="add-comparison"
    />
  );
}

/** A refusal is told under the header of a comparison. */
function tell(store: ComparisonStore | undefined, asked: Promise<void>): void {
  asked.catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    store?.notice({ tone: "error", text: error.message });
  });
}

const LINK_WORDS: Readonly<Record<keyof BoardLinks, string>> = {
  link_flanks: "flank",
  link_bins: "bin sizes",
  link_scales: "scales",
};

/** What is the same in all comparisons. */
function Links(props: {
  readonly board: BoardSource;
  readonly links: BoardLinks;
}): JSX.Element {
  const { board, links } = props;
  return (
    <fieldset class="board-links muted">
      <legend>same everywhere</legend>
      {LINK_NAMES.filter((name) => board.live || name === "link_flanks").map((name) => (
        <label key={name}>
          <input
            type="checkbox"
            checked={links[name]}
            data-testid={name.replace("_", "-")}
            onChange={(event) => board.setLinked(name, event.currentTarget.checked)}
          />
          {LINK_WORDS[name]}
        </label>
      ))}
    </fieldset>
  );
}

/** What a comparison can do with the others. */
function useNeighbours(
  board: BoardSource,
  comparisons: readonly string[],
  opened: Opened,
  root: { readonly current: HTMLElement | null },
): BoardPlace {
  const [over, setOver] = useState<{ ref: string; landing: Landing } | null>(null);
  return useMemo(() => {
    const send = (
      from: ComparisonStore,
      viewId: string,
      to: string,
      how: { readonly copy: boolean; readonly place?: number },
    ): void => {
      const origin = comparisons.find((ref) => opened.get(ref) === from);
      if (origin === undefined) return;
      tell(opened.get(to), board.send(origin, viewId, to, how));
    };
    const under = (from: ComparisonStore, { x, y }: Point) => {
      const boxes = [...(root.current?.querySelectorAll<HTMLElement>("[data-ref]") ?? [])];
      const box = boxes.find((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        return x >= left && x <= right && y >= top && y <= bottom;
      });
      const ref = box?.dataset.ref;
      if (box === undefined || ref === undefined || opened.get(ref) === from) return null;
      const cards = cardBoxes(box);
      const found = landingAt(x, y, cards);
      // a card of elsewhere has no place to give in exchange
      const landing: Landing = { how: "insert", place: found.place };
      return { ref, landing };
    };
    return {
      others: (from, viewId) =>
        (board.live ? comparisons : []).flatMap((ref, index) => {
          const store = opened.get(ref);
          if (store === undefined || store === from) return [];
          const { title, regions } = store.get().snapshot;
          const label = title || regions?.name || `comparison ${index + 1}`;
          const copy = () => send(from, viewId, ref, { copy: true });
          return [{ label, copy, move: () => send(from, viewId, ref, { copy: false }) }];
        }),
      hover: (from, point) => {
        const found = under(from, point);
        setOver(found);
        return found !== null;
      },
      landing: (store) =>
        over !== null && opened.get(over.ref) === store ? over.landing : null,
      drop: (from, viewId, point) => {
        const found = under(from, point);
        if (found === null) return false;
        const { place } = found.landing;
        send(from, viewId, found.ref, { copy: point.copy, place });
        return true;
      },
      leave: (store) => {
        const ref = comparisons.find((each) => opened.get(each) === store);
        if (ref !== undefined) tell(store, board.remove(ref));
      },
      rest: () => setOver(null),
    };
  }, [board, comparisons, opened, root, over]);
}

/** Stores of the comparisons as they come and go. */
function useComparisons(
  board: BoardSource,
  refs: readonly string[],
): { readonly opened: Opened; readonly problem: string } {
  const [opened, setOpened] = useState<Opened>(new Map());
  const [problem, setProblem] = useState("");
  const known = useRef(new Map<string, ComparisonStore | null>());
  useEffect(() => {
    const here = known.current;
    for (const [ref, store] of here) {
      if (refs.includes(ref)) continue;
      here.delete(ref);
      if (store !== null) leave(store);
      setOpened((before) => new Map([...before].filter(([each]) => each !== ref)));
    }
    for (const ref of refs) {
      if (here.has(ref)) continue;
      here.set(ref, null);
      board.open(ref).then(
        (source) => {
          const store = new ComparisonStore(source);
          // taken off the board, or the board closed, while it was on its way
          if (here.get(ref) !== null) {
            leave(store);
            return;
          }
          here.set(ref, store);
          setOpened((before) => new Map(before).set(ref, store));
        },
        (error: unknown) => setProblem(String(error)),
      );
    }
  }, [board, refs]);
  useEffect(() => {
    const here = known.current;
    return () => {
      for (const store of here.values()) if (store !== null) leave(store);
      here.clear();
    };
  }, []);
  return { opened, problem };
}

function leave(store: ComparisonStore): void {
  store.close();
  store.source.close();
}
