/** How many regions are selected, and what can be done with them. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { IconButton } from "../controls/button";
import { Rename } from "../controls/rename";
import { formatCount } from "../plots/texts";
import type { ComparisonStore } from "../state/comparison";

export function Selected(props: {
  readonly store: ComparisonStore;
  readonly count: number | null;
  readonly name: string;
  readonly short: boolean;
}): JSX.Element {
  const { store, count, name, short } = props;
  const [naming, setNaming] = useState(false);
  const some = count !== null;
  const { live } = store.source;
  return (
    <>
      <span
        class={count === null ? "sr" : "selected"}
        data-testid="selection-count"
        role="status"
        title={name}
      >
        {count === null ? "nothing selected" : `${formatCount(count)} selected`}
      </span>
      {some && !naming ? (
        <>
          <IconButton
            icon="close"
            label="clear the selection"
            testid="clear-selection"
            onClick={() => void store.command("clear_selection")}
          />
          {live ? (
            <button
              type="button"
              class="quiet"
              title="keep the selected regions as a region set of yours"
              data-testid="create-region-set"
              onClick={() => setNaming(true)}
            >
              {short ? "+ set" : "+ region set"}
            </button>
          ) : null}
        </>
      ) : null}
      {some && naming ? (
        <Rename
          label="name of the new region set"
          title=""
          onDone={(given) => {
            setNaming(false);
            if (given !== null && given !== "") void createRegionSet(store, given);
          }}
        />
      ) : null}
    </>
  );
}

async function createRegionSet(store: ComparisonStore, name: string): Promise<void> {
  const reply = await store.command("create_region_set", { name });
  if (reply === null) return;
  const run = (): void => {
    store.notice(null);
    void store.command("show_beside", { id: String(reply.payload.id) });
  };
  const text = `Region set “${name}” created.`;
  store.notice({ tone: "info", text, act: { label: "show it beside", run } });
}
