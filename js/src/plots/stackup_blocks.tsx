/** Blocks of a stackup: their colours and names beside the map, their profiles above it. */

import type { JSX } from "preact";
import type { Block, RowWindow } from "../wire/result";
import { crisp } from "./axes";
import type { AxisTick } from "./axis";
import { BLOCK, type Box, legendRows, type StackupLayout, shortened } from "./layout";
import type { Values } from "./limits";
import { linePath } from "./lines";
import { projection } from "./profile_chart";
import type { DrawnBlock } from "./row_lines";
import { blockText, lookOf, profileRange } from "./stackup_parts";
import { formatNumber } from "./texts";

/** Fewer pixels than this hold no name. */
const LEAST_NAMED = 12;

interface BlocksProps {
  readonly layout: StackupLayout;
  readonly blocks: readonly DrawnBlock[];
  readonly window: RowWindow;
}

export function Blocks({ layout, blocks, window }: BlocksProps): JSX.Element | null {
  const { map, names } = layout;
  const lines = window.edges.length - 1;
  if (blocks.length < 1 || lines < 1 || layout.legend === null) return null;
  const y = (line: number) => map.y + (line / lines) * map.height;
  const x = map.x - BLOCK.gap - BLOCK.colour;
  return (
    <g data-testid="row-blocks">
      {blocks.map((block) => {
        const top = y(block.from);
        const height = y(block.to) - top;
        return (
          <g key={`${block.role}${block.colour}`} data-testid={`${block.role}-block`}>
            <rect
              x={x}
              y={top}
              width={BLOCK.colour}
              height={Math.max(height, 1)}
              fill={lookOf(block).colour}
            />
            {names > 0 && height >= LEAST_NAMED ? (
              <text x={x - 4} y={top + height / 2 + 4} text-anchor="end">
                {shortened(block.name, names - 6)}
                <title>{blockText(block)}</title>
              </text>
            ) : null}
            {block.to < lines ? (
              <rect
                class="hcw-block-gap"
                x={map.x}
                y={y(block.to) - 1}
                width={map.width}
                height={2}
              />
            ) : null}
          </g>
        );
      })}
    </g>
  );
}

export function Legend(props: {
  readonly box: Box;
  readonly blocks: readonly Pick<Block, "name" | "n" | "role" | "colour">[];
}): JSX.Element {
  const { box, blocks } = props;
  const { items } = legendRows(blocks.map(blockText), box.width);
  return (
    <g data-testid="block-legend">
      {items.map(({ block, text, x, y }) => {
        const of = blocks[block];
        const look = of === undefined ? null : lookOf(of);
        return (
          <g key={block} transform={`translate(${box.x + x} ${box.y + y})`}>
            {look === null ? null : (
              <line
                x1={0}
                x2={10}
                y1={-4}
                y2={-4}
                stroke={look.colour}
                stroke-dasharray={look.dash || undefined}
                stroke-width={2}
              />
            )}
            <text x={look === null ? 0 : 14}>{text}</text>
          </g>
        );
      })}
    </g>
  );
}

interface ProfilesProps {
  readonly box: Box;
  readonly profiles: readonly Values[];
  readonly blocks: readonly Pick<Block, "role" | "colour">[];
  readonly marks: readonly AxisTick[];
  readonly column: number | null;
  /** Block under the cursor, whose value is written. */
  readonly block: number;
}

export function Profiles(props: ProfilesProps): JSX.Element {
  const { box, profiles, blocks, marks, column } = props;
  const range = profileRange(profiles);
  const { x, y } = projection(box, profiles[0]?.length ?? 1, range);
  const bottom = box.y + box.height;
  const right = box.x + box.width;
  const look = (i: number) => lookOf(blocks[i] ?? { role: "all", colour: 0 });
  const written =
    column === null ? Number.NaN : (profiles[props.block]?.[column] ?? Number.NaN);
  return (
    <g>
      <path class="hcw-hair" d={`M${box.x} ${bottom + 0.5}H${right}`} />
      {marks.map(({ at, text }) => {
        const where = crisp(box.x + at * box.width);
        return (
          <line
            key={text}
            class="hcw-hair"
            stroke-dasharray="2 3"
            x1={where}
            x2={where}
            y1={box.y}
            y2={bottom}
          />
        );
      })}
      <text x={box.x - 8} y={box.y + 8} text-anchor="end">
        {formatNumber(range[1])}
      </text>
      <text x={box.x - 8} y={bottom} text-anchor="end">
        {formatNumber(range[0])}
      </text>
      <text x={box.x - 8} y={box.y + box.height / 2 + 4} text-anchor="end">
        mean
      </text>
      {profiles.map((values, i) => (
        <path
          key={i}
          class="hcw-line"
          data-profile={i}
          d={linePath(values, x, y)}
          stroke={look(i).colour}
          stroke-dasharray={look(i).dash || undefined}
        />
      ))}
      {column === null ? null : (
        <g>
          <line
            class="hcw-cross"
            x1={crisp(x(column))}
            x2={crisp(x(column))}
            y1={box.y}
            y2={bottom}
          />
          {profiles.map((values, i) => {
            const value = values[column] ?? Number.NaN;
            return Number.isFinite(value) ? (
              <circle
                key={i}
                cx={x(column)}
                cy={y(value)}
                r={3}
                fill={look(i).colour}
                stroke="var(--ground)"
              />
            ) : null;
          })}
          {Number.isFinite(written) ? (
            <text class="hcw-strong" x={right + 8} y={y(written) + 4}>
              {formatNumber(written)}
            </text>
          ) : null}
        </g>
      )}
    </g>
  );
}
