/** From a host's element to a drawn widget, and back to nothing. */

import { render } from "preact";
import { ComparisonStore } from "../state/comparison";
import { ViewStore } from "../state/store";
import jobStyles from "../styles/job.css";
import { CommBoard } from "../wire/board";
import { CommComparison, CommSource } from "../wire/comm";
import { modelOf, type WidgetHost, type WidgetModel } from "../wire/model";
import { viewKind } from "../wire/traits";
import { Board } from "../workbench/board";
import { Card } from "../workbench/card";
import { Comparison } from "../workbench/comparison";
import { ALONE, Place } from "../workbench/context";
import { JobCard } from "../workbench/job";
import { type Stage, stageIn } from "./stage";

export interface MountContext {
  readonly model: WidgetModel;
  readonly el: HTMLElement;
  readonly host?: WidgetHost;
  readonly signal?: AbortSignal;
}

/** Draws the widget of a model; returns what takes it away again. */
export function mount({ model, el, host, signal }: MountContext): () => void {
  const stage = stageIn(el, signal, jobStyles);
  if (model.get("kind") === "comparison") {
    mountComparison(model, host, stage);
  } else if (model.get("kind") === "board") {
    const board = new CommBoard(model, host);
    stage.onLeave(() => board.close());
    render(<Board board={board} />, stage.container);
  } else if (viewKind(model.get("kind")) !== null) {
    const source = new CommSource(model);
    const store = new ViewStore(source);
    stage.onLeave(() => {
      store.close();
      source.close();
    });
    render(
      <div class="alone">
        <Place.Provider value={ALONE}>
          <Card store={store} />
        </Place.Provider>
      </div>,
      stage.container,
    );
  } else if (model.get("kind") === "job") {
    render(<JobCard model={model} />, stage.container);
  } else {
    render(
      <p class="blank" role="alert">
        This version of hicognition-widgets cannot show “{String(model.get("kind"))}”.
      </p>,
      stage.container,
    );
  }
  return stage.leave;
}

/** A comparison, and as soon as others are shown beside it, all of them. */
function mountComparison(model: WidgetModel, host: WidgetHost | undefined, stage: Stage): void {
  const source = new CommComparison(model, host);
  const store = new ComparisonStore(source);
  let board: CommBoard | null = null;
  let left = false;
  const close = (): void => {
    store.close();
    source.close();
  };
  const widen = (): void => {
    const ref = model.get("beside");
    if (board !== null || typeof ref !== "string" || ref === "") return;
    modelOf(ref, model, host).then(
      (around) => {
        if (board !== null || left) return;
        board = new CommBoard(around, host);
        render(<Board board={board} />, stage.container);
        close();
      },
      (error: unknown) => store.notice({ tone: "error", text: String(error) }),
    );
  };
  model.on("change:beside", widen);
  stage.onLeave(() => {
    left = true;
    model.off("change:beside", widen);
    board?.close();
    if (board === null) close();
  });
  render(<Comparison store={store} />, stage.container);
  widen();
}
