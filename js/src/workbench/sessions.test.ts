import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "../shell/mount";
import { comparisonTraits, FakeHost, FakeModel } from "../testing/fake";
import { readSessions } from "./session_data";

let page: HTMLElement;
beforeEach(() => {
  page = document.createElement("div");
  document.body.append(page);
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = () => undefined;
});
afterEach(() => page.remove());

function root(): ShadowRoot {
  const shadow = page.querySelector(".hicognition-widget")?.shadowRoot;
  if (!shadow) throw new Error("nothing is mounted");
  return shadow;
}
const all = (id: string): HTMLElement[] => [
  ...root().querySelectorAll<HTMLElement>(`[data-testid="${id}"]`),
];
function one(id: string): HTMLElement {
  const [found] = all(id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

const ROW = {
  id: 7,
  name: "<b>figure</b>",
  owner: "ann",
  mine: true,
  description: "#paper",
  changed: "2026-01-02T03:04:05+00:00",
  missing: 0,
};

/** A comparison whose kernel answers as told, with its session panel open. */
async function opened(answers: Record<string, object>): Promise<Record<string, unknown>[]> {
  const model = new FakeModel(comparisonTraits([]));
  const asked: Record<string, unknown>[] = [];
  model.onCommand = (name, args) => {
    asked.push({ ...args, command: name });
    const buffers = name === "sessions" ? [new DataView(new ArrayBuffer(4))] : [];
    return { payload: { ...answers[name] }, buffers };
  };
  mount({ model, el: page, host: new FakeHost({}) });
  (await soon("save-session")).click();
  await soon("session-row");
  return asked;
}

const soon = (id: string): Promise<HTMLElement> => vi.waitFor(() => one(id), { timeout: 5000 });

function type(id: string, value: string): void {
  const field = one(id) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

describe("sessions", () => {
  it("are listed with names as text", async () => {
    await opened({ sessions: { sessions: [ROW], current: "" } });
    expect(one("session-row").textContent).toContain("<b>figure</b>");
    await vi.waitFor(() => {
      expect(root().querySelector(".session img")?.getAttribute("src")).toBe("blob:picture");
    });
  });

  it("are replaced only after a question", async () => {
    const asked = await opened({
      sessions: { sessions: [ROW], current: "" },
      save_session: { exists: true, name: "x" },
    });
    await soon("session-name");
    type("session-name", "x");
    await vi.waitFor(() => {
      expect((one("save") as HTMLButtonElement).disabled).toBe(false);
    });
    one("save").click();
    const question = await soon("confirm");
    expect(asked.at(-1)).toMatchObject({ name: "x", replace: false });
    question.click();
    await vi.waitFor(() => {
      expect(asked.at(-1)).toMatchObject({ name: "x", replace: true });
    });
  });

  it("ask before they take the place of unsaved views", async () => {
    const asked = await opened({
      sessions: { sessions: [ROW], current: "" },
      open_session: { unsaved: true },
    });
    one("open-session").click();
    const question = await soon("confirm");
    expect(asked.at(-1)).toMatchObject({ command: "open_session", id: 7, discard: false });
    expect(all("sessions")).toHaveLength(1);
    question.click();
    await vi.waitFor(() => {
      expect(asked.at(-1)).toMatchObject({ command: "open_session", id: 7, discard: true });
    });
  });

  it("show the code that opens a link once", async () => {
    await opened({
      sessions: { sessions: [ROW], current: "" },
      share_session: { token: "t", code: "ws.open_session(token='t')" },
    });
    one("share-session").click();
    const link = (await soon("session-link")) as HTMLInputElement;
    expect(link.value).toBe("ws.open_session(token='t')");
  });

  it("of others can only be opened", async () => {
    await opened({ sessions: { sessions: [{ ...ROW, mine: false }], current: "" } });
    expect(all("delete-session")).toHaveLength(0);
    expect(one("session-row").textContent).toContain("ann");
  });
});

describe("unsaved work", () => {
  it("of another kernel is restored, after a question where something would be lost", async () => {
    const asked = await opened({
      sessions: {
        sessions: [ROW],
        unsaved: [{ id: "host-1", title: "Loops", when: "2026-01-02T03:04:05+00:00" }],
      },
      restore: { unsaved: true },
    });
    const row = one("unsaved");
    expect(row.textContent).toContain("Not saved: Loops");
    row.querySelector("button")?.click();
    const question = await soon("confirm");
    expect(asked.at(-1)).toMatchObject({ command: "restore", id: "host-1", discard: false });
    question.click();
    await vi.waitFor(() => {
      expect(asked.at(-1)).toMatchObject({ command: "restore", discard: true });
    });
  });
});

describe("a list of sessions", () => {
  it("leaves out what is none", () => {
    const odd = [null, 3, { name: "without number" }, { id: 1 }];
    const { sessions } = readSessions({ payload: { sessions: odd }, buffers: [] });
    expect(sessions).toEqual([
      {
        id: 1,
        name: "",
        owner: "",
        mine: false,
        description: "",
        changed: "",
        missing: 0,
        picture: null,
      },
    ]);
    expect(readSessions({ payload: {}, buffers: [] }).sessions).toEqual([]);
  });
});
