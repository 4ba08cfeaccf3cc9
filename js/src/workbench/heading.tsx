/** The top line of a card: what is shown, and the choices that ask for another result. */

import type { JSX, RefObject } from "preact";
import { useId, useState } from "preact/hooks";
import { Checklist } from "../controls/checklist";
import { FlankControl } from "../controls/flank";
import { Picker } from "../controls/picker";
import { Select } from "../controls/select";
import type { ViewStore } from "../state/store";
import type { ViewState } from "../state/view";
import type { Contrast, Normalization, Side } from "../wire/settings";
import { findBy } from "./find";
import { RowsChoice } from "./rows_choice";
import {
  binText,
  featureNames,
  featuresText,
  featureWord,
  NORMALIZATION_WORDS,
  takesMany,
  versusName,
} from "./words";

interface HeadingProps {
  readonly store: ViewStore;
  readonly state: ViewState;
  readonly standalone: boolean;
  readonly chooser: RefObject<HTMLElement | null>;
}

/** Title and feature in one: click it to change what is shown. A given title stands before. */
export function FeatureChoice(props: HeadingProps): JSX.Element {
  const { title } = props.state.snapshot.settings;
  return title === "" ? (
    <Features {...props} named={false} />
  ) : (
    <>
      <strong class="given" title={title}>
        {title}
      </strong>
      <Features {...props} named />
    </>
  );
}

function Features(props: HeadingProps & { readonly named: boolean }): JSX.Element {
  const { store, state } = props;
  const { facts, settings } = state.snapshot;
  const word = featureWord(facts.kind);
  const options = facts.feature_options.map(({ id, name, detail }) => ({
    value: id,
    label: name,
    detail,
  }));
  const elsewhere = findBy(store, "find_features", facts.feature_more);
  if (takesMany(facts.kind)) {
    return (
      <Checklist
        label={`${word}s`}
        text={featuresText(facts, settings)}
        tip={featureNames(facts, settings).join(", ") || undefined}
        values={settings.features}
        options={options}
        elsewhere={elsewhere}
        onChange={(features) => store.change({ features })}
        testid="feature-select"
        class={props.named ? "muted" : "title"}
        buttonRef={props.chooser as RefObject<HTMLButtonElement | null>}
      />
    );
  }
  return (
    <Picker
      label={word}
      value={settings.features[0] ?? ""}
      placeholder={
        settings.features.length === 0 ? `choose a ${word}` : featuresText(facts, settings)
      }
      options={options}
      elsewhere={elsewhere}
      onChange={(id) => store.change({ features: [id] })}
      testid="feature-select"
      class={props.named ? "muted" : "title"}
      chooser={props.chooser}
    />
  );
}

export function AskedChoices({ store, state, standalone }: HeadingProps): JSX.Element {
  const { facts, settings } = state.snapshot;
  const { normalization } = settings;
  const point = facts.mode === "point";
  const bin = point ? settings.binsize : settings.bin_percent;
  return (
    <>
      {normalization === "" ? null : (
        <Select
          label="normalization"
          value={normalization}
          options={facts.normalization_options.map((value) => ({
            value,
            label: NORMALIZATION_WORDS[value],
          }))}
          onChange={(value) => store.change({ normalization: value as Normalization })}
          testid="normalization-select"
        />
      )}
      {facts.kind === "stackup" && facts.sort_options.length > 0 ? (
        <RowsChoice store={store} state={state} />
      ) : null}
      {settings.n_clusters > 0 ? <CloudChoices store={store} state={state} /> : null}
      {settings.side === "" ? null : (
        <Select
          label="anchor of the pair"
          value={settings.side}
          options={facts.kind === "profile" ? BOTH_SIDES : SIDES}
          onChange={(side) => store.change({ side: side as Side })}
          testid="side-select"
        />
      )}
      {standalone && point ? (
        <FlankControl
          flank={settings.flank}
          stops={facts.flank_options}
          onChange={(flank) => store.change({ flank })}
          compact
          free={store.source.live}
        />
      ) : null}
      {bin === null && facts.bin_options.length === 0 ? null : (
        <Select
          label="bin size"
          class="number"
          value={bin === null ? "" : String(bin)}
          placeholder={bin === null ? "bin size" : binText(bin, facts.mode)}
          options={facts.bin_options.map((value) => ({
            value: String(value),
            label: binText(value, facts.mode),
          }))}
          onChange={(value) =>
            store.change(point ? { binsize: Number(value) } : { bin_percent: Number(value) })
          }
          testid="bin-select"
        />
      )}
    </>
  );
}

