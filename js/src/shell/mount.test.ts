import { describe, expect, it, vi } from "vitest";
import { FakeModel, pileupTraits } from "../testing/fake";
import { compared, find, freshPages, inside, page, settle } from "../testing/mounted";
import { mount } from "./mount";

freshPages();

describe("leaving", () => {
  it("takes everything away, fifty times", async () => {
    const added = vi.spyOn(window, "addEventListener");
    for (let i = 0; i < 50; i++) {
      const { children, model, leave } = compared();
      await settle();
      leave();
      await settle();
      expect(page.childElementCount).toBe(0);
      expect(model.listening).toBe(0);
      for (const child of Object.values(children)) expect(child.listening).toBe(0);
    }
    const forever = added.mock.calls.filter(
      ([, , options]) => typeof options !== "object" || options?.signal === undefined,
    );
    expect(forever).toEqual([]);
    added.mockRestore();
  });

  it("happens by the host's signal too", async () => {
    const model = new FakeModel(pileupTraits());
    const controller = new AbortController();
    mount({ model, el: page, signal: controller.signal });
    controller.abort();
    await settle();
    expect(page.childElementCount).toBe(0);
    expect(model.listening).toBe(0);
  });

  it("two views of one model live and leave separately", async () => {
    const model = new FakeModel(pileupTraits());
    const [first, second] = [document.createElement("div"), document.createElement("div")];
    page.append(first, second);
    const leave = mount({ model, el: first });
    mount({ model, el: second });
    leave();
    model.update({ binsize: 20_000 });
    await settle();
    expect(first.childElementCount).toBe(0);
    expect(find<HTMLSelectElement>("bin-select", inside(second)).value).toBe("20000");
  });
});
