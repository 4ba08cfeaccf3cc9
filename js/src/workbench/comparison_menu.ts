/** What can be done to a whole comparison: save it, copy it, undo, select, arrange. */

import type { MenuGroup, MenuItem } from "../controls/menu";
import { copyText } from "../shell/files";
import type { ComparisonStore } from "../state/comparison";
import type { ComparisonSnapshot } from "../wire/comparison";
import type { BoardPlace } from "./context";
import { downloadWithOrigin } from "./origin";

const COLUMNS = [0, 1, 2, 3, 4];

/** What the menu opens elsewhere on the screen. */
export interface MenuOpens {
  readonly onHelp: () => void;
  readonly onFigure: () => void;
  readonly onPage: () => void;
  readonly onThreshold: () => void;
  /** Shows text that could not be copied. */
  readonly onText: (text: string) => void;
}

/** All groups of the menu; `board` is null where the comparison stands alone. */
export function comparisonMenu(
  store: ComparisonStore,
  snapshot: ComparisonSnapshot,
  board: BoardPlace | null,
  opens: MenuOpens & { readonly onRename: () => void; readonly onKeep: () => void },
): MenuGroup[] {
  const { onHelp, onFigure, onPage, onThreshold, onText, onRename, onKeep } = opens;
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
  { selection, selections }: ComparisonSnapshot,
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