const SIDES = [
  { value: "left", label: "left" },
  { value: "right", label: "right" },
] as const;

const BOTH_SIDES = [...SIDES, { value: "both", label: "left and right" }] as const;

/** What stands beside the feature, in a line of its own. */
export function AgainstLine(props: {
  readonly store: ViewStore;
  readonly state: ViewState;
  readonly selectRef: RefObject<HTMLSelectElement | null>;
}): JSX.Element {
  const { store, state } = props;
  const { facts, settings } = state.snapshot;
  const [chosen = ""] = settings.versus;
  const pileup = facts.kind === "pileup";
  return (
    <div class="against">
      <span>{pileup ? "against" : "and"}</span>
      <Select
        label={pileup ? "compare with" : "second region set"}
        value={chosen}
        placeholder={versusName(facts, settings)}
        options={[
          { value: "", label: pileup ? "nothing" : "no other region set" },
          ...facts.versus_options.map(({ id, name, detail }) => ({
            value: id,
            label: pileup ? `${name} (${detail.split(" · ")[0]})` : name,
          })),
        ]}
        onChange={(id) => store.change({ versus: id === "" ? [] : [id] })}
        testid="versus-select"
        selectRef={props.selectRef}
      />
      {pileup && chosen !== "" ? (
        <Select
          label="how the two are put in relation"
          value={settings.contrast}
          options={CONTRASTS}
          onChange={(contrast) => store.change({ contrast: contrast as Contrast })}
          testid="contrast-select"
        />
      ) : null}
    </div>
  );
}

const CONTRASTS = [
  { value: "ratio", label: "ratio" },
  { value: "difference", label: "difference" },
] as const;

/** Number of clusters, and what colours the points. */
function CloudChoices(props: {
  readonly store: ViewStore;
  readonly state: ViewState;
}): JSX.Element {
  const { store, state } = props;
  const { facts, settings } = state.snapshot;
  return (
    <>
      <Select
        label="colour of the points"
        value={settings.overlay}
        options={facts.overlay_options.map(({ id, label }) => ({ value: id, label }))}
        placeholder="density"
        onChange={(overlay) => store.change({ overlay })}
        class="long"
        testid="overlay-select"
      />
      <ClusterNumber
        value={settings.n_clusters}
        onChange={(n_clusters) => store.change({ n_clusters })}
        free={store.source.live}
      />
    </>
  );
}

const CLUSTERS = [2, 3, 5, 10, 20] as const;
const MOST_CLUSTERS = 100;

/** Any number of clusters can be typed; the usual ones are offered. */
function ClusterNumber(props: {
  readonly value: number;
  readonly onChange: (n: number) => void;
  readonly free: boolean;
}): JSX.Element {
  const { value, onChange, free } = props;
  const [typed, type] = useState<string | null>(null);
  const offered = useId();
  const n = Number(typed ?? value);
  const fits = Number.isInteger(n) && n >= 1 && n <= MOST_CLUSTERS;
  const apply = (): void => {
    if (typed !== null && typed.trim() !== "" && fits && n !== value) onChange(n);
    type(null);
  };
  return (
    <label class="clusters" title={`number of clusters, 1 to ${MOST_CLUSTERS}`}>
      <input
        type="text"
        inputMode="numeric"
        class="quiet number"
        list={offered}
        size={2}
        disabled={!free}
        aria-label="number of clusters"
        aria-invalid={!fits}
        autoComplete="off"
        data-testid="cluster-select"
        value={typed ?? String(value)}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={apply}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") apply();
          else if (event.key === "Escape") type(null);
        }}
      />
      <span>clusters</span>
      <datalist id={offered}>
        {CLUSTERS.map((count) => (
          <option key={count} value={count} />
        ))}
      </datalist>
    </label>
  );
}
