/** The line under a picture: facts first, then what is going on, the cursor at the right. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { LinkButton } from "../controls/button";
import { useSeconds } from "../controls/hooks";
import { Popover } from "../controls/popover";
import { formatCount, THIN_SPACE } from "../plots/texts";
import type { ViewStore } from "../state/store";
import { type Face, faceOf, type ViewState } from "../state/view";
import type { Reasons, ResultMeta } from "../wire/result";
import { countText, figuresOf, scoresOf } from "./words";

interface StatusProps {
  readonly store: ViewStore;
  readonly state: ViewState;
}

/** Seconds of silence after which a busy kernel is named as the reason. */
const SILENCE = 3;

export function StatusLine({ store, state }: StatusProps): JSX.Element {
  const face = faceOf(state);
  return (
    <footer class="status" data-testid="status" data-status={face.show}>
      <span class="facts">
        <Facts store={store} state={state} face={face} />
      </span>
      <span class="readout" data-testid="readout">
        {state.readout}
      </span>
    </footer>
  );
}

function Facts({ store, state, face }: StatusProps & { readonly face: Face }): JSX.Element {
  const { facts } = state.snapshot;
  if (state.notice !== null) {
    return (
      <span
        class={state.notice.tone}
        role={state.notice.tone === "error" ? "alert" : undefined}
      >
        {state.notice.text} <LinkButton onClick={() => store.notice(null)}>ok</LinkButton>
      </span>
    );
  }
  switch (face.show) {
    case "empty":
      return <span class="muted">{facts.regions === null ? "" : facts.regions.name}</span>;
    case "failed":
      return <span class="error">failed</span>;
    case "computing":
      return <Progress store={store} state={state} progress={face.progress} />;
    case "ready":
      return (
        <>
          <Numbers meta={face.picture.result.meta} state={state} />
          {facts.note === "" ? null : <span data-testid="note">{` · ${facts.note}`}</span>}
          {facts.stale ? (
            <span class="badge">
              file changed{" · "}
              {store.source.live ? (
                <LinkButton onClick={() => void store.command("recompute")}>
                  recompute
                </LinkButton>
              ) : null}
            </span>
          ) : null}
        </>
      );
  }
}

function Progress(props: StatusProps & { readonly progress: number | null }): JSX.Element {
  const { store, state, progress } = props;
  const seconds = useSeconds(true, state.awaiting ? 0 : state.snapshot.facts.elapsed);
  const waiting = state.awaiting && seconds >= SILENCE;
  const parts = [
    progress === null ? null : `${Math.round(progress * 100)}${THIN_SPACE}%`,
    waiting ? "waiting for the kernel" : null,
    seconds >= 1 ? `${Math.floor(seconds)}${THIN_SPACE}s` : null,
  ].filter((part) => part !== null);
  return (
    <span class="muted">
      {parts.length === 0 ? "computing" : parts.join(" · ")}
      {state.awaiting ? null : (
        <>
          {" · "}
          <LinkButton onClick={() => void store.command("cancel")}>cancel</LinkButton>
        </>
      )}
    </span>
  );
}

function Numbers(props: { readonly meta: ResultMeta; readonly state: ViewState }): JSX.Element {
  const { meta } = props;
  const { facts } = props.state.snapshot;
  const pairs = facts.regions?.pairs ?? facts.pairs;
  return (
    <>
      {countText(meta.n_used, pairs)}
      {meta.comparison && !meta.comparison.paired ? (
        <span title={`${meta.comparison.two.feature} at ${meta.comparison.two.regions}`}>
          {" against "}
          {formatCount(meta.comparison.two.n_used)}
        </span>
      ) : null}
      {meta.n_left_out > 0 ? (
        <>
          {" · "}
          <LeftOut n={meta.n_left_out} reasons={meta.reasons} />
        </>
      ) : null}
      {figuresOf(facts.kind, meta).map((figure) => (
        <span key={figure.label} title={figure.meaning}>
          {" · "}
          {figure.label} {figure.text}
        </span>
      ))}
      {facts.kind === "pileup" && meta.comparison === undefined ? <Scores meta={meta} /> : null}
    </>
  );
}

/** All named scores in a table, each with its meaning. */
function Scores(props: { readonly meta: ResultMeta }): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const scores = scoresOf(props.meta);
  if (scores.length < 2) return null;
  return (
    <>
      {" · "}
      <button
        type="button"
        ref={anchor}
        class="link plain"
        aria-haspopup="dialog"
        aria-expanded={open}
        title={scores.map(({ label, text }) => `${label} ${text}`).join("\n")}
        data-testid="scores"
        onClick={() => setOpen(!open)}
      >
        {scores.length} scores
      </button>
      {open ? (
        <Popover anchor={anchor} role="dialog" label="scores" onClose={() => setOpen(false)}>
          <table class="reasons scores">
            <thead>
              <tr>
                <th scope="col">score</th>
                <th scope="col">value</th>
                <th scope="col">meaning</th>
              </tr>
            </thead>
            <tbody>
              {scores.map(({ label, text, meaning }) => (
                <tr key={label} title={meaning}>
                  <td>{label}</td>
                  <td class="number">{text}</td>
                  <td class="muted">{meaning}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Popover>
      ) : null}
    </>
  );
}

/** "31 left out", and a table of why. */
function LeftOut(props: { readonly n: number; readonly reasons: Reasons }): JSX.Element {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const rows = Object.entries(props.reasons).sort(([, a], [, b]) => b - a);
  return (
    <>
      <button
        type="button"
        ref={anchor}
        class="link plain"
        aria-haspopup="dialog"
        aria-expanded={open}
        data-testid="left-out"
        onClick={() => setOpen(!open)}
      >
        {formatCount(props.n)} left out
      </button>
      {open ? (
        <Popover
          anchor={anchor}
          role="dialog"
          label="regions left out"
          onClose={() => setOpen(false)}
        >
          <table class="reasons">
            <thead>
              <tr>
                <th scope="col">left out</th>
                <th scope="col">why</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([sentence, n]) => (
                <tr key={sentence}>
                  <td class="number">{formatCount(n)}</td>
                  <td>{sentence}</td>
                </tr>
              ))}
              {rows.length > 0 ? null : (
                <tr>
                  <td class="number">{formatCount(props.n)}</td>
                  <td>no reason was given</td>
                </tr>
              )}
            </tbody>
          </table>
        </Popover>
      ) : null}
    </>
  );
}
