/** One line above the views: the region set, the flank, the selection, and what to add. */

import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import { IconButton } from "../controls/button";
import { FlankControl } from "../controls/flank";
import type { Size } from "../controls/hooks";
import { Menu, type MenuGroup, type MenuItem } from "../controls/menu";
import { Picker } from "../controls/picker";
import { Rename } from "../controls/rename";
import { Select } from "../controls/select";
import { formatCount } from "../plots/texts";
import { copyText } from "../shell/files";
import { type ComparisonState, type ComparisonStore, REMOVED } from "../state/comparison";
import { wholeBins } from "../state/flanks";
import { type BoardPlace, Neighbours } from "./context";
import { findBy } from "./find";
import { downloadWithOrigin } from "./origin";
import { Sessions } from "./sessions";
import { regionsText } from "./words";

interface HeaderProps {
  readonly store: ComparisonStore;
  readonly state: ComparisonState;
  readonly size: Size;
  /** CSS px; the header ends where the grid below ends. */
  readonly width: number;
  readonly onHelp: () => void;
  readonly onFigure: () => void;
  readonly onPage: () => void;
  readonly onThreshold: () => void;
  readonly onText: (text: string) => void;
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
        onChange={(id) => void store.command("choose_regions", { id })}
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
          onChange={(name) => void store.command("choose_selection", { name })}
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
        groups={menuOf(
          props,
          board,
          () => setRenaming(true),
          () => setKeeping(true),
        )}
      />
    </header>
  );
}

/** How many regions are selected, and what can be done with them. */
function Selected(props: {
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

const COLUMNS = [0, 1, 2, 3, 4];

function menuOf(
  { store, state, onHelp, onFigure, onPage, onThreshold, onText }: HeaderProps,
  board: BoardPlace | null,
  onRename: () => void,
  onKeep: () => void,
): MenuGroup[] {
  const { snapshot } = state;
  const { live } = store.source;
  const columns: MenuGroup = {
    heading: "Columns",
    items: COLUMNS.map((n) => ({
      label: n === 0 ? "as many as fit" : String(n),
      mark: "radio",
      checked: snapshot.settings.columns === n,
      onSelect: () => store.change({ columns: n }),
    })),
  };
  const keys: MenuGroup = {
    items: [{ label: "Keyboard shortcuts", onSelect: onHelp, shortcut: "?" }],
  };
  const pairs = snapshot.regions?.pairs === true;
  const file = pairs ? "BEDPE" : "BED";
  const regions: MenuGroup = {
    items: [
      {
        label: `Save regions as ${file}`,
        onSelect: () => void saveRegions(store, false),
        disabled: snapshot.regions === null,
      },
      {
        label: `Save selected regions as ${file}`,
        onSelect: () => void saveRegions(store, true),
        disabled: snapshot.selection.count === null,
      },
    ],
  };
  const provenance: MenuItem = {
    label: "Copy provenance",
    onSelect: () => void copyReply(store, onText, "provenance", "text"),
  };
  if (!live) return [regions, columns, { items: [provenance] }, keys];
  return [
    {
      items: [
        {
          label: "Undo",
          onSelect: () => void store.command("undo"),
          disabled: !snapshot.can_undo,
          shortcut: "Ctrl+Z",
        },
        {
          label: "Redo",
          onSelect: () => void store.command("redo"),
          disabled: !snapshot.can_redo,
          shortcut: "Ctrl+Shift+Z",
        },
      ],
    },
    {
      items: [
        { label: "Rename", onSelect: onRename },
        { label: "Save figure …", onSelect: onFigure },
        { label: "Save as HTML …", onSelect: onPage },
        { label: "Copy code", onSelect: () => void copyReply(store, onText, "code", "code") },
        ...(board !== null
          ? [
              {
                label: "Copy code of the board",
                onSelect: () => void copyReply(store, onText, "code", "code", true),
              },
            ]
          : []),
        {
          label: "Copy methods paragraph",
          onSelect: () => void copyReply(store, onText, "methods", "text"),
        },
        provenance,
      ],
    },
    {
      heading: "Selection",
      items: [
        { label: "Select by a value …", onSelect: onThreshold, testid: "select-where" },
        ...selectionItems(store, snapshot, onKeep),
      ],
    },
    regions,
    columns,
    {
      items:
        board === null
          ? []
          : [
              {
                label: "Take off the board",
                testid: "leave-board",
                onSelect: () => board.leave(store),
              },
            ],
    },
    keys,
  ];
}

/** With clusters where embeddings show them, and where all of it comes from. */
async function saveRegions(store: ComparisonStore, selected: boolean): Promise<void> {
  const reply = await store.command("save_regions", { selected });
  if (reply === null) return;
  const [content, origin] = reply.buffers;
  if (content === undefined || origin === undefined) return;
  downloadWithOrigin(String(reply.payload.name), content, origin);
}

const COMBINE = [
  ["and", "Only those in"],
  ["or", "Also those in"],
  ["not", "Not those in"],
] as const;

/** Keep what is selected; combine it with what was kept. */
function selectionItems(
  store: ComparisonStore,
  { selection, selections }: ComparisonState["snapshot"],
  onKeep: () => void,
): MenuItem[] {
  const others = selections.filter((name) => name !== selection.name);
  return [
    {
      label: "Keep selection as …",
      testid: "keep-selection",
      onSelect: onKeep,
      disabled: selection.count === null,
    },
    ...others.flatMap((name) =>
      COMBINE.map(([operation, words]) => ({
        label: `${words} “${name}”`,
        onSelect: () => void store.command("combine_selection", { operation, name }),
      })),
    ),
  ];
}

const COPIED = { code: "Code", methods: "Methods paragraph", provenance: "Provenance" };

async function copyReply(
  store: ComparisonStore,
  onText: (text: string) => void,
  command: keyof typeof COPIED,
  field: string,
  all = false,
): Promise<void> {
  const reply = await store.command(command, { all });
  if (reply === null) return;
  const text = String(reply.payload[field] ?? "");
  if (await copyText(text)) store.notice({ tone: "info", text: `${COPIED[command]} copied.` });
  else onText(text);
}

/** A sentence under the header that goes away by itself or by a click. */
export function NoticeLine({
  store,
  state,
}: Pick<HeaderProps, "store" | "state">): JSX.Element {
  const { notice, snapshot } = state;
  return (
    <div
      class={`notice ${notice === null ? "sr" : notice.tone}`}
      role={notice?.tone === "error" ? "alert" : "status"}
      data-testid="notice"
    >
      {notice === null ? null : (
        <>
          <span>{notice.text}</span>
          {notice.text === REMOVED && snapshot.can_undo ? (
            <button
              type="button"
              class="link"
              onClick={() => {
                store.notice(null);
                void store.command("undo");
              }}
            >
              undo
            </button>
          ) : null}
          {notice.act === undefined ? null : (
            <button
              type="button"
              class="link"
              data-testid="notice-act"
              onClick={notice.act.run}
            >
              {notice.act.label}
            </button>
          )}
          <span class="space" />
          <IconButton icon="close" label="close" tip="end" onClick={() => store.notice(null)} />
        </>
      )}
    </div>
  );
}
