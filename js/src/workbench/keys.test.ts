import { describe, expect, it, vi } from "vitest";
import { isTyping, type KeyActions, press } from "./keys";

function actions(): KeyActions {
  return {
    flank: vi.fn(),
    bin: vi.fn(),
    normalization: vi.fn(),
    log: vi.fn(),
    fullScreen: vi.fn(),
    save: vi.fn(),
    details: vi.fn(),
    move: vi.fn(),
    moveRow: vi.fn(),
    remove: vi.fn(),
    undo: vi.fn(),
    redo: vi.fn(),
    escape: vi.fn(() => false),
    help: vi.fn(),
  };
}

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe("keys of a card", () => {
  it.each([
    [{ key: "+" }, "flank", [1]],
    [{ key: "=" }, "flank", [1]],
    [{ key: "-" }, "flank", [-1]],
    [{ key: "b" }, "bin", [1]],
    [{ key: "B", shiftKey: true }, "bin", [-1]],
    [{ key: "n" }, "normalization", []],
    [{ key: "l" }, "log", []],
    [{ key: "f" }, "fullScreen", []],
    [{ key: "s" }, "save", []],
    [{ key: "?", shiftKey: true }, "help", []],
    [{ key: "Delete" }, "remove", []],
    [{ key: "ArrowLeft", altKey: true }, "move", [-1]],
    [{ key: "ArrowRight", altKey: true }, "move", [1]],
    [{ key: "ArrowUp", altKey: true }, "moveRow", [-1]],
    [{ key: "ArrowDown", altKey: true }, "moveRow", [1]],
    [{ key: "z", ctrlKey: true }, "undo", []],
    [{ key: "z", metaKey: true }, "undo", []],
    [{ key: "Z", ctrlKey: true, shiftKey: true }, "redo", []],
  ] as const)("%j is %s", (event, name, args) => {
    const all = actions();
    expect(press({ ...plain, ...event }, all)).toBe(true);
    expect(all[name]).toHaveBeenCalledWith(...args);
    const called = Object.values(all).filter((action) => action.mock.calls.length > 0);
    expect(called.length).toBe(1);
  });

  it.each([
    { key: "s", ctrlKey: true },
    { key: "f", metaKey: true },
    { key: "z", ctrlKey: true, altKey: true },
    { key: "b", altKey: true },
    { key: "Enter" },
    { key: "Tab" },
    { key: "d" },
    { key: "ArrowLeft" },
  ])("%j belongs to somebody else", (event) => {
    const all = actions();
    expect(press({ ...plain, ...event }, all)).toBe(false);
    for (const action of Object.values(all)) expect(action).not.toHaveBeenCalled();
  });

  it("Escape is taken only if there was something to leave", () => {
    const all = actions();
    expect(press({ ...plain, key: "Escape" }, all)).toBe(false);
    expect(press({ ...plain, key: "Escape" }, { ...all, escape: () => true })).toBe(true);
  });

  it("letters in fields are text", () => {
    const input = document.createElement("input");
    expect(isTyping(input)).toBe(true);
    input.type = "range";
    expect(isTyping(input)).toBe(false);
    expect(isTyping(document.createElement("select"))).toBe(true);
    expect(isTyping(document.createElement("button"))).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
