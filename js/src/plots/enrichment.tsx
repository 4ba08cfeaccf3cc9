/** Which region sets overlap: strongest association by position, and all sets at one position. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PlotProps } from "../wire/plot";
import { binText, placeAt } from "./axis";
import { Bars } from "./enrichment_bars";
import {
  binOf,
  listed,
  type Member,
  memberReadout,
  placeOf,
  positions,
  SIGNIFICANT,
  strongest,
  topReadout,
} from "./enrichment_data";
import { Head } from "./enrichment_head";
import type { ListProps } from "./enrichment_list";
import { Ranking } from "./enrichment_ranking";
import { MemberTable } from "./enrichment_table";
import { Volcano } from "./enrichment_volcano";
import { useFigure } from "./figure";
import { enrichmentLayout } from "./layout";
import { useCursor, useReadout } from "./pointed";
import { Spoken } from "./spoken";
import { formatCount } from "./texts";

const NONE: ReadonlySet<string> = new Set();

export function EnrichmentPlot(props: PlotProps) {
  const { result, settings, size, dimmed, onChange, onReadout, onHits, onDetails, label } =
    props;
  const { axis } = result.meta;
  const bins = positions(result);
  const [looked, look] = useState<string | null>(null);
  const [chosen, choose] = useState<ReadonlySet<string>>(NONE);
  const cursor = useCursor(1, bins);
  const [byKey, setByKey] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useFigure(root, { result, settings, size });

  const bin = settings.overall ? null : binOf(axis, bins, settings.position);
  const { search, max_q, rank_by, rank_ascending, chart } = settings;
  const tops = useMemo(() => strongest(result, search), [result, search]);
  const members = useMemo(
    () => listed(result, bin, { search, max_q, rank_by, rank_ascending }),
    [result, bin, search, max_q, rank_by, rank_ascending],
  );
  // another selection than the one made here
  useEffect(() => {
    if (!settings.holds) choose(NONE);
  }, [settings.holds]);

  const { bars, head, below } = enrichmentLayout(size);
  const read = (member: Member | null, fromKey = false) => {
    look(member?.id ?? null);
    setByKey(fromKey);
  };
  const pick = (member: Member, more: boolean) => {
    if (onHits === undefined) return;
    // regions of several sets are those at one position
    const next = new Set(more && !settings.overall ? chosen : NONE);
    if (!next.delete(member.id) || next.size === 0) next.add(member.id);
    choose(next);
    onHits([...next], placeAt(axis, member.bin + 0.5, "meeting"));
  };
  const list: ListProps = {
    members,
    box: below,
    axis,
    looked,
    picked: settings.holds ? chosen : NONE,
    label,
    look: read,
    pick,
  };
  const active = members.find(({ id }) => id === looked);
  const under = cursor.cell?.column;
  const told = under === undefined ? null : topReadout(axis, under, tops[under] ?? Number.NaN);
  const text = dimmed ? null : active ? memberReadout(axis, active) : told;
  useReadout(text, result, onReadout);
  return (
    <div
      ref={root}
      class={`hcw-plot${dimmed ? " hcw-dimmed" : ""}`}
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
    >
      <Bars
        {...{ tops, axis, bin, label }}
        onPoint={(next) => cursor.point(next === null ? null : { row: 0, column: next }, false)}
        box={bars}
        marked={settings.overall && active ? [active.bin] : []}
        onChoose={(next) => {
          look(null);
          onChange({
            position: placeOf(axis, bins, next),
            ...(settings.overall ? { overall: false } : {}),
          });
        }}
      />
      <Head
        settings={settings}
        box={head}
        text={said(result.arrays.odds_ratio?.shape[0] ?? 0, members.length, props)}
        onChange={onChange}
        onAll={
          onHits === undefined || settings.overall || members.length === 0
            ? null
            : () => {
                const all = members.map(({ id }) => id);
                choose(new Set(all));
                onHits(all, placeAt(axis, (bin ?? 0) + 0.5, "meeting"));
              }
        }
        onLook={onDetails === undefined || !settings.holds ? null : () => onDetails(null)}
        onCompare={
          onHits === undefined || !settings.holds ? null : () => onChange({ holds: false })
        }
      />
      {chart === "ranking" && <Ranking {...list} />}
      {chart === "volcano" && <Volcano {...list} />}
      {chart === "table" && <MemberTable {...list} settings={settings} onChange={onChange} />}
      <Spoken text={byKey && active ? text : null} />
    </div>
  );
}

/** “12 of 40 region sets at +5 kb, selected regions against the rest · filled: q < 0.05” */
function said(all: number, here: number, { result, settings }: PlotProps): string {
  const { axis, against } = result.meta;
  const count = here === all ? formatCount(all) : `${formatCount(here)} of ${formatCount(all)}`;
  const at = settings.overall
    ? "each at its most significant position"
    : `at ${binText(axis, binOf(axis, positions(result), settings.position), "meeting")}`;
  const compared = against === "rest" ? ", selected regions against the others" : "";
  const filled =
    settings.chart === "table" ? "" : ` ·\u00a0filled:\u00a0q\u00a0<\u00a0${SIGNIFICANT}`;
  return `${count} region set${all === 1 ? "" : "s"} ${at}${compared}${filled}`;
}
