/**
 * The development page: a comparison and single views over models that answer by themselves.
 *
 * `?dark` for the dark theme, `?show=comparison|alone|states` for one part.
 */

import { mount } from "../src/index";
import {
  comparisonTraits,
  FakeHost,
  FakeModel,
  pileupResult,
  pileupTraits,
  profileResult,
  profileTraits,
  stackupResult,
  stackupTraits,
} from "../src/testing/fake";
import type { WireResult } from "../src/wire/result";

const query = new URLSearchParams(location.search);
const show = query.get("show") ?? "all";
document.body.classList.toggle("dark", query.has("dark"));

function resultFor(model: FakeModel): WireResult {
  const flank = Number(model.get("flank"));
  const binsize = Number(model.get("binsize"));
  const features = model.get("features") as string[];
  switch (model.get("kind")) {
    case "profile": {
      const options = model.get("feature_options") as { id: string; name: string }[];
      const tracks = features.flatMap((id) => options.filter((option) => option.id === id));
      return profileResult({ flank, binsize, tracks });
    }
    case "stackup":
      return stackupResult({ flank, binsize, ascending: model.get("ascending") === true });
    default:
      return pileupResult({ flank, binsize, strength: features[0] === "3" ? 1.15 : 2.2 });
  }
}

/** Computes for a moment, as a kernel would. */
function alive(model: FakeModel): FakeModel {
  let latest = 0;
  const compute = (): void => {
    const mine = ++latest;
    model.update({ status: "computing", progress: null, elapsed: 0 });
    setTimeout(() => mine === latest && model.update({ progress: 0.42, elapsed: 0.4 }), 400);
    setTimeout(() => {
      if (mine !== latest) return;
      model.update({ status: "ready", progress: null, result: resultFor(model), message: "" });
    }, 900);
  };
  model.onSave = (changes) => {
    const asked = ["features", "flank", "binsize", "side", "normalization", "ascending"];
    if (asked.some((name) => name in changes)) compute();
  };
  model.onCommand = (name) => {
    if (name === "retry" || name === "recompute") compute();
    if (name === "cancel") {
      latest++;
      model.update({ status: "failed", message: "The computation was cancelled." });
    }
    if (name === "code") return { payload: { code: "import hicognition_widgets as hcw" } };
    return {};
  };
  return model;
}

const here = document.getElementById("here");
if (here === null) throw new Error("the page has no place for widgets");

function place(model: FakeModel, host?: FakeHost): () => void {
  const el = document.createElement("div");
  el.className = "plain";
  here?.append(el);
  const leave = mount(host === undefined ? { model, el } : { model, el, host });
  return () => {
    leave();
    el.remove();
  };
}

const models: Record<string, FakeModel> = {
  "anywidget:a": alive(new FakeModel(pileupTraits())),
  "anywidget:b": alive(
    new FakeModel(
      pileupTraits({
        view_id: "2",
        features: ["3"],
        result: pileupResult({ flank: 200_000, binsize: 10_000, strength: 1.15, seed: 3 }),
      }),
    ),
  ),
  "anywidget:c": alive(new FakeModel(profileTraits())),
  "anywidget:d": alive(new FakeModel(stackupTraits())),
};

function comparison(): FakeModel {
  const model = new FakeModel(comparisonTraits(Object.keys(models)));
  const refOf = (id: unknown): string =>
    Object.keys(models).find((ref) => models[ref]?.get("view_id") === id) ?? "";
  model.onSave = (changes) => {
    if (!("flank" in changes)) return;
    for (const view of Object.values(models)) {
      view.set("flank", changes.flank);
      view.save_changes();
    }
  };
  let before = model.get("views") as string[];
  model.onCommand = (name, args) => {
    const views = model.get("views") as string[];
    const ref = refOf(args.view_id);
    if (name === "undo") model.update({ views: before, can_undo: false });
    if (name === "remove_view") {
      before = views;
      model.update({ views: views.filter((v) => v !== ref), can_undo: true });
    }
    if (name === "move_view") {
      before = views;
      const rest = views.filter((v) => v !== ref);
      rest.splice(Number(args.to), 0, ref);
      model.update({ views: rest, can_undo: true });
    }
    return {};
  };
  return model;
}

// for measuring what remains after mounting and leaving many times
Object.assign(window, { hcwDev: () => place(comparison(), new FakeHost(models)) });

if (show === "all" || show === "comparison") place(comparison(), new FakeHost(models));
if (show === "all" || show === "alone") {
  place(alive(new FakeModel(pileupTraits({ scale: "linear", normalization: "balanced" }))));
  place(alive(new FakeModel(profileTraits())));
}
if (show === "all" || show === "states") {
  place(new FakeModel(pileupTraits({ stale: true })));
  place(new FakeModel(pileupTraits({ status: "computing", progress: 0.42, elapsed: 3 })));
  place(
    new FakeModel(
      pileupTraits({
        status: "failed",
        result: null,
        message: "Hi-C Scc1 control has no balancing weights; balance it or choose raw counts.",
        detail: "Traceback (most recent call last):\n  File …\nMissingWeights: weight",
      }),
    ),
  );
  place(
    new FakeModel(
      pileupTraits({
        status: "empty",
        result: null,
        features: [],
        message: "Choose a contact map.",
      }),
    ),
  );
}
