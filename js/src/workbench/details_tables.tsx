/** What is known of a region, and which region sets lie at it, as tables. */

import type { JSX } from "preact";
import { Select } from "../controls/select";
import { formatBp, formatCount } from "../plots/texts";
import type { DetailsState, DetailsStore, Facts, Member } from "../state/details";
import { Loading } from "./details_frame";

export function AnnotationTable({ facts }: { readonly facts: Facts }): JSX.Element | null {
  const rows = [...facts.annotations, ...facts.columns];
  if (rows.length === 0) return null;
  return (
    <table class="details-table" data-testid="region-annotations">
      <caption>Annotations and columns of the file</caption>
      <tbody>
        {rows.map(([name, text], i) => (
          <tr key={`${i} ${name}`}>
            <th scope="row">{name}</th>
            <td>{text === "" ? <span class="muted">no value</span> : text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MemberTable(props: {
  readonly store: DetailsStore;
  readonly state: DetailsState;
  readonly facts: Facts;
}): JSX.Element | null {
  const { store, state, facts } = props;
  const { members: part, source } = state;
  if (facts.sources.length === 0) return null;
  const shown = part.show === "ready" ? part.data : part.show === "loading" ? part.old : null;
  return (
    <section aria-label="region sets here" data-testid="region-members" data-status={part.show}>
      <div class="details-choices">
        <strong>Region sets here</strong>
        <span class="space" />
        <Select
          label="which region sets"
          value={source}
          options={facts.sources.map(({ id, label }) => ({ value: id, label }))}
          onChange={(id) => store.chooseSource(id)}
          testid="details-source"
        />
      </div>
      {part.show === "failed" ? (
        <p class="error" role="alert">
          {part.message}
        </p>
      ) : shown === null ? (
        <Loading what="the region sets" />
      ) : shown.length === 0 ? (
        <p class="muted">This group is empty.</p>
      ) : (
        <Members members={shown} dimmed={part.show === "loading"} />
      )}
    </section>
  );
}

function Members(props: {
  readonly members: readonly Member[];
  readonly dimmed: boolean;
}): JSX.Element {
  return (
    <table class={`details-table ${props.dimmed ? "hcw-dimmed" : ""}`}>
      <thead>
        <tr>
          <th scope="col">name</th>
          <th scope="col" title="regions that overlap this one">
            overlap
          </th>
          <th scope="col" title="regions in the window shown">
            in window
          </th>
          <th scope="col">nearest</th>
        </tr>
      </thead>
      <tbody>
        {props.members.map((member, i) => (
          <tr key={`${i} ${member.name}`} class={member.overlaps > 0 ? "hit" : ""}>
            <th scope="row" title={member.name}>
              {member.name}
            </th>
            {member.problem === "" ? (
              <>
                <td>{formatCount(member.overlaps)}</td>
                <td>{formatCount(member.in_window)}</td>
                <td>{member.nearest === null ? "–" : formatBp(member.nearest)}</td>
              </>
            ) : (
              <td class="error" colSpan={3}>
                {member.problem}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
