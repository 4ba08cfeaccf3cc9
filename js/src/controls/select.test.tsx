import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Select } from "./select";

let host: HTMLElement;
beforeEach(() => {
  host = document.createElement("div");
  document.body.append(host);
});
afterEach(() => {
  render(null, host);
  host.remove();
});

const element = (): HTMLSelectElement => {
  const found = host.querySelector("select");
  if (found === null) throw new Error("there is no choice");
  return found;
};
const choose = (value: string): void => {
  act(() => {
    element().value = value;
    element().dispatchEvent(new Event("change", { bubbles: true }));
  });
};
const options = ["", "weak", "strong"].map((value) => ({ value, label: value || "all" }));

/** A choice whose answers come when they are let; the state is what was last confirmed. */
function slow() {
  const asked: { value: string; settle: (confirmed: boolean) => Promise<void> }[] = [];
  const show = (value: string): void => {
    const onChange = (chosen: string): Promise<void> =>
      new Promise((resolve) => {
        const settle = (confirmed: boolean): Promise<void> =>
          act(async () => {
            if (confirmed) show(chosen);
            resolve();
          });
        asked.push({ value: chosen, settle });
      });
    render(<Select label="rows" value={value} options={options} onChange={onChange} />, host);
  };
  act(() => show(""));
  return asked;
}

describe("Select", () => {
  it("shows what the state says when a choice is not taken", () => {
    const asked: string[] = [];
    const onChange = (value: string): void => {
      asked.push(value);
    };
    act(() =>
      render(<Select label="rows" value="weak" options={options} onChange={onChange} />, host),
    );
    choose("strong");
    expect(asked).toEqual(["strong"]);
    expect(element().value).toBe("weak");
    choose("weak");
    expect(asked).toEqual(["strong"]);
  });

  it("shows what was chosen until it is answered, and goes back when it is refused", async () => {
    const asked = slow();
    choose("weak");
    expect(element().value).toBe("weak");
    await asked[0]?.settle(true);
    expect(element().value).toBe("weak");
    choose("strong");
    expect(element().value).toBe("strong");
    await asked[1]?.settle(false);
    expect(element().value).toBe("weak");
  });

  it("loses no choice that is made before the one before is answered", async () => {
    const asked = slow();
    choose("weak");
    choose("");
    expect(asked.map(({ value }) => value)).toEqual(["weak", ""]);
    await asked[0]?.settle(true);
    // the earlier answer does not put the earlier choice back on screen
    expect(element().value).toBe("");
    await asked[1]?.settle(true);
    expect(element().value).toBe("");
  });
});
