/** All numbers of the region sets, sorted by any column. */

import { useRef } from "preact/hooks";
import type { RankKey, SettingsPatch, ViewSettings } from "../wire/settings";
import { binText } from "./axis";
import {
  chanceText,
  type Member,
  ratioText,
  significant,
  startsAscending,
} from "./enrichment_data";
import { type ListProps, memberHands, useListKeys } from "./enrichment_list";
import { boxStyle } from "./layout";
import { reveal, useSight } from "./rows";
import { formatCount } from "./texts";

interface Props extends ListProps {
  readonly settings: ViewSettings;
  readonly onChange: (patch: SettingsPatch) => void;
}

interface Column {
  readonly key: RankKey;
  readonly head: string;
  readonly meaning: string;
}

const ROW = 20;
const HEAD = 22;

const COUNTS: readonly Column[] = [
  { key: "a", head: "a", meaning: "places of the regions that overlap the region set" },
  { key: "b", head: "b", meaning: "places elsewhere that overlap the region set" },
  { key: "c", head: "c", meaning: "places of the regions that do not overlap it" },
  { key: "d", head: "d", meaning: "places elsewhere that do not overlap it" },
];
const CHANCES: readonly Column[] = [
  { key: "p_value", head: "p", meaning: "one-sided Fisher test" },
  {
    key: "q_value",
    head: "q",
    meaning: "false discovery rate over all region sets and positions",
  },
];

const count = (value: number) => (Number.isFinite(value) ? formatCount(value) : "–");

export function MemberTable(props: Props) {
  const { members, box, axis, looked, picked, settings, onChange, look } = props;
  const field = useRef<HTMLElement>(null);
  const sight = useSight(field, box.height - HEAD, ROW, members.length);
  const onKeyDown = useListKeys(
    props,
    (at) => field.current && reveal(field.current, at, ROW, HEAD),
  );
  const columns: readonly Column[] = [
    { key: "name", head: "region set", meaning: "name" },
    ...(settings.overall
      ? [
          {
            key: "position",
            head: "position",
            meaning: "where it is most significant",
          } as const,
        ]
      : []),
    { key: "odds_ratio", head: "odds ratio", meaning: "a·d / (b·c)" },
    ...COUNTS,
    ...CHANCES,
  ];
  const text = (member: Member, key: RankKey): string => {
    if (key === "name") return member.name;
    if (key === "position") return binText(axis, member.bin, "meeting");
    if (key === "odds_ratio") return ratioText(member.odds);
    if (key === "p_value") return chanceText(member.p);
    if (key === "q_value") return chanceText(member.q);
    return count(member[key]);
  };
  const choose = (key: RankKey) =>
    onChange(
      settings.rank_by === key
        ? { rank_ascending: !settings.rank_ascending }
        : { rank_by: key, rank_ascending: startsAscending(key) },
    );
  return (
    <section
      ref={field}
      class="hcw-table hcw-focus"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys go through its rows
      tabIndex={0}
      aria-label={`${props.label}: table, arrow keys go through the region sets, Enter selects the regions that overlap`}
      data-testid="enrichment-table"
      style={boxStyle(box)}
      onKeyDown={onKeyDown}
      onPointerLeave={() => look(null)}
    >
      <table aria-rowcount={members.length + 1}>
        <thead>
          <tr>
            {columns.map(({ key, head, meaning }) => {
              const sorts = settings.rank_by === key;
              return (
                <th
                  key={key}
                  scope="col"
                  aria-sort={
                    !sorts ? "none" : settings.rank_ascending ? "ascending" : "descending"
                  }
                >
                  <button
                    type="button"
                    title={meaning}
                    data-testid={`sort-${key}`}
                    onClick={() => choose(key)}
                  >
                    {head}
                    {sorts ? (settings.rank_ascending ? " ↑" : " ↓") : ""}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sight.first > 0 && <tr style={{ height: `${sight.first * ROW}px` }} />}
          {members.slice(sight.first, sight.after).map((member, i) => (
            <tr
              key={member.id}
              class={`${member.id === looked ? "hcw-looked" : ""}${picked.has(member.id) ? " hcw-picked" : ""}`}
              aria-rowindex={sight.first + i + 2}
              {...memberHands(props, member)}
            >
              {columns.map(({ key }) =>
                key === "name" ? (
                  <th key={key} scope="row" title={member.name}>
                    {member.name}
                  </th>
                ) : (
                  <td
                    key={key}
                    class={key === "q_value" && significant(member) ? "hcw-strong" : undefined}
                  >
                    {text(member, key)}
                  </td>
                ),
              )}
            </tr>
          ))}
          {sight.after < members.length && (
            <tr style={{ height: `${(members.length - sight.after) * ROW}px` }} />
          )}
        </tbody>
      </table>
    </section>
  );
}
