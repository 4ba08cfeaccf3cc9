/** What a page takes along, and how large that makes it, before it is written. */

import type { JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { formatFlank } from "../plots/texts";
import { download, fileStem } from "../shell/files";
import type { ComparisonStore } from "../state/comparison";
import { Neighbours } from "./context";
import { WholeBoard } from "./save_figure";

interface PageChoice {
  readonly flanks: readonly number[];
  readonly bins: "shown" | "all";
  readonly raw: boolean;
  readonly rows: boolean;
  readonly quantise: boolean;
  /** All comparisons of the board. */
  readonly all: boolean;
}

const PLAIN: PageChoice = {
  flanks: [],
  bins: "shown",
  raw: false,
  rows: false,
  quantise: false,
  all: false,
};

export function SavePage(props: {
  readonly store: ComparisonStore;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, onClose } = props;
  const { snapshot } = store.get();
  const shown = snapshot.settings.flank;
  const board = useContext(Neighbours);
  const [choice, setChoice] = useState<PageChoice>({ ...PLAIN, all: board !== null });
  const [bytes, setBytes] = useState<number | null>(null);
  const [writing, setWriting] = useState(false);
  useEffect(() => {
    let wanted = true;
    setBytes(null);
    void store.command("html_size", { ...choice }).then((reply) => {
      const size = Number(reply?.payload.bytes);
      if (wanted && Number.isFinite(size)) setBytes(size);
    });
    return () => {
      wanted = false;
    };
  }, [store, choice]);

  const save = async (): Promise<void> => {
    setWriting(true);
    const reply = await store.command("save_html", { ...choice });
    setWriting(false);
    const [content] = reply?.buffers ?? [];
    if (reply === null || content === undefined) return;
    const { title, regions } = store.get().snapshot;
    const given = reply.payload.name;
    const name =
      typeof given === "string" ? given : `${fileStem(title || (regions?.name ?? ""))}.html`;
    download(name, new Blob([content as DataView<ArrayBuffer>], { type: "text/html" }));
    store.notice({ tone: "info", text: `Saved ${name}, ${sizeText(content.byteLength)}.` });
    onClose();
  };
  const flag = (name: "raw" | "rows" | "quantise", text: string): JSX.Element => (
    <label>
      <input
        type="checkbox"
        checked={choice[name]}
        data-testid={`page-${name}`}
        onChange={() => setChoice({ ...choice, [name]: !choice[name] })}
      />
      {text}
    </label>
  );
  return (
    <div class="save-page" data-testid="save-page">
      <h3>A page that needs no kernel and no network</h3>
      {snapshot.mode === "point" ? (
        <fieldset>
          <legend>Flanks</legend>
          {snapshot.flank_options.map((flank) => (
            <label key={flank}>
              <input
                type="checkbox"
                checked={flank === shown || choice.flanks.includes(flank)}
                disabled={flank === shown}
                data-testid={`page-flank-${flank}`}
                onChange={() => setChoice({ ...choice, flanks: toggled(choice.flanks, flank) })}
              />
              {formatFlank(flank)}
            </label>
          ))}
        </fieldset>
      ) : null}
      <fieldset class="lines">
        <legend>Also</legend>
        <label>
          <input
            type="checkbox"
            checked={choice.bins === "all"}
            data-testid="page-bins"
            onChange={() =>
              setChoice({ ...choice, bins: choice.bins === "all" ? "shown" : "all" })
            }
          />
          all usual bin sizes
        </label>
        {flag("raw", "raw counts")}
        {flag("rows", "the signal of every region: sort orders and selections")}
        {flag("quantise", "half the size: values to about four digits")}
      </fieldset>
      {board === null ? null : (
        <WholeBoard all={choice.all} onChange={(all) => setChoice({ ...choice, all })} />
      )}
      <p class="ends">
        <span data-testid="page-size" role="status">
          {bytes === null ? "…" : `about ${sizeText(bytes)}`}
        </span>
        <button
          type="button"
          class="act"
          disabled={writing}
          data-testid="page-save"
          onClick={() => void save()}
        >
          {writing ? "Writing …" : "Save"}
        </button>
      </p>
    </div>
  );
}

function toggled(values: readonly number[], value: number): readonly number[] {
  return values.includes(value) ? values.filter((v) => v !== value) : [...values, value];
}

export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
