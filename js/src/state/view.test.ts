import { describe, expect, it } from "vitest";
import { FakeModel, pileupResult, pileupTraits } from "../testing/fake";
import { CommSource } from "../wire/comm";
import { resultKey } from "../wire/result_key";
import type { ViewSnapshot } from "../wire/view";
import { faceOf, initialView, reduce, type ViewState } from "./view";

const snapshot = (patch: Record<string, unknown> = {}): ViewSnapshot =>
  new CommSource(new FakeModel(pileupTraits(patch))).snapshot();

const first = snapshot();

/** The same view with other facts or settings; the result stays the same object. */
function later(
  from: ViewSnapshot,
  facts: Partial<ViewSnapshot["facts"]> = {},
  settings: Partial<ViewSnapshot["settings"]> = {},
): ViewSnapshot {
  return {
    ...from,
    facts: { ...from.facts, ...facts },
    settings: { ...from.settings, ...settings },
  };
}

const take = (state: ViewState, next: ViewSnapshot): ViewState =>
  reduce(state, { type: "snapshot", snapshot: next });

function pictureOf(state: ViewState) {
  const face = faceOf(state);
  return face.show === "ready" || face.show === "computing" ? face.picture : null;
}

describe("a view's state", () => {
  it("is ready with the picture it starts with", () => {
    const face = faceOf(initialView(first));
    expect(face).toMatchObject({ show: "ready" });
  });

  it("dims the old picture from the moment a person asks for another", () => {
    const asked = reduce(initialView(first), { type: "changed", patch: { binsize: 20_000 } });
    expect(faceOf(asked)).toMatchObject({ show: "computing", progress: null });
    expect(pictureOf(asked)?.result).toBe(first.result);
    const echoed = take(asked, later(first, {}, { binsize: 20_000 }));
    expect(faceOf(echoed).show).toBe("computing");
    // the picture is still that of the old bin size, and is drawn as such
    expect(pictureOf(echoed)?.settings.binsize).toBe(10_000);
  });

  it("shows the picture it has if nobody took a change", () => {
    const asked = reduce(initialView(first), { type: "changed", patch: { binsize: 20_000 } });
    const unheard = reduce(asked, { type: "unheard" });
    expect(faceOf(unheard).show).toBe("ready");
    expect(pictureOf(unheard)?.result).toBe(first.result);
  });

  it("does not dim for what is only drawn differently", () => {
    const state = initialView(first);
    expect(reduce(state, { type: "changed", patch: { vmax: 2, cmap: "magma" } })).toBe(state);
    const recoloured = take(state, later(first, {}, { cmap: "magma" }));
    expect(faceOf(recoloured).show).toBe("ready");
    expect(pictureOf(recoloured)?.settings.cmap).toBe("magma");
  });

  it("goes through computing to the new picture", () => {
    let state = reduce(initialView(first), { type: "changed", patch: { flank: 100_000 } });
    const asked = later(first, {}, { flank: 100_000 });
    state = take(state, asked);
    state = take(state, later(asked, { status: "computing", progress: 0.4 }));
    expect(faceOf(state)).toMatchObject({ show: "computing", progress: 0.4 });
    expect(pictureOf(state)?.result).toBe(first.result);
    const done = snapshot({
      flank: 100_000,
      result: pileupResult({ flank: 100_000, binsize: 10_000 }),
    });
    state = take(state, done);
    expect(faceOf(state).show).toBe("ready");
    expect(pictureOf(state)?.result).toBe(done.result);
    expect(pictureOf(state)?.settings.flank).toBe(100_000);
  });

  it("shows a stored result without ever computing", () => {
    const asked = reduce(initialView(first), { type: "changed", patch: { binsize: 20_000 } });
    const stored = snapshot({
      binsize: 20_000,
      result: pileupResult({ flank: 200_000, binsize: 20_000 }),
    });
    expect(faceOf(take(asked, stored)).show).toBe("ready");
  });

  it("does not take the answer to an earlier question for the latest one", () => {
    const asked = reduce(initialView(first), { type: "changed", patch: { binsize: 50_000 } });
    const answer = pileupResult({ flank: 200_000, binsize: 20_000 });
    const key = resultKey("pileup", { ...first.settings, binsize: 20_000 });
    const early = snapshot({
      binsize: 50_000,
      result: { ...answer, meta: { ...answer.meta, answers: key } },
    });
    const state = take(asked, early);
    expect(faceOf(state).show).toBe("computing");
    const right = resultKey("pileup", { ...first.settings, binsize: 50_000 });
    const late = pileupResult({ flank: 200_000, binsize: 50_000 });
    const answered = snapshot({
      binsize: 50_000,
      result: { ...late, meta: { ...late.meta, answers: right } },
    });
    expect(faceOf(take(state, answered)).show).toBe("ready");
  });

  it("keeps the old picture's question while Python changes settings by itself", () => {
    const state = take(initialView(first), later(first, {}, { normalization: "balanced" }));
    expect(pictureOf(state)?.settings.normalization).toBe("oe");
  });

  it("shows a failure without the picture, and recovers", () => {
    const failed = later(first, { status: "failed", message: "no weights", detail: "trace" });
    const state = take(initialView(first), { ...failed, result: null });
    expect(faceOf(state)).toEqual({ show: "failed", message: "no weights", detail: "trace" });
    expect(faceOf(take(state, first)).show).toBe("ready");
  });

  it("asking again after a failure looks like computing at once", () => {
    const failed = {
      ...later(first, { status: "failed", message: "no weights" }),
      result: null,
    };
    const asked = reduce(take(initialView(first), failed), {
      type: "changed",
      patch: { normalization: "raw" },
    });
    expect(faceOf(asked).show).toBe("computing");
    expect(faceOf(take(asked, failed)).show).toBe("computing");
  });

  it("is empty with the sentence that says what to choose", () => {
    const empty = later(first, { status: "empty", message: "Choose a contact map." });
    const state = take(initialView(first), { ...empty, result: null });
    expect(faceOf(state)).toEqual({ show: "empty", message: "Choose a contact map." });
  });

  it("drops the read-out of a picture that is no longer asked for", () => {
    let state = reduce(initialView(first), { type: "readout", text: "+40 kb" });
    expect(state.readout).toBe("+40 kb");
    expect(reduce(state, { type: "readout", text: "+40 kb" })).toBe(state);
    state = reduce(state, { type: "changed", patch: { flank: 1 } });
    expect(state.readout).toBeNull();
  });
});
