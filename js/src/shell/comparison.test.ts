import { describe, expect, it, vi } from "vitest";
import { choose, compared, find, freshPages, inside, press, settle } from "../testing/mounted";

freshPages();

const order = (): (string | undefined)[] =>
  [...inside().querySelectorAll<HTMLElement>(".card")].map((card) => card.dataset.viewId);

describe("a comparison", () => {
  it("shows its views in order, under one header", async () => {
    compared();
    await settle();
    expect(order()).toEqual(["1", "2", "3"]);
    expect(find("comparison").textContent).toContain("1,013 pairs");
    expect(find<HTMLSelectElement>("region-select").value).toBe("1");
    // the flank belongs to the header, not to each card
    expect(inside().querySelectorAll('[data-testid="flank-select"]').length).toBe(1);
  });

  it("offers numbers of clusters in each embedding, under a name of its own", async () => {
    const { children, model } = compared();
    const empty = { status: "empty", result: null, n_clusters: 10 };
    for (const [i, one] of Object.values(children).entries()) {
      one.update({ ...empty, kind: i < 2 ? "embedding2d" : "embedding1d" });
    }
    await settle();
    const fields = [...inside().querySelectorAll<HTMLInputElement>("input[list]")];
    const names = fields.map((field) => field.getAttribute("list"));
    expect(new Set(names).size).toBe(3);
    for (const field of fields) {
      const [own] = field.closest("label")?.getElementsByTagName("datalist") ?? [];
      expect(own?.id).toBe(field.getAttribute("list"));
      expect(own?.querySelectorAll("option")).toHaveLength(5);
    }
    // nothing else in a comparison shares a name either
    const ids = [...inside().querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(model.sent).toEqual([]);
  });

  it("dims every view when the flank changes", async () => {
    const { model } = compared();
    await settle();
    choose("flank-select", "100000");
    await settle();
    expect(model.saved).toEqual([{ flank: 100_000 }]);
    for (const card of inside().querySelectorAll<HTMLElement>(".card")) {
      expect(card.dataset.status).toBe("computing");
    }
  });

  it("adds views and chooses regions through Python", async () => {
    const { model } = compared();
    await settle();
    find("add-view").click();
    await settle();
    find("add-stackup").click();
    choose("region-select", "9");
    await settle();
    expect(model.sent).toMatchObject([
      { name: "add_view", args: { kind: "stackup" } },
      { name: "choose_regions", args: { id: "9" } },
    ]);
  });

  it("moves a view at once, and back when Python refuses", async () => {
    const { model } = compared();
    await settle();
    model.onCommand = () => null;
    press(find("view-pileup"), "ArrowRight", { altKey: true });
    await settle();
    expect(order()).toEqual(["2", "1", "3"]);
    const [{ id, args }] = model.sent as [{ id: string; args: unknown }];
    expect(args).toEqual({ view_id: "1", to: 1 });
    const error = { code: "NotFound", message: "that view is no longer here" };
    model.reply({ v: 1, id, ok: false, error });
    await settle();
    expect(order()).toEqual(["1", "2", "3"]);
    expect(find("notice").textContent).toContain("no longer here");
  });

  it("takes a card that is let go before the screen is painted", async () => {
    const { model } = compared();
    await settle();
    inside()
      .querySelectorAll<HTMLElement>("[data-slot]")
      .forEach((cell, i) => {
        cell.getBoundingClientRect = () => new DOMRect(200 * i, 0, 200, 200);
      });
    const point = { clientX: 300, clientY: 100, bubbles: true, composed: true };
    const grip = inside().querySelector(".grip");
    grip?.dispatchEvent(new PointerEvent("pointerdown", { ...point, clientX: 10 }));
    // what has been drawn by the next event, and no frame
    for (let i = 0; i < 5; i++) await Promise.resolve();
    for (const type of ["pointermove", "pointerup"]) {
      window.dispatchEvent(new PointerEvent(type, point));
    }
    await settle();
    expect(model.sent).toMatchObject([
      { name: "swap_views", args: { view_id: "1", other: "2" } },
    ]);
  });

  it("removes a view, offers to undo it, and hands the focus on", async () => {
    const { model } = compared();
    await settle();
    model.onCommand = (name) => {
      if (name === "remove_view") {
        model.update({ views: ["anywidget:b", "anywidget:c"], can_undo: true });
      }
      return {};
    };
    const card = find("view-pileup");
    card.focus();
    press(card, "Delete");
    await settle();
    expect(order()).toEqual(["2", "3"]);
    expect((inside().activeElement as HTMLElement).dataset.viewId).toBe("2");
    press(inside().activeElement as HTMLElement, "z", { ctrlKey: true });
    await settle();
    expect((model.sent as { name: string }[]).map(({ name }) => name)).toEqual([
      "remove_view",
      "undo",
    ]);
  });

  it("shows the count of the selection", async () => {
    const { model } = compared();
    await settle();
    expect(find("selection-count").textContent).toBe("nothing selected");
    model.update({ selection_facts: { count: 1214, total: 4000, name: "" } });
    await settle();
    expect(find("selection-count").textContent).toBe("1,214 selected");
  });

  it("lets a view take several columns and rows", async () => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(1200);
    const { children } = compared();
    await settle();
    children["anywidget:a"].update({ span_columns: 2, span_rows: 3 });
    await settle();
    const cell = inside().querySelector<HTMLElement>(".cell");
    expect(cell?.style.gridColumn).toBe("span 2");
    expect(cell?.style.gridRow).toBe("span 3");
    children["anywidget:a"].update({ span_columns: 1 });
    await settle();
    expect(cell?.style.gridColumn).toBe("span 1");
  });

  it("names the view that cannot be opened and shows the others", async () => {
    compared({ views: ["anywidget:a", "anywidget:gone"] });
    await settle();
    expect(order()[0]).toBe("1");
    expect(inside().querySelector('[role="alert"]')?.textContent).toContain("anywidget:gone");
  });
});
