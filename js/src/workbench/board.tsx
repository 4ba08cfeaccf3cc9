/** Several comparisons side by side; cards can be dragged from one to another. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useReadable } from "../controls/hooks";
import { ComparisonStore } from "../state/comparison";
import type { CommBoard } from "../wire/board";
import { CommandError } from "../wire/source";
import { Comparison } from "./comparison";
import { type BoardPlace, Neighbours } from "./context";

type Opened = ReadonlyMap<string, ComparisonStore>;

export function Board({ board }: { readonly board: CommBoard }): JSX.Element {
  const { comparisons, linkFlanks } = useReadable(board);
  const root = useRef<HTMLDivElement>(null);
  const { opened, problem } = useComparisons(board, comparisons);

  const copy = (from: ComparisonStore, viewId: string, to: string): void => {
    const origin = comparisons.find((ref) => opened.get(ref) === from);
    if (origin === undefined) return;
    board.copy(origin, viewId, to).catch((error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      opened.get(to)?.notice({ tone: "error", text: error.message });
    });
  };
  const neighbours: BoardPlace = {
    others: (from, viewId) =>
      comparisons.flatMap((ref, index) => {
        const store = opened.get(ref);
        if (store === undefined || store === from) return [];
        const { title, regions } = store.get().snapshot;
        const label = title || regions?.name || `comparison ${index + 1}`;
        return [{ label, copy: () => copy(from, viewId, ref) }];
      }),
    drop: (from, viewId, x, y) => {
      const boxes = [...(root.current?.querySelectorAll<HTMLElement>("[data-ref]") ?? [])];
      const under = boxes.find((box) => {
        const { left, right, top, bottom } = box.getBoundingClientRect();
        return x >= left && x <= right && y >= top && y <= bottom;
      });
      const ref = under?.dataset.ref;
      if (ref === undefined || opened.get(ref) === from) return false;
      copy(from, viewId, ref);
      return true;
    },
  };
  return (
    <div class="board" ref={root} data-testid="board">
      {comparisons.length < 2 ? null : (
        <label class="muted">
          <input
            type="checkbox"
            checked={linkFlanks}
            data-testid="link-flanks"
            onChange={(event) => board.setLinked(event.currentTarget.checked)}
          />
          same flank everywhere
        </label>
      )}
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
  );
}

/** Stores of the comparisons as they arrive; all are closed with the board. */
function useComparisons(
  board: CommBoard,
  refs: readonly string[],
): { readonly opened: Opened; readonly problem: string } {
  const [opened, setOpened] = useState<Opened>(new Map());
  const [problem, setProblem] = useState("");
  const known = useRef(new Map<string, ComparisonStore | null>());
  const gone = useRef(false);
  useEffect(() => {
    for (const ref of refs) {
      if (known.current.has(ref)) continue;
      known.current.set(ref, null);
      board.open(ref).then(
        (source) => {
          const store = new ComparisonStore(source);
          if (gone.current) {
            store.close();
            source.close();
            return;
          }
          known.current.set(ref, store);
          setOpened((before) => new Map(before).set(ref, store));
        },
        (error: unknown) => setProblem(String(error)),
      );
    }
  }, [board, refs]);
  useEffect(
    () => () => {
      gone.current = true;
      for (const store of known.current.values()) {
        store?.close();
        store?.source.close();
      }
    },
    [],
  );
  return { opened, problem };
}
