/** One line above the views: the region set, the flank, the selection, and what to add. */

import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import { FlankControl } from "../controls/flank";
import type { Size } from "../controls/hooks";
import { Menu } from "../controls/menu";
import { Picker } from "../controls/picker";
import { Rename } from "../controls/rename";
import { Select } from "../controls/select";
import type { ComparisonState, ComparisonStore } from "../state/comparison";
import { wholeBins } from "../state/flanks";
import { comparisonMenu, type MenuOpens } from "./comparison_menu";
import { Neighbours } from "./context";
import { findBy } from "./find";
import { Selected } from "./selected";
import { Sessions } from "./sessions";
import { regionsText } from "./words";

interface HeaderProps extends MenuOpens {
  readonly store: ComparisonStore;
  readonly state: ComparisonState;
  readonly size: Size;
  /** CSS px; the header ends where the grid below ends. */
  readonly width: number;
}

/** Below these widths something folds into something smaller. */
const FOLD_TRACK = 720;
const FOLD_WORDS = 520;

export function Header(props: HeaderProps): JSX.Element {
  const { store, state, size } = props;
  const { snapshot } = state;
  const { regions, selection } = snapshot;
  const live = store.source.live;
  const board = useContext(Neighbours);
  const [renaming, setRenaming] = useState(false);
  const [keeping, setKeeping] = useState(false);
  // what is selected needs the room of what can be said shorter
  const crowded = selection.count !== null && size.width < FOLD_TRACK;
  return (
    <header class="comparison-header" style={{ maxWidth: `${props.width}px` }}>
      {renaming ? (
        <Rename
          label="title of the comparison"
          title={snapshot.title}
          onDone={(title) => {
            setRenaming(false);
            if (title !== null) void store.command("rename", { title });
          }}
        />
      ) : snapshot.title === "" ? null : (
        <strong class="given" title={snapshot.title}>
          {snapshot.title}
        </strong>
      )}
      <Picker
        label="region set"
        class="title"
        value={regions?.id ?? ""}
        placeholder={regions?.name ?? "choose a region set"}
        options={(live ? snapshot.region_options : []).map(({ id, name, detail }) => ({
          value: id,
          label: name,
          detail,
        }))}
        elsewhere={findBy(store, "find_regions", snapshot.region_more)}
        onChange={(id) => store.command("choose_regions", { id })}
        testid="region-select"
      />
      {crowded ? null : <span class="muted count">{regionsText(regions)}</span>}
      {snapshot.mode === "point" ? (
        <FlankControl
          flank={snapshot.settings.flank}
          stops={snapshot.flank_options}
          onChange={(flank) => {
            const usual = snapshot.flank_options.includes(flank);
            store.change({ flank: usual ? flank : wholeBins(flank, store.binUnit()) });
          }}
          compact={size.width < FOLD_TRACK}
          free={live}
        />
      ) : null}
      <span class="space" />
      {snapshot.selections.length === 0 ? null : (
        <Select
          label="selection"
          value={selection.name}
          options={["", ...snapshot.selections].map((name) => ({
            value: name,
            label: name || "all regions",
          }))}
          onChange={(name) => store.command("choose_selection", { name })}
          testid="selection-select"
        />
      )}
      {keeping ? (
        <Rename
          label="name of the selection"
          title={selection.name}
          onDone={(name) => {
            setKeeping(false);
            if (name !== null && name !== "") void store.command("keep_selection", { name });
          }}
        />
      ) : null}
      <Selected store={store} count={selection.count} name={selection.name} short={crowded} />
      {live ? (
        <Menu
          label="add a view"
          icon="plus"
          testid="add-view"
          groups={[
            {
              items: snapshot.add_options.map(({ kind, label }) => ({
                label,
                testid: `add-${kind}`,
                onSelect: () => void store.command("add_view", { kind }),
              })),
            },
          ]}
        >
          {crowded || size.width < FOLD_WORDS ? null : <span class="caption">view</span>}
        </Menu>
      ) : null}
      {live ? <Sessions store={store} /> : null}
      <Menu
        label="comparison menu"
        icon="more"
        testid="comparison-menu"
        groups={comparisonMenu(store, snapshot, board, {
          ...props,
          onRename: () => setRenaming(true),
          onKeep: () => setKeeping(true),
        })}
      />
    </header>
  );
}
