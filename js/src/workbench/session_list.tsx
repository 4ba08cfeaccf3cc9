/** The saved sessions: opened by a click; shared, renamed and deleted at the row's end. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { IconButton, LinkButton } from "../controls/button";
import { Rename } from "../controls/rename";
import { copyText } from "../shell/files";
import type { SavedSession } from "./session_data";

export type RowAction =
  | { readonly kind: "open"; readonly discard: boolean }
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "share" }
  | { readonly kind: "delete" };

interface RowProps {
  readonly session: SavedSession;
  readonly current: boolean;
  /** What the row asks before it goes on. */
  readonly asking: "open" | "delete" | null;
  /** Python that opens the link that was just made. */
  readonly link: string | null;
  readonly onAct: (action: RowAction) => void;
  readonly onAsk: (what: "delete" | null) => void;
}

const LINK_DAYS = 30;

export function SessionRow(props: RowProps): JSX.Element {
  const { session, asking, onAct, onAsk } = props;
  const [renaming, setRenaming] = useState(false);
  const when = new Date(session.changed);
  const words = [
    session.mine ? "" : session.owner,
    Number.isNaN(when.getTime()) ? "" : when.toLocaleDateString(),
    session.missing > 0 ? `${session.missing} missing` : "",
    session.description,
  ].filter((word) => word !== "");
  return (
    <li class={`session${props.current ? " current" : ""}`} data-testid="session-row">
      {renaming ? (
        <Rename
          label="name of the session"
          title={session.name}
          onDone={(name) => {
            setRenaming(false);
            if (name) onAct({ kind: "rename", name });
          }}
        />
      ) : (
        <button
          type="button"
          class="open"
          title={words.join(" · ")}
          data-testid="open-session"
          onClick={() => onAct({ kind: "open", discard: false })}
        >
          <Picture png={session.picture} />
          <span class="words">
            <strong>{session.name}</strong>
            <span class="detail">{words.join(" · ")}</span>
          </span>
        </button>
      )}
      {session.mine && !renaming ? (
        <span class="acts">
          <IconButton
            icon="link"
            label={`link for ${LINK_DAYS} days`}
            tip="end"
            testid="share-session"
            onClick={() => onAct({ kind: "share" })}
          />
          <IconButton icon="pen" label="rename" tip="end" onClick={() => setRenaming(true)} />
          <IconButton
            icon="close"
            label="delete"
            tip="end"
            testid="delete-session"
            onClick={() => onAsk("delete")}
          />
        </span>
      ) : null}
      {asking === "open" ? (
        <Question
          text="The views here are in no session."
          yes="open anyway"
          onYes={() => onAct({ kind: "open", discard: true })}
          onNo={() => onAsk(null)}
        />
      ) : asking === "delete" ? (
        <Question
          text="Delete it, with its links?"
          yes="delete"
          onYes={() => onAct({ kind: "delete" })}
          onNo={() => onAsk(null)}
        />
      ) : null}
      {props.link === null ? null : <Link code={props.link} />}
    </li>
  );
}

export function Question(props: {
  readonly text: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}): JSX.Element {
  return (
    <p class="question" role="alert">
      <span>{props.text}</span>
      <LinkButton onClick={props.onYes} testid="confirm">
        {props.yes}
      </LinkButton>
      <LinkButton onClick={props.onNo}>cancel</LinkButton>
    </p>
  );
}

/** What the other person runs; shown once, since only its fingerprint is kept. */
function Link({ code }: { readonly code: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  return (
    <p class="question">
      <input
        readOnly
        value={code}
        aria-label="code that opens the link"
        data-testid="session-link"
        onFocus={(event) => event.currentTarget.select()}
      />
      <LinkButton onClick={() => void copyText(code).then(setCopied)}>
        {copied ? "copied" : "copy"}
      </LinkButton>
    </p>
  );
}

function Picture({ png }: { readonly png: Blob | null }): JSX.Element {
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (png === null) return;
    const made = URL.createObjectURL(png);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [png]);
  return address === "" ? (
    <span class="thumb" aria-hidden="true" />
  ) : (
    <img class="thumb" src={address} alt="" />
  );
}
