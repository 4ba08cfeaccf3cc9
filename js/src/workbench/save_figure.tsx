/** A figure of all views for a paper or a talk, drawn by Python. */

import type { JSX } from "preact";
import { useContext, useState } from "preact/hooks";
import { download } from "../shell/files";
import type { ComparisonStore } from "../state/comparison";
import { Neighbours } from "./context";

const PRESETS = [
  ["single", "one column, 85 mm"],
  ["double", "two columns, 174 mm"],
  ["slide", "slide, 16:9"],
] as const;
const FORMATS = ["pdf", "svg", "png"] as const;

export function SaveFigure(props: {
  readonly store: ComparisonStore;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, onClose } = props;
  const [preset, setPreset] = useState<string>("double");
  const [format, setFormat] = useState<string>("pdf");
  const [drawing, setDrawing] = useState(false);
  const board = useContext(Neighbours);
  const [all, setAll] = useState(board !== null);
  const save = async (): Promise<void> => {
    setDrawing(true);
    const reply = await store.command("save_figure", { preset, format, all });
    setDrawing(false);
    const [content] = reply?.buffers ?? [];
    if (reply === null || content === undefined) return;
    const name = String(reply.payload.name ?? `figure.${format}`);
    download(name, new Blob([content as DataView<ArrayBuffer>]));
    store.notice({ tone: "info", text: `Saved ${name}.` });
    onClose();
  };
  return (
    <div class="save-page" data-testid="save-figure">
      <h3>A figure of all views</h3>
      <fieldset class="lines">
        <legend>Size</legend>
        {PRESETS.map(([value, text]) => (
          <label key={value}>
            <input
              type="radio"
              name="preset"
              checked={preset === value}
              data-testid={`figure-${value}`}
              onChange={() => setPreset(value)}
            />
            {text}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>File</legend>
        {FORMATS.map((value) => (
          <label key={value}>
            <input
              type="radio"
              name="format"
              checked={format === value}
              data-testid={`figure-${value}`}
              onChange={() => setFormat(value)}
            />
            {value.toUpperCase()}
          </label>
        ))}
      </fieldset>
      {board === null ? null : <WholeBoard all={all} onChange={setAll} />}
      <p class="ends">
        <button
          type="button"
          class="act"
          disabled={drawing}
          data-testid="figure-save"
          onClick={() => void save()}
        >
          {drawing ? "Drawing …" : "Save"}
        </button>
      </p>
    </div>
  );
}

/** Whether a file holds all comparisons of the board, or one. */
export function WholeBoard(props: {
  readonly all: boolean;
  readonly onChange: (all: boolean) => void;
}): JSX.Element {
  return (
    <fieldset class="lines">
      <legend>Of</legend>
      <label>
        <input
          type="checkbox"
          checked={props.all}
          data-testid="whole-board"
          onChange={() => props.onChange(!props.all)}
        />
        all comparisons of the board
      </label>
    </fieldset>
  );
}
