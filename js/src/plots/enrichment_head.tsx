/** What is listed, and the controls that change it. */

import { useState } from "preact/hooks";
import type { EnrichmentChart, SettingsPatch, ViewSettings } from "../wire/settings";
import type { Box } from "./layout";
import { formatNumber, parseNumber } from "./texts";

interface Props {
  readonly settings: ViewSettings;
  readonly box: Box;
  /** What the list below holds: “12 of 40 region sets at +5 kb”. */
  readonly text: string;
  readonly onChange: (patch: SettingsPatch) => void;
  /** Selects the regions of all region sets listed; null where that cannot be. */
  readonly onAll: (() => void) | null;
  /** Compares the selected regions with the others; null where they are, or none are. */
  readonly onCompare: (() => void) | null;
  /** Opens the selected regions one by one; null where none were selected here. */
  readonly onLook: (() => void) | null;
}

const CHARTS: readonly { readonly chart: EnrichmentChart; readonly word: string }[] = [
  { chart: "ranking", word: "ranking" },
  { chart: "volcano", word: "volcano" },
  { chart: "table", word: "table" },
];

export function Head(props: Props) {
  const { settings, box, text, onChange, onAll, onCompare, onLook } = props;
  return (
    <div
      class="hcw-head"
      style={{ left: 0, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
    >
      <span class="hcw-said" title={text} data-testid="enrichment-said">
        {text}
      </span>
      <fieldset aria-label="shown as" class="hcw-choices">
        {CHARTS.map(({ chart, word }) => (
          <button
            key={chart}
            type="button"
            aria-pressed={settings.chart === chart}
            data-testid={`chart-${chart}`}
            onClick={() => onChange({ chart })}
          >
            {word}
          </button>
        ))}
      </fieldset>
      <i class="hcw-break" />
      <Search text={settings.search} onChange={(search) => onChange({ search })} />
      <MaxQ value={settings.max_q} onChange={(max_q) => onChange({ max_q })} />
      <button
        type="button"
        aria-pressed={settings.overall}
        title="every region set at the position where it is most significant"
        data-testid="overall"
        onClick={() => onChange({ overall: !settings.overall })}
      >
        best position
      </button>
      {onAll !== null && (
        <button
          type="button"
          title="select the regions that overlap any of the region sets listed, at this position"
          data-testid="select-hits"
          onClick={onAll}
        >
          select overlapping
        </button>
      )}
      {onLook !== null && (
        <button
          type="button"
          title="look at the selected regions one by one: their maps, signals and members"
          data-testid="look-at-hits"
          onClick={onLook}
        >
          look at each
        </button>
      )}
      {onCompare !== null && (
        <button
          type="button"
          title="these numbers are those of all regions; compare the selected ones with the others"
          data-testid="compare-rest"
          onClick={onCompare}
        >
          compare selected
        </button>
      )}
    </div>
  );
}

/** Letters typed here are not shortcuts of the card or of the host. */
function typing(event: KeyboardEvent, clear: () => void): void {
  event.stopPropagation();
  if (event.key === "Escape") clear();
}

function Search(props: { readonly text: string; readonly onChange: (text: string) => void }) {
  return (
    <input
      type="search"
      class="hcw-field"
      placeholder="search names"
      aria-label="search region sets by name"
      spellcheck={false}
      autoComplete="off"
      maxLength={200}
      data-testid="enrichment-search"
      value={props.text}
      onInput={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => typing(event, () => props.onChange(""))}
    />
  );
}

/** The largest q that is listed; empty for all. */
function MaxQ(props: {
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}) {
  const [typed, type] = useState<string | null>(null);
  const parsed = typed === null ? props.value : parseNumber(typed);
  const wrong = parsed !== null && !(parsed >= 0);
  const apply = () => {
    if (typed !== null && !wrong && parsed !== props.value) props.onChange(parsed);
    type(null);
  };
  return (
    <label title="largest false discovery rate that is listed; empty for all">
      {"q ≤ "}
      <input
        type="text"
        inputMode="decimal"
        class="hcw-field hcw-short"
        placeholder="all"
        aria-label="largest q"
        aria-invalid={wrong}
        data-testid="enrichment-max-q"
        value={typed ?? (props.value === null ? "" : formatNumber(props.value))}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => type(event.currentTarget.value)}
        onBlur={apply}
        onKeyDown={(event) => {
          typing(event, () => type(null));
          if (event.key === "Enter") apply();
        }}
      />
    </label>
  );
}
