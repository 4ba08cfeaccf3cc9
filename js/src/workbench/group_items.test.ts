import { describe, expect, it } from "vitest";
import { ViewStore } from "../state/store";
import { FakeModel, pileupTraits } from "../testing/fake";
import { CommSource } from "../wire/comm";
import { groupItems } from "./group_items";

function view(traits: Record<string, unknown>) {
  const model = new FakeModel(pileupTraits(traits));
  return { model, store: new ViewStore(new CommSource(model)) };
}

describe("groups of a stackup like those of an embedding", () => {
  const stackup = () =>
    view({ kind: "stackup", group_by: "", group_clusters: 10, group_binsize: null });
  const embedding = view({
    kind: "embedding1d",
    title: "Marks",
    features: ["4", "7"],
    binsize: 50_000,
    n_clusters: 6,
    normalization: "",
  });

  it("are offered by the name of each embedding, taken, and given up again", async () => {
    const { model, store } = stackup();
    const items = () => groupItems(store, [embedding, { store }, { store: null }]);
    expect(items().map(({ label, checked }) => [label, checked])).toEqual([
      ["Clusters as in Marks", false],
    ]);
    items()[0]?.onSelect();
    expect(model.saved.at(-1)).toMatchObject({
      group_by: "clusters:4,7",
      group_clusters: 6,
      group_binsize: 50_000,
    });
    await Promise.resolve();
    expect(items()[0]?.checked).toBe(true);
    items()[0]?.onSelect();
    await Promise.resolve();
    expect(model.get("group_by")).toBe("");
    expect(items()[0]?.checked).toBe(false);
  });

  it("are nothing for other views, or beside none", () => {
    expect(groupItems(embedding.store, [embedding])).toEqual([]);
    expect(groupItems(stackup().store, [])).toEqual([]);
    expect(groupItems(null, [embedding])).toEqual([]);
    const balanced = {
      kind: "embedding2d",
      features: ["3"],
      n_clusters: 6,
      normalization: "balanced",
    };
    expect(groupItems(stackup().store, [view(balanced)])).toEqual([]);
  });
});
