/** Keeping a comparison: what the button in the header opens. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LinkButton } from "../controls/button";
import type { ComparisonStore } from "../state/comparison";
import { readSessions, type SavedSession, type SessionList } from "./session_data";
import { Question, type RowAction, SessionRow } from "./session_list";

const NONE: SessionList = { sessions: [], unsaved: [], current: "" };
const SEARCH_FROM = 6;

interface Asking {
  readonly id: number;
  readonly what: "open" | "delete";
}

/** A name to save under, and what is saved. */
export function SessionsPanel(props: {
  readonly store: ComparisonStore;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, onClose } = props;
  const [list, setList] = useState<SessionList | null>(null);
  const [search, setSearch] = useState("");
  const [asking, setAsking] = useState<Asking | null>(null);
  const [link, setLink] = useState<{ id: number; code: string } | null>(null);
  const [left, setLeft] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const reload = (): void => setTurn((now) => now + 1);
  useEffect(() => {
    let wanted = true;
    void store.command("sessions", { search }).then((reply) => {
      if (wanted) setList(reply === null ? NONE : readSessions(reply));
    });
    return () => {
      wanted = false;
    };
  }, [store, search, turn]);

  const act = async (session: SavedSession, action: RowAction): Promise<void> => {
    setAsking(null);
    const { id } = session;
    if (action.kind === "open") {
      const { discard } = action;
      const reply = await store.command("open_session", { id, discard });
      if (reply?.payload.unsaved === true) setAsking({ id, what: "open" });
      else if (reply !== null) {
        const { missing } = reply.payload;
        const gone = Array.isArray(missing) && missing.length > 0 ? missing.join(" ") : "";
        store.notice(
          gone === ""
            ? { tone: "info", text: `Opened “${session.name}”.` }
            : { tone: "error", text: gone },
        );
        onClose();
      }
    } else if (action.kind === "share") {
      const reply = await store.command("share_session", { id, expires: "30d" });
      if (reply !== null) setLink({ id, code: String(reply.payload.code ?? "") });
    } else if (action.kind === "rename") {
      await store.command("update_session", { id, name: action.name });
      reload();
    } else {
      await store.command("delete_session", { id });
      reload();
    }
  };

  const restore = async (id: string, discard: boolean): Promise<void> => {
    setLeft(null);
    const reply = await store.command("restore", { id, discard });
    if (reply?.payload.unsaved === true) setLeft(id);
    else if (reply !== null) {
      store.notice({ tone: "info", text: "Restored." });
      onClose();
    }
  };

  const sessions = list?.sessions ?? [];
  return (
    <div class="sessions">
      {list === null ? null : <Save store={store} current={list.current} onClose={onClose} />}
      {search !== "" || sessions.length >= SEARCH_FROM ? (
        <input
          type="search"
          placeholder="search…"
          aria-label="search sessions"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      {sessions.length > 0 ? (
        <ul>
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              current={session.mine && session.name === list?.current}
              asking={asking?.id === session.id ? asking.what : null}
              link={link?.id === session.id ? link.code : null}
              onAct={(action) => void act(session, action)}
              onAsk={(what) => setAsking(what === null ? null : { id: session.id, what })}
            />
          ))}
        </ul>
      ) : list === null ? (
        <p class="detail">Looking …</p>
      ) : (
        <p class="detail">{search === "" ? "Nothing saved yet." : "Nothing fits."}</p>
      )}
      {(list?.unsaved ?? []).map(({ id, title, when }) => (
        <div key={id} class="unsaved" data-testid="unsaved">
          <span class="detail" title={title}>
            Not saved: {title || "a comparison"}, {timeText(when)}
          </span>
          <LinkButton onClick={() => void restore(id, false)}>restore</LinkButton>
          {left === id ? (
            <Question
              text="The views here are in no session."
              yes="restore anyway"
              onYes={() => void restore(id, true)}
              onNo={() => setLeft(null)}
            />
          ) : null}
        </div>
      ))}
    </div>
  );
}

function Save(props: {
  readonly store: ComparisonStore;
  readonly current: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { store } = props;
  const { snapshot } = store.get();
  const [name, setName] = useState(props.current || snapshot.title);
  const [about, setAbout] = useState("");
  const [taken, setTaken] = useState(false);
  const save = async (replace: boolean): Promise<void> => {
    const description = about.trim() === "" ? undefined : about.trim();
    const args = { name, replace, ...(description === undefined ? {} : { description }) };
    const reply = await store.command("save_session", args);
    if (reply === null) return;
    if (reply.payload.exists === true) {
      setTaken(true);
      return;
    }
    store.notice({ tone: "info", text: `Saved as “${String(reply.payload.name)}”.` });
    props.onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") void save(false);
      }}
    >
      <div class="fields">
        <input
          type="text"
          placeholder="name of the session"
          aria-label="name of the session"
          maxLength={200}
          value={name}
          data-autofocus
          data-testid="session-name"
          onInput={(event) => {
            setName(event.currentTarget.value);
            setTaken(false);
          }}
        />
        <button type="submit" class="act" disabled={name.trim() === ""} data-testid="save">
          Save
        </button>
      </div>
      <input
        type="text"
        placeholder="what it is about, #tags"
        aria-label="description of the session"
        maxLength={2000}
        value={about}
        onInput={(event) => setAbout(event.currentTarget.value)}
      />
      {taken ? (
        <Question
          text={`You have a session “${name.trim()}”.`}
          yes="replace it"
          onYes={() => void save(true)}
          onNo={() => setTaken(false)}
        />
      ) : null}
    </form>
  );
}

function timeText(iso: string): string {
  const when = new Date(iso);
  return Number.isNaN(when.getTime())
    ? ""
    : when.toLocaleString([], { dateStyle: "short", timeStyle: "short" });
}
