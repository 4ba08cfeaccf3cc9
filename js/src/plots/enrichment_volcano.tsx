/** Region sets by odds ratio and significance. */

import { useMemo } from "preact/hooks";
import { crisp, NumbersBelow, NumbersLeft } from "./axes";
import { SIGNIFICANT } from "./enrichment_data";
import { Dot, type ListProps, useListKeys } from "./enrichment_list";
import { volcanoBox } from "./layout";
import { named, type Spot, shortName, spotAt, turned, volcano } from "./volcano_data";

export function Volcano(props: ListProps) {
  const { members, looked, picked, label, look, pick } = props;
  const box = volcanoBox(props.box);
  const { spots, across, up } = useMemo(
    () => volcano(members, box),
    [members, box.x, box.y, box.width, box.height],
  );
  const names = useMemo(() => named(spots, box), [spots]);
  const onKeyDown = useListKeys(props, () => {});
  const bottom = box.y + box.height;
  const zero = crisp(across.at(0));
  const enough = crisp(up.at(-Math.log10(SIGNIFICANT)));
  const under = (event: PointerEvent | MouseEvent): Spot | null => {
    const bounds = (event.currentTarget as Element).getBoundingClientRect();
    return spotAt(
      spots,
      event.clientX - bounds.left + box.x - 8,
      event.clientY - bounds.top + box.y - 8,
    );
  };
  return (
    <>
      <svg class="hcw-svg" width={props.box.width} height={bottom + 36} aria-hidden="true">
        <line class="hcw-hair" x1={zero} x2={zero} y1={box.y} y2={bottom} />
        <line class="hcw-level" x1={box.x} x2={box.x + box.width} y1={enough} y2={enough} />
        <text x={box.x + box.width} y={enough - 4} text-anchor="end">
          {`q ${SIGNIFICANT}`}
        </text>
        <path
          class="hcw-hair"
          d={`M${crisp(box.x)} ${box.y}V${crisp(bottom)}H${box.x + box.width}`}
        />
        <NumbersBelow values={across.ticks} x={across.at} y={bottom} />
        <NumbersLeft values={up.ticks} x={box.x} y={up.at} />
        <text x={box.x + box.width / 2} y={bottom + 30} text-anchor="middle">
          log2 odds ratio
        </text>
        {spots.map(({ member, x, y }) => (
          <Dot
            key={member.id}
            {...{ member, x, y }}
            chances
            r={member.id === looked ? 6 : 4}
            more={picked.has(member.id) ? " hcw-picked" : ""}
          />
        ))}
        {names.map((spot) => (
          <text
            key={spot.member.id}
            class="hcw-strong"
            x={turned(spot, box) ? spot.x - 8 : spot.x + 8}
            y={spot.y + 4}
            text-anchor={turned(spot, box) ? "end" : "start"}
          >
            {shortName(spot.member.name)}
          </text>
        ))}
      </svg>
      <div class="hcw-unit" style={{ left: 0, top: `${box.y}px`, height: `${box.height}px` }}>
        −log10 q
      </div>
      <div
        class="hcw-focus"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys go through its dots
        tabIndex={0}
        aria-label={`${label}: ${spots.length} region sets by odds ratio and q, arrow keys go through them, Enter selects the regions that overlap`}
        data-testid="volcano"
        style={{
          left: `${box.x - 8}px`,
          top: `${box.y - 8}px`,
          width: `${box.width + 16}px`,
          height: `${box.height + 16}px`,
          cursor: "pointer",
        }}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const spot = under(event);
          if ((spot?.member.id ?? null) !== looked) look(spot?.member ?? null);
        }}
        onPointerLeave={() => look(null)}
        onBlur={() => look(null)}
        onClick={(event) => {
          const spot = under(event);
          if (spot !== null)
            pick(spot.member, event.ctrlKey || event.metaKey || event.shiftKey);
        }}
      />
    </>
  );
}
