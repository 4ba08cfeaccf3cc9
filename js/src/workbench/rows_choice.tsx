/** Order and blocks of a stackup's rows: the key in the heading, the rest in a panel. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Popover } from "../controls/popover";
import { Select } from "../controls/select";
import { formatCount } from "../plots/texts";
import type { ViewStore } from "../state/store";
import type { ViewState } from "../state/view";
import type { SettingsPatch, ViewSettings } from "../wire/settings";
import type { ViewFacts } from "../wire/view";

interface RowsProps {
  readonly store: ViewStore;
  readonly state: ViewState;
}

const BY_SIGNAL: ReadonlySet<string> = new Set(["center", "region", "left", "right"]);
const CLUSTERS = "clusters:";
const COUNTS = [2, 3, 4, 5, 6, 8, 10, 20] as const;

/** Key and direction in one quiet choice, and a button for what is asked for less often. */
export function RowsChoice({ store, state }: RowsProps): JSX.Element {
  const { facts, settings } = state.snapshot;
  const direction = settings.ascending ? "smallest on top" : "largest on top";
  return (
    <>
      <Select
        label="sorted by"
        value={settings.sort_by}
        options={facts.sort_options.map(({ id, label }) => ({ value: id, label }))}
        placeholder={settings.sort_by.replace(/^annotation:/, "")}
        onChange={(sort_by) => store.change({ sort_by })}
        testid="sort-select"
      />
      <button
        type="button"
        class="quiet"
        aria-label={direction}
        title={direction}
        data-testid="sort-direction"
        onClick={() => store.change({ ascending: !settings.ascending })}
      >
        {settings.ascending ? "↑" : "↓"}
      </button>
      <MoreRows store={store} state={state} />
    </>
  );
}

/** Groups, another track to sort by, another random order, all rows again. */
function MoreRows({ store, state }: RowsProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const { facts, settings } = state.snapshot;
  const change = (patch: SettingsPatch): void => store.change(patch);
  const text = summary(facts, settings);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        class={`quiet opens ${text === NO_GROUPS ? "muted" : ""}`}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={`groups and order of the rows: ${text}`}
        title="groups and order of the rows"
        data-testid="rows-panel"
        onClick={() => setOpen(!open)}
      >
        <span>{text}</span>
      </button>
      {open ? (
        <Popover
          anchor={anchor}
          role="dialog"
          label="groups and order of the rows"
          onClose={() => setOpen(false)}
        >
          <div class="section fields">
            <div class="field">
              <span>groups</span>
              <Select
                label="groups"
                value={settings.group_by}
                options={facts.group_options.map(({ id, label }) => ({ value: id, label }))}
                placeholder={groupName(facts, settings)}
                onChange={(group_by) => change({ group_by })}
                testid="group-select"
              />
            </div>
            {settings.group_by.startsWith(CLUSTERS) && store.source.live ? (
              <div class="field">
                <span>clusters</span>
                <Select
                  label="number of clusters"
                  value={String(settings.group_clusters)}
                  options={[...new Set([...COUNTS, settings.group_clusters])]
                    .sort((a, b) => a - b)
                    .map((count) => ({ value: String(count), label: String(count) }))}
                  onChange={(count) => change({ group_clusters: Number(count) })}
                  testid="group-clusters"
                />
              </div>
            ) : null}
            {BY_SIGNAL.has(settings.sort_by) ? (
              <div class="field">
                <span>sorted by the signal of</span>
                <Select
                  label="track to sort by"
                  value={
                    settings.features.includes(settings.sort_track) ? "" : settings.sort_track
                  }
                  options={[
                    { value: "", label: "the track shown" },
                    ...facts.feature_options
                      .filter(({ id }) => !settings.features.includes(id))
                      .map(({ id, name }) => ({ value: id, label: name })),
                  ]}
                  onChange={(sort_track) => change({ sort_track })}
                  testid="sort-track"
                />
              </div>
            ) : null}
            {settings.sort_by === "random" && store.source.live ? (
              <button
                type="button"
                class="link"
                data-testid="shuffle"
                onClick={() => change({ sort_seed: settings.sort_seed + 1 })}
              >
                another random order
              </button>
            ) : null}
            {settings.zoom === null ? null : (
              <button type="button" class="link" onClick={() => change({ zoom: null })}>
                show all rows
              </button>
            )}
          </div>
          <p class="hint">
            Drag the strip beside the rows to look at fewer of them; with the focus in the view,
            turn the wheel or press z, Shift+z, Page up and down, Home.
          </p>
        </Popover>
      ) : null}
    </>
  );
}

const NO_GROUPS = "rows";

function groupName({ group_options }: ViewFacts, { group_by }: ViewSettings): string {
  const known = group_options.find(({ id }) => id === group_by);
  return known?.label ?? (group_by.startsWith(CLUSTERS) ? "clusters" : "groups");
}

function summary(facts: ViewFacts, settings: ViewSettings): string {
  if (settings.group_by === "") return NO_GROUPS;
  const name = groupName(facts, settings);
  return settings.group_by.startsWith(CLUSTERS)
    ? `${formatCount(settings.group_clusters)} ${name}`
    : name;
}
