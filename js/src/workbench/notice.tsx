/** A sentence under a comparison's header that goes away by itself or by a click. */

import type { JSX } from "preact";
import { IconButton } from "../controls/button";
import { type ComparisonState, type ComparisonStore, REMOVED } from "../state/comparison";

export function NoticeLine(props: {
  readonly store: ComparisonStore;
  readonly state: ComparisonState;
}): JSX.Element {
  const { store, state } = props;
  const { notice, snapshot } = state;
  return (
    <div
      class={`notice ${notice === null ? "sr" : notice.tone}`}
      role={notice?.tone === "error" ? "alert" : "status"}
      data-testid="notice"
    >
      {notice === null ? null : (
        <>
          <span>{notice.text}</span>
          {notice.text === REMOVED && snapshot.can_undo ? (
            <button
              type="button"
              class="link"
              onClick={() => {
                store.notice(null);
                void store.command("undo");
              }}
            >
              undo
            </button>
          ) : null}
          {notice.act === undefined ? null : (
            <button
              type="button"
              class="link"
              data-testid="notice-act"
              onClick={notice.act.run}
            >
              {notice.act.label}
            </button>
          )}
          <span class="space" />
          <IconButton icon="close" label="close" tip="end" onClick={() => store.notice(null)} />
        </>
      )}
    </div>
  );
}
