import { describe, expect, it } from "vitest";
import { takenFrom } from "../state/settings";
import { markOf } from "./drag";
import { threshold } from "./threshold";

describe("a threshold that is typed", () => {
  it.each([
    ["2", 2],
    [" −1,5 ", -1.5],
    ["1e3", 1000],
    ["", null],
    ["  ", null],
    ["high", undefined],
    ["1 2", undefined],
  ])("%j is %j", (text, value) => {
    expect(threshold(text)).toBe(value);
  });
});

describe("the mark of a landing card", () => {
  it("stands on the card that would change places", () => {
    const landing = { how: "swap", place: 1 } as const;
    expect([0, 1, 2].map((i) => markOf(landing, i, 3, 0))).toEqual(["", " swap", ""]);
    expect(markOf(landing, 1, 3, 1)).toBe("");
  });

  it("stands between the cards where it would go", () => {
    const at = (place: number, from: number | null) =>
      [0, 1, 2].map((i) => markOf({ how: "insert", place }, i, 3, from));
    expect(at(1, 2)).toEqual(["", " before", ""]);
    expect(at(3, 0)).toEqual(["", "", " after"]);
    expect(at(1, 0)).toEqual(["", "", ""]);
    expect(at(3, 2)).toEqual(["", "", ""]);
    expect(at(3, null)).toEqual(["", "", " after"]);
  });
});

describe("what another view gives", () => {
  const shares = {
    scale: { role: "recipient", group: 0, names: ["wild type"] },
    order: { role: "donor", group: 0, names: ["ChIP"] },
  } as const;

  it("cannot be changed where it is taken", () => {
    expect(takenFrom({ vmax: 1 }, shares)).toContain("“wild type” gives the scale");
    expect(takenFrom({ normalization: "raw" }, shares)).not.toBe("");
  });

  it("leaves everything else free, and the giver", () => {
    expect(takenFrom({ binsize: 5000, title: "x" }, shares)).toBe("");
    expect(takenFrom({ sort_by: "input" }, shares)).toBe("");
    expect(takenFrom({ vmax: 1 }, {})).toBe("");
  });
});
