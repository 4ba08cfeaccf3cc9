/** State of one view card: what Python says, what a person just did, what is on screen. */

import type { DecodedResult } from "../wire/result";
import { resultKey } from "../wire/result_key";
import type { SettingsPatch, ViewSettings } from "../wire/settings";
import type { ViewSnapshot } from "../wire/view";
import { asksAgain, withQuestion } from "./settings";

export interface Notice {
  readonly tone: "info" | "error";
  readonly text: string;
  /** What can be done about it; such a notice stays until somebody closes it. */
  readonly act?: { readonly label: string; readonly run: () => void };
}

export interface Picture {
  readonly result: DecodedResult;
  readonly settings: ViewSettings;
}

export interface ViewState {
  readonly snapshot: ViewSnapshot;
  /** The last whole picture, and the settings it answers and is drawn with. */
  readonly shown: Picture | null;
  /** A person changed what is asked, and Python has not answered yet. */
  readonly awaiting: boolean;
  readonly readout: string | null;
  readonly notice: Notice | null;
  readonly details: boolean;
}

export type ViewAction =
  /** Python, or the page's table, has spoken; `live` tells whether answers may come later. */
  | { readonly type: "snapshot"; readonly snapshot: ViewSnapshot }
  /** A person changed settings here, or above in the comparison. */
  | { readonly type: "changed"; readonly patch: SettingsPatch }
  /** Nobody took the last change. */
  | { readonly type: "unheard" }
  | { readonly type: "readout"; readonly text: string | null }
  | { readonly type: "notice"; readonly notice: Notice | null }
  | { readonly type: "details"; readonly open: boolean };

export function initialView(snapshot: ViewSnapshot): ViewState {
  return {
    snapshot,
    shown: pictureOf(snapshot),
    awaiting: false,
    readout: null,
    notice: null,
    details: false,
  };
}

export function reduce(state: ViewState, action: ViewAction): ViewState {
  switch (action.type) {
    case "snapshot":
      return takeSnapshot(state, action.snapshot);
    case "changed":
      if (!asksAgain(action.patch, state.snapshot.settings)) return state;
      return { ...state, awaiting: true, readout: null, notice: null, details: false };
    case "unheard":
      return { ...state, awaiting: false };
    case "readout":
      return state.readout === action.text ? state : { ...state, readout: action.text };
    case "notice":
      return { ...state, notice: action.notice };
    case "details":
      return { ...state, details: action.open };
  }
}

function pictureOf(snapshot: ViewSnapshot): Picture | null {
  const { facts, result, settings } = snapshot;
  const early = facts.status === "computing" && result?.meta.preview === true;
  return (facts.status === "ready" || early) && result !== null ? { result, settings } : null;
}

function takeSnapshot(state: ViewState, snapshot: ViewSnapshot): ViewState {
  const awaiting = state.awaiting && !answers(snapshot, state.snapshot);
  const next = { ...state, snapshot, awaiting };
  if (snapshot.facts.status === "failed" || snapshot.facts.status === "empty") {
    return { ...next, shown: awaiting ? state.shown : null, readout: null };
  }
  if (awaiting) return next;
  const picture = pictureOf(snapshot);
  if (picture === null) return next;
  // a result answers what was asked for it, whatever the settings say meanwhile
  const { shown } = state;
  if (shown?.result !== picture.result) return { ...next, shown: picture };
  const settings = withQuestion(picture.settings, shown.settings);
  return { ...next, shown: { result: picture.result, settings } };
}

/** True if a snapshot tells what became of the last change. */
function answers(snapshot: ViewSnapshot, before: ViewSnapshot): boolean {
  const { facts, result, settings } = snapshot;
  if (facts.status === "ready" && result !== null) {
    // Of two quick changes, the answer to the first is not yet what was asked for; and a
    // setting that follows another may arrive after the answer.
    const asked = result.meta.answers;
    if (asked !== undefined) return asked === resultKey(facts.kind, settings);
    if (result !== before.result) return true;
  }
  return facts.status !== before.facts.status || facts.message !== before.facts.message;
}

/** What the card shows, derived from its state. */
export type Face =
  | { readonly show: "empty"; readonly message: string }
  | { readonly show: "failed"; readonly message: string; readonly detail: string }
  | {
      readonly show: "computing";
      readonly picture: Picture | null;
      readonly progress: number | null;
    }
  | { readonly show: "ready"; readonly picture: Picture };

export function faceOf(state: ViewState): Face {
  const { facts } = state.snapshot;
  const picture = state.shown;
  if (state.awaiting) return { show: "computing", picture, progress: null };
  switch (facts.status) {
    case "empty":
      return { show: "empty", message: facts.message };
    case "failed":
      return { show: "failed", message: facts.message, detail: facts.detail };
    case "computing":
      return { show: "computing", picture, progress: facts.progress };
    case "ready":
      return picture === null
        ? { show: "computing", picture, progress: null }
        : { show: "ready", picture };
  }
}
