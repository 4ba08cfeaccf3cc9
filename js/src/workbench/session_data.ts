/** What Python says about saved sessions, checked before anything relies on it. */

import type { Reply } from "../wire/types";

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

export interface SessionList {
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
  return { sessions, current: text(payload.current) };
}

function pngOf(bytes: DataView): Blob {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return new Blob([copy], { type: "image/png" });
}
