/** What the menu and the keys of a view do. */

import { later } from "../later/later";
import { type Figure, figureIn } from "../plots/index";
import { variantOf } from "../plots/scale";
import { copyPicture, copyText, download, fileStem } from "../shell/files";
import { cycled } from "../state/settings";
import type { ViewStore } from "../state/store";
import type { ViewKind } from "../wire/view";
import { downloadWithOrigin, originOf } from "./origin";
import { featureNames, versusName } from "./words";

export interface Actions {
  readonly copyPicture: () => void;
  readonly savePng: () => void;
  readonly saveSvg: () => void;
  readonly saveData: (format: "csv" | "npy") => void;
  readonly copyCode: () => void;
  readonly toggleLog: () => void;
  readonly toggleFullScreen: () => void;
  readonly nextNormalization: () => void;
  readonly help: () => void;
  readonly rename: () => void;
  readonly compare: () => void;
}

/** What actions need of the card they belong to. */
export interface CardHandles {
  /** Element that holds the plot. */
  readonly plot: () => HTMLElement | null;
  readonly toggleFullScreen: () => void;
  readonly help: () => void;
  readonly rename: () => void;
  /** Offers what can be shown beside the feature. */
  readonly compare: () => void;
  /** Shows text that could not be copied. */
  readonly showText: (text: string) => void;
}

const PNG_SCALE = 2;

/** Whether the values of a picture can be drawn as logarithms. */
export function hasLog(kind: ViewKind): boolean {
  return kind !== "embedding1d" && kind !== "enrichment";
}

export function actionsOf(store: ViewStore, card: CardHandles): Actions {
  const tell = (text: string): void => store.notice({ tone: "info", text });
  const fail = (error: unknown): void =>
    store.notice({
      tone: "error",
      text: error instanceof Error ? error.message : String(error),
    });
  /** Runs something that may fail for reasons a person should read. */
  const attempt = (action: () => Promise<void>): (() => void) => {
    return () => void action().catch(fail);
  };

  const stem = (): string => {
    const { facts, settings } = store.get().snapshot;
    return fileStem(
      facts.kind,
      facts.regions?.name ?? "",
      ...featureNames(facts, settings).slice(0, 2),
      ...(settings.versus.length > 0 ? ["vs", versusName(facts, settings)] : []),
    );
  };
  /** What is on screen now: it may be another picture once the parts have come. */
  const figure = (): Figure => {
    const root = card.plot();
    if (root === null) throw new Error("there is no picture yet");
    return figureIn(root);
  };
  /** The parts that make pictures; without them nothing goes on, and why has been said. */
  const png = async (shown: Figure): Promise<Blob> => {
    const parts = await later(store);
    if (parts === null) throw new Error("the picture could not be made");
    return parts.pngOf(shown, PNG_SCALE);
  };

  return {
    copyPicture: attempt(async () => {
      const copied = await copyPicture(png(figure()));
      if (copied) tell("Picture copied.");
      else throw new Error("this page may not copy pictures; save it as PNG instead");
    }),
    savePng: attempt(async () => {
      const shown = figure();
      const parts = await later(store);
      const picture = await parts?.pngOf(shown, PNG_SCALE);
      const origin = picture && (await originOf(store));
      if (!parts || !picture || !origin) return;
      download(`${stem()}.png`, await parts.pngWithOrigin(picture, origin));
    }),
    saveSvg: attempt(async () => {
      const shown = figure();
      const parts = await later(store);
      const origin = parts && (await originOf(store));
      if (!parts || !origin) return;
      const text = parts.svgWithOrigin(parts.svgOf(shown), origin);
      download(`${stem()}.svg`, new Blob([text], { type: "image/svg+xml" }));
    }),
    saveData: (format) =>
      attempt(async () => {
        const reply = await store.command("save_data", { format });
        const [content, origin] = reply?.buffers ?? [];
        if (reply === null || content === undefined || origin === undefined) return;
        downloadWithOrigin(
          String(reply.payload.name ?? `${stem()}.${format}`),
          content,
          origin,
        );
        if (reply.payload.note) tell(String(reply.payload.note));
      })(),
    copyCode: attempt(async () => {
      const reply = await store.command("code");
      if (reply === null) return;
      const code = String(reply.payload.code ?? "");
      if (await copyText(code)) tell("Code copied.");
      else card.showText(code);
    }),
    toggleLog: () => {
      const { facts, settings } = store.get().snapshot;
      if (!hasLog(facts.kind) || variantOf(facts.kind, settings) === "difference") return;
      store.change({ scale: settings.scale === "log2" ? "linear" : "log2" });
    },
    toggleFullScreen: card.toggleFullScreen,
    nextNormalization: () => {
      const { facts, settings } = store.get().snapshot;
      const { normalization } = settings;
      if (normalization === "") return;
      const next = cycled(facts.normalization_options, normalization);
      if (next !== null && next !== normalization) store.change({ normalization: next });
    },
    help: card.help,
    rename: card.rename,
    compare: card.compare,
  };
}
