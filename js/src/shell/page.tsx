/** From an exported page's element and data to what it shows. */

import { render } from "preact";
import { ComparisonStore } from "../state/comparison";
import { EmbeddedBoard } from "../wire/embedded_board";
import { EmbeddedComparison } from "../wire/embedded_comparison";
import { EmbeddedLinks } from "../wire/embedded_links";
import type { EmbeddedData } from "../wire/page_data";
import { Board } from "../workbench/board";
import { Comparison } from "../workbench/comparison";
import { stageIn } from "./stage";

/** Draws what an exported page holds; returns what takes it away again. */
export function mountEmbedded(el: HTMLElement, data: EmbeddedData): () => void {
  const stage = stageIn(el, undefined);
  if (data.version !== 2) {
    render(
      <p class="blank" role="alert">
        This file was written by another version of hicognition-widgets.
      </p>,
      stage.container,
    );
    return stage.leave;
  }
  const [only, ...others] = data.comparisons;
  if (only !== undefined && others.length === 0) {
    const source = new EmbeddedComparison(only, data.origin);
    const links = new EmbeddedLinks(data.links ?? [], [source.sources]);
    const store = new ComparisonStore(source);
    stage.onLeave(() => {
      store.close();
      links.close();
      source.close();
    });
    render(<Comparison store={store} />, stage.container);
  } else {
    const board = new EmbeddedBoard(data);
    stage.onLeave(() => board.close());
    render(<Board board={board} />, stage.container);
  }
  return stage.leave;
}
