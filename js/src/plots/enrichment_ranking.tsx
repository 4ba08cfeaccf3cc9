/** Region sets as dots along one axis, with their names. */

import { useRef } from "preact/hooks";
import { crisp, NumbersBelow } from "./axes";
import { ended } from "./ended";
import { oddsRange, oddsText } from "./enrichment_data";
import { Dot, type ListProps, memberHands, useListKeys } from "./enrichment_list";
import { ROW, rankingLayout, textWidth } from "./layout";
import { reveal, useSight } from "./rows";
import { tickTexts } from "./texts";

export function Ranking(props: ListProps) {
  const { members, looked, picked, label, look } = props;
  const field = useRef<HTMLDivElement>(null);
  const { list, names } = rankingLayout(
    props.box,
    members.map((member) => member.name),
  );
  const width = props.box.width;
  const sight = useSight(field, list.height, ROW, members.length);
  const onKeyDown = useListKeys(props, (at) => field.current && reveal(field.current, at, ROW));
  const values = members.map((member) => member.log2);
  const { at: x, ticks: places } = ended(
    oddsRange(values),
    values,
    [list.x, list.x + list.width],
    5,
  );
  const axisY = list.y + list.height;
  // the name of the axis ends before its first number, whose middle stands at its place
  const [least = ""] = tickTexts(places);
  const first = x(places[0] ?? 0) - textWidth(least) / 2;
  return (
    <>
      <div
        ref={field}
        class="hcw-ranking hcw-focus"
        role="listbox"
        tabIndex={0}
        aria-label={`${label}: region sets, arrow keys go through them, Enter selects the regions that overlap`}
        data-testid="ranking"
        style={{ left: 0, top: `${list.y}px`, width: `${width}px`, height: `${list.height}px` }}
        onKeyDown={onKeyDown}
        onPointerLeave={() => look(null)}
        onBlur={() => look(null)}
      >
        <div style={{ height: `${members.length * ROW}px`, position: "relative" }}>
          {members.slice(sight.first, sight.after).map((member, i) => (
            <div
              key={member.id}
              class={`hcw-member${picked.has(member.id) ? " hcw-picked" : ""}`}
              role="option"
              tabIndex={-1}
              aria-selected={member.id === looked}
              aria-posinset={sight.first + i + 1}
              aria-setsize={members.length}
              aria-label={`${member.name}, ${oddsText(member.log2)}`}
              style={{ top: `${(sight.first + i) * ROW}px` }}
              {...memberHands(props, member)}
            >
              <span style={{ width: `${names}px` }} title={member.name}>
                {member.name}
              </span>
              <svg width={width} height={ROW} aria-hidden="true">
                <line class="hcw-hair" x1={crisp(x(0))} x2={crisp(x(0))} y1={0} y2={ROW} />
                {!Number.isNaN(member.log2) && (
                  <>
                    <rect
                      class="hcw-reach"
                      x={Math.min(x(0), x(member.log2))}
                      width={Math.abs(x(member.log2) - x(0))}
                      y={ROW / 2 - 0.5}
                      height={1}
                    />
                    <Dot member={member} x={x(member.log2)} y={ROW / 2} r={4} more="" />
                  </>
                )}
              </svg>
            </div>
          ))}
        </div>
      </div>
      <svg class="hcw-svg" width={width} height={axisY + 24} aria-hidden="true">
        <line
          class="hcw-hair"
          x1={list.x}
          x2={list.x + list.width}
          y1={axisY + 0.5}
          y2={axisY + 0.5}
        />
        <NumbersBelow values={places} x={x} y={axisY} />
        <text x={Math.min(names, first - 8)} y={axisY + 16} text-anchor="end">
          log2 odds
        </text>
      </svg>
    </>
  );
}
