/** The menu of a view: take the picture, the data or the code away; change how it is drawn. */

import type { JSX } from "preact";
import { Menu, type MenuGroup, type MenuItem } from "../controls/menu";
import { colourTable } from "../plots/rules";
import { scaleOf, variantOf } from "../plots/scale";
import { formatPercent } from "../plots/texts";
import type { ViewStore } from "../state/store";
import type { ViewState } from "../state/view";
import type { ColourMap, ViewSettings } from "../wire/settings";
import { COLOUR_MAPS } from "../wire/traits";
import type { ViewKind } from "../wire/view";
import { type Actions, hasLog } from "./actions";
import type { CardPlace } from "./context";
import { BAND_WORDS, MAP_WORDS } from "./words";

const WITH_COLOURS: ReadonlySet<ViewKind> = new Set<ViewKind>([
  "pileup",
  "stackup",
  "embedding1d",
  "embedding2d",
]);

const DRAWN = [
  ["auto", "Points or density, as fits"],
  ["points", "Points"],
  ["density", "Density"],
] as const;
const BANDS = ["ci95", "quartiles", "none"] as const;
/** Percent of the values beyond each limit. */
const CLIPS = [0, 0.1, 1, 5] as const;

interface ViewMenuProps {
  readonly store: ViewStore;
  readonly state: ViewState;
  readonly actions: Actions;
  readonly place: CardPlace;
  readonly fullScreen: boolean;
}

export function ViewMenu(props: ViewMenuProps): JSX.Element {
  return <Menu label="view menu" icon="more" testid="view-menu" groups={groupsOf(props)} />;
}

