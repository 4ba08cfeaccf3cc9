/** Commands to the kernel: an envelope with an id, and exactly one reply for each. */

import type { ModelListener, WidgetModel } from "./model";
import type { CommandArgs, CommandName, Reply } from "./request";
import { CommandError } from "./source";

export const VERSION = 1;

const RESTARTED = "the kernel was restarted; run the cell again";
/** Milliseconds after which a silent kernel is asked whether it knows the widget at all. */
const SILENCE = 3000;

/** Sends settings that wait for the hand to pause; a command is about what is on screen. */
export const unsent = new Set<() => void>();

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: CommandError): void;
}

/** Sends commands over one model and hands each reply to who asked. */
export class Commands {
  readonly #model: WidgetModel;
  readonly #waiting = new Map<string, Waiting>();
  /** Several front ends may listen to one model, so ids must not repeat between them. */
  readonly #origin = randomText();
  #next = 1;

  constructor(model: WidgetModel) {
    this.#model = model;
    model.on("msg:custom", this.#onMessage);
  }

  send(name: CommandName, args: CommandArgs = {}): Promise<Reply> {
    for (const save of [...unsent]) save();
    const id = `${this.#origin}-${this.#next++}`;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      try {
        this.#model.send({ v: VERSION, id, kind: "command", name, args });
      } catch {
        // nobody listens at the other end any more
        this.#refuse(id);
        return;
      }
      setTimeout(() => void this.#askAgain(id), SILENCE);
    });
  }

  /** A kernel that has forgotten the widget will never answer; one that is busy will. */
  async #askAgain(id: string): Promise<void> {
    const comm = this.#model.get("_comm_id");
    const manager = this.#model.widget_manager;
    if (!this.#waiting.has(id) || !comm || manager?._get_comm_info === undefined) return;
    const known = await manager._get_comm_info().catch(() => null);
    if (known !== null && !(String(comm) in known)) this.#refuse(id);
  }

  #refuse(id: string): void {
    this.#waiting.get(id)?.reject(new CommandError(RESTARTED, "restarted"));
    this.#waiting.delete(id);
  }

  close(): void {
    this.#model.off("msg:custom", this.#onMessage);
    for (const { reject } of this.#waiting.values()) {
      reject(new CommandError("the view was closed before the kernel answered", "closed"));
    }
    this.#waiting.clear();
  }

  readonly #onMessage: ModelListener = (content: unknown, buffers: unknown) => {
    if (typeof content !== "object" || content === null) return;
    const { v, id, ok, payload, error } = content as Record<string, unknown>;
    if (v !== VERSION || typeof id !== "string") return;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (ok === true) {
      waiting.resolve({
        payload: (payload ?? {}) as Reply["payload"],
        buffers: Array.isArray(buffers) ? (buffers as DataView[]) : [],
      });
    } else {
      const { code, message } = (error ?? {}) as Record<string, unknown>;
      waiting.reject(
        new CommandError(String(message ?? "the kernel refused"), String(code ?? "unknown")),
      );
    }
  };
}

function randomText(): string {
  // crypto.randomUUID exists only in secure contexts; hubs are often plain http
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
