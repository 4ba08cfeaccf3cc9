/** What a card shows in its middle: the picture, what to choose, or what failed. */

import type { JSX } from "preact";
import { useContext, useMemo } from "preact/hooks";
import { LinkButton } from "../controls/button";
import type { Size } from "../controls/hooks";
import { PLOTS } from "../shell/registry";
import { offsetsOf } from "../state/details";
import type { ViewStore } from "../state/store";
import type { Face, Picture, ViewState } from "../state/view";
import type { Pixel } from "../wire/plot";
import { Details } from "./context";
import { featureWord, spokenLabel } from "./words";

interface BodyProps {
  readonly store: ViewStore;
  readonly state: ViewState;
  readonly face: Face;
  readonly size: Size;
  readonly onChoose: () => void;
}

export function Body(props: BodyProps): JSX.Element | null {
  const { face, store, state, onChoose } = props;
  switch (face.show) {
    case "empty":
      return (
        <div class="blank">
          <button type="button" class="choose" onClick={onChoose}>
            {face.message || `Choose a ${featureWord(state.snapshot.facts.kind)}.`}
          </button>
        </div>
      );
    case "failed":
      return <Failure {...{ store, state, face }} />;
    case "computing":
      return face.picture === null ? null : (
        <Plot
          {...props}
          picture={face.picture}
          dimmed={face.picture.result.meta.preview !== true}
        />
      );
    case "ready":
      return <Plot {...props} picture={face.picture} dimmed={false} />;
  }
}

function Plot(
  props: BodyProps & { readonly picture: Picture; readonly dimmed: boolean },
): JSX.Element | null {
  const { store, state, picture, size, dimmed } = props;
  const { facts } = state.snapshot;
  const details = useContext(Details);
  const Component = PLOTS[facts.kind];
  const onRows = useMemo(() => store.source.rows.bind(store.source), [store]);
  // in a hidden tab there is no room yet; the size is told when there is
  if (size.width === 0) return null;
  return (
    <Component
      result={picture.result}
      settings={picture.settings}
      size={size}
      dimmed={dimmed}
      label={spokenLabel(facts, picture.settings)}
      marked={facts.marked}
      onChange={(patch) => store.change(patch)}
      onReadout={(text) => store.dispatch({ type: "readout", text })}
      onRows={onRows}
      selection={state.snapshot.highlighted ?? null}
      onSelect={(rows) =>
        void store.command("select", { rows: rows === null ? null : [...rows] })
      }
      {...(store.source.live || store.source.finds === true
        ? {
            onHits: (members: readonly string[], position: number | null) =>
              void store.command("hits", { members, position }),
          }
        : {})}
      {...(details !== null && !dimmed
        ? {
            onDetails: (row: number | null, pixel?: Pixel) =>
              details.open(
                row,
                facts.view_id,
                pixel === undefined ? null : offsetsOf(picture.result.meta.axis, pixel),
              ),
          }
        : {})}
    />
  );
}

function Failure(props: {
  readonly store: ViewStore;
  readonly state: ViewState;
  readonly face: Extract<Face, { show: "failed" }>;
}): JSX.Element {
  const { store, state, face } = props;
  return (
    <div class="blank failure" role="alert">
      <p>{face.message || "The computation failed."}</p>
      <p>
        {store.source.live ? (
          <LinkButton onClick={() => void store.command("retry")} testid="retry">
            retry
          </LinkButton>
        ) : null}
        {face.detail === "" ? null : (
          <>
            {store.source.live ? " · " : null}
            <LinkButton
              onClick={() => store.dispatch({ type: "details", open: !state.details })}
              testid="details"
            >
              {state.details ? "hide details" : "details"}
            </LinkButton>
          </>
        )}
      </p>
      {state.details && face.detail !== "" ? <pre>{face.detail}</pre> : null}
    </div>
  );
}