function groupsOf({ store, state, actions, place, fullScreen }: ViewMenuProps): MenuGroup[] {
  const { facts, settings } = state.snapshot;
  const empty = state.shown === null;
  const take: MenuItem[] = [
    { label: "Copy picture", onSelect: actions.copyPicture, disabled: empty },
    { label: "Save as PNG", onSelect: actions.savePng, disabled: empty, shortcut: "s" },
    { label: "Save as SVG", onSelect: actions.saveSvg, disabled: empty },
    {
      label: "Save data as CSV",
      onSelect: () => actions.saveData("csv"),
      disabled: empty,
    },
    {
      label: "Save data as NPY",
      onSelect: () => actions.saveData("npy"),
      disabled: empty,
    },
    { label: "Copy code", onSelect: actions.copyCode, disabled: !store.source.live },
  ];
  const drawn: MenuItem[] = [];
  if (hasLog(facts.kind)) {
    drawn.push({
      label: facts.kind === "embedding2d" ? "Average maps in log2" : "log2",
      mark: "check",
      checked: scaleOf(facts.kind, settings) === "log2",
      onSelect: actions.toggleLog,
      shortcut: "l",
      stays: true,
      disabled: variantOf(facts.kind, settings) === "difference",
    });
  }
  if (canMirror(facts.kind, settings)) {
    drawn.push({
      label: "Symmetric limits",
      mark: "check",
      checked: settings.symmetric,
      onSelect: () => store.change({ symmetric: !settings.symmetric }),
      stays: true,
    });
  }
  if (facts.kind === "profile") {
    // a narrow card may have no room for the names that show a line again
    if (settings.hidden.length > 0) {
      drawn.push({ label: "Show all lines", onSelect: () => store.change({ hidden: [] }) });
    }
    drawn.push(
      {
        label: "Each line from 0 to 1",
        mark: "check",
        checked: settings.normalized,
        onSelect: () => store.change({ normalized: !settings.normalized }),
        stays: true,
      },
      ...BANDS.map(
        (band): MenuItem => ({
          label: BAND_WORDS[band],
          mark: "radio",
          checked: settings.band === band,
          onSelect: () => store.change({ band }),
          stays: true,
        }),
      ),
    );
  }
  if (WITH_COLOURS.has(facts.kind)) {
    drawn.push(
      ...CLIPS.map(
        (clip): MenuItem => ({
          label: `Limits at ${formatPercent(clip)} and ${formatPercent(100 - clip)}`,
          mark: "radio",
          checked: settings.clip === clip && settings.vmin === null && settings.vmax === null,
          onSelect: () => store.change({ clip, vmin: null, vmax: null }),
          stays: true,
        }),
      ),
    );
  }
  if (settings.n_clusters > 0) {
    for (const [value, label] of DRAWN) {
      drawn.push({
        label,
        mark: "radio",
        checked: settings.drawn === value,
        onSelect: () => store.change({ drawn: value }),
        stays: true,
      });
    }
  }
  if (facts.kind !== "enrichment") {
    drawn.push({
      label: "Automatic limits",
      onSelect: () => store.change({ vmin: null, vmax: null }),
      disabled: settings.vmin === null && settings.vmax === null,
    });
  }
  const compared = settings.versus.length > 0;
  const against: MenuItem[] =
    facts.versus_options.length === 0 && !compared
      ? []
      : [
          {
            label: facts.kind === "pileup" ? "Compare with…" : "Second region set…",
            onSelect: actions.compare,
            testid: "compare-with",
          },
          ...(compared
            ? [{ label: "Show alone", onSelect: () => store.change({ versus: [] }) }]
            : []),
          ...(compared && facts.kind === "pileup"
            ? [
                {
                  label: "Outline significant pixels",
                  mark: "check",
                  checked: settings.contour,
                  onSelect: () => store.change({ contour: !settings.contour }),
                  stays: true,
                } satisfies MenuItem,
              ]
            : []),
        ];
  const colours: MenuItem[] = !WITH_COLOURS.has(facts.kind)
    ? []
    : COLOUR_MAPS.map((name) => ({
        label: MAP_WORDS[name],
        mark: "radio",
        checked: settings.cmap === name,
        before: name === "" ? <span class="swatch none" /> : <Swatch name={name} />,
        onSelect: () => store.change({ cmap: name }),
        stays: true,
      }));
  const card: MenuItem[] = [
    { label: "Rename", onSelect: actions.rename },
    {
      label: fullScreen ? "Leave full screen" : "Full screen",
      onSelect: actions.toggleFullScreen,
      shortcut: "f",
    },
    {
      label: "Automatic size",
      onSelect: () => store.change({ width: 0, height: 0, span_columns: 1, span_rows: 1 }),
      disabled:
        settings.width === 0 &&
        settings.height === 0 &&
        settings.span_columns === 1 &&
        settings.span_rows === 1,
    },
    { label: "Keyboard shortcuts", onSelect: actions.help, shortcut: "?" },
  ];
  const { arrange, index, count } = place;
  const arranged: MenuItem[] =
    arrange === null
      ? []
      : [
          {
            label: "Move back",
            onSelect: () => arrange.move(index - 1),
            disabled: index === 0,
            shortcut: "Alt+←",
          },
          {
            label: "Move on",
            onSelect: () => arrange.move(index + 1),
            disabled: index === count - 1,
            shortcut: "Alt+→",
          },
          { label: "Duplicate", onSelect: arrange.duplicate, testid: "duplicate-view" },
          ...arrange.others.flatMap(({ label, copy, move }) => [
            { label: `Move to ${label}`, onSelect: move },
            { label: `Copy to ${label}`, onSelect: copy },
          ]),
          { label: "Remove view", onSelect: arrange.remove, shortcut: "Delete" },
        ];
  return [
    { items: take },
    { items: against },
    { heading: "Scale", items: drawn },
    { heading: "Shared", items: arrange?.shares ?? [] },
    { heading: "Colours", items: colours },
    { items: card },
    { items: arranged },
  ];
}

/** Whether values lie on both sides of a middle: a density has none. */
function canMirror(kind: ViewKind, { overlay }: ViewSettings): boolean {
  return kind === "pileup" || kind === "stackup" || (kind === "embedding1d" && overlay !== "");
}

function Swatch({ name }: { readonly name: Exclude<ColourMap, ""> }): JSX.Element {
  const table = colourTable(name);
  const stops = Array.from({ length: 9 }, (_, i) => {
    const at = 3 * Math.round((i / 8) * 255);
    return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`;
  });
  return (
    <span
      class="swatch"
      style={{ background: `linear-gradient(90deg, ${stops.join(", ")})` }}
    />
  );
}
