import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Checklist } from "./checklist";
import { Picker } from "./picker";
import type { Option } from "./select";

const many = (n: number): Option[] =>
  Array.from({ length: n }, (_, i) => ({ value: `${i}`, label: `set ${i}`, detail: "point" }));

let host: HTMLElement;
beforeEach(() => {
  vi.useFakeTimers();
  host = document.createElement("div");
  document.body.append(host);
});
afterEach(() => {
  render(null, host);
  host.remove();
  vi.useRealTimers();
});

const show = (element: ComponentChild): void => {
  act(() => render(element, host));
};
const button = (): HTMLButtonElement => {
  const found = host.querySelector("button");
  if (found === null) throw new Error("there is no button");
  return found;
};
const search = (): HTMLInputElement => {
  const found = host.querySelector<HTMLInputElement>("input[type=search]");
  if (found === null) throw new Error("there is no search");
  return found;
};
const labels = (): (string | null)[] =>
  [...host.querySelectorAll(".item .text")].map((item) => item.textContent);
const note = (): string => host.querySelector("[role=status]")?.textContent ?? "";
const open = (): void => {
  act(() => button().click());
};
const type = (text: string): void => {
  act(() => {
    search().value = text;
    search().dispatchEvent(new Event("input", { bubbles: true }));
  });
};
const key = (target: Element, name: string): void => {
  act(() => {
    target.dispatchEvent(
      new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }),
    );
  });
};
const settle = (ms: number): Promise<void> =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });

function picker(options: readonly Option[], more = {}): [ComponentChild, string[]] {
  const chosen: string[] = [];
  const onChange = (value: string): void => void chosen.push(value);
  return [
    <Picker
      key="picker"
      label="map"
      value="1"
      placeholder="choose a map"
      {...{ options, onChange }}
      {...more}
    />,
    chosen,
  ];
}

describe("a choice of one", () => {
  it("is the browser's own list while it is short", () => {
    show(picker(many(30))[0]);
    expect(host.querySelector("select")?.value).toBe("1");
    expect(host.querySelector("button")).toBeNull();
  });

  it("is searched where it is long, by every word in any order", () => {
    const [element, chosen] = picker(many(300));
    show(element);
    expect(button().textContent).toBe("set 1");
    open();
    expect(labels()).toHaveLength(300);
    expect(document.activeElement).toBe(search());
    type("  Point 29 ");
    expect(labels()).toHaveLength(13);
    expect(labels().every((label) => label?.includes("29"))).toBe(true);
    type("299");
    key(search(), "Enter");
    expect(chosen).toEqual(["299"]);
    expect(host.querySelector("[role=dialog]")).toBeNull();
    expect(document.activeElement).toBe(button());
  });

  it("is walked through with arrows and chosen with Enter, not by passing", () => {
    const [element, chosen] = picker(many(40));
    show(element);
    open();
    type("set 3");
    key(search(), "ArrowDown");
    key(document.activeElement as Element, "ArrowDown");
    expect(chosen).toEqual([]);
    key(document.activeElement as Element, "Enter");
    expect(chosen).toEqual(["30"]);
  });

  it("leaves all as it was by Escape, and where the chosen is chosen again", () => {
    const [element, chosen] = picker(many(40));
    show(element);
    open();
    key(search(), "Escape");
    expect(host.querySelector("[role=dialog]")).toBeNull();
    open();
    type("set 1");
    key(search(), "Enter");
    expect(chosen).toEqual([]);
  });

  it("says that nothing is found", () => {
    show(picker(many(40))[0]);
    open();
    type("absent");
    expect(host.textContent).toContain("nothing found");
  });
});

describe("a list that has no room for all", () => {
  const far: Option = { value: "5000", label: "far away" };

  it("says how many more there are, and finds them", async () => {
    const find = vi.fn(async () => [far, many(1)[0] as Option]);
    const [element, chosen] = picker(many(3), { elsewhere: { more: 12_345, find } });
    show(element);
    open();
    expect(note()).toBe("and 12,345 more; search finds them too");
    type("f");
    type("far");
    expect(note()).toBe("searching …");
    expect(find).not.toHaveBeenCalled();
    await settle(300);
    // only what was typed last is asked for, and what is here already comes once
    expect(find.mock.calls).toEqual([["far"]]);
    expect(labels()).toEqual(["far away", "set 0"]);
    expect(note()).toBe("");
    key(search(), "Enter");
    expect(chosen).toEqual(["5000"]);
  });

  it("shows no answer to what is asked no more", async () => {
    const answers: ((found: Option[]) => void)[] = [];
    const find = (): Promise<Option[]> => new Promise((resolve) => answers.push(resolve));
    show(picker(many(3), { elsewhere: { more: 1, find } })[0]);
    open();
    type("far");
    await settle(300);
    type("set");
    await act(async () => answers[0]?.([far]));
    expect(labels()).not.toContain("far away");
    await settle(300);
    await act(async () => answers[1]?.([]));
    expect(labels()).toHaveLength(3);
  });

  it("stays usable where nobody answers", async () => {
    show(picker(many(3), { elsewhere: { more: 1, find: async () => null } })[0]);
    open();
    type("far");
    await settle(300);
    expect(host.textContent).toContain("nothing found");
    type("set 2");
    expect(labels()).toEqual(["set 2"]);
  });
});

describe("a choice of several", () => {
  it("stays open and keeps the order of choosing", () => {
    let values: readonly string[] = ["2"];
    const element = (): ComponentChild => (
      <Checklist
        label="tracks"
        text="tracks"
        options={many(12)}
        values={values}
        onChange={(next) => {
          values = next;
        }}
      />
    );
    show(element());
    open();
    const boxes = host.querySelectorAll<HTMLInputElement>("input[type=checkbox]");
    act(() => boxes[0]?.click());
    expect(values).toEqual(["2", "0"]);
    show(element());
    act(() => boxes[2]?.click());
    expect(values).toEqual(["0"]);
    expect(host.querySelector("[role=dialog]")).not.toBeNull();
  });
});
