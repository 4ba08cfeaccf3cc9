/** What Python says about saved sessions, checked before anything relies on it. */

import type { Reply } from "../wire/request";

export interface SavedSession {
  readonly id: number;
  readonly name: string;
  readonly owner: string;
  readonly mine: boolean;
  readonly description: string;
  /** ISO time. */
  readonly changed: string;
  /** Datasets that are gone or out of sight. */
  readonly missing: number;
  readonly picture: Blob | null;
}

/** What another kernel had on screen when it ended. */
export interface UnsavedWork {
  readonly id: string;
  readonly title: string;
  /** ISO time. */
  readonly when: string;
}

export interface SessionList {
  readonly unsaved: readonly UnsavedWork[];
  readonly sessions: readonly SavedSession[];
  /** Name of the session that is shown, or "". */
  readonly current: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function readSessions({ payload, buffers }: Reply): SessionList {
  const rows = Array.isArray(payload.sessions) ? payload.sessions : [];
  const sessions = rows.flatMap((row: unknown, place): SavedSession[] => {
    if (typeof row !== "object" || row === null) return [];
    const { id, name, owner, mine, description, changed, missing } = row as Record<
      string,
      unknown
    >;
    if (typeof id !== "number") return [];
    const png = buffers[place];
    return [
      {
        id,
        name: text(name),
        owner: text(owner),
        mine: mine === true,
        description: text(description),
        changed: text(changed),
        missing: typeof missing === "number" ? missing : 0,
        picture: png === undefined || png.byteLength === 0 ? null : pngOf(png),
      },
    ];
  });
  const left = Array.isArray(payload.unsaved) ? payload.unsaved : [];
  const unsaved = left.flatMap((row: unknown): UnsavedWork[] => {
    if (typeof row !== "object" || row === null) return [];
    const { id, title, when } = row as Record<string, unknown>;
    return typeof id === "string" ? [{ id, title: text(title), when: text(when) }] : [];
  });
  return { sessions, unsaved, current: text(payload.current) };
}

function pngOf(bytes: DataView): Blob {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return new Blob([copy], { type: "image/png" });
}
